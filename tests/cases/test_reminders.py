"""A share that is about to end is told once, to who asked for it and who approved it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from agencies.models import Role
from notifications.models import Outbox
from notifications.tasks import remind
from tests.cases.sharing import Sharing
from tests.factories import person
from tests.notifications.office import end_of_access

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Wednesday, 2 December 2026.
LAST = date(2026, 12, 2)


def noon(day: date) -> datetime:
    """Noon in Bishkek, which keeps UTC+6 all year."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon on 2 November 2026."""
    with time_machine.travel(noon(date(2026, 11, 2)), tick=False) as travelled:
        yield travelled


@pytest.fixture
def it(db: None, clock: time_machine.Traveller) -> Sharing:
    """The case and its people, made at that noon."""
    return Sharing()


def reminded(clock: Any, day: date) -> set[User]:
    """Whom a run at noon of a day tells."""
    before = set(Outbox.objects.values_list("pk", flat=True))
    clock.move_to(noon(day))
    remind()
    rows = Outbox.objects.exclude(pk__in=before).select_related("person")
    assert {row.event for row in rows} <= {"share.ends_soon"} and {row.urgency for row in rows} <= {"news"}
    return {row.person for row in rows}


def test_three_working_days_before(it: Sharing, clock: Any) -> None:
    """From the Friday before the Wednesday on; once, whatever follows; the receiver's people are not told."""
    it.shared(until=LAST)
    days = [LAST - offset * DAY for offset in (6, 5, 4, 3, 2, 1, 0)]
    assert [reminded(clock, day) for day in days] == [set(), {it.officer, it.liaison}, *[set()] * 5]


def test_a_beat_that_was_away(it: Sharing, clock: Any) -> None:
    """Told on the last day, if not before; after it not at all."""
    it.shared(until=LAST)
    assert reminded(clock, LAST) == {it.officer, it.liaison}
    it.shared(until=LAST + DAY)
    assert reminded(clock, LAST + 2 * DAY) == set()


def test_not_on_a_day_off(it: Sharing, clock: Any) -> None:
    """Saturday is silent; Monday tells."""
    it.shared(until=LAST)
    assert [reminded(clock, LAST - offset * DAY) for offset in (4, 3)] == [set(), set()]
    assert reminded(clock, LAST - 2 * DAY) == {it.officer, it.liaison}


def test_what_is_not_open_does_not_end(it: Sharing, clock: Any) -> None:
    """Waiting, declined or revoked."""
    it.ask(until=LAST)
    it.decide(it.ask(until=LAST), "decline")
    it.decide(it.shared(until=LAST), "revoke")
    clock.move_to(noon(LAST - DAY))
    before = Outbox.objects.count()
    remind()
    assert Outbox.objects.count() == before


def test_those_who_left_are_stood_in_for(it: Sharing, clock: Any) -> None:
    """Neither who asked nor who approved works there any more: the liaison officers of today hear of it."""
    it.shared(until=LAST)
    end_of_access(it.officer)
    assert reminded(clock, LAST - 5 * DAY) == {it.liaison}
    it.shared(it.firearm, by=it.colleague, until=LAST)
    successor = person(it.owner, Role.LIAISON)
    for one in (it.liaison, it.colleague):
        end_of_access(one)
    assert reminded(clock, LAST - 2 * DAY) == {successor}
