"""`make demo`: the whole portal on this machine, with invented people, until Ctrl-C.

Started by tools/bootstrap.py, which has checked the port and holds the lock on `.demo/`. Starts the
servers, brings the database up to date, starts the product's processes, and then watches over all of them:
one that ends is started again and the terminal told. Everything the demo keeps is in `.demo/`; see
README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import http.client
import json
import os
import secrets
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from exchange.embedded import (
    APPLICATION,
    OWNER,
    PostgresServer,
    ValkeyServer,
    new_password,
    private_folder,
    remove_server_home,
)
from exchange.preparation import ROOT, fingerprint, make_database, manage, prepare, run_step
from exchange.processes import Child, RunnerError, adopt_orphans, end_orphans, free_port, port_is_taken
from exchange.testbed import own_servers
from exchange.watching import Pulse, Watched

DEMO = ROOT / ".demo"
LOGS = DEMO / "log"
EXERCISE = "Saffron Crate"
READY_SECONDS = 90.0
LARGEST_LOG = 10_000_000
# Where the mail page stands, unless somebody else is there.
MAIL_PAGE_PORT = 8025


class Stop(BaseException):
    """Ctrl-C or a signal: end everything, and that is no failure."""


def say(text: str) -> None:
    # A terminal that was closed must not keep us from ending the children.
    with contextlib.suppress(OSError):
        print(f"comity: {text}", flush=True)


def log_file(name: str) -> Path:
    """The log of a process, put aside when it has grown large."""
    path = LOGS / f"{name}.log"
    with contextlib.suppress(OSError):
        if path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.old"))
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
    new.replace(path)


def kept_secrets() -> dict[str, str]:
    """The demo's passwords and key: made at the first start, kept until `make demo-reset`."""
    path = DEMO / "secrets.json"
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(path.read_text(encoding="utf-8")))
    made = {name: new_password() for name in ("superuser", "owner", "application", "broker")}
    made["key"] = f"demo-{secrets.token_urlsafe(48)}"
    write_private(path, json.dumps(made))
    return made


class Demo:
    """The demo of this checkout: started once, watched, stopped."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.watched: list[Watched] = []
        self.servers: list[Watched] = []
        self.mail_page = 0
        self.own_database, self.own_broker = own_servers(dict(os.environ))

    # --- starting
    # -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything and wait until the portal is ready. Raises RunnerError."""
        private_folder(LOGS)
        self.secrets = kept_secrets()
        environment = self.environment()
        self.start_servers(environment)
        self.start_mail(environment)
        write_private(DEMO / "environment", "".join(f"{k}={v}\n" for k, v in environment.items()))
        full = os.environ | environment
        self.bring_up_to_date(full)
        self.start_product(full)
        self.wait_until_ready()

    def environment(self) -> dict[str, str]:
        """What the product's settings read; the servers add their addresses."""
        given = {n: os.environ[n] for n in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL") if os.environ.get(n)}
        return given | {
            "SECRET_KEY": self.secrets["key"],
            "SITE_URL": f"http://localhost:{self.port}",
            "EXERCISE": EXERCISE,
            "FILES_ROOT": str(private_folder(DEMO / "files")),
        }

    def start_servers(self, environment: dict[str, str]) -> None:
        setup = log_file("setup")
        if self.own_broker:
            broker = ValkeyServer(DEMO / "valkey", log_file("valkey"), self.secrets["broker"])
            self.watch_server(broker)
            environment["REDIS_URL"] = broker.url
        if self.own_database:
            database = PostgresServer(DEMO / "postgresql", log_file("postgresql"), self.secrets["superuser"])
            self.watch_server(database)
            if database.account is not None:
                say(f"started as root: PostgreSQL runs as '{database.account.name}', in {database.home}")
            if database.fresh:
                self.loaded_note.unlink(missing_ok=True)
                self.migrated_note.unlink(missing_ok=True)
            environment["DATABASE_URL"] = database.url(APPLICATION, self.secrets["application"])
            environment["DATABASE_OWNER_URL"] = database.url(OWNER, self.secrets["owner"])
            if not self.is_migrated():
                make_database(database, os.environ | environment, setup)

    def watch_server(self, server: PostgresServer | ValkeyServer) -> None:
        """Start a server and watch it, also one that is interrupted at its start."""
        try:
            server.start()
        finally:
            if hasattr(server, "child"):
                self.servers.append(Watched(server.child, server.responds))
                self.watched.insert(0, self.servers[-1])

    def start_mail(self, environment: dict[str, str]) -> None:
        smtp = free_port()
        self.mail_page = free_port() if port_is_taken(MAIL_PAGE_PORT) else MAIL_PAGE_PORT
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{smtp}"
        self.watch(
            "mail",
            [
                sys.executable,
                str(ROOT / "tools" / "mailsink.py"),
                "--smtp-port",
                str(smtp),
                "--http-port",
                str(self.mail_page),
                "--folder",
                str(DEMO / "mail"),
            ],
            dict(os.environ),
        )

    @property
    def loaded_note(self) -> Path:
        """Is there once the exercise has been loaded into the database."""
        return DEMO / "exercise-loaded"

    @property
    def migrated_note(self) -> Path:
        """Holds the mark of the schema that our own database was last brought to."""
        return DEMO / "migrated"

    def is_migrated(self) -> bool:
        """Whether our own database has today's schema and roles; a given one is always asked itself."""
        note = self.migrated_note
        return self.own_database and note.exists() and note.read_text() == schema_mark()

    def bring_up_to_date(self, env: dict[str, str]) -> None:
        log = log_file("setup")
        prepare(say, env, log)
        if not self.is_migrated():
            say("bringing the database up to date")
            self.migrated_note.unlink(missing_ok=True)
            run_step("manage.py migrate", manage("migrate", "--verbosity", "0"), env, log)
            write_private(self.migrated_note, schema_mark())
        if not self.loaded_note.exists() or self.loaded_note.read_text() != self.loaded_mark(env):
            say("loading the exercise")
            accounts = DEMO / "accounts.json"
            run_step("manage.py load_exercise", manage("load_exercise", "--accounts", str(accounts)), env, log)
            write_private(self.loaded_note, self.loaded_mark(env))

    def loaded_mark(self, env: dict[str, str]) -> str:
        """Names the database that the exercise is in: ours, or the given one."""
        return "own" if self.own_database else env["DATABASE_URL"].rpartition("@")[2]

    def start_product(self, env: dict[str, str]) -> None:
        """Start web, worker and beat: none of them learns the owner's password."""
        env = {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}
        env["PYTHONUNBUFFERED"] = "1"
        # Not `python -m`: the boot checks tell the portal from a command by the program's name.
        python, programs = sys.executable, Path(sys.executable).parent
        self.watch(
            "web",
            [
                python,
                str(programs / "gunicorn"),
                "exchange.wsgi:application",
                "--config",
                "python:exchange.serving",
                "--bind",
                f"127.0.0.1:{self.port}",
                "--graceful-timeout",
                "5",
                "--log-level",
                "warning",
            ],
            env,
            self.web_answers,
        )
        self.watch_pulse(
            "worker",
            [
                python,
                str(programs / "celery"),
                "-A",
                "exchange",
                "worker",
                "--concurrency",
                "2",
                "--loglevel",
                "INFO",
                "--without-gossip",
                "--without-mingle",
            ],
            env,
        )
        self.watch_pulse(
            "beat",
            [
                python,
                str(programs / "celery"),
                "-A",
                "exchange",
                "beat",
                "--loglevel",
                "WARNING",
                "--schedule",
                str(DEMO / "beat"),
            ],
            env,
        )

    def watch(self, name: str, argv: list[str], env: dict[str, str], answers: Callable[[], bool] | None = None) -> None:
        """Start a process and watch over it; what needs the servers is not to blame while one of them is away."""
        child = Child(name, argv, log_file(name), env=env, cwd=ROOT, stop_seconds=10)
        child.start()
        self.watched.insert(0, Watched(child, answers, self.servers))

    def watch_pulse(self, name: str, argv: list[str], env: dict[str, str]) -> None:
        """The same of a process that says by itself that it lives."""
        pulse = DEMO / f"{name}.pulse"
        pulse.unlink(missing_ok=True)
        self.watch(name, argv, env | {"PULSE_FILE": str(pulse)}, Pulse(pulse))

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            self.look_after()
            if time.monotonic() > deadline:
                raise RunnerError(f"the portal was not ready within {READY_SECONDS:.0f} seconds; see {LOGS}")
            time.sleep(0.3)

    def is_ready(self) -> bool:
        """Whether every part of the portal works."""
        return self.asks("readyz", seconds=5)

    def web_answers(self) -> bool:
        """Whether web does, whatever it needs."""
        return self.asks("healthz", seconds=2)

    def asks(self, page: str, seconds: float) -> bool:
        # Past any proxy of the environment: this is our own machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{page}", headers={"Host": f"localhost:{self.port}"}
        )
        try:
            with opener.open(request, timeout=seconds) as answer:
                return answer.status == 200
        except (OSError, http.client.HTTPException):
            return False

    # --- running
    # --------------------------------------------------------------------------------------------------

    def announce(self) -> None:
        """The table of people with their one password, the mail page, and last the address."""
        accounts = DEMO / "accounts.json"
        if accounts.exists():
            people = json.loads(accounts.read_text(encoding="utf-8"))
            rows = [(p["email"], p["name"], p["agency"] or "-", ", ".join(p["roles"])) for p in people]
            print_table(("e-mail", "name", "agency", "roles"), rows)
            say(f"the password of them all: {people[0]['password']}")
        say("sign-ins are also in .demo/accounts.json, logs in .demo/log; Ctrl-C ends the demo")
        say(f"mail that the portal sends: http://localhost:{self.mail_page}")
        print(f"ready http://localhost:{self.port}", flush=True)

    def look_after(self) -> None:
        """Start again whatever ended, or does not answer. Raises RunnerError when something keeps ending."""
        for watched in self.watched:
            child = watched.child
            if child.process is None:
                continue
            if child.alive:
                if watched.is_frozen():
                    say(f"{child.name} does not answer and is ended; see {child.log}")
                    child.kill()
            elif not watched.down:
                watched.crashed()
                say(f"{child.name} ended ({ending(child)}) and is started again; see {child.log}")
                child.kill_group()
                # Whatever it left may be as frozen as it was, and hear nothing.
                end_orphans([other.child for other in self.watched], seconds=2)
            elif time.monotonic() > watched.not_before:
                watched.start_again()

    def run(self) -> NoReturn:
        """Watch until a signal comes."""
        while True:
            self.look_after()
            time.sleep(0.5)

    def stop(self) -> None:
        """End every process: the product's first, the servers last."""
        for watched in self.watched:
            if not watched.child.name.startswith(("PostgreSQL", "Valkey")):
                watched.child.ask_to_stop()
        for watched in self.watched:
            watched.child.stop()
        end_orphans()


def schema_mark() -> str:
    """Changes with whatever makes roles, tables and rights."""
    commands = ROOT / "exchange" / "management"
    return fingerprint([*ROOT.glob("*/migrations/*.py"), *commands.rglob("*.py"), ROOT / "requirements" / "base.txt"])


def ending(child: Child) -> str:
    """How a process ended, in words."""
    code = child.process.returncode if child.process is not None else 0
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return f"exit code {code}"


def print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def reset() -> None:
    """Throw away all that the demo keeps; its lock is ours. Raises RunnerError for a given database."""
    if not own_servers(dict(os.environ))[0]:
        raise RunnerError("make demo-reset throws away only the demo's own database: unset DATABASE_URL")
    say("throwing away the demo's data")
    remove_server_home(DEMO / "postgresql")
    for path in DEMO.iterdir():
        if path.name != "lock":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def hear(number: int, _frame: object) -> None:
    raise Stop(number)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lock", type=int, required=True)
    parser.add_argument("--reset", action="store_true")
    options = parser.parse_args()
    os.set_inheritable(options.lock, False)
    os.truncate(options.lock, 0)
    os.pwrite(options.lock, f"process {os.getpid()}, http://localhost:{options.port}".encode(), 0)
    os.umask(0o077)
    adopt_orphans()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hear)
    demo, code = None, 0
    try:
        if options.reset:
            reset()
        demo = Demo(options.port)
        demo.start()
        demo.announce()
        demo.run()
    except Stop:
        code = 0
    except RunnerError as problem:
        say(str(problem))
        code = 1
    except OSError as problem:
        say("the disk is full" if problem.errno == errno.ENOSPC else f"{problem.strerror}: {problem.filename}")
        code = 1
    finally:
        # From here on a second Ctrl-C must not leave anything behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if demo is not None:
            say("ending every process")
            demo.stop()
        (DEMO / "environment").unlink(missing_ok=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
