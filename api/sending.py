"""A body counts once: the second sending under the same key gets what the first one made, as it stands now."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.urls import ResolverMatch, resolve
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.refusals import Incomplete
from accounts.submissions import once

HEADER = "Idempotency-Key"
# Visible letters of ASCII: what a header can carry everywhere.
KEY = r"^[!-~]{1,255}$"
KEYS = uuid.UUID("6f0f6d0e-6a52-5b0b-9d59-0c6f6f3c2f1e")


def sent(request: Request, act: Callable[[], str]) -> ResolverMatch:
    """Run `act`, which returns the address of what it made, unless this body was sent before under its key.

    All of `act` is done, or nothing; a body without a key is a sending of its own. Raises Incomplete for a key that
    is none, or that was used for something else.
    """
    url = once(person=request.user, token=_token(request), act=act, says=_digest(request))
    return resolve(url)


def _token(request: Request) -> uuid.UUID:
    key = request.headers.get(HEADER)
    if key is None:
        return uuid.uuid4()
    if not re.fullmatch(KEY, key):
        words = _("A key has 1 to 255 visible letters of ASCII.")
        raise Incomplete(words, {HEADER: [words]})
    return uuid.uuid5(KEYS, key)


def _digest(request: Request) -> str:
    """What was asked: the address and the body, however its keys are ordered."""
    said: list[Any] = [request.path, request.data]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
