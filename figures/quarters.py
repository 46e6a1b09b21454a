"""Quarters of a year."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of a day."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def before(self) -> "Quarter":
        """The one before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def label(self) -> str:
        """As people write it."""
        return _("Q%(number)s %(year)s") % {"number": self.number, "year": self.year}


def latest(day: date, how_many: int) -> list[Quarter]:
    """The quarter of a day and those before it, newest first."""
    found = [Quarter.of(day)]
    while len(found) < how_many:
        found.append(found[-1].before)
    return found
