"""The log as a file: the filtered rows, no formula, a cap with words, and itself an event."""

import csv
import io
import uuid
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from agencies.models import Role
from audit import reading, views
from audit.models import AuditEvent
from audit.services import record
from tests.factories import Line, World, agency, person
from tests.security.people import browser, secretariat

pytestmark = pytest.mark.django_db
KINDS = ["csv", "xlsx"]


@pytest.fixture
def auditor(world: World) -> User:
    """An auditor of the organisation that runs the portal."""
    person(secretariat(), Role.PLATFORM_ADMIN)
    return person(secretariat(), Role.AUDITOR)


def get(client: Client, kind: str, **query: Any) -> HttpResponseBase:
    """The answer to one export."""
    return client.get(reverse("audit:export", args=[kind]), query)


def rows_of(response: HttpResponseBase, kind: str) -> list[list[str]]:
    """The rows of a file."""
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(data)).active
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", KINDS)
def test_in_an_exercise_the_first_row_says_so(auditor: User, kind: str, settings: Any) -> None:
    """Before the headings; of a real portal no such row."""
    plain = rows_of(get(browser(auditor), kind), kind)
    settings.EXERCISE = "Saffron Crate"
    first, heading, *_rows = rows_of(get(browser(auditor), kind), kind)
    assert first[0].startswith("Exercise: Saffron Crate.") and heading == plain[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_filtered_rows(auditor: User, world: World, kind: str) -> None:
    """What the page shows under the same filters, in the same order, all of it; nothing of a record."""
    line = Line(world).walk_to("transmitted")
    client = browser(auditor)
    response = get(client, kind, agency="KG-MIA")
    assert response.status_code == 200 and response["Content-Disposition"].startswith('attachment; filename="audit-')
    heading, *rows = rows_of(response, kind)
    wanted = AuditEvent.objects.filter(agency="KG-MIA").order_by("-at", "-id").values_list("name", "subject_id")
    assert [(row[3], row[10]) for row in rows] == [(name, str(pk or "")) for name, pk in wanted]
    assert len(heading) == 12 and len(rows) > 3
    text = str(rows)
    assert line.request.reference not in text and line.case.title not in text
    assert world.drafter.name in text and "Submitted for review" in text


def test_in_portions(auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of many portions holds each event once."""
    monkeypatch.setattr(reading, "BATCH", 7)
    for _ in range(30):
        record("case.edit", actor=None, subject_type="case", subject_id=uuid.uuid4())
    _heading, *rows = rows_of(get(browser(auditor), "csv", event="case.edit"), "csv")
    assert len(rows) == len({row[10] for row in rows}) == 30


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_an_event(auditor: User, kind: str) -> None:
    """Who took how many as what; the event is not in its own file, and is in the next one."""
    client = browser(auditor)
    first = rows_of(get(client, kind), kind)
    event = AuditEvent.objects.get(name="audit.export")
    assert (event.actor, event.agency, event.subject_type) == (auditor, "ORG-SEC", "audit")
    assert event.facts == {"kind": kind, "count": len(first) - 1}
    second = rows_of(get(client, kind), kind)
    assert len(second) == len(first) + 1 and second[1][3] == "audit.export"


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_no_formula(auditor: User, world: World, kind: str) -> None:
    """A person whose name begins with = is a text in the file."""
    world.drafter.name = "=1+1"
    world.drafter.save(update_fields=["name"])
    record("case.edit", actor=world.drafter, subject_type="case", subject_id=None)
    _heading, first, *_rest = rows_of(get(browser(auditor), kind), kind)
    assert first[5] == ("'=1+1" if kind == "csv" else "=1+1")


@pytest.mark.parametrize("kind", KINDS)
def test_too_many(auditor: User, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back to the list with the filters and words that say what to do; nothing is exported or recorded."""
    monkeypatch.setattr(views, "CAP", 3)
    client = browser(auditor)
    response = client.get(reverse("audit:export", args=[kind]), {"agency": "KG-MIA"}, follow=True)
    assert response.redirect_chain == [("/audit/?agency=KG-MIA", 302)]
    assert "More than 3 events fit" in response.content.decode()
    assert not AuditEvent.objects.filter(name="audit.export").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_bad_filters(auditor: User, kind: str) -> None:
    """Back to the list, where the field says what is wrong."""
    response = browser(auditor).get(
        reverse("audit:export", args=[kind]), {"subject": "x", "since": "2026-01-01"}, follow=True
    )
    assert response.context["form"].has_error("subject")
    assert not AuditEvent.objects.filter(name="audit.export").exists()


def test_other_kinds(auditor: User) -> None:
    """There are two."""
    client = browser(auditor)
    assert get(client, "pdf").status_code == 404
    assert client.head(reverse("audit:export", args=["csv"])).status_code == 405


def test_an_agencys_auditor_takes_only_what_is_theirs(world: World) -> None:
    """The file has the reach of the page."""
    Line(world).walk_to("closed")
    client = browser(person(agency("KG-MIA"), Role.AUDITOR))
    _heading, *rows = rows_of(get(client, "csv"), "csv")
    assert {row[7] for row in rows} == {"KG-MIA"}
    assert not any(world.receiver.name in row for row in rows) and "UZ-MIA" not in str(rows)
