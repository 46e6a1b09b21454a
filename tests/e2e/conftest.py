"""Fixtures of the browser tests."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from tests.e2e.visitor import PASSWORD, Visitor, launch, visitors
from tests.factories import CONTENT, MEASURES, World
from tests.servers import Lasting, MailServer, publish_to

# Playwright keeps an event loop in this thread, which makes Django refuse its database; nothing here is concurrent.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium; each visitor has a context of their own in it."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def apart() -> Iterator[str]:
    """A part of Valkey for tests with a worker that goes on: elsewhere it would take the tasks of other tests."""
    before = settings.REDIS_URL
    head, _, number = before.rpartition("/")
    url = f"{head}/{int(number) + 8}"
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        client.flushdb()
    publish_to(url)
    yield url
    publish_to(before)


@pytest.fixture
def visit(
    browser: Browser, portal: Callable[..., str], mail: MailServer, lasting: Lasting, apart: str
) -> Iterator[Callable[..., Visitor]]:
    """Call it for a new visitor of a portal with a real worker behind it."""
    lasting.worker(REDIS_URL=apart, EMAIL_URL=mail.url)
    with visitors(browser, portal(EXERCISE="Saffron Crate", REDIS_URL=apart)) as make:
        yield make


@pytest.fixture
def read(browser: Browser, portal: Callable[..., str], world: World) -> Iterator[Callable[..., Visitor]]:
    """Call it for a browser of the drafter's, in a portal without a worker: for who only reads."""
    with visitors(browser, portal(EXERCISE="Saffron Crate")) as make:
        yield lambda **options: make(**options).enter(world.drafter)


def with_password(*people: User) -> Any:
    """Give people the tests' password."""
    for person in people:
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return people[0]


def write_draft(drafter: Visitor) -> str:
    """Open a case and write a draft in it, as whole as it has to be; where it then stands."""
    drafter.go("/cases/").press("Open a case", "link")
    drafter.fill(title="Case of the invented wares", proceedings_number="1-2026", offences="Smuggling, art. 204")
    drafter.press("Open the case").press("New request", "link")
    drafter.fill(title=CONTENT["title"], requested_state="UZ", basis=CONTENT["basis"]).press("Begin the draft")
    assert "The draft is saved." in drafter.words
    steps = drafter.path
    drafter.press("Case and offence", "link").fill(conducted_by=CONTENT["conducted_by"], offence=CONTENT["offence"])
    drafter.press("Save and go on").fill(facts=CONTENT["facts"]).press("Save and back to the steps")
    drafter.press("Assistance sought", "link").fill(purpose=CONTENT["purpose"]).press("Add a measure")
    for number, measure in enumerate(MEASURES):
        drafter.fill(**{f"measures-{number}-{name}": measure[name] for name in ("kind", "description")})
    drafter.press("Save and back to the steps").press("Check and submit", "link")
    for gap in drafter.page.locator("main input[name^=reason_]").all():
        gap.fill("Not needed here.")
    drafter.press("Save the reasons")
    drafter.go(steps.removesuffix("draft/"))
    return drafter.path
