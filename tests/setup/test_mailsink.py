"""The demo's mail page: shows what arrived, and nothing that a mail brings becomes markup."""

import json
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from exchange.processes import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """A running sink: its SMTP port and its page's address."""
    smtp, http = free_port(), free_port()
    argv = [
        sys.executable,
        ROOT / "tools" / "mailsink.py",
        "--smtp-port",
        str(smtp),
        "--http-port",
        str(http),
        "--folder",
        str(tmp_path / "mail"),
    ]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield smtp, f"http://127.0.0.1:{http}"
    finally:
        process.terminate()
        assert process.wait(10) == 0


def read(address: str) -> str:
    """A page, tried for a moment: the sink says that it listens just before it does."""
    deadline = time.monotonic() + 5
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_mail_is_shown_and_escaped(sink: tuple[int, str]) -> None:
    """The list, the message and the scripts' answer hold the mail; its markup is text."""
    port, page = sink
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "a@comity.example",
        "b@comity.example",
        "<script>Дело",
    )
    message.set_content("Текст <b> http://localhost:8000/join/?token=x")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(message)
    assert "&lt;script&gt;Дело" in read(f"{page}/")
    assert "<script>" not in read(f"{page}/")
    (row,) = json.loads(read(f"{page}/messages.json"))
    assert (row["to"], row["body"].strip()) == ("b@comity.example", "Текст <b> http://localhost:8000/join/?token=x")
    shown = read(f"{page}/message/{row['name']}")
    assert "Текст &lt;b&gt;" in shown and '<a href="http://localhost:8000/join/?token=x">' in shown


def test_only_listed_messages_are_read(sink: tuple[int, str]) -> None:
    """No way leads out of the folder."""
    _, page = sink
    for name in ("../../secrets.json", "%2e%2e/lock", "none.eml"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(f"{page}/message/{name}")
