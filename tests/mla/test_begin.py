"""Who can begin a request: an officer of the agency whose case it is, if that agency belongs to a state."""

import pytest
from django.urls import reverse

from accounts.refusals import NotAllowed
from agencies.models import Role
from audit.models import AuditEvent
from mla.models import AssistanceRequest
from mla.services import create_request
from tests.cases.sharing import browser, text_of, token
from tests.factories import CONTENT, MEASURES, World, case, person, state
from tests.security.people import secretariat

pytestmark = pytest.mark.django_db


def test_an_organisation_begins_none(world: World) -> None:
    """It belongs to no state from which a request could go: no button, and the reason at the address."""
    officer = person(secretariat(), Role.OFFICER)
    own = case(officer, secretariat())
    client = browser(officer)
    url = f"{reverse('mla:create')}?case={own.pk}"
    assert url not in text_of(client.get(reverse("cases:detail", args=[own.pk])))
    form = {"title": "Hearing", "requested_state": "UZ", "measures-TOTAL_FORMS": 0, "measures-INITIAL_FORMS": 0}
    for answer in (client.get(url), client.post(url, form | {"token": token()})):
        assert answer.status_code == 403 and "your agency belongs to none" in text_of(answer)
    assert AuditEvent.objects.get(name="request.create").outcome == "refused"
    with pytest.raises(NotAllowed):
        create_request(actor=officer, case_id=own.pk, requested_state=state("UZ"), content=CONTENT, measures=MEASURES)
    assert not AssistanceRequest.objects.unscoped("a test counts").exists()


def test_an_agency_of_a_state_does(world: World) -> None:
    """Its officer has the button; its supervisor, who reads the same case, has not."""
    own = case(world.drafter, world.bodies["drafting"])
    address = reverse("cases:detail", args=[own.pk])
    url = f"{reverse('mla:create')}?case={own.pk}"
    assert url in text_of(browser(world.drafter).get(address))
    assert url not in text_of(browser(world.supervisor).get(address))
