"""Requests on paper: written by the authority's officers, read by its case workers, marked void and never gone."""

from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import CASE_ROLES, Agency, Role
from agencies.services import end_membership, end_role
from audit.models import AuditEvent
from mla.models import PaperRequest, RegisterNumber
from mla.papers import change_paper, void_paper
from tests.databases import connect
from tests.factories import agency, designate, later, member, paper, person, today
from tests.security.pages import form_of
from tests.security.people import browser

pytestmark = pytest.mark.django_db


def content_of(entry: PaperRequest, **more: Any) -> dict[str, Any]:
    """What the entry says, for a change."""
    line = RegisterNumber.objects.get(paper=entry)
    names = ("authority", "their_number", "their_date", "subject", "crossed_on", "remark")
    said = {name: getattr(entry, name) for name in names}
    said |= {"direction": line.direction, "other_state": line.other_state}
    return said | {"number": line.number, "number_date": line.date} | more


@pytest.fixture
def at() -> Agency:
    """A central authority."""
    found = agency("KG-GPO")
    designate(found, "sends")
    return found


@pytest.fixture
def officer(at: Agency) -> Any:
    """Who keeps its register."""
    return person(at, Role.CA_OFFICER)


@pytest.fixture
def entry(officer: Any, at: Agency) -> PaperRequest:
    """What somebody entered."""
    return paper(officer, at)


def events() -> list[tuple[str, str, dict[str, Any]]]:
    """Name, outcome and facts of what was done with papers."""
    rows = AuditEvent.objects.filter(name__startswith="paper.").order_by("id")
    return [(row.name, row.outcome, row.facts) for row in rows]


def test_entered(officer: Any, at: Agency) -> None:
    """Both rows, who and when; the audit log holds ids and codes."""
    entry = paper(officer, at, number="P – 1", their_number="9 / 3", other_state="ORG", remark="By post.")
    line = entry.line
    assert (line.agency, line.direction, line.number, line.key) == (at, "incoming", "P – 1", "P-1")
    assert (line.other_state, line.search, line.request) == ("ORG", "P-1\n9/3", None)
    assert (entry.owner, entry.created_by, entry.version, entry.remark) == (at, officer, 1, "By post.")
    event = AuditEvent.objects.get(name="paper.create")
    assert (event.subject_type, event.subject_id, event.agency, event.facts) == ("paper", entry.pk, "KG-GPO", {})


@pytest.mark.parametrize("role", sorted(CASE_ROLES - {Role.CA_OFFICER}) + [Role.AGENCY_ADMIN])
def test_nobody_else_writes(entry: PaperRequest, at: Agency, role: str) -> None:
    """Other roles read, or not even that; each refusal is on record."""
    other = person(at, role)
    with pytest.raises(NotAllowed):
        paper(other, at)
    refusal = NotAllowed if role in CASE_ROLES else PaperRequest.DoesNotExist
    with pytest.raises(refusal):
        change_paper(actor=other, pk=entry.pk, version=1, content=content_of(entry))
    with pytest.raises(refusal):
        void_paper(actor=other, pk=entry.pk, version=1, reason="No.")
    refused = [name for name, outcome, _facts in events() if outcome == "refused"]
    assert refused == ["paper.create", "paper.edit", "paper.void"][: 3 if role in CASE_ROLES else 1]


def test_not_into_anothers_journal(officer: Any) -> None:
    """The role counts at its own agency only."""
    with pytest.raises(NotAllowed):
        paper(officer, agency("UZ-GPO"))


LACKING: list[tuple[dict[str, Any], str]] = [
    ({"number": ""}, "number"),
    ({"number_date": None}, "number_date"),
    ({"authority": ""}, "authority"),
    ({"subject": ""}, "subject"),
    ({"crossed_on": None}, "crossed_on"),
    ({"direction": "sideways"}, "direction"),
    ({"other_state": "ZZ"}, "other_state"),
    ({"other_state": "KG"}, "other_state"),
    ({"answered_on": later(-2)}, "answered_on"),
    ({"closed_on": later(-2)}, "closed_on"),
]


@pytest.mark.parametrize(("wrong", "field"), LACKING)
def test_what_is_lacking_or_contradicts(officer: Any, at: Agency, wrong: dict[str, Any], field: str) -> None:
    """Said at its field; nothing is entered."""
    with pytest.raises(Incomplete) as caught:
        paper(officer, at, **wrong)
    assert set(caught.value.errors) == {field}
    assert not PaperRequest.objects.exists() and not RegisterNumber.objects.exists()


def test_changed(entry: PaperRequest, officer: Any, at: Agency) -> None:
    """By another officer too; the log names the fields, not what they say."""
    other = person(at, Role.CA_OFFICER)
    said = content_of(entry, number="P-77", their_number="", other_state="JP", answered_on=entry.crossed_on)
    change_paper(actor=other, pk=entry.pk, version=1, content=said)
    entry = PaperRequest.objects.get()
    assert (entry.line.number, entry.line.search, entry.line.other_state) == ("P-77", "P-77", "JP")
    assert (entry.answered_on, entry.version, entry.created_by, entry.changed_by) == (
        entry.crossed_on,
        2,
        officer,
        other,
    )
    name, outcome, facts = events()[-1]
    assert (name, outcome) == ("paper.edit", "done")
    assert facts == {"fields": ["other_state", "number", "their_number", "answered_on"], "version": 2}


def test_moved_on(entry: PaperRequest, officer: Any) -> None:
    """The second change from the same page is told; so is a void of what changed."""
    change_paper(actor=officer, pk=entry.pk, version=1, content=content_of(entry, subject="Changed"))
    with pytest.raises(MovedOn):
        change_paper(actor=officer, pk=entry.pk, version=1, content=content_of(entry, subject="Too late"))
    with pytest.raises(MovedOn):
        void_paper(actor=officer, pk=entry.pk, version=1, reason="Too late.")
    assert PaperRequest.objects.get().subject == "Changed"


def test_void(entry: PaperRequest, officer: Any) -> None:
    """With a reason; then it stays as it is, in the register, and its reason is in no audit event."""
    with pytest.raises(Incomplete):
        void_paper(actor=officer, pk=entry.pk, version=1, reason=" ")
    void_paper(actor=officer, pk=entry.pk, version=1, reason="Entered twice.")
    entry = PaperRequest.objects.get()
    assert (entry.state, entry.void_reason, entry.version) == ("void", "Entered twice.", 2)
    for act in (
        lambda: change_paper(actor=officer, pk=entry.pk, version=2, content=content_of(entry)),
        lambda: void_paper(actor=officer, pk=entry.pk, version=2, reason="Again."),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert "twice" not in str(list(AuditEvent.objects.values()))
    (row,) = browser(officer).get("/register/").context["rows"]
    assert row.look["label"] == "Void"


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ([], "open"),
        (["answered_on"], "answered"),
        (["answered_on", "closed_on"], "closed"),
        (["closed_on"], "closed"),
    ],
)
def test_states(officer: Any, at: Agency, dates: list[str], state: str) -> None:
    """The last of what its dates say."""
    assert paper(officer, at, **dict.fromkeys(dates, today())).state == state


def test_who_reads(entry: PaperRequest, at: Agency) -> None:
    """Each case role of the agency, while membership and role run; nobody of another agency, no admin, no auditor."""
    url = reverse("register:paper", args=[entry.pk])

    def status(user: Any) -> int:
        return browser(user).get(url).status_code

    readers = [person(at, role) for role in CASE_ROLES]
    assert [status(one) for one in readers] == [200] * len(CASE_ROLES)
    for other in (person(agency("UZ-GPO"), *CASE_ROLES), person(at, Role.AGENCY_ADMIN), person(at, Role.AUDITOR)):
        assert status(other) == 404
    gone, moved = readers[:2]
    client, moved_client = browser(gone), browser(moved)
    end_role(assignment=gone.memberships.get().roles.get())
    end_membership(membership=moved.memberships.get())
    for one, its in ((gone, client), (moved, moved_client)):
        assert its.get(url).status_code == 302, "signed out"
        assert not PaperRequest.objects.visible_to(one, timezone.now()).exists()
        assert not RegisterNumber.objects.visible_to(one, timezone.now()).exists()
    one = readers[2]
    membership = one.memberships.get()
    assert not PaperRequest.objects.visible_to(one, membership.starts - timedelta(microseconds=1)).exists()
    assert PaperRequest.objects.visible_to(one, membership.starts).exists()
    type(one).objects.filter(pk=one.pk).update(is_active=False)
    assert not PaperRequest.objects.visible_to(one, timezone.now()).exists()


def pages(client: Client, entry: PaperRequest) -> dict[str, int]:
    """How the three pages answer."""
    return {
        name: client.get(reverse(f"register:{name}", args=[entry.pk])).status_code
        for name in ("paper", "paper_edit", "paper_void")
    }


def test_what_a_reader_is_offered(entry: PaperRequest, officer: Any, at: Agency) -> None:
    """The officer changes; a colleague of another role reads; once void there is a reason beside the buttons."""
    assert pages(browser(officer), entry) == {"paper": 200, "paper_edit": 200, "paper_void": 200}
    colleague = browser(person(at, Role.OFFICER))
    assert pages(colleague, entry) == {"paper": 200, "paper_edit": 403, "paper_void": 403}
    assert "Change the entry" not in colleague.get(reverse("register:paper", args=[entry.pk])).content.decode()
    assert "Enter a request on paper" not in colleague.get("/register/").content.decode()
    assert colleague.get(reverse("register:paper_create")).status_code == 403
    void_paper(actor=officer, pk=entry.pk, version=1, reason="Entered twice.")
    assert pages(browser(officer), entry) == {"paper": 200, "paper_edit": 403, "paper_void": 403}
    page = browser(officer).get(reverse("register:paper", args=[entry.pk])).content.decode()
    assert "This entry is void: it stays as it is." in page and "Entered twice." in page


def test_through_the_forms(officer: Any, at: Agency) -> None:
    """Entered, changed and marked void as a browser does it; twice counts once."""
    client = browser(officer)
    create = reverse("register:paper_create")
    form = form_of(client.get(f"{create}?direction=outgoing").content.decode())
    assert form.data["direction"] == ["outgoing"] and "number_again" not in form.names
    data = form.data | {"number": "P-5", "other_state": "MN", "authority": "Invented ministry", "subject": "Summons"}
    answers = [client.post(create, data) for _each in range(2)]
    url = answers[0]["Location"]
    assert [one["Location"] for one in answers] == [url, url] and PaperRequest.objects.count() == 1
    page = client.get(url).content.decode()
    assert "P-5" in page and "Invented ministry" in page and "Mongolia" in page
    form = form_of(client.get(f"{url}edit/").content.decode())
    assert (form.data["number"], form.data["other_state"]) == ("P-5", "MN")
    closed = today(at)
    assert client.post(f"{url}edit/", form.data | {"closed_on": closed.isoformat()})["Location"] == url
    assert PaperRequest.objects.get().closed_on == closed
    form = form_of(client.get(f"{url}void/").content.decode())
    assert client.post(f"{url}void/", form.data | {"reason": ""}).status_code == 200
    assert client.post(f"{url}void/", form.data | {"reason": "Entered twice."})["Location"] == url
    assert PaperRequest.objects.get().voided_at


def test_what_was_typed_is_kept(entry: PaperRequest, officer: Any) -> None:
    """An entry that changed meanwhile: the page says so, shows the present text, and can be sent again."""
    client, url = browser(officer), reverse("register:paper_edit", args=[entry.pk])
    form = form_of(client.get(url).content.decode())
    change_paper(actor=officer, pk=entry.pk, version=1, content=content_of(entry, subject="Changed meanwhile"))
    response = client.post(url, form.data | {"subject": "Typed on Friday", "remark": "Long words"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Changed meanwhile" in page and "Typed on Friday" in page and "Long words" in page
    assert client.post(url, form_of(page).data).status_code == 302
    assert PaperRequest.objects.get().subject == "Typed on Friday"


def test_two_journals_to_choose_from(officer: Any, at: Agency) -> None:
    """Who keeps the registers of two agencies says which; nobody writes into a third."""
    other = agency("KG-CUS")
    keeper = person(at, Role.CA_OFFICER)
    member(keeper, other, Role.CA_OFFICER)
    client, create = browser(keeper), reverse("register:paper_create")
    form = form_of(client.get(create).content.decode())
    data = form.data | {"number": "P-5", "other_state": "MN", "authority": "Invented ministry", "subject": "Summons"}
    assert client.post(create, data | {"agency": agency("UZ-GPO").pk}).status_code == 200
    assert not PaperRequest.objects.exists()
    client.post(create, data | {"agency": other.pk})
    assert PaperRequest.objects.get().owner == other


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("table", ["mla_paperrequest", "mla_registernumber"])
def test_never_removed(table: str, alias: str) -> None:
    """Neither the application's role nor the owner of the tables takes a line or an entry away."""
    at = agency("KG-GPO")
    paper(person(at, Role.CA_OFFICER), at)
    rival = connect(alias)
    for statement in (f"delete from {table}", f"truncate {table} cascade"):
        with rival.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege) as caught:
            cursor.execute(statement)
        assert ("never removed" if alias == "owner" else "permission denied") in str(caught.value)
    rival.close()
    assert PaperRequest.objects.count() == RegisterNumber.objects.count() == 1
