"""Need-to-know cases when their people leave: nobody is chosen by an admin, and no case is left to nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from agencies.models import Membership, Role, RoleAssignment
from agencies.services import end_membership, end_role, give_role, set_active
from audit.models import AuditEvent
from cases.models import Case, CaseMember
from cases.services import settle_named
from cases.tasks import settle
from notifications.models import Outbox
from tests.factories import agency, case, person
from tests.memory import remembered
from tests.security.people import put
from tests.security.test_grant_commands import run

pytestmark = pytest.mark.django_db


class Closed:
    """A need-to-know case of an officer and a liaison officer; a supervisor and another officer are not named."""

    @remembered
    def __init__(self) -> None:
        self.at = agency("KG-MIA")
        self.officer = person(self.at, Role.OFFICER)
        self.named = person(self.at, Role.LIAISON)
        self.supervisor = person(self.at, Role.SUPERVISOR)
        self.colleague = person(self.at, Role.OFFICER)
        self.case = case(self.officer, self.at, need_to_know=True, members=[self.named])
        self.item = put(self.case, self.officer)

    def sees(self) -> set[User]:
        """Who sees the case; the item goes with it, and the grants are what they should be."""
        everybody = (self.officer, self.named, self.supervisor, self.colleague)
        found = {user for user in everybody if Case.objects.visible_to(user).filter(pk=self.case.pk).exists()}
        assert found == {user for user in everybody if self.item_is_seen(user)}
        assert run("check_grants") == (0, [])
        return found

    def item_is_seen(self, user: User) -> bool:
        """Whether the person sees the case's item."""
        return type(self.item).objects.visible_to(user).filter(pk=self.item.pk).exists()

    def leave(self, user: User) -> None:
        """Somebody leaves the agency."""
        end_membership(membership=Membership.objects.get(user=user))


@pytest.fixture
def closed() -> Closed:
    """One case."""
    return Closed()


def told(event: str) -> set[User]:
    """Who is told of it."""
    return {row.person for row in Outbox.objects.filter(event=event).select_related("person")}


def test_who_leaves_is_taken_out_and_the_others_are_told(closed: Closed) -> None:
    """They name somebody else, or nobody; the supervisor learns nothing."""
    closed.leave(closed.officer)
    assert closed.sees() == {closed.named}
    assert [row.person for row in CaseMember.objects.all()] == [closed.named]
    assert told("case.named_left") == {closed.named} and closed.supervisor not in told("case.name")
    event = AuditEvent.objects.filter(name="case.unname").get()
    assert event.actor is None and event.facts["person"] == str(closed.officer.pk)


def test_who_comes_back_is_not_named(closed: Closed) -> None:
    """A new membership opens nothing that the former one had by name."""
    closed.leave(closed.officer)
    membership = Membership.objects.create(user=closed.officer, agency=closed.at)
    give_role(membership=membership, role=Role.OFFICER)
    assert closed.sees() == {closed.named}


def test_the_last_one_leaves(closed: Closed) -> None:
    """The agency's supervisors are named in their place, by the rule and by nobody's choice, and told."""
    closed.leave(closed.named)
    closed.leave(closed.officer)
    assert closed.sees() == {closed.supervisor}
    row = CaseMember.objects.get()
    assert (row.person, row.named_by) == (closed.supervisor, None)
    assert told("case.name") == {closed.supervisor}


@pytest.mark.parametrize("how", ["role", "account"])
def test_who_may_come_back_stays_named(closed: Closed, how: str) -> None:
    """A role that ended, an account that is closed: the name stays, but nobody is left alone with nobody."""
    closed.leave(closed.named)
    if how == "role":
        end_role(assignment=RoleAssignment.objects.get(membership__user=closed.officer))
        give_role(membership=Membership.objects.get(user=closed.supervisor), role=Role.LIAISON)
    else:
        set_active(person=closed.officer, active=False)
    assert closed.sees() == {closed.supervisor}
    assert {row.person for row in CaseMember.objects.all()} == {closed.officer, closed.supervisor}


def test_without_a_supervisor_it_waits_for_one(closed: Closed) -> None:
    """Nobody sees it for a while; whoever becomes supervisor is named, and told."""
    closed.leave(closed.supervisor)
    closed.leave(closed.named)
    closed.leave(closed.officer)
    assert closed.sees() == set() and CaseMember.objects.count() == 1
    newcomer = person(closed.at, Role.SUPERVISOR)
    assert Case.objects.visible_to(newcomer).filter(pk=closed.case.pk).exists()
    assert told("case.name") == {newcomer}
    assert [row.person for row in CaseMember.objects.all()] == [newcomer]


def test_a_role_that_runs_out_by_itself(closed: Closed) -> None:
    """No act ends it: the hourly look finds it."""
    closed.leave(closed.named)
    assert settle() == 0
    RoleAssignment.objects.filter(membership__user=closed.officer).update(ends=timezone.now() - timedelta(minutes=1))
    assert closed.sees() == set()
    assert settle() == 1 and closed.sees() == {closed.supervisor}
    assert settle() == 0


def test_others_are_left_alone(closed: Closed) -> None:
    """Another agency's cases, open cases, and cases whose people all work."""
    case(closed.officer, closed.at)
    other = case(person(agency("KG-GPO"), Role.OFFICER), agency("KG-GPO"), need_to_know=True)
    before = set(CaseMember.objects.values_list("case", "person"))
    assert settle_named(closed.at) == settle_named() == 0
    closed.leave(closed.colleague)
    assert set(CaseMember.objects.values_list("case", "person")) == before and other.members.count() == 1
