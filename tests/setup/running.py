"""A demo of a copy of this checkout, in a terminal of its own."""

import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from exchange.processes import free_port

START_SECONDS = 120


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
