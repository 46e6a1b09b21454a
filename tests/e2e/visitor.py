"""A person at a browser of their own, and everything that the browser complains about."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Response

from accounts.models import User
from tests.security.people import browser as browser_of

PASSWORD = "invented-words-for-a-test"
FLAGS = (
    "--no-sandbox",  # tests also run as root, in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name but our own is known: a page that asks a foreign host fails loudly.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
# The browser notes each answer of 4xx as an error of its own; the tests judge the status themselves.
ANSWERED = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium that the test bed found."""
    return playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=list(FLAGS))


class Visitor:
    """One browser context: signs in, goes, presses, fills in; collects complaints in `problems`."""

    def __init__(
        self, browser: Browser, url: str, *, width: int = 1440, language: str = "en", javascript: bool = True
    ) -> None:
        self.url = url
        locale = {"en": "en-GB", "ru": "ru-RU"}[language]
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, java_script_enabled=javascript
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.problems: list[str] = []
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.problems.append(f"{self.page.url}: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A violation of the content security policy is written here too, as an error.
        if message.type in {"error", "warning"} and not ANSWERED.match(message.text):
            self.problems.append(f"{self.page.url}: {message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{self.page.url}: {response.status} {response.url}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.url).netloc:
            self.problems.append(f"{self.page.url}: asks {request.url}")

    def go(self, path: str, status: int = 200) -> "Visitor":
        """Open an address of the portal, and expect this status."""
        response = self.page.goto(path if path.startswith("http") else self.url + path)
        assert response is not None and response.status == status, f"{path}: {response and response.status}"
        return self

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        """Through the sign-in page, as everybody; ends on the desk."""
        self.go("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form:has(input[name=login]) button[type=submit]").click()
        self.page.wait_for_url(f"{self.url}/")
        return self

    def enter(self, person: User) -> "Visitor":
        """Signed in already, where it is not signing in that is tried."""
        cookie = browser_of(person).cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])
        return self

    def press(self, name: str, kind: Any = "button") -> "Visitor":
        """Press a button, or follow a link, of the main part of the page, by its whole name."""
        self.page.locator("main").get_by_role(kind, name=name, exact=True).first.click()
        return self

    def fill(self, **fields: str | bool) -> "Visitor":
        """Fill in fields by their names: text, a day, a choice by its value or its label, a tick."""
        for name, value in fields.items():
            control = self.page.locator(f"main [name={name!r}]")
            kind = control.first.get_attribute("type")
            if kind == "radio":
                self.page.locator(f"main [name={name!r}][value={value!r}]").check()
            elif kind == "checkbox":
                control.set_checked(bool(value))
            elif control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(value if isinstance(value, str) else None)
            else:
                control.fill(str(value))
        return self

    @property
    def path(self) -> str:
        """Where the browser is."""
        return urlsplit(self.page.url).path

    @property
    def words(self) -> str:
        """The words of the main part of the page."""
        return self.page.locator("main").inner_text()

    def sideways(self) -> str:
        """What sticks out at the right, in words; empty when the page fits."""
        return str(
            self.page.evaluate(
                """() => {
                    const root = document.documentElement;
                    if (root.scrollWidth <= root.clientWidth) return "";
                    const wide = [...document.body.querySelectorAll("*")]
                        .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
                        .slice(-3).map(one => one.outerHTML.slice(0, 120));
                    return `${root.scrollWidth} > ${root.clientWidth}: ${wide.join(" | ")}`;
                }"""
            )
        )


@contextmanager
def visitors(browser: Browser, url: str) -> Iterator[Any]:
    """Give a maker of visitors; at the end nobody's browser may have complained."""
    made: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        made.append(Visitor(browser, url, **options))
        return made[-1]

    yield make
    problems = [problem for visitor in made for problem in visitor.problems]
    for visitor in made:
        visitor.context.close()
    assert not problems, "\n".join(problems)
