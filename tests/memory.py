"""What most tests begin with is done once and remembered: later the rows that it made are put back at once.

A world takes 60 milliseconds and each step of a request 40; to put back the rows of all twelve steps takes two.
Only a test whose transaction is rolled back remembers, and only as long as nothing else was written in it, under
the true clock: else everything is done as it is told.
"""

import contextlib
import pickle
from collections.abc import Callable, Hashable, Iterator
from functools import cache, wraps
from typing import Any

import time_machine
from django.db import connection
from django.utils.translation import get_language
from psycopg2 import sql

# Each table's rows by their keys, each value as PostgreSQL writes it.
Rows = dict[str, dict[tuple[str, ...], tuple[str | None, ...]]]
READING = ("SELECT", "SAVEPOINT", "RELEASE", "SET", "SHOW", "EXPLAIN")
# Who has signed in changes nothing of what happens next.
SIGNING_IN = ('INSERT INTO "accounts_session"', 'UPDATE "accounts_user" SET "last_login"')
COLUMNS = """
    select c.relname, json_agg(a.attname order by a.attnum),
           json_agg(a.attname order by a.attnum) filter (where a.attnum = any (i.indkey))
    from pg_class c
    join pg_index i on i.indrelid = c.oid and i.indisprimary
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    group by c.relname order by c.relname
"""


class Memory:
    """What was done in this process, by everything that was done before it in the same test."""

    def __init__(self) -> None:
        self.known: dict[tuple[Hashable, ...], tuple[str, bytes]] = {}
        self.done: tuple[Hashable, ...] | None = None

    @contextlib.contextmanager
    def awake(self) -> Iterator[None]:
        """During one test, which begins with the tables as migrations left them."""
        self.done = ()
        with connection.execute_wrapper(self._notice):
            yield
        self.done = None

    def recall(self, what: Hashable, act: Callable[[], Any]) -> Any:
        """Do it, or put back what it did when it was done last; what it returned is returned, as a copy."""
        if self.done is None or not connection.in_atomic_block or time_machine.escape_hatch.is_travelling():
            return act()
        key = (*self.done, get_language(), what)
        self.done = None
        if key in self.known:
            statements, result = self.known[key]
            with connection.cursor() as cursor:
                cursor.execute(statements or "select")
        else:
            before = all_rows()
            result = pickle.dumps(act())
            self.known[key] = between(before, all_rows()), result
        self.done = key
        return pickle.loads(result)

    def _notice(self, execute: Callable[..., Any], statement: str, *more: Any) -> Any:
        """Something else was written: what was remembered would not fit."""
        if not str(statement).lstrip().startswith(READING + SIGNING_IN):
            self.done = None
        return execute(statement, *more)


memory = Memory()


def remembered(init: Callable[..., None]) -> Callable[..., None]:
    """A constructor that is remembered: what it made of the object is put back, as the rows are."""

    @wraps(init)
    def wrapped(self: Any, *given: Any, **named: Any) -> None:
        def make() -> dict[str, Any]:
            init(self, *given, **named)
            return vars(self)

        what = (type(self), *map(_key, given), *((name, _key(named[name])) for name in sorted(named)))
        vars(self).update(memory.recall(what, make))

    return wrapped


def _key(value: Any) -> Hashable:
    """A row by its key, all else by how it is written."""
    return getattr(value, "pk", None) or repr(value)


@cache
def columns() -> dict[str, tuple[list[str], list[str]]]:
    """Each table's columns, but not those that PostgreSQL fills; and those of its key."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return {name: (every, key) for name, every, key in cursor.fetchall()}


def all_rows() -> Rows:
    """All that the tests' database holds, as this connection sees it."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for name, (every, key) in columns().items():
            parts = [sql.SQL("{}::text").format(sql.Identifier(column)) for column in every]
            cursor.execute(sql.SQL("select {} from {}").format(sql.SQL(", ").join(parts), sql.Identifier(name)))
            places = [every.index(column) for column in key]
            found[name] = {tuple(row[place] for place in places): row for row in cursor.fetchall()}
    return found


def between(before: Rows, after: Rows) -> str:
    """The statements that make the one of the other."""
    said = []
    for name, (every, key) in columns().items():
        table = sql.Identifier(name)
        old, new = before[name], after[name]
        said += [sql.SQL("delete from {} where {}").format(table, where(key, row)) for row in old.keys() - new.keys()]
        for row in old.keys() & new.keys():
            changed = [(c, v) for c, v, was in zip(every, new[row], old[row], strict=True) if v != was]
            if changed:
                said.append(sql.SQL("update {} set {} where {}").format(table, given(changed), where(key, row)))
        rows = [sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, new[row]))) for row in new if row not in old]
        if rows:
            names = sql.SQL(", ").join(map(sql.Identifier, every))
            said.append(sql.SQL("insert into {} ({}) values {}").format(table, names, sql.SQL(", ").join(rows)))
    with connection.cursor() as cursor:
        return ";\n".join(one.as_string(cursor.cursor) for one in said)


def where(key: list[str], row: tuple[str, ...]) -> sql.Composed:
    """Which row it is."""
    pairs = zip(key, row, strict=True)
    return sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(c), sql.Literal(v)) for c, v in pairs)


def given(changed: list[tuple[str, Any]]) -> sql.Composed:
    """What to set."""
    return sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(c), sql.Literal(v)) for c, v in changed)
