"""Watching over processes: one that ended is started again, and so is one that is there and does not answer.

For `make demo` (exchange/demo.py) and for the containers of worker and beat (docker/watch.py).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.processes import Child, RunnerError

# A process that ends this often within so many seconds will not mend by itself.
CRASHES, CRASH_SECONDS = 5, 60.0
# How often each is asked, and for how long it may give no answer.
ASK_SECONDS, FROZEN_SECONDS = 2.0, 8.0
# A pulse comes every three to five seconds.
PULSE_SECONDS = 7.0
# The first answer may take longer: a database works off its log, a portal is read from a slow disk.
START_SECONDS = 90.0


@dataclass
class Pulse:
    """Whether a file is touched again and again: exchange/pulse.py. By a clock of its own: the machine's may be set."""

    path: Path
    touched: float = 0.0
    since: float = 0.0

    def __call__(self) -> bool:
        """Whether it was touched lately."""
        with contextlib.suppress(OSError):
            if (touched := self.path.stat().st_mtime) != self.touched:
                self.touched, self.since = touched, time.monotonic()
        return bool(self.since) and time.monotonic() - self.since < PULSE_SECONDS


@dataclass
class Watched:
    """A child: whether it answers, its recent crashes, and when it may be started again at the earliest.

    `answers` asks it; while one that it needs does not answer either, it is not to blame.
    """

    child: Child
    answers: Callable[[], bool] | None = None
    needs: Sequence[Watched] = ()
    crashes: list[float] = field(default_factory=list)
    not_before: float = 0.0
    down: bool = False
    works: bool = True
    ask_at: float = 0.0
    # Until then silence is no sign.
    patience: float = field(default_factory=lambda: time.monotonic() + START_SECONDS)

    def crashed(self) -> None:
        """Note a crash. Raises RunnerError when there were too many."""
        now = time.monotonic()
        self.crashes = [at for at in self.crashes if now - at < CRASH_SECONDS] + [now]
        self.down, self.works = True, False
        self.not_before = now + 2 ** len(self.crashes) / 2
        if len(self.crashes) >= CRASHES:
            raise RunnerError(f"{self.child.name} ended {CRASHES} times within a minute; see {self.child.log}")

    def start_again(self) -> None:
        """After a crash."""
        self.down, self.patience = False, time.monotonic() + START_SECONDS
        self.child.start()

    def is_frozen(self) -> bool:
        """Whether it is there and has not answered for too long; asks it now and then."""
        now = time.monotonic()
        if now < self.ask_at or not self.child.alive:
            return False
        self.works = not self.child.stopped and (self.answers is None or self.answers())
        now = time.monotonic()
        self.ask_at = now + ASK_SECONDS
        if self.works:
            self.patience = now + FROZEN_SECONDS
        elif not all(one.works for one in self.needs):
            self.patience = max(self.patience, now + FROZEN_SECONDS)
        return not self.works and now > self.patience
