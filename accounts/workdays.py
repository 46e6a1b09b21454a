"""Working days: Monday to Friday. Public holidays are not taken out: each state decrees its own, year by year."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def is_working(day: date) -> bool:
    """Whether people are at their desks."""
    return day.weekday() < 5


def working_day_after(day: date, count: int = 1) -> date:
    """The working day that comes `count` working days after `day`."""
    while count:
        day += DAY
        count -= is_working(day)
    return day


def working_day_before(day: date) -> date:
    """The last working day before `day`."""
    day -= DAY
    while not is_working(day):
        day -= DAY
    return day
