"""Real servers for tests: a mail server, Celery's worker, gunicorn."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from exchange.celery import app as celery
from exchange.processes import Child, free_port
from tests.databases import environment

ROOT = Path(__file__).resolve().parents[1]


def wait_for(what: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until `what` gives something, and return it; fail when it is late."""
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)


class MailServer:
    """Takes every mail and keeps it."""

    def __init__(self, port: int = 0) -> None:
        self.messages: list[EmailMessage] = []
        self.port = port or free_port()

    @property
    def url(self) -> str:
        """The address for EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd for each message."""
        content = envelope.original_content or b""
        self.messages.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"

    def __enter__(self) -> Self:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()


def publish_to(url: str) -> None:
    """Let this process's Celery use another broker; what was open to the last one is left alone."""
    celery.conf.broker_url = url
    celery._pool = None
    celery.amqp._producer_pool = None


def start_worker(log: Path, *options: str, **more: str) -> Child:
    """Start a worker with one child process, and wait until it takes tasks; options are for Celery's command."""
    argv = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "exchange",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "INFO",
    ]
    argv += ["--without-gossip", "--without-mingle", "--hostname", f"test-{free_port()}@%h", *options]
    child = Child("worker", argv, log, env=environment(**more), cwd=ROOT)
    child.start()
    said = log.stat().st_size
    wait_for(lambda: "ready." in log.read_text()[said:] or not child.alive, 60)
    assert child.alive, child.last_words(20)
    return child


def start_web(log: Path, **more: str) -> tuple[Child, str]:
    """Start gunicorn on a free port and wait until it answers."""
    port = free_port()
    argv = [
        sys.executable,
        "-m",
        "gunicorn",
        "exchange.wsgi",
        "--config",
        "python:exchange.serving",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    url = f"http://localhost:{port}"
    child = Child("web", argv, log, env=environment(SITE_URL=url, **({"WEB_WORKERS": "1"} | more)), cwd=ROOT)
    child.start()
    wait_for(lambda: answers(f"{url}/healthz") or not child.alive, 60)
    assert child.alive, child.last_words(20)
    return child, url


class Lasting:
    """Servers that go on from test to test: to start one takes as long as ten of its pages.

    Each belongs to one database; its connections to that are ended when the database is emptied.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[tuple[str, ...], tuple[Child, str]] = {}

    def web(self, **more: str) -> str:
        """The address of a gunicorn with these settings, started if none runs."""
        return self._running("web", start_web, more)[1]

    def worker(self, **more: str) -> Child:
        """A Celery worker with these settings, started if none runs."""
        return self._running("worker", lambda log, **more: (start_worker(log, **more), ""), more)[0]

    def _running(self, kind: str, start: Callable[..., tuple[Child, str]], more: dict[str, str]) -> tuple[Child, str]:
        database = environment()["DATABASE_URL"]
        for key in [key for key in self.running if key[0] != database]:
            end(self.running.pop(key)[0])
        key = (database, kind, *sorted(f"{name}={value}" for name, value in more.items()))
        if key not in self.running or not self.running[key][0].alive:
            self.running[key] = start(self.folder / f"{kind}.log", **more)
        return self.running[key]

    def end(self) -> None:
        """End them all."""
        for child, _ in self.running.values():
            end(child)


def end(child: Child) -> None:
    """End a server that nothing more is asked of: at once, for a worker takes three seconds to take its leave."""
    child.kill_group()
    child.stop()


def answers(url: str) -> bool:
    """Whether anything but an error comes from there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False
