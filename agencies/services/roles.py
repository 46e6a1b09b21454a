"""The verbs of roles: propose one, decide a proposal, take a role away, end a membership."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import policies
from agencies.models import Agency, Membership, Role, RoleAssignment, RoleProposal
from agencies.services import four_eyes
from agencies.services.memberships import end_membership, end_role, give_role, mixes, no_conflict, not_own
from agencies.standing import Standing, standing_of
from audit.services import audited, record
from notifications.services import notify

# House rule: nobody plans farther ahead; a mistyped year is caught.
FARTHEST = timedelta(days=3653)


def start_of(day: date, agency: Agency) -> datetime:
    """The moment at which a day begins in the zone of the agency's state, in UTC."""
    return datetime.combine(day, time.min, tzinfo=agency.tz).astimezone(UTC)


def propose_role(
    *,
    actor: User,
    membership_id: uuid.UUID,
    role: str,
    first: date | None = None,
    last: date | None = None,
    acting_for: uuid.UUID | None = None,
) -> RoleProposal:
    """Propose that a member hold a role: from the start of `first` (else at once) to the end of `last` (else for good).

    A deputy acts for another member who holds the role, until a day. Raises Membership.DoesNotExist, NotAllowed,
    Incomplete.
    """
    standing = standing_of(actor)
    with audited("role.propose", actor=actor, subject_type="membership", subject_id=membership_id):
        membership = member(standing, membership_id)
        agency = membership.agency
        not_own(actor, membership)
        deputy_of = _deputy_of(membership, role, acting_for, standing.now)
        errors = _wrong(standing, membership, role, first, last, deputy=deputy_of is not None)
        if errors:
            raise Incomplete(_("Not proposed."), errors)
        no_conflict(membership.user, role, standing.now)
        return propose(
            actor=actor,
            membership=membership,
            role=role,
            starts=start_of(first, agency) if first else None,
            ends=start_of(last + timedelta(days=1), agency) if last else None,
            acting_for=deputy_of,
        )


def propose(
    *,
    actor: User,
    membership: Membership,
    role: str,
    starts: datetime | None = None,
    ends: datetime | None = None,
    acting_for: Membership | None = None,
    by_platform: bool = False,
) -> RoleProposal:
    """Write a proposal in the caller's transaction, and tell those who may decide it."""
    not_own(actor, membership)
    row = RoleProposal.objects.create(
        proposed_by=actor,
        membership=membership,
        role=role,
        starts=starts,
        ends=ends,
        acting_for=acting_for,
        by_platform=by_platform,
    )
    _say("role.propose", row, actor)
    notify(event="role.propose", people=(), called=seconds(row), subject_type="role_proposal", subject_id=row.pk)
    return row


def decide_role(*, actor: User, pk: uuid.UUID, approve: bool, reason: str = "") -> RoleProposal:
    """Confirm a role, which then runs at once or from its day; or decline it, with a reason.

    Raises RoleProposal.DoesNotExist when it is not the actor's to decide; NotAllowed; MovedOn when it was decided
    meanwhile; Incomplete.
    """
    now = timezone.now()
    name = "role.confirm" if approve else "role.decline"
    with audited(name, actor=actor, subject_type="role_proposal", subject_id=pk):
        row = (
            RoleProposal.objects.select_for_update(of=("self",), no_key=True)
            .select_related("membership__agency__state", "membership__user", "acting_for", "proposed_by")
            .get(pk=pk)
        )
        not_own(actor, row.membership)
        four_eyes.another_person(row, actor)
        if actor not in seconds(row):
            raise RoleProposal.DoesNotExist
        four_eyes.still_pending(row)
        if approve:
            row.assignment = _give(row, actor, now)
        four_eyes.decide(row, actor, approve=approve, reason=reason)
        _say(name, row, actor)
        told = [row.proposed_by, row.membership.user] if approve else [row.proposed_by]
        notify(event=name, people=told, subject_type="role_proposal", subject_id=row.pk)
    return row


def decide_roles(*, actor: User, pks: list[uuid.UUID], approve: bool, reason: str = "") -> int:
    """Decide several at once: all or none. Raises as `decide_role`; Incomplete when nothing was chosen."""
    if not pks:
        raise Incomplete(_("Nothing is chosen."), {"proposals": [_("Choose at least one.")]})
    with audited("role.decide", actor=actor, subject_type="role_proposal", subject_id=None, count=len(pks)):
        for pk in sorted(set(pks)):
            try:
                decide_role(actor=actor, pk=pk, approve=approve, reason=reason)
            except RoleProposal.DoesNotExist:
                raise MovedOn(_("One of these is no longer yours to decide. Look at the list again.")) from None
            except NotAllowed as refused:
                name = RoleProposal.objects.values_list("membership__user__name", flat=True).get(pk=pk)
                refused.reason = f"{name}: {refused.reason}"
                raise
    return len(set(pks))


def withdraw_role(*, actor: User, pk: uuid.UUID) -> RoleProposal:
    """Take back a role that one proposed oneself."""
    standing = standing_of(actor)
    with audited("role.withdraw", actor=actor, subject_type="role_proposal", subject_id=pk):
        rows = RoleProposal.objects.select_for_update(of=("self",), no_key=True)
        row = rows.select_related("membership__agency").get(pk=pk)
        if row.proposed_by_id != actor.pk and not policies.manages(standing, row.membership.agency_id):
            raise RoleProposal.DoesNotExist
        four_eyes.withdraw(row, actor)
        _say("role.withdraw", row, actor)
    return row


def take_role_away(*, actor: User, pk: uuid.UUID) -> RoleAssignment:
    """End a role of a member at once. Raises RoleAssignment.DoesNotExist, NotAllowed."""
    standing = standing_of(actor)
    with audited("role.end", actor=actor, subject_type="role", subject_id=pk):
        row = (
            RoleAssignment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("membership__agency__state", "membership__user")
            .get(pk=pk)
        )
        if not policies.manages(standing, row.membership.agency_id):
            raise RoleAssignment.DoesNotExist
        if row.ends is not None and row.ends <= standing.now:
            raise NotAllowed(_("This role has ended already."))
        end_role(assignment=row, actor=actor)
    return row


def dismiss(*, actor: User, pk: uuid.UUID) -> Membership:
    """End a membership at once, its roles and sessions with it. Raises Membership.DoesNotExist, NotAllowed."""
    standing = standing_of(actor)
    with audited("membership.end", actor=actor, subject_type="membership", subject_id=pk):
        row = member(standing, pk)
        if not row.is_current(standing.now):
            raise NotAllowed(_("This membership has ended already."))
        end_membership(membership=row, actor=actor)
    return row


def member(standing: Standing, pk: uuid.UUID) -> Membership:
    """A member of an agency that one looks after, their row locked. Raises Membership.DoesNotExist."""
    rows = Membership.objects.filter(agency__in=policies.managed(standing))
    # Not against rows that only refer to it, such as a role that is confirmed at this moment.
    return rows.select_for_update(of=("self",), no_key=True).select_related("agency__state", "user").get(pk=pk)


def seconds(row: RoleProposal) -> list[User]:
    """Who may decide a proposed role now."""
    membership = row.membership
    return policies.seconds(
        membership.agency_id,
        {row.proposed_by_id, membership.user_id},
        timezone.now(),
        by_platform=row.by_platform,
    )


def _give(row: RoleProposal, actor: User, now: datetime) -> RoleAssignment:
    membership = row.membership
    if not membership.is_current(now):
        raise NotAllowed(_("This membership has ended already."))
    if row.ends is not None and row.ends <= now:
        raise NotAllowed(_("The last day of this role has passed: decline it, and propose it anew."))
    return give_role(
        membership=membership,
        role=row.role,
        actor=actor,
        starts=max(row.starts or now, now),
        ends=row.ends,
        acting_for=row.acting_for,
    )


def _deputy_of(membership: Membership, role: str, acting_for: uuid.UUID | None, now: datetime) -> Membership | None:
    """The member for whom a deputy would act. Raises Incomplete unless they hold the role at the same agency now."""
    if acting_for is None:
        return None
    holds = RoleAssignment.objects.current(now).of([role]).filter(membership=acting_for)
    found = Membership.objects.filter(pk=acting_for, agency=membership.agency_id).exclude(user=membership.user_id)
    if not holds.exists() or not found.exists():
        raise Incomplete(
            _("Not proposed."), {"acting_for": [_("Choose a person who holds this role at the agency now.")]}
        )
    return found.get()


def _wrong(
    standing: Standing, membership: Membership, role: str, first: date | None, last: date | None, *, deputy: bool
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    today = standing.now.astimezone(membership.agency.tz).date()
    if not membership.is_current(standing.now):
        raise NotAllowed(_("This membership has ended already."))
    if role not in policies.roles_to_give(standing, membership.agency):
        errors["role"] = [_("This role is not held at this agency.")]
    elif RoleAssignment.objects.current(standing.now).of([role]).filter(membership=membership, ends=None).exists():
        errors["role"] = [_("This person holds the role already.")]
    elif membership.proposals.filter(role=role, state=RoleProposal.State.PENDING).exists():
        errors["role"] = [_("This role waits for the second person already.")]
    elif mixes({role, *_waiting_roles(membership)}):
        errors["role"] = [_("Another role waits that does not go with it: withdraw that one first.")]
    if first and first < today:
        errors["first"] = [_("A role begins today at the earliest.")]
    if last and last < today:
        errors["last"] = [_("This day has passed. Choose one that has not.")]
    elif last and first and last < first:
        errors["last"] = [_("The last day lies before the first.")]
    for name, day in (("first", first), ("last", last)):
        if day and day > today + FARTHEST:
            errors[name] = [_("Name a day within the next ten years.")]
    if last is None and (deputy or role in policies.WITH_END):
        errors["last"] = [
            _("A deputy acts until a day: name it.") if deputy else _("The power to sign has a last day: name it.")
        ]
    if last is not None and role in policies.ADMINS:
        errors["last"] = [_("An admin holds the role for good; it is taken away when it is to end.")]
    return errors


def _waiting_roles(membership: Membership) -> list[str]:
    """What else is proposed for this person, at whichever agency."""
    proposals = RoleProposal.objects.filter(membership__user=membership.user_id, state=RoleProposal.State.PENDING)
    return list(proposals.values_list("role", flat=True))


def _say(name: str, row: RoleProposal, actor: User) -> None:
    record(
        name,
        actor=actor,
        subject_type="role_proposal",
        subject_id=row.pk,
        agency=row.membership.agency.code,
        person=row.membership.user_id,
        role=Role(row.role).value,
    )
