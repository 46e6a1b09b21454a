"""What of a request is due, and when: one rule for strip, desk, lists, register, filters and reminders.

While questions are open their answer is due, on the day that they name, whatever the letter asks for; both sides know
that day. What an agency executes is due on the target date between it and its own authority. Else the answer is due on
the day that the letter asks for. Once it was sent nothing is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, When

from mla import presentation
from mla.models import Assignment, AssistanceRequest, InformationRound
from mla.waiting import ROUND
from mla.workflow import ENDED, Body
from mla.workflow import RequestState as S

# Where an agency executes, and has not reported yet.
EXECUTING = frozenset({S.ACCEPTED, S.IN_EXECUTION})
ANSWERED = ENDED | {S.RESPONSE_SENT, S.RESPONSE_RECEIVED}
ASSIGNMENTS = Assignment.objects.filter(request=OuterRef("pk"), ended_at=None)

# For whoever holds it now, in a query.
DUE = Case(
    When(state=S.INFO_REQUESTED, then=Subquery(ROUND.values("due")[:1])),
    When(state__in=sorted(EXECUTING), then=Subquery(ASSIGNMENTS.values("target_date")[:1])),
    When(state__in=sorted(set(S) - ANSWERED), then=F("deadline")),
)
# The same by the body that holds it. What waits for the receiving authority is due on the letter's day, which is the
# row's after transmission: an index gives the nearest.
DUE_AT = dict.fromkeys(Body, DUE) | {Body.RECEIVING: F("deadline")}


@dataclass(frozen=True, slots=True)
class Due:
    """The day on which something is due, how near it is in words and tone, and whether it answers questions."""

    day: date | None
    look: dict[str, str]
    questions: bool = False


def due_on(day: date | None, today: date, *, ended: bool = False, questions: bool = False) -> Due:
    """What is due on a day, if on any; once it has ended the day says nothing more."""
    return Due(day, presentation.due(day, today, ended=ended), questions)


def day_due(state: str, deadline: date | None, asked: date | None) -> date | None:
    """The day, of that of the letter and that of the questions: each as the reader's side knows it."""
    return asked if state == S.INFO_REQUESTED else deadline


def due_of(state: str, deadline: date | None, asked: date | None, today: date) -> Due:
    """The same, with how near it is."""
    day = day_due(state, deadline, asked)
    return due_on(day, today, ended=state in ANSWERED, questions=state == S.INFO_REQUESTED)


def questions_due(requests: Iterable[AssistanceRequest]) -> dict[Any, date]:
    """The day of the questions of each request that has open ones; one query, or none."""
    asked = [request.pk for request in requests if request.state == S.INFO_REQUESTED]
    rounds = InformationRound.objects.filter(request__in=asked, sent_at=None)
    return dict(rounds.values_list("request", "due")) if asked else {}
