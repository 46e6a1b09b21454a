"""A mail server that delivers to nobody, with a page to read what arrived. For the demo and the tests, not
the product.

    python tools/mailsink.py --smtp-port 2525 --http-port 8025 --folder .demo/mail

Keeps the newest messages as files. The page lists them, `/messages.json` gives them to scripts,
`/message/NAME` shows one as plain text. Listens on 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import signal
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 500
# A link in a text whose signs are escaped.
ADDRESS = re.compile(r"https?://[^\s&<>\"']+")
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid; padding: .4rem .6rem; text-align: left; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail of the demo</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">
</head><body>{}</body></html>"""


class Box:
    """The messages, oldest first, each a file whose name begins with its time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.folder, self.numbers, self.lock = folder, itertools.count(), threading.Lock()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.eml"))

    def keep(self, content: bytes) -> None:
        """Store one message; the oldest go when there are too many."""
        with self.lock:
            name = f"{time.time_ns():020d}-{next(self.numbers):06d}.eml"
            new = self.folder / f"{name}.new"
            new.write_bytes(content)
            new.rename(self.folder / name)
            for old in self.names()[:-KEPT]:
                (self.folder / old).unlink(missing_ok=True)

    def read(self, name: str) -> EmailMessage | None:
        """A message by its name, or None; only names that the list holds are looked at."""
        if name not in self.names():
            return None
        content = (self.folder / name).read_bytes()
        return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]

    def listed(self) -> list[dict[str, str]]:
        """Newest first: what the page and scripts show of each message."""
        rows = []
        for name in reversed(self.names()):
            if (message := self.read(name)) is not None:
                rows.append(
                    {
                        "name": name,
                        "date": str(message["date"] or ""),
                        "from": str(message["from"] or ""),
                        "to": str(message["to"] or ""),
                        "subject": str(message["subject"] or ""),
                        "body": body_of(message),
                    }
                )
        return rows


def body_of(message: EmailMessage) -> str:
    """The text of a message as a person reads it, or an empty string."""
    part = message.get_body(preferencelist=("plain", "html"))
    try:
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError):
        return ""


class Receiver:
    """What aiosmtpd calls for each message: everything is taken, whoever it is for."""

    def __init__(self, box: Box) -> None:
        self.box = box

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.box.keep(envelope.original_content or b"")
        return "250 kept"


def viewer(box: Box, port: int) -> ThreadingHTTPServer:
    """The page's server, not yet serving."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0])
            message = box.read(path.removeprefix("/message/")) if path.startswith("/message/") else None
            if path == "/":
                self.answer("text/html", PAGE.format(as_table(box.listed())))
            elif path == "/style.css":
                self.answer("text/css", STYLE)
            elif path == "/messages.json":
                self.answer("application/json", json.dumps(box.listed(), ensure_ascii=False))
            elif message is not None:
                self.answer("text/html", PAGE.format(as_letter(message)))
            else:
                self.answer("text/plain", "There is no such message.", HTTPStatus.NOT_FOUND)

        def answer(self, kind: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> None:
            content = text.encode("utf-8", errors="replace")
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Who looks at the page is of no interest."""

    return ThreadingHTTPServer(("127.0.0.1", port), Page)


def as_letter(message: EmailMessage) -> str:
    """One message as its reader has it, its links to be followed; all else is escaped. Every header below it."""
    told = "".join(f"<p>{name}: {escape(str(message[name] or ''))}</p>" for name in ("To", "Subject"))
    body = ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(body_of(message)))
    heads = escape("\n".join(f"{name}: {value}" for name, value in message.items()))
    below = f"<details><summary>Headers</summary><pre>{heads}</pre></details>"
    return f'<p><a href="/">All mail</a></p>{told}<pre>{body}</pre>{below}'


def as_table(rows: list[dict[str, str]]) -> str:
    """The list of messages; all that came by mail is escaped."""
    lines = ["<h1>Mail of the demo</h1>", "<p>What the portal sent. It was delivered to nobody.</p>"]
    if not rows:
        return "\n".join([*lines, "<p>Nothing has been sent yet.</p>"])
    lines.append("<table><thead><tr><th>Date</th><th>To</th><th>Subject</th></tr></thead><tbody>")
    for row in rows:
        link = f'<a href="/message/{quote(row["name"])}">{escape(row["subject"]) or "(no subject)"}</a>'
        lines.append(f"<tr><td>{escape(row['date'])}</td><td>{escape(row['to'])}</td><td>{link}</td></tr>")
    return "\n".join([*lines, "</tbody></table>"])


def main() -> None:
    parser = argparse.ArgumentParser(description="A mail server that delivers to nobody.")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    box = Box(options.folder)
    smtp = Controller(Receiver(box), hostname="127.0.0.1", port=options.smtp_port)
    smtp.start()
    page = viewer(box, options.http_port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=page.shutdown).start())
    print(f"mail on {options.smtp_port}, page on {options.http_port}", flush=True)
    page.serve_forever()
    smtp.stop()


if __name__ == "__main__":
    main()
