"""Fixtures of the browser tests."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from exchange.processes import Child
from tests.e2e.visitor import PASSWORD, Visitor, launch, visitors

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
def visit(browser: Browser, portal: Callable[..., str], worker: Child) -> Iterator[Callable[..., Visitor]]:
    """Call it for a new visitor of a portal with a real worker behind it."""
    with visitors(browser, portal(EXERCISE="Saffron Crate")) as make:
        yield make


def with_password(*people: User) -> Any:
    """Give people the tests' password."""
    for person in people:
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return people[0]
