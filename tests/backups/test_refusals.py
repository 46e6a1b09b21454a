"""What cannot be: each is one clear sentence with its exit code, and leaves nothing behind."""

import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from backups import manifest, postgres, restoring
from backups.errors import BackupError, Misuse
from backups.manifest import DATABASE, FILES, INNER, OUTER, Manifest
from backups.officer import identities, open_archive, recipients
from backups.restoring import open_backup
from backups.streams import encrypt
from tests.backups.conftest import Officer
from tests.backups.places import Place

Officers = tuple[Officer, Officer, Officer]
with_owner = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def owners_connection() -> Any:
    """The alias of the owner, closed at the end: the database is emptied without it."""
    yield connections["owner"]
    connections["owner"].close()


def refused(*arguments: object) -> CommandError:
    """How a command refuses, before it asks a database."""
    with pytest.raises(CommandError) as caught:
        call_command(*map(str, arguments))
    return caught.value


def test_nobody_to_open_it(tmp_path: Path) -> None:
    """Without recipients, with a key that is none, with a file of keys that is not there, nothing is begun."""
    for more, words in (
        ((), "two officers at least"),
        (("--to", "age1nobody"), "no public key of age"),
        (("--to-file", tmp_path / "none"), "cannot read"),
    ):
        problem = refused("backup", tmp_path, *more)
        assert problem.returncode == 2 and words in str(problem)
    assert list(tmp_path.iterdir()) == []


def test_a_secret_key_is_never_said_again(tmp_path: Path, officers: Officers) -> None:
    """Somebody who pastes a secret key for a public one does not find it in a log."""
    secret = officers[0].key.read_text().splitlines()[-1]
    assert secret not in str(refused("backup", tmp_path, "--to", secret))


def test_places_that_do_not_serve(settings: Any, tmp_path: Path, officers: Officers) -> None:
    """A folder that is not there, and one inside the files' store, whose backups would hold each other."""
    settings.FILES_ROOT = tmp_path / "files"
    (settings.FILES_ROOT / "backups").mkdir(parents=True)
    to = ("--to", officers[0].public)
    assert "is no folder" in str(refused("backup", tmp_path / "none", *to))
    problem = refused("backup", settings.FILES_ROOT / "backups", *to)
    assert problem.returncode == 2 and "lies in FILES_ROOT" in str(problem)


def test_no_backup_and_no_key(tmp_path: Path, backup: Path, officers: Officers) -> None:
    """A folder that holds none, no key at all, what is no key, and the key of somebody else."""
    key = ("--identity", officers[0].key)
    (tmp_path / "text").write_text("AGE-SECRET-KEY-1NONE")
    for arguments, words in (
        ((tmp_path, *key), "holds no backup of Comity"),
        ((backup,), "--identity FILE"),
        ((backup, "--identity", tmp_path / "text"), "holds no secret key"),
        ((backup, "--identity", officers[2].key), "none of these keys opens manifest.age"),
    ):
        problem = refused("restore", *arguments)
        assert problem.returncode == 2 and words in str(problem)


def cut(path: Path) -> None:
    """As a copy that was broken off."""
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    """As a disk that forgets."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [DATABASE, FILES, INNER])
@pytest.mark.parametrize(
    ("harm", "words"), [(cut, "bytes instead of"), (flip, "is not the one"), (Path.unlink, "is missing")]
)
def test_damaged_parts(copy: Path, officers: Officers, name: str, harm: Callable[[Path], None], words: str) -> None:
    """Cut, changed or missing: said before anything is opened."""
    harm(copy / name)
    problem = refused("restore", copy, "--identity", officers[0].key)
    assert problem.returncode == 1 and words in str(problem) and name in str(problem)


def test_parts_of_two_backups(copy: Path, saved: Place, officers: Officers, tmp_path: Path) -> None:
    """A part of another backup, which its own manifest would vouch for, is found by the encrypted one."""
    other = Path(saved.told("backup", tmp_path, "--to", officers[0].public, "--to", officers[1].public)["backup"])
    for name in (OUTER, FILES, DATABASE):
        (copy / name).write_bytes((other / name).read_bytes())
    said = (copy / OUTER).read_text()
    inner = manifest.parts_of(other)[INNER]
    mine = copy / INNER
    said = said.replace(inner.sha256, restoring.sum_of_file(mine).sha256).replace(
        str(inner.bytes), str(mine.stat().st_size)
    )
    (copy / OUTER).write_text(said)
    with pytest.raises(BackupError, match="belong to different backups"):
        open_backup(copy, identities([officers[0].key]))


def rewritten(copy: Path, officer: Officer, **changes: Any) -> restoring.Opened:
    """The backup as one whose manifest says something else."""
    keys = identities([officer.key])
    said = replace(Manifest.of(open_archive(copy / INNER, keys)), **changes)
    (copy / INNER).unlink()
    inner = encrypt(BytesIO(said.as_json()), copy / INNER, recipients([officer.public], []))
    (copy / OUTER).write_bytes(said.outer({INNER: inner}, [officer.public]))
    return open_backup(copy, keys)


@with_owner
def test_a_newer_schema(copy: Path, officers: Officers, owners_connection: Any) -> None:
    """Names the version that it needs, and the migration that this one does not know."""
    said = open_backup(copy, identities([officers[0].key])).manifest
    newer = rewritten(copy, officers[0], comity="9.9.9", migrations=[*said.migrations, "cases.0999_later"])
    with pytest.raises(BackupError, match=r"install Comity 9\.9\.9 or later.*") as caught:
        restoring.restore(newer, "owner")
    assert "cases.0999_later" in str(caught.value)
    with pytest.raises(BackupError, match="is of PostgreSQL 99, and this server is"):
        restoring.restore(rewritten(copy, officers[0], migrations=said.migrations, postgresql=99), "owner")


def test_another_format(copy: Path, officers: Officers) -> None:
    """A backup that is made in another way says so."""
    with pytest.raises(BackupError, match="is a backup of format 2, and this Comity reads format 1"):
        rewritten(copy, officers[0], format=2)


@with_owner
def test_a_database_that_is_not_empty(backup: Path, officers: Officers, owners_connection: Any) -> None:
    """Nothing is mixed with what is there."""
    with pytest.raises(Misuse, match="the database is not empty"):
        restoring.restore(open_backup(backup, identities([officers[0].key])), "owner")


def test_files_that_are_there(backup: Path, officers: Officers, empty: Callable[[], Place]) -> None:
    """Nothing is written over; the portal's switch may lie there, and stays."""
    place = empty()
    (place.files / "aa").mkdir(parents=True)
    (place.files / "aa" / "there").write_text("before")
    done = place.manage("restore", backup, "--identity", officers[0].key)
    assert done.returncode == 2 and "is not empty" in done.stderr and "broke" in done.stderr
    assert place.contents() == {"aa/there": b"before"} and "accounts_user" not in place.rows()


def test_a_database_that_does_not_take_it(backup: Path, officers: Officers, empty: Callable[[], Place]) -> None:
    """When PostgreSQL refuses in the middle, neither a table nor a file remains; mended, it goes."""
    place = empty()
    with place.owner() as cursor:
        cursor.execute("create function audit_refuse_change() returns trigger language plpgsql as 'begin end'")
        cursor.execute("create domain cases_case as text")
    place.files.mkdir()
    (place.files / "maintenance").write_text("30")
    done = place.manage("restore", backup, "--identity", officers[0].key)
    assert done.returncode == 1 and done.stderr.startswith("CommandError: pg_restore failed: ")
    assert len(done.stderr.splitlines()) == 1
    assert place.contents() == {"maintenance": b"30"} and place.rows() == {}
    with place.owner() as cursor:
        cursor.execute("drop function audit_refuse_change; drop domain cases_case")
    assert place.told("restore", backup, "--identity", officers[0].key)["findings"] == []


def test_a_disk_that_takes_no_more(saved: Place, officers: Officers, tmp_path: Path) -> None:
    """What was begun is gone, and it is said in a line; a file may grow to 64 KB only, and the database is larger."""
    limited = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536));"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    argv = ("backup", tmp_path, "--to", officers[0].public)
    done = saved.manage(*argv, prefix=(sys.executable, "-c", limited))
    assert done.returncode == 1 and done.stderr.strip() == "CommandError: File too large"
    assert list(tmp_path.iterdir()) == []


def test_programs_that_are_too_old(settings: Any, tmp_path: Path) -> None:
    """A server that is newer than pg_dump: both versions are named, and what to do."""
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
        (tmp_path / name).chmod(0o700)
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    assert postgres.programs(9).major == 9
    with pytest.raises(BackupError, match=r"PostgreSQL 10 wants pg_dump .* found: 9 in .* set POSTGRES_PROGRAMS"):
        postgres.programs(10)
    settings.POSTGRES_PROGRAMS = str(tmp_path / "none")
    with pytest.raises(BackupError, match="found: none"):
        postgres.programs(9)
