"""Every showing of another agency's request is an event: its page, and the form of a step, which shows the letter."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from tests.cases.sharing import browser, text_of
from tests.factories import CONTENT, Line

pytestmark = pytest.mark.django_db


def look(line: Line, user: User, step: str = "", **data: str) -> HttpResponse:
    """The request's page, or the form of a step; with data, the form sent."""
    client = browser(user)
    url = reverse("mla:step", args=[line.pk, step]) if step else reverse("mla:detail", args=[line.pk])
    return client.post(url, data) if data else client.get(url)


def readings() -> list[tuple[User | None, str]]:
    """Who read a request for which agency, as the audit log has it."""
    return [(event.actor, event.agency) for event in AuditEvent.objects.filter(name="request.read").order_by("id")]


def test_each_showing_is_an_event(line: Line) -> None:
    """The page, the form, and the form shown again because something is wrong with it."""
    line.walk_to("transmitted")
    receiver = line.world.receiver
    for number, data in enumerate((None, {}, {"version": "2", "number": ""}), start=1):
        response = look(line, receiver) if data is None else look(line, receiver, "acknowledge", **data)
        assert response.status_code == 200 and CONTENT["facts"] in text_of(response)
        assert readings() == [(receiver, "UZ-GPO")] * number


def test_the_drafters_own_is_none(line: Line) -> None:
    """Whoever drafts reads their own agency's."""
    line.walk_to("at_central_authority")
    assert look(line, line.world.drafter).status_code == look(line, line.world.drafter, "discard").status_code == 200
    assert readings() == []
    assert look(line, line.world.signatory, "sign").status_code == 200
    assert readings() == [(line.world.signatory, "KG-GPO")]


def test_what_shows_nothing_is_none(line: Line) -> None:
    """A refusal, a page that is not there, a step that was taken."""
    line.walk_to("transmitted")
    receiver = line.world.receiver
    assert look(line, receiver, "start_review").status_code == 403
    assert look(line, line.world.executor).status_code == 404
    sent = {"version": str(line.clock("acknowledge")), "number": "1/26", "number_date": "2026-01-01"}
    assert look(line, receiver, "acknowledge", **sent).status_code == 302
    assert readings() == []
