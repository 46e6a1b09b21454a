"""The verbs: make an agency, take a person in, give and end a role, end a membership; and give out references."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.models import CASE_ROLES, Agency, Membership, RoleAssignment
from audit.services import record


class RoleConflict(Exception):
    """The person may not hold this role beside those already held."""


@transaction.atomic
def create_agency(*, code: str, actor: User | None = None, **fields: Any) -> Agency:
    """Save an agency with the group that stands for its case workers."""
    group = Group.objects.create(name=code)
    agency = Agency.objects.create(code=code, group=group, **fields)
    record("agency.create", actor=actor, subject_type="agency", subject_id=agency.pk, agency=code)
    return agency


@transaction.atomic
def add_member(
    *, user: User, agency: Agency, actor: User | None = None, post: str = "", starts: datetime | None = None
) -> Membership:
    """Take a person into an agency; a membership alone gives nothing.

    Raises RoleConflict when the person works for another state already: a request has two sides, and nobody
    stands on both.
    """
    # Two admins of two states at once: the second waits, and then sees the first's.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    others = Agency.objects.filter(memberships__user=user).exclude(state=agency.state)
    if others.exists():
        raise RoleConflict(_("A person works for the agencies of one state only."))
    membership = Membership.objects.create(user=user, agency=agency, post=post, starts=starts or timezone.now())
    record("membership.create", actor=actor, subject_type="membership", subject_id=membership.pk, agency=agency.code)
    return membership


@transaction.atomic
def give_role(
    *,
    membership: Membership,
    role: str,
    actor: User | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
    acting_for: Membership | None = None,
) -> RoleAssignment:
    """Give a role, for good or until `ends`; for a deputy, name whose.

    Raises RoleConflict when a case role would stand beside an admin's, auditor's or observer's, at any agency.
    """
    User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    held = set(
        RoleAssignment.objects.held_by(membership.user).exclude(ends__lte=timezone.now()).values_list("role", flat=True)
    )
    if held and _mixes(held | {role}):
        raise RoleConflict(_("Whoever works on cases is no admin, auditor or observer, and the other way round."))
    row = RoleAssignment.objects.create(
        membership=membership,
        role=role,
        given_by=actor,
        starts=starts or membership.starts,
        ends=ends,
        acting_for=acting_for,
    )
    record(
        "role.give",
        actor=actor,
        subject_type="membership",
        subject_id=membership.pk,
        agency=membership.agency.code,
        role=role,
        person=membership.user_id,
    )
    sync_group(membership)
    return row


@transaction.atomic
def end_role(*, assignment: RoleAssignment, actor: User | None = None) -> None:
    """End a role now: its holder is out at the next click."""
    assignment.ends = timezone.now()
    assignment.save(update_fields=["ends"])
    membership = assignment.membership
    record(
        "role.end",
        actor=actor,
        subject_type="membership",
        subject_id=membership.pk,
        agency=membership.agency.code,
        role=assignment.role,
        person=membership.user_id,
    )
    sync_group(membership)


@transaction.atomic
def end_membership(*, membership: Membership, actor: User | None = None, at: datetime | None = None) -> None:
    """End a membership (now, or at a moment): no record of the agency is seen from then on."""
    membership.ends = at or timezone.now()
    membership.save(update_fields=["ends"])
    record(
        "membership.end",
        actor=actor,
        subject_type="membership",
        subject_id=membership.pk,
        agency=membership.agency.code,
        person=membership.user_id,
    )
    sync_group(membership)


def sync_group(membership: Membership) -> None:
    """Bring guardian's group into line with the membership. The door does not ask it: see cases/access.py."""
    now = timezone.now()
    works = (
        RoleAssignment.objects.current(now)
        .filter(membership__user_id=membership.user_id, membership__agency_id=membership.agency_id)
        .of(CASE_ROLES)
        .exists()
    )
    change = membership.user.groups.add if works else membership.user.groups.remove
    change(membership.agency.group_id)


def next_reference(*, agency: Agency, series: str) -> str:
    """The next reference of an agency's series this year, as `KG-GPO-R-2026-000217`.

    Takes part in the caller's transaction: two at once wait for each other, and a rolled-back number is given again.
    """
    year = timezone.now().astimezone(agency.tz).year
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into agencies_counter (agency_id, series, year, last) values (%s, %s, %s, 1)
            on conflict (agency_id, series, year) do update set last = agencies_counter.last + 1
            returning last
            """,
            [agency.pk, series, year],
        )
        (number,) = cursor.fetchone()
    return f"{agency.code}-{series}-{year}-{number:06d}"


def _mixes(roles: set[str]) -> bool:
    return not roles.isdisjoint(CASE_ROLES) and not roles <= CASE_ROLES
