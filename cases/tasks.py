"""What beat does for files: whatever no row names, and whatever waited a day for its form, is removed."""

import logging
import uuid
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

from cases.models import StoredFile
from cases.uploads import throw_away

logger = logging.getLogger(__name__)

WAITS = timedelta(days=1)


@shared_task(name="cases.tasks.sweep", time_limit=600)
def sweep() -> int:
    """Remove rows that waited for a form for a day with their files, then files a day old that no row names.

    A file is written before its row: one younger than a day may be about to be named. Returns how many files went.
    """
    before = timezone.now() - WAITS
    gone = 0
    for row in StoredFile.objects.filter(document=None, uploaded_at__lt=before):
        throw_away(row)
        gone += 1
    for name in _stored():
        try:
            pk = uuid.UUID(Path(name).name)
        except ValueError:
            continue
        if default_storage.get_modified_time(name) < before and not StoredFile.objects.filter(pk=pk).exists():
            default_storage.delete(name)
            gone += 1
    if gone:
        logger.info("swept %d files", gone)
    return gone


def _stored() -> list[str]:
    """The names of all files in the store."""
    if not default_storage.exists(""):
        return []
    folders, _files = default_storage.listdir("")
    return [f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]]


