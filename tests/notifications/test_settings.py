"""What reaches a person by mail, and when: their own choice, with good defaults."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from agencies.models import Role
from notifications import registry
from notifications.models import ByMail, MailSettings, Urgency
from tests.notifications.office import Office, choose
from tests.security.pages import form_of
from tests.security.people import browser

pytestmark = pytest.mark.django_db

PAGE = "/notifications/settings/"
CASE_WORK = {"share_action", "request_action", "deadline_action", "share_news", "case_news", "request_news"}
# What also concerns people who work on no case.
ANYBODY = {"role_action", "work_action", "export_action", "role_news", "work_news", "export_news", "account_news"}
KINDS = CASE_WORK | ANYBODY
MACHINE = {"csrfmiddlewaretoken", "token", "version"}


@pytest.fixture
def office() -> Office:
    """An officer who has not chosen anything."""
    return Office()


@pytest.fixture
def client(office: Office) -> Client:
    """The officer's browser."""
    return browser(office.officer)


def shown(client: Client) -> dict[str, Any]:
    """The form as the browser reads it; of a choice the one that is taken."""
    data = form_of(client.get(PAGE).content.decode()).data
    return {name: value[0] if isinstance(value, list) else value for name, value in data.items()}


def send(client: Client, **values: Any) -> Any:
    """The form as it stands, with these values."""
    return client.post(PAGE, shown(client) | values)


def test_good_without_touching(client: Client) -> None:
    """Calls at once, news and deadlines once a day at eight, no pause; and looking writes no row."""
    found = {name: value for name, value in shown(client).items() if name not in MACHINE}
    calls = {name for name in KINDS if name.endswith("_action")} - {"deadline_action"}
    at_once = dict.fromkeys((*calls, "account_news", "export_news"), "at_once")
    assert found == dict.fromkeys(KINDS, "digest") | at_once | {"digest_hour": "8", "paused_until": ""}
    assert not MailSettings.objects.exists()


def test_every_kind_that_is_told_has_a_choice() -> None:
    """Each event that the product tells of, in each urgency that it may have, falls under a kind on the page."""
    codes = {kind.code.replace(".", "_") for kind in registry.kinds()}
    assert codes == KINDS
    assert {registry.kind_of(name, Urgency.NEWS).topic for name in registry._events} <= {
        *(code.partition("_")[0] for code in KINDS),
        # Whom these concern is called or told as is usual, and chooses nothing.
        "application",
        "invitation",
    }
    assert registry.kind_of("nobody.taught", Urgency.ACTION).usual == ByMail.AT_ONCE


def test_calls_cannot_be_turned_off(client: Client) -> None:
    """At once or in the summary; the form offers no third, and takes none."""
    for kind in registry.kinds():
        assert (ByMail.BELL in kind.offered) == (kind.urgency == Urgency.NEWS)
    response = send(client, request_action="bell")
    assert response.status_code == 200 and not MailSettings.objects.exists()


def test_what_was_chosen_is_kept(office: Office, client: Client) -> None:
    """And stands on the page the next time; another person's is their own."""
    response = send(client, request_action="digest", case_news="bell", digest_hour="17")
    assert (response.status_code, response["Location"]) == (302, "/notifications/")
    row = MailSettings.objects.get()
    assert (row.person, row.ways["request.action"], row.ways["case.news"]) == (office.officer, "digest", "bell")
    found = shown(client)
    assert (found["request_action"], found["case_news"], found["digest_hour"]) == ("digest", "bell", "17")
    assert shown(browser(office.new()))["request_action"] == "at_once"
    send(client, digest_hour="6")
    assert MailSettings.objects.get().digest_hour == 6


def test_sent_twice_is_once(client: Client) -> None:
    """The second sending of a form gets the first one's page, and takes nothing back that came after it."""
    first = shown(client) | {"digest_hour": "6"}
    client.post(PAGE, first)
    send(client, digest_hour="7")
    assert client.post(PAGE, first).status_code == 302
    assert MailSettings.objects.get().digest_hour == 7


def test_a_pause_ends_with_its_day(office: Office, client: Client) -> None:
    """In the zone of the person's agency: Bishkek keeps UTC+6."""
    day = timezone.localdate() + timedelta(days=10)
    send(client, paused_until=day.isoformat())
    row = MailSettings.objects.get()
    assert row.paused_until == datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    assert row.paused(row.paused_until - timedelta(seconds=1)) and not row.paused(row.paused_until)
    assert shown(client)["paused_until"] == day.isoformat()
    send(client, paused_until="")
    assert MailSettings.objects.get().paused_until is None


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01", "31.02.2026", "tomorrow", "9" * 300])
def test_a_pause_of_no_use(client: Client, day: str) -> None:
    """Past, too far, or no day: the form again, with what was typed and what to do."""
    response = send(client, paused_until=day, digest_hour="6")
    page = response.content.decode()
    assert response.status_code == 200 and 'aria-invalid="true"' in page and day in page
    assert not MailSettings.objects.exists()


def test_a_pause_that_is_over_is_not_shown(office: Office, client: Client) -> None:
    """It would have to be taken out before anything else could be changed."""
    choose(office.officer, paused_until=timezone.now() - timedelta(seconds=1))
    assert shown(client)["paused_until"] == ""
    assert send(client, digest_hour="6").status_code == 302


def test_the_last_day_of_a_pause_can_be_kept(office: Office) -> None:
    """On it, nothing keeps the form from being saved."""
    with time_machine.travel(datetime(2026, 11, 25, 17, 30, tzinfo=UTC), tick=False):
        client = browser(office.officer)
        office.officer.memberships.update(starts=timezone.now() - timedelta(days=9))
        office.officer.memberships.get().roles.update(starts=timezone.now() - timedelta(days=9))
        choose(office.officer, paused_until=datetime(2026, 11, 25, 18, tzinfo=UTC))
        assert shown(client)["paused_until"] == date(2026, 11, 25).isoformat()
        assert send(client).status_code == 302


@pytest.mark.parametrize("hour", ["", "24", "-1", "eight", "3"])
def test_an_hour_that_is_not_offered(client: Client, hour: str) -> None:
    """The form again."""
    assert send(client, digest_hour=hour).status_code == 200
    assert not MailSettings.objects.exists()


def test_admins_choose_what_concerns_them(office: Office) -> None:
    """Nothing about cases, shares and requests: no such thing reaches them."""
    for role in (Role.AGENCY_ADMIN, Role.AUDITOR):
        admin = browser(office.new(role))
        assert set(shown(admin)) - MACHINE == ANYBODY | {"digest_hour", "paused_until"}
        assert send(admin, digest_hour="9").status_code == 302
