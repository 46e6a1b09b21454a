"""A place where a portal's data lie, a database and a folder; commands run there as an operator runs them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections
from psycopg2 import sql

from tests.databases import HOME, connect

ROOT = Path(__file__).resolve().parents[2]
# Everything that makes a database what it is, beside the rows: columns, constraints, indexes, triggers, functions, what
# the application's role may do, where sequences stand. Sorted, and without ids that each database gives anew.
SHAPE = """
    select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
           || ' ' || coalesce(column_default, '') || coalesce(generation_expression, '')
      from information_schema.columns where table_schema = 'public'
    union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
    union all select pg_get_functiondef(pg_proc.oid) from pg_proc
      join pg_language on pg_language.oid = prolang and lanname <> 'c' where pronamespace = 'public'::regnamespace
    union all select 'extension ' || extname || extversion from pg_extension
    union all select 'owner ' || relname || ' ' || relowner::regrole from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')
    union all select 'right ' || table_name || ' ' || grantee || ' ' || privilege_type
      from information_schema.role_table_grants where table_schema = 'public'
    union all select 'sequence ' || sequencename || ' ' || coalesce(last_value::text, '-') from pg_sequences
"""
# PostgreSQL writes the same condition with its casts elsewhere once it has read its own writing.
CASTS = re.compile(r"::(character varying|text)(\[\])?|[()]")
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
ROWS = "select it::text from {} it order by 1"


@dataclass
class Place:
    """A database and a folder of files."""

    database: str
    files: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a command of the portal needs to run here."""
        moved = {
            name: f"{os.environ[name].rpartition('/')[0]}/{self.database}"
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        return os.environ | moved | {"FILES_ROOT": str(self.files)}

    def run(self, *arguments: str) -> None:
        """Run Python here, as the application. Fails when it does."""
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "exchange.settings"}
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def manage(self, *arguments: object, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a management command here; `prefix` is a program that runs it."""
        argv = [*prefix, sys.executable, "manage.py", *map(str, arguments)]
        return subprocess.run(argv, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def told(self, *arguments: object) -> Any:
        """What a command says with --json. Fails unless it ends well."""
        done = self.manage(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def owner(self) -> Iterator[Any]:
        """A cursor of the owner's; each statement commits."""
        with closing(connect("owner", self.database)) as connection, connection.cursor() as cursor:
            yield cursor

    def shape(self) -> list[str]:
        """All that makes the database what it is, beside the rows."""
        with self.owner() as cursor:
            cursor.execute(SHAPE)
            return sorted(CASTS.sub("", row) for (row,) in cursor.fetchall())

    def rows(self) -> dict[str, list[str]]:
        """Each row of each table, as text."""
        with self.owner() as cursor:
            cursor.execute(TABLES)
            found = {}
            for (name,) in cursor.fetchall():
                cursor.execute(sql.SQL(ROWS).format(sql.Identifier(name)))
                found[name] = [row for (row,) in cursor.fetchall()]
            return found

    def contents(self) -> dict[str, bytes]:
        """Each file."""
        return {str(one.relative_to(self.files)): one.read_bytes() for one in self.files.rglob("*") if one.is_file()}


@contextmanager
def place(name: str, files: Path, template: str = "template0") -> Iterator[Place]:
    """A new place whose database is a copy of another; gone afterwards."""
    application = connections.settings["default"]["USER"]
    with closing(connect("owner", HOME)) as owner, owner.cursor() as cursor:
        named = sql.Identifier(name)
        cursor.execute(sql.SQL("create database {} template {}").format(named, sql.Identifier(template)))
        # As `manage.py database_roles` leaves it.
        cursor.execute(sql.SQL("revoke all on database {} from public").format(named))
        cursor.execute(sql.SQL("grant connect on database {} to {}").format(named, sql.Identifier(application)))
        try:
            yield Place(name, files)
        finally:
            cursor.execute(sql.SQL("drop database {} with (force)").format(named))
