"""How the figures of a release read: words, and beside each number what it means."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import State
from figures.disclosure import FEW, Shown
from figures.models import Release
from figures.quarters import Quarter
from mla.models import Measure

# Each figure: its title, what it means, its unit.
FIGURES: dict[str, tuple[Promise, Promise, Promise]] = {
    "sent": (
        gettext_lazy("Requests sent"),
        gettext_lazy(
            "Requests that the first state sent to the second in the quarter, by the day of sending in the first "
            "state's time zone. The quarter that runs is told in steps of five."
        ),
        gettext_lazy("requests"),
    ),
    "acknowledged": (
        gettext_lazy("To acknowledgement"),
        gettext_lazy(
            "Median of the working days from sending to the day on which a person of the requested state acknowledged "
            "receipt: half of the requests took no longer."
        ),
        gettext_lazy("working days"),
    ),
    "answered": (
        gettext_lazy("To the first answer"),
        gettext_lazy("Median of the working days from sending to the first response that was sent."),
        gettext_lazy("working days"),
    ),
    "closed": (
        gettext_lazy("To close"),
        gettext_lazy("Median of the working days from sending to the close of the request."),
        gettext_lazy("working days"),
    ),
    "withdrawn": (
        gettext_lazy("Withdrawn"),
        gettext_lazy(
            "Requests that were withdrawn, in per cent of all that were closed or withdrawn, to the nearest five. The "
            "portal knows no refusal yet."
        ),
        gettext_lazy("per cent"),
    ),
    "kinds": (
        gettext_lazy("Kinds of assistance"),
        gettext_lazy(
            "In how many requests this kind of assistance is sought, in steps of five. One request can seek several."
        ),
        gettext_lazy("requests"),
    ),
}


@dataclass(slots=True)
class Cell:
    """One figure with its words, and the head of its column."""

    value: Shown
    words: str
    head: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether no number stands there."""
        return isinstance(self.value, str)

    @property
    def plain(self) -> Shown:
        """What stands in a spreadsheet: the number alone, or the words for none."""
        return self.words if self.is_hidden else self.value


@dataclass(slots=True)
class Row:
    """A pair of states, or all of them, and its figures."""

    cells: list[Cell]
    one: State | None = None
    other: State | None = None


@dataclass(slots=True)
class Column:
    """One figure of each pair and of all of them."""

    name: str
    head: str
    cells: list[Shown]
    total: Shown
    say: Callable[[Shown], str]


class Figures:
    """A release, as its reader sees it."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.content: dict[str, Any] = release.content
        self.quarters = [Quarter(*pair) for pair in self.content["quarters"]]
        self.states = State.objects.in_bulk()

    @property
    def since(self) -> str:
        """The first quarter that counts for times, shares and kinds."""
        return self.quarters[-1].label

    @property
    def sent_columns(self) -> list[Column]:
        """Requests sent: a column a quarter, the one that runs first."""
        columns = []
        for place, (quarter, column) in enumerate(zip(self.quarters, self.content["sent"], strict=True)):
            head = quarter.label if place else _("%(quarter)s so far") % {"quarter": quarter.label}
            columns.append(Column("sent", head, column["cells"], column["total"], number if place else or_more))
        return columns

    @property
    def time_columns(self) -> list[Column]:
        """The three medians, and the share withdrawn."""
        # In the order of the table above: the database keeps none.
        named = [(name, self.content["times"][name], days) for name in FIGURES if name in self.content["times"]]
        named.append(("withdrawn", self.content["withdrawn"], per_cent))
        return [Column(name, title(name), one["cells"], one["total"], say) for name, one, say in named]

    @property
    def sent(self) -> list[Row]:
        """A row a pair, last all of them."""
        return self._rows(self.sent_columns)

    @property
    def times(self) -> list[Row]:
        """The same for times and shares."""
        return self._rows(self.time_columns)

    @property
    def kinds(self) -> list[tuple[str, Cell]]:
        """Each kind of assistance and its number."""
        kinds = self.content["kinds"]
        return [(str(kind.label), _cell(kinds[kind], or_more, "")) for kind in Measure.Kind if kind in kinds]

    @property
    def meanings(self) -> dict[str, str]:
        """What each figure means."""
        return {name: str(meaning) for name, (_title, meaning, _unit) in FIGURES.items()}

    @property
    def time_meanings(self) -> list[tuple[str, str]]:
        """Of the table of times: each column and what it means."""
        return [(column.head, self.meanings[column.name]) for column in self.time_columns]

    def sheet(self) -> Iterator[list[Any]]:
        """For a spreadsheet: a line a figure, with its unit and what it means."""
        yield [_("Figure"), _("From"), _("To"), _("Period"), _("Value"), _("Unit"), _("What it means")]
        period = _("since %(quarter)s") % {"quarter": self.since}
        for columns, of_quarter in ((self.sent_columns, True), (self.time_columns, False)):
            for row in self._rows(columns):
                for column, cell in zip(columns, row.cells, strict=True):
                    when = column.head if of_quarter else period
                    yield [title(column.name), *_ends(row), when, cell.plain, *self._told(column.name)]
        for label, cell in self.kinds:
            yield [f"{title('kinds')}: {label}", _("all"), _("all"), period, cell.plain, *self._told("kinds")]

    def _told(self, name: str) -> list[str]:
        return [str(FIGURES[name][2]), self.meanings[name]]

    def _rows(self, columns: list[Column]) -> list[Row]:
        rows = [
            Row(
                [_cell(column.cells[place], column.say, column.head) for column in columns], *map(self.states.get, pair)
            )
            for place, pair in enumerate(self.content["pairs"])
        ]
        return [*rows, Row([_cell(column.total, column.say, column.head) for column in columns])]


def title(name: str) -> str:
    """The title of a figure."""
    return str(FIGURES[name][0])


def number(value: Shown) -> str:
    """A number of requests."""
    return str(value)


def or_more(value: Shown) -> str:
    """A number of requests that is told in steps."""
    return _("%(number)s or more") % {"number": value}


def days(value: Shown) -> str:
    """A number of working days."""
    return ngettext("%(days)d day", "%(days)d days", int(value)) % {"days": value}


def per_cent(value: Shown) -> str:
    """A share."""
    return _("%(number)s %%") % {"number": value}


def _cell(value: Shown, say: Callable[[Shown], str], head: str) -> Cell:
    if not isinstance(value, str):
        return Cell(value, say(value), head)
    return Cell(value, _("fewer than 5") if value == FEW else _("kept back"), head)


def _ends(row: Row) -> list[str]:
    return [state.name if state else _("all") for state in (row.one, row.other)]
