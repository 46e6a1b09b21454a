"""The bell: first what needs its reader, in words of what they may see then; looking at it changes nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import Role
from notifications.models import Notification
from notifications.querysets import Place
from notifications.views import PAGE
from tests.factories import agency, person
from tests.notifications.office import Office
from tests.security.pages import forms_of
from tests.security.people import browser

pytestmark = pytest.mark.django_db

BELL = "/notifications/"


@pytest.fixture
def office() -> Office:
    """Somebody to tell, and something to tell of."""
    return Office()


@pytest.fixture
def client(office: Office) -> Client:
    """The officer's browser."""
    return browser(office.officer)


def entry(office: Office, **values: Any) -> Notification:
    """An entry about the case, some minutes old."""
    given = {
        "id": uuid.uuid4(),
        "person": office.officer,
        "event": "case.name",
        "subject_type": "case",
        "subject_id": office.case.pk,
    }
    minutes = values.pop("minutes", 0)
    return Notification.objects.create(**given | {"created_at": timezone.now() - timedelta(minutes=minutes)} | values)


def shown(response: HttpResponse) -> dict[str, list[Notification]]:
    """The entries by the head above them."""
    return {str(head): [one["row"] for one in entries] for head, entries in response.context["groups"]}


def bar(client: Client) -> int:
    """The number at the bell, as the bar says it."""
    return int(client.get(BELL).context["unread"])


def test_what_needs_its_reader_stands_first(office: Office, client: Client) -> None:
    """Then the rest; each newest first, whether read or not."""
    news, old_news = entry(office, minutes=1), entry(office, minutes=9)
    call = entry(office, minutes=5, urgency="action")
    seen = entry(office, minutes=6, urgency="action", read_at=timezone.now())
    done = entry(office, minutes=3, urgency="action", settled="colleague", settled_at=timezone.now())
    response = client.get(BELL)
    assert shown(response) == {"Needs you": [call, seen], "For your information": [news, done, old_news]}
    page = response.content.decode()
    assert "a colleague has acted since" in page and page.count('class="unread"') == 1 + 3
    assert response.context["unread"] == 3


def test_looking_changes_nothing(office: Office, client: Client) -> None:
    """Not the page, and not the page of the case either."""
    entry(office)
    before = list(Notification.objects.values())
    for url in (BELL, reverse("cases:detail", args=[office.case.pk]), BELL):
        assert client.get(url).status_code == 200
    assert list(Notification.objects.values()) == before


def test_opening_an_entry(office: Office, client: Client) -> None:
    """Its button marks it as read and leads to the case; from then on it is a link."""
    one, other = entry(office), entry(office, minutes=3)
    response = client.post(f"{BELL}{one.pk}/open/")
    assert (response.status_code, response["Location"]) == (302, reverse("cases:detail", args=[office.case.pk]))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.read_at is None, other.read_at) == (False, None)
    page = client.get(BELL).content.decode()
    assert f'<a href="{reverse("cases:detail", args=[office.case.pk])}">You were named in a case</a>' in page
    assert f"{BELL}{one.pk}/open/" not in page and f"{BELL}{other.pk}/open/" in page


def test_opening_what_is_out_of_sight(office: Office, client: Client) -> None:
    """The page is older than the loss: back to the bell, with the reason; the entry has no name and needs nobody."""
    row = entry(office, urgency="action")
    stranger = browser(office.officer)
    office.officer.memberships.update(agency=agency("KG-CUS"))
    response = stranger.post(f"{BELL}{row.pk}/open/", follow=True)
    assert response.redirect_chain == [(BELL, 302)]
    page = response.content.decode()
    assert "no longer open to you" in page
    assert office.case.reference not in page and str(office.case.pk) not in page
    assert shown(response) == {"For your information": [row]}


def test_mark_one_as_read(office: Office, client: Client) -> None:
    """Only that one; twice is once."""
    one, other = entry(office), entry(office)
    for _ in range(2):
        assert client.post(f"{BELL}{one.pk}/read/").status_code == 302
    assert bar(client) == 1
    other.refresh_from_db()
    assert other.read_at is None
    first = Notification.objects.get(pk=one.pk).read_at
    client.post(f"{BELL}{one.pk}/read/")
    assert Notification.objects.get(pk=one.pk).read_at == first


def test_a_read_call_still_needs_its_reader(office: Office, client: Client) -> None:
    """Reading is not doing: it counts no more, and stands first until it is done."""
    call = entry(office, urgency="action")
    client.post(f"{BELL}{call.pk}/read/")
    assert bar(client) == 0
    assert shown(client.get(BELL)) == {"Needs you": [call]}


@pytest.mark.parametrize("verb", ["read", "open"])
def test_nobody_elses(office: Office, verb: str) -> None:
    """Another person's entry does not exist, and stays unread."""
    row = entry(office)
    for user in (office.new(), office.new(Role.AGENCY_ADMIN)):
        assert browser(user).post(f"{BELL}{row.pk}/{verb}/").status_code == 404
    assert Notification.objects.get(pk=row.pk).read_at is None


def test_mark_all_as_read(office: Office, client: Client) -> None:
    """What stood on the page, and what is older; not what came after it, and nobody else's."""
    rows = [entry(office, minutes=minutes) for minutes in range(PAGE + 5)]
    theirs = entry(office, person=office.new(), minutes=3)
    (form,) = [one for one in forms_of(client.get(BELL).content.decode()) if one.action == f"{BELL}read/"]
    late = entry(office)
    client.post(f"{BELL}read/", form.data)
    unread = set(Notification.objects.filter(read_at=None).values_list("pk", flat=True))
    assert unread == {late.pk, theirs.pk} and len(rows) == PAGE + 5


@pytest.mark.parametrize(
    "up_to", ["", "yesterday", "2026-11-25T10:00:00", "9999-99-99", "9999-12-31T23:59:59-14:00", "x" * 5000]
)
def test_mark_all_with_a_spoiled_form(office: Office, client: Client, up_to: str) -> None:
    """What is no moment counts as now."""
    entry(office)
    assert client.post(f"{BELL}read/", {"up_to": up_to}).status_code == 302
    assert bar(client) == 0


def test_pages(office: Office, client: Client) -> None:
    """Each entry once, in order, through all pages; what waits fills the first ones."""
    calls = [entry(office, minutes=minutes, urgency="action") for minutes in range(PAGE + 3)]
    # The same moment, told apart by their keys.
    moment = timezone.now()
    news = [entry(office, created_at=moment) for _ in range(PAGE)]
    news.sort(key=lambda row: row.pk, reverse=True)
    url, found, pages = BELL, [], 0
    while url:
        response = client.get(url)
        groups = shown(response)
        found += [row for rows in groups.values() for row in rows]
        pages += 1
        older = response.context["older"]
        assert (older is not None) == (pages < 3)
        url = f"{BELL}?after={older}".replace("+", "%2B") if older else ""
    assert found == [*calls, *news]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("waits", "01")
def test_a_place_at_the_end_of_time(client: Client, moment: str, waits: str) -> None:
    """A moment that no clock of ours shows is answered like any other."""
    assert client.get(BELL, {"after": f"{waits}_{moment}_{uuid.UUID(int=1)}"}).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["x", "1_2026-11-25T10:00:00_x", "2_2026-11-25T10:00:00+00:00_" + str(uuid.UUID(int=1)), "1_1_1_1", "\x00"],
)
def test_a_spoiled_place_is_the_first_page(office: Office, client: Client, text: str) -> None:
    """Whatever stands in the address."""
    entry(office)
    assert Place.parse(text) is None
    assert len(shown(client.get(BELL, {"after": text}))["For your information"]) == 1


def test_every_role_has_a_bell(office: Office) -> None:
    """Also those that see no case; theirs is empty, and says so."""
    for role in (Role.AGENCY_ADMIN, Role.PLATFORM_ADMIN, Role.AUDITOR, Role.OBSERVER, Role.LIAISON):
        response = browser(person(office.agency, role)).get(BELL)
        assert response.status_code == 200 and "No notifications" in response.content.decode()


def queries(client: Client, user: User) -> int:
    """How often the page asks."""
    client.get(BELL)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(BELL).status_code == 200
    return len(asked)


def test_as_many_questions_for_a_full_page(office: Office, client: Client) -> None:
    """Of cases that are told of, however many."""
    entry(office)
    few = queries(client, office.officer)
    for minutes in range(PAGE * 2):
        entry(office, minutes=minutes, urgency="action" if minutes % 2 else "news")
    assert queries(client, office.officer) == few
