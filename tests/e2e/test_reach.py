"""Everybody reaches everything: axe finds nothing, nothing sticks out sideways, the keyboard alone is enough."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from accounts.models import User
from tests.e2e.conftest import with_password
from tests.e2e.village import Place, Village, places
from tests.e2e.visitor import PASSWORD, Visitor, visitors
from tests.factories import Line, World
from tests.thorough import THOROUGH

pytestmark = pytest.mark.django_db(transaction=True)

Tour = Iterator[tuple[Place, Visitor]]
AXE = Axe().axe_script
RULES = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
CONTRAST = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture
def village(transactional_db: None) -> Village:
    """The exercise with requests in every state."""
    return Village()


@pytest.fixture
def tour(browser: Browser, portal: Callable[..., str]) -> Iterator[Callable[..., Tour]]:
    """Call it to go round all pages, each opened by its person."""
    with visitors(browser, portal(EXERCISE="Saffron Crate")) as make:

        def go_round(found: list[Place], **options: object) -> Tour:
            known: dict[User | None, Visitor] = {}
            for place in found:
                if place.who not in known:
                    known[place.who] = make(**options)
                    if place.who:
                        known[place.who].enter(place.who)
                yield place, known[place.who].go(place.path, place.status)

        yield go_round


WIDTHS = {"en": 1440, "ru": 360}


@pytest.mark.timeout(1200)
def test_every_page_for_everybody(village: Village, tour: Callable[..., Tour]) -> None:
    """No violation that axe knows, wide and narrow, and nothing sticks out sideways at either width.

    Every page once: each second one in English and wide, the others in the longer words of Russian and narrow.
    The drill takes every page in both languages at both widths, and looks at the contrast of each in the dark.
    """
    found, wrong = places(village), []
    for number, language in enumerate(WIDTHS):
        village.speak(language)
        turn = found if THOROUGH else found[number :: len(WIDTHS)]
        for place, visitor in tour(turn, language=language):
            for width in WIDTHS.values():
                visitor.page.set_viewport_size({"width": width, "height": 900})
                where = f"{place.name} {language} {width}"
                if THOROUGH or width == WIDTHS[language]:
                    wrong += [f"{where}: {words}" for words in violations(visitor.page)]
                if THOROUGH and width == WIDTHS[language]:
                    visitor.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
                    wrong += [f"{where} dark: {words}" for words in violations(visitor.page, CONTRAST)]
                    visitor.page.emulate_media(color_scheme="light")
                sideways = visitor.sideways()
                if sideways:
                    wrong.append(f"{where}: {sideways}")
    assert not wrong, "\n".join(wrong)


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe says against a page, and where."""
    # One page is looked at in two widths: its axe stays with it.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", rules)
    return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]


def tab_to(page: Page, name: str, at_most: int = 60) -> None:
    """Press Tab until the focus stands on what has these words (a pattern), as seen."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "() => { const one = document.activeElement;"
            " return (one.labels && one.labels[0] ? one.labels[0] : one).innerText || one.ariaLabel || ''; }"
        )
        if re.fullmatch(name + r"(\s*\(.*\))?", focus.strip()):
            return
    raise AssertionError(f"the focus never came to {name}")


def test_keyboard_alone(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Skip link, signing in, opening a request and taking a step, without a pointer."""
    person = with_password(world.drafter)
    visitor = visit().go("/accounts/login/")
    page, keyboard = visitor.page, visitor.page.keyboard
    keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("one => one === document.activeElement") and skip.is_visible()
    keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    tab_to(page, "E-?mail( address)?")
    keyboard.type(person.email)
    tab_to(page, "Password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url(f"{visitor.url}/")
    tab_to(page, "Finish the draft")
    keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{line.pk}/draft/")
    tab_to(page, line.request.reference)
    keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{line.pk}/")
    tab_to(page, "Discard draft")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "2px", "the focus is seen"
    keyboard.press("Enter")
    page.wait_for_url("**/steps/discard/")
    tab_to(page, "Discard draft")
    keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert page.locator(".error-summary").evaluate("one => one === document.activeElement"), "the errors are read first"
    keyboard.press("Tab")
    keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.name") == "reason"
    keyboard.type("Begun by mistake.")
    tab_to(page, "Discard draft")
    keyboard.press("Enter")
    # The address keeps the part after #, which the link of the error summary set.
    page.wait_for_url(re.compile(rf"/requests/{line.pk}/(#.*)?$"))
    assert line.state == "discarded"
