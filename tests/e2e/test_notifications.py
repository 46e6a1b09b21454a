"""The bell in the browser: a call opened from it, a colleague's step that silences it, and what goes by mail."""

from collections.abc import Callable

import pytest

from notifications.models import MailSettings, Outbox
from tests.e2e.conftest import with_password
from tests.e2e.test_reach import tab_to, violations
from tests.e2e.visitor import Visitor
from tests.factories import Body, Line, World, today
from tests.servers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

BELL = "/notifications/"


def rung() -> None:
    """The worker has delivered everything."""
    wait_for(lambda: not Outbox.objects.filter(done_at=None).exists())


def count(visitor: Visitor) -> str:
    """The number at the bell; empty without one."""
    bell = visitor.go(BELL).page.locator(".bell .unread")
    return bell.inner_text() if bell.count() else ""


def test_one_acts_and_the_other_is_called_no_more(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Both officers of the authority are called; one opens it from the bell and acts; the other's bell says so."""
    second = world.new(Body.RECEIVING, "ca_officer")
    line.walk_to("transmitted")
    rung()
    one, other = (visit().sign_in(with_password(user).email) for user in (world.receiver, second))
    assert (count(one), count(other)) == ("1", "1")
    one.go(BELL).press("Transmitted")
    one.page.wait_for_url(f"**/requests/{line.pk}/")
    assert count(one) == "" and "Needs you" in one.words
    one.go(f"/requests/{line.pk}/").press("Acknowledge receipt", "link")
    one.fill(number="IN-7", number_date=today().isoformat()).press("Acknowledge receipt")
    one.page.wait_for_url(f"**/requests/{line.pk}/")
    assert count(other) == ""
    assert "a colleague has acted since" in other.words and "Needs you" not in other.words
    assert "you have acted since" in one.go(BELL).words


def test_with_the_keyboard_on_a_telephone(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """Read one, choose what goes by mail, come back: narrow, in order of the page, without a pointer."""
    line.walk("submit")
    rung()
    visitor = visit(width=360).enter(world.supervisor).go(BELL)
    page = visitor.page
    assert not visitor.sideways() and not violations(page)
    tab_to(page, "Submitted for review")
    tab_to(page, "Mark as read")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{BELL}")
    assert not page.locator(".bell .unread").count()
    tab_to(page, "What reaches me, and how")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/")
    assert not visitor.sideways() and not violations(page)
    visitor.fill(request_action="digest", digest_hour="17", paused_until="2020-01-01").press("Save")
    assert page.locator(".error-summary").count() and not violations(page)
    visitor.fill(paused_until="").press("Save")
    page.wait_for_url(f"**{BELL}")
    assert "Kept." in visitor.words
    row = MailSettings.objects.get()
    assert (row.person, row.ways["request.action"], row.digest_hour) == (world.supervisor, "digest", 17)
