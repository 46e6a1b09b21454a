"""The list of requests: each filter and order as each side sees the request, and nothing that it may not know."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from cases import browsing
from mla.lists import RequestListing
from mla.models import AssistanceRequest, RequestFace
from mla.services import create_request
from mla.workflow import ENDED, RequestState
from tests.cases.sharing import browser, text_of
from tests.cases.walking import listing, shown, walk
from tests.factories import CONTENT, MEASURES, WAYS, Line, World, agency, later, person, state

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few", "many"])
def reach(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which a list is read."""
    if request.param == "many":
        monkeypatch.setattr(browsing, "FEW", 2)
    return request.param


@pytest.fixture
def lines(world: World) -> dict[str, Line]:
    """A request in each state."""
    return {name: Line(world).walk_to(name) for name in WAYS}


def test_state_as_each_side_sees_it(world: World, lines: dict[str, Line], reach: str) -> None:
    """Every request stands under the word that its own page says, on either side, and under no other."""
    own = {name: line.pk for name, line in lines.items()}
    seen = {
        world.drafter: dict(own),
        world.receiver: {name: pk for name, pk in own.items() if lines[name].request.receiving_authority_id},
    }
    for user, requests in seen.items():
        for code in RequestState:
            expected = {requests[code]} if code in requests else set()
            if user == world.drafter and code == "in_execution":
                expected = {own["in_execution"], own["results_reported"]}
            if user == world.drafter and code == "results_reported":
                expected = set()
            assert shown(RequestListing, user, f"state={code}") == expected, (user, code)
    assert shown(RequestListing, world.drafter, "state=draft&state=closed") == {own["draft"], own["closed"]}


def test_the_other_sides_step_is_no_option(world: World, line: Line) -> None:
    """Where all is counted, a state that no request shows is not offered: nor the other side's domestic one."""
    line.walk(*WAYS["results_reported"])
    offered = {}
    for user in (world.drafter, world.receiver):
        facets = {facet["name"]: facet["ticks"] for facet in listing(RequestListing, user).shown_facets}
        offered[user] = [tick.code for tick in facets["state"]]
    assert offered == {world.drafter: ["in_execution"], world.receiver: ["results_reported"]}


def test_whose_turn(world: World, lines: dict[str, Line], reach: str) -> None:
    """Ours, others', nobody's: as the chip of each row says."""
    for user in (world.drafter, world.sender, world.receiver, world.executor):
        rows = browser(user).get(reverse("mla:list") + "?sort=oldest").context["rows"]
        said = {"ours": set(), "others": set(), "nobody": set()}
        for row in rows:
            ball = row["ball"]
            which = "nobody" if ball["holder"] == "none" else "ours" if ball["yours"] else "others"
            said[which].add(row["request"].pk)
        for which, expected in said.items():
            assert shown(RequestListing, user, f"turn={which}") == expected, (user, which)
        assert said["ours"] and said["others"] and said["nobody"]


def test_direction_and_other_state(world: World, reach: str) -> None:
    """Outgoing and incoming; the other state is the one across the border, on either side."""
    ours = Line(world).walk_to("transmitted")
    back = person(agency("UZ-MIA"), Role.OFFICER)
    case = Line(world).case
    to_kazakhstan = create_request(
        actor=world.drafter, case_id=case.pk, requested_state=state("KZ"), content=CONTENT, measures=MEASURES
    )
    assert shown(RequestListing, world.drafter, "direction=incoming") == set()
    assert {ours.pk, to_kazakhstan.pk} <= shown(RequestListing, world.drafter, "direction=outgoing")
    assert shown(RequestListing, world.drafter, "other=KZ") == {to_kazakhstan.pk}
    assert ours.pk in shown(RequestListing, world.drafter, "other=UZ")
    assert shown(RequestListing, world.receiver, "direction=incoming&other=KG") == {ours.pk}
    assert shown(RequestListing, world.receiver, "direction=outgoing") == set()
    assert shown(RequestListing, back) == set()


def test_basis(world: World, reach: str) -> None:
    """By the treaty on which the request rests."""
    one, other = Line(world), Line(world, basis="untoc")
    assert shown(RequestListing, world.drafter, "basis=untoc") == {other.pk}
    assert shown(RequestListing, world.drafter, "basis=untoc&basis=chisinau-2002") == {one.pk, other.pk}


def with_deadline(world: World, days: int, name: str = "draft") -> Line:
    """A request whose deadline is so many days away."""
    line = Line(world, deadline=later(40), deadline_reason="Custody ends.").walk_to(name)
    day = timezone.localdate() + timedelta(days=days)
    AssistanceRequest.objects.unscoped("a test sets the day").filter(pk=line.pk).update(deadline=day)
    RequestFace.objects.filter(request=line.pk).update(deadline=day)
    return line


def test_deadlines(world: World, reach: str) -> None:
    """Overdue, within a week, none; what has ended is neither overdue nor due."""
    late, today, week, far = (with_deadline(world, days).pk for days in (-1, 0, 7, 8))
    none = Line(world).pk
    with_deadline(world, -3, "discarded")
    assert shown(RequestListing, world.drafter, "deadline=overdue") == {late}
    assert shown(RequestListing, world.drafter, "deadline=week") == {today, week}
    assert shown(RequestListing, world.drafter, "deadline=none") == {none}
    assert shown(RequestListing, world.drafter, "deadline=overdue&deadline=week") == {late, today, week}
    assert far in shown(RequestListing, world.drafter)


def test_what_the_agency_has_to_do_with_it(world: World, lines: dict[str, Line], reach: str) -> None:
    """It drafts, sends, receives or executes; nobody learns so of the other side's agencies."""
    pks = {line.pk for line in lines.values()}
    passed = {line.pk for line in lines.values() if line.request.sending_authority_id}
    received = {line.pk for line in lines.values() if line.request.receiving_authority_id}
    executed = {line.pk for line in lines.values() if line.request.assignments.filter(ended_at=None).exists()}
    assert shown(RequestListing, world.drafter, "role=drafting") == pks
    assert shown(RequestListing, world.sender, "role=sending") == passed
    assert shown(RequestListing, world.receiver, "role=receiving") == received
    assert shown(RequestListing, world.executor, "role=executing") == executed
    assert shown(RequestListing, world.drafter, "role=receiving&role=executing&role=sending") == set()


def test_each_order(world: World, reach: str) -> None:
    """Newest, oldest, due first and then those without a deadline; page by page."""
    lines = [with_deadline(world, days % 5) for days in range(28)] + [Line(world) for _ in range(3)]
    newest = [line.pk for line in sorted(lines, key=lambda one: (one.request.created_at, one.pk.bytes), reverse=True)]
    assert walk(RequestListing, world.drafter) == newest
    assert walk(RequestListing, world.drafter, "sort=oldest") == newest[::-1]
    assert walk(RequestListing, world.drafter, "turn=ours&state=draft") == newest
    far = timezone.localdate() + timedelta(days=999)
    due = [line.pk for line in sorted(lines, key=lambda one: (one.request.deadline or far, one.pk.bytes))]
    assert walk(RequestListing, world.drafter, "sort=due") == due
    assert walk(RequestListing, world.drafter, "sort=due&state=draft") == due


def test_a_need_to_know_request_is_not_counted_for_others(world: World) -> None:
    """Neither in all nor at an option."""
    Line(world, need_to_know=True)
    colleague = person(agency("KG-MIA"), Role.OFFICER)
    assert listing(RequestListing, colleague, "state=draft").total == "0 requests"
    assert listing(RequestListing, world.drafter, "state=draft").total == "1 request"


def test_people_without_case_roles_see_an_empty_list(world: World, lines: dict[str, Line]) -> None:
    """Whatever the address asks for."""
    for role in (Role.AGENCY_ADMIN, Role.AUDITOR, Role.OBSERVER):
        admin = person(agency("KG-MIA"), role)
        for query in ("", "state=draft", "sort=due", "turn=nobody", "direction=incoming"):
            one = listing(RequestListing, admin, query)
            assert one.page.rows == [] and one.total == "0 requests"


def test_the_page_of_requests(world: World, lines: dict[str, Line]) -> None:
    """Filters with their counts, chips, order; the words of states are the product's own."""
    page = text_of(browser(world.drafter).get(reverse("mla:list") + "?state=draft&sort=due"))
    assert "1 request" in page and 'value="draft" checked' in page
    assert '<option value="due" selected>' in page
    assert page.count('class="chip"') == 1


def test_ended_requests_are_nobodys(world: World, lines: dict[str, Line]) -> None:
    """The three ends of the line."""
    assert shown(RequestListing, world.drafter, "turn=nobody") == {lines[name].pk for name in ENDED}


def test_every_visible_request_is_in_a_filtered_list(world: World, lines: dict[str, Line]) -> None:
    """The filtered lists leave out nothing: together the states are the whole list, for everybody."""
    every = "&".join(f"state={code}" for code in RequestState)
    for user in (world.drafter, world.sender, world.receiver, world.executor):
        plain = shown(RequestListing, user)
        assert plain and shown(RequestListing, user, every) == plain
