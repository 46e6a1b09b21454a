"""The register: whose lines stand in it, what each says on its reader's side, filters, search by any number, pages."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import CASE_ROLES, Designation, Role
from agencies.services import end_membership
from agencies.standing import standing_of
from mla.models import AssistanceRequest, RegisterNumber
from mla.register import Entry, Place, page_of
from mla.services import save_draft
from mla.workflow import Body
from tests.factories import (
    CONTENT,
    MEASURES,
    Line,
    World,
    agency,
    designate,
    later,
    member,
    paper,
    person,
    state,
    today,
)
from tests.security.people import browser, undone

pytestmark = pytest.mark.django_db

YEAR = today().year

REGISTER = "/register/"


def rows(user: User, query: dict[str, Any] | None = None, url: str = REGISTER) -> list[Entry]:
    """The entries on the person's page."""
    response = browser(user).get(url, query)
    assert response.status_code == 200
    return response.context["rows"]


def numbers(user: User, **query: Any) -> list[str]:
    """Their own numbers, in the order of the page."""
    return [row.line.number for row in rows(user, query)]


def test_the_address_is_the_contracts() -> None:
    """Those outside rely on it."""
    assert reverse("register:list") == REGISTER


def test_each_side_has_its_own_number(world: World, line: Line) -> None:
    """Outgoing of the sending authority, incoming of the receiving one; the other side's number once it has crossed."""
    line.walk("submit", "pass_on", "sign")
    assert not rows(world.sender) and not rows(world.receiver)
    line.take("transmit", number="14/3-218", number_date=date(2026, 1, 5))
    (sent,) = rows(world.sender)
    assert (sent.line.number, sent.line.date, sent.outgoing) == ("14/3-218", date(2026, 1, 5), True)
    assert (sent.their_number, sent.authority) == ("", world.bodies[Body.RECEIVING].name)
    assert (sent.line.other_state, sent.other_state) == ("UZ", "Uzbekistan")
    assert (sent.subject, sent.reference) == (CONTENT["title"], line.request.reference)
    assert not rows(world.receiver), "not entered there yet"
    line.take("acknowledge", number="вх-7", number_date=date(2026, 1, 9))
    (sent,), (arrived,) = rows(world.sender), rows(world.receiver)
    assert (sent.their_number, sent.their_date) == ("вх-7", date(2026, 1, 9))
    assert (arrived.line.number, arrived.outgoing, arrived.line.other_state) == ("вх-7", False, "KG")
    assert (arrived.their_number, arrived.their_date) == ("14/3-218", date(2026, 1, 5))
    assert arrived.authority == world.bodies[Body.SENDING].name


def test_whose_journal(world: World, line: Line) -> None:
    """The drafting and the executing agency see the request, and gave it no number: it is in no journal of theirs."""
    line.walk_to("in_execution")
    assert not rows(world.drafter) and not rows(world.executor)
    assert len(rows(world.signatory)) == len(rows(world.receiver)) == 1


def test_who_has_no_case_role_has_no_register(world: World, line: Line) -> None:
    """An agency admin, a platform admin and people of other agencies find nothing, and so do those who left."""
    line.walk_to("acknowledged")
    paper(world.sender, world.bodies[Body.SENDING])
    admin = world.new(Body.SENDING, Role.AGENCY_ADMIN)
    assert not rows(admin)
    assert not rows(person(agency("KG-CUS"), *CASE_ROLES))
    left = world.new(Body.SENDING, *CASE_ROLES)
    assert len(rows(left)) == 2
    end_membership(membership=left.memberships.get())
    assert not page_of(standing_of(left), {}, {})[0]
    still_there = standing_of(world.new(Body.SENDING, *CASE_ROLES))
    assert page_of(still_there, {}, {})[0]


def test_need_to_know(world: World) -> None:
    """In the agency that keeps the case close, who does not see the request does not see its line either."""
    world.bodies[Body.DRAFTING] = world.bodies[Body.SENDING]
    drafter, supervisor = world.new(Body.SENDING, Role.OFFICER), world.new(Body.SENDING, Role.SUPERVISOR)
    world.drafter, world.supervisor = drafter, supervisor
    world.holders[Body.DRAFTING, Role.OFFICER], world.holders[Body.DRAFTING, Role.SUPERVISOR] = drafter, supervisor
    secret = Line(world, need_to_know=True, members=[supervisor]).walk_to("transmitted")
    number = secret.request.numbers.get().number
    assert numbers(world.sender) == numbers(drafter) == [number]
    late = world.new(Body.SENDING, *CASE_ROLES)
    assert not rows(late) and not numbers(late, q=number) and not numbers(late, direction="outgoing")


def test_a_state_shows_as_the_side_sees_it(world: World, line: Line) -> None:
    """The other side's domestic step does not show in the register either."""
    line.walk_to("results_reported")
    assert rows(world.receiver)[0].look["label"] == "Results reported"
    assert rows(world.sender)[0].look["label"] == "In execution"


def test_the_requested_side_reads_what_crossed(world: World) -> None:
    """Subject and deadline come from the transmitted version, not from the working row."""
    line = Line(world).walk_to("acknowledged")
    AssistanceRequest.objects.unscoped("a test spoils the row").filter(pk=line.pk).update(
        title="Changed at home", deadline=date(2020, 1, 1)
    )
    assert (rows(world.receiver)[0].subject, rows(world.receiver)[0].due.day) == (CONTENT["title"], None)
    assert rows(world.sender)[0].subject == "Changed at home"


def test_two_agencies_of_one_reader(world: World, line: Line) -> None:
    """Both journals in one list by date, or one of them."""
    line.walk_to("transmitted")
    number = line.request.numbers.get().number
    other = agency("KG-CUS")
    registrar = person(other, Role.CA_OFFICER)
    older = paper(registrar, other, number="C-1", number_date=later(-2))
    newer = paper(registrar, other, number="C-2", number_date=today())
    world.give(world.sender, Body.SENDING, Role.CA_OFFICER)
    member(world.sender, other, Role.OFFICER)
    assert numbers(world.sender) == [newer.line.number, number, older.line.number]
    assert numbers(world.sender, agency="KG-CUS") == ["C-2", "C-1"]
    assert numbers(world.sender, agency="KG-GPO") == [number]
    assert numbers(world.sender, agency="UZ-GPO") == [newer.line.number, number, older.line.number], "not theirs"


SAME = ["14/3–218-А", "14 / 3 - 218 - А", "14⁄3−218‑a", "14\\3—218—A", "№ 14/3-218-А", "１４/3﹣218-а"]


@pytest.mark.parametrize("typed", SAME)
def test_any_kind_of_dash_slash_and_letter(world: World, line: Line, typed: str) -> None:
    """A number is found however it is typed: dashes, slashes, blanks, script and case of letters."""
    line.walk("submit", "pass_on", "sign")
    line.take("transmit", number="14/3-218-А")
    assert numbers(world.sender, q=typed) == ["14/3-218-А"]
    assert numbers(world.sender, q=typed.replace("8", "9")) == []


def test_search_by_any_number(world: World, line: Line) -> None:
    """Own, counterpart's, portal reference and case number, whole or in part, on both sides."""
    line.walk("submit", "pass_on", "sign")
    line.take("transmit", number="OUT-11")
    line.take("acknowledge", number="IN-22")
    for typed in ("OUT-11", "in-22", line.request.reference, "out", "1-2026", line.case.proceedings_number):
        assert numbers(world.sender, q=typed) == ["OUT-11"], typed
        assert numbers(world.receiver, q=typed) == ["IN-22"], typed
    assert numbers(world.sender, q="33") == numbers(world.sender, q="%") == numbers(world.sender, q="_") == []
    assert numbers(world.sender, q="№") == ["OUT-11"], "nothing is left of it, and nothing is asked"


def test_the_other_sides_number_is_found_once_it_crossed(world: World, line: Line) -> None:
    """Not a moment before; and a case number that was changed meanwhile does not cross with an answer."""
    line.walk("submit", "pass_on", "sign")
    line.take("transmit", number="OUT-11")
    assert numbers(world.sender, q="IN-22") == []
    line.take("acknowledge", number="IN-22")
    assert numbers(world.sender, q="IN-22") == ["OUT-11"]
    line.walk("start_review", "ask_information", "write_answer")
    type(line.case).objects.unscoped("a test").filter(pk=line.case.pk).update(proceedings_number="77-2026")
    assert numbers(world.sender, q="77-2026") == []
    line.take("answer_information")
    assert numbers(world.sender, q="77-2026") == [] and numbers(world.receiver, q="77-2026") == []
    assert numbers(world.sender, q="1-2026") == ["OUT-11"] and numbers(world.receiver, q="1-2026") == ["IN-22"]


@pytest.fixture
def full(world: World) -> World:
    """One sent and open, one sent and closed, one withdrawn; on paper one open, one closed, one void last year."""
    for word, steps in (("open", "accepted"), ("closed", "closed"), ("withdrawn", "withdrawn")):
        line = Line(world).walk("submit", "pass_on", "sign")
        line.take("transmit", number=f"{word}-1")
        if steps != "withdrawn":
            line.take("acknowledge", number=f"{word}-9")
        names = {"accepted": 2, "closed": 7, "withdrawn": 0}[steps]
        line.walk(*LATER[:names])
        if steps == "withdrawn":
            line.take("withdraw")
    at, long_ago = world.bodies[Body.SENDING], date(YEAR - 1, 6, 1)
    paper(world.sender, at, number="paper-open", direction="outgoing")
    paper(world.sender, at, number="paper-closed", closed_on=today(), other_state="ORG")
    last = paper(
        world.sender,
        at,
        number="paper-void",
        number_date=long_ago,
        their_date=long_ago,
        crossed_on=long_ago,
        other_state="UZ",
    )
    type(last).objects.filter(pk=last.pk).update(voided_at=timezone.now(), void_reason="Entered twice.")
    return world


LATER = (
    *("start_review", "accept_and_assign", "start_execution", "report_results"),
    *("send_response", "receive_response", "close"),
)
ALL = {"open-1", "closed-1", "withdrawn-1", "paper-open", "paper-closed", "paper-void"}
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, ALL),
    ({"direction": "outgoing"}, {"open-1", "closed-1", "withdrawn-1", "paper-open"}),
    ({"direction": "incoming"}, {"paper-closed", "paper-void"}),
    ({"kind": "paper"}, {"paper-open", "paper-closed", "paper-void"}),
    ({"kind": "portal"}, {"open-1", "closed-1", "withdrawn-1"}),
    ({"state": "open"}, {"open-1", "paper-open"}),
    ({"state": "ended"}, {"closed-1", "withdrawn-1", "paper-closed", "paper-void"}),
    ({"other": "UZ"}, {"open-1", "closed-1", "withdrawn-1", "paper-void"}),
    ({"other": "MN"}, {"paper-open"}),
    ({"other": "ORG", "state": "ended"}, {"paper-closed"}),
    ({"year": YEAR - 1}, {"paper-void"}),
    ({"year": YEAR}, ALL - {"paper-void"}),
    ({"year": YEAR - 1, "since": f"{YEAR - 1}-06-02"}, set()),
    ({"since": f"{YEAR}-01-01"}, ALL - {"paper-void"}),
    ({"until": f"{YEAR - 1}-06-01"}, {"paper-void"}),
    ({"q": "paper", "direction": "outgoing"}, {"paper-open"}),
]


def test_filters(full: World) -> None:
    """Each filter, alone and with another."""
    for query, expected in FILTERS:
        assert set(numbers(full.sender, **query)) == expected, query


WRONG = [
    {"direction": "sideways"},
    {"other": "Киргизия"},
    {"year": "the year before"},
    {"since": "31.02.2026"},
    {"until": "99999-01-01"},
    {"kind": "\x00"},
    {"state": "<script>"},
    {"q": "1\u202e2"},
]


def test_what_cannot_be_followed_is_said(full: World) -> None:
    """A filter that is wrong narrows nothing, stands there as typed, and its field says what is wrong."""
    client = browser(full.sender, raise_request_exception=False)
    for query in WRONG:
        response = client.get(REGISTER, query)
        assert response.status_code == 200 and len(response.context["rows"]) == len(ALL), query
        assert 'class="field-error"' in response.content.decode(), query
        assert "<script>" not in response.content.decode().partition("<main")[2]


def test_pages_lose_and_repeat_nothing(world: World) -> None:
    """Many of one day: page by page, older and older, each once; then back to the newest."""
    at = world.bodies[Body.SENDING]
    entered = [paper(world.sender, at, number=f"N-{n}", number_date=later(-(n // 20))) for n in range(60)]
    client, found, url = browser(world.sender), [], f"{REGISTER}?q=N-"
    while url:
        context = client.get(url).context
        found += [row.line.number for row in context["rows"]]
        url = f"{REGISTER}?q=N-&after={context['older']}" if context["older"] else ""
        assert context["newer"] == (len(found) > 25)
    days = {one.line.number: one.line.date for one in entered}
    assert sorted(found) == sorted(days)
    assert [days[number] for number in found] == sorted(days.values(), reverse=True)
    page = client.get(f"{REGISTER}?q=N-").content.decode()
    assert "60" not in page.partition("<main")[2].partition('class="table"')[0], "no total"


PLACES = [
    "",
    "x",
    "_",
    "2026-01-01",
    "2026-01-01_x",
    "2026-13-01_1",
    "2026-01-01_" + "9" * 32,
    "9" * 4000,
    "2026-01-01_-5",
]


@pytest.mark.parametrize("place", [*PLACES, "\x00", "2026-01-01_²"])
def test_places_that_lie(world: World, line: Line, place: str) -> None:
    """A place that is none leads to the first page; one beyond the end to an empty one."""
    line.walk_to("transmitted")
    response = browser(world.sender, raise_request_exception=False).get(REGISTER, {"after": place})
    assert response.status_code == 200


def test_a_place_counts_nothing(world: World, line: Line) -> None:
    """The address of the next page names the request, not the line's key, by which all agencies' lines are counted."""
    line.walk_to("acknowledged")
    (own,) = RegisterNumber.objects.filter(agency=world.bodies[Body.SENDING])
    assert str(Place.at(own)) == f"{own.date}_{line.pk}"
    assert Place.at(own).key(standing_of(world.sender)) == (own.date, own.pk)


def test_a_place_that_is_gone(world: World) -> None:
    """The next page of a line that one does not see any more begins with its day: repeated, not lost."""
    theirs = paper(world.receiver, world.bodies[Body.RECEIVING], number_date=today())
    mine = paper(world.sender, world.bodies[Body.SENDING], number_date=today())
    for gone in (theirs.pk, uuid.uuid4()):
        assert [one.line.paper_id for one in rows(world.sender, {"after": Place(today(), gone)})] == [mine.pk]
    assert not rows(world.sender, {"after": Place(today(), mine.pk)})


def test_a_place_survives_its_address() -> None:
    """Written and read again."""
    place = Place(today(), uuid.uuid4())
    assert Place.parse(str(place)) == place


def test_who_finds_it_in_the_navigation(world: World, line: Line) -> None:
    """Case workers of a central authority always; of another agency once it has a line that they see; no admin."""
    at = agency("KG-CUS")
    officer, admin = person(at, Role.CA_OFFICER), person(agency("KG-GPO"), Role.AGENCY_ADMIN)
    drafter = browser(world.drafter)

    def offered(client: Client) -> bool:
        return f'href="{REGISTER}"' in client.get("/").content.decode()

    assert offered(browser(world.sender)) and offered(browser(world.signatory))
    assert not offered(browser(officer)) and not offered(browser(admin)) and not offered(drafter)
    with undone():
        designate(at, Designation.Function.EXECUTES)
        assert offered(browser(officer))
    paper(officer, at)
    assert offered(browser(officer))
    line.walk_to("transmitted")
    assert not offered(drafter), "their agency gave it no number"


def test_a_draft_has_no_line(world: World, line: Line) -> None:
    """Nothing stands in a journal before it has a number."""
    save_draft(
        actor=world.drafter,
        pk=line.pk,
        version=line.clock("submit"),
        requested_state=state("UZ"),
        content=CONTENT,
        measures=MEASURES,
    )
    assert not RegisterNumber.objects.exists()
