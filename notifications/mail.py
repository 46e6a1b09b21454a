"""A mail without content: events in words and how many of each, and the way in, in the reader's language.

What it says is decided when it leaves: what its reader may no longer see, has read meanwhile, or what a colleague
has done meanwhile does not stand in it; and when nothing is left, no mail leaves.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import exercises
from notifications.models import ByMail, Mail, Notification, Urgency
from notifications.querysets import subjects_of
from notifications.registry import event, kind_of, subjects, words, workplaces
from notifications.services import settings_of

logger = logging.getLogger(__name__)

# How long a worker that claimed a mail may take before another sends it.
CLAIM = timedelta(minutes=5)
# A mail that no server has taken for so long is given up: what it tells of stands in the bell.
GIVE_UP = timedelta(days=7)
# Seconds that one task spends on a slow server; beat sends the rest again.
SPEND = 30


def send_all(ids: Iterable[str]) -> None:
    """Send these mails; what does not go now is sent again by beat."""
    until = time.monotonic() + SPEND
    for pk in ids:
        if time.monotonic() > until:
            return
        send(pk, timezone.now())


def send(pk: str, now: datetime) -> None:
    """Send one mail: claim it, send outside every transaction, then write that it went.

    A crash between the server's 'accepted' and the note sends the same Message-ID again once the claim is old.
    """
    claimed = Mail.objects.filter(unclaimed(now), pk=pk, done_at=None)
    if not claimed.update(claimed_at=now):
        return
    mail = Mail.objects.select_related("person").get(pk=pk)
    entries = [] if mail.created_at < now - GIVE_UP else wanted(mail, now)
    if not entries:
        Mail.objects.filter(pk=pk).update(done_at=now)
        return
    try:
        message(mail, entries).send()
    except (OSError, SMTPException):
        logger.warning("mail server did not take mail %s", pk)
        Mail.objects.filter(pk=pk).update(claimed_at=None)
    else:
        Mail.objects.filter(pk=pk).update(done_at=timezone.now(), sent_at=timezone.now())


def unclaimed(now: datetime) -> Q:
    """Nobody is sending it: never claimed, or long ago, or by a clock that was ahead."""
    return Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM) | Q(claimed_at__gt=now + CLAIM)


def wanted(mail: Mail, now: datetime) -> list[Notification]:
    """The entries of a mail that are still to be told by it; for somebody on leave they wait for a summary."""
    chosen = settings_of([mail.person_id])[mail.person_id]
    if chosen.paused(now):
        mail.entries.update(by_mail=ByMail.DIGEST, mail=None)
        return []
    if mail.person_id not in workplaces([mail.person_id], now):
        return []
    entries = list(mail.entries.unread().order_by("created_at", "id"))
    found = subjects(mail.person, subjects_of(entries))
    return [
        entry
        for entry in entries
        if (subject := found.get((entry.subject_type, entry.subject_id)))
        and (not subject.ended or event(entry.event).ends)
        and chosen.way(kind_of(entry.event, entry.urgency)) != ByMail.BELL
    ]


def message(mail: Mail, entries: list[Notification]) -> EmailMessage:
    """The mail in its reader's language."""
    person = mail.person
    with translation.override(person.language):
        subject = _("Comity: your daily summary") if mail.day else _("Comity: something is waiting for you")
        subject = exercises.subject(subject)
        body = render_to_string("notifications/mail.txt", _context(mail, entries))
    return EmailMessage(
        subject=subject,
        body=body,
        to=[person.email],
        headers={
            # Stable: a mail sent twice after a crash is one mail to the reader's program.
            "Message-ID": f"<{mail.pk}@comity>",
            "Auto-Submitted": "auto-generated",
            "List-Id": f"<notifications.{settings.SITE.hostname}>",
        },
    )


# Over the events of each kind. An event says what happened, not what to do next: "Signed" waits to be transmitted.
HEADS = {
    Urgency.ACTION: gettext_lazy("Needs you, since this has happened"),
    Urgency.NEWS: gettext_lazy("For your information"),
}


def _context(mail: Mail, entries: list[Notification]) -> dict[str, Any]:
    """How often each event happened, by urgency. Two events of the same words are one line."""
    counted = {urgency: Counter[str]() for urgency in Urgency}
    for entry in entries:
        counted[Urgency(entry.urgency)][words(entry.event)] += 1
    return {
        "name": mail.person.name,
        "groups": [(HEADS[urgency], sorted(counts.items())) for urgency, counts in counted.items() if counts],
        "url": f"{settings.SITE_URL}/notifications/",
        "settings_url": f"{settings.SITE_URL}/notifications/settings/",
        "exercise": settings.EXERCISE,
    }
