"""What the worker forgets: links that work no more, lists that nobody confirmed, sessions that have ended."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.models import PasswordLink
from accounts.sessions import SessionStore
from agencies.models import Roster

# A list waits so long to be confirmed.
LISTS = timedelta(days=1)


@shared_task(name="agencies.tasks.forget")
def forget() -> None:
    """Delete them. An invitation stays: it says how its person came."""
    now = timezone.now()
    PasswordLink.objects.filter(expires_at__lt=now).delete()
    Roster.objects.filter(confirmed_at=None, sent_at__lt=now - LISTS).delete()
    SessionStore.clear_expired()
