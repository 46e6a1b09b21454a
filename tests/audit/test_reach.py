"""Whose events an auditor reads: everybody's at the organisation that runs the portal, else one's own agency's."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Role, RoleAssignment
from agencies.services import create_agency, give_role
from audit.models import AuditEvent
from audit.services import record
from tests.factories import Line, World, agency, member, person
from tests.security.people import browser, secretariat

pytestmark = pytest.mark.django_db


def seen(client: Client) -> set[int]:
    """The ids of the events on the first page."""
    response = client.get(reverse("audit:list"))
    assert response.status_code == 200
    return {line.event.pk for line in response.context["lines"]}


def did(actor: User | None, code: str, name: str = "case.edit") -> int:
    """An event of somebody for an agency."""
    return record(name, actor=actor, agency=code, subject_type="case", subject_id=uuid.uuid4()).pk


def test_an_agencys_auditor_reads_its_own(world: World) -> None:
    """Not those of another agency of the state, nor of another state, nor those without an agency."""
    client = browser(person(agency("KG-MIA"), Role.AUDITOR))
    mine = did(world.drafter, "KG-MIA")
    others = {did(world.sender, "KG-GPO"), did(world.receiver, "UZ-GPO"), did(world.drafter, ""), did(None, "")}
    found = seen(client)
    assert mine in found and not found & others
    form = client.get(reverse("audit:list")).context["form"]
    assert [code for code, _name in form.fields["agency"].choices] == ["", "KG-MIA"]


def test_people_of_another_state_are_their_own(world: World) -> None:
    """What they set down under one's agency stays theirs; one's own state, the portal and its admins show."""
    client = browser(person(agency("KG-MIA"), Role.AUDITOR))
    admin = person(secretariat(), Role.PLATFORM_ADMIN)
    ours = {did(world.drafter, "KG-MIA"), did(world.sender, "KG-MIA"), did(admin, "KG-MIA"), did(None, "KG-MIA")}
    abroad = {did(world.receiver, "KG-MIA"), did(world.executor, "KG-MIA")}
    found = seen(client)
    assert ours <= found and not found & abroad


def test_a_whole_request_gives_nothing_away(world: World) -> None:
    """To the auditor of the requesting side: neither who works on the other side, nor which agency executes."""
    line = Line(world)
    line.walk_to("closed")
    client = browser(person(agency("KG-MIA"), Role.AUDITOR))
    page = client.get(reverse("audit:list")).content.decode()
    assert world.drafter.name in page
    for word in ("UZ-MIA", world.receiver.name, world.executor.name, "results_reported"):
        assert word not in page, word


def test_the_portals_auditor_reads_everything(world: World) -> None:
    """At the organisation without a state at which a platform admin works."""
    auditor = person(secretariat(), Role.AUDITOR)
    admin = person(secretariat(), Role.PLATFORM_ADMIN)
    made = {did(world.drafter, "KG-MIA"), did(world.receiver, "KG-MIA"), did(world.receiver, "UZ-GPO"), did(None, "")}
    client = browser(auditor)
    assert made <= seen(client)
    RoleAssignment.objects.filter(membership__user=admin).update(ends=timezone.now())
    assert not seen(client) & made, "an organisation that runs the portal no longer"


def test_another_organisations_auditor_does_not(world: World) -> None:
    """A regional body that joined like any agency reads what was done for it."""
    guest = create_agency(code="ORG-GUEST", kind=Agency.Kind.ORGANISATION_REGIONAL, name_en="Guest", name_ru="Гость")
    client = browser(person(guest, Role.AUDITOR))
    person(secretariat(), Role.PLATFORM_ADMIN)
    made = {did(world.drafter, "KG-MIA"), did(None, "")}
    mine = did(person(guest, Role.OBSERVER), "ORG-GUEST")
    found = seen(client)
    assert mine in found and not found & made


def test_a_states_agency_does_not_run_the_portal(world: World) -> None:
    """Also when a platform admin sits there: its auditor reads its own events."""
    person(agency("KG-GPO"), Role.PLATFORM_ADMIN)
    client = browser(person(agency("KG-GPO"), Role.AUDITOR))
    assert did(world.receiver, "UZ-GPO") not in seen(client)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
@pytest.mark.parametrize("address", ["", "export/csv/", "export/xlsx/"])
def test_nobody_else(role: str, address: str) -> None:
    """403 with the reason, whatever else the person may do; nothing is recorded."""
    client = browser(person(secretariat() if role in (Role.PLATFORM_ADMIN, Role.OBSERVER) else agency("KG-MIA"), role))
    before = AuditEvent.objects.count()
    response = client.get(f"/audit/{address}")
    assert response.status_code == 403 and "Only an auditor" in response.content.decode()
    assert AuditEvent.objects.count() == before


def test_an_auditor_of_two_agencies_of_a_state(world: World) -> None:
    """Reads both, and chooses between them."""
    auditor = person(agency("KG-MIA"), Role.AUDITOR)
    give_role(membership=member(auditor, agency("KG-GPO")), role=Role.AUDITOR)
    made = {did(world.drafter, "KG-MIA"), did(world.sender, "KG-GPO")}
    assert made <= seen(browser(auditor))
