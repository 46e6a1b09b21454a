"""Runs a command with servers of its own: `python -m exchange.testbed pytest tests/cases`.

The servers are a PostgreSQL and a Valkey, and a Chromium is found. Every run gets a new cluster under
`.test/`, without regard for crashes, and removes it at its end; several runs may go on in one checkout.
DATABASE_URL with DATABASE_OWNER_URL, and REDIS_URL, when set, are used instead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from exchange.chromium import find_or_install
from exchange.embedded import (
    APPLICATION,
    FAST_AND_FORGETFUL,
    OWNER,
    PostgresServer,
    ValkeyServer,
    new_password,
    private_folder,
    remove_server_home,
)
from exchange.preparation import ROOT, make_database, node_of_wheel, prepare, turn
from exchange.processes import RunnerError, adopt_orphans, end_orphans, free_port

TEST = ROOT / ".test"


def say(text: str) -> None:
    print(f"comity: {text}", file=sys.stderr, flush=True)


def own_servers(environment: dict[str, str]) -> tuple[bool, bool]:
    """Whether PostgreSQL and Valkey are ours to start. Raises RunnerError for half a database."""
    named = [name for name in ("DATABASE_URL", "DATABASE_OWNER_URL") if environment.get(name)]
    if len(named) == 1:
        raise RunnerError(f"{named[0]} is set alone: set DATABASE_URL and DATABASE_OWNER_URL, or neither")
    return not named, not environment.get("REDIS_URL")


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for this run, locked while it goes on; those of dead runs are removed."""
    private_folder(TEST)
    with turn("test-runs"):
        for old in TEST.glob("run-*"):
            with contextlib.suppress(OSError), open(old / "lock") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                discard(old)
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=TEST))
        lock = open(folder / "lock", "w")  # noqa: SIM115 - held as long as the run
        fcntl.flock(lock, fcntl.LOCK_EX)
    with lock:
        try:
            yield folder
        finally:
            discard(folder)


def open_log(name: str) -> Path:
    """A log that stays after the run; runs at the same time share it, an old one is begun anew."""
    log = private_folder(TEST / "log") / f"{name}.log"
    if log.exists() and log.stat().st_size > 5_000_000:
        log.unlink()
    return log


def discard(folder: Path) -> None:
    remove_server_home(folder / "postgresql")
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def servers(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Start what is ours and put the addresses into the environment; stop it all afterwards."""
    own_database, own_broker = own_servers(environment)
    database = PostgresServer(folder / "postgresql", open_log("postgresql"), new_password(), options=FAST_AND_FORGETFUL)
    broker = ValkeyServer(folder / "valkey", open_log("valkey"), new_password())
    try:
        if own_broker:
            broker.start()
            environment["REDIS_URL"] = broker.url
        if own_database:
            database.start()
            environment["DATABASE_URL"] = database.url(APPLICATION, new_password())
            environment["DATABASE_OWNER_URL"] = database.url(OWNER, new_password())
            make_database(database, environment, open_log("setup"), tests=True)
        yield
    finally:
        database.stop()
        broker.stop()
        end_orphans()


def base_environment(folder: Path) -> dict[str, str]:
    """Our environment, with what every test run sets anew."""
    # Every server that a test starts reads the same modules: they are compiled once.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return environment | {
        "SECRET_KEY": f"test-{secrets.token_urlsafe(40)}",
        "SITE_URL": "http://localhost",
        "EXERCISE": "",
        "FILES_ROOT": str(private_folder(folder / "files")),
        # Nobody listens here: a test that reads mail starts its own sink.
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "PYTHONUNBUFFERED": "1",
        # Playwright's own wants libatomic, which a small Debian does not have.
        "PLAYWRIGHT_NODEJS_PATH": environment.get("PLAYWRIGHT_NODEJS_PATH") or str(node_of_wheel()),
    }


def run(command: list[str]) -> int:
    """Run the command in the test bed and return its exit code. Raises RunnerError when there is no bed."""
    adopt_orphans()
    with run_folder() as folder:
        environment = base_environment(folder)
        environment["CHROMIUM"] = str(find_or_install(say, environment))
        # Debian's chromium is a script that needs grep and others from the folders a bare PATH leaves out.
        environment["PATH"] = os.pathsep.join([environment.get("PATH", ""), "/usr/bin", "/bin"]).lstrip(os.pathsep)
        with servers(folder, environment):
            prepare(say, environment, open_log("setup"))
            return foreground(command, environment)


def foreground(command: list[str], environment: dict[str, str]) -> int:
    """Run the command as the terminal's own: it gets Ctrl-C itself, and SIGTERM from us."""
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
    except OSError as problem:
        raise RunnerError(f"cannot run {command[0]}: {problem.strerror}") from problem
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


def stopped(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    """Entry point: the arguments are the command."""
    # pytest and the others live beside our Python, which may not be on PATH.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stopped)
    if not sys.argv[1:]:
        say("name the command to run, such as: python -m exchange.testbed pytest tests/cases")
        return 2
    try:
        return run(sys.argv[1:])
    except RunnerError as problem:
        say(str(problem))
    except OSError as problem:
        say(f"{problem.strerror}: {problem.filename}" if problem.filename else str(problem))
    return 1


if __name__ == "__main__":
    sys.exit(main())
