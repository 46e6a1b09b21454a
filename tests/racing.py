"""Two connections at the same moment: both acts wait at one lock, and are let go together."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import connections

from accounts.refusals import Refused
from tests.databases import connect
from tests.servers import wait_for

WAITING = """
    select count(*) from pg_stat_activity
     where datname = current_database() and usename = current_user and wait_event_type = 'Lock'
"""


class Act(threading.Thread):
    """One act in a thread and on a connection of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.act, self.value, self.error = act, None, None

    def run(self) -> None:
        """Keep what it returned, or what it raised."""
        try:
            self.value = self.act()
        except Exception as problem:  # handed to the test, which looks at it
            self.error = problem
        finally:
            connections.close_all()


@contextmanager
def held(statement: str, *params: Any) -> Iterator[Callable[[int], None]]:
    """Hold what a statement locks; call the result to wait until so many others wait for a lock."""
    with closing(connect("default")) as holder, closing(connect("default")) as watcher:
        holder.autocommit = False
        holder.cursor().execute(statement, params)

        def wait(number: int) -> None:
            with watcher.cursor() as cursor:
                wait_for(lambda: waiting(cursor, number))

        yield wait
        holder.commit()


class Between:
    """Run an act, on a connection of its own, before the n-th statement with a word; know whether it was reached.

    An act that waits for what the statements have locked comes after them; `finish` waits for it.
    """

    def __init__(self, number: int, act: Callable[[], Any], word: str = "cases_") -> None:
        self.left, self.helper, self.word, self.done = number, Act(act), word, False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's hook around each statement."""
        self.left -= self.word in sql
        if self.left == 0 and not self.done:
            self.done = True
            self.helper.start()
            with closing(connect("default")) as watcher, watcher.cursor() as cursor:
                wait_for(lambda: not self.helper.is_alive() or waiting(cursor))
        return execute(sql, params, many, context)

    def finish(self) -> None:
        """After the statements: the act is done, one way or the other."""
        if self.done:
            self.helper.join(30)
            assert not self.helper.is_alive() and self.helper.error is None, self.helper.error


def waiting(cursor: Any, least: int = 1) -> bool:
    """Whether so many of this database's connections wait for a lock."""
    cursor.execute(WAITING)
    return bool(cursor.fetchone()[0] >= least)


def race(lock: tuple[Any, ...], *acts: Callable[[], Any]) -> list[Act]:
    """Start the acts, each after the one before it waits at the lock; let go; return them finished.

    PostgreSQL serves those who wait for one row in their order, so the first act is the first served.
    """
    with held(*lock) as wait:
        running = []
        for act in acts:
            running.append(Act(act))
            running[-1].start()
            wait(len(running))
    for one in running:
        one.join(30)
        assert not one.is_alive()
    return running


def winner(*acts: Act) -> Act:
    """The only act that succeeded; the others were refused, and with nothing else."""
    won = [one for one in acts if one.error is None]
    assert len(won) == 1, [one.error for one in acts]
    assert all(isinstance(one.error, Refused) for one in acts if one is not won[0]), [one.error for one in acts]
    return won[0]
