"""What waits, asked of all requests at once, is what the table says of each: conditions and verdicts agree."""

import itertools

import pytest
from django.db.models import Q

from accounts.models import DeskView, User
from agencies.models import Role
from agencies.standing import standing_of
from mla.models import AssistanceRequest
from mla.policies import bodies_of, verdict
from mla.waiting import any_of, waiting_at, waits_for
from mla.workflow import ENDED, TRANSITIONS, Body, RequestState, Way, facts_after, next_step
from tests.factories import WAYS, Line, World

pytestmark = pytest.mark.django_db

# Each state, and the two in which the state alone does not say who is next.
PLACES = {**WAYS, "signed": (*WAYS["at_central_authority"], "sign")}
PLACES |= {
    "answered": (*WAYS["info_requested"], "write_answer"),
    "sent back": (*WAYS["response_received"], "send_back"),
}


def holds(pk: object, condition: Q) -> bool:
    """Whether a request is among those that a condition takes."""
    return AssistanceRequest.objects.unscoped("a test").filter(condition, pk=pk).exists()


def waits_for_somebody(line: Line, user: User, view: DeskView) -> bool:
    """Whether the request waits on the desk of this person."""
    return holds(line.pk, any_of(waiting_at(standing_of(user), view).values()))


def people(world: World) -> list[User]:
    """The holders of all offices, and for each body one who holds every role there."""
    return [*world.holders.values(), *(world.new(body, *Role.values[:5]) for body in Body)]


@pytest.mark.parametrize("place", PLACES)
def test_conditions_and_verdicts_agree(world: World, place: str) -> None:
    """A request waits for the step that the table names next, and for whom that step is open to."""
    line = Line(world).walk(*PLACES[place])
    bodies = bodies_of(line.request)
    last = line.request.events.last()
    assert last is not None
    step = next_step(line.state, facts_after(last.name))
    assert step == next_step(line.state, bodies.facts), "what the events say is what the facts say"
    assert (step is None) == (line.state in ENDED)
    assert [one for one in TRANSITIONS if holds(line.pk, waits_for(one))] == ([step] if step else [])
    for user in people(world):
        standing = standing_of(user)
        judged = step is not None and verdict(step, bodies, standing).allowed
        hand = line.request.events.filter(actor=user).exists()
        mine = judged and step is not None and (hand or not step.own_work)
        assert waits_for_somebody(line, user, DeskView.MINE) == mine, user
        here = step is not None and bodies.agency_id(step.body) in standing.roles
        assert waits_for_somebody(line, user, DeskView.AGENCY) == here, user


def test_nobody_waits_for_whoever_must_be_another(world: World) -> None:
    """Who drafted, wrote in, passed, wrote the answer or reported the results does not find the next step waiting."""
    both = [
        ("pass_on", world.drafter, Body.DRAFTING, Role.SUPERVISOR),
        ("sign", world.supervisor, Body.SENDING, Role.CA_SIGNATORY),
        ("transmit", world.supervisor, Body.SENDING, Role.CA_OFFICER),
        ("answer_information", world.drafter, Body.SENDING, Role.CA_OFFICER),
        ("send_response", world.executor, Body.RECEIVING, Role.CA_OFFICER),
    ]
    for _, user, body, role in both:
        world.give(user, body, role)
    for name, user, body, role in both:
        line = Line(world).ready_for(name)
        assert not waits_for_somebody(line, user, DeskView.MINE), name
        assert waits_for_somebody(line, world.holders[body, role], DeskView.MINE), name


def test_own_work_waits_for_who_began_it(world: World) -> None:
    """A colleague who may do it too finds it among the agency's; a new request to execute waits for all."""
    colleagues = {body: world.new(body, Role.OFFICER) for body in (Body.DRAFTING, Body.EXECUTING)}
    for place, body, first in [
        ("info_requested", Body.DRAFTING, world.drafter),
        ("response_received", Body.DRAFTING, world.drafter),
        ("in_execution", Body.EXECUTING, world.executor),
    ]:
        line = Line(world).walk_to(place)
        found = [waits_for_somebody(line, user, DeskView.MINE) for user in (first, colleagues[body])]
        assert found == [True, False], place
        assert waits_for_somebody(line, colleagues[body], DeskView.AGENCY), place
    accepted = Line(world).walk_to("accepted")
    assert waits_for_somebody(accepted, colleagues[Body.EXECUTING], DeskView.MINE)


def test_every_open_state_has_a_next_step() -> None:
    """Whatever is true of it: nobody's turn means that it has ended; none waits for a step back or out."""
    for state, last in itertools.product(RequestState, [one.name for one in TRANSITIONS]):
        step = next_step(state, facts_after(last))
        assert (step is None) == (state in ENDED), (state, last)
        assert step is None or step.way == Way.ON
