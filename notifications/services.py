"""The verbs: tell people of an event, settle what waited, remind, read; rows in the caller's transaction.

Celery hears of the rows after the commit, and may miss it without harm.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from celery import Task
from django.db import models, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from accounts.models import User
from notifications.models import MailSettings, Notification, Outbox, Settled, Urgency

logger = logging.getLogger(__name__)

BATCH = 100


def notify(
    *, event: str, people: Iterable[User], subject_type: str, subject_id: uuid.UUID, called: Iterable[User] = ()
) -> None:
    """Tell each of `people` of `event`, once; `called` are those who must act now, and are told as such.

    The rows stand or fall with the caller's transaction.
    """
    action = {person.pk for person in called}
    _tell(
        [
            Outbox(
                person_id=pk,
                event=event,
                subject_type=subject_type,
                subject_id=subject_id,
                urgency=Urgency.ACTION if pk in action else Urgency.NEWS,
            )
            for pk in dict.fromkeys([*(person.pk for person in people), *action])
        ]
    )


def settle(*, subject_type: str, subject_id: uuid.UUID, actor: User, done: bool) -> None:
    """What waited about this subject waits for nobody any more: `actor` has done it, or it has moved on otherwise.

    The others' entries say so, count as unread no more and are not mailed. To be called before those are told who
    must act next.
    """
    others = Settled.COLLEAGUE if done else Settled.MOVED_ON
    why = Case(When(person_id=actor.pk, then=Value(Settled.OWN)), default=Value(others))
    _settle(Q(subject_type=subject_type, subject_id=subject_id), why)


def remind(
    *,
    event: str,
    people: Iterable[User],
    subject_type: str,
    subject_id: uuid.UUID,
    day: date,
    urgency: Urgency = Urgency.ACTION,
) -> int:
    """Tell each of `people` once of what is due, and return how many had not been told: one per person, subject, day.

    The row's id is made of these three, so that a second beat, or the same one an hour later, makes no second row.
    A reminder takes the place of whatever called the same person to the same subject before.
    """
    rows = {
        uuid.uuid5(subject_id, f"{subject_type} {person.pk} {day.isoformat()}"): person
        for person in {person.pk: person for person in people}.values()
    }
    known = set(Outbox.objects.filter(pk__in=rows).values_list("pk", flat=True))
    new = {pk: person for pk, person in rows.items() if pk not in known}
    if not new:
        return 0
    with transaction.atomic():
        if urgency == Urgency.ACTION:
            called = Q(subject_type=subject_type, subject_id=subject_id, person__in=list(new.values()))
            _settle(called, Value(Settled.REPLACED))
        _tell(
            [
                Outbox(
                    id=pk,
                    person=person,
                    event=event,
                    subject_type=subject_type,
                    subject_id=subject_id,
                    urgency=urgency,
                )
                for pk, person in new.items()
            ]
        )
    return len(new)


def read_one(*, person: User, pk: uuid.UUID, now: datetime) -> Notification:
    """Mark one of the person's own entries as read. Raises Notification.DoesNotExist when it is not theirs."""
    entry = Notification.objects.of(person).get(pk=pk)
    Notification.objects.filter(pk=entry.pk, read_at=None).update(read_at=now)
    return entry


def read_all(*, person: User, up_to: datetime, now: datetime) -> None:
    """Mark the person's entries as read that are no newer than what was on their page."""
    with transaction.atomic():
        ids = _locked(Notification.objects.of(person).filter(read_at=None, created_at__lte=up_to))
        Notification.objects.filter(pk__in=ids).update(read_at=now)


def save_settings(
    *, person: User, ways: dict[str, str], digest_hour: int, paused_until: datetime | None
) -> MailSettings:
    """Keep a person's choice of what reaches them by mail, and when."""
    values = {"ways": ways, "digest_hour": digest_hour, "paused_until": paused_until}
    row, _made = MailSettings.objects.update_or_create(person=person, defaults=values)
    return row


def settings_of(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, MailSettings]:
    """Each person's choice; of who chose nothing, the usual."""
    ids = set(people)
    chosen = MailSettings.objects.in_bulk(ids)
    return {pk: chosen.get(pk) or MailSettings(person_id=pk) for pk in ids}


def _tell(rows: list[Outbox]) -> None:
    # What stands there already was made by another beat at the same moment, and is published by it too.
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        ids = [str(row.pk) for row in rows]
        transaction.on_commit(lambda: _publish(ids), robust=True)


def _settle(which: Q, why: Any) -> None:
    """In the outbox first: a worker that is delivering a row has by then made its bell entry, or not begun."""
    now = timezone.now()
    for rows in (
        Outbox.objects.filter(which, urgency=Urgency.ACTION, settled_at=None, done_at=None),
        Notification.objects.filter(which, urgency=Urgency.ACTION, settled_at=None),
    ):
        ids = _locked(rows)
        if ids:
            rows.model._default_manager.filter(pk__in=ids).update(settled=why, settled_at=now)


def _locked(rows: models.QuerySet) -> list[uuid.UUID]:
    """Lock rows in the order of their keys, as everybody does: two who need the same rows wait, and never for ever."""
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))


def _publish(ids: list[str]) -> None:
    from notifications.tasks import deliver

    hand_out(deliver, ids)


def hand_out(task: Task, ids: list[str]) -> None:
    """Hand ids to Celery. A broker that is away costs at most two seconds and loses nothing: beat hands out again."""
    for start in range(0, len(ids), BATCH):
        try:
            task.delay(ids[start : start + BATCH])
        except Exception:  # the broker's client raises many kinds; the click must not fail for any of them
            logger.warning("broker away: %d notifications wait for beat", len(ids) - start)
            return
