"""What a person finds, by the page that shows it."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from tests.cases.sharing import browser, text_of


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
    """Whether the record is linked in the results of a search everywhere."""
    found = page(user, term)
    return f"{record.pk}/" in found.partition("<main")[2]
