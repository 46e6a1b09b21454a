"""The tests' databases: a template, migrated as the owner; a copy a worker, and after each test that commits.

The application's role can neither truncate nor delete everywhere, and triggers refuse it for events even to
the owner: so nothing is flushed. A copy of the template costs some 40 milliseconds.
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
from django.db import connections
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

    def make_template(self) -> None:
        """Create and migrate the template as the owner, unless another worker of this run has."""
        with open(self._lock, "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if self._exists(self.template):
                return
            building = f"{self.prefix}_building"
            self._drop(building)
            self._create(building)
            self._use(building)
            call_command("migrate", verbosity=0, interactive=False)
            self._close()
            self._run("alter database {} rename to {}", building, self.template)

    def renew(self) -> None:
        """Go on in a fresh copy of the template."""
        self._close()
        if self.serial:
            self.left.append(self._name())
        self.serial += 1
        self._create(self._name(), self.template)
        self._use(self._name())
        self.left = [name for name in self.left if not self._try_to_drop(name)]

    def drop_all(self) -> None:
        """Drop what this process made. What somebody still holds is left to `sweep`."""
        self._close()
        for name in [*self.left, self._name()]:
            self._try_to_drop(name)

    def sweep(self) -> None:
        """At the end of the whole run: drop all its databases and its lock."""
        with self._home() as cursor:
            statement = "select datname from pg_database where starts_with(datname, %s)"
            cursor.execute(statement, [f"{self.prefix}_"])
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            self._try_to_drop(name)
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

    def _create(self, name: str, template: str = "template0") -> None:
        self._run("create database {} template {}", name, template)
        self._run("revoke all on database {} from public", name)
        self._run("grant connect on database {} to {}", name, settings.DATABASES["default"]["USER"])

    def _drop(self, name: str) -> None:
        self._run("drop database if exists {}", name)

    def _try_to_drop(self, name: str) -> bool:
        with contextlib.suppress(psycopg2.errors.ObjectInUse):
            self._drop(name)
            return True
        return False

    def _exists(self, name: str) -> bool:
        with self._home() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            return cursor.fetchone() is not None

    def _run(self, statement: str, *names: str) -> None:
        with self._home() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextlib.contextmanager
    def _home(self) -> Iterator[Any]:
        with contextlib.closing(connect("owner", HOME)) as connection, connection.cursor() as cursor:
            yield cursor


def environment(**more: str) -> dict[str, str]:
    """The environment for a process of the portal over the test's database: it never knows the owner."""
    found = os.environ | more
    found.pop("DATABASE_OWNER_URL", None)
    head, _, _ = found["DATABASE_URL"].rpartition("/")
    return found | {"DATABASE_URL": f"{head}/{connections.settings['default']['NAME']}"}
