"""The questions that are timed, and the clock: every question once a round, in a new order each time."""

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.test import Client
from guardian.shortcuts import get_objects_for_user

from accounts.models import DeskView, User
from benchmarks.doorless import no_door
from benchmarks.filling import KINDS, SEES, Kind
from cases.access import PAGE
from mla.querysets import JournalQuerySet

NEWEST = ("-created_at", "-id")
PAGES = {"list of cases": "/cases/", "list of requests": "/requests/"}
FILTERED = {
    "drafts, newest": "/requests/?state=draft",
    "drafts, ours, due first": "/requests/?state=draft&turn=ours&sort=due",
    "cases, oldest": "/cases/?access=agency&sort=oldest",
}
SEARCHED = {
    "search, a rare name": ("requests", "Касымов Руслан"),
    "search, a common word": ("requests", "smuggling"),
    "search, one in seven": ("requests", "автомобиль"),
    "search, nowhere": ("requests", "Nobody of that name"),
    "search of cases, a rare name": ("cases", "Касымов Руслан"),
}
# The register as it opens, one number in it that stands in no other, and what a part of a number finds.
REGISTER = {"register": "", "register, one number": "q=14/3-{}", "register, part of a number": "q=14/3"}


@dataclass(slots=True)
class Question:
    """One thing to time, in one database."""

    name: str
    cases: int
    ask: Callable[[], Any]
    # Asked in every round, or in one of so many.
    every: int = 1
    # What it is measured against, in the same database, and how often slower it may be.
    floor: str = ""
    wanted: float | None = None
    # How often slower it may be than in the smallest database.
    growth: float | None = None
    times: list[float] = field(default_factory=list)

    @property
    def ms(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.times) * 1000

    @property
    def least_ms(self) -> float:
        """The fastest, in milliseconds: what is left when the machine does nothing else."""
        return min(self.times) * 1000


@dataclass(frozen=True, slots=True)
class Place:
    """One filled database: how many cases, its connection as the application's role, and who asks."""

    cases: int
    connection: Any
    people: dict[str, User]

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Everything that the product reads, it reads here."""
        before = connections["default"]
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = before


def questions(place: Place) -> Iterator[Question]:
    """All questions to one database."""
    for kind in KINDS:
        yield from newest(place, kind)
        yield from one_record(place, kind)
    yield from whole_pages(place)
    yield from filtered_pages(place)


def newest(place: Place, kind: Kind) -> Iterator[Question]:
    """A page of the newest: without a door, through the door, and as guardian answers."""
    model = apps.get_model(kind.label)
    floor = f"{kind.name}s: newest {PAGE}, no door"

    def unfiltered() -> list[Any]:
        return list(model._default_manager.unscoped("benchmark").order_by(*NEWEST)[:PAGE])

    yield Question(floor, place.cases, unfiltered)
    for sees in SEES:
        user = place.people[sees]

        def visible(user: User = user) -> list[Any]:
            return model._default_manager.newest_visible(user)

        def guardian(user: User = user) -> list[Any]:
            found = get_objects_for_user(
                user,
                f"{model._meta.app_label}.view_{model._meta.model_name}",
                klass=model,
                with_superuser=False,
                accept_global_perms=False,
            )
            return list(found.unscoped("benchmark").order_by(*NEWEST)[:PAGE])

        name = f"{kind.name}s: newest {PAGE}, sees {sees}"
        yield Question(name, place.cases, visible, floor=floor, wanted=2, growth=1.3)
        yield Question(f"{name}, by guardian", place.cases, guardian, every=10, floor=floor)


def one_record(place: Place, kind: Kind) -> Iterator[Question]:
    """One record of which the address is known: open to the person who sees half, or not."""
    model = apps.get_model(kind.label)
    user = place.people["half"]
    rows = model._default_manager
    floor = f"{kind.name}s: one record, no door"
    seen = [record.pk for record in rows.visible_to(user).order_by("id")[:200]]
    unseen = rows.unscoped("benchmark").exclude(pk__in=rows.visible_to(user).values("pk"))

    def plain() -> Any:
        return rows.unscoped("benchmark").filter(pk=random.choice(seen)).first()

    yield Question(floor, place.cases, plain)
    for what, keys in (("open", seen), ("not open", [record.pk for record in unseen.order_by("id")[:200]])):

        def get(keys: list[Any] = keys) -> Any:
            return rows.visible_to(user).filter(pk=random.choice(keys)).first()

        assert len(keys) == 200
        name = f"{kind.name}s: one record, {what}, sees half"
        yield Question(name, place.cases, get, floor=floor, growth=1.3)


def whole_pages(place: Place) -> Iterator[Question]:
    """Pages as a browser gets them: sign-in, door, rows, template."""
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(place.people["half"])
    for name, address in PAGES.items():

        def page(address: str = address) -> None:
            response = client.get(address)
            assert response.status_code == 200, response.status_code

        yield Question(f"page: {name}, sees half", place.cases, page, every=10, growth=1.3)
    yield from desk_pages(place, client)
    yield from register_pages(place, client)


def desk_pages(place: Place, client: Client) -> Iterator[Question]:
    """Both views of the desk, against the same pages without a door: all that is the agency's work is shown."""
    for view in DeskView:

        def page(view: str = view) -> None:
            User.objects.filter(pk=place.people["half"].pk).update(desk_view=view)
            response = client.get("/")
            assert response.status_code == 200, response.status_code

        def without_door(page: Callable[[], None] = page) -> None:
            with no_door():
                page()

        floor = f"page: desk, {view}, no door"
        yield Question(floor, place.cases, without_door, every=10)
        name = f"page: desk, {view}, sees half"
        yield Question(name, place.cases, page, every=10, floor=floor, wanted=1.5, growth=1.3)


def register_pages(place: Place, client: Client) -> Iterator[Question]:
    """Pages of the register, against the same pages without a door: all lines of the agency's journal are shown."""
    # Every fortieth is in the journal of who asks; one of the last has no longer one beside it that begins like it.
    number = place.cases - place.cases % 40 - 40
    for name, query in REGISTER.items():

        def page(query: str = query.format(number)) -> None:
            response = client.get(f"/register/?{query}")
            assert response.status_code == 200, response.status_code

        def without_door(page: Callable[[], None] = page) -> None:
            with mock.patch.object(JournalQuerySet, "visible_to", lambda lines, user, now: lines.all()):
                page()

        floor = f"page: {name}, no door"
        yield Question(floor, place.cases, without_door, every=10)
        yield Question(f"page: {name}, sees half", place.cases, page, every=10, floor=floor, wanted=1.5, growth=1.3)


def filtered_pages(place: Place) -> Iterator[Question]:
    """Lists with filters and searches as a browser gets them, against the same pages without permission checks."""
    for sees in SEES:
        client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        client.force_login(place.people[sees])
        addresses = dict(FILTERED)
        for name, (where, term) in SEARCHED.items():
            addresses[name] = client.post("/search/", {"term": term, "place": where})["Location"]
        for name, address in addresses.items():

            def page(client: Client = client, address: str = address) -> None:
                response = client.get(address)
                assert response.status_code == 200, response.status_code

            def doorless(page: Callable[[], None] = page) -> None:
                with no_door():
                    page()

            floor = f"page: {name}, sees {sees}, no door"
            yield Question(floor, place.cases, doorless, every=10)
            yield Question(f"page: {name}, sees {sees}", place.cases, page, every=10, floor=floor, wanted=1.5)


def time_all(places: list[Place], rounds: int) -> list[Question]:
    """Ask everything `rounds` times, the databases in turn, and return the questions with their times."""
    asked: list[tuple[Place, Question]] = []
    for place in places:
        with place.entered():
            asked += [(place, question) for question in questions(place)]
    for place, question in asked:
        with place.entered():
            question.ask()
    order = random.Random(25)
    gc.collect()
    gc.disable()
    for number in range(rounds):
        order.shuffle(asked)
        for place, question in asked:
            if number % question.every == 0:
                with place.entered():
                    begun = time.perf_counter()
                    question.ask()
                    question.times.append(time.perf_counter() - begun)
        gc.collect()
    gc.enable()
    return [question for _, question in sorted(asked, key=lambda one: (one[0].cases, one[1].name))]
