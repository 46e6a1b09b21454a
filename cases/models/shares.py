"""Frozen versions of items, and the shares by which they go to another agency."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cases.models.case import Case, CaseItem
from cases.querysets import ShareQuerySet
from cases.workflow import ShareState


class ItemVersion(models.Model):
    """An immutable, numbered and hashed copy of what an item said. Read through the item, by its owner."""

    item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)
    frozen_at = models.DateTimeField(_("when"), default=timezone.now)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_version_number")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number}"


class Share(models.Model):
    """Chosen items of one case, asked to go to one agency for a stated purpose until the end of a day.

    Read through its case by the owner's side; by the receiver while one of its items is open to them through it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None of a share that a step of a request made: the owner's series would tell how many domestic steps were taken.
    reference = models.CharField(  # noqa: DJ001 - unique, and two empty texts would be the same number
        _("registration No."), max_length=40, unique=True, null=True, editable=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="shares", verbose_name=_("case"))
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner agency"))
    recipient = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("recipient"))
    # While the owner may not know the recipient: the agency that stands before it. The owner does not read the share.
    behind = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.TextField(_("permitted purpose"), max_length=5000)
    # The day, and the moment at which it ends in the zone of the owner's state (UTC). Empty: what crossed with a
    # request stays with it.
    until = models.DateField(_("access until"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    # Of a share that a step of a request made: the step, the request and its reference.
    via_step = models.CharField(max_length=30, blank=True)
    via_request = models.UUIDField(null=True)
    via_reference = models.CharField(max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=ShareState.choices, default=ShareState.PENDING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    # The liaison officer's own words to the asker: a question, a reason. Only the owner's side reads them.
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["-asked_at"]
        indexes = [
            # What waits for a step of the owner's side, of all that it ever asked; and what was decided lately.
            models.Index(
                fields=["owner", "asked_at"],
                name="share_waiting",
                condition=models.Q(state__in=[ShareState.PENDING, ShareState.SENT_BACK]),
            ),
            models.Index(fields=["owner", "-decided_at"], name="share_decided"),
            models.Index(fields=["recipient", "-decided_at"], name="share_received"),
        ]
        constraints = [
            models.CheckConstraint(name="share_leaves_its_owner", condition=~models.Q(owner=models.F("recipient"))),
            models.CheckConstraint(
                name="share_four_eyes",
                condition=~models.Q(state__in=["approved", "revoked"]) | ~models.Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="share_ends_or_came_with_a_request",
                condition=models.Q(until__isnull=False, ends_at__isnull=False) | models.Q(via_request__isnull=False),
            ),
            models.CheckConstraint(
                name="share_has_a_number_or_came_with_a_request",
                condition=models.Q(reference__isnull=False) | models.Q(via_request__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.via_reference

    @property
    def crossed(self) -> bool:
        """Whether it went to the other side of a request: there the owner knows agencies, no people."""
        return self.via_request is not None and self.owner.state_id != self.recipient.state_id

    @property
    def gives_nothing(self) -> bool:
        """Whether it opens nothing, whatever its last day says: declined, cancelled, revoked."""
        return self.state in {ShareState.DECLINED, ShareState.CANCELLED, ShareState.REVOKED}

    def state_at(self, now: datetime) -> ShareState:
        """The state at a moment: an approved share whose last day is over has ended."""
        state = ShareState(self.state)
        over = self.ends_at is not None and self.ends_at <= now
        return ShareState.EXPIRED if state == ShareState.APPROVED and over else state


class ShareItem(models.Model):
    """One item of a share: the frozen version, the fields that stay out, and exactly what the receiver will see.

    A trigger refuses to rewrite it, and to delete it once the share was open.
    """

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="share_items")
    item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    withheld = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)
    approved = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("item of a share")
        verbose_name_plural = _("items of a share")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["share", "item"], name="share_item_once")]

    def __str__(self) -> str:
        return f"{self.share_id} {self.item_id}"
