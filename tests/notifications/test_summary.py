"""The daily summary: one a person and working day, said when it leaves, of what still concerns its reader then."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from agencies.models import Role
from cases.grants import take_from_person
from cases.models import GrantSource
from exchange.processes import free_port
from notifications.delivery import gather
from notifications.mail import CLAIM, send_all
from notifications.models import Mail, Notification
from notifications.tasks import summarise
from tests.cases.sharing import Sharing
from tests.factories import Body, Line, World, agency
from tests.notifications.office import WEDNESDAY, Office, at, choose, end_of_access, ring
from tests.racing import Act
from tests.servers import MailServer

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Wednesday, seven in the morning in Bishkek."""
    with time_machine.travel(at(7), tick=False) as travelled:
        yield travelled


@pytest.fixture
def office(db: None, clock: time_machine.Traveller) -> Office:
    """Somebody to tell, and something to tell of."""
    return Office()


@pytest.fixture
def strike(clock: time_machine.Traveller) -> Callable[[datetime], int]:
    """Call it to let beat run at a moment, and the worker after it; returns how many mails were made."""

    def at_moment(moment: datetime) -> int:
        clock.move_to(moment)
        mails = gather(timezone.now())
        send_all(mails)
        return len(mails)

    return at_moment


Strike = Callable[[datetime], int]


def body(message: Any) -> str:
    """A mail's text."""
    return str(message.get_content()).replace("\r\n", "\n")


def test_at_eight_where_people_work(office: Office, mail: MailServer, strike: Strike) -> None:
    """Not a minute before; then one mail with all that is new, in numbers."""
    office.tell(office.officer, called=False)
    office.tell(office.officer, called=False)
    office.tell(office.officer, called=False, event="share.received")
    assert strike(at(7.98)) == 0
    assert strike(at(8)) == 1
    (message,) = mail.messages
    assert message["to"] == office.officer.email
    assert message["subject"] == "Comity: your daily summary"
    text = "For your information:\n- Information was shared with your agency: 1\n- You were named in a case: 2\n"
    assert text in body(message)
    assert message["message-id"] == f"<{Mail.objects.get().pk}@comity>"


def test_each_zone_has_its_morning(office: Office, mail: MailServer, strike: Strike) -> None:
    """Tashkent is an hour behind Bishkek; an organisation without a state keeps UTC."""
    tashkent = Sharing()
    office.tell(office.officer, called=False)
    office.tell(tashkent.reader, called=False)
    strike(at(8))
    assert [message["to"] for message in mail.messages] == [office.officer.email]
    # Their share has not been approved: the mail is made, and has nothing to say.
    assert strike(at(9)) == 1
    assert Mail.objects.get(person=tashkent.reader).day == WEDNESDAY.date()


def test_nobody_is_summed_up_on_a_day_off(office: Office, mail: MailServer, strike: Strike) -> None:
    """Saturday and Sunday pass; on Monday all is told."""
    friday = WEDNESDAY + 2 * DAY
    strike(at(8, friday))
    office.tell(office.officer, called=False)
    assert [strike(at(12, friday + days * DAY)) for days in (0, 1, 2, 3)] == [1, 0, 0, 0]


def test_the_hour_that_was_chosen(office: Office, mail: MailServer, strike: Strike) -> None:
    """Each at their own."""
    late = office.new()
    choose(late, digest_hour=17)
    office.tell(office.officer, late, called=False)
    assert [strike(at(hour)) for hour in (8, 12, 17, 18)] == [1, 0, 1, 0]
    assert [message["to"] for message in mail.messages] == [office.officer.email, late.email]


def test_what_comes_later_waits_for_the_next_day(office: Office, mail: MailServer, strike: Strike) -> None:
    """One a day, and none on a day without news."""
    office.tell(office.officer, called=False)
    assert strike(at(8)) == 1
    office.tell(office.officer, called=False)
    assert strike(at(20)) == 0
    assert strike(at(8, WEDNESDAY + DAY)) == 1
    assert strike(at(8, WEDNESDAY + 2 * DAY)) == 0
    assert len(mail.messages) == 2


def test_a_clock_that_jumps(office: Office, mail: MailServer, strike: Strike) -> None:
    """A day forwards, back, and the day itself: nothing is told twice, and nothing is lost."""
    office.tell(office.officer, called=False)
    assert strike(at(8, WEDNESDAY + DAY)) == 1
    office.tell(office.officer, called=False)
    assert strike(at(8)) == 1
    office.tell(office.officer, called=False)
    assert [strike(at(9)), strike(at(8, WEDNESDAY + DAY)), strike(at(8, WEDNESDAY + 2 * DAY))] == [0, 0, 1]
    assert [body(message).count("in a case: 1") for message in mail.messages] == [1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once(transactional_db: None) -> None:
    """Both gather at the same moment: one mail for each person, and each entry in one of them."""
    with time_machine.travel(at(7), tick=False):
        office = Office()
        people = [office.new() for _ in range(8)]
        for _ in range(3):
            office.tell(*people, called=False)
    beats = [Act(lambda: gather(at(8))) for _ in range(3)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join(30)
    assert not [beat.error for beat in beats if beat.error]
    assert sum(len(beat.value) for beat in beats) == Mail.objects.count() == len(people)
    assert all(mail.entries.count() == 3 for mail in Mail.objects.all())


@pytest.mark.django_db(transaction=True)
def test_the_task_hands_the_mails_to_the_worker(transactional_db: None, broker: Any) -> None:
    """Once; their ids and nothing else go through the broker."""
    with time_machine.travel(at(8), tick=False):
        office = Office()
        office.tell(office.officer, called=False)
        broker.delete("celery")
        assert (summarise(), summarise()) == (1, 0)
    assert broker.llen("celery") == 1


def lose_the_agency(user: User) -> None:
    """The person works elsewhere now."""
    user.memberships.update(agency=agency("KG-CUS"))


def lose_the_account(user: User) -> None:
    """The account was closed."""
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("lose", [lose_the_agency, lose_the_account, end_of_access], ids=lambda one: one.__name__)
@pytest.mark.parametrize("when", ["before", "between"])
def test_who_lost_the_right_this_morning(
    office: Office, mail: MailServer, strike: Strike, clock: Any, lose: Callable[[User], None], when: str
) -> None:
    """Before the summary is made or between that and its leaving: nothing of it, and no mail at all."""
    office.tell(office.officer, called=False)
    clock.move_to(at(8))
    mails = gather(timezone.now()) if when == "between" else []
    assert len(mails) == (when == "between")
    lose(office.officer)
    clock.shift(2)
    send_all(mails or gather(timezone.now()))
    assert mail.messages == []
    assert not Mail.objects.filter(sent_at__isnull=False).exists()


def test_only_what_is_left_is_told(mail: MailServer, strike: Strike, clock: Any) -> None:
    """One of two records was closed to its reader this morning: the mail counts the other."""
    office = Office()
    secret = Sharing(need_to_know=True)
    office.tell(secret.liaison, called=False)
    office.tell(secret.liaison, called=False, of=secret.case)
    secret.case.members.filter(person=secret.liaison).delete()
    take_from_person([secret.case], secret.liaison, GrantSource.NAMED)
    strike(at(8))
    (message,) = mail.messages
    assert "You were named in a case: 1\n" in body(message)


def test_read_and_settled_are_not_told_again(office: Office, mail: MailServer, strike: Strike) -> None:
    """What its reader has opened, or a colleague has done, since."""
    read, done = office.new(), office.new()
    choose(done, ways={"case.action": "digest"})
    office.tell(read, called=False)
    office.tell(done, office.officer)
    Notification.objects.filter(person=read).update(read_at=timezone.now())
    Notification.objects.filter(person=done).update(settled="colleague", settled_at=timezone.now())
    before = len(mail.messages)
    assert strike(at(8)) == 0
    assert len(mail.messages) == before


def test_nothing_of_what_has_ended_but_its_end(clock: Any, mail: MailServer, strike: Strike) -> None:
    """The request was closed over night: of all its news the morning tells only that."""
    world = World()
    line = Line(world).walk_to("closed")
    ring()
    mail.messages.clear()
    strike(at(9))
    told = {message["to"]: body(message) for message in mail.messages}
    assert set(told) == {world.sender.email, world.receiver.email}
    for text in told.values():
        assert "- Closed: 1\n" in text and text.count("- ") == 1
    assert line.state == "closed"


def test_a_leave(office: Office, mail: MailServer, strike: Strike, clock: Any) -> None:
    """No mail of any kind until its end; then one summary of all that still waits."""
    choose(office.officer, paused_until=at(0, WEDNESDAY + 2 * DAY))
    office.tell(office.officer, called=False)
    office.tell(office.officer)
    assert [strike(at(8)), strike(at(8, WEDNESDAY + DAY))] == [0, 0] and mail.messages == []
    assert strike(at(8, WEDNESDAY + 2 * DAY)) == 1
    text = body(mail.messages[0])
    needs = "Needs you, since this has happened:\n- You were named in a case: 1"
    assert text.index(needs) < text.index("For your information:")


@pytest.mark.parametrize("called", [True, False])
def test_a_leave_that_begins_before_the_mail_leaves(
    office: Office, mail: MailServer, settings: Any, strike: Strike, clock: Any, called: bool
) -> None:
    """The mail server was away, then its reader left: it waits for the summary after the leave."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    office.tell(office.officer, called=called)
    if not called:
        strike(at(8))
    settings.EMAIL_PORT = port
    choose(office.officer, paused_until=at(0, WEDNESDAY + DAY))
    send_all(Mail.objects.values_list("pk", flat=True))
    assert mail.messages == []
    assert strike(at(8, WEDNESDAY + DAY)) == 1
    assert "You were named in a case: 1" in body(mail.messages[0])


def test_what_a_person_chose(office: Office, mail: MailServer, strike: Strike) -> None:
    """Calls lowered to the summary, news raised to at once, or kept in the bell alone."""
    lowered, raised, quiet = office.new(), office.new(), office.new()
    choose(lowered, ways={"case.action": "digest"})
    choose(raised, ways={"case.news": "at_once"})
    choose(quiet, ways={"case.news": "bell"})
    office.tell(lowered)
    office.tell(raised, quiet, called=False)
    assert [message["to"] for message in mail.messages] == [raised.email]
    strike(at(8))
    assert [message["to"] for message in mail.messages] == [raised.email, lowered.email]
    assert Notification.objects.filter(person=quiet, read_at=None).count() == 1


@pytest.mark.parametrize("chosen", ["bell", "nonsense", 7, None])
def test_a_call_is_never_off(office: Office, mail: MailServer, chosen: Any) -> None:
    """Whatever stands in the row: what is not offered counts as not chosen."""
    choose(office.officer, ways={"case.action": chosen})
    office.tell(office.officer)
    assert len(mail.messages) == 1


def test_chosen_between_the_event_and_the_summary(office: Office, mail: MailServer, strike: Strike) -> None:
    """Whoever turned news off an hour ago gets none of those of yesterday."""
    office.tell(office.officer, called=False)
    choose(office.officer, ways={"case.news": "bell"})
    strike(at(8))
    assert mail.messages == []


def test_mail_server_away_in_the_morning(office: Office, mail: MailServer, settings: Any, strike: Strike) -> None:
    """Tried again, under the same Message-ID, and sent once."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    office.tell(office.officer, called=False)
    strike(at(8))
    settings.EMAIL_PORT = port
    for _ in range(3):
        send_all(Mail.objects.values_list("pk", flat=True))
    (message,) = mail.messages
    assert message["message-id"] == f"<{Mail.objects.get().pk}@comity>"


def test_a_worker_that_died_over_a_summary(office: Office, mail: MailServer, strike: Strike, clock: Any) -> None:
    """Its claim holds others off while it may be sending; then the same mail goes, under the same Message-ID."""
    office.tell(office.officer, called=False)
    clock.move_to(at(8))
    (pk,) = gather(timezone.now())
    Mail.objects.update(claimed_at=timezone.now())
    clock.shift(CLAIM - timedelta(seconds=1))
    send_all([pk])
    assert mail.messages == []
    clock.shift(2)
    send_all([pk])
    assert [message["message-id"] for message in mail.messages] == [f"<{pk}@comity>"]


def test_in_the_readers_language(office: Office, mail: MailServer, strike: Strike) -> None:
    """And of the record it says nothing in any."""
    russian = office.new(language="ru")
    office.tell(russian, called=False)
    strike(at(8))
    (message,) = mail.messages
    assert not str(message["subject"]).isascii()
    for secret in (office.case.title, office.case.reference, str(office.case.pk), office.officer.name):
        assert secret not in str(message) + body(message) + str(message["subject"])


def test_admins_are_told_as_others(office: Office, mail: MailServer, strike: Strike) -> None:
    """The mail asks who sees the subject, not who its reader is: an admin is told of no case."""
    admin = office.new(Role.AGENCY_ADMIN)
    office.tell(admin, called=False)
    strike(at(8))
    assert mail.messages == [] and Mail.objects.get(person=admin).done_at is not None


def test_a_deputy_between_two_agencies(mail: MailServer, strike: Strike, clock: Any) -> None:
    """Of two agencies in one state the first by code says when the day begins; they are told once."""
    world = World()
    world.give(world.drafter, Body.SENDING, "ca_officer")
    Line(world).walk_to("acknowledged")
    ring()
    mail.messages.clear()
    strike(at(8))
    assert [message["to"] for message in mail.messages].count(world.drafter.email) == 1
