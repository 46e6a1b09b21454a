"""What beat does for files and searches: whatever no row names, and whatever waited or was kept for a day, goes.

And for need-to-know cases: none is left to nobody.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

from cases.models import StoredFile
from cases.services import settle_named
from cases.services.search import forget_searches
from cases.uploads import throw_away

logger = logging.getLogger(__name__)

WAITS = timedelta(days=1)
OUR_NAME = re.compile("[0-9a-f]{32}")


@shared_task(name="cases.tasks.sweep", time_limit=600)
def sweep() -> int:
    """Remove rows that waited for a form for a day with their files, then files a day old that no row names.

    A file is written before its row: one younger than a day may be about to be named. Returns how many files went.
    """
    before = timezone.now() - WAITS
    gone = 0
    for row in StoredFile.objects.filter(document=None, uploaded_at__lt=before):
        gone += throw_away(row)
    for names in _stored():
        named = {row.hex for row in StoredFile.objects.filter(pk__in=names.values()).values_list("pk", flat=True)}
        for name, pk in names.items():
            if pk.hex not in named and default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
                gone += 1
    if gone:
        logger.info("swept %d files", gone)
    return gone


@shared_task(name="cases.tasks.settle")
def settle() -> int:
    """Roles run out by themselves: what becomes then of cases that only named people see. Returns how many changed."""
    return settle_named()


@shared_task(name="cases.tasks.forget")
def forget() -> int:
    """Remove what people searched for more than a day ago. Returns how many searches went."""
    gone = forget_searches()
    if gone:
        logger.info("forgot %d searches", gone)
    return gone


def _stored() -> Iterator[dict[str, uuid.UUID]]:
    """The files in the store, folder by folder: the id that each one's name is. What has no id as name is not ours."""
    if not default_storage.exists(""):
        return
    for folder in default_storage.listdir("")[0]:
        names = default_storage.listdir(folder)[1]
        yield {f"{folder}/{name}": uuid.UUID(name) for name in names if OUR_NAME.fullmatch(name)}
