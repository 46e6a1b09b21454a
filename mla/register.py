"""The register: the journals of the reader's agencies, line by line, as the reader's side may see each."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import DateTimeField, Q, UUIDField
from django.utils import timezone

from accounts.kept import Kept
from agencies.models import Agency
from agencies.standing import Standing
from cases.access import PAGE
from cases.folding import folded
from mla.due import Due, due_on
from mla.listing import rows_for
from mla.models import PaperRequest, PaperState, RegisterNumber
from mla.querysets import JournalQuerySet
from mla.workflow import ENDED

Direction = RegisterNumber.Direction

PAPER_LOOK = {
    PaperState.OPEN: ("neutral", "clock"),
    PaperState.ANSWERED: ("good", "mail-forward"),
    PaperState.CLOSED: ("end", "archive"),
    PaperState.VOID: ("end", "ban"),
}
# Texts of a letter as long as a book, which no list shows.
LONG = ("request__facts", "request__offence", "request__purpose")
# A line's day and key, by which a journal is sorted; and the key after all keys.
Key = tuple[date, int]
LAST = 2**63 - 1
ENDED_LINES = Q(request__state__in=ENDED) | Q(paper__closed_on__isnull=False) | Q(paper__voided_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The last line of a page, by its day and what it is the number of; the next page begins after it.

    Not by the line's own key, which would tell in an address how many numbers all agencies have given.
    """

    date: date
    of: uuid.UUID

    def __str__(self) -> str:
        return f"{self.date.isoformat()}_{self.of}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read a place from an address; None when it is none."""
        day, _, pk = text.partition("_")
        try:
            return cls(date.fromisoformat(day), uuid.UUID(pk))
        except ValueError:
            return None

    @classmethod
    def at(cls, line: RegisterNumber) -> "Place":
        """Where a line stands."""
        return cls(line.date, line.request_id or line.paper_id)

    def key(self, standing: Standing) -> Key:
        """Where the reader's lines go on. When the line is none of theirs any more, with the whole of its day."""
        lines = RegisterNumber.objects.visible_to(standing.user, standing.now).filter(
            Q(request=self.of) | Q(paper=self.of), agency__in=standing.case_agencies, date=self.date
        )
        return self.date, lines.order_by("pk").values_list("pk", flat=True).first() or LAST


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal with what it is the number of."""

    line: RegisterNumber
    other_state: str
    subject: str
    look: dict[str, str]
    authority: str
    due: Due
    their_number: str = ""
    their_date: date | None = None
    # The portal's own; empty on paper.
    reference: str = ""

    @property
    def outgoing(self) -> bool:
        """Whether it went out."""
        return self.line.direction == Direction.OUTGOING


def journals_of(standing: Standing, wanted: dict[str, Any]) -> list[Agency]:
    """The agencies whose journals the reader wants: those for which they work on cases, or one of them."""
    return [one for one in standing.case_agencies if wanted.get("agency") in (None, one.code)]


def lines_of(standing: Standing, wanted: dict[str, Any]) -> list[JournalQuerySet]:
    """The lines that the reader sees and wants, newest first: a queryset for each of their agencies.

    A journal is one agency's, and so is the index by which its newest lines are found.
    """
    visible = narrowed(RegisterNumber.objects.visible_to(standing.user, standing.now), wanted)
    return [visible.filter(agency=agency).newest() for agency in journals_of(standing, wanted)]


def narrowed(lines: JournalQuerySet, wanted: dict[str, Any]) -> JournalQuerySet:
    """Only the lines that answer to what the filters say."""
    if term := folded(wanted.get("q") or ""):
        lines = lines.filter(search__contains=term)
    if direction := wanted.get("direction"):
        lines = lines.filter(direction=direction)
    if other := wanted.get("other"):
        lines = lines.filter(other_state=other)
    if since := wanted.get("since"):
        lines = lines.filter(date__gte=since)
    if until := wanted.get("until"):
        lines = lines.filter(date__lte=until)
    if kind := wanted.get("kind"):
        lines = lines.filter(paper__isnull=kind != "paper")
    if state := wanted.get("state"):
        lines = lines.filter(ENDED_LINES if state == "ended" else ~ENDED_LINES)
    return lines


def page_of(
    standing: Standing, wanted: dict[str, Any], states: dict[str, str], after: Place | None = None
) -> tuple[list[Entry], Place | None]:
    """The newest lines after a place, and where the page after them begins, if there is one."""
    found = newest_of(lines_of(standing, wanted), PAGE + 1, after.key(standing) if after else None)
    last = Place.at(found[PAGE - 1]) if len(found) > PAGE else None
    return list(entries(found[:PAGE], standing, states)), last


def newest_of(journals: list[JournalQuerySet], limit: int, after: Key | None = None) -> list[RegisterNumber]:
    """The newest lines of several journals, after the line with this day and key."""
    if after:
        day, key = after
        # The day alone is what the index is entered by.
        journals = [one.filter(Q(date__lt=day) | Q(pk__lt=key), date__lte=day) for one in journals]
    whole = (one.select_related("request", "paper", "agency").defer(*LONG)[:limit] for one in journals)
    return list(islice(merge(*whole, key=lambda line: (line.date, line.pk), reverse=True), limit))


def entries(lines: list[RegisterNumber], standing: Standing, states: dict[str, str]) -> Iterator[Entry]:
    """Each line with its subject, state and the other side's number; a constant number of queries.

    `states`: the names of the states of the world, by code.
    """
    requests = {line.request_id: line.request for line in lines if line.request}
    rows = {row["request"].pk: row for row in rows_for(list(requests.values()), standing)} if requests else {}
    theirs = their_numbers(requests, standing)
    for line in lines:
        other = states.get(line.other_state, line.other_state)
        if line.paper:
            yield of_paper(line, other, line.paper)
        else:
            yield of_request(line, other, rows[line.request_id], theirs.get(line.request_id))


def of_request(line: RegisterNumber, other: str, row: dict[str, Any], theirs: RegisterNumber | None) -> Entry:
    """A line that is the number of a request of the portal."""
    request = line.request
    outgoing = line.direction == Direction.OUTGOING
    authority = request.receiving_authority if outgoing else request.sending_authority
    return Entry(
        line=line,
        other_state=other,
        subject=row["title"],
        look=row["look"],
        authority=authority.name if authority else "",
        due=row["due"],
        their_number=theirs.number if theirs else "",
        their_date=theirs.date if theirs else None,
        reference=request.reference,
    )


def of_paper(line: RegisterNumber, other: str, paper: PaperRequest) -> Entry:
    """A line that is the number of a request on paper."""
    return Entry(
        line=line,
        other_state=other,
        subject=paper.subject,
        look=paper_look(paper),
        authority=paper.authority,
        due=due_on(paper.answer_due, timezone.localdate(), ended=paper.state != PaperState.OPEN),
        their_number=paper.their_number,
        their_date=paper.their_date,
    )


def paper_look(paper: PaperRequest) -> dict[str, str]:
    """Word, tone and icon of a request on paper, for the badge."""
    tone, icon = PAPER_LOOK[paper.state]
    return {"label": str(paper.state.label), "tone": tone, "icon": icon}


def their_numbers(requests: Iterable[Any], standing: Standing) -> dict[Any, RegisterNumber]:
    """The other side's number of each request, where it has crossed. The caller sees the requests.

    Both numbers are on the wire from the step that gave them: transmission and acknowledgement.
    """
    own = [agency.pk for agency in standing.case_agencies]
    found = RegisterNumber.objects.filter(request__in=list(requests)).exclude(agency__in=own)
    return {line.request_id: line for line in found}


FIRST_LINE = Kept(
    lambda person, now, agency: (
        RegisterNumber.objects.visible_to(person, now).filter(agency=agency).newest()
    ).values_list("pk")[:1],
    person=UUIDField(),
    now=DateTimeField(),
    agency=UUIDField(),
)


def has_register(standing: Standing) -> bool:
    """Whether the register stands in the person's navigation: their agency is a central authority, or has numbers."""
    agencies = {agency.pk for agency in standing.case_agencies}
    # Of each journal the first line that the index gives and the person sees.
    return not agencies.isdisjoint(standing.designated) or any(
        FIRST_LINE(person=standing.user.pk, now=standing.now, agency=agency) for agency in agencies
    )
