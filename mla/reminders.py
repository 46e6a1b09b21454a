"""Whoever holds a request is reminded of the day by which it waits for them. A house rule: no treaty asks for it."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, OuterRef, Subquery, When

from accounts.workdays import DAY, is_working, working_day_after, working_day_before
from cases.access import GuardedQuerySet
from mla.models import Assignment, AssistanceRequest, InformationRound
from mla.policies import bodies_of
from mla.telling import called_now
from mla.workflow import HOLDER
from mla.workflow import RequestState as S
from notifications.services import remind

WEEK, YEAR = timedelta(days=7), timedelta(days=365)

# By which day it waits: that of the questions, that of the assignment, else the one that the letter asks for, which
# nobody changes once it has crossed. Once the answer has come nothing is due.
DUE = Case(
    When(
        state=S.INFO_REQUESTED,
        then=Subquery(InformationRound.objects.filter(request=OuterRef("pk"), sent_at=None).values("due")[:1]),
    ),
    When(
        state__in=[S.ACCEPTED, S.IN_EXECUTION],
        then=Subquery(Assignment.objects.filter(request=OuterRef("pk"), ended_at=None).values("target_date")[:1]),
    ),
    When(state__in=sorted(set(HOLDER) - {S.RESPONSE_SENT, S.RESPONSE_RECEIVED}), then=F("deadline")),
)


def event_on(today: date, due: date) -> str:
    """The reminder of a day: on the working day before it is due, on the day, then weekly for a year. Empty: none.

    What would come on a day off comes on the working day after it; the first one on the working day before.
    """
    if not is_working(today) or today - due > YEAR:
        return ""
    if today < due:
        return "deadline.near" if due <= working_day_after(today) else ""
    if today == due:
        return "deadline.reached"
    return "deadline.passed" if (today - due) % WEEK < today - working_day_before(today) else ""


def remind_of_deadlines(now: datetime) -> int:
    """Remind of every request that is due; returns how many people were told."""
    # Each is judged by its holder's own day below; that day is the one before, the same or the one after in UTC.
    todays = [now.date() + offset * DAY for offset in (-1, 0, 1)]
    around = [now.date() + offset * DAY for offset in range(-YEAR.days - 1, 6)]
    days = [due for due in around if any(event_on(today, due) for today in todays)]
    return sum(_remind_of(pk, now) for pk in list(_all().filter(due__in=days).values_list("pk", flat=True)))


def _all() -> GuardedQuerySet:
    return AssistanceRequest.objects.unscoped("reminders go to whoever holds a request").annotate(due=DUE)


def _remind_of(pk: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        # Locked: a step at the same moment settles what is written here, or it is seen here that it was taken. Read
        # after that: a join under the lock gives the agencies of before.
        _all().select_for_update(no_key=True).values("pk").get(pk=pk)
        agencies = ("drafting_agency__state", "sending_authority__state", "receiving_authority__state")
        request = _all().select_related(*agencies).get(pk=pk)
        bodies = bodies_of(request)
        holder = bodies.agencies[HOLDER[S(request.state)]] if request.due else None
        if holder is None:
            return 0
        today = now.astimezone(holder.tz).date()
        event = event_on(today, request.due)
        if not event:
            return 0
        people = called_now(bodies)
        return remind(event=event, people=people, subject_type="request", subject_id=pk, day=today)
