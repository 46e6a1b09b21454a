"""Who hears of each step, who of them must act, and how one's step silences the others."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from mla.workflow import BY_NAME, Body
from notifications import delivery
from notifications.mail import send_all
from notifications.models import Mail, Notification, Outbox
from tests.factories import WAYS, Line, World
from tests.notifications.office import ring, work
from tests.racing import race
from tests.servers import MailServer

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)

# Step; who must act now; who only hears of it. `colleague` is a second officer of the drafting agency.
TOLD = """
submit                supervisor         -
return_to_drafter     drafter            colleague
pass_on               sender,signatory   -
return_from_authority drafter            colleague
sign                  sender             -
transmit              receiver           drafter,colleague
discard               -                  supervisor
acknowledge           -                  sender,drafter,colleague
start_review          -                  -
ask_information       drafter,colleague  sender
write_answer          sender             -
answer_information    receiver           -
accept_and_assign     executor           sender,drafter,colleague
start_execution       -                  -
report_results        receiver           -
return_results        executor           -
send_response         sender             drafter,colleague
receive_response      drafter,colleague  receiver
send_back             executor           receiver,sender
close                 -                  receiver,sender
withdraw              -                  receiver,drafter,colleague
"""
ROWS = {name: (called, news) for name, called, news in map(str.split, TOLD.strip().splitlines())}
OFFICES = ("drafter", "supervisor", "sender", "signatory", "receiver", "executor", "colleague")


def told(line: Line, colleague: User, event: str) -> dict[str, str]:
    """Who was told of the event and how, by their offices."""
    names = {getattr(line.world, office).pk: office for office in OFFICES[:-1]} | {colleague.pk: "colleague"}
    return {names[row.person_id]: row.urgency for row in Outbox.objects.filter(event=f"request.{event}")}


def people(cell: str) -> set[str]:
    """The people of a cell."""
    return set(cell.split(",")) - {"-"}


@pytest.fixture
def colleague(world: World) -> User:
    """A second officer of the drafting agency."""
    return world.new(Body.DRAFTING, "officer")


def test_every_step_has_a_row() -> None:
    """The table knows all steps of the line."""
    assert set(ROWS) == set(BY_NAME)


@pytest.mark.parametrize("name", ROWS)
def test_who_must_act(line: Line, colleague: User, name: str) -> None:
    """By the table above; nobody twice."""
    line.ready_for(name)
    line.take(name)
    called, news = ROWS[name]
    wanted = dict.fromkeys(people(called), "action") | dict.fromkeys(people(news), "news")
    assert told(line, colleague, name) == wanted


def test_answers_during_execution_call_the_executor(line: Line, colleague: User) -> None:
    """They had to stop for them; the authority that asked has nothing to do but to know."""
    line.walk_to("in_execution").walk("ask_information", "write_answer", "answer_information")
    assert told(line, colleague, "answer_information") == {"executor": "action", "receiver": "news"}


def test_one_who_may_not_is_not_called(world: World, line: Line) -> None:
    """The drafter, a signatory as well, cannot sign their own request: they hear of it, and it waits for another."""
    world.give(world.drafter, Body.SENDING, "ca_signatory")
    line.walk("submit", "pass_on")
    rows = {row.person_id: row.urgency for row in Outbox.objects.filter(event="request.pass_on")}
    assert rows == {world.drafter.pk: "news", world.sender.pk: "action", world.signatory.pk: "action"}


def entry(user: User, event: str) -> Notification:
    """The person's entry of an event."""
    return Notification.objects.get(person=user, event=f"request.{event}")


def unread(user: User) -> int:
    """How many the bell counts."""
    return Notification.objects.of(user).unread().count()


@committed
def test_one_readers_step_silences_the_rest(world: World, line: Line, mail: MailServer) -> None:
    """Two officers are called; one acknowledges; the other's bell says so and counts it no more."""
    second = world.new(Body.RECEIVING, "ca_officer")
    line.walk_to("transmitted")
    ring()
    assert [unread(one) for one in (world.receiver, second)] == [1, 1]
    line.take("acknowledge")
    ring()
    assert [unread(one) for one in (world.receiver, second)] == [0, 0]
    mine, theirs = entry(world.receiver, "transmit"), entry(second, "transmit")
    assert (mine.settled, theirs.settled) == ("own", "colleague")
    assert not mine.waits and not theirs.waits and theirs.read_at is None
    # The drafter's news of the same step are nobody's to silence.
    assert entry(world.drafter, "transmit").settled == ""


@committed
@pytest.mark.parametrize(
    ("way", "step", "office"),
    [
        (WAYS["transmitted"], "withdraw", "receiver"),
        ((*WAYS["results_reported"], "return_results"), "ask_information", "executor"),
        (WAYS["info_requested"], "withdraw", "drafter"),
        (WAYS["domestic_review"], "discard", "supervisor"),
    ],
)
def test_moved_on(world: World, line: Line, mail: MailServer, way: tuple[str, ...], step: str, office: str) -> None:
    """Nobody has done what was waited for, and it waits no more: no colleague is named for it."""
    line.walk(*way)
    ring()
    waiting = Notification.objects.get(person=getattr(world, office), waits=True)
    line.take(step)
    waiting.refresh_from_db()
    assert (waiting.settled, waiting.waits) == ("moved_on", False)


@committed
def test_what_was_not_delivered_yet_is_delivered_settled(world: World, line: Line, mail: MailServer) -> None:
    """The worker was away while it was done: it stands in the bell as done, and no mail says that it waits."""
    second = world.new(Body.RECEIVING, "ca_officer")
    line.walk_to("acknowledged")
    ring()
    late = entry(second, "transmit")
    assert (late.settled, late.waits, late.mail) == ("colleague", False, None)
    assert not [message for message in mail.messages if message["to"] == second.email]


@committed
def test_a_mail_that_waits_for_its_server_is_not_sent(world: World, line: Line, mail: MailServer) -> None:
    """The mail was made, a colleague was faster than the mail server: nothing leaves."""
    second = world.new(Body.RECEIVING, "ca_officer")
    line.walk_to("transmitted")
    ids = [str(pk) for pk in Outbox.objects.filter(done_at=None).values_list("pk", flat=True)]
    mails = delivery.deliver(ids, timezone.now())
    line.take("acknowledge")
    before = len(mail.messages)
    send_all(mails)
    assert len(mail.messages) == before
    assert not Mail.objects.filter(person=second, done_at=None).exists()


@committed
def test_the_signatory_hands_on_to_the_officer(world: World, line: Line, mail: MailServer) -> None:
    """Both were called; once it is signed it waits for the officer alone, and for them once."""
    line.walk("submit", "pass_on", "sign")
    ring()
    waiting = Notification.objects.filter(waits=True).values_list("person", "event")
    assert set(waiting) == {(world.sender.pk, "request.sign")}


@committed
def test_a_domestic_step_leaves_the_other_sides_entries_alone(world: World, line: Line, mail: MailServer) -> None:
    """Results reported at home, and returned: nothing changes in the bell of the requesting side."""
    line.walk_to("in_execution")
    ring()
    theirs = Notification.objects.filter(person__in=[world.drafter, world.supervisor, world.sender, world.signatory])
    before = list(theirs.order_by("pk").values())
    line.walk("report_results", "return_results", "report_results")
    ring()
    assert list(theirs.order_by("pk").values()) == before


@committed
@pytest.mark.parametrize("state", ["closed", "withdrawn", "discarded"])
def test_nothing_waits_once_it_has_ended(line: Line, mail: MailServer, state: str) -> None:
    """Whatever the way to the end."""
    line.walk_to(state)
    ring()
    assert not Notification.objects.filter(waits=True).exists()


@committed
def test_a_step_while_its_call_is_being_delivered(world: World, line: Line) -> None:
    """The worker holds the row, and has not finished: the step waits for it, then settles what it made."""
    second = world.new(Body.RECEIVING, "ca_officer")
    line.walk_to("transmitted")
    clock, data = line.clock("acknowledge"), line.data("acknowledge")
    row = Outbox.objects.get(person=second)
    # The worker's insert waits for this row, which the entry refers to; the step waits for the worker.
    lock = ("select 1 from accounts_user where id = %s for update", str(second.pk))
    worker, step = race(lock, lambda: work([str(row.pk)]), lambda: line.take("acknowledge", version=clock, **data))
    assert worker.error is step.error is None
    assert entry(second, "transmit").settled == "colleague"


@committed
def test_a_call_delivered_while_a_step_is_under_way(world: World, line: Line, mail: MailServer) -> None:
    """The step has settled the row, and has not finished: the worker waits for it, and delivers it settled."""
    second = world.new(Body.RECEIVING, "ca_officer")
    line.walk_to("transmitted")
    clock, data = line.clock("acknowledge"), line.data("acknowledge")
    row = Outbox.objects.get(person=second)
    # The step tells the drafter last: its row refers to this one.
    lock = ("select 1 from accounts_user where id = %s for update", str(world.drafter.pk))
    step, worker = race(lock, lambda: line.take("acknowledge", version=clock, **data), lambda: work([str(row.pk)]))
    assert worker.error is step.error is None
    assert entry(second, "transmit").settled == "colleague"
    assert mail.messages == []


def test_rolled_back_settles_nothing(world: World, line: Line) -> None:
    """A step that fails leaves what waits as it was."""
    line.walk_to("transmitted")

    class Broken(Exception):
        pass

    def fail() -> Any:
        with transaction.atomic():
            line.take("acknowledge")
            raise Broken

    with pytest.raises(Broken):
        fail()
    assert Outbox.objects.get(person=world.receiver).settled == ""
