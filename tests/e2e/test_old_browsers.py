"""The oldest browsers served: Chrome and Edge 109, Firefox ESR 115, Safari 15.4. See docs/adr/0051-*.md.

None of these runs here. What they do not know is taken out of the style sheet, as they drop it, and the pages must
look the same; scripts must not use what they cannot read.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route

from tests.e2e.visitor import Visitor
from tests.factories import Line

STATIC = Path(settings.BASE_DIR) / "static"
# Of each, at least one of the oldest knows nothing: a declaration with such a value is dropped,
VALUES = re.compile(r"light-dark\(|color-mix\(|okl(?:ab|ch)\(|\bl(?:ab|ch)\(|\bcolor\(|\(from |\d(?:cq|dv|sv|lv)[whib]")
# a rule with such a selector as a whole, with the selectors beside it,
SELECTORS = re.compile(r":has\(|:user-(?:in)?valid|:popover-open|:state\(|::details-content|&")
# and such a block with everything in it.
BLOCKS = re.compile(r"@(?:container|scope|starting-style|property|view-transition|position-try)")
# Young properties that we use, because a page without them is the same page with lines that end less well.
GRACES = {"text-wrap", "field-sizing"}
YOUNG = GRACES | {
    "anchor-name",
    "position-anchor",
    "animation-timeline",
    "container-type",
    "interpolate-size",
    "scrollbar-gutter",
    "text-box",
    "view-transition-name",
}
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# Of scripts: later than ES2020.
SCRIPT = re.compile(
    r"\?\?=|\|\|=|&&=|\.at\(|\.findLast|structuredClone|\.replaceAll\(|Object\.(?:hasOwn|groupBy)|static\s*\{"
)
# What the eye compares, of each element.
LOOKS = """() => document.fonts.ready.then(() => {
    const shown = [...document.querySelectorAll("body, body *")].filter((one) => one.checkVisibility());
    return shown.map((one) => {
        const style = getComputedStyle(one), box = one.getBoundingClientRect();
        return [one.tagName, one.className.toString(), style.color, style.backgroundColor, style.borderTopColor,
            style.display, style.outlineColor, Math.round(box.width)].join("|");
    });
})"""


def sheet() -> str:
    """The style sheet as it is built."""
    return (STATIC / "build" / "comity.css").read_text(encoding="utf-8")


def as_read(css: str) -> str:
    """What is left of it in a browser that knows none of these."""

    def kept(rule: re.Match[str]) -> str:
        selector, body = rule[1], rule[2]
        if SELECTORS.search(selector):
            return ""
        known = [one for one in body.split(";") if not VALUES.search(one) and one.split(":")[0].strip() not in GRACES]
        return f"{selector}{{{';'.join(known)}}}"

    return RULE.sub(kept, css)


def looks(page: Page) -> list[str]:
    """Colour, frame and width of each element."""
    found: list[str] = page.evaluate(LOOKS)
    return found


def test_nothing_that_takes_more_with_it() -> None:
    """No block that they would drop whole, and no young property but the graces; and some is there to be dropped."""
    css = sheet()
    assert not BLOCKS.search(css)
    assert {one for one in YOUNG if re.search(rf"[;{{]{one}:", css)} == GRACES
    assert VALUES.search(css) and SELECTORS.search(css) and as_read(css) != css


@pytest.mark.parametrize("script", ["build/htmx.min.js", *(one.name for one in STATIC.glob("*.js"))])
def test_scripts_are_read(script: str) -> None:
    """A script with one word too new is dropped whole."""
    assert not SCRIPT.search((STATIC / script).read_text(encoding="utf-8"))


@pytest.mark.django_db(transaction=True)
def test_pages_look_the_same(line: Line, read: Callable[..., Visitor]) -> None:
    """Every colour, frame and width of every part, light and dark, with what they know of the sheet."""
    now, then = read(), read()
    served = []

    def old(route: Route) -> None:
        served.append(route.request.url)
        response = route.fetch()
        route.fulfill(response=response, body=as_read(response.text()))

    then.page.route("**/build/comity*.css", old)
    for scheme in ("light", "dark"):
        for path in ("/parts/", "/", f"/requests/{line.pk}/"):
            both = []
            for visitor in (now, then):
                visitor.page.emulate_media(color_scheme=scheme)
                both.append(looks(visitor.go(path).page))
            different = [pair for pair in zip(*both, strict=True) if pair[0] != pair[1]]
            assert not different, f"{path} {scheme}: {different[:5]}"
    assert served, "the old sheet was read"
