"""`visible_to` can be locked: the row waits for whoever holds it."""

import pytest
from django.db import connection, transaction

from cases.models import Case
from tests.databases import connect
from tests.factories import Line
from tests.racing import Act, held

pytestmark = pytest.mark.django_db(transaction=True)


def test_for_update_really_locks(line: Line) -> None:
    """While a service holds a row that it got through the door, nobody else gets it; others are free."""
    other = Line(line.world)
    with transaction.atomic():
        Case.objects.visible_to(line.world.drafter).select_for_update(of=("self",)).get(pk=line.case.pk)
        rival = connect("default")
        with rival.cursor() as cursor:
            cursor.execute("select id from cases_case for update skip locked")
            free = {pk for (pk,) in cursor.fetchall()}
        rival.close()
    assert {str(pk) for pk in free} == {str(other.case.pk)}


def test_it_waits_for_a_holder(line: Line) -> None:
    """A second one through the door waits, and reads what the first wrote."""
    title = "update cases_case set title = 'Changed while held' where id = %s"

    def lock() -> str:
        with transaction.atomic():
            rows = Case.objects.visible_to(line.world.drafter).select_for_update(of=("self",))
            return str(rows.get(pk=line.case.pk).title)

    with held(title, str(line.case.pk)) as wait:
        act = Act(lock)
        act.start()
        wait(1)
    act.join(10)
    assert (act.value, act.error) == ("Changed while held", None)


def test_the_lock_is_in_the_statement(line: Line) -> None:
    """Not taken by accident: the SQL says FOR UPDATE."""
    with transaction.atomic():
        rows = Case.objects.visible_to(line.world.drafter).select_for_update(of=("self",))
        assert "FOR UPDATE" in str(rows.query)
    assert connection.vendor == "postgresql"
