"""Taking a name out of a need-to-know case: asked first, because it works at once."""

import pytest
from django.urls import reverse

from accounts.models import User
from cases.services import name_person
from tests.cases.sharing import Sharing, browser, text_of, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Sharing:
    """A need-to-know case in which the officer, the liaison officer and a colleague are named."""
    found = Sharing(need_to_know=True)
    name_person(actor=found.officer, pk=found.case.pk, person=found.colleague)
    return found


def address(closed: Sharing, person: User) -> str:
    """Where a person is taken out."""
    return reverse("cases:unname", args=[closed.case.pk, person.pk])


def test_the_case_leads_to_the_question(closed: Sharing) -> None:
    """No form of the case's page takes anybody out at one click."""
    text = text_of(browser(closed.officer).get(reverse("cases:detail", args=[closed.case.pk])))
    for person in (closed.officer, closed.colleague, closed.liaison):
        assert f'href="{address(closed, person)}"' in text and f'action="{address(closed, person)}"' not in text


def test_oneself(closed: Sharing) -> None:
    """The page says that it is you, and what you lose; looking at it takes nobody out."""
    client = browser(closed.officer)
    text = text_of(client.get(address(closed, closed.officer)))
    assert "This is you." in text and closed.officer.name in text
    assert closed.case.members.count() == 3
    response = client.post(address(closed, closed.officer), {"token": token()})
    assert response.status_code == 302 and response["Location"] == reverse("cases:list")
    assert not closed.case.members.filter(person=closed.officer).exists()
    assert client.get(reverse("cases:detail", args=[closed.case.pk])).status_code == 404


def test_another(closed: Sharing) -> None:
    """Of somebody else it says so; sent twice it is done once."""
    client, form = browser(closed.officer), {"token": token()}
    assert "This is you." not in text_of(client.get(address(closed, closed.colleague)))
    answers = [client.post(address(closed, closed.colleague), form) for _ in range(2)]
    assert answers[0]["Location"] == reverse("cases:detail", args=[closed.case.pk])
    assert answers[1].status_code == 404
    assert not closed.case.members.filter(person=closed.colleague).exists()


def test_who_may_not(closed: Sharing) -> None:
    """A liaison officer who is named takes nobody out; who is not named finds no case; the last name stays."""
    for method in ("get", "post"):
        assert getattr(browser(closed.liaison), method)(address(closed, closed.officer)).status_code == 403
        assert getattr(browser(closed.supervisor), method)(address(closed, closed.officer)).status_code == 404
        assert getattr(browser(closed.officer), method)(address(closed, closed.supervisor)).status_code == 404
    client = browser(closed.officer)
    for person in (closed.colleague, closed.liaison):
        client.post(address(closed, person), {"token": token()})
    response = client.post(address(closed, closed.officer), {"token": token()})
    assert response.status_code == 403 and closed.case.members.count() == 1
    assert reverse("cases:detail", args=[closed.case.pk]) in text_of(response)
