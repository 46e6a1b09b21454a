"""A worker killed and Valkey restarted amid 1,000 notifications, and amid summaries: all there, none twice."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from exchange.celery import app as celery
from exchange.embedded import ValkeyServer, new_password
from exchange.processes import Child
from notifications.delivery import gather
from notifications.mail import CLAIM
from notifications.models import Mail, Notification, Outbox
from notifications.tasks import send
from tests.databases import environment
from tests.factories import later, today
from tests.notifications.office import Office
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


def take_up_what_the_dead_were_sending() -> None:
    """All mails have gone but those that a dead worker had claimed: they are taken up once the claim is old."""
    wait_for(lambda: not Mail.objects.filter(done_at=None, claimed_at=None).exists(), 120)
    wait_for(lambda: Mail.objects.filter(done_at=None).count() <= 1, 60)
    old = timezone.now() - CLAIM
    Mail.objects.filter(done_at=None).update(claimed_at=old, next_try=old)
    wait_for(lambda: not Mail.objects.filter(done_at=None).exists(), 60)


def told(messages: list[Any]) -> int:
    """How many notifications the mails tell of: a mail that came twice under one Message-ID counts once."""
    texts = {str(message["message-id"]): message.get_content() for message in messages}
    return sum(int(number) for text in texts.values() for number in re.findall(r"^- .*: (\d+)\s*$", text, re.MULTILINE))


def test_all_there_none_twice(valkey: ValkeyServer, tmp_path: Path, transactional_db: None) -> None:
    """kill -9 of the worker, then of Valkey with what it had not yet written, while rows are being made."""
    office = Office()
    people = [office.new() for _ in range(PEOPLE)]
    with MailServer() as mail:
        more = {"REDIS_URL": valkey.url, "EMAIL_URL": mail.url}
        worker, beat = (
            start_worker(tmp_path / "worker.log", **more),
            start_beat(tmp_path / "beat.log", valkey.url),
        )
        try:
            for number in range(EVENTS):
                office.write(*people)
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
            take_up_what_the_dead_were_sending()
        finally:
            beat.stop()
            worker.stop()
    assert Notification.objects.count() == PEOPLE * EVENTS
    assert not Outbox.objects.filter(done_at=None).exists()
    assert Outbox.objects.exclude(created_at__lte=F("done_at")).count() == 0
    # Each entry is told by one mail, and each mail was sent; together they tell of every one.
    assert not Notification.objects.filter(mail=None).exists()
    sent = [str(message["message-id"]) for message in mail.messages]
    assert set(sent) == {f"<{pk}@comity>" for pk in Mail.objects.values_list("pk", flat=True)}
    assert told(mail.messages) == PEOPLE * EVENTS
    # A mail taken by the server whose note was lost with the worker goes again under the same Message-ID.
    assert len(sent) - len(set(sent)) <= 1


class SlowMailServer(MailServer):
    """Takes its time over each mail, so that a worker can be killed while it sends."""

    async def handle_DATA(self, *args: Any) -> str:
        """As the other, a fifth of a second later."""
        await asyncio.sleep(0.2)
        return await super().handle_DATA(*args)


def test_summaries_all_there_none_twice(valkey: ValkeyServer, tmp_path: Path, transactional_db: None) -> None:
    """kill -9 of the worker while it sends, Valkey emptied, a second beat, and a third the day after: one each."""
    office = Office()
    people = [office.new() for _ in range(PEOPLE)]
    for _ in range(5):
        office.tell(*people, called=False)
    # A Wednesday ahead, noon in Bishkek: a beat's own clock may stand at any day.
    day = later((2 - today().weekday()) % 7 + 7)
    noon = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    mails = gather(noon)
    with SlowMailServer() as mail:
        more = {"REDIS_URL": valkey.url, "EMAIL_URL": mail.url}
        worker = start_worker(tmp_path / "worker.log", **more)
        beat = start_beat(tmp_path / "beat.log", valkey.url)
        try:
            for pk in mails:
                send.delay([pk])
            wait_for(lambda: len(mail.messages) >= PEOPLE // 4)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.stop()
            assert gather(noon) == []
            valkey.child.process.kill()
            valkey.child.stop()
            valkey.start()
            worker = start_worker(tmp_path / "worker.log", **more)
            assert gather(noon + timedelta(days=1)) == []
            take_up_what_the_dead_were_sending()
        finally:
            beat.stop()
            worker.stop()
    sent = [str(message["message-id"]) for message in mail.messages]
    assert set(sent) == {f"<{pk}@comity>" for pk in Mail.objects.values_list("pk", flat=True)}
    assert len(sent) - len(set(sent)) <= 1
    assert {message["to"] for message in mail.messages} == {one.email for one in people}
    assert Mail.objects.count() == PEOPLE
    assert told(mail.messages) == PEOPLE * 5
