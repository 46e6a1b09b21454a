"""Two officers give the same number at the same moment, or acknowledge the same requests: none is given twice."""

import re
from datetime import date
from functools import partial

import pytest

from accounts.refusals import Incomplete, MovedOn
from agencies.models import Role
from mla.models import PaperRequest, RegisterNumber
from mla.papers import change_paper
from mla.workflow import Body
from tests.factories import Line, World, paper
from tests.mla.test_papers import content_of
from tests.mla.test_receipts import address, filled
from tests.racing import race, winner
from tests.security.people import browser

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 1)
LOCK = "select 1 from agencies_agency where code = %s for no key update"


def test_two_steps(world: World) -> None:
    """One is done; the other is asked, and nothing of it remains."""
    lines = [Line(world).walk("submit", "pass_on", "sign") for _each in range(2)]
    clocks = [line.clock("transmit") for line in lines]
    data = lines[0].data("transmit") | {"number": "A-1", "number_date": DAY}
    acts = [partial(line.take, "transmit", version=clock, **data) for line, clock in zip(lines, clocks, strict=True)]
    first, second = race((LOCK, "KG-GPO"), *acts)
    assert first.error is None and isinstance(second.error, Incomplete)
    assert [line.state for line in lines] == ["transmitted", "at_central_authority"]
    assert RegisterNumber.objects.count() == 1


def test_a_step_and_paper(world: World) -> None:
    """The same between a step and a request on paper, whichever is first."""
    line = Line(world).walk("submit", "pass_on", "sign")
    clock, data = line.clock("transmit"), line.data("transmit") | {"number": "A-1", "number_date": DAY}
    first, second = race(
        (LOCK, "KG-GPO"),
        lambda: paper(world.sender, world.bodies[Body.SENDING], direction="outgoing", number="a-1", number_date=DAY),
        lambda: line.take("transmit", version=clock, **data),
    )
    assert first.error is None and isinstance(second.error, Incomplete)
    assert line.state == "at_central_authority"


def test_different_numbers_wait_and_pass(world: World) -> None:
    """Who waits for the other's number is not refused for it."""
    at = world.bodies[Body.SENDING]
    acts = race((LOCK, "KG-GPO"), *[lambda n=n: paper(world.sender, at, number=f"B-{n}") for n in range(3)])
    assert [one.error for one in acts] == [None] * 3


def test_two_officers_acknowledge_the_same(world: World) -> None:
    """Both send the same two requests at once: each is acknowledged once, and the later officer is told of both."""
    lines = [Line(world).walk_to("transmitted") for _each in range(2)]
    officers = [browser(one) for one in (world.receiver, world.new(Body.RECEIVING, Role.CA_OFFICER))]
    forms = [filled(one, lines, f"{letter}-{{}}") for one, letter in zip(officers, "AB", strict=True)]
    acts = [partial(one.post, address(lines), form) for one, form in zip(officers, forms, strict=True)]
    lock = "select 1 from mla_assistancerequest where id = %s for update"
    first, second = race((lock, str(lines[0].pk)), *acts)
    assert (first.error, second.error) == (None, None)
    assert (first.value.status_code, second.value.status_code) == (302, 409)
    assert [line.state for line in lines] == ["acknowledged"] * 2
    given = RegisterNumber.objects.filter(direction="incoming").values_list("number", flat=True)
    assert sorted(given) == ["A-1", "A-2"]
    page = second.value.content.decode()
    assert re.findall(r"B-\d", page), "what was typed is kept"
    assert page.count("moved on") == 2


def test_opposite_orders_do_not_wait_for_each_other_for_ever(world: World) -> None:
    """One officer's page lists the requests the other way round: each row is a transaction of its own."""
    lines = [Line(world).walk_to("transmitted") for _each in range(3)]
    officers = [browser(one) for one in (world.receiver, world.new(Body.RECEIVING, Role.CA_OFFICER))]
    forms = [filled(one, lines, f"{letter}-{{}}") for one, letter in zip(officers, "AB", strict=True)]
    first, second = race(
        ("select 1 from agencies_agency where code = %s for no key update", "UZ-GPO"),
        partial(officers[0].post, address(lines[:2]), forms[0]),
        partial(officers[1].post, address(lines[1:]), forms[1]),
    )
    assert (first.error, second.error) == (None, None)
    assert [line.state for line in lines] == ["acknowledged"] * 3
    assert RegisterNumber.objects.filter(direction="incoming").count() == 3


def test_two_changes_of_one_entry(world: World) -> None:
    """The second officer is told, and one's words are not mixed with the other's."""
    entry = paper(world.sender, world.bodies[Body.SENDING])
    acts = [
        partial(change_paper, actor=world.sender, pk=entry.pk, version=1, content=content_of(entry, subject=subject))
        for subject in ("First words", "Second words")
    ]
    first, second = race(("select 1 from mla_paperrequest where id = %s for update", str(entry.pk)), *acts)
    assert winner(first, second) is first and isinstance(second.error, MovedOn)
    assert (PaperRequest.objects.get().subject, PaperRequest.objects.get().version) == ("First words", 2)
