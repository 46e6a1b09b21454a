"""The register as a file: CSV, a piece at a time, and XLSX. What the filters show, as the reader's side may see it.

No cell of either is ever run: see accounts/sheets.py.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook

from accounts import exercises
from accounts.refusals import Incomplete
from accounts.sheets import TEXTS_ONLY
from agencies.standing import Standing
from audit.services import record, record_each
from mla.countries import other_states
from mla.models import RegisterNumber
from mla.register import LONG, Entry, entries, journals_of, lines_of

AT_MOST = 10_000
PIECE = 500
# The oldest day that a cell of a spreadsheet can hold as one.
FIRST_DAY = date(1900, 3, 1)

Value = str | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, how wide it is in letters, and what it says of a line."""

    head: str | Promise
    width: int
    value: Callable[[Entry], Value]


COLUMNS = (
    Column(gettext_lazy("Journal of"), 10, lambda entry: entry.line.agency.code),
    Column(gettext_lazy("Direction"), 12, lambda entry: _("Outgoing") if entry.outgoing else _("Incoming")),
    Column(gettext_lazy("Own No."), 18, lambda entry: entry.line.number),
    Column(gettext_lazy("Date"), 12, lambda entry: entry.line.date),
    Column(gettext_lazy("Their No."), 18, lambda entry: entry.their_number),
    Column(gettext_lazy("Date of their No."), 12, lambda entry: entry.their_date),
    Column(gettext_lazy("Other state"), 20, lambda entry: entry.other_state),
    Column(gettext_lazy("Authority"), 40, lambda entry: entry.authority),
    Column(gettext_lazy("Subject"), 60, lambda entry: entry.subject),
    Column(gettext_lazy("Reference"), 24, lambda entry: entry.reference or _("on paper")),
    Column(gettext_lazy("State"), 22, lambda entry: entry.look["label"]),
    Column(gettext_lazy("Answer asked by"), 14, lambda entry: entry.due.day),
)


@dataclass(frozen=True, slots=True)
class Export:
    """The lines that leave, by number: who takes them out, in what language, and what the file says of itself."""

    standing: Standing
    pks: list[int]
    language: str
    name: str
    note: str

    @property
    def heads(self) -> list[str]:
        """The heads of the columns. A piece of a stream is asked for when the page's own language may be over."""
        with translation.override(self.language):
            return [str(column.head) for column in COLUMNS]

    def rows(self) -> Iterator[list[Value]]:
        """The cells of each line, read a piece at a time, through the door again."""
        lines = RegisterNumber.objects.visible_to(self.standing.user, self.standing.now)
        lines = lines.select_related("request", "paper", "agency").defer(*LONG).newest()
        states = None
        for start in range(0, len(self.pks), PIECE):
            with translation.override(self.language):
                states = states or other_states()
                piece = lines.filter(pk__in=self.pks[start : start + PIECE])
                found = entries(list(piece), self.standing, states)
                cells = [[column.value(entry) for column in COLUMNS] for entry in found]
            yield from cells


@transaction.atomic
def take_out(standing: Standing, wanted: dict[str, Any], kind: str) -> Export:
    """Choose the lines, and record that they leave before the first one does.

    Raises Incomplete when they are more than a file may hold.
    """
    columns = ("date", "pk", "request_id", "request__drafting_agency_id")
    journals = [one.values_list(*columns)[: AT_MOST + 1] for one in lines_of(standing, wanted)]
    found = list(islice(merge(*journals, reverse=True), AT_MOST + 1))
    if len(found) > AT_MOST:
        raise Incomplete(
            _("These are more than %(number)s entries. Choose a shorter period or more filters, then export again.")
            % {"number": formats.number_format(AT_MOST, force_grouping=True)}
        )
    agencies = [agency.code for agency in journals_of(standing, wanted)]
    actor, agency = standing.user, agencies[0]
    record(
        "register.export",
        actor=actor,
        subject_type="register",
        subject_id=None,
        agency=agency,
        agencies=agencies,
        count=len(found),
        kind=kind,
    )
    others = [pk for _date, _line, pk, drafter in found if pk and drafter not in standing.roles]
    record_each("request.export", actor=actor, subject_type="request", subject_ids=others, agency=agency)
    return Export(
        standing=standing,
        pks=[pk for _date, pk, _request, _drafter in found],
        language=translation.get_language() or "en",
        name=f"register-{'-'.join(agencies)}-{timezone.localdate():%Y-%m-%d}",
        note=note_of(standing, agencies),
    )


def note_of(standing: Standing, agencies: list[str]) -> str:
    """What a file says of itself in its first row: whose journal, taken out by whom and when, of which exercise."""
    words = _("Register of %(agencies)s. Exported: %(name)s, %(at)s.") % {
        "agencies": ", ".join(agencies),
        "name": standing.user.name,
        "at": formats.date_format(timezone.localtime(standing.now), "DATETIME_FORMAT"),
    }
    return f"{words} {exercises.said()}".rstrip()


def csv_rows(export: Export) -> Iterator[list[str]]:
    """The rows of the CSV, its note and heads before them; days as ISO 8601."""
    yield [export.note]
    yield export.heads
    for row in export.rows():
        yield [_as_text(value) for value in row]


def xlsx_of(export: Export) -> IO[bytes]:
    """The file, whole: a megabyte for ten thousand lines. Cells are texts and days, never formulas or links."""
    file = io.BytesIO()
    with Workbook(file, TEXTS_ONLY) as book:
        book.set_properties({"title": _("Register"), "author": export.standing.user.name, "comments": export.note})
        sheet = book.add_worksheet(_("Register"))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"})
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, column.width)
        sheet.write_string(0, 0, export.note)
        for index, head in enumerate(export.heads):
            sheet.write_string(1, index, head, bold)
        last = 1
        for last, row in enumerate(export.rows(), start=2):
            for index, value in enumerate(row):
                if isinstance(value, date) and value >= FIRST_DAY:
                    sheet.write_datetime(last, index, value, day)
                elif value:
                    sheet.write_string(last, index, _as_text(value), plain)
        sheet.freeze_panes(2, 0)
        sheet.autofilter(1, 0, last, len(COLUMNS) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
        sheet.set_footer("&C&P / &N")
    file.seek(0)
    return file


def _as_text(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
