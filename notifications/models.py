"""The outbox, written with the change it tells of, and the bell entry that a worker makes of it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """One person to be told of one event about one subject. Done is what carries `done_at`, never what was sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    next_try = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    mail_claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(fields=["next_try"], condition=models.Q(mailed_at=None), name="outbox_open"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type} {self.subject_id}"


class Letter(models.Model):
    """A mail to an address that perhaps nobody signs in with yet. What it says is made when it is sent.

    Only the kind and the id of what it is about are stored: see notifications/letters.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    next_try = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    # Done: sent, or not to be sent any more.
    done_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(fields=["next_try"], condition=models.Q(done_at=None), name="letter_open"),
            models.Index(fields=["subject_id", "-created_at"], name="letter_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Notification(models.Model):
    """A bell entry: event and subject only. Its words are made when it is read, of what its reader may see then."""

    # The outbox row's id: delivering twice inserts once.
    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("person")
    )
    event = models.CharField(_("event"), max_length=60)
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notification_newest"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type} {self.subject_id}"
