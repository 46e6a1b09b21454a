"""An admin's desk: what the second person may decide, oldest first, and nothing else."""

import pytest
from django.urls import reverse

from agencies.models import Role
from agencies.services.accounts import propose_change
from agencies.services.roles import decide_role
from agencies.standing import standing_of
from agencies.waiting import decisions
from tests.agencies.offices import Office
from tests.factories import person
from tests.security.people import browser, secretariat

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    """An agency with two admins; two platform admins and a third."""
    return Office()


def test_a_role_waits_for_the_other_admin(office: Office) -> None:
    """Not for whoever proposed it, nor for the person whose role it is; gone once it is decided."""
    row = office.propose(office.officer)
    (one,) = decisions(standing_of(office.other_admin))
    assert (one.url, one.by) == (reverse("people:proposals"), office.admin.name)
    assert office.officer.name in one.about
    assert decisions(standing_of(office.admin)) == decisions(standing_of(office.officer)) == []
    page = browser(office.other_admin).get("/").content.decode()
    assert "Confirm a role" in page and office.officer.name in page
    decide_role(actor=office.other_admin, pk=row.pk, approve=True)
    assert decisions(standing_of(office.other_admin)) == []
    assert "Nothing waits for you" in browser(office.other_admin).get("/").content.decode()


def test_agencies_and_accounts_wait_for_the_other_platform_admin(office: Office) -> None:
    """Oldest first; a change of one's own account is not one's own to decide."""
    application = office.enter()
    propose_change(actor=office.platform, person_id=office.officer.pk, wanted="deactivate")
    found = decisions(standing_of(office.second))
    assert [one.url for one in found] == [
        reverse("onboarding:detail", args=[application.pk]),
        reverse("onboarding:account", args=[office.officer.pk]),
    ]
    assert decisions(standing_of(office.platform)) == [] == decisions(standing_of(office.other_admin))


def test_auditors_decide_nothing(office: Office) -> None:
    """Their desk says what their role sees, and no more."""
    office.propose(office.officer)
    page = browser(person(secretariat(), Role.AUDITOR)).get("/").content.decode()
    assert "Waits for you" not in page and "Nothing waits" not in page


@pytest.mark.parametrize(("role", "own"), [(Role.AUDITOR, "audit:list"), (Role.OBSERVER, "figures:index")])
def test_a_desk_without_cases_leads_on(role: str, own: str) -> None:
    """Who has no work on cases finds the pages of their role on the desk, not only in the bar."""
    page = browser(person(secretariat(), role)).get("/").content.decode()
    main = page[page.index("<main") :]
    assert f'href="{reverse(own)}"' in main and f'href="{reverse("agencies:directory")}"' in main
