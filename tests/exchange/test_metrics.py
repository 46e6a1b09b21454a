"""What Prometheus reads: at an inner door, true, of short lists, and there when others are not."""

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.refusals import NotAllowed
from audit.models import AuditEvent, Outcome
from audit.services import audited, record
from exchange import gauges, metrics
from exchange.middleware import NO_VIEW, STATIC
from exchange.processes import Child, free_port
from notifications.models import Letter, Outbox
from tests.cases.sharing import Sharing, browser
from tests.databases import environment
from tests.exchange.test_maintenance import no_database
from tests.factories import World
from tests.servers import ROOT, end, wait_for

ALERTS = ROOT / "docker" / "prometheus" / "alerts.yml"
OPERATIONS = ROOT / "docs" / "operations.md"
Samples = dict[tuple[str, str], float]


def read(bind: str) -> Samples:
    """Every sample at a door, by its name and the values of its labels, in the order of the labels' names."""
    with urllib.request.urlopen(f"http://{bind}/metrics", timeout=15) as answer:
        text = answer.read().decode()
    return {
        (sample.name, " ".join(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def start(name: str, log: Path, *argv: str, **more: str) -> Child:
    """Start one of the portal's processes."""
    child = Child(name, [sys.executable, *argv], log, env=environment(**more), cwd=ROOT)
    child.start()
    return child


def all_views(patterns: Any = None, namespace: str = "") -> set[str]:
    """The names of all views of the portal."""
    found = set()
    for one in patterns or get_resolver().url_patterns:
        if hasattr(one, "url_patterns"):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            found |= all_views(one.url_patterns, inner)
        else:
            found.add(f"{namespace}{one.name}")
    return found


@pytest.fixture
def told(transactional_db: None, broker: redis.Redis, tmp_path: Path) -> Iterator[str]:
    """`manage.py serve_metrics`, as an operator starts it; its address."""
    broker.delete(gauges.SEEN)
    bind = f"127.0.0.1:{free_port()}"
    child = start("metrics", tmp_path / "metrics.log", "manage.py", "serve_metrics", "--bind", bind)
    wait_for(lambda: answers(bind) or not child.alive)
    assert child.alive, child.last_words(20)
    yield bind
    child.ask_to_stop()
    assert child.process is not None and child.process.wait(10) == 0


def answers(bind: str) -> bool:
    """Whether somebody listens."""
    try:
        return bool(read(bind))
    except OSError:
        return False


def test_answers_are_counted_by_all_processes_at_one_inner_door(portal: Callable[..., str], tmp_path: Path) -> None:
    """Two processes: whichever is asked tells all. Never at the portal's own port. Nothing but views and statuses."""
    it = Sharing()
    bind = f"127.0.0.1:{free_port()}"
    url = portal(METRICS_BIND=bind, WEB_WORKERS="2")
    before = read(bind)
    for _ in range(20):
        urllib.request.urlopen(f"{url}/help/", timeout=20).close()
    for path in (f"/{it.case.pk}/", "/metrics", "/metrics/"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(url + path, timeout=20)
    sign_in(url)
    found = read(bind)
    assert found == read(bind) == read(bind), "each process answers for both"

    def grown(name: str, labels: str = "") -> float:
        return found[name, labels] - before.get((name, labels), 0)

    assert grown("comity_answers_total", "200 help") == grown("comity_answer_seconds_count", "help") == 20
    assert grown("comity_answer_seconds_bucket", "+Inf help") == 20 > 0 < grown("comity_answer_seconds_sum", "help")
    assert grown("comity_answers_total", "404 none") == 3
    assert grown("comity_sign_in_failures_total") == 1
    views = {labels.split()[1] for name, labels in found if name == "comity_answers_total"}
    assert views <= all_views() | {STATIC, NO_VIEW} and len(all_views()) < 400
    text = " ".join(f"{name} {labels}" for name, labels in found)
    assert str(it.case.pk) not in text and it.officer.email not in text and it.owner.code not in text


def sign_in(url: str) -> None:
    """Try to, with a wrong password."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(f"{url}/accounts/login/", timeout=20).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    body = f"csrfmiddlewaretoken={found[1]}&login=nobody@metrics.example&password=wrong-wrong-wrong"
    opener.open(urllib.request.Request(f"{url}/accounts/login/", body.encode()), timeout=20).close()


def test_refusals_are_counted_by_the_name_of_the_event(transactional_db: None) -> None:
    """One in the audit log is one count; an act that is done is none."""
    it = Sharing()
    about: dict[str, Any] = {"actor": it.officer, "subject_type": "case", "subject_id": it.case.pk}
    counted = metrics.REFUSALS.labels("case.edit")
    before = counted._value.get()
    with pytest.raises(NotAllowed), audited("case.edit", **about):
        raise NotAllowed("no")
    record("case.edit", **about)
    assert AuditEvent.objects.filter(name="case.edit", outcome=Outcome.REFUSED).count() == 1
    assert counted._value.get() == before + 1


def test_the_oldest_that_waits(told: str, broker: redis.Redis) -> None:
    """The outbox by its open rows; the queue by the moment that a message carries; nothing waits: zero."""
    found = read(told)
    assert {found["comity_outbox_rows", kind] for kind in gauges.KINDS} == {0}
    assert found["comity_queue_tasks", "waiting"] == found["comity_queue_oldest_seconds", ""] == 0
    person, now = World().drafter, timezone.now()
    for minutes, done in ((90, now), (10, None), (2, None)):
        Outbox.objects.create(
            person=person,
            event="share.ask",
            subject_type="share",
            subject_id=person.pk,
            created_at=now - timedelta(minutes=minutes),
            done_at=done,
        )
    Letter.objects.create(kind="invitation", subject_id=person.pk, created_at=now + timedelta(hours=1))
    from notifications.tasks import resend

    resend.delay()
    time.sleep(0.5)
    resend.delay()
    found = read(told)
    assert found["comity_outbox_rows", "outbox"] == 2
    assert 600 <= found["comity_outbox_oldest_seconds", "outbox"] < 660
    # Of a clock that jumped back.
    assert (found["comity_outbox_rows", "letter"], found["comity_outbox_oldest_seconds", "letter"]) == (1, 0)
    assert found["comity_queue_tasks", "waiting"] == 2 and 0.5 <= found["comity_queue_oldest_seconds", ""] < 20
    assert 1 <= found["comity_database_connections", ""] < found["comity_database_connections_limit", ""]
    # What another program put into the queue says no moment.
    broker.rpush(gauges.QUEUE, '{"headers": {}}')
    assert read(told)["comity_queue_oldest_seconds", ""] == 0
    assert all(len(labels.split()) <= 1 for _name, labels in found) and str(person.pk) not in str(found)


def test_worker_and_beat_are_seen(told: str, worker: Child, tmp_path: Path) -> None:
    """Within seconds, the worker also when it has nothing to do; frozen, it is seen no more, and the numbers stay."""
    beat = start(
        "beat", tmp_path / "beat.log", "-m", "celery", "-A", "exchange", "beat", "--schedule", str(tmp_path / "beat")
    )
    try:
        wait_for(lambda: ("comity_last_seen_seconds", "beat") in read(told))
    finally:
        end(beat)
    assert read(told)["comity_last_seen_seconds", "worker"] < 5
    worker.process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]
    try:
        time.sleep(3)
        found = read(told)
        assert found["comity_last_seen_seconds", "worker"] > 2 < found["comity_last_seen_seconds", "beat"]
    finally:
        worker.process.send_signal(signal.SIGCONT)  # type: ignore[union-attr]


def test_what_does_not_answer_is_down_and_the_rest_is_told(told: str) -> None:
    """The database is away: the broker's numbers are there; then all is as before."""
    assert read(told)["comity_up", "database"] == 1
    with no_database():
        found = read(told)
        assert (found["comity_up", "database"], found["comity_up", "broker"]) == (0, 1)
        assert ("comity_outbox_rows", "outbox") not in found and ("comity_queue_tasks", "waiting") in found
    assert read(told)["comity_up", "database"] == 1


def test_a_part_that_hangs_is_down_and_asked_no_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks again meanwhile has the answer in time, and nobody waits in line."""
    monkeypatch.setattr(gauges, "PATIENCE", 0.2)
    asked = []

    def hang() -> list[Any]:
        asked.append(1)
        time.sleep(1)
        return []

    told = gauges.Asked()
    told.parts["database"] = (hang, told.parts["database"][1])
    told.parts["broker"] = (lambda: [], told.parts["broker"][1])
    for _ in range(3):
        (up,) = told.collect()
        assert {sample.labels["part"]: sample.value for sample in up.samples} == {"database": 0, "broker": 1}
    assert len(asked) == 1


@pytest.mark.parametrize("bind", ["9101", "127.0.0.1:x", "127.0.0.1:1:"])
def test_an_address_that_is_none(bind: str) -> None:
    """One clear line, before anything is served."""
    argv = [sys.executable, "manage.py", "serve_metrics", "--bind", bind]
    done = subprocess.run(argv, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith("CommandError: cannot listen at") and bind in done.stderr


def test_not_at_the_portals_own_door(db: None) -> None:
    """Not for anybody, signed in or not."""
    for client in (Client(), browser(World().drafter)):
        assert client.get("/metrics").status_code == client.get("/metrics/").status_code == 404


def test_every_alert_asks_what_is_there_and_says_what_to_do(transactional_db: None, broker: redis.Redis) -> None:
    """Each names metrics that a door has, and a heading of docs/operations.md."""
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    asked = gauges.registry()
    families = [*asked.collect(), *(family for one in metrics.COUNTED for family in one.collect())]
    have = {family.name for family in families} | {"up"}
    headings = set(re.findall(r"^#### (.+)$", OPERATIONS.read_text(), re.M))
    for rule in rules:
        names = re.findall(r"\b(?:comity_[a-z_]+|up)\b", rule["expr"])
        assert names, rule["alert"]
        for name in names:
            assert re.sub(r"_(bucket|count|sum|total)$", "", name) in have, f"{rule['alert']}: {name}"
        assert rule["annotations"]["summary"] and rule["labels"]["severity"] in {"page", "ticket"}
    assert {rule["alert"] for rule in rules} == headings
