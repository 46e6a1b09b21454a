"""Who holds the ball, since when, as each side may know it; and the two lanes of steps."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import DeskView, User
from agencies.models import Role
from agencies.standing import standing_of
from mla.ball import turn_of
from mla.desk import read_desk
from mla.listing import read_rows
from mla.models import AssistanceRequest
from mla.presentation import held
from mla.reading import read
from mla.workflow import Body
from tests.cases.sharing import browser, text_of
from tests.factories import MAIN, Line, World, later

pytestmark = pytest.mark.django_db

MONDAY = datetime.fromisoformat("2027-03-01 06:00:00+00:00")


def turn(line: Line, user: User) -> tuple[Body | None, datetime | None]:
    """Whose turn it is for this reader, and since when."""
    reading = read(user, standing_of(user), line.pk)
    found = turn_of(reading.events, reading.bodies, reading.side)
    rows = read_rows(list(AssistanceRequest.objects.visible_to(user).filter(pk=line.pk)), standing_of(user))
    assert [row.turn for row in rows] == [found], "a list says what the page says"
    return found.body, found.since


def walk(line: Line, *steps: str, first: int = 0, **data: object) -> dict[str, datetime]:
    """Take steps, one each day; when each was taken."""
    found = {}
    for number, name in enumerate(steps, first):
        with time_machine.travel(MONDAY + timedelta(days=number), tick=False):
            line.take(name, **(data if name == "accept_and_assign" else {}))
            found[name] = line.request.events.latest("at").at
    return found


def test_the_ball_crosses_with_the_steps(world: World) -> None:
    """At home from office to office; abroad the authority has it from transmission on, whoever works on it there."""
    line = Line(world)
    at = walk(line, *MAIN[:4])
    assert turn(line, world.drafter) == (Body.RECEIVING, at["transmit"])
    at |= walk(line, *MAIN[4:9], first=4)
    assert line.state == "results_reported"
    assert turn(line, world.drafter) == (Body.RECEIVING, at["transmit"]), "nothing tells that somebody else executes"
    assert turn(line, world.receiver) == (Body.RECEIVING, at["report_results"])
    assert turn(line, world.executor) == (Body.RECEIVING, at["report_results"])


def test_a_disclosed_executor_holds_it(world: World) -> None:
    """From the assignment on, when the receiving authority said who executes."""
    line = Line(world)
    at = walk(line, *MAIN[:8], disclose_executor=True)
    assert turn(line, world.sender) == (Body.EXECUTING, at["accept_and_assign"])
    walk(line, "report_results", first=8)
    assert turn(line, world.sender) == (Body.EXECUTING, at["accept_and_assign"])


def test_questions_are_the_drafters_turn_then_the_authoritys(world: World) -> None:
    """The other side reads that the requesting authority has it, before and after the answer is written."""
    line = Line(world)
    at = walk(line, *MAIN[:6], "ask_information")
    assert turn(line, world.sender) == (Body.DRAFTING, at["ask_information"])
    assert turn(line, world.receiver) == (Body.SENDING, at["ask_information"])
    at |= walk(line, "write_answer", first=10)
    assert turn(line, world.sender) == (Body.SENDING, at["write_answer"])
    assert turn(line, world.receiver) == (Body.SENDING, at["ask_information"])


@pytest.mark.parametrize("state", ["closed", "withdrawn", "discarded"])
def test_when_it_has_ended_it_is_nobodys(world: World, state: str) -> None:
    """No half of the chip is filled, and the timeline has no open end."""
    line = Line(world).walk_to(state)
    reading = read(world.drafter, standing_of(world.drafter), line.pk)
    assert turn(line, world.drafter)[0] is None
    assert (reading.turn["holder"], reading.now) == ("none", None)


def test_the_page_says_who_what_and_why_not(world: World) -> None:
    """Holder and time, both lanes, the step that is open, and beside one that is not, why and who can."""
    with time_machine.travel(MONDAY, tick=True):
        line = Line(world).walk_to("transmitted")
    with time_machine.travel(MONDAY + timedelta(days=8), tick=True):
        ours = text_of(browser(world.sender).get(reverse("mla:detail", args=[line.pk])))
        theirs = text_of(browser(world.receiver).get(reverse("mla:detail", args=[line.pk])))
    holder = world.bodies[Body.RECEIVING].name
    assert f"<b>{holder}</b>" in ours and "for 6 working days" in ours
    for words in ("Signed", "its own steps are not shown to you", "Not open now", "Opens in the state: Response sent."):
        assert words in ours
    assert "Acknowledge receipt" in theirs and "Signed" not in theirs and world.signatory.name not in theirs


def strip_of(user: User, line: Line) -> str:
    """The words of the strip at the top of a request's page, without its tags."""
    page = browser(user).get(reverse("mla:detail", args=[line.pk])).content.decode()
    strip = page[page.index('<dl class="strip">') :]
    return " ".join(re.sub(r"<[^>]+>", " ", strip[: strip.index("</dl>")]).split())


def test_the_strip_names_the_office_and_how_long_it_has_waited(world: World) -> None:
    """From office to office of one agency, and since the last step, as its desk says; never to the other side."""
    line = Line(world)
    at = walk(line, "submit", "return_to_drafter")
    wanted = [
        ("drafter", None, f"the drafter, {world.drafter.name}"),
        ("supervisor", "submit", str(Role.SUPERVISOR.label)),
        ("signatory", "pass_on", str(Role.CA_SIGNATORY.label)),
        ("sender", "sign", str(Role.CA_OFFICER.label)),
        ("receiver", "transmit", str(Role.CA_OFFICER.label)),
    ]
    for day, (who, step, office) in enumerate(wanted, start=2):
        if step:
            at |= walk(line, step, first=day)
        with time_machine.travel(MONDAY + timedelta(days=day, hours=1), tick=True):
            shown = strip_of(getattr(world, who), line)
            (task,) = read_desk(standing_of(getattr(world, who)), DeskView.MINE).tasks.rows
            assert re.search(rf"waits for:? {re.escape(office)}, {task.waiting}", shown), shown
            side = {"receiver": world.sender}.get(who, world.drafter)
            assert ("waits for" in strip_of(side, line)) == (who != "receiver")
    holder = read(world.drafter, standing_of(world.drafter), line.pk)
    assert holder.waits == {} and holder.turn["words"] == world.bodies[Body.RECEIVING].name


def test_the_strip_counts_from_the_step_not_from_the_agency(world: World) -> None:
    """The agency has it for longer than the office that is to act now."""
    with time_machine.travel(MONDAY, tick=True):
        line = Line(world)
    walk(line, "submit")
    walk(line, "return_to_drafter", first=3)
    with time_machine.travel(MONDAY + timedelta(days=4), tick=True):
        shown = strip_of(world.drafter, line)
    assert f"waits for the drafter, {world.drafter.name}, for 1 working day" in shown
    assert "for 4 working days" in shown, "the agency has had it since the draft was begun"


@pytest.mark.parametrize(
    ("came", "now", "words"),
    [
        ("2027-03-05 12:00", "2027-03-05 13:00", "since today"),
        # Friday, read on the days off: no working day has passed, and it was not today.
        ("2027-03-05 12:00", "2027-03-06 08:00", "since 5 Mar 2027"),
        ("2027-03-05 12:00", "2027-03-07 08:00", "since 5 Mar 2027"),
        ("2027-03-06 12:00", "2027-03-07 08:00", "since 6 Mar 2027"),
        ("2027-03-06 12:00", "2027-03-06 13:00", "since today"),
        ("2027-03-05 12:00", "2027-03-08 08:00", "for 1 working day"),
        # Late on Thursday by UTC is Friday in Bishkek.
        ("2027-03-04 20:00", "2027-03-06 08:00", "since 5 Mar 2027"),
    ],
)
def test_what_came_before_the_days_off_is_not_of_today(came: str, now: str, words: str) -> None:
    """How long it was held, by the reader's calendar."""
    at, then = (datetime.fromisoformat(f"{one}+00:00") for one in (came, now))
    assert held(at, then, ZoneInfo("Asia/Bishkek")) == words


def test_strip_and_desk_name_the_day_over_the_days_off(world: World) -> None:
    """What was submitted on a Friday says so on the Saturday."""
    line = Line(world)
    walk(line, "submit", first=4)
    with time_machine.travel(MONDAY + timedelta(days=5), tick=True):
        (task,) = read_desk(standing_of(world.supervisor), DeskView.MINE).tasks.rows
        assert task.waiting == "since 5 Mar 2027"
        shown = strip_of(world.supervisor, line)
    assert f"waits for: {Role.SUPERVISOR.label}, since 5 Mar 2027" in shown and "since today" not in shown


def test_the_strip_says_by_when_questions_want_an_answer(world: World) -> None:
    """On both sides, whatever the deadline of the whole, and only while they are open."""
    line = Line(world).walk_to("under_review")
    words = "Questions to be answered by"
    assert words not in strip_of(world.sender, line)
    line.take("ask_information", due=later(5))
    for user in (world.drafter, world.sender, world.receiver):
        shown = strip_of(user, line)
        assert words in shown and date_format(later(5), "DATE_FORMAT") in shown and "days left" in shown
    line.walk("write_answer", "answer_information")
    assert words not in strip_of(world.sender, line)
