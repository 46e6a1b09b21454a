"""What beat does for forms that count once: the notes of old sendings go."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.models import Submission

# A form may stand open for days and be sent again; after a month nobody's browser still holds it.
KEPT = timedelta(days=30)


@shared_task(name="accounts.tasks.sweep", time_limit=600)
def sweep() -> int:
    """Remove the notes of forms that were sent a month ago; returns how many went."""
    return Submission.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
