"""Agencies, memberships and roles: what excludes what, and numbers that never repeat."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import CASE_ROLES, Membership, Role
from agencies.services import (
    RoleConflict,
    add_member,
    end_membership,
    end_role,
    give_role,
    next_reference,
)
from agencies.standing import people_with, standing_of
from audit.models import AuditEvent
from tests.factories import agency, member, person
from tests.racing import Act, held, race

OTHERS = set(Role) - CASE_ROLES


@pytest.mark.django_db
@pytest.mark.parametrize("other", sorted(OTHERS))
@pytest.mark.parametrize("turned", [False, True])
def test_case_roles_and_the_others_exclude_each_other(other: str, turned: bool) -> None:
    """At the same agency and at another one, in either order, also when one begins later."""
    first, second = (other, Role.OFFICER) if turned else (Role.OFFICER, other)
    user = person(agency("KG-MIA"), first)
    for at in ("KG-MIA", "KG-GPO"):
        membership = Membership.objects.filter(user=user, agency=agency(at)).first() or member(user, agency(at))
        for starts in (None, timezone.now() + timedelta(days=9)):
            with pytest.raises(RoleConflict), transaction.atomic():
                give_role(membership=membership, role=second, starts=starts)
    assert standing_of(user).all_roles == {first}


@pytest.mark.django_db
def test_case_roles_go_together() -> None:
    """A person may hold several case roles; steps keep them apart."""
    user = person(agency("KG-MIA"), *CASE_ROLES)
    assert standing_of(user).all_roles == CASE_ROLES


@pytest.mark.django_db
def test_an_ended_role_excludes_nothing() -> None:
    """Who was an admin until yesterday may become an officer."""
    person(agency("KG-MIA"), Role.AGENCY_ADMIN)
    user = person(agency("KG-MIA"), Role.AGENCY_ADMIN)
    membership = user.memberships.get()
    end_role(assignment=membership.roles.get())
    give_role(membership=membership, role=Role.OFFICER, starts=timezone.now())
    assert standing_of(user).all_roles == {Role.OFFICER}


@pytest.mark.django_db(transaction=True)
def test_two_roles_at_the_same_moment() -> None:
    """Two admins give roles that exclude each other: the second is refused."""
    user = person(agency("KG-MIA"))
    membership = user.memberships.get()
    first, second = race(
        ("select 1 from accounts_user where id = %s for update", str(user.pk)),
        lambda: give_role(membership=membership, role=Role.OFFICER),
        lambda: give_role(membership=membership, role=Role.AUDITOR),
    )
    assert first.error is None
    assert isinstance(second.error, RoleConflict)
    assert standing_of(user).all_roles == {Role.OFFICER}


@pytest.mark.django_db
def test_one_state_only() -> None:
    """Nobody works for two states, also not when the first membership has ended."""
    user = person(agency("KG-MIA"))
    add_member(user=user, agency=agency("KG-GPO"))
    for _ in range(2):
        with pytest.raises(RoleConflict), transaction.atomic():
            add_member(user=user, agency=agency("UZ-GPO"))
        end_membership(membership=user.memberships.first())
    assert {row.agency.state_id for row in user.memberships.all()} == {"KG"}


@pytest.mark.django_db(transaction=True)
def test_two_states_at_the_same_moment() -> None:
    """Two admins of two states take the same person in: the second is refused."""
    user, here, there = person(), agency("KG-MIA"), agency("UZ-MIA")
    first, second = race(
        ("select 1 from accounts_user where id = %s for update", str(user.pk)),
        lambda: add_member(user=user, agency=here),
        lambda: add_member(user=user, agency=there),
    )
    assert first.error is None
    assert isinstance(second.error, RoleConflict)
    assert user.memberships.get().agency == here


@pytest.mark.django_db
def test_guardians_group_follows() -> None:
    """In the group while working on cases, and only then."""
    user = person(agency("KG-MIA"), Role.OFFICER, Role.LIAISON)
    group, membership = agency("KG-MIA").group, user.memberships.get()
    assert list(user.groups.all()) == [group]
    end_role(assignment=membership.roles.get(role=Role.OFFICER))
    assert list(user.groups.all()) == [group]
    end_role(assignment=membership.roles.get(role=Role.LIAISON))
    assert list(user.groups.all()) == []
    assert list(person(agency("KG-MIA"), Role.AUDITOR).groups.all()) == []


@pytest.mark.django_db
def test_leaving_ends_all() -> None:
    """A membership that ends takes its roles with it, at once."""
    user = person(agency("KG-MIA"), Role.OFFICER)
    end_membership(membership=user.memberships.get())
    assert standing_of(user).all_roles == set()
    assert people_with(Role.OFFICER, agency("KG-MIA").pk) == []
    assert list(user.groups.all()) == []


@pytest.mark.django_db
def test_a_deputy_acts_until_a_moment() -> None:
    """A role with an end holds up to it, not including it."""
    user, now = person(agency("KG-GPO")), timezone.now()
    head = person(agency("KG-GPO"), Role.CA_SIGNATORY).memberships.get()
    membership = user.memberships.get()
    give_role(
        membership=membership,
        role=Role.CA_SIGNATORY,
        starts=now,
        ends=now + timedelta(days=1),
        acting_for=head,
    )
    for moment, holds in [(-1, False), (0, True), (86399, True), (86400, False)]:
        standing = standing_of(user, now + timedelta(seconds=moment))
        assert standing.holds(Role.CA_SIGNATORY, agency("KG-GPO").pk) == holds


@pytest.mark.django_db
def test_each_change_is_an_event() -> None:
    """Ids and codes only."""
    user = person(agency("KG-MIA"), Role.OFFICER)
    end_membership(membership=user.memberships.get())
    names = list(AuditEvent.objects.order_by("id").values_list("name", flat=True))
    assert names == ["agency.create", "membership.create", "role.give", "membership.end"]


@pytest.mark.django_db
def test_references_run_by_agency_series_and_year() -> None:
    """`KG-MIA-R-2026-000001`, each series from one."""
    year, at = timezone.now().astimezone(agency("KG-MIA").tz).year, agency("KG-MIA")
    assert next_reference(agency=at, series="R") == f"KG-MIA-R-{year}-000001"
    assert next_reference(agency=at, series="R") == f"KG-MIA-R-{year}-000002"
    assert next_reference(agency=at, series="C") == f"KG-MIA-C-{year}-000001"
    assert next_reference(agency=agency("KG-GPO"), series="R") == f"KG-GPO-R-{year}-000001"


@pytest.mark.django_db(transaction=True)
def test_two_references_at_the_same_moment() -> None:
    """The second waits for the first, and gets the next number."""
    at = agency("KG-MIA")
    next_reference(agency=at, series="R")
    lock = ("select 1 from agencies_counter where agency_id = %s for update", str(at.pk))
    both = race(lock, *[lambda: next_reference(agency=at, series="R")] * 2)
    assert [one.value[-6:] for one in both] == ["000002", "000003"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_number_is_given_again() -> None:
    """No gaps: also when somebody waits for the one that is rolled back."""
    at = agency("KG-MIA")
    next_reference(agency=at, series="R")
    with held("select 1 from agencies_counter where agency_id = %s for update", str(at.pk)) as wait:

        def fail() -> None:
            with transaction.atomic():
                next_reference(agency=at, series="R")
                raise RuntimeError("rolled back")

        first, second = Act(fail), Act(lambda: next_reference(agency=at, series="R"))
        for number, one in enumerate((first, second), start=1):
            one.start()
            wait(number)
    for one in (first, second):
        one.join(20)
    assert isinstance(first.error, RuntimeError)
    assert second.value[-6:] == "000002"
