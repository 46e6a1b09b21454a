"""A failure in the log says where, never what: the database tells the whole row that it refused."""

import json
import logging
import re
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.urls import reverse

from exchange.logs import IDS, JSON, SAID, Line, about, bind, bound, request_id
from exchange.processes import Child
from notifications.models import Notification
from notifications.services import notify
from tests.cases.sharing import Sharing, browser, token
from tests.security.story import mark, marks_in
from tests.servers import end, start_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

# What PostgreSQL writes beside 'violates check constraint'.
ROW = "Failing row"


def send(url: str, by: Any, path: str, data: dict[str, str]) -> int:
    """Send a form to a real server, as a browser in which the person is signed in; the status."""
    client = browser(by)
    client.get(path)
    jar = {name: client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)}
    body = urlencode(data | {"csrfmiddlewaretoken": jar[settings.CSRF_COOKIE_NAME]}).encode()
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()), "Origin": url}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}{path}", body, headers), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as failure:
        return failure.code


def test_a_page_that_fails(portal: Callable[..., str], tmp_path: Path, owner_sql: Any) -> None:
    """500, and a log with the places and the database's code of what happened, and no word that was typed."""
    it = Sharing()
    owner_sql.execute("alter table cases_case add constraint never check (version < 2)")
    url = portal(LOG_LEVEL="DEBUG")
    path = reverse("cases:edit", args=[it.case.pk])
    typed = {"title": mark("typed.title"), "offences": mark("typed.offences"), "version": "1", "token": token()}
    assert send(url, it.officer, path, typed) == 500
    log = (tmp_path / "web.log").read_text()
    assert not marks_in(log) and ROW not in log and it.case.reference not in log and path not in log
    assert "django.db.utils.IntegrityError" in log and "23514" in log and "save_case" in log and "cases:edit" in log


# What somebody may send that is no form: in an address, a header, the line that begins a request. The word of a mark.
TYPED = mark("typed.title").partition(" ")[0]
SENT = (
    f"GET /{TYPED}/ HTTP/1.1\r\nHost: localhost",
    f"GET /?q={TYPED} HTTP/1.1\r\nHost: localhost",
    f"GET /help/ HTTP/1.1\r\nHost: {TYPED}",
    f"{TYPED} /help/ HTTP/1.1\r\nHost: localhost",
    f"{TYPED}",
    f"GET /help/ {TYPED}\r\nHost: localhost",
    f"GET /help/ HTTP/1.1\r\nHost: localhost\r\n{TYPED} {TYPED}",
    f"GET /help/ HTTP/1.1\r\nHost: localhost\r\nCookie: sid={TYPED}",
    f"GET /help/ HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {TYPED}\r\nReferer: {TYPED}",
)


def test_what_is_sent_reaches_no_line(portal: Callable[..., str], tmp_path: Path) -> None:
    """Of production's lines each is one object of known names, gunicorn's too; an answered click says view and time."""
    it = Sharing()
    url = portal(LOG_LEVEL="DEBUG", LOG_FORMAT="json")
    port = urlsplit(url).port
    for sent in SENT:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(sent.encode() + b"\r\nConnection: close\r\n\r\n")
            while line.recv(65536):
                pass
    path = reverse("cases:edit", args=[it.case.pk])
    assert send(url, it.officer, path, {"title": mark("typed.title"), "version": "x", "token": token()}) < 500
    log = (tmp_path / "web.log").read_text()
    assert not marks_in(log) and str(it.case.pk) not in log
    lines = [json.loads(line) for line in log.splitlines()]
    assert all(set(line) <= {"at", "level", "logger", "event", "raised", *IDS, *SAID} for line in lines)
    assert any(line["logger"] == "gunicorn.error" and "Invalid request" in line["event"] for line in lines)
    answers = [line for line in lines if line["logger"] == "exchange.click"]
    assert all({"request_id", "view", "method", "status", "ms"} <= line.keys() for line in answers)
    assert {("none", 404), ("desk", 302), ("help", 200)} <= {(line["view"], line["status"]) for line in answers}
    (edited,) = [line for line in answers if line["view"] == "cases:edit"]
    assert (edited["person"], edited["agency"]) == (str(it.officer.pk), it.owner.code)
    assert edited["method"] == "POST" and re.fullmatch("[0-9a-f]{12}", edited["request_id"])


def test_a_line_of_a_task_says_whose_click_it_was(
    transactional_db: None, broker: Any, mail: Any, tmp_path: Path
) -> None:
    """The number, the person and the agency go with the message; Celery's own lines say the task's name and id."""
    worker = start_worker(tmp_path / "worker.log", EMAIL_URL=mail.url, LOG_FORMAT="json")
    try:
        it = Sharing()
        with about(request_id="0123456789ab", person=it.liaison.pk, agency="KG-GPO", view="cases:edit"):
            notify(event="share.ask", people=[it.liaison], subject_type="share", subject_id=it.case.pk)
        log = tmp_path / "worker.log"
        wait_for(lambda: "succeeded" in log.read_text())
    finally:
        end(worker)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    done = next(line for line in lines if "succeeded" in line["event"])
    assert done["task"] == "notifications.tasks.deliver" and len(done["task_id"]) == 36 and done["ms"] >= 0
    assert (done["request_id"], done["person"], done["agency"]) == ("0123456789ab", str(it.liaison.pk), "KG-GPO")
    assert "view" not in done and str(it.case.pk) not in log.read_text()


def test_a_line_says_nothing_that_is_not_on_the_list() -> None:
    """A new name is refused where it is bound, so that somebody thinks of it; each click is apart from the next."""
    with pytest.raises(ValueError, match="title"), about(title="x"):
        pass
    with about(request_id="1"):
        bind(agency="KG-GPO", person="")
        assert bound(*IDS) == {"request_id": "1", "agency": "KG-GPO"}
        with about(task="a.b"):
            assert bound(*IDS) == {"task": "a.b"}
    assert bound(*IDS) == {} and request_id() == "-"


def test_a_task_that_fails(worker: Child, tmp_path: Path, owner_sql: Any) -> None:
    """The same of the worker: Celery writes an exception out in lines of its own."""
    it = Sharing()
    owner_sql.execute("alter table notifications_notification add constraint never check (event = '')")
    notify(event="share.ask", people=[it.liaison], subject_type="share", subject_id=it.case.pk)
    log = tmp_path / "worker.log"
    wait_for(lambda: "raised unexpected" in log.read_text() and "IntegrityError" in log.read_text())
    said = log.read_text()
    assert ROW not in said and str(it.liaison.pk) not in said
    assert "django.db.utils.IntegrityError" in said and "23514" in said and "notifications.tasks.deliver" in said
    assert not Notification.objects.exists()


@pytest.mark.parametrize("text", ["refused: %s", "refused: %r", "%(exc)s", "%(why)s", "nothing"])
def test_an_exception_among_the_words_of_a_line(text: str) -> None:
    """Given to the line, written out by Celery, or written into the record by another handler: its class alone."""
    try:
        raise IntegrityError(mark("typed.title"))
    except IntegrityError as raised:
        args = {"exc": repr(raised), "why": raised} if "(" in text else (raised,) if "%" in text else ()
        record = logging.LogRecord("comity", logging.ERROR, __file__, 1, text, (args,) if "(" in text else args, None)
        record.exc_info = sys.exc_info()
    whole = logging.Formatter().format(record)
    for line in (Line().format(record), JSON().format(record)):
        assert marks_in(whole) and not marks_in(line)
        assert "django.db.utils.IntegrityError" in line
    assert len(JSON().format(record).splitlines()) == 1
    # A developer reads all of it, and so does whoever looks at the record itself.
    assert marks_in(Line(words=True).format(record)) and marks_in(logging.Formatter().format(record))
