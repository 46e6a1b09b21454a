"""Notifications a second, from the outbox row to the bell entry, against bare tasks: one worker, one Valkey, one run.

The worker is held back while messages are sent, and let go; the clock runs until the last one is acknowledged. So it
is the worker's own speed that is compared, and not that of whoever sends.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.conf import settings
from django.db import transaction

from accounts.models import User
from agencies.models import Role
from benchmarks.bare import bare
from benchmarks.report import Line
from exchange.celery import app as celery
from notifications.models import Notification, Outbox
from notifications.services import notify
from tests.factories import agency, case, person
from tests.servers import start_worker

QUEUE = "celery"
PEOPLE = 20
TOLD = 400
ROUNDS = 7
PATIENCE = 120
# As one person is told of one event; and as the people of an office are told of it together, in one message.
TOGETHER = {"one at a time": 1, f"{PEOPLE} together": PEOPLE}
# How many times slower than a bare task one of them may be.
WANTED = {1: 8.0, PEOPLE: 1.0}


@dataclass(slots=True)
class Race:
    """One way to give the worker something to do, and the seconds that each of `count` took, round by round."""

    name: str
    count: int
    start: Callable[[], None]
    wanted: float | None = None
    times: list[float] = field(default_factory=list)

    @property
    def ms(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.times) * 1000


def races() -> list[Race]:
    """The bare tasks first."""
    office = agency("KG-MIA")
    people = [person(office, Role.OFFICER) for _ in range(PEOPLE)]
    subject = case(people[0], office).pk

    def tell(who: list[User]) -> None:
        with transaction.atomic():
            notify(event="case.name", people=who, subject_type="case", subject_id=subject)

    def run_bare() -> None:
        for _ in range(TOLD):
            bare.delay()

    def run_told(together: int) -> None:
        for number in range(TOLD // together):
            tell(people[:together] if together > 1 else [people[number % PEOPLE]])

    told = [
        Race(f"notifications: {name}", TOLD, lambda together=together: run_told(together), WANTED[together])
        for name, together in TOGETHER.items()
    ]
    return [Race("bare tasks", TOLD, run_bare), *told]


def measure_telling(log: Path) -> list[Line]:
    """Run each race in turn, `ROUNDS` times, and compare. The database and Valkey must be there, and be ours alone."""
    worker = start_worker(log, "--include", "benchmarks.bare")
    try:
        with closing(redis.Redis.from_url(settings.REDIS_URL)) as broker:
            found = races()
            for number in range(ROUNDS + 1):
                for race in found:
                    seconds = run(race, broker)
                    # The first one warms up.
                    if number:
                        race.times.append(seconds / race.count)
    finally:
        worker.stop()
    everything = (ROUNDS + 1) * TOLD * len(TOGETHER)
    assert Notification.objects.count() == Outbox.objects.exclude(done_at=None).count() == everything
    return [line(race, found[0]) for race in found]


def run(race: Race, broker: redis.Redis) -> float:
    """The seconds from letting the worker go until nothing is left to do."""
    celery.control.cancel_consumer(QUEUE, reply=True, timeout=5)
    race.start()
    begun = time.perf_counter()
    celery.control.add_consumer(QUEUE)
    while broker.llen(QUEUE) or broker.hlen("unacked"):
        assert time.perf_counter() - begun < PATIENCE, "the worker has stopped"
        time.sleep(0.002)
    return time.perf_counter() - begun


def line(race: Race, floor: Race) -> Line:
    """One race against the bare tasks."""
    ratio = race.ms / floor.ms
    compared = race is not floor
    return Line(
        name=race.name,
        cases=0,
        ms=round(race.ms, 3),
        floor_ms=round(floor.ms, 3) if compared else None,
        ratio=round(ratio, 2) if compared else None,
        wanted=race.wanted,
        ok=race.wanted is None or ratio <= race.wanted,
        least_ratio=round(min(race.times) / min(floor.times), 2) if compared else None,
        per_second=round(1000 / race.ms),
    )
