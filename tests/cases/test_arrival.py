"""A file on its way in, byte by byte, at a real server: what is too large is refused before it is whole."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.models import Document, StoredFile
from tests.cases.papers import PDF
from tests.cases.sharing import Sharing, browser
from tests.servers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
EDGE = "----edge"


@dataclass
class Wire:
    """The form of a new document of one case, sent by hand."""

    host: str
    port: int
    path: str
    cookie: str
    csrf: str
    store: Path

    def open(self) -> socket.socket:
        """A connection that does not wait for ever."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def head(self, *more: str) -> bytes:
        """The head of the request, with these lines."""
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"Host: {self.host}",
            f"Origin: http://{self.host}",
            f"Cookie: {self.cookie}",
            f"Content-Type: multipart/form-data; boundary={EDGE}",
            *more,
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def fields(self, **fields: str) -> bytes:
        """The form's fields, and the head of its file, which comes last."""
        given = {"csrfmiddlewaretoken": self.csrf, "marking": "unmarked", "description": "Typed words"} | fields
        parts = [
            f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in given.items()
        ]
        file = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="large.pdf"\r\n\r\n'
        return "".join([*parts, file]).encode()

    def whole(self, file: bytes) -> bytes:
        """The body of a form with this file."""
        return self.fields() + file + f"\r\n--{EDGE}--\r\n".encode()

    def memory(self) -> int:
        """The most that the server's busiest process has held, in bytes."""
        parent = next(
            one.pid
            for one in psutil.process_iter(["pid"])
            if one.pid != os.getpid() and f"127.0.0.1:{self.port}" in command(one) and not is_child(one, self.port)
        )
        found = psutil.Process(parent).children(recursive=True)
        return max(peak(one.pid) for one in found)


def command(process: psutil.Process) -> list[str]:
    """Its command line; nothing of one that has ended meanwhile."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return []


def is_child(process: psutil.Process, port: int) -> bool:
    """Whether it is a child of the server's first process."""
    parent = process.parent()
    return parent is not None and f"127.0.0.1:{port}" in command(parent)


def peak(pid: int) -> int:
    """The most memory that a process has ever held, in bytes; where the system does not say: what it holds now."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return int(psutil.Process(pid).memory_info().rss)
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def read_all(connection: socket.socket) -> bytes:
    """What the server answers until it closes, or until the answer is whole."""
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
            head, there, rest = data.partition(b"\r\n\r\n")
            for line in head.lower().splitlines() if there else ():
                name, _, value = line.partition(b": ")
                chunked = (name, value) == (b"transfer-encoding", b"chunked")
                if chunked and rest.endswith(b"0\r\n\r\n") or name == b"content-length" and len(rest) >= int(value):
                    return data
    except (ConnectionResetError, TimeoutError):
        pass
    return data


def status(answer: bytes) -> int:
    """The status of an answer; 0 when there was none."""
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.fixture
def wire(portal: Callable[..., str], tmp_path: Path) -> Callable[..., Wire]:
    """Call it for a server with these settings, and an officer signed in there."""
    it = Sharing()

    def start(**more: str) -> Wire:
        store = tmp_path / "store"
        url = urlsplit(portal(FILES_ROOT=str(store), **more))
        client: Client = browser(it.officer)
        path = reverse("cases:document_create", args=[it.case.pk])
        client.get(path)
        jar = {name: client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)}
        cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
        csrf = jar[settings.CSRF_COOKIE_NAME]
        return Wire(url.netloc, url.port or 80, path, cookie, csrf, store)

    return start


def nothing_kept(wire: Wire) -> bool:
    """Neither rows nor files."""
    files = [one for one in wire.store.rglob("*") if one.is_file()] if wire.store.exists() else []
    return not files and not StoredFile.objects.exists() and not Document.objects.exists()


def test_a_file_arrives(wire: Callable[..., Wire]) -> None:
    """The way of these tests is the way of a browser."""
    it = wire()
    body = it.whole(PDF)
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {len(body)}") + body)
        assert status(read_all(connection)) == 302
    document = Document.objects.get()
    assert document.size == len(PDF) and [one.name for one in it.store.rglob("*") if one.is_file()]


def test_the_length_says_too_much(wire: Callable[..., Wire]) -> None:
    """Answered with 413 and the reason before one byte of the body is sent."""
    it = wire()
    for length in (31 * MEGABYTE, 2 * 1024 * MEGABYTE, 10**30):
        with it.open() as connection:
            connection.sendall(it.head(f"Content-Length: {length}"))
            answer = read_all(connection)
        assert status(answer) == 413 and b"25 MB" in answer
    assert nothing_kept(it)


def test_sent_all_the_same(wire: Callable[..., Wire]) -> None:
    """Who goes on sending is cut off; nothing of the body is held."""
    it = wire()
    before = it.memory()
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {60 * MEGABYTE}"))
        sender = threading.Thread(target=send_in_pieces, args=(connection, bytes(60 * MEGABYTE)), daemon=True)
        sender.start()
        assert status(read_all(connection)) == 413
        connection.close()
        sender.join(20)
    assert it.memory() - before < 12 * MEGABYTE and nothing_kept(it)


def test_the_length_is_no_number(wire: Callable[..., Wire]) -> None:
    """Not even a form."""
    it = wire()
    for length in ("-1", "many", "1e9", "\u0661"):
        with it.open() as connection:
            connection.sendall(it.head(f"Content-Length: {length}") + it.whole(PDF))
            assert status(read_all(connection)) in (400, 413)
    assert nothing_kept(it)


def test_too_large_by_a_megabyte(wire: Callable[..., Wire]) -> None:
    """26 MB: stopped at the limit, what was typed is kept, no file is left, and the memory stays flat."""
    it = wire()
    small = it.whole(PDF[:-1])
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {len(small)}") + small)
        read_all(connection)
    before = it.memory()
    body = it.whole(b"%PDF-1.4\n" + bytes(26 * MEGABYTE))
    for _ in range(3):
        with it.open() as connection:
            connection.sendall(it.head(f"Content-Length: {len(body)}") + body)
            answer = read_all(connection)
        assert status(answer) == 200
        assert b"larger than 25 MB" in answer and b"Typed words" in answer
        assert b'name="kept"' not in answer
    assert it.memory() - before < 12 * MEGABYTE
    assert not Document.objects.filter(size__gt=MEGABYTE).exists()


def test_the_limit_is_a_setting(wire: Callable[..., Wire]) -> None:
    """Of the environment."""
    it = wire(UPLOAD_LIMIT_MB="1")
    body = it.whole(b"%PDF-1.4\n" + bytes(MEGABYTE))
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {len(body)}") + body)
        answer = read_all(connection)
    assert b"larger than 1 MB" in answer and nothing_kept(it)
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {7 * MEGABYTE}"))
        assert status(read_all(connection)) == 413


def test_more_than_it_said(wire: Callable[..., Wire]) -> None:
    """What comes after the length that was said belongs to no form."""
    it = wire()
    body = it.whole(PDF + bytes(2 * MEGABYTE))
    with it.open() as connection:
        connection.sendall(it.head("Content-Length: 900"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(body)
        assert status(read_all(connection)) in (0, 200, 400, 403)
    assert nothing_kept(it)
    assert alive(it)


def test_less_than_it_said(wire: Callable[..., Wire]) -> None:
    """A body that breaks off leaves nothing, and the server goes on."""
    it = wire()
    body = it.whole(PDF + bytes(2 * MEGABYTE))
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {len(body)}") + body[: MEGABYTE + 100])
    wait_for(lambda: alive(it))
    time.sleep(0.5)
    assert nothing_kept(it)


def test_in_pieces_without_a_length(wire: Callable[..., Wire]) -> None:
    """Chunked: no browser sends a form so. However much comes, it is not taken, and not held."""
    it = wire()
    before = it.memory()
    body = it.whole(b"%PDF-1.4\n" + bytes(40 * MEGABYTE))
    with it.open() as connection:
        connection.sendall(it.head("Transfer-Encoding: chunked"))
        sender = threading.Thread(target=send_in_pieces, args=(connection, body), daemon=True)
        sender.start()
        answer = read_all(connection)
        connection.close()
        sender.join(20)
    assert status(answer) in (400, 403, 411, 413)
    assert nothing_kept(it) and it.memory() - before < 12 * MEGABYTE
    assert alive(it)


def test_both_length_and_pieces(wire: Callable[..., Wire]) -> None:
    """Two lengths in one request: refused, as whoever smuggles one into another would have it."""
    it = wire()
    with it.open() as connection:
        connection.sendall(it.head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n")
        assert status(read_all(connection)) in (400, 403)
    assert nothing_kept(it)


def test_a_stranger_sends(wire: Callable[..., Wire]) -> None:
    """Signed out, a large file: nothing of it is kept."""
    it = wire()
    it.cookie = "sid=stranger"
    body = it.whole(b"%PDF-1.4\n" + bytes(26 * MEGABYTE))
    with it.open() as connection:
        connection.sendall(it.head(f"Content-Length: {len(body)}") + body)
        assert status(read_all(connection)) in (302, 403)
    assert nothing_kept(it)


def send_in_pieces(connection: socket.socket, body: bytes) -> None:
    """Each a megabyte, until the server has had enough."""
    try:
        for at in range(0, len(body), MEGABYTE):
            piece = body[at : at + MEGABYTE]
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
    except OSError:
        pass


def alive(it: Wire) -> bool:
    """Whether the server answers the next one."""
    with it.open() as connection:
        connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {it.host}\r\nConnection: close\r\n\r\n".encode())
        return status(read_all(connection)) == 200
