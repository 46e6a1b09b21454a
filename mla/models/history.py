"""What has happened to a request. Events, frozen versions and signatures cannot be changed: triggers refuse it.

Rounds move on with their steps: the services see to that, no trigger does.
Everything here is read through its request, and by side.
"""

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cases.models import CaseItem, ItemVersion
from mla.models.request import AssistanceRequest
from mla.workflow import BY_NAME, DRAFTING, Side


class BySide(models.QuerySet):
    """Rows of a request that carry whose they are."""

    def seen_by(self, side: str) -> "BySide":
        """A side's own rows, and what is on the wire."""
        return self.filter(side__in=[side, Side.WIRE])


class RequestEvent(models.Model):
    """A step: who, when, from where to where. A domestic step is seen by its own side, a wire event by both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("when"), default=timezone.now)
    name = models.CharField(_("step"), max_length=30)
    side = models.CharField(max_length=12, choices=[(side.value, side.value) for side in Side])
    # The side that acted: a wire event is seen by both and done by one.
    acting_side = models.CharField(max_length=12, choices=[(side.value, side.value) for side in Side])
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=25)
    to_state = models.CharField(max_length=25)
    # In the actor's own words: a reason, comments, what is missing.
    text = models.TextField(blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    # What a reviewer ticked off, by the codes of mla/review.py: the own side's, like the step.
    ticks = models.JSONField(default=list)

    objects = BySide.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["request", "at"], name="event_request")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.name}"

    @property
    def title(self) -> str:
        """The step in words."""
        return str(DRAFTING[self.name] if self.name in DRAFTING else BY_NAME[self.name].done)


class RequestVersion(models.Model):
    """An immutable, hashed copy of a request's content, frozen when it is submitted, transmitted or answered."""

    class Series(models.TextChoices):
        """Why it was frozen; versions are numbered within their series, so that a number gives nothing away."""

        SUBMITTED = "submitted", _("submitted for review")
        TRANSMITTED = "transmitted", _("transmitted")
        RESPONSE = "response", _("response")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="versions")
    series = models.CharField(max_length=12, choices=Series.choices)
    number = models.PositiveSmallIntegerField(_("version"))
    side = models.CharField(max_length=12, choices=[(side.value, side.value) for side in Side])
    content = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)
    frozen_at = models.DateTimeField(_("when"), default=timezone.now)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = BySide.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["frozen_at"]
        constraints = [models.UniqueConstraint(fields=["request", "series", "number"], name="version_number")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.series} {self.number}"


class Signature(models.Model):
    """A signatory's signature under one submitted version. A later version needs a new one."""

    version = models.OneToOneField(RequestVersion, on_delete=models.PROTECT, related_name="signature")
    signatory = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")

    def __str__(self) -> str:
        return f"{self.version_id}: {self.signatory}"


class InformationRound(models.Model):
    """One round of questions: asked by the requested side, each tied to a field, and answered by two people.

    `answers` belong to the requesting side until they are sent with a new transmitted version.
    """

    request = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="rounds")
    # [{"field": "facts", "question": "..."}], in order.
    questions = models.JSONField()
    due = models.DateField(_("due"))
    asked_at = models.DateTimeField(default=timezone.now)
    answers = models.JSONField(default=list)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("round of questions")
        verbose_name_plural = _("rounds of questions")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.request_id}: {len(self.questions)}"


class Assignment(models.Model):
    """The execution of a request given to an agency, until it is taken back or given to another."""

    request = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="assignments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    target_date = models.DateField(_("target date"))
    # Whether the other side may know which agency executes: optional by the lifecycle.
    disclosed = models.BooleanField(default=False)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    # Who reported the results: not the one who sends the response.
    executed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["assigned_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(ended_at=None), name="assignment_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.agency}"


class RequestItem(models.Model):
    """An item that crosses with a request: attached to it, or part of the answer; the version that crosses is frozen.

    An attachment is the requesting side's, frozen when the request is submitted; an item of the answer the requested
    side's, frozen when results are reported.
    """

    class Role(models.TextChoices):
        """With what it crosses."""

        ATTACHMENT = "attachment", _("attachment")
        ANSWER = "answer", _("item of the answer")

    request = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="request_items")
    item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("item of a request")
        verbose_name_plural = _("items of a request")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["request", "item", "role"], name="request_item_once")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.role} {self.item_id}"
