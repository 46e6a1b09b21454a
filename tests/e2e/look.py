"""Takes a picture of every page in both languages, narrow and wide, for people to look at.

`python -m exchange.testbed python tests/e2e/look.py OUT [WORD...]` writes OUT/<lang>-<width>/<name>.png; with words,
only of the pages whose names hold one of them.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

django.setup()

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from tests.databases import Databases  # noqa: E402
from tests.e2e.village import Place, Village, odd_pages, places  # noqa: E402
from tests.e2e.visitor import Visitor, launch  # noqa: E402
from tests.servers import start_web  # noqa: E402

WIDTHS = (1440, 360)


def look(browser: Browser, url: str, found: list[Place], out: Path, language: str) -> list[str]:
    """Take the pictures of one language; return what the browser complained about."""
    problems = []
    for width in WIDTHS:
        folder = out / f"{language}-{width}"
        folder.mkdir(parents=True, exist_ok=True)
        visitors: dict[str, Visitor] = {}
        for place in found:
            email = place.who.email if place.who else ""
            if email not in visitors:
                visitors[email] = Visitor(browser, url, width=width, language=language)
                if email:
                    visitors[email].enter(place.who)
            visitor = visitors[email].go(place.path, place.status)
            visitor.page.screenshot(path=folder / f"{place.name}.png", full_page=True)
        for name, visitor in odd_pages(visitors, found):
            visitor.page.screenshot(path=folder / f"{name}.png", full_page=True)
        for visitor in visitors.values():
            problems += visitor.problems
            visitor.context.close()
    return problems


@contextmanager
def portal() -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a portal on a new and empty database of its own."""
    ours = Databases(secrets.token_hex(4), "look")
    ours.make_template()
    ours.renew()
    try:
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            web, url = start_web(Path(folder) / "web.log", EXERCISE="Saffron Crate")
            try:
                yield launch(playwright), url
            finally:
                web.stop()
    finally:
        ours.drop_all()
        ours.sweep()


def main(out: Path, words: list[str]) -> int:
    """Build the village, and go round."""
    with portal() as (browser, url):
        village = Village()
        found = [one for one in places(village) if not words or any(word in one.name for word in words)]
        for language in ("en", "ru"):
            village.speak(language)
            for problem in look(browser, url, found, out, language):
                sys.stderr.write(f"{problem}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
