"""Newest pages walk their indexes, however many records there are: read from the plan, without a clock.

How one record is found depends on how large the tables are, which `make bench` makes large and judges.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from accounts.models import User
from agencies.models import Agency, Role
from agencies.standing import standing_of
from benchmarks.filling import KINDS, Kind
from cases.access import Cursor
from cases.grants import give_to_agency, give_to_person
from cases.models import GrantSource
from mla.models import AssistanceRequest, RegisterNumber
from mla.models.request import IS_OPEN
from mla.receipts import waiting
from mla.register import LAST, lines_of, narrowed, newest_of
from mla.waiting import at
from mla.workflow import Body
from tests.cases.test_access import MAKERS
from tests.databases import Databases
from tests.factories import Line, World, agency, paper, person

pytestmark = pytest.mark.django_db

ROWS = 60
# What a table of records must never be read by, whole.
SCANS = {"Seq Scan", "Bitmap Heap Scan"}


@pytest.fixture(scope="module", autouse=True)
def new_database(django_db_setup: Databases, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables that other tests have filled and emptied again are large, and planned for as such."""
    with django_db_blocker.unblock():
        django_db_setup.copy()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each of the three guarded models."""
    return request.param


@pytest.fixture
def reader(kind: Kind) -> User:
    """An officer whose agency sees every second record, and who is named in one of the others."""
    user = person(agency("UZ-MIA"), Role.OFFICER)
    owner: Agency = agency("KG-MIA")
    records = [MAKERS[kind.name](owner) for _ in range(ROWS)]
    give_to_agency(records[::2], agency("UZ-MIA"), GrantSource.SHARE)
    give_to_person(records[1:2], user, agency("UZ-MIA"), GrantSource.NAMED)
    return user


# The part of a next page's plan that looks up one row: where the page before ended.
LOOK_UP = "CTE last"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def parts(plan: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The nodes of a plan, and apart from them those that look up where the page goes on."""
    look_up = [node for node in nodes(plan) if node.get("Subplan Name") == LOOK_UP]
    inside = [node for one in look_up for node in nodes(one)]
    return [node for node in nodes(plan) if node not in inside], inside


def plan_of(captured: CaptureQueriesContext) -> dict[str, Any]:
    """The one statement's plan, as it is where tables are so large that scanning them never pays."""
    (statement,) = captured.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")
        cursor.execute("set local enable_sort = off")
        # Nor does reading a whole index, in any order, to join with it.
        cursor.execute("set local enable_hashjoin = off")
        cursor.execute("set local enable_mergejoin = off")
        cursor.execute("explain (format json) " + statement["sql"])
        (found,) = cursor.fetchone()
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def by_index(plan: list[dict[str, Any]], table: str) -> set[str]:
    """The indexes by which a table is read; it must be read by nothing else."""
    reads = [node for node in plan if node.get("Relation Name") == table]
    assert reads
    assert not SCANS & {node["Node Type"] for node in reads}
    return {node["Index Name"] for node in reads}


@pytest.mark.parametrize("later", [False, True], ids=["first page", "next page"])
def test_the_newest_page_walks_the_grant_index(kind: Kind, reader: User, later: bool) -> None:
    """One statement; the grants come from their index in order, the records by their keys."""
    model = apps.get_model(kind.label)
    after = None
    if later:
        last = model.objects.newest_visible(reader, limit=5)[-1]
        after = Cursor(last.pk)
    with CaptureQueriesContext(connection) as captured:
        assert model.objects.newest_visible(reader, after=after)
    plan, look_up = parts(plan_of(captured))
    name = kind.grants.replace("_", " ").split()[1].format("group").removesuffix("groupgrant")
    assert by_index(plan, kind.grants.format("group")) == {f"{name}groupgrant_newest"}
    assert by_index(plan, kind.grants.format("person")) == {f"{name}persongrant_newest"}
    assert by_index(plan, kind.table) == {f"{kind.table}_pkey"}
    walks = [node["Index Cond"] for node in plan if node.get("Index Name", "").endswith("grant_newest")]
    assert [("ROW(sort_at" in condition) for condition in walks] == [later, later], "it begins where the page ended"
    assert bool(look_up) == later
    assert not SCANS & {node["Node Type"] for node in look_up}


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "number_newest"),
        ({"direction": "outgoing"}, "number_newest_of_one_way"),
        ({"kind": "paper"}, "number_newest_on_paper"),
    ],
)
def test_the_register_walks_the_journals_index(world: World, query: dict[str, str], index: str) -> None:
    """The newest lines in the order of their index; for each, its request by key and the grants of that request."""
    at = world.bodies[Body.SENDING]
    for number in range(20):
        paper(world.sender, at, direction=["incoming", "outgoing"][number % 2])
    Line(world).walk_to("transmitted")
    journals = lines_of(standing_of(world.sender), query)
    with CaptureQueriesContext(connection) as captured:
        assert newest_of(journals, 5, (date.max, LAST))
    plan = list(nodes(plan_of(captured)))
    assert by_index(plan, "mla_registernumber") == {index}
    # On paper there is nothing to be granted.
    granted = {node.get("Index Name") for node in plan if node.get("Relation Name") == "mla_requestgroupgrant"}
    assert (granted == set()) == ("kind" in query) and None not in granted, "by an index, never whole"


def test_a_number_is_looked_for_by_its_index(world: World) -> None:
    """Any part of any number: by trigrams."""
    paper(world.sender, world.bodies[Body.SENDING], number="14/3-218")
    looked_for = narrowed(RegisterNumber.objects.all(), {"q": "3 – 21"})
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_indexscan = off")
        assert "number_search" in looked_for.explain()
    assert looked_for.count() == 1


def test_what_waits_has_an_index_of_its_own(world: World) -> None:
    """Of all that an authority ever received, only what is not acknowledged yet is walked."""
    Line(world).walk_to("transmitted")
    standing = standing_of(world.receiver)
    with CaptureQueriesContext(connection) as captured:
        assert list(waiting(standing)[:50])
    plan = list(nodes(plan_of(captured)))
    assert by_index(plan, "mla_assistancerequest") == {"request_to_acknowledge"}


def test_a_desk_walks_the_open_requests_of_its_body(world: World) -> None:
    """What waits for others, in the order of its index: only what is open and shown, of all that was ever sent."""
    Line(world).walk_to("transmitted")
    visible = AssistanceRequest.objects.visible_among(world.sender)
    for body, index in ((Body.SENDING, "request_open_sending"), (Body.DRAFTING, "request_open_drafting")):
        here = visible.filter(IS_OPEN, at(body, [world.bodies[body].pk]))
        rows = here.order_by(F("deadline").asc(nulls_last=True), "requesting_moved_at", "pk")
        with CaptureQueriesContext(connection) as captured:
            list(rows[:5])
        plan = plan_of(captured)
        assert by_index(list(nodes(plan)), "mla_assistancerequest") == {index}
        assert "Sort" not in {node["Node Type"] for node in nodes(plan)}
