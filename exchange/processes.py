"""Child processes that never outlive the one who started them.

Used by `make demo` and the test bed. Each child is the leader of its own session, so that Ctrl-C in the
terminal reaches only the runner, which then ends its children in order. On Linux the kernel also ends them
when the runner is killed, and whatever a crashed child leaves behind comes back to the runner, which ends
that too.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


class RunnerError(Exception):
    """Something the person at the terminal must hear; its text is one clear line."""


@dataclass(frozen=True)
class Account:
    """An operating-system account that a child runs as instead of ours."""

    name: str
    uid: int
    gid: int


def adopt_orphans() -> None:
    """Let processes whose parent died become our children (Linux only; elsewhere nothing happens)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Whether a server on this machine already answers, or could answer, to http://localhost:PORT.

    Raises PermissionError for a port that this account may not listen on.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                return True
            raise
    # A browser may try ::1 first: somebody else's server there would answer in our place.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("::1", port)) == 0
    return False


@dataclass
class Child:
    """One process of the runner: started, watched, stopped."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, its output appended to the log. Raises RunnerError when the program cannot be run."""
        identity: dict[str, object] = {}
        if self.account is not None:
            identity = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        with open(self.log, "ab") as output:
            try:
                self.process = subprocess.Popen(
                    list(self.argv),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=None if self.env is None else dict(self.env),
                    cwd=self.cwd,
                    start_new_session=True,
                    preexec_fn=self._tie_to_parent(),
                    **identity,  # type: ignore[call-overload]
                )
            except OSError as problem:
                raise RunnerError(f"cannot start {self.name} ({self.argv[0]}): {problem.strerror}") from problem

    def _tie_to_parent(self) -> Callable[[], None]:
        parent, stop_signal = os.getpid(), self.stop_signal

        def tie() -> None:
            if _libc is not None:
                _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
                if os.getppid() != parent:  # the runner died in between
                    os._exit(1)

        return tie

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def stopped(self) -> bool:
        """Whether the leader is held by a signal (Linux; elsewhere never): it is there, and does nothing."""
        with contextlib.suppress(OSError, IndexError):
            return Path(f"/proc/{self.pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] in "Tt"
        return False

    def ask_to_stop(self) -> None:
        """Send the stop signal to the leader; its own children are its business first."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, self.stop_signal)

    def stop(self) -> None:
        """Ask, wait, and at last kill it with all of its group. Safe to call on a dead child."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.kill_group()

    def kill(self) -> None:
        """End it at once, with all of its group."""
        self.kill_group()
        if self.process is not None:
            self.process.wait()

    def kill_group(self) -> None:
        """Kill its group: what a dead leader left, or a leader that hears nothing with all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def last_words(self, lines: int = 5) -> str:
        """The end of its log, for an error message."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def _own_children() -> Iterator[int]:
    """Process ids whose parent we are (Linux; elsewhere none)."""
    for entry in Path("/proc").glob("[0-9]*/stat") if LINUX else ():
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The command's name, in brackets, may hold blanks: count from the last bracket.
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                yield int(entry.parent.name)


def end_orphans(known: Sequence[Child] = (), seconds: float = 10.0) -> int:
    """End and reap every process that came back to us and that none of the known children is.

    Returns how many there were. Asks with SIGTERM first and kills after the given seconds.
    """
    spared = {child.process.pid for child in known if child.process is not None}
    deadline, seen = time.monotonic() + seconds, set()
    while orphans := [pid for pid in _own_children() if pid not in spared]:
        for pid in orphans:
            late = time.monotonic() > deadline
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if late or pid not in seen:
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
            seen.add(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)
    return len(seen)
