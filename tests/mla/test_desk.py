"""My desk: what waits for each, in which order; what waits for others; what changed; and that a view is kept."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import DeskView, User
from agencies.models import Role
from agencies.standing import standing_of
from cases.models import Share
from mla.desk import AT_MOST, Desk, read_desk
from mla.models import Assignment
from mla.workflow import Body
from tests.cases.sharing import Sharing, browser, text_of
from tests.factories import MAIN, Line, World, later, person

pytestmark = pytest.mark.django_db


def desk_of(user: User, view: DeskView = DeskView.MINE) -> Desk:
    """What stands on a person's desk."""
    return read_desk(standing_of(user), view)


def todo(user: User, view: DeskView = DeskView.MINE) -> list[tuple[str, str]]:
    """What waits for a person: what to do, and of which request."""
    return [(task.todo, task.reference) for task in desk_of(user, view).tasks.rows]


def others(user: User, view: DeskView = DeskView.MINE) -> list[tuple[str, str]]:
    """What waits for others: of which request, and who holds it."""
    return [(one.reference, one.ball.get("words", one.holder)) for one in desk_of(user, view).others.rows]


def changed(user: User, view: DeskView = DeskView.MINE) -> list[tuple[str, str]]:
    """What changed: of which request, and how."""
    return [(one.reference, one.words) for one in desk_of(user, view).changes]


def test_each_finds_their_own_step(world: World) -> None:
    """A request on its way stands on one desk after the other, and on those behind as waiting for others."""
    line = Line(world)
    reference = line.request.reference
    wanted = [
        ("drafter", "Finish the draft", "submit"),
        ("supervisor", "Review the draft", "pass_on"),
        ("signatory", "Sign", "sign"),
        ("sender", "Transmit", "transmit"),
        ("receiver", "Acknowledge receipt", "acknowledge"),
        ("receiver", "Start review", "start_review"),
        ("receiver", "Review, accept and assign", "accept_and_assign"),
        ("executor", "Start execution", "start_execution"),
        ("executor", "Execute and report results", "report_results"),
        ("receiver", "Assess the results and send the response", "send_response"),
        ("sender", "Check the response and confirm it", "receive_response"),
        ("drafter", "Assess the response and close", "close"),
    ]
    before = "receiver"
    for name, words, step in wanted:
        found = {who: todo(getattr(world, who)) for who in {name, before}}
        assert found == {before: []} | {name: [(words, reference)]}, step
        before = name
        line.take(step)
    assert not any(todo(user) or others(user) for user in world.holders.values())


def test_a_returned_draft_says_how_many_comments(world: World) -> None:
    """It waits for its drafter, with who sent it back and how much there is to mend."""
    line = Line(world).walk("submit")
    comments = [{"field": "facts", "text": "Which wares?"}, {"field": "offence", "text": "Which article?"}]
    line.take("return_to_drafter", comments=comments)
    (task,) = desk_of(world.drafter).tasks.rows
    assert task.todo == "Mend the returned draft: 2 comments"
    assert task.why == "Returned to drafter by the supervisor"
    assert task.asked_by == f"{world.supervisor.name}, KG-MIA"
    assert task.url == reverse("mla:draft", args=[line.pk])
    bare = Line(world).walk("submit", "pass_on", "return_from_authority")
    assert todo(world.drafter)[1] == ("Mend the returned draft", bare.request.reference)


def test_questions_wait_for_the_drafter_then_for_the_authority(world: World) -> None:
    """Due when the questions are, whatever the deadline of the whole; a colleague finds it among the agency's."""
    line = Line(world, deadline=later(90), deadline_reason="Trial.").walk_to("under_review")
    line.take("ask_information", due=later(5))
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    (task,) = desk_of(world.drafter).tasks.rows
    assert (task.todo, task.due.day) == ("Write the answer", later(5))
    assert todo(colleague) == [] and len(todo(colleague, DeskView.AGENCY)) == 1
    assert todo(world.sender) == []
    line.take("write_answer")
    assert todo(world.drafter) == []
    (task,) = desk_of(world.sender).tasks.rows
    assert (task.todo, task.due.day) == ("Send the answer", later(5))
    assert others(world.receiver) == [(line.request.reference, world.bodies[Body.SENDING].name)]


def test_overdue_first_then_by_day_then_oldest(world: World) -> None:
    """What has no day comes last, what waits longest first among equals."""
    today = timezone.localdate()
    days: list[date | None] = [None, later(9), today - timedelta(days=3), later(2), None, later(2)]
    found = []
    for number, day in enumerate(days):
        with time_machine.travel(timezone.now() - timedelta(hours=20 - number), tick=True):
            found.append(Line(world, deadline=day, deadline_reason="Trial." if day else "").request.reference)
    order = [found[number] for number in (2, 3, 5, 1, 0, 4)]
    assert [reference for _, reference in todo(world.drafter)] == order
    rows = desk_of(world.drafter).tasks.rows
    assert [row.due.look["tone"] for row in rows] == ["bad", "attention", "attention", "plain", "plain", "plain"]
    assert rows[0].due.look["text"] == "overdue by 3 days"


def test_work_to_execute_is_due_on_its_target_date(world: World) -> None:
    """For the executing agency; its authority and the other side read the deadline of the request."""
    line = Line(world, deadline=later(50), deadline_reason="Trial.").walk_to("accepted")
    (task,) = desk_of(world.executor).tasks.rows
    assert task.due.day == later(60) == Assignment.objects.get(request=line.pk).target_date
    for user in (world.receiver, world.drafter):
        (row,) = desk_of(user).others.rows
        assert row.due.day == later(50)


def test_the_other_side_stays_where_it_was(world: World) -> None:
    """Steps at home move nothing on the other side's desk: no row, no word, no age."""
    requesting = [world.drafter, world.supervisor, world.sender, world.signatory]

    def look(users: list[User]) -> list[Desk]:
        return [desk_of(user, view) for user in users for view in DeskView]

    line = Line(world).walk_to("in_execution")
    before = look(requesting)
    for name in ("report_results", "return_results", "report_results"):
        line.take(name)
        assert look(requesting) == before, name
    names = [world.bodies[Body.EXECUTING].name, world.executor.name]
    assert not [name for name in names if name in str(before)]
    asked = Line(world).walk_to("info_requested")
    theirs = look([world.receiver])
    asked.take("write_answer")
    assert look([world.receiver]) == theirs


def test_before_it_is_sent_it_stands_on_no_desk_abroad(world: World) -> None:
    """Neither as work nor as waiting nor as change; when it arrives, without a word of how it came about."""
    line = Line(world).walk("submit", "return_to_drafter", "submit", "pass_on", "sign")
    for view in DeskView:
        found = desk_of(world.receiver, view)
        assert not (found.tasks.rows or found.others.rows or found.changes)
    line.take("transmit")
    (task,) = desk_of(world.receiver).tasks.rows
    assert (task.why, task.asked_by) == ("Transmitted", world.bodies[Body.SENDING].name)
    assert changed(world.receiver, DeskView.AGENCY) == [(line.request.reference, "Transmitted")]


def test_what_changed_is_what_others_did(world: World) -> None:
    """In requests in which one had a hand, or of the agency; one's own steps and old ones are no news."""
    Line(world).walk("submit", "return_to_drafter")
    assert len(changed(world.drafter)) == 1
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=True):
        line = Line(world).walk_to("transmitted")
        reference, colleague = line.request.reference, world.new(Body.DRAFTING, Role.OFFICER)
        assert changed(world.drafter) == [(reference, "Transmitted")]
        assert changed(world.sender) == []
        assert (changed(colleague), changed(colleague, DeskView.AGENCY)) == ([], [(reference, "Transmitted")])
        line.take("acknowledge")
        assert changed(world.drafter) == changed(world.sender) == [(reference, "Receipt acknowledged")]


def test_a_need_to_know_case_stays_with_its_people(world: World) -> None:
    """Its request stands on no desk but those of the people named, whatever the view."""
    line = Line(world, need_to_know=True, members=[world.supervisor]).walk("submit")
    colleague = world.new(Body.DRAFTING, Role.SUPERVISOR)
    reference = line.request.reference
    for view in DeskView:
        assert [one for _, one in todo(world.supervisor, view)] == [reference]
        found = desk_of(colleague, view)
        assert not (found.tasks.rows or found.others.rows or found.changes)


def test_more_than_a_desk_holds(world: World) -> None:
    """The first are shown, and that there are more; not how many."""
    for _ in range(AT_MOST + 2):
        Line(world)
    found = desk_of(world.drafter)
    assert (len(found.tasks.rows), found.tasks.count) == (AT_MOST, f"{AT_MOST}+")


@pytest.fixture
def it(db: None) -> Sharing:
    """A case with items to share."""
    return Sharing()


def test_shares_wait_for_a_liaison_officer_then_for_the_asker(it: Sharing) -> None:
    """To decide, not by the asker; a question for the asker alone; the other agency hears when it is approved."""
    share = it.ask()
    assert todo(it.liaison) == [("Decide on a share", str(share))]
    assert others(it.officer) == [(str(share), "liaison officer, since today")]
    assert todo(it.officer) == todo(it.colleague) == todo(it.their_liaison) == []
    assert todo(it.colleague, DeskView.AGENCY) == [("Decide on a share", str(share))]
    it.decide(share, "send_back")
    assert todo(it.officer) == [("Answer a question on a share", str(share))]
    assert others(it.liaison) == [(str(share), f"{it.officer.name}, since today")]
    assert (todo(it.liaison), changed(it.officer)) == ([], [(str(share), "Sent back")])
    it.again(share)
    it.decide(share, "approve")
    assert todo(it.liaison) == todo(it.officer) == others(it.officer) == []
    assert changed(it.officer) == [(str(share), "Shared")]
    assert changed(it.reader) == [(str(share), "Information was shared with your agency")]
    Share.objects.filter(pk=share.pk).update(decided_at=timezone.now() - timedelta(days=9))
    it.decide(share, "revoke")
    assert changed(it.reader) == []
    (last,) = desk_of(it.officer).changes
    assert (last.words, last.at.date()) == ("Revoked", timezone.now().date()), "its own day, not that of the approval"


def test_a_share_of_a_case_out_of_sight_is_on_no_desk() -> None:
    """A liaison officer who is not named in a need-to-know case has nothing to decide there."""
    it = Sharing(need_to_know=True)
    it.ask()
    stranger = person(it.owner, Role.LIAISON)
    assert [len(todo(user, view)) for user in (it.liaison, stranger) for view in DeskView] == [1, 1, 0, 0]


def test_the_view_is_kept(world: World) -> None:
    """Chosen once, the desk opens so from then on, also in another browser; what is no view changes nothing."""
    line = Line(world)
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    client, url = browser(colleague), reverse("desk_view")
    assert line.request.reference not in text_of(client.get(reverse("desk")))
    response = client.post(url, {"view": "agency", "token": uuid.uuid4()})
    assert response.status_code == 302 and response["Location"] == reverse("desk")
    for one in (client, browser(colleague)):
        page = text_of(one.get(reverse("desk")))
        assert line.request.reference in page and "Waits for your agency" in page
    for odd in ("", "all", "\x00", "m" * 5000):
        assert client.post(url, {"view": odd}).status_code == 302
    assert User.objects.get(pk=colleague.pk).desk_view == DeskView.AGENCY


def test_when_a_side_saw_it_move(world: World) -> None:
    """The moment kept with a request is that of the last step that the side saw."""

    def check(line: Line) -> None:
        row = line.request
        for side in ("requesting", "requested"):
            last = row.events.seen_by(side).last()
            assert getattr(row, f"{side}_moved_at") == (last.at if last else None), side

    line = Line(world)
    check(line)
    for name in (*MAIN[:6], "ask_information", "write_answer", "answer_information", *MAIN[6:9]):
        line.take(name)
        check(line)


def test_the_page_says_it_in_both_languages(world: World) -> None:
    """Words, age, day, and whose turn; for those who see no case, the page that says so."""
    day = timezone.localdate(timezone=world.bodies[Body.RECEIVING].tz) - timedelta(days=2)
    line = Line(world, deadline=day, deadline_reason="Trial.").walk_to("transmitted")
    page = text_of(browser(world.receiver).get(reverse("desk")))
    for words in ("Waits for you", "Acknowledge receipt", "since today", "overdue by 2 days", line.request.reference):
        assert words in page
    assert "Waits for others" in page and "Nobody owes you anything" in page
    reader = world.new(Body.RECEIVING, Role.CA_OFFICER, language="ru")
    assert "Ждёт вас" in text_of(browser(reader).get(reverse("desk")))
    admin = world.new(Body.RECEIVING, Role.AGENCY_ADMIN)
    page = text_of(browser(admin).get(reverse("desk")))
    assert "Your role sees no case" in page and line.request.reference not in page


def test_the_last_of_a_working_week(world: World) -> None:
    """Ages are counted in working days: from Friday to Monday it is one."""
    with time_machine.travel("2027-03-05 06:00:00+00:00", tick=True):
        Line(world).walk("submit")
    with time_machine.travel("2027-03-08 06:00:00+00:00", tick=True):
        (task,) = desk_of(world.supervisor).tasks.rows
        assert task.waiting == "for 1 working day"
