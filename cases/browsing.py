"""A list of records as its address says: filters, sort, a search, a place in it; and what stands around the rows.

Each list is a class: cases/lists.py, mla/lists.py. All that it shows is in its address, in codes and random ids, so
that going back comes to the same place; what was typed to search stays in the database (cases.models.Search).
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies.standing import Standing
from cases.access import FEW, PAGE, Cursor, page_of
from cases.access import Page as Rows
from cases.facets import Chip, Facet, Page, Sort, Tick, Words, beyond
from cases.models import SavedFilter, Search
from cases.searching import Wanted, found

# Says in an address that no filter is meant, where otherwise the person's own default would open.
ALL = "all"


class Listing(ABC):
    """One list, as one person's address asks for it. What a subclass must say stands first."""

    code: ClassVar[str]
    title: ClassVar[Words]
    url_name: ClassVar[str]
    # The first is the order when none is asked for.
    sorts: ClassVar[tuple[Sort, ...]]
    # The column by which rows of the same value are ordered, and by which a page goes on.
    key: ClassVar[str] = "pk"
    # The column of the rows of keys which names the row.
    record: ClassVar[str]

    def facets(self) -> Sequence[Facet]:
        """What can be ticked."""
        return ()

    @abstractmethod
    def visible(self) -> QuerySet:
        """All rows that the person sees."""

    @abstractmethod
    def keys(self) -> QuerySet:
        """The rows of keys that the person's side may search."""

    def newest(self, after: Cursor | None, limit: int) -> list[Any]:
        """The list as it opens: its first rows, or those after one; where there is a shorter way, by that."""
        return self.in_order(after, limit)

    @abstractmethod
    def reach(self) -> int:
        """How many rows the person sees, counted no further than one more than FEW."""

    @abstractmethod
    def counted(self, number: int, text: str) -> str:
        """So many rows, in words."""

    # --- what the address says -------------------------------------------------------------------------------------

    def __init__(self, standing: Standing, query: QueryDict) -> None:
        self.standing = standing
        self.query = query

    @cached_property
    def _facets(self) -> list[Facet]:
        every = [*self.facets(), *(facet for teach in _taught.get(self.code, ()) for facet in teach(self.standing))]
        return [facet for facet in every if facet.options]

    @cached_property
    def chosen(self) -> dict[str, list[str]]:
        """The codes that are ticked, facet by facet; what is no code of the list counts for nothing."""
        asked = {facet.name: set(self.query.getlist(facet.name)) for facet in self._facets}
        ticked = {
            facet.name: [option.code for option in facet.options if option.code in asked[facet.name]]
            for facet in self._facets
        }
        return {name: codes for name, codes in ticked.items() if codes}

    @cached_property
    def sort(self) -> Sort:
        """The order of the rows."""
        code = self.query.get("sort", "")
        return next((sort for sort in self.sorts if sort.code == code), self.sorts[0])

    @cached_property
    def search(self) -> Search | None:
        """What the person searches for here, while it is kept."""
        try:
            pk = uuid.UUID(self.query.get("search", ""))
        except ValueError:
            return None
        return Search.objects.kept_for(self.standing.user).filter(pk=pk).first()

    @property
    def search_is_gone(self) -> bool:
        """Whether the address names a search that is not kept any more."""
        return bool(self.query.get("search")) and self.search is None

    @property
    def opens_plainly(self) -> bool:
        """Whether the list stands as it opens: nothing chosen, nothing searched, the usual order."""
        return not self.chosen and self.search is None and self.sort is self.sorts[0]

    @cached_property
    def saved(self) -> list[SavedFilter]:
        """The person's own filters of this list."""
        return list(SavedFilter.objects.filter(person=self.standing.user.pk, place=self.code))

    def address(self, **changes: Any) -> str:
        """The address of this list with some parts changed; the place in it is left out."""
        parts = self._parts(**changes)
        if not parts and any(one.is_default for one in self.saved):
            parts = QueryDict(mutable=True)
            parts["view"] = ALL
        query = parts.urlencode()
        return f"{reverse(self.url_name)}?{query}" if query else reverse(self.url_name)

    @property
    def to_save(self) -> str:
        """The filters and the order alone, in the one way in which they are kept."""
        return self._parts(search=None).urlencode()

    def _parts(self, **changes: Any) -> QueryDict:
        parts = QueryDict(mutable=True)
        for name, codes in {**self.chosen, **changes.pop("chosen", {})}.items():
            if codes:
                parts.setlist(name, codes)
        given = {"sort": self.sort, "search": self.search, **changes}
        if given["sort"] is not self.sorts[0]:
            parts["sort"] = given["sort"].code
        if given["search"]:
            parts["search"] = str(given["search"].pk)
        if "after" in given:
            parts["after"] = str(given["after"])
        return parts

    # --- the rows --------------------------------------------------------------------------------------------------

    @cached_property
    def few(self) -> bool:
        """Whether the person sees so few rows that all of them can be looked at."""
        return self.reach() <= FEW

    @cached_property
    def wanted(self) -> Wanted | None:
        """What is searched for, as conditions; None also for a term without letters and figures."""
        return Wanted.parse(self.search.term) if self.search else None

    @cached_property
    def _base(self) -> tuple[QuerySet, bool]:
        """The rows that match the search, filters left aside; and whether only another spelling of it was found."""
        if self.search is None:
            return self.visible(), False
        if self.wanted is None:
            return self.visible().none(), False
        for match, is_near in ((self.wanted.exact, False), (self.wanted.near, True)):
            rows = self.matching(match)
            if rows is not None:
                return rows, is_near
        return self.visible().none(), False

    def matching(self, match: Q) -> QuerySet | None:
        """The rows of which a text matches; None when there are none. Texts of few rows are read once."""
        rows = found(self.visible(), self.keys(), self.record, match, few=self.few)
        if not self.few:
            return rows if rows.exists() else None
        keys = list(rows.order_by().values_list("pk", flat=True))
        return self.visible().filter(pk__in=keys) if keys else None

    @property
    def only_near(self) -> bool:
        """Whether nothing is spelled as it was typed, and what is shown is spelled like it."""
        return self._base[1]

    @cached_property
    def rows(self) -> QuerySet:
        """The rows that match search and filters, in no order yet."""
        return self._base[0].filter(self._ticked())

    def number(self, at_most: int) -> int:
        """How many rows match, counted no further than `at_most`."""
        return self.rows.order_by().values("pk")[:at_most].count()

    def _ticked(self, but: str = "") -> Q:
        """The condition of what is ticked, in all facets but one."""
        condition = Q()
        for facet in self._facets:
            options = [option.rows for option in facet.options if option.code in self.chosen.get(facet.name, ())]
            if options and facet.name != but:
                either = options[0]
                for one in options[1:]:
                    either |= one
                condition &= either
        return condition

    @cached_property
    def page(self) -> Page:
        """The page that the address names."""
        found: Rows = page_of(self.query.get("after", ""), self.newest if self.opens_plainly else self.in_order)
        return Page(
            rows=found.rows,
            back=self.address() if found.newer else "",
            on=self.address(after=found.older) if found.older else "",
            anew=found.anew,
        )

    def in_order(self, after: Cursor | None, limit: int) -> list[Any]:
        """So many of the rows that match, in the order of the list, after one of those that the person sees."""
        rows = self.rows
        if after is not None:
            # Where the last page ended is read from that row: it may match no longer.
            place = self.visible().filter(**{self.key: after.id}).values_list(self.sort.column).first()
            if place is None:
                return []
            rows = rows.filter(beyond(self.sort, place[0], self.key, after.id))
        sign = "-" if self.sort.descending else ""
        return list(rows.order_by(f"{sign}{self.sort.column}", f"{sign}{self.key}")[:limit])

    # --- what stands around them -----------------------------------------------------------------------------------

    @cached_property
    def _counts(self) -> dict[str, int]:
        """How many rows there are, in all and with each option beside what else is ticked; of few rows only."""
        if not self.few:
            return {}
        asked = {"all": self._ticked()}
        for number, facet in enumerate(self._facets):
            others = self._ticked(but=facet.name)
            for place, option in enumerate(facet.options):
                asked[f"n{number}_{place}"] = others & option.rows
        if self._base[0].query.is_empty():
            return dict.fromkeys(asked, 0)
        return self._base[0].aggregate(**{name: Count("pk", filter=rows) for name, rows in asked.items()})

    @property
    def total(self) -> str:
        """How many rows there are, in words: exactly, or as '1,000+' or '25+' where there are more."""
        if self.few:
            return self.counted(self._counts["all"], number_format(self._counts["all"], force_grouping=True))
        if self.opens_plainly:
            return self.counted(FEW, f"{number_format(FEW, force_grouping=True)}+")
        whole = not self.page.back and not self.page.on
        number = len(self.page.rows)
        return self.counted(number, str(number)) if whole else self.counted(PAGE, f"{PAGE}+")

    @property
    def shown_facets(self) -> list[dict[str, Any]]:
        """The facets with their ticks. Where all is counted, options that nothing has are left out."""
        shown = []
        for number, facet in enumerate(self._facets):
            ticks = []
            for place, option in enumerate(facet.options):
                chosen = option.code in self.chosen.get(facet.name, ())
                count = self._counts.get(f"n{number}_{place}")
                if count or chosen or count is None:
                    text = "" if count is None else number_format(count, force_grouping=True)
                    ticks.append(Tick(option.code, capfirst(option.label), option.state, chosen, text))
            if ticks:
                shown.append({"name": facet.name, "label": facet.label, "ticks": ticks})
        return shown

    @property
    def chips(self) -> list[Chip]:
        """What is chosen, each with the address without it."""
        chips = []
        for facet in self._facets:
            codes = self.chosen.get(facet.name, [])
            for option in facet.options:
                if option.code in codes:
                    rest = {facet.name: [code for code in codes if code != option.code]}
                    chips.append(Chip(capfirst(option.label), self.address(chosen=rest)))
        if self.search:
            label = _("“%(term)s”") % {"term": self.search.term}
            chips.append(Chip(label, self.address(search=None)))
        return chips

    @property
    def cleared(self) -> str:
        """The address of the list without filters and search."""
        return self.address(chosen=dict.fromkeys(self.chosen, []), search=None)

    @property
    def unfiltered(self) -> str:
        """The address of the same search without filters; empty when no filter is chosen."""
        return self.address(chosen=dict.fromkeys(self.chosen, [])) if self.chosen else ""

    @property
    def found_without_filters(self) -> bool:
        """Whether the search finds something that the filters leave out."""
        return bool(self.search and self.chosen) and self._base[0].exists()


Teach = Callable[[Standing], Iterable[Facet]]
# Every list with a page of its own, by its code; and facets that an app above teaches a list, when Django starts.
LISTINGS: dict[str, type[Listing]] = {}
_taught: dict[str, list[Teach]] = {}


def register(listing: type[Listing]) -> None:
    """Called once for each list."""
    LISTINGS[listing.code] = listing


def register_facets(code: str, teach: Teach) -> None:
    """Called once by an app that knows more facets of a list."""
    _taught.setdefault(code, []).append(teach)
