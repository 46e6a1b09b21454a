"""What the worker does: outbox row into bell entry, then a mail without content; beat sends again what is open."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.mail import send_mail_for
from notifications.models import Notification, Outbox

logger = logging.getLogger(__name__)

BATCH = 100
# How long a worker that claimed a mail may take before another sends it.
CLAIM = timedelta(minutes=5)
# How long a row stays when all is done: the bell entry that it made stays by itself.
KEPT = timedelta(days=30)


@shared_task(name="notifications.tasks.deliver")
def deliver(ids: list[str]) -> None:
    """Make the bell entries of these outbox rows, then their mails. Running twice changes nothing.

    The bell entry and `done_at` are one transaction; rows that another worker holds are left to it.
    """
    with transaction.atomic():
        rows = list(Outbox.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=ids, done_at=None))
        Notification.objects.bulk_create(
            [
                Notification(
                    id=row.pk,
                    person_id=row.person_id,
                    event=row.event,
                    subject_type=row.subject_type,
                    subject_id=row.subject_id,
                    created_at=row.created_at,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=timezone.now())
    for pk in ids:
        _mail(pk)


def _mail(pk: str) -> None:
    """Send one row's mail: claim it, send outside every transaction, then write that it went.

    A crash between the server's 'accepted' and the note sends the same Message-ID again once the claim is old.
    """
    now = timezone.now()
    claimed = Outbox.objects.filter(
        Q(mail_claimed_at=None) | Q(mail_claimed_at__lt=now - CLAIM), pk=pk, mailed_at=None, done_at__isnull=False
    ).update(mail_claimed_at=now)
    if not claimed:
        return
    row = Outbox.objects.select_related("person").get(pk=pk)
    try:
        send_mail_for(row)
    except (OSError, SMTPException):
        logger.warning("mail server did not take outbox row %s", pk)
        Outbox.objects.filter(pk=pk).update(mail_claimed_at=None)
    else:
        Outbox.objects.filter(pk=pk).update(mailed_at=timezone.now())


@shared_task(name="notifications.tasks.resend")
def resend() -> int:
    """Send again what is not done and due; returns how many. Waits longer after each try, an hour at most."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            update notifications_outbox
               set attempts = attempts + 1,
                   next_try = %s + least(power(2, least(attempts, 10)), 720) * interval '5 seconds'
             where id in (select id from notifications_outbox
                           where mailed_at is null and next_try <= %s
                           order by created_at limit 1000 for no key update skip locked)
            returning id
            """,
            [now, now - timedelta(seconds=2)],
        )
        ids = [str(pk) for (pk,) in cursor.fetchall()]
    for start in range(0, len(ids), BATCH):
        deliver.delay(ids[start : start + BATCH])
    return len(ids)


@shared_task(name="notifications.tasks.sweep", time_limit=600)
def sweep() -> int:
    """Remove outbox rows of which bell entry and mail were done a month ago; returns how many went."""
    return Outbox.objects.filter(done_at__isnull=False, mailed_at__lt=timezone.now() - KEPT).delete()[0]
