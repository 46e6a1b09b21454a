"""What one search finds in all lists at once: groups of records, each by its own list; and the record of a reference.

The groups of other apps are taught when Django starts.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

from agencies.standing import Standing
from cases.browsing import LISTINGS, Listing
from cases.folding import TO_LATIN, plain
from cases.models import Search

# Of each group so many rows; the rest stands in its list.
SHOWN = 10
REFERENCE = re.compile(r"[A-Z]{2,5}-[A-Z0-9]{2,12}-[A-Z]-\d{4}-\d{6}\Z")
# How many were found, as the audit log may know it: none, one, some, many, very many.
BUCKETS = (0, 1, 2, 11, 101)


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind among what is found: their list, how its rows are shown, where one reference leads."""

    order: int
    listing: type[Listing]
    rows: Callable[[list[Any], Listing], list[Any]]
    template: str
    at: Callable[[Standing, str], str]


@dataclass(frozen=True, slots=True)
class Found:
    """A group that has something to show."""

    title: str
    total: str
    html: str
    # The address of the whole list; empty where all is shown.
    more: str
    # Whether more was found than is shown, and there is no list of it.
    cut: bool
    only_near: bool


_groups: list[Group] = []


def register(*groups: Group) -> None:
    """Called once by an app when it is ready."""
    _groups.extend(groups)
    _groups.sort(key=lambda group: group.order)


def groups() -> Sequence[Group]:
    """All groups, in the order in which they are shown."""
    return _groups


def everything(request: HttpRequest, search: Search) -> list[Found]:
    """What a search finds, group by group; without those that are empty."""
    found = []
    for group in _groups:
        listing = listing_of(group.listing, request.standing, search)
        page = listing.page
        if not page.rows:
            continue
        has_list = group.listing.code in LISTINGS
        rows = group.rows(page.rows[:SHOWN] if has_list else page.rows, listing)
        html = render_to_string(group.template, {"rows": rows, "listing": listing}, request=request)
        cut = bool(page.on) or len(page.rows) > len(rows)
        more = listing.address() if cut and has_list else ""
        found.append(
            Found(str(listing.title), listing.total, html, more, cut and not has_list, only_near=listing.only_near)
        )
    return found


def record_at(standing: Standing, term: str) -> str:
    """The address of the record that has exactly this reference, if the person sees it; else empty."""
    reference = re.sub(r"\s+", "", plain(term)).translate(TO_LATIN).upper()
    if not REFERENCE.match(reference):
        return ""
    return next(filter(None, (group.at(standing, reference) for group in _groups)), "")


def bucket(standing: Standing, search: Search, place: str) -> int:
    """About how many records a search finds, in one list or in all: the least number of its bucket."""
    kinds = [LISTINGS[place]] if place in LISTINGS else [group.listing for group in _groups]
    number = 0
    for kind in kinds:
        number += listing_of(kind, standing, search).number(BUCKETS[-1])
    return max(least for least in BUCKETS if least <= number)


def listing_of(kind: type[Listing], standing: Standing, search: Search) -> Listing:
    """A list as a search opens it, without filters."""
    return kind(standing, QueryDict(f"search={search.pk}"))
