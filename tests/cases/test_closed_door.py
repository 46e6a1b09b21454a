"""The default manager of the guarded models refuses to run in every way that Django offers."""

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.forms import ModelChoiceField
from django.shortcuts import get_object_or_404

from accounts.models import User
from agencies.models import Agency, State
from cases.access import ClosedDoor
from cases.grants import give_to_agency
from cases.models import Case, CaseItem
from mla.models import AssistanceRequest
from tests.factories import Line, agency, bare_case, person

pytestmark = pytest.mark.django_db

GUARDED = [Case, CaseItem, AssistanceRequest]


async def drain(rows: Any) -> list[Any]:
    """Read an asynchronous iterator to its end."""
    return [row async for row in rows]


# Each way takes a queryset that nobody opened.
WAYS: dict[str, Callable[[Any], Any]] = {
    "iterate": lambda closed: list(closed),
    "len": lambda closed: len(closed),
    "bool": lambda closed: bool(closed),
    "in": lambda closed: person() in closed,
    "repr": lambda closed: repr(closed),
    "index": lambda closed: closed[0],
    "slice": lambda closed: list(closed[:3]),
    "slice with a step": lambda closed: closed[:9:2],
    "get": lambda closed: closed.get(),
    "get by key": lambda closed: closed.get(pk="00000000-0000-4000-8000-000000000000"),
    "first": lambda closed: closed.first(),
    "last": lambda closed: closed.last(),
    "latest": lambda closed: closed.latest("created_at"),
    "earliest": lambda closed: closed.earliest("created_at"),
    "count": lambda closed: closed.count(),
    "exists": lambda closed: closed.exists(),
    "contains": lambda closed: closed.contains(closed.model()),
    "aggregate": lambda closed: closed.aggregate(Count("pk")),
    "values": lambda closed: list(closed.values("pk")),
    "values_list": lambda closed: list(closed.values_list("pk", flat=True)),
    "named": lambda closed: list(closed.values_list("pk", named=True)),
    "dates": lambda closed: list(closed.dates("created_at", "day")),
    "datetimes": lambda closed: list(closed.datetimes("created_at", "day")),
    "in_bulk": lambda closed: closed.in_bulk(),
    "iterator": lambda closed: next(closed.iterator()),
    "aiterator": lambda closed: asyncio.run(drain(closed.aiterator())),
    "async iterate": lambda closed: asyncio.run(drain(closed)),
    "update": lambda closed: closed.update(reference="x"),
    "delete": lambda closed: closed.delete(),
    "bulk_update": lambda closed: closed.bulk_update([closed.model(pk=person().pk)], ["reference"]),
    "get_or_create": lambda closed: closed.get_or_create(reference="x"),
    "update_or_create": lambda closed: closed.update_or_create(reference="x"),
    "explain": lambda closed: closed.explain(),
    "raw": lambda closed: list(closed.raw("select 1 as id")),
    "union": lambda closed: list(closed.union(closed)),
    "intersection": lambda closed: list(closed.intersection(closed)),
    "difference": lambda closed: list(closed.difference(closed)),
    "inside a filter": lambda closed: list(State.objects.filter(pk__in=closed.values("pk"))),
    "Subquery": lambda closed: list(State.objects.annotate(x=Subquery(closed.values("reference")[:1]))),
    "Subquery in a filter": lambda closed: list(State.objects.filter(pk__in=Subquery(closed.values("pk")))),
    "Exists": lambda closed: list(State.objects.filter(Exists(closed))),
    "Exists of the outer row": lambda closed: list(
        State.objects.annotate(x=Exists(closed.filter(reference=OuterRef("pk"))))
    ),
    "the query": lambda closed: list(State.objects.filter(pk__in=closed.values("pk").query)),
    "pickle": lambda closed: pickle.dumps(closed),
    "select_for_update": lambda closed: list(closed.select_for_update()),
    "get_object_or_404": lambda closed: get_object_or_404(closed, pk=person().pk),
    "form choices": lambda closed: list(ModelChoiceField(closed).choices),
    "form value": lambda closed: ModelChoiceField(closed).clean(str(person().pk)),
    "filter": lambda closed: list(closed.filter(pk__isnull=False).exclude(reference="").order_by("pk")),
    "defer": lambda closed: list(closed.defer("reference")),
    "none or all": lambda closed: list(closed.none() | closed),
}


@pytest.mark.parametrize("model", GUARDED)
@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_refused(model: Any, way: str) -> None:
    """Nothing is read, counted or changed unless the queryset came through a handle."""
    with pytest.raises(ClosedDoor):
        WAYS[way](model.objects.all())


OPENERS: dict[str, Callable[[Any, User], Any]] = {
    "visible_to": lambda model, user: model.objects.visible_to(user),
    "visible_among": lambda model, user: model.objects.visible_among(user),
    "unscoped": lambda model, user: model.objects.unscoped("a test"),
}
COMBINED: dict[str, Callable[[Any, Any], Any]] = {
    "or": lambda opened, closed: list(opened | closed),
    "or, turned": lambda opened, closed: list(closed | opened),
    "and": lambda opened, closed: list(opened & closed),
    "and, turned": lambda opened, closed: list(closed & opened),
    "xor": lambda opened, closed: list(opened ^ closed),
    "union": lambda opened, closed: list(opened.union(closed)),
    "none or all": lambda opened, closed: list(opened.none() | closed),
}


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("combined", COMBINED)
def test_an_open_one_opens_no_other(opener: str, combined: str) -> None:
    """A queryset that came through the door does not carry a closed one with it."""
    user = person()
    bare_case(agency("KG-MIA"))
    with pytest.raises(ClosedDoor):
        COMBINED[combined](OPENERS[opener](Case, user), Case.objects.filter(Q()))


def test_combining_two_open_ones_filters_both() -> None:
    """What both handles gave may be combined, and shows no more than they."""
    user = person(agency("KG-MIA"), "officer")
    mine, _other = bare_case(agency("KG-MIA")), bare_case(agency("KG-MIA"))
    give_to_agency([mine], agency("KG-MIA"), "ownership")
    seen = Case.objects.visible_to(user)
    assert list(seen | seen.filter(title="none such")) == [mine]
    assert list(seen & seen.exclude(title="none such")) == [mine]


def test_related_managers_are_closed(line: Line) -> None:
    """What hangs on a case by a foreign key is as closed as the model itself."""
    for manager in (line.case.items, line.case.requests):
        with pytest.raises(ClosedDoor):
            list(manager.all())
        with pytest.raises(ClosedDoor):
            manager.count()
        with pytest.raises(ClosedDoor):
            manager.update(reference="x")


def test_prefetch_is_closed(line: Line) -> None:
    """Prefetching closed rows with open ones is refused."""
    with pytest.raises(ClosedDoor):
        list(Case.objects.unscoped("a test").prefetch_related("requests"))


def test_an_opened_one_still_filters(line: Line) -> None:
    """What legitimate code does with an opened queryset works: excludes, subqueries, counts, locks."""
    opened = Case.objects.visible_to(line.world.drafter)
    assert list(opened.exclude(requests__title="none such").filter(requests__state="draft")) == [line.case]
    assert list(opened.exclude(requests__state="draft")) == []
    assert opened.filter(pk__in=opened.values("pk")).count() == 1
    assert opened.aggregate(n=Count("pk")) == {"n": 1}
    assert opened.annotate(n=Count("requests")).get().n == 1
    assert list(Agency.objects.filter(Exists(opened.filter(owner=OuterRef("pk"))))) == [line.case.owner]
    assert opened.select_for_update(of=("self",)).get(pk=line.case.pk) == line.case
    assert list(opened.only("pk").iterator()) == [line.case]
    assert opened.update(title="Changed") == 1
    assert asyncio.run(drain_none(opened)) == []


async def drain_none(opened: Any) -> list[Any]:
    """The asynchronous way of an opened queryset that is known to be empty."""
    return [row async for row in opened.none()]


def test_unscoped_wants_a_reason() -> None:
    """Who opens without asking who looks says why."""
    with pytest.raises(ValueError, match="reason"):
        Case.objects.unscoped("")
