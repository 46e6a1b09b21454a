"""notify(): rows in the caller's transaction; Celery hears of them after it, and may miss it without harm."""

import logging
import uuid
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from notifications.models import Outbox

logger = logging.getLogger(__name__)


def notify(*, event: str, people: Iterable[User], subject_type: str, subject_id: uuid.UUID) -> None:
    """Tell each of `people` of `event`, once. The rows stand or fall with the caller's transaction."""
    rows = [
        Outbox(person=person, event=event, subject_type=subject_type, subject_id=subject_id)
        for person in {person.pk: person for person in people}.values()
    ]
    Outbox.objects.bulk_create(rows)
    if rows:
        ids = [str(row.pk) for row in rows]
        transaction.on_commit(lambda: _publish(ids), robust=True)


def _publish(ids: list[str]) -> None:
    """Hand the ids to Celery. A broker that is away costs at most two seconds and loses nothing: beat sends again."""
    from notifications.tasks import deliver

    for start in range(0, len(ids), 100):
        try:
            deliver.delay(ids[start : start + 100])
        except Exception:  # the broker's client raises many kinds; the click must not fail for any of them
            logger.warning("broker away: %d notifications wait for beat", len(ids) - start)
            return
