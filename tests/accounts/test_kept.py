"""A kept question answers as its queryset does, whatever values it is given."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import CharField, DateTimeField, UUIDField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.kept import Kept
from agencies.models import Agency, RoleAssignment
from mla.models import AssistanceRequest
from tests.factories import Line, World

ROLES = Kept(
    lambda person, now: (
        RoleAssignment.objects.filter(membership__user_id=person)
        .current(now)
        .select_related("membership__agency__state")
        .order_by("role")
    ),
    person=UUIDField(),
    now=DateTimeField(),
)
NAMES = Kept(
    lambda code: Agency.objects.filter(code=code).values_list("code", "state__zone")[:1],
    code=CharField(),
)
SEEN = Kept(
    lambda person, now, pk: (
        AssistanceRequest.objects.visible_to(person, now=now).filter(pk=pk).prefetch_related("measures")
    ),
    person=UUIDField(),
    now=DateTimeField(),
    pk=UUIDField(),
)


@pytest.mark.django_db
def test_each_time_for_what_is_given(world: World) -> None:
    """Objects and what is joined to them, of each person, at each moment; in one question."""
    now = timezone.now()
    for user in (world.drafter, world.receiver, world.drafter):
        with CaptureQueriesContext(connection) as asked:
            found = ROLES(person=user.pk, now=now)
            told = [(row.role, row.membership.agency.state.code) for row in found]
        assert len(asked) == 1 and told
        rows = RoleAssignment.objects.held_by(user).current(now).order_by("role")
        assert found == list(rows) and told == [(row.role, row.membership.agency.state.code) for row in rows]
    assert ROLES(person=world.drafter.pk, now=now - timedelta(days=9999)) == []
    assert ROLES(person=uuid.uuid4(), now=now) == [] == ROLES(person=None, now=now)


@pytest.mark.django_db
def test_rows_that_are_no_objects(world: World) -> None:
    """And a value that looks like SQL is a value."""
    assert NAMES(code="UZ-GPO") == [("UZ-GPO", "Asia/Tashkent")]
    assert NAMES(code="' or true --") == [] == NAMES(code="%s")


@pytest.mark.django_db
def test_the_door_is_asked_anew(world: World, line: Line) -> None:
    """Who sees the request is decided when it is asked for."""
    now = timezone.now()
    (found,) = SEEN(person=world.drafter.pk, now=now, pk=line.pk)
    with CaptureQueriesContext(connection) as asked:
        assert found == line.request and [measure.number for measure in found.measures.all()]
    assert len(asked) == 1, "the measures were read beside it"
    assert SEEN(person=world.receiver.pk, now=now, pk=line.pk) == []
    line.walk_to("transmitted")
    assert SEEN(person=world.receiver.pk, now=timezone.now(), pk=line.pk) == [line.request]
    assert SEEN(person=world.drafter.pk, now=now, pk=uuid.uuid4()) == []


@pytest.mark.django_db
def test_a_value_that_is_missing(world: World) -> None:
    """Is a mistake of the code, and said so before anything is asked."""
    with CaptureQueriesContext(connection) as asked, pytest.raises(KeyError):
        SEEN(person=world.drafter.pk, pk=uuid.uuid4())
    assert not asked.captured_queries


@pytest.mark.django_db(transaction=True)
def test_several_threads() -> None:
    """Each asks over its own connection, with its own values."""
    world = World()
    codes = ["UZ-GPO", "KG-GPO", "KG-MIA", "UZ-MIA"] * 5
    found: dict[int, list[tuple[str, str]]] = {}

    def ask(number: int) -> None:
        try:
            for _ in range(20):
                found[number] = NAMES(code=codes[number])
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(codes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert world and [found[number][0][0] for number in range(len(codes))] == codes
