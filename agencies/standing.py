"""Where a person stands now: their agencies and the roles they hold there, read once and asked often."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, Exists, OuterRef, UUIDField
from django.utils import timezone

from accounts.kept import Kept
from accounts.models import User
from agencies.models import CASE_ROLES, Agency, Designation, Role, RoleAssignment
from agencies.querysets import RoleAssignmentQuerySet

ROLES = Kept(
    lambda person, now, today: (
        RoleAssignment.objects.held_by(person)
        .current(now)
        .select_related("membership__agency__state")
        .annotate(designated=Exists(Designation.objects.on(today).filter(agency=OuterRef("membership__agency"))))
    ),
    person=UUIDField(),
    now=DateTimeField(),
    today=DateField(),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's current roles by agency. Capabilities only: what they see is asked of cases/access.py."""

    user: User
    now: datetime
    agencies: dict[uuid.UUID, Agency] = field(default_factory=dict)
    roles: dict[uuid.UUID, frozenset[str]] = field(default_factory=dict)
    posts: dict[uuid.UUID, str] = field(default_factory=dict)
    # Those that are a central authority today.
    designated: frozenset[uuid.UUID] = frozenset()

    def holds(self, role: str, agency_id: uuid.UUID | None) -> bool:
        """Whether the person holds `role` at that agency now."""
        return agency_id is not None and role in self.roles.get(agency_id, ())

    def any_of(self, roles: frozenset[str] | set[str], agency_id: uuid.UUID | None) -> bool:
        """Whether the person holds one of `roles` at that agency now."""
        return agency_id is not None and not self.roles.get(agency_id, frozenset()).isdisjoint(roles)

    @property
    def all_roles(self) -> frozenset[str]:
        """Every role held anywhere now."""
        return frozenset().union(*self.roles.values())

    @property
    def works_on_cases(self) -> bool:
        """Whether any role held is one of the case roles."""
        return not self.all_roles.isdisjoint(CASE_ROLES)

    @property
    def case_agencies(self) -> list[Agency]:
        """The agencies for which the person works on cases, by code."""
        found = [self.agencies[pk] for pk, roles in self.roles.items() if not roles.isdisjoint(CASE_ROLES)]
        return sorted(found, key=lambda agency: agency.code)

    def agencies_where(self, role: str) -> list[Agency]:
        """The agencies at which the person holds `role`, by code."""
        found = [self.agencies[pk] for pk, roles in self.roles.items() if role in roles]
        return sorted(found, key=lambda agency: agency.code)

    @property
    def home(self) -> Agency | None:
        """The agency that stands beside the person's name."""
        return min(self.agencies.values(), key=lambda agency: agency.code, default=None)

    @property
    def post(self) -> str:
        """The person's own post at the agency beside their name, as the agency writes it."""
        return self.posts.get(self.home.pk, "") if self.home else ""

    @property
    def role_labels(self) -> list[str]:
        """The roles held, in words and in the order of the enumeration."""
        held = self.all_roles
        return [str(role.label) for role in Role if role in held]


def standing_of(user: User, now: datetime | None = None) -> Standing:
    """Read where the person stands at `now`: one query. Nobody's standing is empty."""
    now = now or timezone.now()
    if not user.is_authenticated:
        return Standing(user=user, now=now)
    agencies: dict[uuid.UUID, Agency] = {}
    roles: dict[uuid.UUID, set[str]] = defaultdict(set)
    posts: dict[uuid.UUID, str] = {}
    designated: set[uuid.UUID] = set()
    for row in ROLES(person=user.pk, now=now, today=now.date()):
        agency = row.membership.agency
        agencies[agency.pk] = agency
        if row.designated:
            designated.add(agency.pk)
        posts[agency.pk] = row.membership.post
        roles[agency.pk].add(row.role)
    held = {pk: frozenset(codes) for pk, codes in roles.items()}
    return Standing(user=user, now=now, agencies=agencies, roles=held, posts=posts, designated=frozenset(designated))


def people_with(role: str, agency_id: uuid.UUID, now: datetime | None = None) -> list[User]:
    """The active people who hold `role` at that agency now."""
    return _people(RoleAssignment.objects.filter(membership__agency_id=agency_id), role, now)


def people_holding(role: str, now: datetime | None = None) -> list[User]:
    """The active people who hold `role` at any agency now."""
    return _people(RoleAssignment.objects.all(), role, now)


def _people(rows: RoleAssignmentQuerySet, role: str, now: datetime | None) -> list[User]:
    current = rows.current(now or timezone.now()).of([role])
    return list(User.objects.filter(pk__in=current.values("membership__user_id")))


def zones_of(people: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, ZoneInfo]:
    """The zone of the agency beside each person's name, in one query. Who holds no role at `now` is left out."""
    rows = (
        RoleAssignment.objects.current(now)
        .filter(membership__user__in=list(people))
        .order_by("-membership__agency__code")
        .values_list("membership__user", "membership__agency__state__zone")
    )
    # The first by code comes last and stays, as in `Standing.home`; an organisation has no state and keeps UTC.
    return {person: ZoneInfo(zone or "UTC") for person, zone in rows}
