"""A failure in the log says where, never what: the database tells the whole row that it refused."""

import logging
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.urls import reverse

from exchange.logs import Line
from exchange.processes import Child
from notifications.models import Notification
from notifications.services import notify
from tests.cases.sharing import Sharing, browser, token
from tests.security.story import mark, marks_in
from tests.servers import wait_for

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
    assert not marks_in(log) and ROW not in log and it.case.reference not in log
    assert "django.db.utils.IntegrityError" in log and "23514" in log and "save_case" in log and path in log


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
    line = Line().format(record)
    assert marks_in(whole) and not marks_in(line)
    assert "django.db.utils.IntegrityError" in line
    # A developer reads all of it, and so does whoever looks at the record itself.
    assert marks_in(Line(words=True).format(record)) and marks_in(logging.Formatter().format(record))
