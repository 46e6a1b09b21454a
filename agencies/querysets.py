"""Questions about people, roles and designations. 'Now' is always the caller's, never the database's."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from accounts.models import User


class MembershipQuerySet(models.QuerySet):
    """Memberships as they stand at a moment."""

    def current(self, now: datetime) -> "MembershipQuerySet":
        """Those that run at `now`."""
        return self.filter(Q(ends=None) | Q(ends__gt=now), starts__lte=now)

    def ended(self, now: datetime) -> "MembershipQuerySet":
        """Those that are over at `now`."""
        return self.filter(ends__lte=now)


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

    def lasting(self, now: datetime) -> "RoleAssignmentQuerySet":
        """Current roles without an end: a deputy's, or one that runs out, keeps nobody in office."""
        return self.current(now).filter(ends=None, membership__ends=None)

    def admins(self) -> "RoleAssignmentQuerySet":
        """Who looks after an agency's people: its agency admins; at the secretariat its platform admins."""
        return self.of(["agency_admin", "platform_admin"])


class RoleProposalQuerySet(models.QuerySet):
    """Roles that wait for the second person."""

    def pending(self) -> "RoleProposalQuerySet":
        """Those that nobody has decided, of memberships that have not ended."""
        return self.filter(state="pending")

    def waiting_for(self, user: "User", now: datetime) -> "RoleProposalQuerySet":
        """Those that `user` may decide: agencies.services.roles.seconds, asked of all rows at once."""
        admins = apps.get_model("agencies", "RoleAssignment").objects.current(now).admins()
        of_platform = admins.of(["platform_admin"]).held_by(user)
        at_agency = admins.filter(membership__agency=OuterRef("membership__agency"))
        others = at_agency.exclude(membership__user=OuterRef("proposed_by")).exclude(
            membership__user=OuterRef("membership__user")
        )
        return (
            self.pending()
            .exclude(proposed_by=user)
            .exclude(membership__user=user)
            .filter(
                Q(Exists(at_agency.held_by(user)), by_platform=False)
                | (Q(Exists(of_platform)) & (Q(by_platform=True) | ~Exists(others)))
            )
        )


class DesignationQuerySet(models.QuerySet):
    """Designations as they stand on a day."""

    def on(self, day: date) -> "DesignationQuerySet":
        """Those in force on `day`."""
        return self.filter(Q(ends=None) | Q(ends__gte=day), starts__lte=day)
