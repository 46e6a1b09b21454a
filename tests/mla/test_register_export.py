"""The register as a file: what the filters show and the reader sees, real days, no cell that runs, and on record."""

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from agencies.models import CASE_ROLES, Role
from audit.models import AuditEvent
from mla import register_export
from mla.register_export import COLUMNS
from mla.workflow import Body
from tests.factories import Line, World, agency, member, paper, person
from tests.security.people import browser

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 1)
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(1)", "＝1+1", '=HYPERLINK("http://evil.example","x")', " =1"]


def export(user: User, kind: str, /, **query: Any) -> HttpResponse:
    """What the browser gets."""
    return browser(user).get(reverse("register:export", args=[kind]), query)


def as_csv(user: User, **query: Any) -> list[list[str]]:
    """The cells of the CSV, as a program reads them."""
    response = export(user, "csv", **query)
    assert response.status_code == 200 and response.streaming
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if user.language == "ru" else ","))


def as_xlsx(user: User, **query: Any) -> Any:
    """The sheet, as another program reads it."""
    response = export(user, "xlsx", **query)
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


@pytest.fixture
def sent(world: World) -> World:
    """A request that has crossed and been acknowledged, and one on paper."""
    line = Line(world).walk("submit", "pass_on", "sign")
    line.take("transmit", number="14/3-218", number_date=DAY)
    line.take("acknowledge", number="IN-7", number_date=date(2026, 3, 4))
    paper(
        world.sender,
        world.bodies[Body.SENDING],
        number="P-1",
        number_date=date(2026, 2, 1),
        their_number="9/3",
        their_date=date(2026, 1, 20),
        subject="Summons",
        answer_due=date(2026, 9, 1),
    )
    return world


def test_csv(sent: World) -> None:
    """A mark that spreadsheets look for, a line about the file, heads, a row for each entry, days as ISO 8601."""
    response = export(sent.sender, "csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="register-KG-GPO-')
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbf")
    note, heads, *rows = as_csv(sent.sender)
    assert note[0].startswith(f"Register of KG-GPO. Exported: {sent.sender.name}, ")
    assert heads == [str(column.head) for column in COLUMNS]
    assert rows == [
        [
            *("KG-GPO", "Outgoing", "14/3-218", "2026-03-01", "IN-7", "2026-03-04", "Uzbekistan"),
            *(sent.bodies[Body.RECEIVING].name, "Hearing of an invented witness"),
            *(rows[0][9], "Acknowledged", ""),
        ],
        [
            *("KG-GPO", "Incoming", "P-1", "2026-02-01", "9/3", "2026-01-20", "Mongolia"),
            *("Invented ministry", "Summons", "on paper", "Open", "2026-09-01"),
        ],
    ]
    assert rows[0][9].startswith("KG-MIA-R-2026-")


def test_xlsx(sent: World, settings: Any) -> None:
    """Real days, texts, frozen heads, a filter over the heads, who and which exercise also in its properties."""
    settings.EXERCISE = "Saffron Crate"
    book = as_xlsx(sent.sender)
    sheet = book.active
    cells = list(sheet.iter_rows(values_only=True))
    assert sheet.title == "Register" and len(cells) == 4
    assert "Exercise: Saffron Crate." in cells[0][0] and sent.sender.name in cells[0][0]
    assert list(cells[1]) == [str(column.head) for column in COLUMNS]
    assert cells[2][:7] == (
        *("KG-GPO", "Outgoing", "14/3-218", datetime(2026, 3, 1), "IN-7", datetime(2026, 3, 4), "Uzbekistan"),
    )
    assert cells[3][-1] == datetime(2026, 9, 1)
    assert sheet["D3"].is_date and sheet["D3"].number_format == "dd.mm.yyyy"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:L4")
    assert all(sheet.column_dimensions[letter].width > 9 for letter in "ABCDEFGHIJKL")
    assert book.properties.creator == sent.sender.name and "Saffron Crate" in book.properties.description


def test_in_the_readers_language(sent: World) -> None:
    """Heads, states and days in Russian; between the cells of a CSV stands a semicolon."""
    User.objects.filter(pk=sent.sender.pk).update(language="ru")
    sent.sender.refresh_from_db()
    _note, heads, row, *_rest = as_csv(sent.sender)
    assert len(heads) == len(row) == len(COLUMNS)
    assert (row[6], row[10]) == ("Узбекистан", "Получение подтверждено")
    sheet = as_xlsx(sent.sender).active
    assert sheet["K3"].value == "Получение подтверждено"


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_runs(world: World, text: str) -> None:
    """A number, an authority and a subject that begin like a formula: harmless in the one, plain texts in the other."""
    at = world.bodies[Body.SENDING]
    paper(world.sender, at, number=text, authority=text, subject=text, their_number=text)
    (row,) = as_csv(world.sender)[2:]
    assert [row[index] for index in (2, 4, 7, 8)] == [f"'{text}"] * 4
    response = export(world.sender, "xlsx")
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    cells = openpyxl.load_workbook(io.BytesIO(b"".join(export(world.sender, "xlsx").streaming_content))).active[3]
    assert [cells[index].value for index in (2, 4, 7, 8)] == [text] * 4


def test_separators_in_texts(world: World) -> None:
    """Quotes, separators and line breaks do not break a row."""
    subject = 'Wares; "invented", 5 boxes'
    paper(world.sender, world.bodies[Body.SENDING], subject=subject)
    assert as_csv(world.sender)[2][8] == subject
    User.objects.filter(pk=world.sender.pk).update(language="ru")
    world.sender.refresh_from_db()
    assert as_csv(world.sender)[2][8] == subject


def test_what_the_filters_show(sent: World) -> None:
    """The same lines as the page; in the same order."""
    for query, numbers in (
        ({}, ["14/3-218", "P-1"]),
        ({"direction": "incoming"}, ["P-1"]),
        ({"q": "in – 7"}, ["14/3-218"]),
        ({"kind": "paper", "q": "14/3"}, []),
    ):
        assert [row[2] for row in as_csv(sent.sender, **query)[2:]] == numbers
        assert [row[2].value for row in list(as_xlsx(sent.sender, **query).active.rows)[2:]] == numbers


def test_a_filter_that_cannot_be_followed(sent: World) -> None:
    """Exports nothing: more than was meant must not leave."""
    response = export(sent.sender, "csv", other="Atlantis")
    assert response.status_code == 400 and not response.streaming
    assert 'class="field-error"' in response.content.decode()
    assert not AuditEvent.objects.filter(name="register.export").exists()


def test_only_what_the_reader_sees(sent: World) -> None:
    """Another agency's people get their own journals, the receiving side its own; no admin gets a file."""
    assert as_csv(person(agency("KG-CUS"), *CASE_ROLES))[2:] == []
    (row,) = as_csv(sent.receiver)[2:]
    assert row[:7] == ["UZ-GPO", "Incoming", "IN-7", "2026-03-04", "14/3-218", "2026-03-01", "Kyrgyzstan"]
    admin = sent.new(Body.SENDING, Role.AGENCY_ADMIN)
    assert export(admin, "csv").status_code == export(admin, "xlsx").status_code == 403


def test_on_record(sent: World) -> None:
    """How many left and as what; and for each request that another agency drafted, that it did. Before it does."""
    who = sent.sender
    response = export(who, "csv")
    found = AuditEvent.objects.filter(name="register.export").values_list("actor_id", "agency", "facts")
    assert list(found) == [(who.pk, "KG-GPO", {"agencies": ["KG-GPO"], "count": 2, "kind": "csv"})]
    (shown,) = AuditEvent.objects.filter(name="request.export")
    assert (shown.subject_type, shown.actor_id, shown.agency) == ("request", who.pk, "KG-GPO")
    assert response.streaming, "and nothing of it has been read yet"
    export(sent.receiver, "xlsx")
    assert AuditEvent.objects.filter(name="request.export", agency="UZ-GPO").count() == 1


def test_ones_own_requests_are_no_event(world: World) -> None:
    """An agency that drafted what it sends reads its own."""
    member(world.sender, agency("KG-MIA"), Role.OFFICER)
    Line(world).walk_to("transmitted")
    assert len(as_csv(world.sender)) == 3
    assert not AuditEvent.objects.filter(name="request.export").exists()


def test_more_than_a_file_holds(sent: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said in words on the page, with the filters kept; nothing leaves and nothing is recorded."""
    monkeypatch.setattr(register_export, "AT_MOST", 1)
    client = browser(sent.sender)
    for kind in ("csv", "xlsx"):
        response = client.get(reverse("register:export", args=[kind]), {"q": "1"})
        assert (response.status_code, response["Location"]) == (302, "/register/?q=1")
        assert "These are more than 1 entries." in client.get(response["Location"]).content.decode()
    assert not AuditEvent.objects.filter(name="register.export").exists()
    assert len(as_csv(sent.sender, kind="paper")) == 3


def test_piece_by_piece(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many lines in small pieces: none lost, none twice, in order."""
    monkeypatch.setattr(register_export, "PIECE", 3)
    for number in range(10):
        paper(world.sender, world.bodies[Body.SENDING], number=f"N-{number}", number_date=DAY)
    wanted = [f"N-{number}" for number in reversed(range(10))]
    assert [row[2] for row in as_csv(world.sender)[2:]] == wanted
    assert [row[2].value for row in list(as_xlsx(world.sender).active.rows)[2:]] == wanted


def test_what_is_taken_away_meanwhile_does_not_leave(sent: World) -> None:
    """Each piece is read through the door again."""
    response = export(sent.sender, "csv")
    sent.sender.is_active = False
    sent.sender.save()
    assert len(b"".join(response.streaming_content).decode().splitlines()) == 2


def test_days_that_no_cell_holds(world: World) -> None:
    """Older than a spreadsheet's calendar: a text."""
    paper(world.sender, world.bodies[Body.SENDING], number_date=date(1899, 12, 31), their_date=date(1850, 1, 1))
    row = list(as_xlsx(world.sender).active.rows)[2]
    assert (row[3].value, row[5].value) == ("1899-12-31", "1850-01-01")


def test_no_other_kind(sent: World) -> None:
    """CSV and XLSX, nothing else."""
    assert export(sent.sender, "pdf").status_code == 404
