"""The figures' page and its CSV: who reads them, what stands beside each number."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Role
from figures.models import Release
from figures.reading import FIGURES
from figures.services import renew
from tests.factories import MAIN, Line, World, agency, person
from tests.security.people import browser, secretariat

pytestmark = pytest.mark.django_db


@pytest.fixture
def observer(db: None) -> Client:
    """An observer's browser."""
    return browser(person(secretariat(), Role.OBSERVER))


def page(client: Client) -> str:
    """The page, without the token that differs from one showing to the next."""
    response = client.get(reverse("figures:index"))
    assert response.status_code == 200
    return response.content.decode().replace(str(response.context["csrf_token"]), "")


def sheet(client: Client) -> list[dict[str, Any]]:
    """The CSV by its columns."""
    response = client.get(reverse("figures:csv"))
    assert response.status_code == 200 and response["Content-Disposition"].startswith("attachment")
    data = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def test_before_the_first_release(observer: Client) -> None:
    """The page says why it is empty; the file is empty."""
    assert "No figures yet" in page(observer)
    assert sheet(observer) == []


def test_every_number_says_what_it_means(observer: Client, world: World) -> None:
    """Each figure's definition stands on the page and in each of its lines in the file."""
    for _ in range(6):
        Line(world).walk_to("closed")
    renew()
    text = page(observer)
    for title, meaning, _unit in FIGURES.values():
        assert str(title) in text and str(meaning).replace("'", "&#x27;") in text
    assert "5 or more" in text and "fewer than 5" in text and "0 days" in text
    rows = sheet(observer)
    assert {row["What it means"] for row in rows} == {str(meaning) for _title, meaning, _unit in FIGURES.values()}
    sent = [row for row in rows if row["Figure"] == "Requests sent" and row["From"] == "Kyrgyzstan"]
    assert [row["Value"] for row in sent] == ["5", *["fewer than 5"] * 4]
    assert sent[0]["Period"].endswith("so far") and sent[0]["Unit"] == "requests"


def test_the_page_shows_the_release(observer: Client, world: World) -> None:
    """What happens afterwards moves nothing, for nobody."""
    renew()
    before = page(observer)
    for _ in range(6):
        Line(world).walk(*MAIN[:4])
    assert page(observer) == before


def test_four_requests_are_as_none(observer: Client, world: World) -> None:
    """The page of a portal with four requests is that of one without, letter by letter."""
    renew()
    before = page(observer)
    for _ in range(4):
        Line(world).walk_to("closed")
    renew(anew=True)
    assert page(observer) == before
    Line(world).walk_to("closed")
    renew(anew=True)
    assert page(observer) != before


def test_in_an_exercise_the_file_says_so(observer: Client, settings: Any) -> None:
    """In its first row, before the headings."""
    settings.EXERCISE = "Saffron Crate"
    renew()
    lines = b"".join(observer.get(reverse("figures:csv")).streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Exercise: Saffron Crate.') and len(lines) > 1


def test_no_way_to_a_record(observer: Client, world: World) -> None:
    """No link leads anywhere near one."""
    for _ in range(5):
        line = Line(world).walk_to("closed")
    renew()
    text = page(observer)
    for word in ("/cases/", "/requests/", "/shares/", line.request.reference, "KG-MIA", "KG-GPO"):
        assert word not in text


ROLES = {role: role in (Role.OBSERVER, *list(Role)[:5]) for role in Role}


@pytest.mark.parametrize(("role", "may"), ROLES.items())
@pytest.mark.parametrize("address", ["figures:index", "figures:csv"])
def test_who_reads_them(role: str, may: bool, address: str) -> None:
    """Observers and people who work on cases; admins and auditors have no need to."""
    at = secretariat() if role in (Role.OBSERVER, Role.PLATFORM_ADMIN) else agency("KG-MIA")
    response = browser(person(at, role)).get(reverse(address))
    assert response.status_code == (200 if may else 403)


def test_a_release_of_a_state_that_left(observer: Client, world: World) -> None:
    """A release names the states of its day; one that is renamed or joins later does no harm."""
    renew()
    agency("KZ-GPO")
    assert "Kazakhstan" not in page(observer)
    assert Release.objects.count() == 1
