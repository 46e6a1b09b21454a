"""Invitations: the link is the person's alone, works once, for a while; nobody learns who has an account."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Agency, Invitation, Membership, Role, RoleProposal
from agencies.services import RoleConflict, end_membership, end_role, invitations
from agencies.services.roles import decide_role
from audit.models import AuditEvent, Outcome
from notifications.models import Letter, Outbox
from tests.agencies.offices import PASSWORD, Office, join, roles_of
from tests.factories import agency, person
from tests.racing import race, winner
from tests.security.people import secretariat


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


def refused_accepting(token: str) -> str:
    """Why a link works no more."""
    with pytest.raises(NotAllowed) as refused:
        invitations.accept_as_new(token=token, name="A", language="en", password=PASSWORD)
    return refused.value.code


def test_invited_joined_confirmed(office: Office) -> None:
    """The account is the person's own; the role waits for the second person, who hears of it."""
    row = office.invite("New.Person@KG-MIA.example", roles=[Role.OFFICER, Role.LIAISON])
    assert row.email == "new.person@kg-mia.example"
    user = join(row, "Жаңы Адам")
    assert (user.email, user.name, user.language) == ("new.person@kg-mia.example", "Жаңы Адам", "en")
    assert user.check_password(PASSWORD) and user.password.startswith("argon2$")
    membership = user.memberships.get()
    assert (membership.agency, membership.post) == (office.agency, "Inspector")
    assert roles_of(user) == set()
    proposals = list(RoleProposal.objects.pending())
    assert {(one.role, one.proposed_by) for one in proposals} == {
        (Role.OFFICER, office.admin),
        (Role.LIAISON, office.admin),
    }
    assert set(Outbox.objects.filter(event="role.propose").values_list("person", flat=True)) == {office.other_admin.pk}
    assert Outbox.objects.get(event="invitation.accept").person == office.admin
    for one in proposals:
        decide_role(actor=office.other_admin, pk=one.pk, approve=True)
    assert roles_of(user) == {Role.OFFICER, Role.LIAISON}


def test_it_works_once(office: Office) -> None:
    """The second use is told so, and changes nothing."""
    row = office.invite()
    user = join(row)
    assert refused_accepting(row.token()) == "accepted"
    with pytest.raises(NotAllowed):
        invitations.accept_as(token=row.token(), person=user)
    assert User.objects.filter(email=row.email).count() == 1
    refused = AuditEvent.objects.filter(name="invitation.accept", outcome=Outcome.REFUSED)
    assert refused.count() == 2 and refused.first().facts["code"] == "accepted"


def test_expired(office: Office, settings: object) -> None:
    """At the moment at which it ends; sent anew it works again."""
    settings.INVITATION_DAYS = 3
    row = office.invite()
    assert timedelta(days=2, hours=23) < row.expires_at - timezone.now() <= timedelta(days=3)
    Invitation.objects.update(expires_at=timezone.now())
    assert refused_accepting(row.token()) == "expired"
    row = invitations.send_anew(actor=office.other_admin, pk=row.pk)
    assert join(row)


def test_its_last_day_is_that_of_its_agency(office: Office) -> None:
    """Page, mail and the joining page name one day, wherever they are read."""
    row = office.invite()
    row.expires_at = datetime(2026, 12, 10, 22, 30, tzinfo=UTC)
    assert row.last_day == date(2026, 12, 11)


def test_sent_anew_the_former_link_is_void(office: Office) -> None:
    """Another link, another letter; the first is unknown from then on."""
    row = office.invite()
    former = row.token()
    row = invitations.send_anew(actor=office.admin, pk=row.pk)
    assert row.token() != former and Letter.objects.filter(subject_id=row.pk).count() == 2
    with pytest.raises(Invitation.DoesNotExist):
        invitations.accept_as_new(token=former, name="A", language="en", password=PASSWORD)
    assert join(row)


def test_taken_back(office: Office) -> None:
    """The link is void; the same address can be invited again; what is closed stays closed."""
    row = office.invite()
    invitations.revoke(actor=office.other_admin, pk=row.pk)
    assert refused_accepting(row.token()) == "revoked"
    for verb in (invitations.send_anew, invitations.revoke):
        with pytest.raises(NotAllowed, match="closed"):
            verb(actor=office.admin, pk=row.pk)
    assert join(office.invite())
    with pytest.raises(NotAllowed, match="closed"):
        invitations.revoke(actor=office.admin, pk=Invitation.objects.get(used_at__isnull=False).pk)


def test_a_weak_password_is_not_taken(office: Office) -> None:
    """Short, common, like one's own name or address; nothing is done, and the link still works."""
    row = office.invite("qwertyuiop.asdfgh@kg-mia.example")
    for weak in ("short", "aaaaaaaaaaaaaa", "qwertyuiop.asdfgh"):
        with pytest.raises(Incomplete) as gap:
            join(row, password=weak)
        assert set(gap.value.errors) == {"password"}
    assert not User.objects.filter(email=row.email).exists() and join(row)


def test_taken_as_it_was_typed(office: Office) -> None:
    """Blanks at its ends and letters of any script stay."""
    password = "  жети сөз деген сөз бул эмес ʻoʻ  "
    assert check_password(password, join(office.invite(), password=password).password)


def test_an_address_that_has_an_account(office: Office) -> None:
    """The inviter is told nothing; its owner adds the agency, and nobody else does."""
    other = person(agency("KG-GPO"), Role.OFFICER)
    row = office.invite(other.email.upper())
    with pytest.raises(MovedOn):
        join(row)
    for stranger in (office.officer, person()):
        with pytest.raises(NotAllowed) as refused:
            invitations.accept_as(token=row.token(), person=stranger)
        assert refused.value.code == "other_person"
    invitations.accept_as(token=row.token(), person=other)
    assert {one.agency.code for one in other.memberships.all()} == {"KG-GPO", "KG-MIA"}
    assert RoleProposal.objects.get().membership.agency == office.agency


def test_inviting_tells_nothing_about_accounts_elsewhere(office: Office) -> None:
    """The same rows, letters, events and words for an address with an account and for one without."""
    known = person(agency("UZ-MIA"), Role.AUDITOR)
    closed = person(agency("KG-GPO"), Role.OFFICER)
    closed.is_active = False
    closed.save()
    before = AuditEvent.objects.count()
    rows = [office.invite(email) for email in (known.email, closed.email, "nobody@nowhere.example")]
    assert len({(row.agency_id, row.used_at, row.membership_id, str(row.roles)) for row in rows}) == 1
    assert Letter.objects.count() == 3 and AuditEvent.objects.count() == before + 3
    assert not Outbox.objects.exists()


def test_who_works_for_another_state(office: Office) -> None:
    """The person is told; the inviter learns nothing, and nothing is done."""
    theirs = person(agency("UZ-MIA"), Role.OFFICER)
    row = office.invite(theirs.email)
    with pytest.raises(RoleConflict):
        invitations.accept_as(token=row.token(), person=theirs)
    row.refresh_from_db()
    assert row.used_at is None and theirs.memberships.count() == 1 and not Outbox.objects.exists()


def test_a_closed_account_cannot_accept(office: Office) -> None:
    """Whoever holds the link."""
    closed = person(agency("KG-GPO"), Role.OFFICER)
    row = office.invite(closed.email)
    closed.is_active = False
    with pytest.raises(NotAllowed):
        invitations.accept_as(token=row.token(), person=closed)


def test_who_comes_back(office: Office) -> None:
    """A former member is invited like anybody, with the account that is there, and gets a new membership."""
    user = office.joined()
    end_membership(membership=user.memberships.get())
    row = office.invite(user.email)
    invitations.accept_as(token=row.token(), person=user)
    assert user.memberships.count() == 2
    assert Membership.objects.current(timezone.now()).filter(user=user).count() == 1


def test_here_already(office: Office) -> None:
    """Members and open invitations of one's own agency are known, and said."""
    office.invite("new@kg-mia.example")
    for email in ("NEW@kg-mia.example", office.officer.email):
        with pytest.raises(Incomplete) as gap:
            office.invite(email)
        assert set(gap.value.errors) == {"email"}


def test_who_may_invite_whom(office: Office) -> None:
    """An admin into their own agency, with its roles; a platform admin an admin into any; nobody else."""
    for stranger in (office.officer, person(agency("KG-GPO"), Role.AGENCY_ADMIN), person(secretariat(), Role.AUDITOR)):
        with pytest.raises(Agency.DoesNotExist):
            office.invite(by=stranger)
    mixed = [Role.AGENCY_ADMIN, Role.OFFICER]
    for roles in ([Role.AUDITOR], [Role.PLATFORM_ADMIN], ["no_such_role"], [Role.CA_SIGNATORY], mixed):
        with pytest.raises(Incomplete) as gap:
            office.invite(roles=roles)
        assert set(gap.value.errors) == {"roles"}
    for roles in ([], [Role.OFFICER], [Role.AGENCY_ADMIN, Role.OFFICER]):
        with pytest.raises(Incomplete):
            office.invite(by=office.platform, roles=roles)
    assert office.invite(by=office.platform, roles=[Role.AGENCY_ADMIN]).by_platform


def test_an_agency_gets_an_admin_back(office: Office) -> None:
    """Invited by one platform admin, confirmed by another: not by the agency's present admin, perhaps the trouble."""
    end_role(assignment=office.membership(office.other_admin).roles.get())
    row = office.invite("third@kg-mia.example", by=office.platform, roles=[Role.AGENCY_ADMIN])
    with pytest.raises(Invitation.DoesNotExist):
        invitations.revoke(actor=office.admin, pk=row.pk)
    user = join(row)
    proposal = RoleProposal.objects.get()
    with pytest.raises(RoleProposal.DoesNotExist):
        decide_role(actor=office.admin, pk=proposal.pk, approve=True)
    with pytest.raises(NotAllowed):
        decide_role(actor=office.platform, pk=proposal.pk, approve=True)
    decide_role(actor=office.second, pk=proposal.pk, approve=True)
    assert roles_of(user) == {Role.AGENCY_ADMIN}


def test_nobody_invites_themselves(office: Office) -> None:
    """An admin's other hand is still theirs."""
    row = office.invite(office.platform.email, by=office.platform, roles=[Role.AGENCY_ADMIN])
    with pytest.raises(NotAllowed) as refused:
        invitations.accept_as(token=row.token(), person=office.platform)
    assert refused.value.code == "own"


@pytest.mark.django_db(transaction=True)
def test_used_twice_at_the_same_moment() -> None:
    """Two browsers, one link: one account, one membership; the other is told."""
    office = Office()
    row = office.invite()
    acts = race(
        ("select 1 from agencies_invitation where id = %s for update", str(row.pk)),
        lambda: join(row, "First"),
        lambda: join(row, "Second"),
    )
    winner(*acts)
    assert User.objects.get(email=row.email).name == "First"
    assert acts[1].error.code == "accepted" and Membership.objects.filter(user__email=row.email).count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_anew_while_it_is_used() -> None:
    """Whoever comes second finds that it has moved on."""
    office = Office()
    row = office.invite()
    lock = ("select 1 from agencies_invitation where id = %s for update", str(row.pk))
    first, second = race(lock, lambda: invitations.send_anew(actor=office.admin, pk=row.pk), lambda: join(row))
    assert first.error is None and isinstance(second.error, Invitation.DoesNotExist)
    assert not User.objects.filter(email=row.email).exists()


@pytest.mark.django_db(transaction=True)
def test_two_agencies_invite_one_person_at_the_same_moment() -> None:
    """Both links are opened before either is used: one makes the account, the other is told to prove it."""
    office = Office()
    here = office.invite()
    gpo = person(agency("KG-GPO"), Role.AGENCY_ADMIN)
    there = invitations.invite(
        actor=gpo,
        agency_id=agency("KG-GPO").pk,
        email=here.email,
        name="New",
        post_held="",
        language="en",
        roles=[Role.OFFICER],
    )
    acts = race(("lock table accounts_user in share row exclusive mode",), lambda: join(here), lambda: join(there))
    assert sorted(type(act.error).__name__ for act in acts) == ["MovedOn", "NoneType"]
    user = User.objects.get(email=here.email)
    late = there if acts[1].error else here
    invitations.accept_as(token=late.token(), person=user)
    assert user.memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_admins_invite_one_address_at_the_same_moment() -> None:
    """One invitation; the other admin is told."""
    office = Office()
    lock = ("select 1 from agencies_agency where id = %s for update", str(office.agency.pk))
    acts = race(lock, lambda: office.invite(), lambda: office.invite(by=office.other_admin))
    winner(*acts)
    assert Invitation.objects.count() == Letter.objects.count() == 1


def test_roles_that_stand_already(office: Office) -> None:
    """Who was invited twice, or holds the role by another way, gets no second proposal."""
    user = office.joined()
    row = Invitation.objects.get()
    Invitation.objects.filter(pk=row.pk).update(used_at=None)
    invitations.accept_as(token=row.token(), person=user)
    assert user.memberships.count() == RoleProposal.objects.count() == 1
    decide_role(actor=office.other_admin, pk=RoleProposal.objects.get().pk, approve=True)
    Invitation.objects.filter(pk=row.pk).update(used_at=None)
    invitations.accept_as(token=row.token(), person=user)
    assert RoleProposal.objects.count() == 1
