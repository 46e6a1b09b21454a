"""The tests' databases: a template, migrated as the owner, and a copy of it for each worker.

The application's role can neither truncate nor delete everywhere, so Django's own flush would fail. After a
test that commits the owner empties the copy: some 20 milliseconds, where a new one takes 100 to 600. A copy
that has grown, or lost what migrations put into it, or is still held by somebody, is left for a new one.
"""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connections
from psycopg2 import sql

ALIASES = ("default", "owner")
# The project's own database, read before the aliases point elsewhere: from there the owner makes the others.
HOME = settings.DATABASES.get("owner", {}).get("NAME", "")


def connect(alias: str, name: str | None = None) -> Any:
    """A connection of its own, past Django, that commits each statement; default: to the test's database."""
    given = connections.settings[alias]
    connection = psycopg2.connect(
        dbname=name or given["NAME"],
        user=given["USER"],
        password=given["PASSWORD"],
        host=given["HOST"] or None,
        port=given["PORT"] or None,
    )
    connection.autocommit = True
    return connection


class Databases:
    """The databases of one pytest process."""

    def __init__(self, run: str, worker: str) -> None:
        self.prefix = f"test_{HOME}_{run}"
        self.template = f"{self.prefix}_template"
        self.worker = worker
        self.serial = 0
        self.left: list[str] = []
        self.sweeper: Sweeper | None = None

    def make_template(self) -> None:
        """Create and migrate the template as the owner, unless another worker of this run has."""
        with open(self._lock, "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with self._home() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", [self.template])
                if cursor.fetchone():
                    return
                building = f"{self.prefix}_building"
                self._run(cursor, "drop database if exists {}", building)
                self._create(cursor, building, "template0")
                self._use(building)
                call_command("migrate", verbosity=0, interactive=False)
                self._close()
                self._run(cursor, "alter database {} rename to {}", building, self.template)

    def renew(self) -> None:
        """Go on in a database that is as the migrations left it."""
        if self.sweeper is None or not self.sweeper.sweep():
            self.copy()

    def copy(self) -> None:
        """Go on in a new copy, of which no page was ever written: how large a table is decides its plans."""
        if self.sweeper:
            self.sweeper.close()
        self._close()
        if self.serial:
            self.left.append(self._name())
        self.serial += 1
        with self._home() as cursor:
            self._create(cursor, self._name(), self.template)
            self.left = [name for name in self.left if not self._try_to_drop(cursor, name)]
        self._use(self._name())
        self.sweeper = Sweeper(self.serial)

    def drop_all(self) -> None:
        """Drop what this process made. What somebody still holds is left to `sweep`."""
        if self.sweeper:
            self.sweeper.close()
        self._close()
        with self._home() as cursor:
            for name in [*self.left, self._name()]:
                self._try_to_drop(cursor, name)

    def sweep(self) -> None:
        """At the end of the whole run: drop all its databases and its lock."""
        with self._home() as cursor:
            statement = "select datname from pg_database where starts_with(datname, %s)"
            cursor.execute(statement, [f"{self.prefix}_"])
            for (name,) in cursor.fetchall():
                self._try_to_drop(cursor, name)
        self._lock.unlink(missing_ok=True)

    @property
    def _lock(self) -> Path:
        return Path(tempfile.gettempdir()) / f"{self.prefix}.lock"

    def _name(self) -> str:
        return f"{self.prefix}_{self.worker}_{self.serial}"

    def _use(self, name: str) -> None:
        """Point both aliases, and what starts later with `environment`, at a database."""
        for alias in ALIASES:
            connections.settings[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name

    def _close(self) -> None:
        for alias in ALIASES:
            connections[alias].close()

    def _create(self, cursor: Any, name: str, template: str) -> None:
        # Copied file by file, which takes half the time of a copy through the log.
        self._run(cursor, "create database {} template {} strategy file_copy", name, template)
        self._run(cursor, "revoke all on database {} from public", name)
        self._run(cursor, "grant connect on database {} to {}", name, settings.DATABASES["default"]["USER"])

    def _try_to_drop(self, cursor: Any, name: str) -> bool:
        with contextlib.suppress(psycopg2.errors.ObjectInUse):
            self._run(cursor, "drop database if exists {}", name)
            return True
        return False

    def _run(self, cursor: Any, statement: str, *names: str) -> None:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextlib.contextmanager
    def _home(self) -> Iterator[Any]:
        with contextlib.closing(connect("owner", HOME)) as connection, connection.cursor() as cursor:
            yield cursor


class Sweeper:
    """Empties the database in use, as the owner, of all that tests have committed."""

    GROWTH = 4 * 1024 * 1024
    TABLES = """
        select format('%I', relname) from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname
    """
    GUARDS = "select distinct tgrelid::regclass::text from pg_trigger where not tgisinternal"
    SIZE = "select pg_database_size(current_database())"
    # What a test may have changed as the owner beside rows: tables, columns, rights, constraints, triggers, functions.
    SHAPE = """
        (select md5(string_agg(it::text, '|' order by it::text)) from (
            select row(relname, relkind, relacl, reloptions) from pg_class where relnamespace = 'public'::regnamespace
            union all select row(attrelid, attname, atttypid, attnotnull, attacl) from pg_attribute
                join pg_class on pg_class.oid = attrelid and relnamespace = 'public'::regnamespace and relkind = 'r'
            union all select row(oid, convalidated) from pg_constraint
            union all select row(oid, tgenabled) from pg_trigger where not tgisinternal
            union all select row(oid, md5(prosrc), proacl) from pg_proc where pronamespace = 'public'::regnamespace
        ) of_all (it))
    """
    NUMBERS = """
        select setval(oid::regclass, %s) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
    """
    ELSE = """
        select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
    """

    def __init__(self, number: int) -> None:
        self.connection = connect("owner")
        self.cursor = self.connection.cursor()
        self.cursor.execute("set lock_timeout = '2s'")
        self.cursor.execute(self.TABLES)
        tables = [name for (name,) in self.cursor.fetchall()]
        kept = [name for name in tables if self._ask(f"select exists (select from {name})")]
        others = [name for name in tables if name not in kept]
        self.cursor.execute(self.GUARDS)
        guarded = [name for (name,) in self.cursor.fetchall()]
        # Foreign keys are looked at when all is done; what may never be deleted has its guard sent away meanwhile.
        self.empty = "\n".join(
            [
                *(f"alter table {name} disable trigger user;" for name in guarded),
                "do $$ begin",
                *(f"if exists (select from {name}) then delete from {name}; end if;" for name in others),
                "end $$;",
                "set constraints all immediate;",
                *(f"alter table {name} enable trigger user;" for name in guarded),
            ]
        )
        rows = "(select coalesce(md5(string_agg(it::text, '|' order by it::text)), '-') from {} it)"
        self.kept = f"select {self.SHAPE} || " + " || ".join(rows.format(name) for name in kept)
        # A number given in one copy is given in no other: what tests remember (tests/memory.py) never collides.
        self.cursor.execute(self.NUMBERS, [number * 1_000_000])
        self.as_migrated, self.size = self._ask(self.kept), self._ask(self.SIZE)

    def sweep(self) -> bool:
        """Empty it; False when that cannot be done, or would not do."""
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute(self.ELSE)
                cursor.execute("discard all")
            self.cursor.execute(self.empty)
            grown = self._ask(self.SIZE) - self.size
            return bool(grown < self.GROWTH and self._ask(self.kept) == self.as_migrated)
        except (psycopg2.Error, Error):
            return False

    def close(self) -> None:
        self.connection.close()

    def _ask(self, question: str) -> Any:
        self.cursor.execute(question)
        return self.cursor.fetchone()[0]


def environment(**more: str) -> dict[str, str]:
    """The environment for a process of the portal over the test's database: it never knows the owner."""
    found = os.environ | more
    found.pop("DATABASE_OWNER_URL", None)
    head, _, _ = found["DATABASE_URL"].rpartition("/")
    return found | {"DATABASE_URL": f"{head}/{connections.settings['default']['NAME']}"}
