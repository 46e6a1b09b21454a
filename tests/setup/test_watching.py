"""Processes that are there and do nothing are told from those that work, and are started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from exchange import watching
from exchange.celery import app
from exchange.processes import Child, free_port
from exchange.pulse import Scheduler, pulse
from exchange.watching import Pulse, Watched
from tests.servers import wait_for

ROOT = Path(__file__).resolve().parents[2]
# Touches the file that PULSE_FILE names so often, then stays without a word.
TOUCHES = (
    "import os, pathlib, time\nfor n in range({}): pathlib.Path(os.environ['PULSE_FILE']).touch(); time.sleep(0.1)\n"
)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted in seconds elsewhere takes a tenth here."""
    for name, value in (("ASK_SECONDS", 0.0), ("FROZEN_SECONDS", 0.3), ("START_SECONDS", 1.0), ("PULSE_SECONDS", 0.3)):
        monkeypatch.setattr(watching, name, value)


@pytest.fixture
def child(tmp_path: Path) -> Any:
    """A process that lives long."""
    found = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log")
    found.start()
    yield found
    found.kill()


def frozen_within(watched: Watched, seconds: float) -> bool:
    """Whether it is found frozen so soon."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if watched.is_frozen():
            return True
        time.sleep(0.02)
    return False


def test_one_that_answers_is_left_alone(hasty: None, child: Child) -> None:
    """Asked again and again."""
    assert not frozen_within(Watched(child, lambda: True), 1.5)


def test_one_that_gives_no_answer_is_frozen(hasty: None, child: Child) -> None:
    """Not at its start, when it may take its time; then after a while."""
    watched = Watched(child, lambda: False)
    assert not frozen_within(watched, 0.7)
    assert frozen_within(watched, 1.0)


def test_one_without_its_database_is_not_to_blame(hasty: None, child: Child) -> None:
    """While what it needs is away it is left alone; its time begins when that is back."""
    database = Watched(child, lambda: True)
    database.works = False
    watched = Watched(child, lambda: False, [database])
    watched.patience = 0.0
    assert not frozen_within(watched, 0.8)
    database.works = True
    begun = time.monotonic()
    assert frozen_within(watched, 1.0) and time.monotonic() - begun > 0.2


def test_one_that_a_signal_holds_is_frozen(hasty: None, child: Child) -> None:
    """Whatever it is asked; once it goes on it is left alone."""
    watched = Watched(child)
    assert not watched.is_frozen()
    os.kill(child.pid, signal.SIGSTOP)
    wait_for(lambda: child.stopped)
    assert frozen_within(watched, 1.0)
    os.kill(child.pid, signal.SIGCONT)
    wait_for(lambda: not child.stopped)
    assert not frozen_within(watched, 0.5)


def test_a_pulse_is_a_file_that_is_touched_again(hasty: None, tmp_path: Path) -> None:
    """Whatever time the file tells: the machine's clock may have been set."""
    path = tmp_path / "pulse"
    pulse = Pulse(path)
    assert not pulse()
    path.touch()
    os.utime(path, (1, 1))
    assert pulse()
    time.sleep(0.4)
    assert not pulse()
    os.utime(path, (9e9, 9e9))
    assert pulse()


def watch(program: str, tmp_path: Path) -> subprocess.Popen[str]:
    """The container's watch over a program, in a hurry."""
    code = "import sys, pathlib; sys.path.insert(0, 'docker'); import watch;"
    code += (
        f"sys.exit(watch.watch([sys.executable, '-c', sys.argv[1]], pathlib.Path({str(tmp_path / 'pulse')!r}), 0.5, 5))"
    )
    argv = [sys.executable, "-c", code, program]
    return subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_container_ends_with_one_that_does_nothing(tmp_path: Path) -> None:
    """It says why, and ends with 1, so that it is started again."""
    process = watch(TOUCHES.format(3) + "time.sleep(60)", tmp_path)
    _out, said = process.communicate(timeout=20)
    assert process.returncode == 1 and "no sign of life" in said


def test_a_container_ends_as_its_command_does(tmp_path: Path) -> None:
    """With its exit code; one that is asked to stop passes that on."""
    process = watch(TOUCHES.format(8) + "raise SystemExit(7)", tmp_path)
    assert process.wait(20) == 7
    asks = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); print('up', flush=True)\n"
    process = watch(asks + TOUCHES.format(100), tmp_path)
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    process.terminate()
    assert process.wait(20) == 5


def test_one_that_ends_slowly_is_given_its_time(tmp_path: Path) -> None:
    """Asked to stop it finishes its work in silence, longer than a pulse may be away, and ends with its own code."""
    slow = "import signal, sys, time\n"
    slow += "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1.5), sys.exit(5)))\nprint('up', flush=True)\n"
    process = watch(slow + TOUCHES.format(3) + "time.sleep(60)", tmp_path)
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    process.terminate()
    _out, said = process.communicate(timeout=20)
    assert process.returncode == 5 and not said


def test_one_that_waits_for_the_broker_is_not_to_blame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent while nobody listens at the broker's address: it is left alone."""
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    process = watch(TOUCHES.format(3) + "time.sleep(2); raise SystemExit(7)", tmp_path)
    assert process.wait(20) == 7


def test_beat_counts_from_now_when_the_clock_was_set_back(tmp_path: Path, settings: Any) -> None:
    """What is sent every five seconds is due within five, not tomorrow; also when the schedule on the disk is ahead."""
    settings.PULSE_FILE = str(tmp_path / "pulse")
    name = "send again what is not done"
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    with time_machine.travel(now + timedelta(days=1), tick=False):
        ahead = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
        ahead.heed_the_clock()
        ahead.schedule[name].last_run_at = now + timedelta(days=1)
        ahead.populate_heap()
    with time_machine.travel(now, tick=False):
        ahead.heed_the_clock()
        assert ahead.schedule[name].last_run_at == now
        # Nothing is sent: nothing is due in this moment.
        assert 0 < ahead.tick() <= 5
        assert (tmp_path / "pulse").exists()
    with time_machine.travel(now + timedelta(seconds=6), tick=False):
        assert ahead.schedule[name].is_due().is_due
    ahead.close()


def test_systemd_is_told(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the process is up and lives, in its own words, when it asked; a file that cannot be is no matter."""
    settings.PULSE_FILE = str(tmp_path / "none" / "pulse")
    pulse()
    settings.PULSE_FILE = ""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as system:
        system.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        pulse()
        assert system.recv(100) == b"READY=1\nWATCHDOG=1"
