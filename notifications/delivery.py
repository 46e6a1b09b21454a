"""From an outbox row to a bell entry, and to the mail in which it leaves; each step can be done twice without harm."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef

from accounts.workdays import is_working
from notifications.models import ByMail, Mail, MailSettings, Notification, Outbox, Tried
from notifications.registry import kind_of, workplaces
from notifications.services import settings_of

# A row is sent again when its turn is over for so long: whoever was just handed it is given the time.
PATIENCE = timedelta(seconds=2)
AT_MOST = 1000
# How long a row waits after so many tries.
WAIT = "least(power(2, least(attempts, 10)), 720) * interval '5 seconds'"
# How long rows stay when all is done: the bell entry that they made stays by itself.
KEPT = timedelta(days=30)


def deliver(ids: Iterable[str], now: datetime) -> list[str]:
    """Make the bell entries of these outbox rows, and a mail for each person who is to have one at once.

    Entries, mails and `done_at` are one transaction; a row that another worker, or a step, holds is waited for.
    Returns the mails, which are to be sent after it.
    """
    with transaction.atomic():
        rows = list(Outbox.objects.select_for_update(no_key=True).filter(pk__in=list(ids), done_at=None).order_by("pk"))
        chosen = settings_of(row.person_id for row in rows)
        entries = [_entry(row, way_for(row, chosen[row.person_id], now)) for row in rows]
        mails: dict[uuid.UUID, Mail] = {}
        for entry in entries:
            if entry.by_mail == ByMail.AT_ONCE and entry.settled_at is None:
                entry.mail = mails.setdefault(entry.person_id, Mail(person_id=entry.person_id))
        Mail.objects.bulk_create(mails.values())
        Notification.objects.bulk_create(entries, ignore_conflicts=True)
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=now)
    return [str(mail.pk) for mail in mails.values()]


def way_for(row: Outbox | Notification, chosen: MailSettings, now: datetime) -> ByMail:
    """How this leaves the portal: as its person chose for its kind. On leave nothing leaves at once."""
    way = chosen.way(kind_of(row.event, row.urgency))
    return ByMail.DIGEST if way == ByMail.AT_ONCE and chosen.paused(now) else way


def gather(now: datetime) -> list[str]:
    """Make the daily summaries whose hour has come where their people work, and return them to be sent.

    A person has one a working day, however often this runs: the first to write the day's row has it.
    """
    people = list(Notification.objects.for_summary().order_by().values_list("person", flat=True).distinct())
    zones, chosen = workplaces(people, now), settings_of(people)
    days = {pk: now.astimezone(zone).date() for pk, zone in zones.items() if _is_time(chosen[pk], now.astimezone(zone))}
    have = set(Mail.objects.filter(person__in=days, day__in=set(days.values())).values_list("person", "day"))
    mails = []
    for person, day in days.items():
        if not chosen[person].paused(now) and (person, day) not in have:
            mails += _summary(person, day, now)
    return mails


def due_again(model: type[Tried], now: datetime) -> list[str]:
    """What is not done and due, to be sent again; waits longer after each try, an hour at most.

    What would have to wait longer than it ever does was written by a clock that was ahead, and is due.
    """
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(
            f"""
            update {table}
               set attempts = attempts + 1, next_try = %s + {WAIT}
             where id in (select id from {table}
                           where done_at is null and (next_try <= %s or next_try > %s + {WAIT})
                           order by next_try limit %s for no key update skip locked)
            returning id
            """,
            [now, now - PATIENCE, now, AT_MOST],
        )
        return [str(pk) for (pk,) in cursor.fetchall()]


def waiting(model: type[Tried], now: datetime) -> tuple[int, float]:
    """How many are not done, and for how many seconds the oldest of them has waited."""
    found = model._default_manager.filter(done_at=None).aggregate(count=Count("pk"), oldest=Min("created_at"))
    return found["count"], max(0.0, (now - found["oldest"]).total_seconds()) if found["count"] else 0.0


def sweep(now: datetime) -> int:
    """Remove outbox rows and mails that were done a month ago; returns how many went.

    A mail stays while an entry that it told of is unread: without its mail the entry would be told once more.
    """
    old = now - KEPT
    told = Exists(Notification.objects.unread().filter(mail=OuterRef("pk")))
    rows, _each = Outbox.objects.filter(done_at__lt=old).delete()
    mails, _each = Mail.objects.filter(~told, done_at__lt=old).delete()
    return rows + mails


def _entry(row: Outbox, way: ByMail) -> Notification:
    told = ("person_id", "event", "subject_type", "subject_id", "urgency", "created_at", "settled", "settled_at")
    return Notification(id=row.pk, by_mail=way, **{name: getattr(row, name) for name in told})


def _is_time(chosen: MailSettings, there: datetime) -> bool:
    return is_working(there.date()) and there.hour >= chosen.digest_hour


def _summary(person: uuid.UUID, day: date, now: datetime) -> list[str]:
    """Claim the day, and put into its mail what waits for it; nothing when another has claimed it."""
    mail = Mail(person_id=person, day=day, created_at=now)
    with transaction.atomic():
        Mail.objects.bulk_create([mail], ignore_conflicts=True)
        if not Mail.objects.filter(pk=mail.pk).exists():
            return []
        Notification.objects.for_summary().filter(person=person).update(mail=mail)
    return [str(mail.pk)]
