"""One day is due, and every place says the same: strip, desk, lists, filters, register and its file, reminders."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import DeskView, User
from agencies.standing import standing_of
from mla.desk import read_desk
from mla.due import DUE, DUE_AT
from mla.faces import reindex
from mla.models import AssistanceRequest
from mla.policies import bodies_of
from mla.reading import read
from mla.workflow import ENDED, RequestState, next_step
from tests.factories import Line, World, later
from tests.mla.test_register_export import as_csv
from tests.security.people import browser

pytestmark = pytest.mark.django_db

FAR = {"deadline": later(90), "deadline_reason": "Trial."}


def cells(user: User) -> list[str]:
    """What list and register say of a day that is due."""
    found = []
    for name in ("mla:list", "register:list"):
        page = browser(user).get(reverse(name)).content.decode()
        cell = page[page.rindex('data-label="Answer asked by"') :]
        found.append(cell[: cell.index("</td>")])
    return found


def found_by(user: User, days: str) -> bool:
    """Whether the list's filter by the due day finds the request."""
    return bool(browser(user).get(reverse("mla:list"), {"deadline": days}).context["rows"])


@pytest.mark.parametrize("letter", [{}, FAR], ids=["no deadline", "a later deadline"])
def test_open_questions_are_due_everywhere(world: World, letter: dict[str, object]) -> None:
    """On both sides, whether the letter names a day or not; once they are answered it is the letter's day again."""
    line = Line(world, **letter).walk_to("under_review")
    line.take("ask_information", due=later(5))
    day = date_format(later(5), "SHORT_DATE_FORMAT")
    for user in (world.sender, world.receiver):
        for cell in cells(user):
            assert day in cell and "5 days left" in cell and "to questions" in cell
        assert as_csv(user)[-1][-1] == later(5).isoformat()
        assert read(user, standing_of(user), line.pk).answer_due["day"] == later(5)
        assert found_by(user, "week") and not found_by(user, "none")
    (task,) = read_desk(standing_of(world.drafter), DeskView.MINE).tasks.rows
    (other,) = read_desk(standing_of(world.receiver), DeskView.MINE).others.rows
    assert task.due == other.due and other.due.day == later(5) and other.due.questions
    line.walk("write_answer", "answer_information")
    said = date_format(later(90), "SHORT_DATE_FORMAT") if letter else "no deadline"
    for user in (world.sender, world.receiver):
        assert all(said in cell and "to questions" not in cell for cell in cells(user))
        assert not found_by(user, "week") and found_by(user, "none") != bool(letter)


def test_once_the_answer_was_sent_nothing_is_overdue(world: World) -> None:
    """The day that the letter asked for stays, and no place calls it late."""
    yesterday = later(-1)
    line = Line(world, deadline=yesterday, deadline_reason="Trial.").walk_to("results_reported")
    assert all("overdue by 1 day" in cell for cell in cells(world.sender)) and found_by(world.sender, "overdue")
    line.take("send_response")
    for user in (world.sender, world.receiver):
        assert all("overdue" not in cell for cell in cells(user)) and not found_by(user, "overdue")
        assert read(user, standing_of(user), line.pk).deadline == {"day": yesterday, "tone": "plain", "text": ""}
    (task,) = read_desk(standing_of(world.sender), DeskView.MINE).tasks.rows
    assert task.due.day is None


@pytest.mark.parametrize("state", sorted(set(RequestState) - ENDED))
def test_a_desk_and_the_reminders_mean_the_same_day(world: World, state: str) -> None:
    """Whoever holds the request: the quicker way of a desk gives the day of which they are reminded."""
    line = Line(world, **FAR).walk_to(state)
    bodies = bodies_of(line.request)
    step = next_step(line.state, bodies.facts)
    assert step is not None
    rows = AssistanceRequest.objects.unscoped("a test compares two expressions").filter(pk=line.pk)
    (days,) = rows.annotate(due=DUE, at=DUE_AT[step.body]).values_list("due", "at")
    assert days[0] == days[1]
    assert isinstance(days[0], date) == (not state.startswith("response_"))


def test_the_migration_writes_what_faces_say_today(world: World) -> None:
    """Of questions that were open before it."""
    line = Line(world, **FAR).walk_to("info_requested")
    assert line.request.faces.update(deadline=later(90)) == 2
    assert reindex(write_them=False) == 2
    with connection.cursor() as cursor:
        cursor.execute(import_module("mla.migrations.0011_due_days_of_questions").QUESTIONS)
    assert reindex(write_them=False) == 0
