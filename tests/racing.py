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
            def there() -> bool:
                with watcher.cursor() as cursor:
                    cursor.execute(WAITING)
                    return bool(cursor.fetchone()[0] >= number)

            wait_for(there)

        yield wait
        holder.commit()


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
