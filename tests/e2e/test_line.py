"""Six people at six browsers take a request from a new case to its end."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from mla.review import TICKS
from notifications.models import Outbox
from tests.e2e.conftest import with_password, write_draft
from tests.e2e.visitor import Visitor
from tests.factories import Body, Line, World, later, today
from tests.servers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


REVIEWED = {f"legality_{tick.code}": True for tick in TICKS if not tick.coercive_only}


class Table:
    """The six around one request, each at a browser of their own, signed in when first asked."""

    def __init__(self, world: World, visit: Callable[..., Visitor], line: Line | None = None) -> None:
        self.world, self.visit = world, visit
        self.path = f"/requests/{line.pk}/" if line else ""
        self.people: dict[str, Visitor] = {}

    def __getattr__(self, name: str) -> Visitor:
        return self.at(name)

    def at(self, name: str) -> Visitor:
        """The browser of one of them."""
        if name not in self.people:
            self.people[name] = self.visit().sign_in(with_password(getattr(self.world, name)).email)
        return self.people[name]

    def draft(self) -> None:
        """The drafter opens a case and writes a draft in it."""
        self.path = write_draft(self.drafter)

    def told(self, who: str, event: str) -> None:
        """The worker has rung this person's bell; the newest entry says it and leads to the request."""
        visitor = self.at(who)
        wait_for(lambda: not Outbox.objects.filter(done_at=None).exists())
        visitor.go("/notifications/")
        assert visitor.page.locator(".bell .unread").count(), f"{who}: nothing unread"
        entry = visitor.page.locator("main li.unread button").first
        assert event in entry.inner_text()
        entry.click()
        visitor.page.wait_for_url(f"**{self.path}")
        if visitor.go("/notifications/").page.locator(".bell .unread").count():
            visitor.press("Mark all as read")
            visitor.page.wait_for_url("**/notifications/")
        assert not visitor.page.locator(".bell .unread").count()
        visitor.go(self.path)

    def step(self, who: str, label: str, state: str, **fields: str | bool) -> None:
        """Take one step: its link on the request's page, its form, and back on the page in the new state."""
        visitor = self.at(who).go(self.path).press(label, "link").fill(**fields).press(label)
        visitor.page.wait_for_url(f"**{self.path}")
        assert visitor.page.locator(".strip .badge-state").first.inner_text().strip() == state


def test_from_a_new_case_to_closed(world: World, visit: Callable[..., Visitor]) -> None:
    """With return, a round of questions, and a response that is sent back as incomplete on the way."""
    table = Table(world, visit)
    table.draft()
    table.step("drafter", "Submit for review", "Domestic review")
    table.told("supervisor", "Submitted for review")
    table.step("supervisor", "Return to drafter", "Returned to drafter", reason="Name the wares.")
    table.told("drafter", "Returned to drafter by the supervisor")
    assert "Name the wares." in table.drafter.words
    table.drafter.press("Change the draft", "link").press("Facts", "link")
    table.drafter.fill(facts="Invented wares were carried past customs.").press("Save and back to the steps")
    table.step("drafter", "Submit for review", "Domestic review")
    table.step("supervisor", "Pass on to central authority", "At central authority", **REVIEWED)
    table.told("signatory", "Passed on to the central authority")
    table.receiver.go(table.path, 404)
    table.step("signatory", "Sign", "At central authority", signature=True)
    table.told("sender", "Signed")
    table.step("sender", "Transmit", "Transmitted", number="14/3-1", number_date=today().isoformat())
    table.told("receiver", "Transmitted")
    assert "Name the wares." not in table.receiver.words, "the other side's own steps do not cross"
    table.step("receiver", "Acknowledge receipt", "Acknowledged", number="IN-7", number_date=today().isoformat())
    table.told("drafter", "Receipt acknowledged")
    table.step("receiver", "Start review", "Under review")
    soon = later().isoformat()
    table.step("receiver", "Ask for information", "Information requested", questions_facts="Which wares?", due=soon)
    table.told("drafter", "Information requested")
    table.step("drafter", "Write the answer", "Information requested", answers_0="Dried apricots.")
    table.told("sender", "Answer written")
    table.receiver.go(table.path)
    assert "Dried apricots." not in table.receiver.words, "an answer crosses when the authority sends it"
    table.step("sender", "Answer", "Under review")
    table.told("receiver", "Information supplied")
    assert "Dried apricots." in table.receiver.words
    executor = str(world.bodies[Body.EXECUTING].pk)
    table.step("receiver", "Accept and assign", "Accepted", executor=executor, target_date=soon)
    table.told("executor", "Accepted and assigned")
    table.step("executor", "Start execution", "In execution")
    done = {"results_1_result": "done", "results_1_text": "Heard.", "results_2_result": "done"}
    table.step("executor", "Report results", "Results reported", **done)
    table.told("receiver", "Results reported")
    table.drafter.go(table.path)
    assert "Results reported" not in table.drafter.words, "the other side's own steps do not show"
    table.step("receiver", "Send response", "Response sent", covering_note="Enclosed.")
    table.told("sender", "Response sent")
    table.step("sender", "Confirm response received", "Response received", integrity=True)
    table.told("drafter", "Response received")
    table.step("drafter", "Send back as incomplete", "In execution", missing="The second waybill.")
    table.told("executor", "Sent back as incomplete")
    assert "The second waybill." in table.executor.words
    table.step("executor", "Report results", "Results reported", **done)
    table.step("receiver", "Send response", "Response sent", covering_note="Now whole.")
    table.step("sender", "Confirm response received", "Response received", integrity=True)
    table.step("drafter", "Close", "Closed", outcome="court", feedback="4")
    table.told("receiver", "Closed")
    assert not table.receiver.page.locator("ul.actions").count(), "nothing can be done with what is closed"


def test_withdrawn_and_discarded(world: World, visit: Callable[..., Visitor]) -> None:
    """What has crossed is withdrawn by the authority; what has not is discarded by its drafter."""
    crossed = Table(world, visit, Line(world).walk_to("transmitted"))
    crossed.step("sender", "Withdraw", "Withdrawn", reason="The suspect was found.")
    crossed.told("receiver", "Withdrawn")
    assert "The suspect was found." in crossed.receiver.words
    begun = Table(world, visit, Line(world))
    begun.step("drafter", "Discard draft", "Discarded", reason="Begun by mistake.")
    begun.told("supervisor", "Discarded")


def test_language_switch(world: World, visit: Callable[..., Visitor]) -> None:
    """Before sign-in and after it; the page and the choice stay, also for the next sign-in."""
    person = with_password(world.drafter)
    visitor = visit(language="ru").go("/accounts/login/")
    assert visitor.page.locator("h1").inner_text() == "Вход"
    visitor.page.get_by_role("button", name="English").click()
    assert visitor.page.locator("h1").inner_text() == "Sign in"
    visitor.sign_in(person.email).go("/requests/")
    visitor.page.locator("summary", has_text=person.name).click()
    visitor.page.get_by_role("button", name="Русский").click()
    visitor.page.wait_for_url("**/requests/")
    assert visitor.page.locator("html").get_attribute("lang") == "ru"
    assert not re.search("[A-Za-z]{4}", visitor.page.locator("main").inner_text())
    again = visit().sign_in(person.email)
    assert again.page.locator("html").get_attribute("lang") == "ru"
    assert urlsplit(again.page.url).path == "/"
