"""A draft gets another drafter; drafter, approver and signatory stay three people, whoever has been a drafter."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.refusals import MovedOn, NotAllowed
from agencies import work
from agencies.models import Membership, Role
from agencies.services import end_membership, end_role
from agencies.services.handovers import decide_handover, hand_over
from cases.services import name_person
from mla.models import AssistanceRequest, RequestEvent, RequestVersion
from mla.services import take_over
from mla.workflow import Body
from notifications.models import Outbox
from tests.factories import Line, World
from tests.racing import race
from tests.security.people import browser
from tests.security.test_grant_commands import run


class Desk:
    """The drafting agency with its admin, and another officer to whom work can go."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admin = world.new(Body.DRAFTING, Role.AGENCY_ADMIN)
        self.successor = world.new(Body.DRAFTING, Role.OFFICER)

    def hand(self, giver: User | None = None, receiver: User | None = None) -> None:
        """Hand work over, and accept it."""
        at = self.world.bodies[Body.DRAFTING]
        giver, receiver = giver or self.world.drafter, receiver or self.successor
        pk = Membership.objects.get(user=giver, agency=at).pk
        to = Membership.objects.get(user=receiver, agency=at).pk
        row = hand_over(actor=self.admin, giver_id=pk, receiver_id=to)
        decide_handover(actor=receiver, pk=row.pk, approve=True)

    def leave(self, user: User | None = None) -> None:
        """The drafter leaves the agency."""
        end_membership(membership=Membership.objects.get(user=user or self.world.drafter))


@pytest.fixture
def desk(world: World) -> Desk:
    """One at KG-MIA."""
    return Desk(world)


def test_drafts_pass_with_the_work(world: World, desk: Desk) -> None:
    """What is with the drafter gets the new one, who submits it; the event says who it is now."""
    line, returned = Line(world), Line(world).walk_to("returned")
    assert work.waiting(world.drafter, world.bodies[Body.DRAFTING]) == 2
    desk.hand()
    assert work.waiting(world.drafter, world.bodies[Body.DRAFTING]) == 0
    for one in (line, returned):
        assert one.request.drafter == desk.successor
        event = RequestEvent.objects.filter(request=one.pk).last()
        assert (event.name, event.actor, event.side) == ("take_over", desk.successor, "requesting")
        with pytest.raises(NotAllowed):
            one.take("submit")
        one.take("submit", by=desk.successor)


def test_what_is_judged_keeps_its_drafter(world: World, desk: Desk) -> None:
    """Under review, at the authority, signed, sent: the drafter of that version stays on record."""
    lines = [Line(world).walk_to(state) for state in ("domestic_review", "at_central_authority", "transmitted")]
    signed = Line(world).walk("submit", "pass_on", "sign")
    desk.hand()
    assert {one.request.drafter for one in [*lines, signed]} == {world.drafter}
    signed.take("transmit")
    version = RequestVersion.objects.get(request=signed.pk, series="submitted")
    assert version.frozen_by == world.drafter


def test_what_comes_back_can_be_taken_over(world: World, desk: Desk) -> None:
    """By whom the work was handed to, or by any officer when the drafter has left; by nobody while they work on it."""
    line, other = Line(world).walk_to("domestic_review"), Line(world).walk_to("domestic_review")
    desk.hand()
    for one in (line, other):
        with pytest.raises(NotAllowed):
            take_over(actor=desk.successor, pk=one.pk, version=one.request.requesting_clock)
        one.take("return_to_drafter")
    third = world.new(Body.DRAFTING, Role.OFFICER)
    with pytest.raises(NotAllowed, match="still works"):
        take_over(actor=third, pk=line.pk, version=line.request.requesting_clock)
    take_over(actor=desk.successor, pk=line.pk, version=line.request.requesting_clock)
    begun_since = Line(world)
    with pytest.raises(NotAllowed, match="still works"):
        take_over(actor=desk.successor, pk=begun_since.pk, version=begun_since.request.requesting_clock)
    desk.leave()
    take_over(actor=third, pk=other.pk, version=other.request.requesting_clock)
    assert (line.request.drafter, other.request.drafter) == (desk.successor, third)
    # Whoever took over answers for the whole text, also when it passes on before they wrote a word of it.
    assert set(other.request.authors.values_list("person", flat=True)) == {world.drafter.pk, third.pk}


def test_whoever_drafted_neither_approves_nor_signs(world: World) -> None:
    """A former drafter who is a supervisor, and a signatory, too; nor does the successor."""
    desk = Desk(world)
    world.give(world.drafter, Body.DRAFTING, Role.SUPERVISOR)
    world.give(world.drafter, Body.SENDING, Role.CA_SIGNATORY, Role.CA_OFFICER)
    world.give(desk.successor, Body.DRAFTING, Role.SUPERVISOR)
    world.give(desk.successor, Body.SENDING, Role.CA_SIGNATORY, Role.CA_OFFICER)
    line = Line(world)
    desk.hand()
    line.take("submit", by=desk.successor)
    for user in (world.drafter, desk.successor):
        for step in ("pass_on", "return_to_drafter"):
            with pytest.raises(NotAllowed) as refused:
                line.take(step, by=user)
            assert refused.value.code == "person", step
    line.take("pass_on")
    for user in (world.drafter, desk.successor):
        for step in ("sign", "return_from_authority"):
            with pytest.raises(NotAllowed) as refused:
                line.take(step, by=user)
            assert refused.value.code == "person", step
    line.take("sign")
    for user in (world.drafter, desk.successor):
        with pytest.raises(NotAllowed) as refused:
            line.take("transmit", by=user)
        assert refused.value.code == "person"
    line.take("transmit")
    assert run("check_grants") == (0, [])


def test_an_approver_who_becomes_the_drafter(world: World) -> None:
    """Of the next version: another person must approve that one."""
    desk = Desk(world)
    world.give(world.supervisor, Body.DRAFTING, Role.OFFICER)
    line = Line(world).walk("submit", "pass_on", "return_from_authority")
    desk.hand(receiver=world.supervisor)
    assert line.request.drafter == world.supervisor
    line.take("submit", by=world.supervisor)
    with pytest.raises(NotAllowed) as refused:
        line.take("pass_on")
    assert refused.value.code == "person"
    line.take("pass_on", by=world.new(Body.DRAFTING, Role.SUPERVISOR))


def test_who_may_take_over(world: World, desk: Desk) -> None:
    """An officer who sees it; not a supervisor, not another agency's officer, not on an old page."""
    line = Line(world)
    desk.leave()
    version = line.request.requesting_clock
    with pytest.raises(NotAllowed) as refused:
        take_over(actor=world.supervisor, pk=line.pk, version=version)
    assert refused.value.code == "role"
    for stranger in (world.executor, world.new(Body.SENDING, Role.OFFICER), desk.admin):
        with pytest.raises(AssistanceRequest.DoesNotExist):
            take_over(actor=stranger, pk=line.pk, version=version)
    with pytest.raises(MovedOn):
        take_over(actor=desk.successor, pk=line.pk, version=version - 1)
    take_over(actor=desk.successor, pk=line.pk, version=version)
    with pytest.raises(NotAllowed):
        take_over(actor=desk.successor, pk=line.pk, version=version + 1)


def told(event: str) -> set[User]:
    """Who is told of it."""
    return {row.person for row in Outbox.objects.filter(event=event).select_related("person")}


def test_the_supervisor_hears_of_a_draft_without_drafter(world: World, desk: Desk) -> None:
    """When its drafter leaves, or is no officer any more; not when they were none of its drafters."""
    Line(world)
    Line(world).walk_to("domestic_review")
    end_role(assignment=Membership.objects.get(user=desk.successor).roles.get())
    assert told("request.left") == set()
    desk.leave()
    assert told("request.left") == {world.supervisor}
    assert Outbox.objects.filter(event="request.left").count() == 1


def test_need_to_know_is_nobodys_to_give(world: World, desk: Desk) -> None:
    """The admin counts nothing of it and moves nothing; those named are told; who is named then may take it over."""
    line = Line(world, need_to_know=True, members=[world.supervisor])
    at = world.bodies[Body.DRAFTING]
    assert work.waiting(world.drafter, at) == 0
    desk.hand()
    assert line.request.drafter == world.drafter
    assert told("request.left") == {world.supervisor}
    with pytest.raises(AssistanceRequest.DoesNotExist):
        take_over(actor=desk.successor, pk=line.pk, version=line.request.requesting_clock)
    name_person(actor=world.supervisor, pk=line.case.pk, person=desk.successor)
    take_over(actor=desk.successor, pk=line.pk, version=line.request.requesting_clock)
    assert line.request.drafter == desk.successor


def test_the_page(world: World, desk: Desk) -> None:
    """The way there stands on the request's page when it is open, and leads to the new drafter."""
    line = Line(world)
    client, url = browser(desk.successor), reverse("mla:take_over", args=[line.pk])
    page = reverse("mla:detail", args=[line.pk])
    assert url not in client.get(page).content.decode() and client.get(url).status_code == 403
    desk.leave()
    assert url in client.get(page).content.decode()
    shown = client.get(url)
    assert world.drafter.name in shown.content.decode()
    assert client.post(url, {"version": 99}).status_code == 409
    answer = client.post(url, {"version": line.request.requesting_clock}, follow=True)
    assert "You are the drafter now." in answer.content.decode() and "Draft taken over" in answer.content.decode()
    assert line.request.drafter == desk.successor


def test_two_take_over_at_the_same_moment(transactional_db: None) -> None:
    """One is the drafter; the other is told that it has moved on."""
    world = World()
    desk = Desk(world)
    line, other = Line(world), world.new(Body.DRAFTING, Role.OFFICER)
    desk.leave()
    version = line.request.requesting_clock

    def act(user: User) -> Callable[[], Any]:
        return lambda: take_over(actor=user, pk=line.pk, version=version)

    acts = [act(user) for user in (desk.successor, other)]
    first, second = race(("select 1 from mla_assistancerequest where id = %s for update", str(line.pk)), *acts)
    assert first.error is None and isinstance(second.error, MovedOn)
    assert line.request.drafter == desk.successor
