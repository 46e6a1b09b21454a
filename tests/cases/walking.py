"""A list walked from its first page to its last, by the addresses of its own pages."""

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
    return [row.pk for row in one.page.rows]


def query_of(address: str) -> str:
    """What stands behind the question mark."""
    return address.partition("?")[2]


def walk(kind: type[Listing], user: User, query: str = "") -> list[uuid.UUID]:
    """All rows, in order; from every page but the first a way leads back to the beginning."""
    one = first = listing(kind, user, query)
    found = keys(first)
    while one.page.on:
        one = listing(kind, user, query_of(one.page.on))
        assert keys(one) and not one.page.anew, "a page without rows"
        assert query_of(one.page.back) == query_of(first.address())
        found += keys(one)
        assert len(found) < 1_000, "the way has no end"
    assert not first.page.back
    return found


def shown(kind: type[Listing], user: User, query: str = "") -> set[uuid.UUID]:
    """The keys of all rows that an address shows."""
    return set(walk(kind, user, query))
