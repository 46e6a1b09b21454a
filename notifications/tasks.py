"""What the worker does, and beat has it do: bell entries, mails, summaries, letters, reminders; again what is open."""

from celery import shared_task
from django.utils import timezone

from notifications import delivery, letters, mail, registry
from notifications.models import Letter, Mail, Outbox
from notifications.services import hand_out


@shared_task(name="notifications.tasks.deliver")
def deliver(ids: list[str]) -> None:
    """Make the bell entries of these outbox rows; the mails that go at once come after all that waits for the bell."""
    hand_out(send, delivery.deliver(ids, timezone.now()))


@shared_task(name="notifications.tasks.send")
def send(ids: list[str]) -> None:
    """Send these mails."""
    mail.send_all(ids)


@shared_task(name="notifications.tasks.summarise")
def summarise() -> int:
    """Send the daily summaries whose hour has come; returns how many."""
    mails = delivery.gather(timezone.now())
    hand_out(send, mails)
    return len(mails)


@shared_task(name="notifications.tasks.remind", time_limit=600)
def remind() -> int:
    """Remind of what is due; returns how many were told."""
    now = timezone.now()
    return sum(find(now) for find in registry.reminders())


@shared_task(name="notifications.tasks.resend")
def resend() -> int:
    """Hand out again what is not done and due; returns how many."""
    now = timezone.now()
    rows, mails = delivery.due_again(Outbox, now), delivery.due_again(Mail, now)
    posted = delivery.due_again(Letter, now)
    hand_out(deliver, rows)
    hand_out(send, mails)
    hand_out(send_letters, posted)
    return len(rows) + len(mails) + len(posted)


@shared_task(name="notifications.tasks.send_letters")
def send_letters(ids: list[str]) -> None:
    """Write and send these letters."""
    letters.send_all(ids)


@shared_task(name="notifications.tasks.sweep", time_limit=600)
def sweep() -> int:
    """Remove what was done a month ago; returns how many rows went."""
    return delivery.sweep(timezone.now())
