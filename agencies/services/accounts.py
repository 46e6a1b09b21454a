"""The verbs of an account: close and reopen it (two platform admins), another password, the end of a sign-in."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PasswordLink, User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from accounts.sessions import end_sessions, end_sign_in
from agencies import policies
from agencies.models import AccountChange, Role
from agencies.services import four_eyes
from agencies.services.memberships import set_active
from agencies.standing import people_holding, standing_of
from audit.services import audited, record
from notifications.letters import Written, post, register_letter
from notifications.services import notify

LETTER = "password"
W = AccountChange.Wanted


def propose_change(*, actor: User, person_id: uuid.UUID, wanted: str) -> AccountChange:
    """Propose that an account be closed or opened again. Raises User.DoesNotExist, NotAllowed, MovedOn."""
    standing = standing_of(actor)
    with audited("account.propose", actor=actor, subject_type="account", subject_id=person_id):
        if not policies.is_platform_admin(standing):
            raise User.DoesNotExist
        person = User.objects.select_for_update(no_key=True).get(pk=person_id)
        if person.pk == actor.pk:
            raise NotAllowed(_("Nobody closes or opens their own account."), code="own")
        if AccountChange.objects.filter(person=person, state=AccountChange.State.PENDING).exists():
            raise MovedOn(_("A change of this account waits for the second person already."))
        _possible(person, wanted)
        row = AccountChange.objects.create(proposed_by=actor, person=person, wanted=wanted)
        _say("account.propose", row, actor)
        others = [one for one in people_holding(Role.PLATFORM_ADMIN) if one.pk not in (actor.pk, person.pk)]
        notify(event="account.propose", people=(), called=others, subject_type="account_change", subject_id=row.pk)
    return row


def decide_change(*, actor: User, pk: uuid.UUID, approve: bool, reason: str = "") -> AccountChange:
    """Confirm it: a closed account is out at once, its sessions ended. Or decline, with a reason.

    Raises AccountChange.DoesNotExist, NotAllowed (four eyes, one's own account, the last admin), MovedOn, Incomplete.
    """
    standing = standing_of(actor)
    name = "account.confirm" if approve else "account.decline"
    with audited(name, actor=actor, subject_type="account_change", subject_id=pk):
        rows = AccountChange.objects.select_for_update(of=("self",), no_key=True)
        row = rows.select_related("person", "proposed_by").get(pk=pk)
        if not policies.is_platform_admin(standing):
            raise AccountChange.DoesNotExist
        four_eyes.another_person(row, actor)
        four_eyes.still_pending(row)
        if approve:
            _possible(row.person, row.wanted)
            set_active(person=row.person, active=row.wanted == W.REACTIVATE, actor=actor)
        elif row.person_id == actor.pk:
            raise NotAllowed(_("Nobody closes or opens their own account."), code="own")
        four_eyes.decide(row, actor, approve=approve, reason=reason)
        _say(name, row, actor)
        notify(event=name, people=[row.proposed_by], subject_type="account_change", subject_id=row.pk)
    return row


def withdraw_change(*, actor: User, pk: uuid.UUID) -> AccountChange:
    """Take back what one proposed oneself."""
    with audited("account.withdraw", actor=actor, subject_type="account_change", subject_id=pk):
        if not policies.is_platform_admin(standing_of(actor)):
            raise AccountChange.DoesNotExist
        row = AccountChange.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        four_eyes.withdraw(row, actor)
        _say("account.withdraw", row, actor)
    return row


def change_password(*, actor: User, present: str, new: str, session_key: str | None) -> User:
    """Set another password; every other session of the person ends. Raises Incomplete."""
    with audited("account.password", actor=actor, subject_type="account", subject_id=actor.pk):
        person = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if not person.check_password(present):
            raise Incomplete(_("Not changed."), {"present_password": [_("This is not your present password.")]})
        _set_password(person, new)
        end_sessions(person, but=session_key)
        record("account.password", actor=actor, subject_type="account", subject_id=person.pk)
        notify(event="account.password", people=[person], subject_type="account", subject_id=person.pk)
    return person


def end_own_sign_in(*, actor: User, name: str) -> None:
    """End one of one's own sign-ins. Raises Session.DoesNotExist when there is none of that name."""
    with audited("account.end_sign_in", actor=actor, subject_type="account", subject_id=actor.pk):
        end_sign_in(actor, name)
        record("account.end_sign_in", actor=actor, subject_type="account", subject_id=actor.pk)


def ask_password_link(*, email: str) -> None:
    """Send a link to a new password to an address, if somebody signs in with it.

    For an address that nobody has the same is written, about nobody: the answer takes as long, and says as little.
    """
    with audited("account.ask_link", actor=None, subject_type="account", subject_id=None):
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        ends = timezone.now() + timedelta(hours=settings.PASSWORD_LINK_HOURS)
        link = PasswordLink.objects.create(person=person, expires_at=ends)
        post(LETTER, [link.pk])
        # Whoever asked is not known: anybody can type an address.
        record("account.ask_link", actor=None, subject_type="account", subject_id=person.pk if person else None)


def password_link_of(token: str) -> PasswordLink:
    """The row of a link. Raises PasswordLink.DoesNotExist for one that nobody was sent."""
    return PasswordLink.objects.filter(person__isnull=False).select_related("person").by_token(token)


def renew_password(*, token: str, new: str) -> User:
    """Set a new password by a mailed link, once; all sessions of the person end.

    Raises PasswordLink.DoesNotExist, NotAllowed when the link works no more, Incomplete.
    """
    found = password_link_of(token)
    with audited("account.renew", actor=found.person, subject_type="account", subject_id=found.person_id):
        link = PasswordLink.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
        person = User.objects.select_for_update(no_key=True).get(pk=link.person_id)
        if not link.runs(timezone.now()) or not person.is_active:
            raise NotAllowed(_("This link has been used, or has run out. Ask for another one."), code="link")
        _set_password(person, new)
        end_sessions(person)
        record("account.renew", actor=person, subject_type="account", subject_id=person.pk)
        notify(event="account.password", people=[person], subject_type="account", subject_id=person.pk)
    return person


def written(pk: uuid.UUID) -> Written | None:
    """The letter, as the worker sends it. None for nobody, and for a link that works no more."""
    link = PasswordLink.objects.select_related("person").get(pk=pk)
    if link.person is None or not link.person.is_active or not link.runs(timezone.now()):
        return None
    return Written(
        to=link.person.email,
        language=link.person.language,
        subject=gettext_lazy("Comity: a new password"),
        template="agencies/mails/password.txt",
        context={
            "name": link.person.name,
            "link": link,
            "url": f"{settings.SITE_URL}{reverse('password_new')}?token={link.token()}",
        },
    )


def register_letters() -> None:
    """Called once, when the app is ready."""
    register_letter(LETTER, written)


def _set_password(person: User, new: str) -> None:
    """Judge and save it; links to another one work no more."""
    try:
        validate_password(new, person)
    except ValidationError as weak:
        raise Incomplete(_("Not changed."), {"password": weak.messages}) from None
    person.set_password(new)
    person.save(update_fields=["password"])
    PasswordLink.objects.filter(person=person, used_at=None).update(used_at=timezone.now())


def _possible(person: User, wanted: str) -> None:
    if wanted not in W.values or person.is_active == (wanted == W.REACTIVATE):
        raise NotAllowed(_("The account is as it should be already."))


def _say(name: str, row: AccountChange, actor: User) -> None:
    record(
        name,
        actor=actor,
        subject_type="account_change",
        subject_id=row.pk,
        person=row.person_id,
        kind=row.wanted,
    )
