"""The parts of a list: what can be ticked, how rows are ordered, what comes after one; and how a page shows them."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to tick: which rows have it. `state`: the code of a state, shown in its frame."""

    code: str
    label: Words
    rows: Q
    state: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Options of one kind: a row has one of those ticked, or none is ticked."""

    name: str
    label: Words
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the rows by one column, and by key. Only an ascending one may have empty values; they come last."""

    code: str
    label: Words
    column: str
    descending: bool = False
    may_be_empty: bool = False
    on: Words = gettext_lazy("Older")

    @property
    def back(self) -> Words:
        """What leads to the first page."""
        return gettext_lazy("Newer") if self.descending else gettext_lazy("To the beginning")


def newest(column: str) -> Sort:
    """Newest first, by a moment."""
    return Sort("newest", gettext_lazy("Newest first"), column, descending=True)


def oldest(column: str) -> Sort:
    """Oldest first, by a moment."""
    return Sort("oldest", gettext_lazy("Oldest first"), column, on=gettext_lazy("Newer"))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is chosen: what it says, and the address of the list without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Tick:
    """An option as the page shows it."""

    code: str
    label: str
    state: str
    chosen: bool
    count: str


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the addresses of its beginning and of the page after it; empty where there is none."""

    rows: list[Any]
    back: str
    on: str
    # Its place is gone, so that it is the first page again.
    anew: bool


def beyond(sort: Sort, value: Any, key: str, pk: uuid.UUID) -> Q:
    """The rows that come after one, which has this value in the column of the order."""
    column, way = sort.column, "lt" if sort.descending else "gt"
    beside = Q(**{f"{key}__{way}": pk})
    if value is None:
        return Q(**{f"{column}__isnull": True}) & beside
    rows = Q(**{f"{column}__{way}": value}) | (Q(**{column: value}) & beside)
    if sort.may_be_empty:
        return rows | Q(**{f"{column}__isnull": True})
    # Says the same once more, in the one way that walks an index from there on.
    return rows & Q(**{f"{column}__{way}e": value})
