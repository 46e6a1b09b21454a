"""Numbers in a journal: none twice in one direction and year unless an officer says so; what is suggested next."""

import importlib
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from accounts.refusals import Incomplete
from agencies.models import Role
from agencies.standing import standing_of
from audit.models import AuditEvent
from mla.journal import suggested
from mla.models import RegisterNumber
from mla.papers import change_paper
from mla.workflow import Body
from tests.factories import Line, World, agency, paper, person
from tests.mla.test_papers import content_of
from tests.security.people import browser, form_data

pytestmark = pytest.mark.django_db

DAY, LAST_YEAR = date(2026, 3, 1), date(2025, 12, 31)


def transmitted(world: World, number: str, **more: Any) -> Line:
    """A request sent under this number."""
    line = Line(world).walk("submit", "pass_on", "sign")
    line.take("transmit", number=number, **{"number_date": DAY} | more)
    return line


@pytest.mark.parametrize("typed", ["A-1", "а – 1", "№ A‑1"])
def test_a_number_given_already_is_asked_about(world: World, typed: str) -> None:
    """However it is typed; nothing of the step remains, and the refusal is on record."""
    transmitted(world, "A-1")
    line = Line(world).walk("submit", "pass_on", "sign")
    with pytest.raises(Incomplete) as caught:
        line.take("transmit", number=typed, number_date=DAY)
    assert set(caught.value.errors) == {"number_again"}
    assert line.state == "at_central_authority" and not line.request.numbers.exists()
    event = AuditEvent.objects.latest("id")
    assert (event.name, event.outcome, event.facts["code"]) == ("request.transmit", "refused", "incomplete")
    line.take("transmit", number=typed, number_date=DAY, number_again=True)
    assert line.request.numbers.get().number == typed


def test_acknowledging_asks_too(world: World) -> None:
    """The receiving authority's own journal, by the same rule."""
    one, two = transmitted(world, "A-1"), transmitted(world, "A-2")
    one.take("acknowledge", number="B-1")
    with pytest.raises(Incomplete):
        two.take("acknowledge", number="b-1")
    two.take("acknowledge", number="b-1", number_again=True)


def test_paper_and_portal_share_a_journal(world: World) -> None:
    """A number of a request on paper is given as much as one of the portal, both ways round."""
    at = world.bodies[Body.SENDING]
    paper(world.sender, at, direction="outgoing", number="A-1", number_date=DAY)
    with pytest.raises(Incomplete):
        transmitted(world, "A-1")
    transmitted(world, "A-2")
    with pytest.raises(Incomplete):
        paper(world.sender, at, direction="outgoing", number="A-2", number_date=DAY)
    paper(world.sender, at, direction="outgoing", number="A-2", number_date=DAY, number_again=True)


def test_what_is_another_number(world: World) -> None:
    """Another year, another direction, another agency, another number."""
    at = world.bodies[Body.SENDING]
    transmitted(world, "A-1")
    transmitted(world, "A-1", number_date=LAST_YEAR)
    transmitted(world, "A-11")
    paper(world.sender, at, direction="incoming", number="A-1", number_date=DAY)
    paper(person(agency("KG-CUS"), Role.CA_OFFICER), agency("KG-CUS"), direction="outgoing", number="A-1")
    assert RegisterNumber.objects.count() == 5


def test_a_void_entry_keeps_its_number(world: World) -> None:
    """A number once given stays given."""
    at = world.bodies[Body.SENDING]
    entry = paper(world.sender, at, number="A-1", number_date=DAY)
    type(entry).objects.update(voided_at="2026-03-02T00:00Z", void_reason="Entered twice.")
    with pytest.raises(Incomplete):
        paper(world.sender, at, number="A-1", number_date=DAY)


def test_a_change_that_leaves_the_number_asks_nothing(world: World) -> None:
    """Also where it was given twice on purpose; a change of number, direction or year asks again."""
    at = world.bodies[Body.SENDING]
    paper(world.sender, at, number="A-1", number_date=DAY)
    entry = paper(world.sender, at, number="A-1", number_date=DAY, number_again=True)
    changed = change_paper(actor=world.sender, pk=entry.pk, version=1, content=content_of(entry, subject="Another"))
    assert changed.subject == "Another"
    paper(world.sender, at, number="A-2", number_date=DAY)
    paper(world.sender, at, number="A-1", number_date=LAST_YEAR)
    paper(world.sender, at, number="A-1", number_date=DAY, direction="outgoing")
    for other in ({"number": "a-2"}, {"number_date": LAST_YEAR}, {"direction": "outgoing"}):
        with pytest.raises(Incomplete) as caught:
            change_paper(actor=world.sender, pk=entry.pk, version=2, content=content_of(entry, **other))
        assert set(caught.value.errors) == {"number_again"}
        entry.refresh_from_db()
        assert (entry.version, entry.line.number) == (2, "A-1")


def test_a_number_of_nothing_is_none(world: World) -> None:
    """Signs that fold to nothing."""
    with pytest.raises(Incomplete) as caught:
        transmitted(world, "№ #")
    assert set(caught.value.errors) == {"number"}


def test_the_warning_names_nothing(world: World) -> None:
    """Whoever types a number of a request that they may not see learns only that it is given."""
    secret = Line(world, title="A secret subject").walk("submit", "pass_on", "sign")
    secret.take("transmit", number="A-1", number_date=DAY)
    with pytest.raises(Incomplete) as caught:
        transmitted(world, "A-1")
    said = f"{caught.value.reason} {caught.value.errors}"
    assert "secret" not in said and secret.request.reference not in said and "UZ" not in said


def test_the_form_asks_once_it_is_needed(world: World) -> None:
    """The tick comes with the warning, stays once ticked, and the typed number is kept."""
    transmitted(world, "A-1")
    line = Line(world).walk("submit", "pass_on", "sign")
    client, url = browser(world.sender), reverse("mla:step", args=[line.pk, "transmit"])
    assert "number_again" not in client.get(url).content.decode()
    data = form_data(line, "transmit", number="A-1", number_date=DAY)
    page = client.post(url, data).content.decode()
    assert 'name="number_again"' in page and 'value="A-1"' in page and "has given this number" in page
    assert line.state == "at_central_authority"
    page = client.post(url, data | {"number_again": "on", "number_date": "31.02.2026"}).content.decode()
    assert 'name="number_again"' in page and "checked" in page
    assert client.post(url, data | {"number_again": "on"}).status_code == 302
    assert line.state == "transmitted"


def test_the_series_used_last(world: World) -> None:
    """In one direction of one agency, in one year; several in a row."""
    standing, at = standing_of(world.sender), world.bodies[Body.SENDING]
    assert suggested(standing, at, "outgoing", 2026) == [""]
    transmitted(world, "14/3-217", number_date=date(2026, 2, 1))
    transmitted(world, "218/26", number_date=DAY)
    assert suggested(standing, at, "outgoing", 2026, count=3) == ["219/26", "220/26", "221/26"]
    assert suggested(standing, at, "outgoing", 2027) == [""], "a new year begins anew"
    assert suggested(standing, at, "incoming", 2026) == [""]
    paper(world.sender, at, direction="incoming", number="вх-9", number_date=DAY)
    assert suggested(standing, at, "incoming", 2026) == ["вх-10"]


def test_only_from_what_one_sees(world: World) -> None:
    """Whoever does not see the last request is not told its number."""
    transmitted(world, "14/3-218")
    stranger = standing_of(person(agency("KG-CUS"), Role.CA_OFFICER))
    assert suggested(stranger, world.bodies[Body.SENDING], "outgoing", 2026) == [""]


def test_old_numbers_are_filled_by_the_migration(world: World) -> None:
    """Lines from before get the state, the key and what they are found by, exactly as new ones do."""
    line = Line(world).walk_to("acknowledged")
    wanted = list(RegisterNumber.objects.order_by("pk").values("pk", "other_state", "key", "search"))
    assert [one["other_state"] for one in wanted] == ["UZ", "KG"]
    RegisterNumber.objects.update(other_state="", key="", search="")
    migration = importlib.import_module("mla.migrations.0007_register")
    with connection.schema_editor() as editor:
        migration.fill(apps, editor)
    assert list(RegisterNumber.objects.order_by("pk").values("pk", "other_state", "key", "search")) == wanted
    assert line.request.reference in wanted[0]["search"]


def test_a_line_is_of_one_request(world: World) -> None:
    """The database refuses a line of nothing and a line of two things."""
    line, entry = Line(world), paper(world.sender, world.bodies[Body.SENDING])
    whole = {"agency": entry.owner, "direction": "incoming", "number": "1", "date": DAY, "other_state": "UZ"}
    for about in ({}, {"request": line.request, "paper": entry}):
        with pytest.raises(Exception, match="number_of_one_request"), transaction.atomic():
            RegisterNumber.objects.filter(paper=entry).update(paper=None)
            RegisterNumber.objects.create(**whole, **about)
