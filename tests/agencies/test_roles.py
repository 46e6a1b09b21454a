"""Roles with four eyes: proposed by one admin, confirmed by another; with dates, for deputies, never one's own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import policies
from agencies.models import CASE_ROLES, Agency, Membership, Role, RoleProposal
from agencies.services import RoleConflict, create_agency, end_role, give_role
from agencies.services.roles import decide_role, decide_roles, propose_role, seconds, withdraw_role
from agencies.standing import standing_of
from audit.models import AuditEvent
from notifications.models import Outbox
from tests.agencies.offices import Office, roles_of
from tests.factories import agency, later, person
from tests.racing import race, winner
from tests.security.people import secretariat


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


def test_proposed_then_confirmed(office: Office) -> None:
    """Nothing runs before the second person has said yes; then it does, and everybody concerned hears of it."""
    row = office.propose(office.officer)
    assert roles_of(office.officer) == {Role.OFFICER}
    assert set(Outbox.objects.filter(event="role.propose").values_list("person", flat=True)) == {office.other_admin.pk}
    decide_role(actor=office.other_admin, pk=row.pk, approve=True)
    assert roles_of(office.officer) == {Role.OFFICER, Role.SUPERVISOR}
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.assignment.given_by) == ("approved", office.other_admin, office.other_admin)
    told = set(Outbox.objects.filter(event="role.confirm").values_list("person", flat=True))
    assert told == {office.admin.pk, office.officer.pk}
    events = AuditEvent.objects.filter(name__in=["role.propose", "role.confirm", "role.give"]).exclude(actor=None)
    assert [(event.name, event.actor) for event in events.order_by("id")] == [
        ("role.propose", office.admin),
        ("role.give", office.other_admin),
        ("role.confirm", office.other_admin),
    ]


def test_who_may_confirm(office: Office) -> None:
    """Neither the proposer, nor the person, nor anybody else but the agency's other admin."""
    row = office.propose(office.officer)
    for user in (office.admin, office.officer):
        with pytest.raises(NotAllowed):
            decide_role(actor=user, pk=row.pk, approve=True)
    strangers = [office.platform, person(agency("KG-GPO"), Role.AGENCY_ADMIN), person(office.agency, Role.SUPERVISOR)]
    for user in strangers:
        with pytest.raises(RoleProposal.DoesNotExist):
            decide_role(actor=user, pk=row.pk, approve=True)
    assert roles_of(office.officer) == {Role.OFFICER}


def test_where_there_is_no_other_admin(office: Office) -> None:
    """A platform admin is the second person; as soon as there is another admin, it is that one."""
    end_role(assignment=office.membership(office.other_admin).roles.get())
    row = office.propose(office.officer)
    assert set(seconds(row)) == {office.platform, office.second, office.third}
    another = person(office.agency, Role.AGENCY_ADMIN)
    assert seconds(row) == [another]
    with pytest.raises(RoleProposal.DoesNotExist):
        decide_role(actor=office.second, pk=row.pk, approve=True)
    decide_role(actor=another, pk=row.pk, approve=True)


def test_the_list_and_the_rule_agree(office: Office) -> None:
    """`waiting_for` finds for each person what `seconds` lets them decide: in every constellation of admins."""
    lone = agency("KG-CUS")
    lone_admin, newcomer = person(lone, Role.AGENCY_ADMIN), person(lone)
    helper = person(secretariat(), Role.OBSERVER)
    decided = office.propose(office.officer, Role.CA_OFFICER)
    withdraw_role(actor=office.admin, pk=decided.pk)
    rows = [
        office.propose(office.officer),
        office.propose(office.officer, Role.LIAISON, by=office.other_admin),
        propose_role(actor=lone_admin, membership_id=office.membership(newcomer).pk, role=Role.OFFICER),
        propose_role(actor=office.platform, membership_id=office.membership(helper).pk, role=Role.AUDITOR),
        RoleProposal.objects.create(
            proposed_by=office.platform,
            membership=office.membership(office.officer),
            role=Role.AGENCY_ADMIN,
            by_platform=True,
        ),
        RoleProposal.objects.create(
            proposed_by=office.platform,
            membership=office.membership(office.third),
            role=Role.AUDITOR,
        ),
        RoleProposal.objects.create(
            proposed_by=office.admin, membership=office.membership(office.other_admin), role=Role.OBSERVER
        ),
    ]
    rows[0].refresh_from_db()
    now = timezone.now()
    for user in User.objects.all():
        listed = set(RoleProposal.objects.waiting_for(user, now))
        assert listed == {row for row in rows if user in seconds(row)}, user


def test_declined_with_a_reason(office: Office) -> None:
    """Nothing is given; without a reason nothing is decided."""
    row = office.propose(office.officer)
    with pytest.raises(Incomplete):
        decide_role(actor=office.other_admin, pk=row.pk, approve=False, reason="  ")
    decide_role(actor=office.other_admin, pk=row.pk, approve=False, reason="No such post.")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("declined", "No such post.")
    assert roles_of(office.officer) == {Role.OFFICER}
    assert Outbox.objects.filter(event="role.decline", person=office.admin).count() == 1
    # It can be proposed anew.
    office.propose(office.officer)


def test_decided_once(office: Office) -> None:
    """A second decision comes too late; so does one of what was taken back."""
    first, second = office.propose(office.officer), office.propose(office.officer, Role.LIAISON)
    third_admin = person(office.agency, Role.AGENCY_ADMIN)
    decide_role(actor=office.other_admin, pk=first.pk, approve=True)
    with pytest.raises(MovedOn, match=office.other_admin.name):
        decide_role(actor=third_admin, pk=first.pk, approve=True)
    withdraw_role(actor=office.admin, pk=second.pk)
    with pytest.raises(MovedOn, match="taken back"):
        decide_role(actor=third_admin, pk=second.pk, approve=True)


@pytest.mark.django_db(transaction=True)
def test_two_seconds_at_the_same_moment() -> None:
    """One confirms, the other declines: the first counts."""
    office = Office()
    third_admin = person(office.agency, Role.AGENCY_ADMIN)
    row = office.propose(office.officer)
    acts = race(
        ("select 1 from agencies_roleproposal where id = %s for update", str(row.pk)),
        lambda: decide_role(actor=office.other_admin, pk=row.pk, approve=True),
        lambda: decide_role(actor=third_admin, pk=row.pk, approve=False, reason="No."),
    )
    winner(*acts)
    assert isinstance(acts[1].error, MovedOn) and Role.SUPERVISOR in roles_of(office.officer)


def test_the_database_holds_the_two_apart(office: Office) -> None:
    """Also past the services."""
    row = office.propose(office.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProposal.objects.filter(pk=row.pk).update(decided_by=office.admin)


def test_own_roles_are_not_proposed(office: Office) -> None:
    """House rule."""
    with pytest.raises(NotAllowed, match="own roles"):
        office.propose(office.admin, Role.OFFICER)


def test_what_is_wrong_is_said(office: Office) -> None:
    """Roles of another kind of agency, a role held, one that waits, dates that cannot be."""
    today = timezone.now().astimezone(office.agency.tz).date()
    day = timedelta(days=1)
    wrong = [
        ({"role": Role.PLATFORM_ADMIN}, "role"),
        ({"role": Role.AUDITOR}, "role"),
        ({"role": Role.OBSERVER}, "role"),
        ({"role": "no_such_role"}, "role"),
        ({"role": Role.OFFICER}, "role"),
        ({"role": Role.LIAISON, "first": today - day}, "first"),
        ({"role": Role.LIAISON, "last": today - day}, "last"),
        ({"role": Role.LIAISON, "first": today + 5 * day, "last": today + 4 * day}, "last"),
        ({"role": Role.LIAISON, "last": date.max}, "last"),
        ({"role": Role.LIAISON, "first": date.max}, "first"),
        ({"role": Role.LIAISON, "first": today - 9 * day, "last": today - 8 * day}, "first"),
        ({"role": Role.CA_SIGNATORY}, "last"),
        ({"role": Role.AGENCY_ADMIN, "last": today + day}, "last"),
    ]
    for more, field in wrong:
        with pytest.raises(Incomplete) as gap:
            office.propose(office.officer, **more)
        assert field in gap.value.errors, more
        said = [words for one in gap.value.errors.values() for words in one]
        assert ("The last day lies before the first." in said) == (more.get("last") == today + 4 * day), more
    newcomer = person(office.agency)
    waits = office.propose(newcomer, Role.AGENCY_ADMIN)
    with pytest.raises(Incomplete) as gap:
        office.propose(newcomer, Role.LIAISON)
    assert gap.value.errors == {"role": ["Another role waits that does not go with it: withdraw that one first."]}
    withdraw_role(actor=office.admin, pk=waits.pk)
    office.propose(office.officer, Role.LIAISON)
    with pytest.raises(Incomplete, match="Not proposed"):
        office.propose(office.officer, Role.LIAISON)


def test_a_conflict_is_said_at_once_and_again(office: Office) -> None:
    """When it is proposed; and when it came about meanwhile, at the confirmation."""
    with pytest.raises(RoleConflict):
        office.propose(office.officer, Role.AGENCY_ADMIN)
    newcomer = person(office.agency)
    row = office.propose(newcomer, Role.OFFICER)
    give_role(membership=office.membership(newcomer), role=Role.AGENCY_ADMIN)
    with pytest.raises(RoleConflict):
        decide_role(actor=office.other_admin, pk=row.pk, approve=True)
    row.refresh_from_db()
    assert row.is_pending and roles_of(newcomer) == {Role.AGENCY_ADMIN}


def test_days_are_those_of_the_state(office: Office) -> None:
    """From the first day's beginning to the last day's end in Bishkek."""
    year = timezone.now().year + 2
    row = office.propose(office.officer, Role.CA_SIGNATORY, first=date(year, 3, 2), last=date(year, 3, 3))
    assert row.starts == datetime(year, 3, 1, 18, tzinfo=UTC)
    assert row.ends == datetime(year, 3, 3, 18, tzinfo=UTC)
    decide_role(actor=office.other_admin, pk=row.pk, approve=True)
    for moment, holds in [(-1, False), (0, True), (2 * 86400 - 1, True), (2 * 86400, False)]:
        standing = standing_of(office.officer, row.starts + timedelta(seconds=moment))
        assert standing.holds(Role.CA_SIGNATORY, office.agency.pk) == holds, moment


def test_a_day_that_has_come_begins_at_the_confirmation(office: Office) -> None:
    """Nobody held the role before the second person said yes; one whose last day is over is not given."""
    today = timezone.now().astimezone(office.agency.tz).date()
    row = office.propose(office.officer, Role.LIAISON, first=today, last=today + timedelta(days=1))
    before = timezone.now()
    assert decide_role(actor=office.other_admin, pk=row.pk, approve=True).assignment.starts >= before
    late = office.propose(office.officer, Role.CA_SIGNATORY, last=later())
    RoleProposal.objects.filter(pk=late.pk).update(ends=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="last day"):
        decide_role(actor=office.other_admin, pk=late.pk, approve=True)


def test_a_deputy_for_a_leave(office: Office) -> None:
    """For somebody of the agency who holds the role, until a day; for nobody else."""
    head = person(office.agency, Role.CA_SIGNATORY)
    chief = office.membership(head).pk
    with pytest.raises(Incomplete) as gap:
        office.propose(office.officer, Role.CA_SIGNATORY, acting_for=chief)
    assert set(gap.value.errors) == {"last"}
    elsewhere = person(agency("KG-GPO"), Role.CA_SIGNATORY)
    idle = person(office.agency, Role.OFFICER)
    for other in (elsewhere, idle, office.officer):
        with pytest.raises(Incomplete) as gap:
            pk = Membership.objects.get(user=other).pk
            office.propose(office.officer, Role.CA_SIGNATORY, last=later(), acting_for=pk)
        assert set(gap.value.errors) == {"acting_for"}
    row = office.propose(office.officer, Role.CA_SIGNATORY, last=later(), acting_for=chief)
    decide_role(actor=office.other_admin, pk=row.pk, approve=True)
    row.refresh_from_db()
    assert row.assignment.acting_for_id == chief
    assert roles_of(office.officer) == roles_of(head) | {Role.OFFICER}


def test_which_roles_an_agency_has(office: Office) -> None:
    """A state's agency works on cases; the secretariat runs the portal; another organisation only observes."""
    other = create_agency(
        code="ORG-INT", kind=Agency.Kind.ORGANISATION_INTERNATIONAL, name_en="Organisation", name_ru="Организация"
    )
    assert set(policies.roles_at(office.agency)) == CASE_ROLES | {Role.AGENCY_ADMIN}
    assert set(policies.roles_at(secretariat())) == {Role.PLATFORM_ADMIN, Role.AUDITOR, Role.OBSERVER}
    assert set(policies.roles_at(other)) == {Role.OBSERVER, Role.AGENCY_ADMIN}


def test_several_at_once_all_or_none(office: Office) -> None:
    """Newcomers are confirmed together; one conflict among them, named, stops all."""
    rows = [office.propose(person(office.agency), Role.OFFICER) for _ in range(5)]
    spoiled = rows[2].membership
    admin_role = give_role(membership=spoiled, role=Role.AGENCY_ADMIN)
    pks = [row.pk for row in rows]
    with pytest.raises(NotAllowed) as refused:
        decide_roles(actor=office.other_admin, pks=pks, approve=True)
    assert str(refused.value.reason).startswith(f"{spoiled.user.name}: ")
    assert RoleProposal.objects.pending().count() == 5
    end_role(assignment=admin_role)
    assert decide_roles(actor=office.other_admin, pks=pks, approve=True) == 5
    assert all(Role.OFFICER in roles_of(row.membership.user) for row in rows)
    with pytest.raises(Incomplete):
        decide_roles(actor=office.other_admin, pks=[], approve=True)
    with pytest.raises(MovedOn):
        decide_roles(actor=office.platform, pks=pks, approve=True)


def test_taken_back_by_its_proposer_alone(office: Office) -> None:
    """The other admin declines instead; a stranger finds nothing."""
    row = office.propose(office.officer)
    with pytest.raises(NotAllowed):
        withdraw_role(actor=office.other_admin, pk=row.pk)
    with pytest.raises(RoleProposal.DoesNotExist):
        withdraw_role(actor=office.platform, pk=row.pk)
    assert withdraw_role(actor=office.admin, pk=row.pk).state == "withdrawn"


def test_who_has_left_gets_no_role(office: Office) -> None:
    """Proposing for a membership that has ended is refused."""
    membership = office.membership(office.officer)
    Membership.objects.filter(pk=membership.pk).update(ends=timezone.now())
    with pytest.raises(NotAllowed, match="ended already"):
        office.propose(office.officer)
