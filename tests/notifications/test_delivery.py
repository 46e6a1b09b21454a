"""From the outbox row to the bell entry and a mail without content, by a real worker and mail server."""

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from agencies.services import end_membership, end_role
from cases.services import unname_person
from cases.subjects import resolve_cases
from exchange.celery import app as celery
from exchange.processes import Child, free_port
from mla.subjects import resolve
from notifications import delivery
from notifications.delivery import KEPT
from notifications.mail import GIVE_UP
from notifications.models import Mail, Notification, Outbox
from notifications.services import notify
from notifications.tasks import resend, send, sweep
from tests.factories import CONTENT, Line, World, agency, person
from tests.notifications.office import Office, ring, work
from tests.servers import MailServer, publish_to, wait_for

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None) -> Office:
    """Somebody to tell, and something to tell of."""
    return Office()


@committed
def test_a_step_reaches_bell_and_mail(worker: Child, mail: MailServer, line: Line) -> None:
    """One entry and one mail for each whom the table calls; neither says what the request says."""
    supervisor = line.world.supervisor
    User.objects.filter(pk=supervisor.pk).update(language="ru")
    line.take("submit")
    wait_for(lambda: Mail.objects.filter(sent_at__isnull=False).exists())
    entry = Notification.objects.get()
    assert (entry.person, entry.event, entry.subject_id) == (supervisor, "request.submit", line.pk)
    (message,) = mail.messages
    assert message["to"] == supervisor.email
    body = message.get_content()
    assert supervisor.name in body
    assert "http://localhost/notifications/" in body
    assert any("а" <= letter <= "я" for letter in str(message["subject"]).lower())
    request = line.request
    for secret in (
        request.reference,
        *[value for value in CONTENT.values() if isinstance(value, str) and value],
        str(request.pk),
    ):
        assert secret not in str(message)
        assert secret not in body
        assert secret not in str(message["subject"])


@committed
def test_the_mail_is_plain_and_says_what_it_is(office: Office, mail: MailServer) -> None:
    """Plain text, from a machine, of a list; its words come from nobody's record."""
    office.tell(office.officer)
    (message,) = mail.messages
    (entry,) = Notification.objects.all()
    assert message.get_content_type() == "text/plain"
    assert message["auto-submitted"] == "auto-generated"
    assert message["list-id"] == "<notifications.localhost>"
    assert message["message-id"] == f"<{entry.mail_id}@comity>"
    text = message.get_content().replace("\r\n", "\n")
    assert "Needs you, since this has happened:\n- You were named in a case: 1\n" in text


@committed
def test_news_wait_for_the_summary(office: Office, mail: MailServer) -> None:
    """In the bell at once, and no mail."""
    (entry,) = office.tell(office.officer, called=False)
    assert (entry.waits, entry.by_mail, entry.mail) == (False, "digest", None)
    assert mail.messages == []


@committed
def test_each_in_their_language(office: Office, mail: MailServer) -> None:
    """One event, two people, two languages."""
    english, russian = office.new(), office.new(language="ru")
    office.tell(english, russian)
    subjects = {message["to"]: str(message["subject"]) for message in mail.messages}
    assert subjects[english.email].isascii()
    assert not subjects[russian.email].isascii()


@committed
def test_delivered_twice_is_once(office: Office, mail: MailServer) -> None:
    """Celery may run a task again at any time."""
    ids = office.write(office.officer)
    for _ in range(3):
        work(ids)
        send([str(pk) for pk in Mail.objects.values_list("pk", flat=True)])
    assert Notification.objects.count() == Mail.objects.count() == len(mail.messages) == 1


@committed
def test_what_comes_late_together_is_one_mail(office: Office, mail: MailServer) -> None:
    """After a broker was away a person gets one mail with three events, not three mails."""
    work([pk for _ in range(3) for pk in office.write(office.officer)])
    (message,) = mail.messages
    assert "You were named in a case: 3" in message.get_content()


@committed
def test_nobody_is_told_twice_of_one_event(office: Office) -> None:
    """Whoever is named twice gets one row."""
    user = office.new()
    assert len(office.write(user, user, office.officer)) == 2


def deactivate(line: Line, user: User) -> None:
    """The account is closed."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def leave(line: Line, user: User) -> None:
    """The membership ends."""
    end_membership(membership=user.memberships.get())


def lose_the_role(line: Line, user: User) -> None:
    """The role ends, the membership goes on."""
    end_role(assignment=user.memberships.get().roles.get())


def be_taken_out(line: Line, user: User) -> None:
    """The name is taken out of the need-to-know case."""
    unname_person(actor=line.world.drafter, pk=line.case.pk, person=user)


def read(line: Line, user: User) -> None:
    """The person has read it in the bell."""
    Notification.objects.filter(person=user).update(read_at=timezone.now())


@committed
@pytest.mark.parametrize(
    "happens", [deactivate, leave, lose_the_role, be_taken_out, read], ids=lambda one: one.__name__
)
def test_no_mail_leaves_for_what_is_none_of_theirs_by_then(
    mail: MailServer, world: World, happens: Callable[[Line, User], None]
) -> None:
    """Between the event and the mail access ended, or it was read: the mail is done with, and nothing leaves."""
    line = Line(world, need_to_know=True, members=[world.supervisor])
    line.take("submit")
    mails = delivery.deliver([str(Outbox.objects.get(person=world.supervisor).pk)], timezone.now())
    happens(line, world.supervisor)
    send(mails)
    assert mail.messages == []
    assert Mail.objects.filter(person=world.supervisor, sent_at=None).exclude(done_at=None).count() == len(mails) == 1


@committed
def test_a_mail_that_no_server_takes_is_given_up(office: Office, settings: Any) -> None:
    """After a week it is tried no more; the bell has had it all the time."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    office.tell(office.officer)
    Mail.objects.update(created_at=timezone.now() - GIVE_UP - timedelta(minutes=1))
    send([str(Mail.objects.get().pk)])
    assert Mail.objects.get().done_at is not None
    assert Notification.objects.filter(read_at=None).count() == 1


@committed
def test_rolled_back_tells_nobody(broker: redis.Redis) -> None:
    """The rows fall with the act, and the broker hears nothing."""
    with pytest.raises(RuntimeError), transaction.atomic():
        notify(event="request.submit", people=[person()], subject_type="request", subject_id=uuid.uuid4())
        raise RuntimeError
    assert not Outbox.objects.exists()
    assert broker.llen("celery") == 0


@committed
def test_the_broker_hears_ids_only(broker: redis.Redis, line: Line) -> None:
    """No content in a message, and none before the commit."""
    with transaction.atomic():
        line.take("submit")
        assert broker.llen("celery") == 0
    (message,) = broker.lrange("celery", 0, -1)
    body = base64.b64decode(json.loads(message)["body"])
    assert str(Outbox.objects.get().pk).encode() in body
    for secret in (line.request.reference, str(line.pk), line.world.supervisor.email, CONTENT["title"]):
        assert str(secret).encode() not in message + body


@committed
def test_mail_server_away(office: Office, settings: Any, broker: redis.Redis) -> None:
    """The bell entry stands at once; beat has the mail sent when the server is back."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    office.tell(office.officer)
    assert Notification.objects.count() == 1
    assert Mail.objects.get().done_at is None
    Mail.objects.update(next_try=timezone.now() - timedelta(seconds=3))
    broker.delete("celery")
    assert resend() == 1
    (message,) = broker.lrange("celery", 0, -1)
    args, _kwargs, _more = json.loads(base64.b64decode(json.loads(message)["body"]))
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        send(*args)
        assert len(server.messages) == 1
    assert Mail.objects.get().sent_at is not None


@committed
@pytest.mark.parametrize("model", [Outbox, Mail])
@pytest.mark.parametrize("attempts", [0, 1, 9, 5000])
def test_each_try_waits_longer(office: Office, broker: redis.Redis, model: Any, attempts: int) -> None:
    """Five seconds, ten, ... an hour at most, however often it failed; a row not yet due waits."""
    if model is Outbox:
        office.write(office.officer)
    else:
        Mail.objects.create(person=office.officer)
    past = timezone.now() - timedelta(minutes=1)
    model.objects.update(attempts=attempts, next_try=past)
    before = timezone.now()
    assert resend() == 1
    wait = (model.objects.get().next_try - before).total_seconds()
    assert abs(wait - 5 * min(2**attempts, 720)) < 2
    assert resend() == 0


@pytest.fixture
def away() -> Iterator[Callable[[], None]]:
    """Publish to a port where nobody listens; call it to publish to the broker again."""
    before = celery.conf.broker_url
    publish_to(f"redis://127.0.0.1:{free_port()}/0")
    yield lambda: publish_to(before)
    publish_to(before)


@committed
def test_broker_away(away: Callable[[], None], broker: redis.Redis, line: Line) -> None:
    """The click is done and fast; beat's task sends what the broker missed."""
    started = time.monotonic()
    line.take("submit")
    assert time.monotonic() - started < 3
    assert line.state == "domestic_review"
    assert broker.llen("celery") == 0
    away()
    Outbox.objects.update(next_try=timezone.now() - timedelta(seconds=3))
    assert resend() == 1
    assert broker.llen("celery") == 1


@committed
def test_a_bell_entry_is_resolved_when_it_is_read(line: Line) -> None:
    """Of what the reader sees then: nothing for strangers, no title for anybody."""
    supervisor, stranger = line.world.supervisor, person(agency("KG-CUS"), "officer")
    (found,) = resolve(supervisor, [line.pk, uuid.uuid4()]).values()
    assert (found.label, CONTENT["title"] in found.label) == (line.request.reference, False)
    assert resolve(stranger, [line.pk]) == resolve(line.world.receiver, [line.pk]) == {}
    (found,) = resolve_cases(supervisor, [line.case.pk]).values()
    assert found.label == line.case.reference
    assert resolve_cases(stranger, [line.case.pk]) == {}


@committed
@pytest.mark.parametrize("called", [True, False])
def test_as_many_questions_for_a_hundred_rows(office: Office, called: bool) -> None:
    """Delivering asks the database as often for one row as for a batch of them."""
    people = [office.new() for _ in range(30)]

    def asked(ids: list[str]) -> int:
        with CaptureQueriesContext(connection) as queries:
            delivery.deliver(ids, timezone.now())
        return len(queries)

    one = asked(office.write(people[0], called=called))
    assert asked(office.write(*people, called=called)) == one < 10


@committed
def test_what_was_told_is_swept(office: Office, mail: MailServer) -> None:
    """A month after bell and mail; what is not done stays however old it is, and so do the bell entries."""
    told, lately = (office.tell(office.officer)[0] for _ in range(2))
    (waiting,) = office.write(office.officer)
    old = timezone.now() - KEPT - timedelta(hours=1)
    Outbox.objects.exclude(pk=lately.pk).update(created_at=old, next_try=old)
    Outbox.objects.filter(pk=told.pk).update(done_at=old)
    Mail.objects.filter(pk=told.mail_id).update(done_at=old)
    # Its entry is unread: without its mail it would be told a second time.
    assert sweep() == 1 and sweep() == 0
    Notification.objects.filter(pk=told.pk).update(read_at=timezone.now())
    assert sweep() == 1 and sweep() == 0
    assert {str(row.pk) for row in Outbox.objects.all()} == {str(lately.pk), waiting}
    assert Mail.objects.get().pk == lately.mail_id
    assert Notification.objects.count() == 2
    ring()
    assert len(mail.messages) == 3


def test_what_beat_hands_out_is_known() -> None:
    """Each task of the timetable is one that the worker has; what people wait for runs each quarter of an hour."""
    celery.loader.import_default_modules()
    table = django_settings.CELERY_BEAT_SCHEDULE.values()
    assert {entry["task"] for entry in table} <= set(celery.tasks)
    every = {entry["task"]: entry["schedule"] for entry in table}
    assert {"accounts.tasks.sweep", "notifications.tasks.sweep"} <= set(every)
    assert all(every[f"notifications.tasks.{name}"] <= 900 for name in ("resend", "summarise", "remind"))


@committed
@pytest.mark.parametrize("model", [Outbox, Mail])
def test_a_row_of_a_clock_that_was_ahead_is_due(office: Office, broker: redis.Redis, model: Any) -> None:
    """It would wait until tomorrow, longer than any row waits: it is sent again at once, and then as usual."""
    if model is Outbox:
        office.write(office.officer)
    else:
        Mail.objects.create(person=office.officer)
    model.objects.update(next_try=timezone.now() + timedelta(days=1))
    assert resend() == 1
    assert resend() == 0
    model.objects.update(attempts=10, next_try=timezone.now() + timedelta(minutes=59))
    assert resend() == 0
