"""A prosecutor drafts with interruptions: the page saves itself, the connection goes, a colleague comes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from agencies.models import Role
from mla.models import DraftStep
from tests.e2e.visitor import Visitor
from tests.factories import Body, Line, World

pytestmark = pytest.mark.django_db(transaction=True)


def at_facts(line: Line, visitor: Visitor) -> Visitor:
    """At the step of the facts."""
    return visitor.go(f"/requests/{line.pk}/draft/facts/")


def test_saves_itself(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Typed and left: it is there when the page is opened again; typing on is no conflict with itself."""
    visitor = at_facts(line, visit().enter(world.drafter))
    visitor.page.locator("[name=facts]").press_sequentially("Left in the middle")
    expect(visitor.page.locator("#saved")).to_contain_text("Saved")
    visitor.page.locator("[name=facts]").press_sequentially(" of a word")
    expect(visitor.page.locator("#id_version")).to_have_value("2")
    at_facts(line, visitor)
    assert "Left in the middle of a word" in visitor.page.locator("[name=facts]").input_value()
    visitor.press("Save and go on")
    assert visitor.path.endswith("/draft/persons/")
    assert DraftStep.objects.get(name="facts").version == 2, "the button had nothing left to save"


def test_connection_lost(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Without a connection nothing typed is lost, the page says so, and saves when it is back."""
    visitor = at_facts(line, visit().enter(world.drafter))
    visitor.context.set_offline(True)
    visitor.page.locator("[name=facts]").fill("Typed in a tunnel.")
    expect(visitor.page.locator("#saved")).to_contain_text("No connection")
    visitor.page.locator("main form .btn-main").click()
    assert visitor.page.locator("[name=facts]").input_value() == "Typed in a tunnel."
    visitor.context.set_offline(False)
    expect(visitor.page.locator("#saved")).to_contain_text("Saved")
    assert line.request.facts == "Typed in a tunnel."
    # What the browser says of the broken connection is what was wanted here.
    wanted = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    visitor.problems[:] = [one for one in visitor.problems if not any(words in one for words in wanted)]


def test_a_colleague_at_the_same_step(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Each learns that the other is there; whoever is slower keeps their words beside the present text."""
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    mine = at_facts(line, visit().enter(world.drafter))
    theirs = at_facts(line, visit().enter(colleague))
    expect(theirs.page.locator("#others")).to_contain_text(world.drafter.name)
    theirs.fill(facts="The faster text.").press("Save and back to the steps")
    mine.fill(facts="The slower text.").press("Save and back to the steps")
    mine.page.wait_for_selector(".error-summary")
    assert colleague.name in mine.words and "The faster text." in mine.words
    assert mine.page.locator("[name=facts]").input_value() == "The slower text."


def test_without_scripts(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """The same steps with a browser that runs no script: rows are added and saved by their buttons."""
    visitor = visit(javascript=False).enter(world.drafter)
    visitor.go(f"/requests/{line.pk}/draft/measures/").press("Add a measure")
    visitor.fill(**{"measures-2-kind": "c", "measures-2-description": "Search the depot."})
    visitor.press("Save and back to the steps")
    assert line.request.measures.count() == 3


def test_a_new_person_comes_back_to_the_request(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Added from the step, the person is ticked there and goes along once saved."""
    visitor = visit().enter(world.drafter).go(f"/requests/{line.pk}/draft/persons/")
    visitor.press("Add a person", "link").fill(**{"names-0-name": "Invented", "names-0-script": "latin"})
    visitor.press("Save")
    assert visitor.path.endswith("/draft/persons/") and "The new record is ticked below" in visitor.words
    visitor.press("Save and back to the steps")
    assert "Invented" in visitor.words and line.request.request_items.count() == 1
