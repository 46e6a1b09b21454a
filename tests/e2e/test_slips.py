"""What was typed outlives a session that ended and a colleague who was faster."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import with_password
from tests.e2e.visitor import PASSWORD, Visitor
from tests.factories import Line, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_session_ended(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """The page keeps the words; after signing in on another page they are sent again and saved."""
    person = with_password(world.drafter)
    visitor = visit().enter(person).go(f"/requests/{line.pk}/draft/facts/")
    visitor.fill(facts="Typed on a Friday evening.")
    visitor.context.clear_cookies(name="sid")
    visitor.press("Save and back to the steps")
    visitor.page.wait_for_selector("h1:has-text('What you typed is kept')")
    assert "Typed on a Friday evening." in visitor.words
    assert "not yet saved in the portal" in visitor.words and "nothing was saved" not in visitor.words
    assert str(line.pk) not in visitor.words and "measures-" not in visitor.words
    # Which button was pressed is not what was typed.
    assert "list" not in visitor.words.split()
    with visitor.context.expect_page() as opened:
        visitor.press("Sign in on another page", "link")
    other = opened.value
    other.locator("input[name=login]").fill(person.email)
    other.locator("input[name=password]").fill(PASSWORD)
    other.locator("input[name=password]").press("Enter")
    other.wait_for_url(f"{visitor.url}/")
    visitor.press("Send it again")
    # The form's own token is older than the new session: the portal asks once more, and names who is signed in.
    visitor.page.wait_for_selector(f"main :text('{person.name}')")
    if visitor.path.endswith("/draft/facts/"):
        visitor.press("Send it again")
    visitor.page.wait_for_url(f"**/requests/{line.pk}/draft/")
    assert line.request.facts == "Typed on a Friday evening."


def test_somebody_was_faster(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """The second to save sees the present text beside what they typed, and decides."""
    visitor = visit().enter(world.drafter).go(f"/requests/{line.pk}/draft/facts/")
    faster = visit().enter(world.drafter).go(f"/requests/{line.pk}/draft/facts/")
    faster.fill(facts="The faster text.").press("Save and back to the steps")
    faster.page.wait_for_url(f"**/requests/{line.pk}/draft/")
    visitor.fill(facts="The later text.").press("Save and back to the steps")
    visitor.page.wait_for_selector(".error-summary")
    assert "saved this step meanwhile" in visitor.page.locator(".error-summary").inner_text()
    assert "The faster text." in visitor.page.locator("main").inner_text()
    assert visitor.page.locator("[name=facts]").input_value() == "The later text."
    assert line.request.facts == "The faster text."
    visitor.press("Save and back to the steps")
    visitor.page.wait_for_url(f"**/requests/{line.pk}/draft/")
    assert line.request.facts == "The later text."
