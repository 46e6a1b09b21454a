"""The day's figures: what is counted, from when to when, and that they stand until the next day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from figures import tasks
from figures.disclosure import FEW, KEPT
from figures.models import Release
from figures.quarters import Quarter, latest
from figures.reading import Figures
from figures.services import QUARTERS, figures_of, renew
from mla.models import Measure
from tests.factories import MAIN, Line, World, agency

pytestmark = pytest.mark.django_db

# A Wednesday in the second quarter.
NOW = datetime(2026, 5, 13, 8, 0, tzinfo=UTC)
RUNNING, LAST = 0, 1


@pytest.fixture
def old_world() -> World:
    """A world that was there for two years, so that requests of last year have somebody to send them."""
    with time_machine.travel(NOW - timedelta(days=800), tick=False):
        return World()


def sent(world: World, at: datetime, *steps: tuple[str, int]) -> Line:
    """A request that was sent at a moment, and took further steps so many days after the one before."""
    with time_machine.travel(at, tick=False) as clock:
        line = Line(world).walk(*MAIN[:4])
        for name, days in steps:
            clock.shift(timedelta(days=days))
            line.take(name)
    return line


def many(world: World, number: int, at: datetime, *steps: tuple[str, int]) -> None:
    """So many of them."""
    for _ in range(number):
        sent(world, at, *steps)


def of(content: dict[str, Any], one: str = "KG", other: str = "UZ") -> int:
    """The place of a pair."""
    return content["pairs"].index([one, other])


def test_quarters() -> None:
    """The one that runs and four before it; their days."""
    found = latest(date(2026, 2, 1), QUARTERS)
    assert found == [Quarter(2026, 1), *[Quarter(2025, number) for number in (4, 3, 2, 1)]]
    assert [quarter.first_day for quarter in found][:2] == [date(2026, 1, 1), date(2025, 10, 1)]
    for month, number in zip(range(1, 13), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], strict=True):
        assert Quarter.of(date(2026, month, 28)).number == number
    assert Quarter(2026, 4).label == "Q4 2026"


def test_requests_by_pair_and_quarter(old_world: World) -> None:
    """Whole quarters in numbers, the running one in steps; drafts and what is older than five quarters nowhere."""
    agency("KZ-GPO")
    many(old_world, 7, datetime(2026, 2, 10, tzinfo=UTC))
    many(old_world, 6, datetime(2026, 4, 20, tzinfo=UTC))
    many(old_world, 4, datetime(2025, 11, 20, tzinfo=UTC))
    many(old_world, 5, datetime(2025, 3, 20, tzinfo=UTC))
    with time_machine.travel(NOW):
        Line(old_world)
    content = figures_of(NOW.date())
    assert content["pairs"] == [["KG", "KZ"], ["KG", "UZ"], ["KZ", "KG"], ["KZ", "UZ"], ["UZ", "KG"], ["UZ", "KZ"]]
    place = of(content)
    assert [column["cells"][place] for column in content["sent"]] == [5, 7, FEW, FEW, FEW]
    assert [column["cells"][of(content, "UZ", "KG")] for column in content["sent"]] == [FEW] * 5
    assert [column["total"] for column in content["sent"]] == [KEPT] * 5


def test_a_quarter_begins_where_the_request_was_sent(old_world: World) -> None:
    """At midnight in Bishkek, six hours before UTC's."""
    many(old_world, 5, datetime(2026, 3, 31, 18, 30, tzinfo=UTC))
    many(old_world, 6, datetime(2026, 3, 31, 17, 30, tzinfo=UTC))
    content = figures_of(NOW.date())
    place = of(content)
    assert [column["cells"][place] for column in content["sent"]][:2] == [5, 6]
    many(old_world, 5, datetime(2025, 3, 31, 18, 30, tzinfo=UTC))
    many(old_world, 5, datetime(2025, 3, 31, 17, 30, tzinfo=UTC))
    content = figures_of(NOW.date())
    assert content["sent"][4]["cells"][place] == 5, "the oldest quarter begins there too"
    assert content["kinds"]["a"] == 15, "and what is older counts nowhere"


MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def test_times_are_medians_of_working_days(old_world: World) -> None:
    """From sending; weekends in the requested state do not count; fewer than five give none."""
    acknowledged = [1, 2, 4, 7, 21]  # Tuesday, Wednesday, Friday, Monday, three weeks: 1, 2, 4, 5, 15 working days
    for days in acknowledged:
        sent(old_world, MONDAY, ("acknowledge", days))
    for _ in range(4):
        sent(old_world, MONDAY, ("acknowledge", 4), *[(name, 1) for name in MAIN[5:10]])
    content = figures_of(NOW.date())
    place = of(content)
    assert content["times"]["acknowledged"]["cells"][place] == 4
    assert content["times"]["answered"]["cells"][place] == FEW
    sent(old_world, MONDAY, ("acknowledge", 4), *[(name, 1) for name in MAIN[5:]])
    content = figures_of(NOW.date())
    assert content["times"]["answered"]["cells"][place] == content["times"]["answered"]["total"] == 7
    assert content["times"]["closed"]["cells"][place] == FEW


def test_the_first_answer_counts(old_world: World) -> None:
    """A request that is sent back as incomplete and answered again is measured by its first answer."""
    steps = [(name, 0) for name in MAIN[4:9]]
    again = [("receive_response", 0), ("send_back", 0), ("report_results", 0), ("send_response", 30)]
    for _ in range(5):
        sent(old_world, MONDAY, *steps, ("send_response", 1), *again)
    content = figures_of(NOW.date())
    assert content["times"]["answered"]["total"] == 1


def test_how_many_were_withdrawn(old_world: World) -> None:
    """Of all that were closed or withdrawn; only when there are five of each."""
    many(old_world, 5, MONDAY, ("withdraw", 1))
    closed = [(name, 0) for name in MAIN[4:]]
    many(old_world, 4, MONDAY, *closed)
    assert figures_of(NOW.date())["withdrawn"]["total"] == FEW
    many(old_world, 1, MONDAY, *closed)
    many(old_world, 3, MONDAY)
    content = figures_of(NOW.date())
    assert content["withdrawn"]["total"] == content["withdrawn"]["cells"][of(content)] == 50


def test_kinds_are_counted_by_request(old_world: World) -> None:
    """Two measures of one kind in a request are one; each kind stands by itself."""
    for _ in range(6):
        line = sent(old_world, MONDAY)
        Measure.objects.create(request=line.request, number=9, kind="a", description="Another witness.")
    content = figures_of(NOW.date())
    assert content["kinds"]["a"] == content["kinds"]["f"] == 5, "in steps of five"
    assert content["kinds"]["b"] == FEW and set(content["kinds"]) == set(Measure.Kind.values)


def test_once_a_day(old_world: World) -> None:
    """Whatever happens that day, the figures stand; the next day's replace them, and nothing is kept to subtract."""
    with time_machine.travel(NOW, tick=False) as clock:
        first = renew()
        assert first is not None and first.day == NOW.date()
        clock.shift(timedelta(hours=3))
        many(old_world, 6, NOW + timedelta(hours=1))
        assert renew() is None
        tasks.renew()
        assert Release.objects.get().content == first.content
        clock.shift(timedelta(days=1))
        second = renew()
        assert second is not None and Release.objects.get() == second
        assert second.content["sent"][0]["cells"][of(second.content)] == 5


def test_the_day_is_utcs(world: World) -> None:
    """One moment for the whole portal."""
    release = renew(datetime(2026, 5, 13, 23, 30, tzinfo=UTC))
    assert release is not None and release.day == date(2026, 5, 13)


def test_made_anew_by_an_operator(old_world: World) -> None:
    """`manage.py figures` makes the day's figures again."""
    with time_machine.travel(NOW, tick=False):
        renew()
        many(old_world, 5, NOW)
        call_command("figures")
        content = Release.objects.get().content
        assert content["sent"][0]["cells"][of(content)] == 5


def test_small_counts_are_not_even_kept(old_world: World) -> None:
    """The row holds what may be shown: four requests leave no four behind."""
    before = figures_of(NOW.date())
    many(old_world, 4, MONDAY, *[(name, 1) for name in MAIN[4:]])
    assert figures_of(NOW.date()) == before


def test_without_states_or_requests() -> None:
    """An empty portal has empty figures."""
    release = renew()
    assert release is not None
    figures = Figures(release)
    assert [len(figures.sent), len(figures.times)] == [1, 1] and len(list(figures.sheet())) > 10


def test_no_record_is_named(old_world: World) -> None:
    """Codes of states and kinds, and numbers: nothing else is in a release."""
    line = sent(old_world, MONDAY)
    many(old_world, 5, MONDAY)
    text = str(figures_of(NOW.date()))
    actor: User = old_world.drafter
    for word in (str(line.pk), line.request.reference, line.request.title, actor.name, "KG-MIA", "KG-GPO"):
        assert word not in text
