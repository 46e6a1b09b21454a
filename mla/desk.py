"""My desk: what waits for me, what waits for others, what changed. A constant number of queries.

What waits, and for whom, is asked of the table of steps (`mla/waiting.py`, `cases/waiting.py`); each request is then
read from the reader's side as in any list. Every record comes through the door.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, F, Q, QuerySet, UUIDField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.kept import Kept
from accounts.models import DeskView
from agencies.standing import Standing
from cases.models import Share
from cases.readings import kinds_in, share_look
from cases.waiting import WAITED_FOR, decided_shares, have_shares, shares_at_others, waiting_shares
from cases.workflow import ShareState
from mla import presentation
from mla.ball import awaited, waited
from mla.due import DUE_AT, Due, due_on
from mla.listing import Row, read_rows
from mla.models import AssistanceRequest, FieldComment, RequestEvent
from mla.models.request import IS_OPEN
from mla.timeline import who_acted
from mla.waiting import any_of, at, at_agency, hand_of, last_actor, waiting_at
from mla.workflow import BODY_SIDE, EDITABLE, Body, RequestState, facts_after, next_step

# So many rows stand on each part of a desk; the list of requests has the others.
AT_MOST, OTHERS, CHANGES = 25, 15, 8
# What is older than this has changed long ago.
LATELY = timedelta(days=14)
# Long texts of the letter, which no list reads.
LONG = ("offence", "statute", "facts", "purpose", "procedure")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: what to do, why, since when, until when, and whose it is."""

    todo: str
    url: str
    about: str
    reference: str
    why: str
    asked_by: str
    since: datetime
    due: Due
    office: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for somebody else: its state, who holds it and for how long, until when."""

    about: str
    url: str
    reference: str
    look: dict[str, str]
    ball: dict[str, str]
    holder: str
    due: Due


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: a step that the reader's side saw, or a decision on a share."""

    at: datetime
    icon: str
    url: str
    reference: str
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the desk, and whether there is more than it shows."""

    rows: list[Any]
    more: bool

    @property
    def count(self) -> str:
        """How many rows; of more than are shown only that."""
        return f"{len(self.rows)}+" if self.more else str(len(self.rows))


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person's desk shows."""

    view: DeskView
    tasks: Part
    others: Part
    changes: list[Change]


def read_desk(standing: Standing, view: DeskView) -> Desk:
    """Read the desk of a person, at the moment of their standing."""
    asking = _Asking(standing, view)
    waiting, others, changed = asking.waiting(), asking.others(), asking.changed()
    found = {request.pk: request for request in [*waiting, *others, *changed]}
    rows = {row.request.pk: row for row in read_rows(list(found.values()), standing)}
    last = _last_steps(rows.values())
    shares, shares_out, decided = _shares(standing, view) if have_shares(standing) else ([], [], [])
    kinds = kinds_in([*shares, *shares_out])
    comments = _comments([last[pk].pk for pk, row in rows.items() if row.state == RequestState.RETURNED])
    tasks = [_request_task(rows[one.pk], last[one.pk], one.due, comments) for one in waiting]
    tasks += [_share_task(share, standing, kinds) for share in shares]
    tasks.sort(key=lambda task: (task.due.day or date.max, task.since))
    others_found = [_waiting_share(share, standing, kinds) for share in shares_out]
    others_found += [_waiting_request(rows[one.pk]) for one in others]
    others_found.sort(key=lambda one: one.due.day or date.max)
    changes = [_request_change(rows[one.pk], last[one.pk]) for one in changed]
    changes += [_share_change(share, standing) for share in decided]
    changes.sort(key=lambda one: one.at, reverse=True)
    return Desk(
        view=view,
        tasks=Part(tasks[:AT_MOST], len(tasks) > AT_MOST),
        others=Part(others_found[:OTHERS], len(others_found) > OTHERS),
        changes=changes[:CHANGES],
    )


def _shares(standing: Standing, view: DeskView) -> tuple[list[Share], list[Share], list[Share]]:
    """The shares that wait for the person, that wait for others, and that were lately decided."""
    at_others = shares_at_others(standing) if view == DeskView.MINE else []
    return (
        waiting_shares(standing, view),
        at_others,
        decided_shares(standing, view, standing.now - LATELY, CHANGES),
    )


def _any_at(body: Body) -> Kept:
    return Kept(
        lambda person, now, agency, since: (
            AssistanceRequest.objects.visible_among(person, now=now)
            .filter(at_agency(body, agency), IS_OPEN | Q(**{f"{_moved(body)}__gt": since}))
            .values_list("pk")[:1]
        ),
        person=UUIDField(),
        now=DateTimeField(),
        agency=UUIDField(),
        since=DateTimeField(),
    )


class _Asking:
    """The questions to the database, one for each body that the person's agencies are of some request."""

    def __init__(self, standing: Standing, view: DeskView) -> None:
        self.standing = standing
        self.mine = view == DeskView.MINE
        self.agencies = [agency.pk for agency in standing.case_agencies]
        self.bodies = [body for body in Body if any(self._any_at(body, agency) for agency in self.agencies)]
        self.conditions = waiting_at(standing, view, self.bodies)

    def waiting(self) -> list[AssistanceRequest]:
        """What waits, each with `due`: the nearest day first, then what has waited longest."""
        found: list[AssistanceRequest] = []
        for body, condition in self.conditions.items():
            rows = self._at(body).filter(IS_OPEN, condition).annotate(due=DUE_AT[body])
            found += rows.order_by(F("due").asc(nulls_last=True), _moved(body), "pk")[: AT_MOST + 1]
        return found

    def others(self) -> list[AssistanceRequest]:
        """What is open and waits for somebody else."""
        found: dict[Any, AssistanceRequest] = {}
        for body in self.bodies:
            # On the other side of the same request stands nobody of theirs.
            waits = (one for at_body, one in self.conditions.items() if BODY_SIDE[at_body] == BODY_SIDE[body])
            rows = self._with_a_hand(body).filter(IS_OPEN).exclude(any_of(waits))
            rows = rows.order_by(F("deadline").asc(nulls_last=True), _moved(body), "pk")
            found |= {request.pk: request for request in rows[: OTHERS + 1]}
        return sorted(found.values(), key=lambda one: (one.deadline is None, one.deadline or date.max))[: OTHERS + 1]

    def changed(self) -> list[AssistanceRequest]:
        """What others moved lately, as far as this side saw it."""
        found: dict[Any, AssistanceRequest] = {}
        for body in self.bodies:
            moved = _moved(body)
            rows = self._with_a_hand(body).filter(**{f"{moved}__gt": self.standing.now - LATELY})
            rows = rows.alias(last_actor=last_actor(body)).exclude(last_actor=self.standing.user.pk)
            found |= {request.pk: request for request in rows.order_by(f"-{moved}")[:CHANGES]}
        return list(found.values())

    def _any_at(self, body: Body, agency: Any) -> bool:
        now = self.standing.now
        return bool(ANY_AT[body](person=self.standing.user.pk, now=now, agency=agency, since=now - LATELY))

    def _at(self, body: Body) -> QuerySet[AssistanceRequest]:
        visible = AssistanceRequest.objects.visible_among(self.standing.user, now=self.standing.now)
        return visible.filter(at(body, self.agencies)).select_related("drafter").defer(*LONG)

    def _with_a_hand(self, body: Body) -> QuerySet[AssistanceRequest]:
        return self._at(body).filter(hand_of(self.standing.user)) if self.mine else self._at(body)


def _moved(body: Body) -> str:
    return f"{BODY_SIDE[body].value}_moved_at"


# Whether anything stands on a desk for which an agency is this body. Most agencies are one body or two.
ANY_AT = {body: _any_at(body) for body in Body}


def _last_steps(rows: Iterable[Row]) -> dict[Any, RequestEvent]:
    """The last step of each request that its reader's side saw, with who took it."""
    ids = [row.steps[-1].id for row in rows]
    events = RequestEvent.objects.filter(pk__in=ids).select_related("actor", "actor_agency")
    return {event.request_id: event for event in events}


def _comments(events: list[Any]) -> dict[Any, int]:
    """How many comments a draft came back with, by the step that sent it back."""
    rows = FieldComment.objects.filter(event__in=events).order_by().values("event").annotate(number=Count("pk"))
    return {row["event"]: row["number"] for row in rows}


def _request_task(row: Row, last: RequestEvent, day: date | None, comments: dict[Any, int]) -> Task:
    request = row.request
    step = next_step(request.state, facts_after(last.name))
    assert step is not None
    todo = str(step.todo or step.label)
    if request.state == RequestState.RETURNED:
        todo = _("Mend the returned draft")
        if number := comments.get(last.pk):
            todo += ": " + ngettext("%(number)d comment", "%(number)d comments", number) % {"number": number}
    page = "mla:draft" if request.state in EDITABLE else "mla:detail"
    drafter, role = awaited(step, request)
    return Task(
        todo=todo,
        url=reverse(page, args=[request.pk]),
        about=row.title,
        reference=request.reference,
        why=last.title,
        asked_by=who_acted(last, row.bodies, row.side),
        since=last.at,
        due=due_on(day, timezone.localdate(), questions=row.due.questions),
        office=drafter or role,
        waiting=waited(last.at, row.standing),
    )


def _share_task(share: Share, standing: Standing, kinds: dict[Any, str]) -> Task:
    step = WAITED_FOR[ShareState(share.state)]
    back = share.state == ShareState.SENT_BACK and share.decided_by is not None
    since = share.decided_at if back and share.decided_at else share.asked_at
    asked_by = share.decided_by if back else share.asked_by
    return Task(
        todo=str(step.todo),
        url=reverse("shares:detail", args=[share.pk]),
        about=f"{share.recipient.name}: {kinds.get(share.pk, '')}",
        reference=str(share),
        why=str(ShareState(share.state).label),
        asked_by=f"{asked_by.name}, {share.owner.code}",
        since=since,
        due=due_on(None, timezone.localdate()),
        office=share.asked_by.name if step.asker else str(step.role.label),
        waiting=waited(since, standing),
    )


def _waiting_request(row: Row) -> Waiting:
    shown = row.shown()
    return Waiting(
        about=row.title,
        url=reverse("mla:detail", args=[row.request.pk]),
        reference=row.request.reference,
        look=shown["look"],
        ball=shown["ball"],
        holder="",
        due=row.due,
    )


def _waiting_share(share: Share, standing: Standing, kinds: dict[Any, str]) -> Waiting:
    step = WAITED_FOR[ShareState(share.state)]
    since = share.decided_at if share.state == ShareState.SENT_BACK and share.decided_at else share.asked_at
    return Waiting(
        about=f"{share.recipient.name}: {kinds.get(share.pk, '')}",
        url=reverse("shares:detail", args=[share.pk]),
        reference=str(share),
        look=share_look(share, standing.now),
        ball={},
        holder=f"{share.asked_by.name if step.asker else step.role.label}, {waited(since, standing)}",
        due=due_on(None, timezone.localdate()),
    )


def _request_change(row: Row, last: RequestEvent) -> Change:
    return Change(
        at=last.at,
        icon=presentation.STEP_ICON.get(last.name, "info-circle"),
        url=reverse("mla:detail", args=[row.request.pk]),
        reference=row.request.reference,
        words=last.title,
        who=who_acted(last, row.bodies, row.side),
    )


def _share_change(share: Share, standing: Standing) -> Change:
    look = share_look(share, standing.now)
    own = share.owner_id in {agency.pk for agency in standing.case_agencies}
    who = f"{share.moved_by.name}, {share.owner.code}" if own and share.moved_by else share.owner.name
    return Change(
        at=share.moved_at,
        icon=look["icon"],
        url=reverse("shares:detail", args=[share.pk]),
        reference=str(share),
        words=look["label"] if own else _("Information was shared with your agency"),
        who=who,
    )
