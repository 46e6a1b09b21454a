"""A mail that says only that something waits: the event's words and the way in, in the reader's language."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.models import Outbox
from notifications.registry import subjects, words


def send_mail_for(row: Outbox) -> None:
    """Send the mail of one outbox row, to a person who now sees what it is about: nobody else hears of it.

    Raises OSError or SMTPException when the server does not take it.
    """
    person = row.person
    if not subjects(person, {row.subject_type: {row.subject_id}}):
        return
    with translation.override(person.language):
        subject = _("Comity: something is waiting for you")
        if settings.EXERCISE:
            subject = _("EXERCISE") + " · " + subject
        body = render_to_string(
            "notifications/mail.txt",
            {
                "name": person.name,
                "event": words(row.event),
                "url": f"{settings.SITE_URL}/notifications/",
                "exercise": settings.EXERCISE,
            },
        )
    EmailMessage(
        subject=subject,
        body=body,
        to=[person.email],
        # Stable: a mail sent twice after a crash is one mail to the reader's program.
        headers={"Message-ID": f"<{row.pk}@comity>", "Auto-Submitted": "auto-generated"},
    ).send()
