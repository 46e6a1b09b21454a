"""Requests are found by each side's own text: what it drafts, what crossed to it, its results; never the other's."""

from itertools import cycle

import pytest
from django.urls import reverse

from agencies.models import Role
from cases.services import save_case
from cases.services.search import look_for
from mla.lists import RequestListing
from tests.cases.finding import finds, look, page
from tests.cases.walking import shown
from tests.factories import Line, World, agency, person
from tests.thorough import THOROUGH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reach")]


def test_a_draft_is_found_by_its_drafters_alone(world: World) -> None:
    """By subject, facts, measures, number; and by nobody whom it has not reached."""
    line = Line(world, facts="Saffron was carried in crates.")
    strangers = [world.sender, world.signatory, world.receiver, world.executor]
    turn = cycle(strangers)
    for term in ("saffron", "Hear the witness", "invented witness", "crates saffron"):
        assert finds(world.drafter, term, line.request), term
        for stranger in strangers if THOROUGH else [next(turn)]:
            assert not finds(stranger, term, line.request), term
    for term in ("шафран crates", "saffrom crates"):
        assert not finds(world.drafter, term, line.request), term


def test_the_other_side_finds_what_was_transmitted(world: World) -> None:
    """From transmission on, and only by what the transmitted version says."""
    line = Line(world, facts="Saffron was carried in crates.")
    line.walk("submit", "pass_on", "sign")
    assert finds(world.sender, "saffron", line.request) and not finds(world.receiver, "saffron", line.request)
    line.take("transmit", number="OUT-77/26")
    assert finds(world.receiver, "saffron", line.request) and finds(world.receiver, "out7726", line.request)
    assert not finds(world.executor, "saffron", line.request)


def test_domestic_words_of_one_side_are_nothing_to_the_other(world: World) -> None:
    """Results before the response, answers before they are sent, reasons of a return never."""
    line = Line(world).walk_to("info_requested")
    line.take("write_answer", answers=["Zanzibar."])
    assert finds(world.drafter, "zanzibar", line.request) and not finds(world.receiver, "zanzibar", line.request)
    line.take("answer_information")
    assert finds(world.receiver, "zanzibar", line.request)
    line.walk("accept_and_assign", "start_execution")
    line.take("report_results", results={1: {"result": "done", "text": "Mombasa."}, 2: {"result": "done", "text": ""}})
    assert finds(world.executor, "mombasa", line.request) and not finds(world.drafter, "mombasa", line.request)
    line.take("return_results", reason="Lamu is missing.")
    assert not finds(world.drafter, "lamu", line.request) and not finds(world.drafter, "mombasa", line.request)


def test_a_response_is_found_by_the_requesting_side(world: World) -> None:
    """Its covering note and its results."""
    line = Line(world).walk_to("results_reported")
    line.take("send_response", covering_note="With Pemba.")
    assert finds(world.drafter, "pemba", line.request) and finds(world.drafter, "done as asked", line.request)


def test_the_cases_offences_are_not_the_authoritys(world: World) -> None:
    """A central authority finds a request by the letter; what only the case says, it does not read."""
    line = Line(world)
    words = {"title": line.case.title, "proceedings_number": "1-2026", "offences": "Barratry, art. 9"}
    save_case(actor=world.drafter, pk=line.case.pk, version=line.case.version, content=words)
    line.walk_to("at_central_authority")
    assert finds(world.sender, line.case.title, line.request) and not finds(world.sender, "barratry", line.request)


def test_need_to_know(world: World) -> None:
    """Named people alone; the other side reads what crossed to it."""
    line = Line(world, need_to_know=True, facts="Saffron was carried in crates.")
    colleague = person(agency("KG-MIA"), Role.OFFICER)
    assert finds(world.drafter, "saffron", line.request) and not finds(colleague, "saffron", line.request)


def test_a_reference_leads_to_the_request(world: World) -> None:
    """For those who see it; for others it is a search like any other."""
    line = Line(world)
    address = look(world.drafter, line.request.reference)["Location"]
    assert address == reverse("mla:detail", args=[line.pk])
    assert look(world.receiver, line.request.reference)["Location"].startswith("/search/")
    assert "Nothing that you may see matches" in page(world.receiver, line.request.reference)


def test_search_and_filters_together(world: World) -> None:
    """In the list of requests both must fit, in every order."""
    saffron = [Line(world, title=f"Saffron {number}") for number in range(3)]
    Line(world, title="Barge")
    saffron[0].take("discard")
    search = look_for(actor=world.drafter, term="saffron", place="requests").search
    for sort in ("", "&sort=oldest", "&sort=due"):
        query = f"search={search.pk}{sort}"
        assert shown(RequestListing, world.drafter, query) == {line.pk for line in saffron}
        assert shown(RequestListing, world.drafter, f"{query}&state=draft") == {saffron[1].pk, saffron[2].pk}
        assert shown(RequestListing, world.drafter, f"{query}&state=closed") == set()
