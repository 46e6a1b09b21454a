"""`make demo` as a newcomer types it, in a copy of this checkout: starts, survives crashes, ends whole."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path

import pytest

from tests.setup.running import Running, child, processes
from tests.thorough import THOROUGH


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
