"""Worker and beat say that they live: each touches a file of its own again and again, and tells systemd if that asks.

A process that is there and does nothing is told from one that works by the age of that file: exchange/watching.py.
"""

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.utils.log import get_logger
from celery.utils.time import maybe_make_aware
from django.conf import settings

logger = get_logger(__name__)

SECONDS = 3.0


def pulse() -> None:
    """Say that this process lives."""
    # A full disk must not end what it only reports on.
    with contextlib.suppress(OSError):
        if settings.PULSE_FILE:
            Path(settings.PULSE_FILE).touch()
        if address := os.environ.get("NOTIFY_SOCKET"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as system:
                system.connect("\0" + address[1:] if address.startswith("@") else address)
                system.send(b"READY=1\nWATCHDOG=1")


class WorkersPulse(bootsteps.StartStopStep):
    """Part of the worker's own loop: it stops with it."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        """From the first moment of the loop on."""
        self.timer = worker.timer.call_repeatedly(SECONDS, pulse)

    def stop(self, worker: Any) -> None:
        """Not after its end."""
        self.timer.cancel()


class Scheduler(PersistentScheduler):
    """Beat's scheduler; with a pulse, and not led astray by a clock that was set back."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One look at what is due."""
        pulse()
        self.heed_the_clock()
        return float(super().tick(*args, **kwargs))

    def heed_the_clock(self) -> None:
        """What ran last in the future would wait until then: the clock was ahead, and it counts from now."""
        for entry in self.schedule.values():
            now = maybe_make_aware(entry.default_now())
            if maybe_make_aware(entry.last_run_at) > now:
                logger.warning("the clock was set back: %r counts from now on", entry.name)
                entry.last_run_at = now
                # Its times are of the old clock: made anew by the next look.
                self._heap = None
