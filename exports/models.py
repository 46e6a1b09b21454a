"""One export of an agency's data: who asked, who confirmed, how far it is, and which file came of it."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Role
from agencies.standing import Standing

# Who asks, and who confirms: another person, with one of the roles that let something out of the agency.
ASKS = Role.SUPERVISOR
CONFIRM = frozenset({Role.LIAISON, Role.CA_SIGNATORY})
# How long the file can be fetched, and how long an export that was asked for waits for its second person.
KEPT = timedelta(hours=24)
WAITS = timedelta(days=7)
# A worker that has said nothing for so long is gone: another starts anew. So many starts at most.
SILENCE = timedelta(minutes=2)
ATTEMPTS = 5


class ExportState(models.TextChoices):
    """How far an export is."""

    ASKED = "asked", pgettext_lazy("export", "Waits for a second person")
    CONFIRMED = "confirmed", pgettext_lazy("export", "Waits for its turn")
    BUILDING = "building", pgettext_lazy("export", "Is being made")
    READY = "ready", pgettext_lazy("export", "Ready")
    DECLINED = "declined", pgettext_lazy("export", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("export", "Cancelled")
    FAILED = "failed", pgettext_lazy("export", "Failed")
    EXPIRED = "expired", pgettext_lazy("export", "Over")


OPEN = (ExportState.ASKED, ExportState.CONFIRMED, ExportState.BUILDING, ExportState.READY)
WORKED_ON = (ExportState.CONFIRMED, ExportState.BUILDING)


def _decided_by(standing: Standing) -> set[Any]:
    """Ids of the agencies on whose exports a person decides."""
    return {one.pk for role in CONFIRM for one in standing.agencies_where(role)}


class ExportQuerySet(models.QuerySet):
    """Reads of exports."""

    def visible_to(self, standing: Standing) -> Self:
        """One's own, as long as one could ask for it; and those that one may have to confirm."""
        mine = Q(asked_by=standing.user.pk, agency__in=[one.pk for one in standing.agencies_where(ASKS)])
        return self.filter(mine | Q(agency__in=_decided_by(standing)))

    def waiting_for(self, standing: Standing) -> Self:
        """Those that this person may confirm, the oldest first; nothing is asked of who may confirm none."""
        deciding = _decided_by(standing)
        if not deciding:
            return self.none()
        waiting = self.filter(agency__in=deciding, state=ExportState.ASKED).exclude(asked_by=standing.user.pk)
        return waiting.select_related("agency", "asked_by").order_by("asked_at")

    def to_be_made(self, now: datetime) -> Self:
        """Confirmed and not begun, or begun by a worker that is gone."""
        gone = Q(state=ExportState.BUILDING, beat_at__lt=now - SILENCE)
        return self.filter(Q(state=ExportState.CONFIRMED) | gone)


class AgencyExport(models.Model):
    """An export. What it holds is what its asker reads for the agency when it is made."""

    class Reason(models.TextChoices):
        """Why: chosen, not written, so that no content stands here."""

        ARCHIVE = "archive", _("for the agency's archive")
        MOVE = "move", _("to move to another system")
        PROCEEDINGS = "proceedings", _("for a court or a supervising authority")
        AGREED = "agreed", _("for another reason, agreed with the person who confirms")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    reason = models.CharField(_("What it is for"), max_length=15, choices=Reason.choices)
    state = models.CharField(_("state"), max_length=10, choices=ExportState.choices, default=ExportState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    # The worker that makes it now, and when it last said so; a worker whose claim is no longer here stops.
    claim = models.UUIDField(null=True)
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    # Of a ready one. The file's name in the store is random; what it is called outside is made when it is fetched.
    file = models.UUIDField(null=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # The need-to-know cases that it holds: it can be fetched only while its asker is still named in all of them.
    named_cases = ArrayField(models.UUIDField(), default=list)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "asked_by"], condition=Q(state__in=OPEN), name="export_one_at_a_time"
            ),
            models.CheckConstraint(
                name="export_four_eyes", condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by"))
            ),
            models.CheckConstraint(
                name="export_confirmed_before_it_is_made",
                condition=~Q(state__in=["confirmed", "building", "ready"]) | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="export_ready_with_its_file",
                condition=~Q(state="ready")
                | Q(file__isnull=False, size__isnull=False, expires_at__isnull=False) & ~Q(sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        """Whether something can still become of it."""
        return self.state in OPEN
