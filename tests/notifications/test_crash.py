"""A worker killed and Valkey restarted amid 1,000 notifications: all there, none twice."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agencies.models import Role
from exchange.celery import app as celery
from exchange.embedded import ValkeyServer, new_password
from exchange.processes import Child
from notifications.models import Notification, Outbox
from notifications.services import notify
from notifications.tasks import CLAIM
from tests.databases import environment
from tests.factories import agency, case, person
from tests.servers import ROOT, MailServer, publish_to, start_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, EVENTS = 20, 50


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey of this test's own, which it may kill; this process publishes to it."""
    server, before = (
        ValkeyServer(tmp_path / "valkey", tmp_path / "valkey.log", new_password()),
        celery.conf.broker_url,
    )
    server.start()
    publish_to(server.url)
    yield server
    publish_to(before)
    server.stop()


def start_beat(log: Path, url: str) -> Child:
    """A real beat, which sends again what is not done."""
    argv = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "exchange",
        "beat",
        "--schedule",
        str(log.with_suffix(".schedule")),
    ]
    child = Child("beat", argv, log, env=environment(REDIS_URL=url), cwd=ROOT)
    child.start()
    return child


def test_all_there_none_twice(valkey: ValkeyServer, tmp_path: Path, transactional_db: None) -> None:
    """kill -9 of the worker, then of Valkey with what it had not yet written, while rows are being made."""
    people = [person(agency("KG-MIA"), Role.OFFICER) for _ in range(PEOPLE)]
    subject = case(people[0], agency("KG-MIA"))
    with MailServer() as mail:
        more = {"REDIS_URL": valkey.url, "EMAIL_URL": mail.url}
        worker, beat = (
            start_worker(tmp_path / "worker.log", **more),
            start_beat(tmp_path / "beat.log", valkey.url),
        )
        try:
            for number in range(EVENTS):
                with transaction.atomic():
                    notify(event="case.name", people=people, subject_type="case", subject_id=subject.pk)
                if number == EVENTS // 3:
                    wait_for(Notification.objects.exists)
                    os.killpg(worker.pid, signal.SIGKILL)
                    worker.stop()
                    worker = start_worker(tmp_path / "worker.log", **more)
                if number == 2 * EVENTS // 3:
                    valkey.child.process.kill()
                    valkey.child.stop()
                if number == 2 * EVENTS // 3 + 5:
                    valkey.start()
            assert Outbox.objects.count() == PEOPLE * EVENTS
            # A worker that did not survive the broker's death is started again, as the demo's watcher does.
            if not worker.alive:
                worker = start_worker(tmp_path / "worker.log", **more)
            wait_for(lambda: not Outbox.objects.filter(done_at=None).exists(), 120)
            wait_for(lambda: not Outbox.objects.filter(mailed_at=None, mail_claimed_at=None).exists(), 120)
            wait_for(lambda: Outbox.objects.filter(mailed_at=None).count() <= 1, 60)
            # The mail that the dead worker was sending is taken up once its claim is old: it is made old.
            old = timezone.now() - CLAIM
            Outbox.objects.filter(mailed_at=None).update(mail_claimed_at=old, next_try=old)
            wait_for(lambda: not Outbox.objects.filter(mailed_at=None).exists(), 60)
        finally:
            beat.stop()
            worker.stop()
    assert Notification.objects.count() == PEOPLE * EVENTS
    assert not Outbox.objects.filter(done_at=None).exists()
    assert Outbox.objects.exclude(created_at__lte=F("done_at")).count() == 0
    sent = [str(message["message-id"]) for message in mail.messages]
    assert set(sent) == {f"<{pk}@comity>" for pk in Outbox.objects.values_list("pk", flat=True)}
    # A mail taken by the server whose note was lost with the worker goes again under the same Message-ID.
    assert len(sent) - len(set(sent)) <= 1
