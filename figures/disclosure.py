"""What of a figure may be shown: the rules by which no total, and no difference of totals, points at a few requests.

A shown value is a number; a hidden one says why: FEW (fewer than five) or KEPT (a total with which a small number
could be computed).
"""

from collections.abc import Sequence
from statistics import median

AT_LEAST = 5
FEW = "few"
KEPT = "kept"

Shown = int | str


def count(number: int) -> Shown:
    """A count by itself."""
    return number if number >= AT_LEAST else FEW


def in_steps(shown: Shown) -> Shown:
    """A count that goes on growing: down to a multiple of five, so that two days do not differ by one request."""
    return shown - shown % AT_LEAST if isinstance(shown, int) else shown


def median_of(values: Sequence[int]) -> Shown:
    """The middle of at least five values, as a whole number."""
    return round(median(values)) if len(values) >= AT_LEAST else FEW


def share_of(part: int, whole: int) -> Shown:
    """A part in per cent, to the nearest five; only when both it and the rest are large enough."""
    if min(part, whole - part) < AT_LEAST:
        return FEW
    return round(100 * part / whole / 5) * 5


def with_total(numbers: Sequence[int]) -> tuple[list[Shown], Shown]:
    """Counts and their total; the total is kept back when with it a small count could be narrowed down.

    A reader who subtracts the shown counts from the total knows the sum of the small ones. They learn nothing of any
    single one as long as each could still be anything from none to four: so that sum is neither too small nor too
    large for that. This holds also for a reader who knows this rule: tests/figures/test_disclosure.py tries all.
    """
    shown = [count(number) for number in numbers]
    small = [number for number in numbers if number < AT_LEAST]
    most = AT_LEAST - 1
    safe = not small or (sum(numbers) >= AT_LEAST and most <= sum(small) <= most * (len(small) - 1))
    return shown, sum(numbers) if safe else KEPT
