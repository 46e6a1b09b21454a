"""A form counts once: the second sending of the same form gets the page that the first one made."""

import uuid
from collections.abc import Callable

from django.db import connection, transaction

from accounts.models import Submission, User
from accounts.refusals import Refused


def once(*, person: User, token: uuid.UUID | None, act: Callable[[], str]) -> str:
    """Run `act` unless this form was sent before; return the address of the page to show.

    The token is claimed in the transaction in which `act` works: two sendings at the same moment wait for each
    other, and an act that fails leaves the form free to be sent again. Another person's token counts as new.
    """
    if token is None:
        return act()
    key = uuid.uuid5(token, str(person.pk))
    try:
        with transaction.atomic():
            if not _claim(key, person):
                return Submission.objects.get(pk=key).url
            url = act()
            Submission.objects.filter(pk=key).update(url=url)
            return url
    except Refused as refused:
        refused.settle()
        raise


def _claim(key: uuid.UUID, person: User) -> bool:
    """Insert the token; False when it stands there already (waits for a sending still under way)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_submission (token, person_id, url, at) values (%s, %s, '', now())"
            " on conflict do nothing",
            [key, person.pk],
        )
        return cursor.rowcount == 1
