"""A list walked from its first page to its last and back, by the addresses of its own pages."""

import uuid

from django.http import QueryDict

from accounts.models import User
from agencies.standing import standing_of
from cases.browsing import Listing


def listing(kind: type[Listing], user: User, query: str = "") -> Listing:
    """A list as an address asks for it."""
    return kind(standing_of(user), QueryDict(query))


def keys(one: Listing) -> list[uuid.UUID]:
    """The keys of a page's rows."""
    return [getattr(row, one.key) for row in one.page.rows]


def query_of(address: str) -> str:
    """What stands behind the question mark."""
    return address.partition("?")[2]


def walk(kind: type[Listing], user: User, query: str = "") -> list[uuid.UUID]:
    """All rows, in order; on the way back each page must be the same as before."""
    pages = []
    one = listing(kind, user, query)
    while True:
        pages.append(keys(one))
        assert len(pages) < 50, "the way has no end"
        if not one.page.on:
            break
        one = listing(kind, user, query_of(one.page.on))
    for page in reversed(pages[:-1]):
        assert one.page.back, "no way back"
        one = listing(kind, user, query_of(one.page.back))
        assert keys(one) == page
    assert len(pages) == 1 or not one.page.back
    return [pk for page in pages for pk in page]


def shown(kind: type[Listing], user: User, query: str = "") -> set[uuid.UUID]:
    """The keys of all rows that an address shows."""
    return set(walk(kind, user, query))
