"""Shares have no grants of their own: they are read through their case, or through an item that they opened."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import CASE_ROLES, RoleAssignment
from cases.workflow import ShareState

if TYPE_CHECKING:
    from accounts.models import User


class ShareQuerySet(models.QuerySet):
    """Reads of shares."""

    def visible_to(self, user: "User", *, now: datetime | None = None) -> Self:
        """The shares of the cases that the person sees, and those that open an item to them now."""
        now = now or timezone.now()
        return self.filter(Q(case__in=self._cases(user, now)) | Q(pk__in=self.open_to(user, now=now).values("pk")))

    def of_own_cases(self, user: "User", *, now: datetime | None = None) -> Self:
        """The owner's side: the shares of the cases that the person sees."""
        return self.filter(case__in=self._cases(user, now or timezone.now()))

    def open_to(self, user: "User", *, now: datetime | None = None) -> Self:
        """The receiver's side: approved and running shares to an agency for which the person works on cases."""
        now = now or timezone.now()
        items = apps.get_model("cases", "CaseItem").objects
        desks = RoleAssignment.objects.current(now).held_by(user).of(CASE_ROLES).values("membership__agency_id")
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            state=ShareState.APPROVED,
            recipient__in=desks,
            pk__in=apps.get_model("cases", "ShareItem")
            .objects.filter(approved=True, item__in=items.visible_to(user, now=now))
            .values("share_id"),
        )

    def _cases(self, user: "User", now: datetime) -> models.QuerySet:
        return apps.get_model("cases", "Case").objects.visible_to(user, now=now)
