"""Pages bend to whoever reads them: dark, small, enlarged, widely spaced, without motion or colours, on paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import Theme
from tests.e2e.test_reach import violations
from tests.e2e.visitor import Visitor
from tests.factories import Line, World

pytestmark = pytest.mark.django_db(transaction=True)

# WCAG 1.4.12, as an own sheet of the reader's browser would set it.
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
        p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
# The longest time that anything takes to change its looks, in seconds.
SLOWEST = """() => Math.max(...[...document.querySelectorAll("*")].map((one) => {
    const style = getComputedStyle(one);
    return Math.max(...(style.transitionDuration + "," + style.animationDuration).split(",").map(parseFloat));
}))"""
LIGHT_INK, PAPER = "rgb(21, 36, 43)", {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}


def pages(line: Line) -> list[str]:
    """The main ones, and the one that shows every part."""
    return ["/", "/cases/", f"/requests/{line.pk}/", f"/requests/{line.pk}/draft/measures/", "/parts/"]


def styled(page: Page, name: str, of: str = "body") -> str:
    """A property of an element as it is drawn."""
    return str(page.evaluate(f"() => getComputedStyle(document.querySelector('{of}'))['{name}']"))


def test_dark(world: World, line: Line, read: Callable[..., Visitor]) -> None:
    """Chosen in the menu, kept, with enough contrast everywhere; on paper the same page is light."""
    visitor = read().go("/")
    page = visitor.page
    page.get_by_text(world.drafter.name).first.click()
    page.get_by_role("group", name="Light or dark pages").get_by_role("button", name="Dark").click()
    page.wait_for_load_state()
    world.drafter.refresh_from_db()
    assert world.drafter.theme == Theme.DARK
    wrong = []
    for path in pages(line):
        visitor.go(path)
        assert styled(page, "colorScheme", "html") == "dark", path
        wrong += [f"{path}: {words}" for words in violations(page)]
    assert not wrong, "\n".join(wrong)
    page.emulate_media(media="print")
    assert styled(page, "color") == LIGHT_INK and styled(page, "backgroundColor") in PAPER


def test_as_the_device(line: Line, read: Callable[..., Visitor]) -> None:
    """Without a choice the device decides, and changes its mind without another click."""
    page = read().go("/").page
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert styled(page, "colorScheme", "html") == scheme


@pytest.mark.parametrize("width", [320, 720])
def test_small_and_enlarged(line: Line, read: Callable[..., Visitor], width: int) -> None:
    """320 pixels, and 1440 at 200 %: nothing sticks out sideways, also with the letters and lines set wider."""
    visitor = read(width=width)
    for path in pages(line):
        visitor.go(path)
        assert not visitor.sideways(), path
        visitor.page.evaluate(SPACED)
        assert not visitor.sideways(), f"{path}, spaced"


def test_motion(read: Callable[..., Visitor]) -> None:
    """At most 150 ms; none at all for who wants none."""
    page = read().go("/parts/").page
    assert 0 < page.evaluate(SLOWEST) <= 0.15
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(SLOWEST) == 0


def test_colours_of_the_system(read: Callable[..., Visitor]) -> None:
    """With forced colours the focus, the frames and the half that holds the ball are still told apart."""
    page = read().go("/parts/").page
    page.emulate_media(forced_colors="active")
    assert page.evaluate("() => matchMedia('(forced-colors: active)').matches")
    page.keyboard.press("Tab")
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for part in (".btn-main", ".badge-state", ".flash", ".ball-chip", ".card"):
        assert styled(page, "borderTopWidth", part) != "0px", part
    held, free = styled(page, "backgroundColor", ".ball-chip .held"), styled(page, "backgroundColor", ".ball-chip span")
    assert styled(page, "backgroundColor", ".ball-chip .held-yours") == held != free or held != free


def test_menus_close(world: World, read: Callable[..., Visitor]) -> None:
    """By Escape, which gives the focus back, and by a press beside them."""
    page = read().go("/").page
    menu, name = page.locator("details.menu-user"), page.locator("details.menu-user summary")
    name.focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None and name.evaluate("one => one === document.activeElement")
    name.click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None
