"""`make bench`: PostgreSQL of its own, a database a size, the questions, the table. Exit code 1: a target is missed.

SCALE=1000000 adds a size; ROUNDS sets how often each question is asked. DATABASE_URL with DATABASE_OWNER_URL, when
set, replace the own server; its owner then needs the right to make databases, and all that is made is dropped.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from exchange.embedded import APPLICATION, OWNER, PostgresServer, ValkeyServer, new_password
from exchange.preparation import ROOT, make_database, prepare
from exchange.processes import RunnerError, adopt_orphans, end_orphans
from exchange.testbed import base_environment, open_log, own_servers, run_folder, stopped

RESULTS = ROOT / ".bench" / "latest.json"
SIZES = (10_000, 100_000)
# The planner's settings stay as PostgreSQL comes, which is how docker-compose.yml runs it. Only reads are timed, so the
# disk's guarantees are given up for a faster filling.
FAST_FILLING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


def say(text: str) -> None:
    sys.stderr.write(f"comity: {text}\n")


def number(name: str, default: int, least: int) -> int:
    """A whole number of the environment. Raises RunnerError for anything else."""
    text = os.environ.get(name, "") or str(default)
    if not text.isdecimal() or int(text) < least:
        raise RunnerError(f"{name}={text} is not a whole number of at least {least:,}")
    return int(text)


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[None]:
    """PostgreSQL and Valkey for this run, unless the environment names them."""
    server = PostgresServer(folder / "postgresql", open_log("postgresql"), new_password(), options=FAST_FILLING)
    broker = ValkeyServer(folder / "valkey", open_log("valkey"), new_password())
    own_database, own_broker = own_servers(os.environ)
    try:
        if own_broker:
            broker.start()
            os.environ["REDIS_URL"] = broker.url
        if own_database:
            server.start()
            os.environ["DATABASE_URL"] = server.url(APPLICATION, new_password())
            os.environ["DATABASE_OWNER_URL"] = server.url(OWNER, new_password())
            make_database(server, os.environ, open_log("setup"), tests=True)
        yield
    finally:
        server.stop()
        broker.stop()
        end_orphans()


def measure(sizes: list[int], rounds: int) -> bool:
    """Fill, ask, tell; whether every target is met. The environment must name the databases."""
    import django
    from django.db import connections

    django.setup()
    from benchmarks.asking import Place, time_all
    from benchmarks.filling import fill
    from benchmarks.report import lines, save, table
    from benchmarks.telling import measure_telling
    from tests.databases import Databases

    run, places = secrets.token_hex(4), []
    databases = {cases: Databases(run, str(cases)) for cases in sizes}
    told = Databases(run, "told")
    try:
        for cases, ours in databases.items():
            say(f"filling {cases:,} cases")
            ours.make_template()
            ours.renew()
            people = fill(cases)
            connections["default"].close()
            connection = connections.create_connection("default")
            # The next size changes the name in the settings that they share.
            connection.settings_dict = dict(connection.settings_dict)
            places.append(Place(cases, connection, people))
        say(f"asking {rounds} times")
        results = list(lines(time_all(places, rounds)))
        say("telling people")
        told.make_template()
        told.renew()
        results += measure_telling(open_log("worker"))
        if os.getloadavg()[0] > (os.cpu_count() or 1):
            say("this machine is busy with other work: read the column 'least'")
    finally:
        for place in places:
            place.connection.close()
        for ours in (*databases.values(), told):
            ours.drop_all()
        told.sweep()
    save(results, RESULTS)
    missed = sum(not one.ok for one in results)
    verdict = f"{missed} missed" if missed else "every target met"
    sys.stdout.write(f"{table(results)}\n\n{verdict}; {RESULTS.relative_to(ROOT)}\n")
    return not missed


def main() -> int:
    """Entry point."""
    for caught in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(caught, stopped)
    try:
        sizes = sorted({*SIZES, number("SCALE", SIZES[0], 2_000)})
        rounds = number("ROUNDS", 300, 10)
        adopt_orphans()
        with run_folder() as folder:
            os.environ |= base_environment(folder) | {"DJANGO_SETTINGS_MODULE": "exchange.settings"}
            with servers(folder):
                prepare(say, os.environ, open_log("setup"))
                return 0 if measure(sizes, rounds) else 1
    except RunnerError as problem:
        say(str(problem))
    except OSError as problem:
        say(f"{problem.strerror}: {problem.filename}" if problem.filename else str(problem))
    return 1


if __name__ == "__main__":
    sys.exit(main())
