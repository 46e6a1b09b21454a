"""Requests in a need-to-know case: the named people alone, also in the central authority's own agency."""

import pytest

from accounts.models import User
from accounts.refusals import Incomplete, NotAllowed
from agencies.models import Role
from agencies.services import end_membership
from cases.models import Case
from cases.services import name_person, unname_person
from mla.models import AssistanceRequest
from mla.workflow import Body
from tests.factories import Line, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(world: World) -> Line:
    """A request in a case in which the drafter and the supervisor are named."""
    return Line(world, need_to_know=True, members=[world.supervisor])


def sees(user: User, line: Line) -> tuple[bool, bool]:
    """Whether the person sees the case, and the request."""
    return (
        Case.objects.visible_to(user).filter(pk=line.case.pk).exists(),
        AssistanceRequest.objects.visible_to(user).filter(pk=line.pk).exists(),
    )


def test_named_people_alone(secret: Line) -> None:
    """Not their colleagues, whatever case role these hold."""
    colleague = secret.world.new(Body.DRAFTING, Role.OFFICER, Role.SUPERVISOR, Role.LIAISON)
    assert sees(secret.world.drafter, secret) == sees(secret.world.supervisor, secret) == (True, True)
    assert sees(colleague, secret) == (False, False)


def test_it_goes_its_way(secret: Line) -> None:
    """Named people and the authorities' offices take it to its close."""
    colleague = secret.world.new(Body.DRAFTING, Role.OFFICER, Role.SUPERVISOR)
    assert secret.walk_to("closed").state == "closed"
    assert sees(colleague, secret) == (False, False)
    assert sees(secret.world.sender, secret) == (False, True)


def test_the_same_agency_as_central_authority(world: World) -> None:
    """Its central-authority office sees the request by name; the rest of the agency still does not."""
    world.bodies[Body.DRAFTING] = world.bodies[Body.SENDING]
    drafter = world.new(Body.SENDING, Role.OFFICER)
    supervisor = world.new(Body.SENDING, Role.SUPERVISOR)
    outsider = world.new(Body.SENDING, Role.OFFICER, Role.LIAISON)
    world.drafter = world.holders[Body.DRAFTING, Role.OFFICER] = drafter
    world.supervisor = world.holders[Body.DRAFTING, Role.SUPERVISOR] = supervisor
    line = Line(world, need_to_know=True, members=[supervisor])
    line.walk("submit")
    assert sees(world.sender, line) == (False, False)
    line.walk("pass_on")
    assert sees(world.sender, line) == sees(world.signatory, line) == (False, True)
    assert sees(outsider, line) == (False, False)
    line.walk("sign", "transmit")
    assert sees(outsider, line) == (False, False)


def test_naming_and_taking_out(secret: Line) -> None:
    """A name gives the case and its requests at once; taken out, both end at once."""
    world = secret.world
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    name_person(actor=world.drafter, pk=secret.case.pk, person=colleague)
    assert sees(colleague, secret) == (True, True)
    unname_person(actor=world.supervisor, pk=secret.case.pk, person=colleague)
    assert sees(colleague, secret) == (False, False)


def test_the_last_name_stays(secret: Line) -> None:
    """Nobody can make a case that nobody sees."""
    world = secret.world
    unname_person(actor=world.drafter, pk=secret.case.pk, person=world.supervisor)
    with pytest.raises(NotAllowed):
        unname_person(actor=world.drafter, pk=secret.case.pk, person=world.drafter)
    assert sees(world.drafter, secret) == (True, True)


def test_only_case_workers_of_the_owner_are_named(secret: Line) -> None:
    """Not the other side, not another agency, not an admin, not somebody who left."""
    world = secret.world
    gone = world.new(Body.DRAFTING, Role.OFFICER)
    end_membership(membership=gone.memberships.get())
    for stranger in (world.receiver, world.sender, world.new(Body.DRAFTING, Role.AGENCY_ADMIN), gone):
        with pytest.raises(Incomplete):
            name_person(actor=world.drafter, pk=secret.case.pk, person=stranger)
        assert sees(stranger, secret) == (False, False)


def test_outsiders_name_nobody(secret: Line) -> None:
    """Who does not see the case cannot name themselves in it; a liaison officer who sees it names nobody."""
    world = secret.world
    outsider, liaison = world.new(Body.DRAFTING, Role.OFFICER), world.new(Body.DRAFTING, Role.LIAISON)
    with pytest.raises(Case.DoesNotExist):
        name_person(actor=outsider, pk=secret.case.pk, person=outsider)
    name_person(actor=world.drafter, pk=secret.case.pk, person=liaison)
    with pytest.raises(NotAllowed):
        name_person(actor=liaison, pk=secret.case.pk, person=outsider)


def test_an_unnamed_supervisor_is_not_told(world: World) -> None:
    """Who cannot see it does not hear of it."""
    from notifications.models import Outbox

    other = world.new(Body.DRAFTING, Role.SUPERVISOR)
    line = Line(world, need_to_know=True, members=[world.supervisor])
    line.take("submit")
    told = set(Outbox.objects.filter(event="request.submit").values_list("person_id", flat=True))
    assert told == {world.supervisor.pk}
    assert other.pk not in told
