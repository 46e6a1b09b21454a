"""What a person finds, by the page that shows it."""

from collections.abc import Iterable
from itertools import cycle, product
from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from agencies.standing import standing_of
from cases.finding import everything
from cases.services.search import look_for
from tests.cases.sharing import browser, text_of
from tests.thorough import THOROUGH

WAYS = ("few", "many", "many and common")


def each_in_some_way(terms: Iterable[str]) -> Any:
    """Parametrises a test by `term` and `reach`: each term in one of the ways, in turn; in the drill in all of them."""
    pairs = product(terms, WAYS) if THOROUGH else zip(terms, cycle(WAYS), strict=False)
    return pytest.mark.parametrize(("term", "reach"), list(pairs), indirect=["reach"])


def look(user: User, term: str, place: str = "", query: str = "", **more: Any) -> Any:
    """Type a term and press Enter; the answer to that, not followed."""
    data = {"term": term, "place": place, "query": query} | more
    return browser(user).post(reverse("search:begin"), data)


def page(user: User, term: str, place: str = "", query: str = "") -> str:
    """The page to which a search leads."""
    answer = look(user, term, place, query)
    assert answer.status_code == 302, answer.content
    return text_of(browser(user).get(answer["Location"]))


def finds(user: User, term: str, record: Any) -> bool:
    """Whether the record is linked in the results of a search everywhere: in what is shown of each group."""
    request = HttpRequest()
    request.user, request.standing = user, standing_of(user)
    found = everything(request, look_for(actor=user, term=term).search)
    return any(f"{record.pk}/" in group.html for group in found)
