"""The parts of a list: what can be ticked, how rows are ordered, where a page begins; and how a page shows them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
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
    back: Words = gettext_lazy("Newer")
    on: Words = gettext_lazy("Older")


NEWEST = Sort("newest", gettext_lazy("Newest first"), "created_at", descending=True)
OLDEST = Sort(
    "oldest", gettext_lazy("Oldest first"), "created_at", back=gettext_lazy("Older"), on=gettext_lazy("Newer")
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A row between two pages: its value in the column of the sort, and its key."""

    value: Any
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{'' if self.value is None else self.value.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str, field: models.Field) -> "Mark | None":
        """Read a mark from an address; None when it is none of this column."""
        value, _sign, pk = text.rpartition("_")
        kind = datetime if isinstance(field, models.DateTimeField) else date
        try:
            mark = cls(kind.fromisoformat(value) if value else None, uuid.UUID(pk))
        except ValueError:
            return None
        if isinstance(mark.value, datetime) and mark.value.tzinfo is None:
            return None
        return mark if mark.value is not None or field.null else None


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
    """The rows of one page, and the addresses of the pages beside it; empty where there is none."""

    rows: list[Any]
    back: str
    on: str


def beyond(sort: Sort, key: str, mark: Mark, forward: bool) -> Q:
    """The rows that lie beyond a mark, on the way forward or back."""
    column, way = sort.column, "lt" if sort.descending == forward else "gt"
    beside = Q(**{f"{key}__{way}": mark.id})
    if mark.value is None:
        same = Q(**{f"{column}__isnull": True}) & beside
        return same if forward else same | Q(**{f"{column}__isnull": False})
    rows = Q(**{f"{column}__{way}": mark.value}) | (Q(**{column: mark.value}) & beside)
    if sort.may_be_empty:
        return rows | Q(**{f"{column}__isnull": True}) if forward else rows
    # Says the same once more, in the one way that walks an index from the mark on.
    return rows & Q(**{f"{column}__{way}e": mark.value})
