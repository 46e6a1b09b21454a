"""The rules that hold whoever asks: nobody changes their own roles, no office is left empty, who leaves is out."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from accounts.refusals import NotAllowed
from agencies.models import Membership, Role, RoleAssignment
from agencies.services import add_member, end_membership, end_role, give_role, set_active
from agencies.services.roles import dismiss, take_role_away
from audit.models import AuditEvent, Outcome
from tests.agencies.offices import Office, roles_of
from tests.factories import agency, member, person
from tests.racing import race, winner
from tests.security.people import browser, secretariat


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


def role_of(office: Office, user: Any) -> RoleAssignment:
    """The one role that somebody holds."""
    return RoleAssignment.objects.select_related("membership__agency", "membership__user").get(membership__user=user)


def test_nobody_changes_their_own(office: Office) -> None:
    """Not given, not taken, not by leaving; also when others would remain."""
    membership = office.membership(office.admin)
    with pytest.raises(NotAllowed, match="own roles"), transaction.atomic():
        give_role(membership=membership, role=Role.OBSERVER, actor=office.admin)
    with pytest.raises(NotAllowed, match="own roles"):
        take_role_away(actor=office.admin, pk=role_of(office, office.admin).pk)
    with pytest.raises(NotAllowed, match="own roles"):
        dismiss(actor=office.admin, pk=membership.pk)
    with pytest.raises(NotAllowed, match="own account"), transaction.atomic():
        set_active(person=office.platform, active=False, actor=office.platform)
    assert roles_of(office.admin) == {Role.AGENCY_ADMIN}


def test_a_refusal_is_recorded(office: Office) -> None:
    """With the reason's code, though nothing else of it remains."""
    with pytest.raises(NotAllowed):
        dismiss(actor=office.admin, pk=office.membership(office.admin).pk)
    event = AuditEvent.objects.get(outcome=Outcome.REFUSED)
    assert (event.name, event.facts["code"], event.actor) == ("membership.end", "own", office.admin)


ENDS = {
    "role": lambda office, user: end_role(assignment=role_of(office, user)),
    "membership": lambda office, user: end_membership(membership=office.membership(user)),
    "account": lambda office, user: set_active(person=user, active=False),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_last_agency_admin_stays(office: Office, how: str) -> None:
    """The first of two may go, the second not; another one makes it possible."""
    ENDS[how](office, office.other_admin)
    with pytest.raises(NotAllowed, match="last admin"), transaction.atomic():
        ENDS[how](office, office.admin)
    assert roles_of(office.admin) == {Role.AGENCY_ADMIN}
    person(office.agency, Role.AGENCY_ADMIN)
    ENDS[how](office, office.admin)
    assert roles_of(office.admin) == set()


@pytest.mark.parametrize("how", ENDS)
def test_two_platform_admins_stay(office: Office, how: str) -> None:
    """Four eyes need two people."""
    ENDS[how](office, office.third)
    for user in (office.platform, office.second):
        with pytest.raises(NotAllowed, match="2 platform admins"), transaction.atomic():
            ENDS[how](office, user)


@pytest.mark.django_db
def test_who_does_not_last_does_not_count() -> None:
    """A deputy, one whose membership runs out, one of another agency, one whose account is closed."""
    home = agency("KG-MIA")
    last = person(home, Role.AGENCY_ADMIN)
    deputy, leaving = person(home), person(home)
    soon = timezone.now() + timedelta(days=3)
    give_role(membership=deputy.memberships.get(), role=Role.AGENCY_ADMIN, ends=soon)
    give_role(membership=leaving.memberships.get(), role=Role.AGENCY_ADMIN)
    Membership.objects.filter(user=leaving).update(ends=soon)
    closed = person(home, Role.AGENCY_ADMIN)
    closed.is_active = False
    closed.save()
    person(agency("KG-GPO"), Role.AGENCY_ADMIN)
    with pytest.raises(NotAllowed), transaction.atomic():
        end_role(assignment=RoleAssignment.objects.get(membership__user=last))
    # A deputy may go at any time: they keep nobody in office.
    end_role(assignment=RoleAssignment.objects.get(membership__user=deputy))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ENDS)
def test_two_last_admins_at_the_same_moment(how: str) -> None:
    """Each ends the other: one stays."""
    office = Office()
    rows = [role_of(office, user).pk for user in (office.admin, office.other_admin)]
    lock = ("select 1 from agencies_roleassignment where id = any(%s::uuid[]) for update", [str(pk) for pk in rows])
    acts = race(lock, lambda: ENDS[how](office, office.admin), lambda: ENDS[how](office, office.other_admin))
    winner(*acts)
    assert {bool(roles_of(user)) for user in (office.admin, office.other_admin)} == {True, False}


@pytest.mark.django_db(transaction=True)
def test_three_platform_admins_at_the_same_moment() -> None:
    """Two of three are ended by two others in two ways: one of the ends is refused."""
    office = Office()
    rows = [str(role_of(office, user).pk) for user in (office.platform, office.second, office.third)]
    lock = ("select 1 from agencies_roleassignment where id = any(%s::uuid[]) for update", rows)
    acts = race(lock, lambda: ENDS["account"](office, office.second), lambda: ENDS["role"](office, office.third))
    winner(*acts)
    assert sum(bool(roles_of(user)) for user in (office.platform, office.second, office.third)) == 2


def test_leaving_ends_roles_and_sessions(office: Office) -> None:
    """All roles of the membership end, also one that begins later; live sessions are gone, not only useless."""
    membership = office.membership(office.officer)
    later = timezone.now() + timedelta(days=30)
    give_role(membership=membership, role=Role.LIAISON, starts=later)
    proposal = office.propose(office.officer)
    clients = [browser(office.officer) for _ in range(2)]
    dismiss(actor=office.admin, pk=membership.pk)
    membership.refresh_from_db()
    assert all(row.ends <= max(membership.ends, row.starts) for row in membership.roles.all())
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert not Session.objects.filter(person=office.officer).exists()
    assert [client.get("/").status_code for client in clients] == [302, 302]


def test_who_has_another_desk_stays_signed_in(office: Office) -> None:
    """Leaving one of two agencies signs nobody out; leaving both does."""
    other = member(office.officer, agency("KG-GPO"), Role.OFFICER)
    client: Client = browser(office.officer)
    end_membership(membership=Membership.objects.get(user=office.officer, agency=office.agency))
    assert client.get("/").status_code == 200
    end_membership(membership=other)
    assert not Session.objects.filter(person=office.officer).exists() and client.get("/").status_code == 302


def test_a_closed_account_is_out(office: Office) -> None:
    """At once; opened again the roles that still run are there, the sessions not."""
    client = browser(office.officer)
    set_active(person=office.officer, active=False)
    assert not Session.objects.filter(person=office.officer).exists() and roles_of(office.officer) == set()
    assert not office.officer.groups.exists()
    set_active(person=office.officer, active=True)
    assert roles_of(office.officer) == {Role.OFFICER} and office.officer.groups.exists()
    assert client.get("/").status_code == 302


def test_only_its_own_admin_looks_after_an_agency(office: Office) -> None:
    """An admin of another agency, a platform admin, an officer: as if there were no such person."""
    strangers = [person(agency("KG-GPO"), Role.AGENCY_ADMIN), office.platform, office.officer]
    strangers.append(person(office.agency, Role.SUPERVISOR))
    for stranger in strangers:
        with pytest.raises(RoleAssignment.DoesNotExist):
            take_role_away(actor=stranger, pk=role_of(office, office.other_admin).pk)
        with pytest.raises(Membership.DoesNotExist):
            dismiss(actor=stranger, pk=office.membership(office.other_admin).pk)


def test_what_has_ended_cannot_end_again(office: Office) -> None:
    """Said so, and the first end stands."""
    row = role_of(office, office.officer)
    take_role_away(actor=office.admin, pk=row.pk)
    ended = role_of(office, office.officer).ends
    with pytest.raises(NotAllowed, match="ended already"):
        take_role_away(actor=office.admin, pk=row.pk)
    dismiss(actor=office.admin, pk=row.membership_id)
    with pytest.raises(NotAllowed, match="ended already"):
        dismiss(actor=office.admin, pk=row.membership_id)
    assert role_of(office, office.officer).ends == ended


@pytest.mark.django_db
def test_the_secretariat_is_looked_after_by_its_admins() -> None:
    """A platform admin is admin of the people there, and of nobody else's."""
    office = Office()
    helper = person(secretariat(), Role.AUDITOR)
    take_role_away(actor=office.platform, pk=role_of(office, helper).pk)
    assert roles_of(helper) == set()
    add_member(user=person(), agency=secretariat())
