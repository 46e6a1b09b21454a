"""`make demo` as a newcomer types it, in a copy of this checkout: starts, survives crashes, ends whole."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.embedded import remove_server_home
from exchange.processes import free_port
from tests.thorough import THOROUGH

ROOT = Path(__file__).resolve().parents[2]
# All that a machine needs beside python3, git and make: no node, no gettext, no database, no curl.
COREUTILS = """
    basename cat chmod chown cp cut date dd df dirname du env expr false head id install ln ls mkdir mktemp mv nproc
    od pwd readlink realpath rm rmdir seq sleep sort stat sync tail tee test timeout touch tr true uname uniq wc whoami
"""
START_SECONDS = 120


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A newcomer's environment: a PATH of these programs alone, an empty HOME, and nothing else."""
    programs, home = tmp_path_factory.mktemp("programs"), tmp_path_factory.mktemp("home")
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    for name in ("git", "make", *COREUTILS.split()):
        found = shutil.which(name)
        if found:
            (programs / name).symlink_to(found)
    return {"PATH": str(programs), "HOME": str(home)}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the checkout, with its packages and builds, which need not be made again."""
    copy = tmp_path_factory.mktemp("demo") / "check out"  # a blank in the path must not matter
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    made = ["static/build", ".static", ".cache"]
    names = [
        *filter(None, listed.split("\0")),
        *(str(p.relative_to(ROOT)) for p in ROOT.glob("locale/**/*.mo")),
    ]
    for name in names:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for name in made:
        shutil.copytree(ROOT / name, copy / name, dirs_exist_ok=True)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    yield copy
    remove_server_home(copy / ".demo" / "postgresql")


class Running:
    """A `make demo` in its own terminal session."""

    def __init__(self, checkout: Path, terminal: dict[str, str], target: str = "demo") -> None:
        self.checkout, self.port, self.lines = checkout, free_port(), []
        self.process = subprocess.Popen(
            ["make", target, f"PORT={self.port}"], cwd=checkout, env=terminal, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def read_until(self, *wanted: str) -> str:
        """The next line that holds one of these. Fails when the demo ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if any(text in line for text in wanted):
                return line.rstrip("\n")
        pytest.fail("the demo ended:\n" + "\n".join(self.lines))

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            assert time.monotonic() < deadline, "\n".join(self.lines)
            time.sleep(0.2)

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to make and to whatever is in its group."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        self.process.communicate(timeout=60)


def processes(checkout: Path) -> dict[int, str]:
    """Every process that has to do with that checkout, by its command line or its working directory."""
    home = checkout / ".demo" / "postgresql" / "moved-to"
    places = [str(checkout), *([home.read_text().strip()] if home.exists() else [])]
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            about = command + str((entry / "cwd").readlink())
        except OSError:
            continue
        if any(place in about for place in places) and int(entry.name) != os.getpid():
            found[int(entry.name)] = command
    return found


def child(checkout: Path, word: str) -> int:
    """The process started first whose command holds the word."""
    return min(pid for pid, command in processes(checkout).items() if word in command)


def test_the_demo_starts_survives_crashes_and_ends(checkout: Path, terminal: dict[str, str]) -> None:
    """Ready, closed to others, back after each crash, gone after Ctrl-C, back with its data, then new."""
    demo = Running(checkout, terminal)
    try:
        assert demo.read_until("ready http") == f"ready http://localhost:{demo.port}"
        assert demo.ready()
        people = json.loads((checkout / ".demo" / "accounts.json").read_text())
        assert any(people[0]["email"] in line for line in demo.lines)
        assert f"comity: the password of them all: {people[0]['password']}" in demo.lines
        for name in ("accounts.json", "environment", "secrets.json"):
            assert stat.S_IMODE((checkout / ".demo" / name).stat().st_mode) == 0o600
        assert stat.S_IMODE((checkout / ".demo").stat().st_mode) == 0o700
        for pid, command in processes(checkout).items():
            if "gunicorn" in command or "celery" in command:
                assert b"DATABASE_OWNER_URL" not in Path(f"/proc/{pid}/environ").read_bytes()

        manage = [checkout / ".venv" / "bin" / "python", "manage.py", "migrate", "--check"]
        assert subprocess.run(manage, cwd=checkout, env=terminal, capture_output=True).returncode == 0

        second = Running(checkout, terminal)
        assert f"runs already (process {child(checkout, 'exchange.demo')}" in second.read_until("comity:")
        second.process.communicate(timeout=10)
        assert second.process.returncode != 0

        for word, name in (
            ("exchange worker", "worker"),
            ("gunicorn", "web"),
            ("data -c port", "PostgreSQL"),
        ):
            os.kill(child(checkout, word), signal.SIGKILL)
            assert name in demo.read_until("is started again")
            demo.wait_until_ready()
        # Ended right after a crash, before it is back.
        os.kill(child(checkout, "valkey-server"), signal.SIGKILL)
        demo.read_until("Valkey ended")
    finally:
        demo.interrupt()
    assert processes(checkout) == {}

    begun = time.monotonic()
    demo = Running(checkout, terminal)
    try:
        demo.read_until("ready http")
        assert time.monotonic() - begun < 20
        assert json.loads((checkout / ".demo" / "accounts.json").read_text()) == people
        assert not any("loading the exercise" in line for line in demo.lines)
        # The runner itself dies: the kernel ends what it started.
        os.kill(child(checkout, "exchange.demo"), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while processes(checkout) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert processes(checkout) == {}
    finally:
        demo.interrupt()

    before = (checkout / ".demo" / "secrets.json").read_text()
    demo = Running(checkout, terminal, "demo-reset")
    try:
        # As the first start did, from nothing; that start went on to its end.
        demo.read_until("loading the exercise")
        assert (checkout / ".demo" / "secrets.json").read_text() != before
        if THOROUGH:
            demo.read_until("ready http")
    finally:
        demo.interrupt()
    assert processes(checkout) == {}
    # Nothing of it went into the newcomer's home.
    assert not list(Path(terminal["HOME"]).iterdir())


def refused(checkout: Path, terminal: dict[str, str], port: str) -> str:
    """What `make demo` says on standard error when it refuses to start."""
    done = subprocess.run(
        ["make", "demo", f"PORT={port}"],
        cwd=checkout,
        env=terminal,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stderr.splitlines()[0]


def test_a_taken_port_is_said(checkout: Path, terminal: dict[str, str]) -> None:
    """The port is looked at before anything is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refused(checkout, terminal, str(port)).startswith(f"comity: port {port} is taken")


@pytest.mark.parametrize("port", ["http", "0", "80", "1023", "65536", "8000 ", "-1"])
def test_what_is_no_port_is_said(checkout: Path, terminal: dict[str, str], port: str) -> None:
    """A wrong PORT is one clear line."""
    assert "is no port" in refused(checkout, terminal, port)
