"""Mails to an address, such as an invitation: queued as kind and id, written by the app that knows when they are sent.

Nothing of what a letter says is stored or travels through the broker, so that a link in it is nowhere but in it.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise

from accounts import exercises
from notifications.mail import SPEND, unclaimed
from notifications.models import Letter
from notifications.services import hand_out

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """What a letter says: to whom, in which language, by which template."""

    to: str
    language: str
    subject: str | Promise
    template: str
    context: dict[str, Any] = field(default_factory=dict)


Writer = Callable[[uuid.UUID], Written | None]

_writers: dict[str, Writer] = {}


def register_letter(kind: str, write: Writer) -> None:
    """Teach how a kind of letter is written. The writer answers None when there is nothing to send any more."""
    _writers[kind] = write


def post(kind: str, subject_ids: Iterable[uuid.UUID]) -> None:
    """Queue a letter about each subject. The rows stand or fall with the caller's transaction."""
    rows = Letter.objects.bulk_create([Letter(kind=kind, subject_id=pk) for pk in subject_ids])
    ids = [str(row.pk) for row in rows]
    transaction.on_commit(lambda: _publish(ids), robust=True)


def send_all(ids: Iterable[str]) -> None:
    """Write and send these letters; what does not go now is sent again by beat."""
    until = time.monotonic() + SPEND
    for pk in ids:
        if time.monotonic() > until:
            return
        _send(pk, timezone.now())


def _send(pk: str, now: datetime) -> None:
    """Send one letter: claim it, send outside every transaction, then write that it went."""
    free = Letter.objects.filter(unclaimed(now), pk=pk, done_at=None)
    if not free.update(claimed_at=now):
        return
    try:
        sent = send(Letter.objects.get(pk=pk))
    except (OSError, SMTPException):
        logger.warning("mail server did not take letter %s", pk)
        Letter.objects.filter(pk=pk).update(claimed_at=None)
    else:
        done = timezone.now()
        Letter.objects.filter(pk=pk).update(done_at=done, sent_at=done if sent else None)


def send(letter: Letter) -> bool:
    """Write and send one letter; False when there is nothing to send. Raises OSError or SMTPException."""
    written = _writers[letter.kind](letter.subject_id)
    if written is None:
        return False
    with translation.override(written.language):
        subject = exercises.subject(str(written.subject))
        body = render_to_string(written.template, written.context | {"exercise": settings.EXERCISE})
    EmailMessage(
        subject=subject,
        body=body,
        to=[written.to],
        # Stable: a mail sent twice after a crash is one mail to the reader's program.
        headers={"Message-ID": f"<{letter.pk}@comity>", "Auto-Submitted": "auto-generated"},
    ).send()
    return True


def _publish(ids: list[str]) -> None:
    from notifications.tasks import send_letters

    hand_out(send_letters, ids)
