"""The outbox, written with the change it tells of; the bell entry that a worker makes of it; mails; a person's choice.

Nothing here holds content: people, events, subjects by id, moments. Words are made when they are read or sent.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.querysets import NotificationQuerySet

if TYPE_CHECKING:
    from notifications.registry import Kind

DIGEST_HOUR = 8


class Urgency(models.TextChoices):
    """What an event is to one person."""

    ACTION = "action", _("Needs you")
    NEWS = "news", _("For your information")


class Settled(models.TextChoices):
    """Why an entry waits no longer for its person."""

    OWN = "own", _("you have acted since")
    COLLEAGUE = "colleague", _("a colleague has acted since")
    MOVED_ON = "moved_on", _("moved on meanwhile")
    REPLACED = "replaced", _("see the newer one")


class ByMail(models.TextChoices):
    """How a notification leaves the portal. In the bell it always stands."""

    AT_ONCE = "at_once", _("by mail at once")
    DIGEST = "digest", _("in the daily summary")
    BELL = "bell", _("only under the bell")


class Told(models.Model):
    """One person told of one event about one subject."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    event = models.CharField(_("event"), max_length=60)
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.NEWS)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    # Of an action: when it stopped waiting for this person, and why.
    settled = models.CharField(max_length=10, choices=Settled.choices, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type} {self.subject_id}"


class Tried(models.Model):
    """What a worker does, and beat hands out again until `done_at` says that it is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    next_try = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Outbox(Tried, Told):
    """A bell entry to be made."""

    class Meta:
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(fields=["next_try"], condition=Q(done_at=None), name="outbox_open"),
            models.Index(fields=["subject_id"], condition=Q(done_at=None), name="outbox_subject"),
        ]


class Mail(Tried):
    """A mail to be sent to one person: at once, or the summary of one day. What it says is decided when it leaves.

    The summary's row is its claim: two beats, or a clock that jumps back, find that the day has its row.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Of a summary: the day, at the person's agency.
    day = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    # Empty also when it is done with and there was nothing left to say.
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="mail_one_summary_a_day")]
        indexes = [models.Index(fields=["next_try"], condition=Q(done_at=None), name="mail_open")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day or ''}"


class Letter(Tried):
    """A mail to an address that perhaps nobody signs in with yet. What it says is made when it is sent.

    Only the kind and the id of what it is about are stored: see notifications/letters.py.
    """

    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    # Empty also when it is done with and was not to be sent any more.
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(fields=["next_try"], condition=Q(done_at=None), name="letter_open"),
            models.Index(fields=["subject_id", "-created_at"], name="letter_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Notification(Told):
    """A bell entry: event and subject only. Its words are made when it is read, of what its reader may see then."""

    # The outbox row's id: delivering twice inserts once.
    id = models.UUIDField(primary_key=True, editable=False)
    read_at = models.DateTimeField(_("read"), null=True)
    # Whether its person is waited for.
    waits = models.GeneratedField(
        expression=Q(urgency=Urgency.ACTION, settled_at=None), output_field=models.BooleanField(), db_persist=True
    )
    by_mail = models.CharField(max_length=10, choices=ByMail.choices, default=ByMail.BELL)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, related_name="entries")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["person", "-waits", "-created_at", "-id"], name="notification_page"),
            models.Index(fields=["person"], condition=Q(read_at=None, settled_at=None), name="notification_unread"),
            models.Index(
                fields=["person"],
                condition=Q(by_mail=ByMail.DIGEST, mail=None, read_at=None, settled_at=None),
                name="notification_for_summary",
            ),
            models.Index(
                fields=["subject_id"],
                condition=Q(urgency=Urgency.ACTION, settled_at=None),
                name="notification_waiting",
            ),
        ]


class MailSettings(models.Model):
    """A person's choice of what reaches them by mail, and when. Without a row everything is as usual."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # The way chosen for a kind, by the kind's code.
    ways = models.JSONField(default=dict)
    digest_hour = models.PositiveSmallIntegerField(default=DIGEST_HOUR)
    # A leave: until then no mail goes.
    paused_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("settings of mail")
        verbose_name_plural = _("settings of mail")
        constraints = [models.CheckConstraint(condition=Q(digest_hour__lte=23), name="mail_settings_hour")]

    def __str__(self) -> str:
        return str(self.person_id)

    def way(self, kind: "Kind") -> ByMail:
        """The way chosen for a kind, if it may be chosen; else the usual one."""
        chosen = self.ways.get(kind.code)
        return ByMail(chosen) if chosen in kind.offered else kind.usual

    def paused(self, now: datetime) -> bool:
        """Whether the person is on leave."""
        return self.paused_until is not None and now < self.paused_until
