"""What becomes of agencies, memberships and roles, whoever decided it; the references that agencies give.

The rules that hold whoever asks stand here: nobody changes their own roles, what excludes what, who must not vanish.
Whether a person may ask at all is judged by the verbs that call these.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.refusals import NotAllowed
from accounts.sessions import end_sessions
from agencies import work
from agencies.models import CASE_ROLES, Agency, Membership, Role, RoleAssignment, RoleProposal
from agencies.standing import standing_of
from audit.services import record

# How many must stay who hold a role for good: of its agency for an agency admin, of the portal for a platform admin.
# House rules: somebody must be able to take people in, and four eyes need two people.
AT_LEAST = {Role.AGENCY_ADMIN: 1, Role.PLATFORM_ADMIN: 2}


class RoleConflict(NotAllowed):
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
    _lock(user)
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

    Raises NotAllowed when the actor is the person; RoleConflict when a case role would stand beside an admin's,
    auditor's or observer's, at any agency.
    """
    not_own(actor, membership)
    _lock(membership.user)
    no_conflict(membership.user, role, timezone.now())
    row = RoleAssignment.objects.create(
        membership=membership,
        role=role,
        given_by=actor,
        starts=starts or membership.starts,
        ends=ends,
        acting_for=acting_for,
    )
    _say("role.give", membership, actor, role=role)
    sync_group(membership)
    if role == Role.SUPERVISOR:
        work.settle(membership.agency, membership.user)
    return row


@transaction.atomic
def end_role(*, assignment: RoleAssignment, actor: User | None = None) -> None:
    """End a role now: its holder is out at the next click. Raises NotAllowed for one's own and the last admin's."""
    membership = assignment.membership
    not_own(actor, membership)
    keep_admins([assignment])
    assignment.ends = max(timezone.now(), assignment.starts)
    assignment.save(update_fields=["ends"])
    _say("role.end", membership, actor, role=assignment.role)
    sync_group(membership)
    work.settle(membership.agency, membership.user)


@transaction.atomic
def end_membership(*, membership: Membership, actor: User | None = None, at: datetime | None = None) -> None:
    """End a membership (now, or at a moment): its roles end with it, and the sessions of who has no other desk.

    Raises NotAllowed for one's own, and for the last admin's.
    """
    not_own(actor, membership)
    running = list(membership.roles.exclude(ends__lte=timezone.now()))
    keep_admins(running)
    membership.ends = at or timezone.now()
    membership.save(update_fields=["ends"])
    membership.roles.filter(pk__in=[row.pk for row in running]).exclude(ends__lte=membership.ends).update(
        ends=Greatest("starts", membership.ends)
    )
    membership.proposals.filter(state=RoleProposal.State.PENDING).update(state=RoleProposal.State.WITHDRAWN)
    _say("membership.end", membership, actor)
    sync_group(membership)
    sign_out_without_desk(membership.user)
    work.settle(membership.agency, membership.user)


@transaction.atomic
def set_active(*, person: User, active: bool, actor: User | None = None) -> None:
    """Close an account, and end its sessions; or open it again.

    Raises NotAllowed for one's own, and for the last admin's.
    """
    if actor is not None and actor.pk == person.pk:
        raise NotAllowed(_("Nobody closes or opens their own account."))
    if not active:
        keep_admins(RoleAssignment.objects.held_by(person).exclude(ends__lte=timezone.now()))
    _lock(person)
    person.is_active = active
    person.save(update_fields=["is_active"])
    record(
        "account.reactivate" if active else "account.deactivate",
        actor=actor,
        subject_type="account",
        subject_id=person.pk,
        person=person.pk,
    )
    for membership in person.memberships.select_related("agency", "user"):
        sync_group(membership)
        work.settle(membership.agency, membership.user)
    sign_out_without_desk(person)


def not_own(actor: User | None, membership: Membership) -> None:
    """Nobody changes their own roles: house rule. Raises NotAllowed."""
    if actor is not None and actor.pk == membership.user_id:
        raise NotAllowed(_("Nobody changes their own roles: another admin must do this."), code="own")


def no_conflict(person: User, role: str, now: datetime) -> None:
    """Raise RoleConflict when a person may not hold a role beside those that run at `now` or begin later."""
    held = set(RoleAssignment.objects.held_by(person).exclude(ends__lte=now).values_list("role", flat=True))
    if held and mixes(held | {role}):
        raise RoleConflict(not_together())


def not_together() -> str:
    """Why two roles are not one person's."""
    return _("Whoever works on cases is no admin, auditor or observer, and the other way round.")


def mixes(roles: set[str]) -> bool:
    """Whether roles that work on cases stand among these beside others."""
    return not roles.isdisjoint(CASE_ROLES) and not roles <= CASE_ROLES


def keep_admins(ending: Iterable[RoleAssignment]) -> None:
    """Raise NotAllowed when the end of these roles would leave nobody in an office that must be held.

    The rows of all who hold the office are locked first: of two ends at the same moment the second sees the first's.
    """
    rows = [row for row in ending if row.role in AT_LEAST]
    for role in sorted({row.role for row in rows}):
        for agency_id in sorted({row.membership.agency_id for row in rows if row.role == role}):
            office = RoleAssignment.objects.of([role])
            if role == Role.AGENCY_ADMIN:
                office = office.filter(membership__agency=agency_id)
            list(office.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
            lasting = office.lasting(timezone.now())
            people = lasting.exclude(pk__in=[row.pk for row in rows]).values("membership__user_id").distinct().count()
            ends_one = lasting.filter(pk__in=[row.pk for row in rows]).exists()
            if ends_one and people < AT_LEAST[Role(role)]:
                raise NotAllowed(_too_few(role), code="last_admin")


def sign_out_without_desk(person: User) -> None:
    """End a person's sessions when no role of theirs runs any more. The next click would be refused anyway."""
    if standing_of(person).home is None:
        end_sessions(person)


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


def _lock(person: User) -> None:
    """One change of a person's standing after the other; rows that only refer to the person do not wait."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _too_few(role: str) -> str:
    if role == Role.AGENCY_ADMIN:
        return _("This is the agency's last admin: let another person become one first.")
    least = AT_LEAST[Role.PLATFORM_ADMIN]
    return ngettext(
        "The portal must keep %(n)d platform admin: let another person become one first.",
        "The portal must keep %(n)d platform admins: let another person become one first.",
        least,
    ) % {"n": least}


def _say(name: str, membership: Membership, actor: User | None, **facts: str) -> None:
    record(
        name,
        actor=actor,
        subject_type="membership",
        subject_id=membership.pk,
        agency=membership.agency.code,
        person=membership.user_id,
        **facts,
    )
