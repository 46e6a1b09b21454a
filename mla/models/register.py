"""An agency's journal: the numbers that it gave, outgoing and incoming, and the requests that it has on paper only."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency
from cases.folding import LONGEST_NUMBER
from mla.models.request import AssistanceRequest
from mla.querysets import JournalQuerySet, PaperQuerySet


class PaperState(models.TextChoices):
    """What has become of a request on paper, as far as its dates say. The words are neuter in Russian."""

    OPEN = "open", pgettext_lazy("request-n", "Open")
    ANSWERED = "answered", pgettext_lazy("request-n", "Answered")
    CLOSED = "closed", pgettext_lazy("request-n", "Closed")
    VOID = "void", pgettext_lazy("request-n", "Void")


class PaperRequest(models.Model):
    """A request that went or came on paper, from or to whom is not in the portal. Never deleted: marked void.

    Read by whoever works on cases for its owner agency. Its own number and date stand in the agency's journal (`line`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    authority = models.CharField(_("authority"), max_length=200)
    their_number = models.CharField(_("their number"), max_length=60, blank=True)
    their_date = models.DateField(_("date of their number"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    crossed_on = models.DateField(_("received or sent on"))
    answer_due = models.DateField(_("answer asked by"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    remark = models.TextField(_("remark"), max_length=2000, blank=True)

    voided_at = models.DateTimeField(null=True, editable=False)
    void_reason = models.CharField(_("reason"), max_length=300, blank=True)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("request on paper")
        verbose_name_plural = _("requests on paper")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state(self) -> PaperState:
        """The last of what its dates say."""
        if self.voided_at:
            return PaperState.VOID
        if self.closed_on:
            return PaperState.CLOSED
        return PaperState.ANSWERED if self.answered_on else PaperState.OPEN

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is waited for."""
        return self.state in {PaperState.CLOSED, PaperState.VOID}


class RegisterNumber(models.Model):
    """One line of an agency's journal: its own number of a request of the portal, or of one on paper.

    Outgoing of the one side, incoming of the other. A line is never removed.
    """

    class Direction(models.TextChoices):
        """Which journal."""

        OUTGOING = "outgoing", _("outgoing No.")
        INCOMING = "incoming", _("incoming No.")

    request = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, null=True, related_name="numbers")
    paper = models.OneToOneField(PaperRequest, on_delete=models.PROTECT, null=True, related_name="line")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    number = models.CharField(_("number"), max_length=60)
    date = models.DateField(_("date"))
    # The state on the other side; of paper any state of the world, or 'ORG'.
    other_state = models.CharField(_("other state"), max_length=3)
    # The number folded, to be compared; and every number by which the line is looked for: see cases/folding.py.
    key = models.CharField(max_length=LONGEST_NUMBER, editable=False)
    search = models.TextField(editable=False)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = _("register number")
        verbose_name_plural = _("register numbers")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "agency", "direction"], name="number_once"),
            models.CheckConstraint(
                name="number_of_one_request",
                condition=Q(request=None, paper__isnull=False) | Q(request__isnull=False, paper=None),
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-date", "-id"], name="number_newest"),
            models.Index(fields=["agency", "direction", "-date", "-id"], name="number_newest_of_one_way"),
            models.Index(
                fields=["agency", "-date", "-id"], name="number_newest_on_paper", condition=Q(paper__isnull=False)
            ),
            models.Index(fields=["agency", "direction", "key"], name="number_key"),
            GinIndex(fields=["search"], name="number_search", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.number
