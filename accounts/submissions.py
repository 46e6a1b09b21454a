"""A form counts once: the second sending of the same form gets the page that the first one made."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Submission, User
from accounts.refusals import Incomplete, Refused

View = Callable[..., HttpResponse]


def once(*, person: User, token: uuid.UUID | None, act: Callable[[], str], says: str = "") -> str:
    """Run `act` unless this form was sent before; return the address of the page to show.

    The token is claimed in the transaction in which `act` works: two sendings at the same moment wait for each
    other, and an act that fails leaves the form free to be sent again. Another person's token counts as new.
    `says`: a checksum of what is sent, by a program that chooses its tokens itself. Raises Incomplete when the first
    sending under the token said something else.
    """
    if token is None:
        return act()
    key = uuid.uuid5(token, str(person.pk))
    try:
        with transaction.atomic():
            if not _claim(key, person, says):
                return _first(key, says).url
            url = act()
            Submission.objects.filter(pk=key).update(url=url)
            return url
    except Refused as refused:
        refused.settle()
        raise


def _first(key: uuid.UUID, says: str) -> Submission:
    """The first sending, when it said the same."""
    found = Submission.objects.get(pk=key)
    if found.says != says:
        words = _("This key was used for something else. Take a new one for each thing that you send.")
        raise Incomplete(words, {"Idempotency-Key": [words]})
    return found


def _claim(key: uuid.UUID, person: User, says: str) -> bool:
    """Insert the token; False when it stands there already (waits for a sending still under way)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_submission (token, person_id, url, says, at) values (%s, %s, '', %s, now())"
            " on conflict do nothing",
            [key, person.pk, says],
        )
        return cursor.rowcount == 1


def sent_from(page: str) -> Callable[[View], View]:
    """Make a view that takes the form of another page, and may show that page again with its errors.

    Whoever asks for its address alone, by the address bar, a bookmark or the switch of languages, is led to that page,
    which decides who may see it.
    """

    def made(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def taken(request: HttpRequest, pk: uuid.UUID | None = None, **more: Any) -> HttpResponse:
            known = {"pk": pk} if pk else {}
            if request.method != "POST":
                return redirect(page, **known)
            return view(request, **known, **more)

        return taken

    return made
