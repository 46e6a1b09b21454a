"""What is asked at the moment of reading: of the database the outbox, of the broker the queue, and who was last seen.

A process of its own (`manage.py serve_metrics`) asks, so that the answers are there when web, worker or beat are not.
Whoever is asked and does not answer in time is down, and nothing else is said of it.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from notifications.delivery import waiting
from notifications.models import Letter, Mail, Outbox, Tried

logger = logging.getLogger(__name__)

# Prometheus waits for ten seconds, for both.
PATIENCE = 4.0
KINDS: dict[str, type[Tried]] = {"outbox": Outbox, "mail": Mail, "letter": Letter}
# Where kombu keeps what waits, and what a worker has taken and not done yet.
QUEUE, TAKEN = "celery", "unacked"
# When each kind of process was last seen, in seconds since 1970.
SEEN = "comity:seen"


def broker() -> redis.Redis:
    """A connection that gives up soon."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


def seen(process: str) -> None:
    """Note that a worker, or beat, is alive; a broker that is away hears of it the next time."""
    try:
        with broker() as client:
            client.hset(SEEN, process, time.time())
    except redis.RedisError:
        logger.debug("broker away: nobody hears that %s is there", process)


def database() -> list[Gauge]:
    """The outbox, and how many connections the portal holds."""
    rows = Gauge("comity_outbox_rows", "What waits to be delivered, by kind.", labels=["kind"])
    oldest = Gauge("comity_outbox_oldest_seconds", "For how long the oldest of it waits.", labels=["kind"])
    ours = Gauge("comity_database_connections", "Connections of the application's role.")
    limit = Gauge("comity_database_connections_limit", "Connections that the database takes at most, of all.")
    try:
        now = timezone.now()
        for kind, model in KINDS.items():
            count, seconds = waiting(model, now)
            rows.add_metric([kind], count)
            oldest.add_metric([kind], seconds)
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*), current_setting('max_connections')::int from pg_stat_activity where usename = user"
            )
            held, most = cursor.fetchone()
        ours.add_metric([], held)
        limit.add_metric([], most)
    finally:
        connection.close()
    return [rows, oldest, ours, limit]


def queue() -> list[Gauge]:
    """The queue, how old its oldest message is, and who was last seen."""
    tasks = Gauge("comity_queue_tasks", "Messages to the worker: waiting, or taken and not done.", labels=["state"])
    oldest = Gauge("comity_queue_oldest_seconds", "For how long the oldest message waits.")
    last = Gauge("comity_last_seen_seconds", "How long ago a process of this kind was seen.", labels=["process"])
    now = time.time()
    with broker() as client:
        tasks.add_metric(["waiting"], client.llen(QUEUE))
        tasks.add_metric(["taken"], client.hlen(TAKEN))
        oldest.add_metric([], _age(client.lindex(QUEUE, -1), now))
        for process, moment in client.hgetall(SEEN).items():
            last.add_metric([process.decode()], max(0.0, now - float(moment)))
    return [tasks, oldest, last]


def _age(message: bytes | None, now: float) -> float:
    """Nothing waits: 0. One that another program sent says no moment."""
    return max(0.0, now - json.loads(message)["headers"].get("sent_at", now)) if message else 0.0


class Asked(Collector):
    """Asks database and broker, each by a thread of its own: one that hangs holds up nobody but itself."""

    def __init__(self) -> None:
        self.parts: dict[str, tuple[Callable[[], list[Gauge]], ThreadPoolExecutor]] = {
            "database": (database, ThreadPoolExecutor(1)),
            "broker": (queue, ThreadPoolExecutor(1)),
        }

    def collect(self) -> Iterator[Gauge]:
        """Everything that could be learned, and of each part whether it answered."""
        up = Gauge("comity_up", "Whether the part answers.", labels=["part"])
        asked = {part: thread.submit(ask) for part, (ask, thread) in self.parts.items()}
        for part, answer in asked.items():
            try:
                yield from answer.result(timeout=PATIENCE)
                up.add_metric([part], 1)
            except Exception as problem:  # clients raise many kinds, and each means the same here
                # Not begun yet when the one before it still hangs: it must not be asked later, for nobody.
                answer.cancel()
                logger.warning("%s does not answer: %s", part, type(problem).__name__)
                up.add_metric([part], 0)
        yield up

    def describe(self) -> list[Gauge]:
        """Nothing is asked when this is registered."""
        return []


def registry() -> CollectorRegistry:
    """What `manage.py serve_metrics` serves."""
    found = CollectorRegistry()
    found.register(Asked())
    return found
