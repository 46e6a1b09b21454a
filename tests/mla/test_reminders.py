"""Whoever holds a request is reminded of its day: the working day before, the day, then weekly; nobody twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from mla.models import PaperRequest
from mla.papers import change_paper, void_paper
from mla.reminders import event_on, remind_of_deadlines
from mla.subjects import resolve_papers
from mla.workflow import Body
from notifications.models import Notification, Outbox
from notifications.tasks import remind
from tests.factories import Line, World, paper
from tests.mla.test_papers import content_of
from tests.notifications.office import ring
from tests.racing import Act, race

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Friday, 4 December 2026.
FRIDAY = date(2026, 12, 4)
NEAR, REACHED, PASSED = "deadline.near", "deadline.reached", "deadline.passed"


def noon(day: date) -> datetime:
    """Noon in Bishkek, which keeps UTC+6 all year."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        # Offsets from the due day at which something is said, within three weeks.
        (FRIDAY, {-1: NEAR, 0: REACHED, 7: PASSED, 14: PASSED, 21: PASSED}),
        (FRIDAY + 3 * DAY, {-3: NEAR, 0: REACHED, 7: PASSED, 14: PASSED, 21: PASSED}),
        (FRIDAY + 1 * DAY, {-1: NEAR, 2: PASSED, 9: PASSED, 16: PASSED}),
        (FRIDAY + 2 * DAY, {-2: NEAR, 1: PASSED, 8: PASSED, 15: PASSED}),
        (FRIDAY - 2 * DAY, {-1: NEAR, 0: REACHED, 7: PASSED, 14: PASSED, 21: PASSED}),
    ],
    ids=["Friday", "Monday", "Saturday", "Sunday", "Wednesday"],
)
def test_the_days_of_a_deadline(due: date, told: dict[int, str]) -> None:
    """Never on a day off; what would fall on one comes on the next working day, the first one before."""
    said = {offset: event_on(due + offset * DAY, due) for offset in range(-21, 22)}
    assert {offset: event for offset, event in said.items() if event} == told


def test_weekly_for_a_year() -> None:
    """Then the desk alone says it."""
    said = [offset for offset in range(1, 800) if event_on(FRIDAY + offset * DAY, FRIDAY)]
    assert said == list(range(7, 366, 7))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon on 2 November 2026, a Monday."""
    with time_machine.travel(noon(date(2026, 11, 2)), tick=False) as travelled:
        yield travelled


@pytest.fixture
def world(db: None, clock: time_machine.Traveller) -> World:
    """The four bodies and their people, made at that noon."""
    return World()


def due_line(world: World, deadline: date | None = FRIDAY) -> Line:
    """A request that asks for its answer by a Friday."""
    return Line(world, deadline=deadline, deadline_reason="The trial begins.")


def reminded(clock: Any, day: date) -> set[tuple[User, str]]:
    """Whom a run at noon of a day tells, and of what."""
    before = set(Outbox.objects.values_list("pk", flat=True))
    clock.move_to(noon(day))
    count = remind()
    rows = Outbox.objects.exclude(pk__in=before).select_related("person")
    assert count == len(rows)
    assert {row.urgency for row in rows} <= {"action"}
    return {(row.person, row.event) for row in rows}


@pytest.mark.parametrize(
    ("state", "offices"),
    [
        ("draft", ["drafter"]),
        ("domestic_review", ["supervisor"]),
        ("returned", ["drafter"]),
        ("at_central_authority", ["sender", "signatory"]),
        ("transmitted", ["receiver"]),
        ("acknowledged", ["receiver"]),
        ("under_review", ["receiver"]),
        ("results_reported", ["receiver"]),
        ("response_sent", []),
        ("response_received", []),
        ("closed", []),
        ("withdrawn", []),
        ("discarded", []),
    ],
)
def test_whoever_holds_it(world: World, clock: Any, state: str, offices: list[str]) -> None:
    """By the letter's own deadline; once the answer has come, and at the end, nothing is due."""
    due_line(world).walk_to(state)
    assert reminded(clock, FRIDAY) == {(getattr(world, office), REACHED) for office in offices}


@pytest.mark.parametrize("state", ["accepted", "in_execution"])
def test_execution_has_its_own_day(world: World, clock: Any, state: str) -> None:
    """The executing agency is reminded of the day that its authority set, not of the letter's."""
    line = due_line(world).walk_to("under_review")
    line.take("accept_and_assign", target_date=FRIDAY - 7 * DAY)
    if state == "in_execution":
        line.take("start_execution")
    assert reminded(clock, FRIDAY - 7 * DAY) == {(world.executor, REACHED)}
    assert reminded(clock, FRIDAY - 1 * DAY) == set()


def test_questions_have_their_own_day(world: World, clock: Any) -> None:
    """First the drafter is reminded, and once the answer is written the authority that sends it."""
    line = due_line(world).walk_to("under_review")
    line.take("ask_information", due=FRIDAY)
    assert reminded(clock, FRIDAY - DAY) == {(world.drafter, NEAR)}
    line.take("write_answer")
    assert reminded(clock, FRIDAY) == {(world.sender, REACHED)}


def test_without_a_day_nothing_is_due(world: World, clock: Any) -> None:
    """A letter need not name one."""
    due_line(world, None).walk_to("transmitted")
    assert [reminded(clock, FRIDAY + offset * DAY) for offset in (-1, 0, 7)] == [set()] * 3


def test_once_a_day_however_often_beat_runs(world: World, clock: Any) -> None:
    """Every quarter of an hour, by two beats, after a clock that jumped back: one per person, subject and day."""
    due_line(world).walk_to("transmitted")
    assert len(reminded(clock, FRIDAY)) == 1
    assert [reminded(clock, day) for day in (FRIDAY, FRIDAY - DAY, FRIDAY)] == [set(), {(world.receiver, NEAR)}, set()]
    late = world.new(Body.RECEIVING, "ca_officer")
    # Whoever came since is told, once; the others are not told again.
    assert [reminded(clock, FRIDAY), reminded(clock, FRIDAY)] == [{(late, REACHED)}, set()]


def test_each_by_its_holders_own_day(world: World, clock: Any) -> None:
    """At half past midnight in Bishkek it is still Thursday in Tashkent."""
    due_line(world).walk_to("at_central_authority")
    due_line(world).walk_to("transmitted")
    clock.move_to(datetime(2026, 12, 3, 18, 30, tzinfo=UTC))
    remind()
    events = {row.person: row.event for row in Outbox.objects.filter(event__startswith="deadline")}
    assert events == {world.sender: REACHED, world.signatory: REACHED, world.receiver: NEAR}


def test_only_those_who_see_it(world: World, clock: Any) -> None:
    """Of a need-to-know case only the people named there."""
    world.new(Body.DRAFTING, "supervisor")
    letter = {"deadline": FRIDAY, "deadline_reason": "The trial begins."}
    Line(world, need_to_know=True, members=[world.supervisor], **letter).walk_to("domestic_review")
    assert reminded(clock, FRIDAY) == {(world.supervisor, REACHED)}


def test_one_thing_waits_of_one_request(world: World, clock: Any) -> None:
    """The reminder takes the place of the call, the next reminder that of the one before; a step settles the last."""
    line = due_line(world).walk_to("transmitted")
    ring()
    for day in (FRIDAY - DAY, FRIDAY, FRIDAY + 7 * DAY):
        reminded(clock, day)
        ring()
    entries = Notification.objects.filter(person=world.receiver).order_by("created_at")
    assert list(entries.values_list("event", "settled")) == [
        ("request.transmit", "replaced"),
        (NEAR, "replaced"),
        (REACHED, "replaced"),
        (PASSED, ""),
    ]
    line.take("acknowledge")
    assert entries.last().settled == "own"
    assert not Notification.objects.filter(waits=True).exists()


def test_reminders_wait_for_the_summary(world: World, clock: Any) -> None:
    """They are no mail of their own, unless a person wants them so."""
    due_line(world).walk_to("transmitted")
    reminded(clock, FRIDAY)
    ring()
    assert Notification.objects.get(event=REACHED).by_mail == "digest"


def due_paper(world: World, **content: Any) -> PaperRequest:
    """A request on paper that came to the receiving authority and asks for its answer by the Friday."""
    return paper(world.receiver, world.bodies[Body.RECEIVING], answer_due=FRIDAY, **content)


def test_a_request_on_paper_is_due_too(world: World, clock: Any) -> None:
    """To the officers in whose journal it stands; what they sent themselves waits for others."""
    due_paper(world)
    due_paper(world, direction="outgoing")
    second = world.new(Body.RECEIVING, "ca_officer")
    assert reminded(clock, FRIDAY - DAY) == {(world.receiver, NEAR), (second, NEAR)}
    assert reminded(clock, FRIDAY) == {(world.receiver, REACHED), (second, REACHED)}


@pytest.mark.parametrize(
    ("change", "settled"),
    [
        ({"answered_on": FRIDAY}, "colleague"),
        ({"closed_on": FRIDAY}, "colleague"),
        ({"answer_due": FRIDAY + 30 * DAY}, "colleague"),
        ({"remark": "Asked the archive."}, ""),
    ],
    ids=lambda value: str(next(iter(value))) if isinstance(value, dict) else "",
)
def test_one_officers_entry_silences_the_rest(world: World, clock: Any, change: dict[str, Any], settled: str) -> None:
    """What was waited for stands in the journal: the other officer is waited for no more, nor reminded."""
    second = world.new(Body.RECEIVING, "ca_officer")
    entered = due_paper(world)
    reminded(clock, FRIDAY)
    ring()
    change_paper(actor=world.receiver, pk=entered.pk, version=1, content=content_of(entered, **change))
    theirs = Notification.objects.get(person=second)
    assert theirs.settled == settled
    assert bool(reminded(clock, FRIDAY + 7 * DAY)) == (not settled)


def test_a_void_paper_waits_for_nobody(world: World, clock: Any) -> None:
    """Entered twice, marked void: settled, and never spoken of again."""
    entered = due_paper(world)
    reminded(clock, FRIDAY)
    ring()
    void_paper(actor=world.receiver, pk=entered.pk, version=1, reason="Entered twice.")
    assert not Notification.objects.filter(waits=True).exists()
    assert reminded(clock, FRIDAY + 7 * DAY) == set()


def test_a_paper_looks_as_its_reader_sees_it(world: World) -> None:
    """Its number in their own journal; to another agency nothing at all."""
    entered = due_paper(world)
    (found,) = resolve_papers(world.receiver, [entered.pk]).values()
    assert (found.label, found.ended) == (entered.line.number, False)
    assert entered.subject not in found.label
    assert resolve_papers(world.sender, [entered.pk]) == {}


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once(transactional_db: None) -> None:
    """At the same moment: one row for each person, and none takes the other's place."""
    with time_machine.travel(noon(date(2026, 11, 2)), tick=False):
        world = World()
        others = [world.new(Body.RECEIVING, "ca_officer") for _ in range(4)]
        due_line(world).walk_to("transmitted")
    beats = [Act(lambda: remind_of_deadlines(noon(FRIDAY))) for _ in range(3)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join(30)
    assert not [beat.error for beat in beats if beat.error]
    rows = Outbox.objects.filter(event=REACHED)
    assert {row.person_id for row in rows} == {one.pk for one in (world.receiver, *others)}
    assert len(rows) == 5 and {row.settled for row in rows} == {""}


@pytest.mark.django_db(transaction=True)
def test_a_step_at_the_same_moment(transactional_db: None) -> None:
    """The step is first: what is written after it is for the next holder, not for whoever held it before."""
    with time_machine.travel(noon(date(2026, 11, 2)), tick=False):
        world = World()
        line = due_line(world).walk_to("at_central_authority")
        line.take("sign")
    clock, data = line.clock("transmit"), line.data("transmit")
    lock = ("select 1 from mla_assistancerequest where id = %s for update", str(line.pk))
    step, beat = race(
        lock,
        lambda: line.take("transmit", version=clock, **data),
        lambda: remind_of_deadlines(noon(FRIDAY)),
    )
    assert step.error is beat.error is None
    rows = Outbox.objects.filter(event=REACHED)
    assert [row.person for row in rows] == [world.receiver]
