"""The verbs of invitations: invite, send anew, revoke; and, by whoever holds the link, accept.

Nobody but the invited person learns the link, nor whether their address has an account already.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import policies
from agencies.models import Agency, Invitation, Membership, Roster
from agencies.services.memberships import add_member, give_role, mixes, not_together
from agencies.services.roles import propose
from agencies.standing import Standing, standing_of
from audit.services import audited, record
from notifications.letters import Written, post, register_letter
from notifications.services import notify

LETTER = "invitation"


def invite(
    *, actor: User, agency_id: uuid.UUID, email: str, name: str, post_held: str, language: str, roles: Sequence[str]
) -> Invitation:
    """Invite one person. Raises Agency.DoesNotExist, NotAllowed; Incomplete when the address is here already."""
    standing = standing_of(actor)
    with audited("invitation.create", actor=actor, subject_type="agency", subject_id=agency_id):
        agency = open_agency(standing, agency_id)
        allowed = policies.roles_to_invite(standing, agency)
        if not set(roles) <= set(allowed) or (not roles and not policies.manages(standing, agency.pk)):
            raise Incomplete(_("Not invited."), {"roles": [_("Choose among the roles of this agency.")]})
        if mixes(set(roles)):
            raise Incomplete(_("Not invited."), {"roles": [not_together()]})
        if problem := already_here(agency, {email.lower()}).get(email.lower()):
            raise Incomplete(_("Not invited."), {"email": [problem]})
        (row,) = write(
            standing,
            agency,
            [Invitation(email=email.lower(), name=name, post=post_held, language=language, roles=list(roles))],
        )
        record("invitation.create", actor=actor, subject_type="invitation", subject_id=row.pk, agency=agency.code)
    return row


def open_agency(standing: Standing, agency_id: uuid.UUID) -> Agency:
    """An agency into which the actor may invite, locked: two admins cannot invite one address at once.

    Raises Agency.DoesNotExist.
    """
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).select_related("state").get(pk=agency_id)
    if not policies.roles_to_give(standing, agency):
        raise Agency.DoesNotExist
    return agency


def already_here(agency: Agency, emails: set[str]) -> dict[str, str]:
    """Why these addresses cannot be invited: members and open invitations of this agency, known to its admins.

    Says nothing about accounts elsewhere.
    """
    members = Membership.objects.current(timezone.now()).filter(agency=agency, user__email__in=emails)
    found = {email: _("Works here already.") for email in members.values_list("user__email", flat=True)}
    invited = agency.invitations.filter(email__in=emails, used_at=None, revoked_at=None)
    return found | {
        email: _("Invited already: send that invitation anew.") for email in invited.values_list("email", flat=True)
    }


def write(
    standing: Standing,
    agency: Agency,
    rows: list[Invitation],
    *,
    confirmed_by: User | None = None,
    invited_by: User | None = None,
    roster: Roster | None = None,
) -> list[Invitation]:
    """Save invitations in the caller's transaction, and queue their letters."""
    for row in rows:
        row.agency, row.roster, row.confirmed_by = agency, roster, confirmed_by
        row.invited_by = invited_by or standing.user
        row.by_platform = not policies.manages(standing, agency.pk)
        row.invited_at, row.expires_at = standing.now, _end(standing.now)
    Invitation.objects.bulk_create(rows)
    post(LETTER, [row.pk for row in rows])
    return rows


def send_anew(*, actor: User, pk: uuid.UUID) -> Invitation:
    """Send an invitation once more, with a new link; the former one works no more. Raises DoesNotExist, NotAllowed."""
    with audited("invitation.send_anew", actor=actor, subject_type="invitation", subject_id=pk):
        row = _of_admin(actor, pk)
        row.renew(_end(timezone.now())).save(update_fields=["salt", "expires_at"])
        post(LETTER, [row.pk])
        _say("invitation.send_anew", row, actor)
    return row


def revoke(*, actor: User, pk: uuid.UUID) -> Invitation:
    """End an invitation: its link works no more. Raises Invitation.DoesNotExist, NotAllowed."""
    with audited("invitation.revoke", actor=actor, subject_type="invitation", subject_id=pk):
        row = _of_admin(actor, pk)
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _say("invitation.revoke", row, actor)
    return row


def invitation_of(token: str) -> Invitation:
    """The invitation of a link. Raises Invitation.DoesNotExist for one that nobody was sent, or that was replaced."""
    return Invitation.objects.select_related("agency__state", "invited_by").by_token(token)


def account_of(invitation: Invitation) -> User | None:
    """Who signs in with the invited address already, if anybody. For the holder of the link alone."""
    return User.objects.filter(email__iexact=invitation.email).first()


def accept_as_new(*, token: str, name: str, language: str, password: str) -> User:
    """Make the account of an invited person, with their own spelling and password, and take them in.

    Raises Invitation.DoesNotExist, NotAllowed when the link works no more; MovedOn when the address got an account
    meanwhile; Incomplete for a password that is too weak.
    """
    with _accepting(token, None) as row:
        user = User(email=row.email, name=name, language=language)
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise Incomplete(_("Choose another password."), {"password": weak.messages}) from None
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            raise MovedOn(_("This address has an account by now: sign in with it.")) from None
        record("account.create", actor=user, subject_type="account", subject_id=user.pk, agency=row.agency.code)
        _join(row, user)
    return user


def accept_as(*, token: str, person: User) -> Membership:
    """Take in a person who has an account, with their consent. Raises as `accept_as_new`; NotAllowed for another's."""
    with _accepting(token, person) as row:
        if not person.is_active or person.email.lower() != row.email:
            raise NotAllowed(_("This invitation is for another address."), code="other_person")
        return _join(row, person)


def written(pk: uuid.UUID) -> Written | None:
    """The letter, as the worker sends it: the only place where the link stands. None when it works no more."""
    row = Invitation.objects.select_related("agency__state").get(pk=pk)
    if not row.runs(timezone.now()):
        return None
    return Written(
        to=row.email,
        language=row.language,
        subject=gettext_lazy("Comity: you are invited"),
        template="agencies/mails/invitation.txt",
        context={
            "invitation": row,
            "agency": row.agency,
            "url": f"{settings.SITE_URL}{reverse('join')}?token={row.token()}",
        },
    )


def register_letters() -> None:
    """Called once, when the app is ready."""
    register_letter(LETTER, written)


@contextmanager
def _accepting(token: str, person: User | None) -> Iterator[Invitation]:
    """The invitation of a link that still works, locked. Raises DoesNotExist, NotAllowed with its state as code."""
    found = invitation_of(token)
    about = {"subject_type": "invitation", "subject_id": found.pk, "agency": found.agency.code}
    with audited("invitation.accept", actor=person, **about):
        rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
        row: Invitation = rows.select_related("agency__state", "invited_by", "confirmed_by").get(pk=found.pk)
        if row.salt != found.salt:
            # Sent anew while this one waited for the lock.
            raise Invitation.DoesNotExist
        state = row.state_at(timezone.now())
        if state != Invitation.State.OPEN:
            raise NotAllowed(no_longer(state), code=state)
        yield row


def no_longer(state: str) -> str:
    """Why a link works no more, in words for who holds it."""
    return {
        Invitation.State.ACCEPTED: _("This invitation has been used: it works once. If it was you, sign in."),
        Invitation.State.REVOKED: _("This invitation was taken back. Ask the agency that sent it."),
        Invitation.State.EXPIRED: _("This invitation has run out. Ask the agency to send it anew."),
    }[Invitation.State(state)]


def _join(row: Invitation, user: User) -> Membership:
    if user.pk in (row.invited_by_id, row.confirmed_by_id):
        raise NotAllowed(_("Nobody invites themselves: another admin must do it."), code="own")
    now = timezone.now()
    current = Membership.objects.current(now).filter(user=user, agency=row.agency).select_related("agency", "user")
    membership = current.first() or add_member(user=user, agency=row.agency, post=row.post, actor=user)
    for role in row.roles:
        _hand_role(row, membership, role)
    row.used_at, row.membership = now, membership
    row.save(update_fields=["used_at", "membership"])
    _say("invitation.accept", row, user)
    notify(event="invitation.accept", people=[row.invited_by], subject_type="membership", subject_id=membership.pk)
    return membership


def _hand_role(row: Invitation, membership: Membership, role: str) -> None:
    """Two have decided already: the role runs. Else it is proposed, and a second person decides."""
    if row.confirmed_by is not None:
        give_role(membership=membership, role=role, actor=row.confirmed_by, starts=timezone.now())
        return
    waits = membership.proposals.filter(role=role, state="pending")
    holds = membership.roles.current(timezone.now()).of([role])
    if not waits.exists() and not holds.exists():
        propose(actor=row.invited_by, membership=membership, role=role, by_platform=row.by_platform)


def _of_admin(actor: User, pk: uuid.UUID) -> Invitation:
    """An invitation that its agency's admin, or who sent it, may still act upon; locked."""
    standing = standing_of(actor)
    row = Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("agency__state").get(pk=pk)
    if not may_act_on(standing, row):
        raise Invitation.DoesNotExist
    if row.state_at(standing.now) not in (Invitation.State.OPEN, Invitation.State.EXPIRED):
        raise NotAllowed(_("This invitation is closed: nothing more can be done with it."))
    return row


def may_act_on(standing: Standing, row: Invitation) -> bool:
    """Whether the person looks after this invitation: the agency's admin, or a platform admin for one of theirs."""
    if row.by_platform:
        return policies.is_platform_admin(standing)
    return policies.manages(standing, row.agency_id)


def _end(now: datetime) -> datetime:
    return now + timedelta(days=settings.INVITATION_DAYS)


def _say(name: str, row: Invitation, actor: User) -> None:
    record(
        name,
        actor=actor,
        subject_type="invitation",
        subject_id=row.pk,
        agency=row.agency.code,
        **({"person": row.membership.user_id} if row.membership else {}),
    )
