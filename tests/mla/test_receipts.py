"""Several requests acknowledged at once: each by its own step and its own transaction, and the page says what came."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from audit.models import AuditEvent
from mla.models import AssistanceRequest, RegisterNumber
from mla.workflow import Body
from notifications.models import Outbox
from tests.factories import Line, World, agency, paper, person
from tests.security.pages import form_of
from tests.security.people import browser

pytestmark = pytest.mark.django_db

INCOMING = "/register/?direction=incoming"


def address(lines: Sequence[Line]) -> str:
    """The page of these requests."""
    return f"{reverse('register:acknowledge')}?{'&'.join(f'request={line.pk}' for line in lines)}"


def filled(client: Client, lines: Sequence[Line], number: str = "B-{}", **more: Any) -> dict[str, Any]:
    """The page's form as a browser would send it, with a number for each request."""
    form = form_of(client.get(address(lines)).content.decode())
    for count, line in enumerate(lines, start=1):
        form.data[f"{line.pk}-number"] = number.format(count)
    return form.data | more


@pytest.fixture
def lines(world: World) -> list[Line]:
    """Three requests that wait to be acknowledged."""
    return [Line(world).walk_to("transmitted") for _each in range(3)]


@pytest.fixture
def client(world: World) -> Client:
    """The receiving authority's officer at a browser."""
    return browser(world.receiver)


def states(lines: Sequence[Line]) -> list[str]:
    """Where the requests are."""
    return [line.state for line in lines]


def test_what_waits_stands_in_the_incoming_list(client: Client, lines: list[Line], world: World) -> None:
    """The one that has waited longest first, each to be ticked; on the other lists a button leads there."""
    lines[1].take("acknowledge")
    # Begun last, by the other side: which counts for nothing here.
    begun = timezone.now() + timedelta(days=1)
    AssistanceRequest.objects.unscoped("a test").filter(pk=lines[0].pk).update(created_at=begun)
    page = client.get(INCOMING).content.decode()
    assert re.findall(r'name="request" value="([^"]+)"', page) == [str(lines[0].pk), str(lines[2].pk)]
    page = client.get("/register/").content.decode()
    assert 'name="request"' not in page and 'href="?direction=incoming"' in page
    for one in (world.sender, world.executor, world.new(Body.RECEIVING, Role.CA_SIGNATORY)):
        page = browser(one).get(INCOMING).content.decode()
        assert 'name="request"' not in page, "not theirs to acknowledge"
    for line in (lines[0], lines[2]):
        line.take("acknowledge")
    assert 'href="?direction=incoming"' not in client.get("/register/").content.decode()


def test_each_gets_its_own_number(client: Client, lines: list[Line], world: World) -> None:
    """Sent once: every request is acknowledged by its own step, with event, audit and mail like any other."""
    mails = Outbox.objects.count()
    response = client.post(address(lines), filled(client, lines))
    assert (response.status_code, response["Location"]) == (302, INCOMING)
    assert states(lines) == ["acknowledged"] * 3
    assert [line.request.numbers.get(direction="incoming").number for line in lines] == ["B-1", "B-2", "B-3"]
    assert AuditEvent.objects.filter(name="request.acknowledge", outcome="done").count() == 3
    assert Outbox.objects.count() > mails + 2
    calls = Outbox.objects.filter(event="request.transmit", person=world.receiver)
    assert list(calls.values_list("settled", flat=True)) == ["own"] * 3
    assert "3 receipts acknowledged." in client.get(response["Location"]).content.decode()


def test_the_next_numbers_are_offered(client: Client, lines: list[Line], world: World) -> None:
    """In the series used last, one after the other, dated today; a help that can be overwritten."""
    at = world.bodies[Body.RECEIVING]
    today = timezone.localdate(timezone=at.tz)
    paper(world.receiver, at, number="вх-14/3-99", number_date=today)
    form = form_of(client.get(address(lines)).content.decode())
    assert [form.data[f"{line.pk}-number"] for line in lines] == ["вх-14/3-100", "вх-14/3-101", "вх-14/3-102"]
    assert {form.data[f"{line.pk}-number_date"] for line in lines} == {today.isoformat()}


def test_one_that_fails_undoes_no_other(client: Client, lines: list[Line], world: World) -> None:
    """One is done, one has moved on, one lacks its number: each says so, and what was typed is kept."""
    data = filled(client, lines)
    data |= {f"{lines[2].pk}-number": "", f"{lines[2].pk}-number_date": "2026-01-02"}
    lines[1].take("withdraw")
    response = client.post(address(lines), data)
    assert response.status_code == 409
    assert states(lines) == ["acknowledged", "withdrawn", "transmitted"]
    page = response.content.decode()
    assert "under No. B-1" in page
    assert "This request has moved on" in page and "B-2" in page
    form = form_of(page)
    assert f"{lines[2].pk}-number" in form.names and f"{lines[0].pk}-number" not in form.names
    assert form.data[f"{lines[2].pk}-number_date"] == "2026-01-02"
    assert f'href="#id_{lines[2].pk}-number"' in page, "the summary leads to the field"
    # Sent again as it stands, with what was lacking: what is done is not done twice.
    again = client.post(reverse("register:acknowledge") + form.action, form.data | {f"{lines[2].pk}-number": "B-3"})
    assert states(lines) == ["acknowledged", "withdrawn", "acknowledged"]
    assert (again.status_code, again["Location"]) == (302, INCOMING)


def test_seen_and_still_open_goes_on(client: Client, lines: list[Line]) -> None:
    """A request that moved meanwhile and can still be acknowledged comes back with its new version."""
    data = filled(client, lines[:1])
    data[f"{lines[0].pk}-version"] = "0"
    response = client.post(address(lines[:1]), data)
    assert response.status_code == 409 and states(lines[:1]) == ["transmitted"]
    form = form_of(response.content.decode())
    assert form.data[f"{lines[0].pk}-number"] == "B-1"
    assert client.post(address(lines[:1]), form.data).status_code == 302
    assert states(lines[:1]) == ["acknowledged"]


def test_a_number_given_twice_is_asked_about(client: Client, lines: list[Line]) -> None:
    """Also within one sending: the first has it, the second is asked."""
    response = client.post(address(lines), filled(client, lines, number="B-1"))
    page = response.content.decode()
    assert response.status_code == 200
    assert states(lines) == ["acknowledged", "transmitted", "transmitted"]
    assert page.count("number_again") >= 2 and "has given this number" in page
    form = form_of(page)
    data = form.data | {f"{line.pk}-number_again": "on" for line in lines[1:]}
    assert client.post(reverse("register:acknowledge") + form.action, data).status_code == 302
    assert states(lines) == ["acknowledged"] * 3
    assert set(RegisterNumber.objects.filter(direction="incoming").values_list("number", flat=True)) == {"B-1"}


def test_sent_twice_counts_once(client: Client, lines: list[Line]) -> None:
    """A double click: the second sending shows what the first one made."""
    data = filled(client, lines)
    answers = [client.post(address(lines), data) for _each in range(2)]
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, INCOMING)] * 2
    assert RegisterNumber.objects.filter(direction="incoming").count() == 3
    assert not AuditEvent.objects.filter(outcome="refused").exists()


def test_whoever_may_not(lines: list[Line], world: World) -> None:
    """Who sees the requests without the role is told who can; to others they do not exist; refusals are recorded."""
    for one in (world.new(Body.RECEIVING, Role.OFFICER), world.sender, world.drafter):
        client = browser(one)
        assert client.get(address(lines)).status_code == 403
        assert client.post(address(lines), {}).status_code == 403
    assert AuditEvent.objects.filter(name="request.acknowledge", outcome="refused").count() == 9
    stranger = browser(person(agency("KG-CUS"), Role.CA_OFFICER))
    assert stranger.get(address(lines)).status_code == stranger.post(address(lines), {}).status_code == 404
    assert states(lines) == ["transmitted"] * 3


def test_what_is_not_visible_is_left_out(client: Client, lines: list[Line], world: World) -> None:
    """Among those asked for, only what the reader sees; with nothing left there is no such page."""
    draft = Line(world)
    page = client.get(address([*lines, draft])).content.decode()
    assert str(lines[0].pk) in page and str(draft.pk) not in page.partition("<main")[2].partition("<form")[2]
    assert client.get(address([draft])).status_code == 404
    for query in ("", "?request=", "?request=x", "?request=%00", f"?request={'9' * 4000}"):
        assert client.get(reverse("register:acknowledge") + query).status_code == 404


def test_what_is_done_already_says_so(client: Client, lines: list[Line]) -> None:
    """A page of a request that a colleague has acknowledged has no form for it, and the reason."""
    lines[0].take("acknowledge")
    page = client.get(address(lines[:1])).content.decode()
    assert "Not open now" in page and "Opens in the state: Transmitted." in page
    assert f"{lines[0].pk}-number" not in page


def test_asks_as_often_for_many(client: Client, world: World, lines: list[Line]) -> None:
    """The page and the list of what waits, for three requests and for nine."""

    def asked(among: list[Line]) -> list[int]:
        counts = []
        for url in (address(among), INCOMING):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        return counts

    few = asked(lines)
    more = [*lines, *(Line(world).walk_to("transmitted") for _each in range(6))]
    assert asked(more) == few
