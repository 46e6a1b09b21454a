"""Whoever holds a request is reminded of the day by which it waits for them. A house rule: no treaty asks for it.

A request on paper that came in is held by the authority in whose journal it stands, until that says it is answered.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.workdays import DAY, is_working, working_day_after, working_day_before
from agencies.models import Role
from agencies.standing import people_with
from cases.access import GuardedQuerySet
from mla.due import DUE
from mla.models import AssistanceRequest, PaperRequest, RegisterNumber
from mla.policies import bodies_of
from mla.telling import called_now
from mla.workflow import next_step
from notifications.services import remind

WEEK, YEAR = timedelta(days=7), timedelta(days=365)


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
    due = _all().filter(due__in=_days(now)).values_list("pk", flat=True)
    return sum(_remind_of(pk, now) for pk in list(due))


def remind_of_papers(now: datetime) -> int:
    """Remind of every request on paper that is due; returns how many people were told."""
    due = _waiting_papers().filter(answer_due__in=_days(now)).values_list("pk", flat=True)
    return sum(_remind_of_paper(pk, now) for pk in list(due))


def _days(now: datetime) -> list[date]:
    """The due days of which something may be said today: it is for the holder's own day to decide."""
    # That day is the one before, the same or the one after in UTC.
    todays = [now.date() + offset * DAY for offset in (-1, 0, 1)]
    around = [now.date() + offset * DAY for offset in range(-YEAR.days - 1, 6)]
    return [due for due in around if any(event_on(today, due) for today in todays)]


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
        step = next_step(request.state, bodies.facts)
        holder = bodies.agencies[step.body] if step and request.due else None
        if holder is None:
            return 0
        today = now.astimezone(holder.tz).date()
        return _say("request", pk, due=request.due, today=today, who=partial(called_now, bodies))


def _waiting_papers() -> QuerySet[PaperRequest]:
    return PaperRequest.objects.open().filter(line__direction=RegisterNumber.Direction.INCOMING)


def _remind_of_paper(pk: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        # Locked, and read after that, like a request: whoever writes that it is answered settles what is written here.
        PaperRequest.objects.select_for_update(no_key=True).values("pk").get(pk=pk)
        paper = _waiting_papers().select_related("owner__state").filter(pk=pk).exclude(answer_due=None).first()
        if paper is None:
            return 0
        today = now.astimezone(paper.owner.tz).date()
        who = partial(people_with, Role.CA_OFFICER, paper.owner_id, now)
        return _say("paper", pk, due=paper.answer_due, today=today, who=who)


def _say(subject_type: str, pk: uuid.UUID, *, due: date, today: date, who: Callable[[], list[User]]) -> int:
    event = event_on(today, due)
    if not event:
        return 0
    return remind(event=event, people=who(), subject_type=subject_type, subject_id=pk, day=today)
