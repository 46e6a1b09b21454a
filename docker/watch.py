"""Runs worker or beat in a container, and ends it when it is there and does nothing: the container starts again.

`python docker/watch.py celery -A exchange beat ...`: the command gets PULSE_FILE, a file that it touches while it
works (exchange/pulse.py). It ends with the command, and passes on what asks it to stop.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from redis import Redis, RedisError

FROZEN_SECONDS = 30.0
START_SECONDS = 120.0


def broker_answers() -> bool:
    """Whether the broker does: whoever waits for it is silent, and not to blame. Asked only of who is silent."""
    if not (address := os.environ.get("REDIS_URL")):
        return True
    try:
        return bool(Redis.from_url(address, socket_timeout=2, socket_connect_timeout=2).ping())
    except RedisError:
        return False


def watch(command: list[str], pulse: Path, frozen: float = FROZEN_SECONDS, start: float = START_SECONDS) -> int:
    """Run it to its end, or until its pulse stops; returns an exit code."""
    process = subprocess.Popen(command, env=os.environ | {"PULSE_FILE": str(pulse)}, start_new_session=True)
    stopping = False

    def pass_on(number: int, _frame: object) -> None:
        nonlocal stopping
        # What ends may be silent while it finishes its work: the container's own patience counts from here.
        stopping = True
        process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, pass_on)
    last, seen = time.monotonic() + start - frozen, 0.0
    while True:
        try:
            code = process.wait(timeout=min(1.0, frozen / 4))
        except subprocess.TimeoutExpired:
            touched = pulse.stat().st_mtime if pulse.exists() else 0.0
            # By a clock that is never set: only whether the file was touched again counts.
            if touched != seen:
                last, seen = time.monotonic(), touched
            elif stopping or not broker_answers():
                last = time.monotonic()
            elif time.monotonic() - last > frozen:
                print(f"comity: no sign of life for {frozen:.0f} seconds: {command[0]} is ended", file=sys.stderr)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return 1
        else:
            return code if code >= 0 else 128 - code


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pulse-") as folder:
        code = watch(sys.argv[1:], Path(folder) / "pulse")
    sys.exit(code)
