"""Questions about roles and designations. 'Now' is always the caller's, never the database's."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


class RoleAssignmentQuerySet(models.QuerySet):
    """Roles as they stand at a moment."""

    def current(self, now: datetime) -> "RoleAssignmentQuerySet":
        """Roles that run at `now` in memberships that run at `now`, of active people."""
        return self.filter(
            Q(ends=None) | Q(ends__gt=now),
            Q(membership__ends=None) | Q(membership__ends__gt=now),
            starts__lte=now,
            membership__starts__lte=now,
            membership__user__is_active=True,
        )

    def held_by(self, user: "User") -> "RoleAssignmentQuerySet":
        """Roles of one person."""
        return self.filter(membership__user_id=user.pk)

    def of(self, roles: Iterable[str]) -> "RoleAssignmentQuerySet":
        """Roles of these codes."""
        return self.filter(role__in=list(roles))


class DesignationQuerySet(models.QuerySet):
    """Designations as they stand on a day."""

    def on(self, day: date) -> "DesignationQuerySet":
        """Those in force on `day`."""
        return self.filter(Q(ends=None) | Q(ends__gte=day), starts__lte=day)
