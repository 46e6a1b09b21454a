"""Invitations into an agency, and lists of people from which many are made at once."""

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.links import MailedLink
from agencies.models.agency import Agency, Membership


class Roster(models.Model):
    """A list of people as an admin sent it: looked at, corrected, then confirmed as a whole or thrown away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    encoding = models.CharField(max_length=12)
    separator = models.CharField(max_length=1)
    version = models.PositiveIntegerField(default=1)
    # [{"line", "email", "name", "post", "language", "roles"}], as typed; emptied once they are invitations.
    rows = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True)
    invited = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")

    def __str__(self) -> str:
        return str(self.pk)


class Invitation(MailedLink):
    """A person invited to work for an agency. The link goes to them by mail, and to nobody else."""

    class State(models.TextChoices):
        """What has become of it."""

        OPEN = "open", pgettext_lazy("invitation", "Open")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        REVOKED = "revoked", pgettext_lazy("invitation", "Revoked")
        EXPIRED = "expired", pgettext_lazy("invitation", "Expired")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150)
    post = models.CharField(_("post"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="ru")
    # Codes of roles: proposed when the invitation is accepted; given then, when a second person has decided already.
    roles = models.JSONField(_("roles"), default=list)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_platform = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "email"], condition=Q(used_at=None, revoked_at=None), name="invitation_once"
            )
        ]
        indexes = [models.Index(fields=["agency", "-invited_at", "-id"], name="invitation_newest")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def last_day(self) -> date:
        """The day on which it ends, where its agency is."""
        return self.expires_at.astimezone(self.agency.tz).date()

    def runs(self, now: datetime) -> bool:
        """Whether the link works at `now`."""
        return self.revoked_at is None and super().runs(now)

    def state_at(self, now: datetime) -> str:
        """What has become of it by `now`."""
        if self.used_at:
            return self.State.ACCEPTED
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.OPEN if now < self.expires_at else self.State.EXPIRED
