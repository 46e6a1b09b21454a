"""Shares have no grants of their own: they are read through their case, or through an item that they opened."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
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
        return self.filter(self._own(user, now) | Q(pk__in=self.open_to(user, now=now).values("pk")))

    def of_own_cases(self, user: "User", *, now: datetime | None = None) -> Self:
        """The owner's side: the shares of the cases that the person sees, to recipients whom the owner may know."""
        return self.filter(self._own(user, now or timezone.now()))

    def of_own_cases_among(self, user: "User", *, now: datetime | None = None) -> Self:
        """The same shares as `of_own_cases`, asked one by one: where another condition has found a few already."""
        return self.filter(apps.get_model("cases", "Case").objects.is_visible(user, F("case_id"), now=now), behind=None)

    def visible_among(self, user: "User", *, now: datetime | None = None) -> Self:
        """The same shares as `visible_to`, asked one by one."""
        now = now or timezone.now()
        own = Q(apps.get_model("cases", "Case").objects.is_visible(user, F("case_id"), now=now), behind=None)
        return self.filter(own | Q(pk__in=self.open_to(user, now=now).values("pk")))

    def open_to(self, user: "User", *, now: datetime | None = None) -> Self:
        """The receiver's side: approved and running shares to an agency for which the person works on cases.

        A share that is kept to some people of the recipient is open to those alone.
        """
        now = now or timezone.now()
        desks = RoleAssignment.objects.current(now).held_by(user).of(CASE_ROLES)
        groups = self._grants("group").filter(group__in=desks.values("membership__agency__group"))
        people = self._grants("person").filter(user_id=user.pk, agency__in=desks.values("membership__agency"))
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            Q(pk__in=groups.values("share")) | Q(pk__in=people.values("share")),
            state=ShareState.APPROVED,
        )

    def with_arrival(self) -> Self:
        """Each with when it came, by which lists order it: when it was decided, or asked while it waits.

        A receiver so reads in the order in which shares came, and not when they were asked for at the owner's.
        """
        return self.annotate(came_at=Coalesce("decided_at", "asked_at"))

    def _grants(self, holder: str) -> models.QuerySet:
        """The grant rows that shares gave: a receiver reads a share through its own."""
        rows = apps.get_model("cases", f"Item{holder.title()}Grant")._default_manager
        return rows.filter(share__isnull=False)

    def _own(self, user: "User", now: datetime) -> Q:
        return Q(case__in=apps.get_model("cases", "Case").objects.visible_to(user, now=now), behind=None)
