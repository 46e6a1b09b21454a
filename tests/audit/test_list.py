"""The auditor's list: filters, pages, words; names of people and agencies, and nothing of a record."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.refusals import NotAllowed
from agencies.models import Role
from agencies.services import end_membership
from audit.models import AuditEvent
from audit.querysets import Place
from audit.reading import COUNTED, PAGE
from audit.services import record
from cases.services import save_case
from tests.factories import Line, World, agency, case, person
from tests.security.people import browser, secretariat
from tests.security.test_bad_input import HOSTILE, SCRIPT

pytestmark = pytest.mark.django_db
URL = "audit:list"


@pytest.fixture
def auditor(db: None) -> User:
    """An auditor of the organisation that runs the portal."""
    person(secretariat(), Role.PLATFORM_ADMIN)
    return person(secretariat(), Role.AUDITOR)


@pytest.fixture
def desk(auditor: User) -> Client:
    """The auditor's browser, and a log without the events of its own making."""
    return browser(auditor)


def note(name: str = "case.edit", **more: Any) -> AuditEvent:
    """An event."""
    more = {"actor": None, "subject_type": "case", "subject_id": uuid.uuid4()} | more
    at = more.pop("at", None)
    with time_machine.travel(at or timezone.now(), tick=False):
        return record(name, **more)


def shown(client: Client, **query: Any) -> list[int]:
    """The ids of the events on a page, in order."""
    response = client.get(reverse(URL), query)
    assert response.status_code == 200
    return [line.event.pk for line in response.context["lines"]]


def test_newest_first_page_by_page(desk: Client) -> None:
    """No event is left out or shown twice, also when many are of one moment."""
    moment = timezone.now()
    made = [note(at=moment - timedelta(seconds=number // 40)).pk for number in range(2 * PAGE + 7)]
    wanted = list(AuditEvent.objects.order_by("-at", "-id").values_list("pk", flat=True))
    seen, address = [], reverse(URL)
    for _ in range(20):
        response = desk.get(address)
        seen += [line.event.pk for line in response.context["lines"]]
        if not response.context["older"]:
            break
        address = reverse(URL) + response.context["older"]
    assert seen == wanted and set(made) <= set(seen)


def test_an_address_counts_nothing(desk: Client) -> None:
    """No event's number stands in the address of the next page: it would tell how much was done elsewhere."""
    moments = [timezone.now() - timedelta(minutes=number) for number in range(PAGE + 1)]
    made = [note(at=moment) for moment in moments]
    older = desk.get(reverse(URL), {"event": "case.edit"}).context["older"]
    assert older == f"?{urlencode({'event': 'case.edit', 'after': f'{moments[PAGE - 1].isoformat()}_1'})}"
    assert shown(desk, event="case.edit", after=f"{moments[PAGE - 1].isoformat()}_1") == [made[-1].pk]


def test_a_page_keeps_its_place(desk: Client) -> None:
    """What happens meanwhile moves nothing; 'Newer' leads to the top, with the filters kept."""
    for _ in range(PAGE + 5):
        note("case.edit")
    older = desk.get(reverse(URL), {"event": "case.edit"}).context["older"]
    before = desk.get(reverse(URL) + older).context["lines"]
    note("case.edit")
    response = desk.get(reverse(URL) + older)
    assert [line.event.pk for line in response.context["lines"]] == [line.event.pk for line in before]
    assert response.context["newest"] == "?event=case.edit" and not response.context["older"]


@pytest.mark.parametrize("place", ["", "x", "2026-01-01_1", "2026-01-01T00:00:00+00:00_x", f"_{'9' * 30}", "\x00"])
def test_a_place_that_is_none(desk: Client, place: str) -> None:
    """An address that somebody spoiled shows the newest page."""
    made = note().pk
    assert shown(desk, after=place)[0] == made
    assert Place.parse(str(Place(timezone.now(), 7))).shown == 7


def test_filters(desk: Client, world: World) -> None:
    """By agency, person, event, record and refusal; together they narrow."""
    kg, uz = agency("KG-MIA"), agency("UZ-GPO")
    subject = uuid.uuid4()
    one = note("case.edit", actor=world.drafter, agency=kg.code, subject_id=subject)
    two = note("case.edit", actor=world.supervisor, agency=kg.code, outcome="refused", code="role")
    three = note("share.ask", actor=world.receiver, agency=uz.code, subject_id=subject)
    ours = {one.pk, two.pk, three.pk}

    def found(**query: Any) -> set[int]:
        return ours & set(shown(desk, **query))

    assert found() == ours
    assert found(agency="KG-MIA") == {one.pk, two.pk}
    assert found(agency="KG-MIA", person=str(world.drafter.pk)) == {one.pk}
    assert found(event="share.ask") == {three.pk}
    assert found(subject=str(subject)) == {one.pk, three.pk}
    assert found(refused="on") == {two.pk}
    assert found(agency="KG-MIA", event="case.edit", refused="on") == {two.pk}
    assert found(subject=str(subject), agency="UZ-GPO") == {three.pk}
    assert found(subject=str(uuid.UUID(int=3))) == set()


def test_people_are_chosen_from_an_agency(desk: Client, world: World) -> None:
    """Everybody who works there, and who has left; of other agencies nobody."""
    gone = world.new(list(world.bodies)[0], Role.OFFICER)
    end_membership(membership=gone.memberships.get())
    assert len(desk.get(reverse(URL)).context["form"].fields["person"].choices) == 1
    form = desk.get(reverse(URL), {"agency": "KG-MIA"}).context["form"]
    names = {name for _pk, name in form.fields["person"].choices}
    assert {world.drafter.name, world.supervisor.name, gone.name} < names and world.receiver.name not in names
    form = desk.get(reverse(URL), {"agency": "UZ-GPO", "person": str(world.drafter.pk)}).context["form"]
    assert form.has_error("person")


def test_the_period_is_in_the_auditors_zone(world: World) -> None:
    """A day begins at midnight in Bishkek for Bishkek's auditor: six hours before UTC's."""
    reader = person(agency("KG-MIA"), Role.AUDITOR)
    client = browser(reader)
    at = {"before": (19, 17, 59), "first": (19, 18, 0), "last": (20, 17, 59), "after": (20, 18, 0)}
    made = {
        name: note(agency="KG-MIA", at=datetime(2026, 3, day, hour, minute, tzinfo=UTC)).pk
        for name, (day, hour, minute) in at.items()
    }
    both = shown(client, since="2026-03-20", until="2026-03-20")
    assert set(both) == {made["first"], made["last"]}
    assert made["before"] not in shown(client, since="2026-03-20")
    assert set(shown(client, until="2026-03-20")) == {made["before"], made["first"], made["last"]}


BAD = {
    "since": ["yesterday", "2026-13-01", "0000-00-00"],
    "until": ["31.02.2026", "9" * 50],
    "agency": ["XX-NONE", "' or 1=1", "\x00"],
    "person": ["x", str(uuid.UUID(int=3))],
    "event": ["no.such", "case"],
    "subject": ["x", "123", "0b5c7a12-3f4d-4e6a-9b8c-1d2e3f4a5b6"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_bad_filters_say_so(desk: Client, name: str, value: str) -> None:
    """The field says what is wrong, what was typed stays, nothing is listed."""
    note()
    response = desk.get(reverse(URL), {name: value})
    assert response.status_code == 200 and response.context["form"].has_error(name)
    assert not response.context["lines"] and response.context["count"] == "0"


@pytest.mark.parametrize("name", [*BAD, "refused", "after"])
def test_hostile_filters(desk: Client, name: str) -> None:
    """Whatever is put into an address: an answer in words, nothing raw in it, no failure."""
    note()
    for value in HOSTILE.values():
        response = desk.get(reverse(URL), {name: value})
        page = response.content.decode()
        assert response.status_code == 200 and SCRIPT not in page and "onfocus='alert" not in page, value


def test_a_period_that_ends_before_it_begins(desk: Client) -> None:
    """Is said at the second day."""
    response = desk.get(reverse(URL), {"since": "2026-03-02", "until": "2026-03-01"})
    assert response.context["form"].has_error("until")


def test_no_total_beyond_a_thousand(desk: Client) -> None:
    """Up to there the number; then 1,000+."""
    there = AuditEvent.objects.count()
    rows = [AuditEvent(name="case.edit", subject_type="case", subject_id=uuid.uuid4()) for _ in range(COUNTED - there)]
    AuditEvent.objects.bulk_create(rows)
    assert desk.get(reverse(URL)).context["count"] == "1,000"
    note()
    assert desk.get(reverse(URL)).context["count"] == "1,000+"


def test_nothing_of_a_record(desk: Client) -> None:
    """After a whole request: no reference, title, state before or link; words, people, agencies and ids instead."""
    line = Line(World()).walk_to("closed")
    page = desk.get(reverse(URL)).content.decode()
    line.case.refresh_from_db()
    for word in (line.request.reference, line.case.reference, line.request.title, line.case.title, "in_execution"):
        assert word not in page, word
    for folder in ("/cases/", "/requests/", "/shares/"):
        assert f'href="{folder}' not in page
    for word in ("Receipt acknowledged", line.world.drafter.name, line.world.receiver.name, "KG-GPO", str(line.pk)):
        assert word in page, word


def test_a_refused_attempt_is_marked(desk: Client, world: World) -> None:
    """With why, and under the agency of who tried it, though the caller named none."""
    mine = case(world.drafter, agency("KG-MIA"))
    liaison = world.new(list(world.bodies)[0], Role.LIAISON)
    with pytest.raises(NotAllowed):
        save_case(actor=liaison, pk=mine.pk, version=1, content={"title": "Another"})
    (line,) = desk.get(reverse(URL), {"refused": "on"}).context["lines"]
    assert (line.event.actor, line.event.agency, line.refused) == (liaison, "KG-MIA", True)
    assert ("why refused", "not allowed") in line.facts


def test_facts_in_words(desk: Client, world: World) -> None:
    """Roles and kinds in words, people by name, ids by how many; a fact that nobody foresaw is not shown."""
    made = note(
        "role.give",
        role="ca_officer",
        person=world.drafter.pk,
        agencies=["UZ-GPO", "UZ-MIA"],
        items=[uuid.uuid4(), uuid.uuid4()],
        kind="firearm",
        reference="KG-MIA-C-2026-000001",
        from_state="results_reported",
        sha256="ab" * 32,
    )
    (line,) = [one for one in desk.get(reverse(URL)).context["lines"] if one.event.pk == made.pk]
    assert line.facts == [
        ("role", "central-authority officer"),
        ("person", world.drafter.name),
        ("for", "UZ-GPO, UZ-MIA"),
        ("kind", "firearm"),
        ("items", "2"),
    ]


@pytest.mark.parametrize(
    ("name", "facts", "told"),
    [
        ("search.run", {"kind": "all"}, ("kind", "everything")),
        (
            "request.edit",
            {"fields": ["facts", "gap_reasons"]},
            ("fields", "summary of the facts, reasons for what is left out"),
        ),
        ("item.edit", {"fields": ["names", "born"]}, ("fields", "names, date of birth")),
        ("paper.edit", {"fields": ["answer_due"]}, ("fields", "answer asked by")),
        ("share.ask", {"until": "2027-01-26"}, ("until", "26 Jan 2027")),
        ("share.ask", {"until": "soon"}, ("until", "soon")),
    ],
)
def test_codes_of_facts_in_words(desk: Client, name: str, facts: dict[str, Any], told: tuple[str, str]) -> None:
    """What was changed, where was searched, until when: none of it as it is written down."""
    made = note(name, **facts)
    (line,) = [one for one in desk.get(reverse(URL)).context["lines"] if one.event.pk == made.pk]
    assert line.facts == [told]


def test_events_that_name_nobody_that_is_there(desk: Client) -> None:
    """An actor, a person or an agency that is gone, a kind of event that nobody taught: the page holds."""
    note("test.untaught", person="not-an-id", agency="XX-GONE")
    AuditEvent.objects.bulk_create(
        [AuditEvent(name="case.edit", actor_id=uuid.uuid4(), subject_type="no_such", facts={"person": 7})]
    )
    page = desk.get(reverse(URL)).content.decode()
    assert "test.untaught" in page and "XX-GONE" in page and "no_such" in page
