"""Letters: queued as kind and id, written when they are sent, sent once, sent again until they went."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
import redis
from django.db import transaction
from django.utils import timezone

from agencies.services import invitations
from exchange.celery import app as celery
from exchange.processes import Child, free_port
from notifications import letters
from notifications.letters import Written, post, register_letter
from notifications.models import Letter
from notifications.tasks import resend, send_letters
from tests.agencies.offices import Office
from tests.servers import MailServer, publish_to, wait_for

committed = pytest.mark.django_db(transaction=True)


@committed
def test_an_invitation_reaches_its_person(worker: Child, mail: MailServer) -> None:
    """In their language, to their address, with a link that works; once, whatever is sent again."""
    office = Office()
    row = office.invite("new@kg-mia.example", language="ru")
    letter = Letter.objects.get(subject_id=row.pk)
    wait_for(lambda: Letter.objects.filter(sent_at__isnull=False).exists())
    (message,) = mail.messages
    assert str(message["To"]) == "new@kg-mia.example" and str(message["Message-ID"]) == f"<{letter.pk}@comity>"
    text = str(message.get_content())
    assert f"/join/?token={row.token()}" in text.replace("\n", "")
    assert "KG-MIA" in text and office.admin.name not in text
    send_letters([str(letter.pk)])
    assert resend() == 0 and len(mail.messages) == 1


@committed
def test_nothing_of_the_link_waits_anywhere(broker: redis.Redis, caplog: pytest.LogCaptureFixture) -> None:
    """The broker gets the letter's id, the row holds kind and subject, the log says nothing."""
    row = Office().invite()
    letter = Letter.objects.get()
    assert (letter.kind, letter.subject_id) == ("invitation", row.pk)
    queued = b"".join(broker.lrange("celery", 0, -1)).decode()
    bodies = [base64.b64decode(json.loads(one)["body"]).decode() for one in broker.lrange("celery", 0, -1)]
    assert any(str(letter.pk) in body for body in bodies)
    for text in (queued, *bodies, caplog.text):
        assert row.token() not in text and row.code() not in text and row.salt not in text and row.email not in text


@committed
def test_a_mail_server_that_is_away(mail: MailServer, settings: object) -> None:
    """The letter waits, ever longer, and goes when the server is back."""
    row = Office().invite()
    letter = Letter.objects.get(subject_id=row.pk)
    settings.EMAIL_PORT = free_port()
    send_letters([str(letter.pk)])
    letter.refresh_from_db()
    assert letter.done_at is None and letter.claimed_at is None
    Letter.objects.update(next_try=timezone.now() - timedelta(minutes=1))
    assert resend() == 1
    letter.refresh_from_db()
    assert letter.attempts == 1 and letter.next_try > timezone.now()
    assert resend() == 0
    settings.EMAIL_PORT = mail.port
    send_letters([str(letter.pk)])
    assert len(mail.messages) == 1


@committed
def test_what_is_void_is_not_sent(mail: MailServer) -> None:
    """Taken back before the worker came: done without a mail."""
    office = Office()
    row = office.invite()
    invitations.revoke(actor=office.admin, pk=row.pk)
    send_letters([str(Letter.objects.get().pk)])
    letter = Letter.objects.get()
    assert letter.done_at and letter.sent_at is None and mail.messages == []


@committed
def test_a_worker_that_died(mail: MailServer) -> None:
    """What it claimed is left alone for some minutes, then taken up."""
    Office().invite()
    letter = Letter.objects.get()
    Letter.objects.update(claimed_at=timezone.now())
    send_letters([str(letter.pk)])
    assert mail.messages == []
    Letter.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))
    send_letters([str(letter.pk)])
    assert len(mail.messages) == 1


@committed
def test_rolled_back_is_never_sent(broker: redis.Redis) -> None:
    """The row falls with the act, and the broker hears nothing."""
    with pytest.raises(RuntimeError), transaction.atomic():
        post("invitation", [uuid.uuid4()])
        raise RuntimeError("rolled back")
    assert not Letter.objects.exists() and broker.llen("celery") == 0


@committed
def test_a_broker_that_is_away_costs_no_click() -> None:
    """The act is done; beat finds the letter."""
    before = celery.conf.broker_url
    publish_to(f"redis://127.0.0.1:{free_port()}/0")
    try:
        Office().invite()
    finally:
        publish_to(before)
    assert Letter.objects.filter(done_at=None).count() == 1


@pytest.mark.django_db
def test_the_exercise_says_so(mail: MailServer, settings: object) -> None:
    """In the subject and in the first line."""
    settings.EXERCISE = "Saffron Crate"
    register_letter(
        "trial",
        lambda pk: Written("a@b.example", "ru", "Subject", "agencies/mails/password.txt", {"name": "A", "url": "u"}),
    )
    try:
        assert letters.send(Letter(kind="trial", subject_id=uuid.uuid4()))
    finally:
        letters._writers.pop("trial")
    (message,) = mail.messages
    assert "Subject" in str(message["Subject"]) and str(message["Subject"]) != "Subject"
    assert str(message.get_content()).strip().splitlines()[0] != "A,"
