"""`make drill-load`: 200 officers at desk pace for ten minutes, on a portal of its own. Exit code 1: a target missed.

PostgreSQL, Valkey, gunicorn (2 processes of 4 threads), worker and beat as `make demo` starts them, over loopback, in a
database of 10,000 cases. Beside them a bare Django page under the same gunicorn, asked at the same pace: what the
machine gives at best meanwhile. OFFICERS, SECONDS, CASES and PAUSE say otherwise; also in .bench/load.json.
Needs a machine that does nothing else: locust takes its part of the same cores.
"""

from __future__ import annotations

import csv
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import mean
from typing import Any

import psutil

from benchmarks.__main__ import number, say
from exchange.embedded import APPLICATION, OWNER, PostgresServer, ValkeyServer, new_password, wait_until
from exchange.preparation import ROOT, make_database, manage, prepare, run_step
from exchange.processes import Child, RunnerError, adopt_orphans, end_orphans, free_port
from exchange.testbed import base_environment, open_log, run_folder, stopped

RESULTS = ROOT / ".bench" / "load.json"
# What is wanted: of the slowest page in twenty, of failures, of memory within the second half.
P95_MS, FAILURES, GROWTH_PERCENT = 500, 0, 5
# A shorter run proves that the drill works, and no more: it is half made of signing in, and caches still fill.
LONG_ENOUGH = 300
BYSTANDERS = 20
SAMPLE_SECONDS = 5
PROGRAMS = Path(sys.executable).parent
MB = 1024 * 1024

Row = dict[str, Any]


class Memory(threading.Thread):
    """Looks again and again how much each process holds; of the database what its processes do not share."""

    def __init__(self, parents: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.parents = {name: psutil.Process(pid) for name, pid in parents.items()}
        self.samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.done = threading.Event()

    def run(self) -> None:
        """Until it is told to end."""
        while not self.done.wait(SAMPLE_SECONDS):
            for name, held in self.look():
                self.samples[name].append((time.monotonic(), held / MB))

    def look(self) -> Iterator[tuple[str, int]]:
        """Each process by its name, in the order in which they were started."""
        for name, parent in self.parents.items():
            processes = [parent, *sorted(parent.children(recursive=True), key=lambda one: one.create_time())]
            if name == "database":
                # Connections come and go with their processes, after a minute at most.
                yield name, sum(_unshared(one) for one in processes)
                continue
            for place, one in enumerate(processes):
                yield f"{name} {place}" if place else name, one.memory_info().rss

    def rows(self) -> list[Row]:
        """What each held, and how much it grew in the second half."""
        self.done.set()
        self.join()
        return [grown(name, samples) for name, samples in self.samples.items() if len(samples) > 2]


def _unshared(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def grown(name: str, samples: list[tuple[float, float]]) -> Row:
    """By a straight line through the samples of the second half."""
    half = samples[len(samples) // 2 :]
    at, held = mean(t for t, _ in half), mean(mb for _, mb in half)
    spread = sum((t - at) ** 2 for t, _ in half)
    slope = sum((t - at) * (mb - held) for t, mb in half) / spread if spread else 0.0
    more = slope * (half[-1][0] - half[0][0])
    return {
        "process": name,
        "first_mb": round(samples[0][1], 1),
        "last_mb": round(samples[-1][1], 1),
        "most_mb": round(max(mb for _, mb in samples), 1),
        "grown_mb": round(more, 2),
        "grown_percent": round(100 * more / held, 2) if held else 0.0,
    }


class Portal:
    """All processes, and who works in them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.port, self.plain_port = free_port(), free_port()
        self.pids: dict[str, int] = {}
        self.environment = base_environment(folder) | {
            "DJANGO_SETTINGS_MODULE": "exchange.settings",
            "SITE_URL": f"http://localhost:{self.port}",
            # Officers sit at desks of their own, which limits on signing in count apart.
            "TRUSTED_PROXIES": "1",
            "PAUSE": os.environ.get("PAUSE") or "10-30",
            "OFFICERS_PASSWORD": secrets.token_urlsafe(20),
            "METRICS_BIND": f"127.0.0.1:{free_port()}",
        }

    def start_servers(self) -> None:
        """Database and broker as in the demo, with every guarantee of the disk."""
        database = PostgresServer(self.folder / "postgresql", open_log("postgresql"), new_password())
        self.stack.callback(database.stop)
        database.start()
        broker = ValkeyServer(self.folder / "valkey", open_log("valkey"), new_password())
        self.stack.callback(broker.stop)
        broker.start()
        self.database = database
        self.pids |= {"database": database.child.pid, "broker": broker.child.pid}
        self.environment |= {
            "REDIS_URL": broker.url,
            "DATABASE_URL": database.url(APPLICATION, new_password()),
            "DATABASE_OWNER_URL": database.url(OWNER, new_password()),
        }
        make_database(database, self.environment, open_log("setup"))
        prepare(say, self.environment, open_log("setup"))
        migrate = manage("migrate", "--verbosity", "0")
        run_step("manage.py migrate", migrate, self.environment, open_log("setup"))

    def fill(self, cases: int) -> int:
        """Fill it; how many bytes a desk is. From here on nobody knows the owner."""
        os.environ |= self.environment
        import django

        django.setup()
        from django.contrib.auth.hashers import make_password
        from django.db import connections

        from accounts.models import User
        from benchmarks.filling import fill
        from tests.cases.sharing import browser

        say(f"filling {cases:,} cases")
        fill(cases)
        User.objects.update(password=make_password(self.environment["OFFICERS_PASSWORD"]))
        desk = browser(User.objects.get(email="officer9@comity.example")).get("/", headers={"host": "localhost"})
        connections.close_all()
        # PostgreSQL's checkpointer takes some megabytes at its first checkpoint and keeps them: not in our ten minutes.
        self.database.run("checkpoint")
        del self.environment["DATABASE_OWNER_URL"], os.environ["DATABASE_OWNER_URL"]
        return len(desk.content)

    def start(self, name: str, *argv: str, **more: str) -> Child:
        """Start one of the processes."""
        log = open_log(name)
        child = Child(name, [sys.executable, *argv], log, env=self.environment | more, cwd=ROOT, stop_seconds=10)
        self.stack.callback(child.stop)
        child.start()
        self.pids[name] = child.pid
        return child

    def start_product(self, plain_bytes: int) -> None:
        """Web, worker and beat; and the bare page under the same gunicorn."""
        gunicorn = (str(PROGRAMS / "gunicorn"), "--config", "python:exchange.serving", "--log-level", "warning")
        celery = (str(PROGRAMS / "celery"), "-A", "exchange")
        web = self.start("web", *gunicorn, "--bind", f"127.0.0.1:{self.port}", "exchange.wsgi:application")
        self.start("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip")
        self.start("beat", *celery, "beat", "--loglevel", "WARNING", "--schedule", str(self.folder / "beat"))
        more = {"PLAIN_BYTES": str(plain_bytes), "METRICS_BIND": "", "PYTHONPATH": str(ROOT)}
        bare = (*gunicorn, "--bind", f"127.0.0.1:{self.plain_port}", "benchmarks.plain:application")
        plain = self.start("plain", *bare, **more)
        wait_until(lambda: answers(f"http://localhost:{self.port}/readyz"), web, 60)
        wait_until(lambda: answers(f"http://localhost:{self.plain_port}/"), plain, 60)

    def work(self, officers: int, seconds: int) -> tuple[list[Row], list[Row]]:
        """Let officers and bystanders work; what locust wrote of each."""
        # They come within the first fifth of the time: a sign-in is dear on purpose, and a morning has no starting gun.
        ramp = max(1, seconds // 5)
        say(f"{officers} officers at their desks for {seconds} seconds")
        both = {
            "Officer": (officers, self.port, officers / ramp),
            "Bystander": (min(BYSTANDERS, officers), self.plain_port, BYSTANDERS),
        }
        running = []
        for who, (users, port, rate) in both.items():
            argv = ["locust", "-f", str(ROOT / "benchmarks" / "officers.py"), "--headless", "--only-summary"]
            argv += ["--host", f"http://localhost:{port}", "--users", str(users), "--spawn-rate", str(rate)]
            argv += ["--run-time", f"{seconds}s", "--csv", str(self.folder / who), "--exit-code-on-error", "0", who]
            child = self.start(f"locust-{who}", "-m", *argv, OFFICERS=str(officers), PYTHONPATH=str(ROOT))
            running.append(child)
        for child in running:
            assert child.process is not None
            if child.process.wait(seconds + 120):
                raise RunnerError(f"locust failed: {child.last_words(10)}")
        return read(self.folder / "Officer_stats.csv"), read(self.folder / "Bystander_stats.csv")


def answers(url: str) -> bool:
    """Whether anything but an error comes from there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def read(path: Path) -> list[Row]:
    """Locust's table; its last row is all of it."""
    with path.open(newline="") as table:
        return [
            {
                "page": row["Name"],
                "count": int(row["Request Count"]),
                "failures": int(row["Failure Count"]),
                "median_ms": float(row["50%"]),
                "p95_ms": float(row["95%"]),
                "p99_ms": float(row["99%"]),
                "most_ms": round(float(row["Max Response Time"]), 1),
                "bytes": round(float(row["Average Content Size"])),
            }
            for row in csv.DictReader(table)
            if int(row["Request Count"])
        ]


@contextmanager
def watched(pids: dict[str, int]) -> Iterator[list[Row]]:
    """The memory of these, filled in at the end."""
    names = ("web", "worker", "beat", "database", "broker")
    memory, rows = Memory({name: pids[name] for name in names}), []
    memory.start()
    yield rows
    rows += memory.rows()


def judged(pages: list[Row], plain: list[Row], memory: list[Row], seconds: int) -> Row:
    """Each target, and whether it was met; None: not judged."""
    everything, bare, whole = pages[-1], plain[-1], seconds >= LONG_ENOUGH
    worst = max((row["grown_percent"] for row in memory), default=0.0)
    return {
        "p95_ms": {
            "is": everything["p95_ms"],
            "wanted": P95_MS,
            "met": everything["p95_ms"] < P95_MS if whole else None,
        },
        "failures": {"is": everything["failures"], "wanted": FAILURES, "met": everything["failures"] <= FAILURES},
        "memory_grown_percent": {
            "is": worst,
            "wanted": GROWTH_PERCENT,
            "met": worst <= GROWTH_PERCENT if whole else None,
        },
        "bare_page_p95_ms": {"is": bare["p95_ms"], "wanted": None, "met": None},
        "times_the_bare_page": {
            "is": round(everything["median_ms"] / max(bare["median_ms"], 1), 1),
            "wanted": None,
            "met": None,
        },
    }


def table(rows: list[Row]) -> str:
    """For a terminal."""
    head = list(rows[0])
    texts = [head, *([str(row[name]) for name in head] for row in rows)]
    widths = [max(len(line[column]) for line in texts) for column in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) if not place else text.rjust(width) for place, (text, width) in enumerate(cells))
        for cells in (list(zip(line, widths, strict=True)) for line in texts)
    )


def measure(folder: Path, officers: int, seconds: int, cases: int) -> bool:
    """All of it; whether every target is met."""
    with ExitStack() as stack:
        stack.callback(end_orphans)
        portal = Portal(folder, stack)
        portal.start_servers()
        size = portal.fill(cases)
        portal.start_product(size)
        busy = os.getloadavg()[0]
        with watched(portal.pids) as memory:
            pages, plain = portal.work(officers, seconds)
    verdict = judged(pages, plain, memory, seconds)
    found = {
        "officers": officers,
        "seconds": seconds,
        "cases": cases,
        "cores": os.cpu_count(),
        "load_before": round(busy, 2),
        "targets": verdict,
        "pages": pages,
        "bare": plain,
        "memory": memory,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    targets = [{"target": name, **values} for name, values in verdict.items()]
    told = "\n\n".join(table(rows) for rows in (pages, plain, memory, targets) if rows)
    sys.stdout.write(f"{told}\n\n{RESULTS.relative_to(ROOT)}\n")
    return all(row["met"] is not False for row in verdict.values())


def main() -> int:
    """Entry point."""
    for caught in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(caught, stopped)
    try:
        officers, seconds = number("OFFICERS", 200, 1), number("SECONDS", 600, 20)
        cases = number("CASES", 10_000, 2_500)
        adopt_orphans()
        with run_folder() as folder:
            return 0 if measure(folder, officers, seconds, cases) else 1
    except RunnerError as problem:
        say(str(problem))
    except (OSError, subprocess.SubprocessError) as problem:
        say(str(problem))
    return 1


if __name__ == "__main__":
    sys.exit(main())
