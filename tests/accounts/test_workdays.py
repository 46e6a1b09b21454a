"""Working days, counted forwards and backwards over weekends."""

from datetime import date

import pytest

from accounts.workdays import is_working, working_day_after, working_day_before

# November 2026: the 23rd is a Monday.
MON, TUE, WED, THU, FRI, SAT, SUN, NEXT_MON, NEXT_TUE = (
    date(2026, 11, 23 + n) if n < 8 else date(2026, 12, 1) for n in range(9)
)


def test_monday_to_friday() -> None:
    """Five of seven."""
    week = (MON, TUE, WED, THU, FRI, SAT, SUN)
    assert [is_working(day) for day in week] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [(MON, 1, TUE), (FRI, 1, NEXT_MON), (SAT, 1, NEXT_MON), (SUN, 2, NEXT_TUE), (WED, 3, NEXT_MON), (THU, 0, THU)],
)
def test_after(day: date, count: int, after: date) -> None:
    """A weekend counts for nothing."""
    assert working_day_after(day, count) == after


@pytest.mark.parametrize(("day", "before"), [(TUE, MON), (NEXT_MON, FRI), (SUN, FRI), (SAT, FRI)])
def test_before(day: date, before: date) -> None:
    """The last one before, over a weekend too."""
    assert working_day_before(day) == before
