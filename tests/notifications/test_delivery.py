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
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agencies.models import Role
from agencies.services import end_membership, end_role
from cases.services import unname_person
from cases.subjects import resolve_cases
from exchange.celery import app as celery
from exchange.processes import Child, free_port
from mla.subjects import resolve
from mla.workflow import Body
from notifications.models import Notification, Outbox
from notifications.services import notify
from notifications.tasks import KEPT, deliver, resend, sweep
from tests.factories import CONTENT, Line, World, agency, person
from tests.servers import MailServer, publish_to, wait_for

committed = pytest.mark.django_db(transaction=True)


def tell(*people: User, about: uuid.UUID | None = None) -> list[str]:
    """Tell people of a request in a transaction of its own; the ids of the rows."""
    with transaction.atomic():
        notify(event="request.submit", people=people, subject_type="request", subject_id=about or uuid.uuid4())
    return [str(pk) for pk in Outbox.objects.filter(person__in=people).values_list("pk", flat=True)]


@committed
def test_a_step_reaches_bell_and_mail(worker: Child, mail: MailServer, line: Line) -> None:
    """One entry and one mail for each whom the table tells; neither says what the request says."""
    supervisor = line.world.supervisor
    User.objects.filter(pk=supervisor.pk).update(language="ru")
    line.take("submit")
    wait_for(lambda: Outbox.objects.filter(mailed_at__isnull=False).exists())
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
def test_each_in_their_language(mail: MailServer, line: Line) -> None:
    """One event, two people, two languages."""
    english, russian = (line.world.new(Body.DRAFTING, Role.OFFICER, language=code) for code in ("en", "ru"))
    deliver(tell(english, russian, about=line.pk))
    subjects = {message["to"]: str(message["subject"]) for message in mail.messages}
    assert subjects[english.email].isascii()
    assert not subjects[russian.email].isascii()


@committed
def test_delivered_twice_is_once(mail: MailServer, line: Line) -> None:
    """Celery may run a task again at any time."""
    ids = tell(line.world.supervisor, about=line.pk)
    for _ in range(3):
        deliver(ids)
    assert Notification.objects.count() == len(mail.messages) == 1
    assert mail.messages[0]["message-id"] == f"<{ids[0]}@comity>"


@committed
def test_nobody_is_told_twice_of_one_event() -> None:
    """Whoever is named twice gets one row."""
    user = person()
    assert len(tell(user, user, person())) == 2


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


@committed
@pytest.mark.parametrize("end", [deactivate, leave, lose_the_role, be_taken_out])
def test_who_does_not_see_it_any_more_gets_no_mail(
    mail: MailServer, world: World, end: Callable[[Line, User], None]
) -> None:
    """Between the event and the mail access ended: the row is done with, nothing leaves."""
    line = Line(world, need_to_know=True, members=[world.supervisor])
    ids = tell(world.supervisor, world.drafter, about=line.pk)
    end(line, world.supervisor)
    deliver(ids)
    assert [message["to"] for message in mail.messages] == [world.drafter.email]
    assert not Outbox.objects.filter(mailed_at=None).exists()


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
def test_mail_server_away(settings: Any, line: Line) -> None:
    """The bell entry stands at once; the mail goes when the server is back."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    ids = tell(line.world.supervisor, about=line.pk)
    deliver(ids)
    assert Notification.objects.count() == 1
    assert Outbox.objects.get().mailed_at is None
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        deliver(ids)
        assert len(server.messages) == 1
    assert Outbox.objects.get().mailed_at is not None


@committed
@pytest.mark.parametrize("attempts", [0, 1, 9, 5000])
def test_each_try_waits_longer(broker: redis.Redis, attempts: int) -> None:
    """Five seconds, ten, ... an hour at most, however often it failed; a row not yet due waits."""
    ids = tell(person())
    past = timezone.now() - timedelta(minutes=1)
    Outbox.objects.filter(pk__in=ids).update(attempts=attempts, next_try=past)
    before = timezone.now()
    assert resend() == 1
    wait = (Outbox.objects.get().next_try - before).total_seconds()
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
def test_what_was_told_is_swept(mail: MailServer, line: Line) -> None:
    """A month after bell and mail; what is not done stays however old it is, and so do the bell entries."""
    officers = [line.world.new(Body.DRAFTING, Role.OFFICER) for _ in range(3)]
    told, lately, waiting = (tell(officer, about=line.pk)[0] for officer in officers)
    deliver([told, lately])
    old = timezone.now() - KEPT - timedelta(hours=1)
    Outbox.objects.exclude(pk=lately).update(created_at=old, next_try=old)
    Outbox.objects.filter(pk=told).update(mailed_at=old)
    assert sweep() == 1 and sweep() == 0
    assert {str(row.pk) for row in Outbox.objects.all()} == {lately, waiting}
    assert Notification.objects.count() == 2
    deliver([waiting])
    assert len(mail.messages) == 3


def test_beat_knows_every_sweep() -> None:
    """Each task of the timetable is one that the worker has."""
    celery.loader.import_default_modules()
    names = {entry["task"] for entry in celery.conf.beat_schedule.values()}
    assert names <= set(celery.tasks) and {"accounts.tasks.sweep", "notifications.tasks.sweep"} <= names
