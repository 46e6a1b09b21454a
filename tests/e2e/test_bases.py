"""A drafter chooses the requested state and is offered what binds the two, with and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.visitor import Visitor
from tests.factories import World, case, state

pytestmark = pytest.mark.django_db(transaction=True)


def offered(page: Page) -> list[str]:
    """The codes of the bases on the page, in order."""
    return page.locator("main [name=basis]").evaluate_all("found => found.map(one => one.value)")


@pytest.fixture
def path(world: World) -> str:
    """The form of a new request, in a case of the drafter's."""
    state("KZ")
    return f"/requests/new/?case={case(world.drafter, world.bodies['drafting']).pk}"


def test_bases_follow_the_state(world: World, path: str, visit: Callable[..., Visitor]) -> None:
    """They come and change with the choice; the focus and what is typed stay; another pair's basis is not kept."""
    visitor = visit().enter(world.drafter).go(path)
    page = visitor.page
    assert offered(page) == []
    visitor.fill(title="Typed before", requested_state="UZ")
    page.wait_for_selector("[name=basis][value=bilateral-KG-UZ-1996]")
    assert offered(page)[0] == "chisinau-2002" and offered(page)[-1] == "reciprocity"
    visitor.fill(basis="bilateral-KG-UZ-1996")
    page.locator("[name=requested_state]").focus()
    visitor.fill(requested_state="KZ")
    page.wait_for_selector("[name=basis][value=bilateral-KG-KZ-1996]")
    assert page.locator("[name=basis]:checked").count() == 0
    assert page.evaluate("() => document.activeElement.name") == "requested_state"
    assert page.locator("[name=title]").input_value() == "Typed before"
    visitor.fill(basis="chisinau-2002").press("Begin the draft")
    page.wait_for_url("**/requests/*-*/draft/")
    assert "Chisinau Convention (2002)" in visitor.words


def test_without_javascript(world: World, path: str, visit: Callable[..., Visitor]) -> None:
    """The button shows them, and keeps what is typed."""
    visitor = visit(javascript=False).enter(world.drafter).go(path)
    visitor.fill(title="Typed before", requested_state="UZ").press("Show the legal bases")
    visitor.page.wait_for_selector("[name=basis][value=chisinau-2002]")
    assert visitor.page.locator("[name=title]").input_value() == "Typed before"
    visitor.fill(basis="untoc").press("Begin the draft")
    visitor.page.wait_for_url("**/requests/*-*/draft/")
    assert "UNTOC (2000)" in visitor.words
