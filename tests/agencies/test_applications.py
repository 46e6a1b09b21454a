"""A new agency: entered by one platform admin, approved by another, who decides on what they have looked at."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.forms.onboarding import ApplicationForm, DesignationForm
from agencies.models import Agency, Application, Designation, Invitation, Role
from agencies.services.applications import (
    change_application,
    decide_application,
    enter_application,
    withdraw_application,
)
from agencies.standing import people_with
from audit.models import AuditEvent
from notifications.models import Letter, Outbox
from tests.agencies.offices import APPLICATION, DESIGNATION, Office, join, roles_of
from tests.factories import agency, state
from tests.racing import race, winner


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


def test_from_the_note_to_its_first_admin(office: Office) -> None:
    """Approval makes the agency, its designations and one invitation; who accepts it is the agency's admin."""
    rows = [
        DESIGNATION | {"starts": date(2004, 10, 2)},
        DESIGNATION | {"starts": date(2020, 1, 1), "basis": "domestic"},
    ]
    content = APPLICATION | {"home_state": state("KG")}
    row = enter_application(actor=office.platform, content=content, designations=rows)
    assert not Agency.objects.filter(code="KG-BOR").exists() and not Letter.objects.exists()
    office.approve(row)
    made = Agency.objects.get(code="KG-BOR")
    assert (made.state_id, made.kind, made.name_ru) == ("KG", "border_service", "Пограничная служба")
    found = (
        Designation.objects.filter(agency=made).order_by("starts").values_list("basis", "function", "starts", "source")
    )
    assert list(found) == [
        ("chisinau-2002", "executes", date(2004, 10, 2), "List of the depositary"),
        ("domestic", "executes", date(2020, 1, 1), "List of the depositary"),
    ]
    invitation = Invitation.objects.get(agency=made)
    assert (invitation.invited_by, invitation.confirmed_by) == (office.platform, office.second)
    assert Letter.objects.get().subject_id == invitation.pk
    user = join(invitation, "First Admin, as she writes it")
    assert roles_of(user) == {Role.AGENCY_ADMIN} and people_with(Role.AGENCY_ADMIN, made.pk) == [user]
    assert user.memberships.get().roles.get().given_by == office.second


def test_the_others_hear_of_it(office: Office) -> None:
    """The other platform admins when it waits, the first one when it is decided; each step is an event."""
    row = office.enter()
    told = set(Outbox.objects.filter(event="application.enter").values_list("person", flat=True))
    assert told == {office.second.pk, office.third.pk}
    office.approve(row)
    assert Outbox.objects.get(event="application.approve").person == office.platform
    events = AuditEvent.objects.filter(name__startswith="application.").order_by("id")
    assert [(event.name, event.actor) for event in events] == [
        ("application.enter", office.platform),
        ("application.approve", office.second),
    ]


def test_four_eyes(office: Office) -> None:
    """Not by who entered it; the database says so too."""
    row = office.enter()
    with pytest.raises(NotAllowed, match="another person"):
        office.approve(row, by=office.platform)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=row.pk).update(decided_by=office.platform)
    assert not Agency.objects.filter(code="KG-BOR").exists()


def test_only_platform_admins(office: Office) -> None:
    """Nobody else enters one, or finds one."""
    row = office.enter()
    for user in (office.admin, office.officer):
        with pytest.raises(NotAllowed):
            office.enter(by=user, code="KG-XYZ")
        with pytest.raises(Application.DoesNotExist):
            office.approve(row, by=user)


def test_approved_is_what_was_looked_at(office: Office) -> None:
    """Changed since: the second person looks again. Only who entered it changes it."""
    row = office.enter()
    content = APPLICATION | {"home_state": state("KG"), "admin_email": "other@kg-bor.example"}
    with pytest.raises(NotAllowed):
        change_application(actor=office.second, pk=row.pk, version=1, content=content, designations=[])
    change_application(actor=office.platform, pk=row.pk, version=1, content=content, designations=[])
    with pytest.raises(MovedOn):
        office.approve(row, version=1)
    with pytest.raises(MovedOn):
        change_application(actor=office.platform, pk=row.pk, version=1, content=content, designations=[])
    office.approve(row, version=2)
    assert Invitation.objects.get().email == "other@kg-bor.example"


def test_declined_or_taken_back(office: Office) -> None:
    """Declining says why; afterwards nothing is open, and the same agency can be entered anew."""
    row = office.enter()
    with pytest.raises(Incomplete):
        decide_application(actor=office.second, pk=row.pk, version=1, approve=False)
    decide_application(actor=office.second, pk=row.pk, version=1, approve=False, reason="The note has no seal.")
    with pytest.raises(MovedOn):
        office.approve(row, by=office.third)
    again = office.enter()
    with pytest.raises(NotAllowed):
        withdraw_application(actor=office.second, pk=again.pk)
    withdraw_application(actor=office.platform, pk=again.pk)
    with pytest.raises(MovedOn, match="taken back"):
        office.approve(again)
    assert not Agency.objects.filter(code="KG-BOR").exists()
    office.enter()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"code": "kg-bor"}, "code"),
    ({"code": "KG-BOR\n"}, "code"),
    ({"code": "UZ-BOR"}, "code"),
    ({"code": "KG-MIA"}, "code"),
    ({"kind": "circus"}, "kind"),
    ({"name_en": ""}, "name_en"),
    ({"name_ru": "x" * 201}, "name_ru"),
    ({"source": ""}, "source"),
    ({"admin_email": "nobody"}, "admin_email"),
    ({"admin_name": ""}, "admin_name"),
    ({"admin_language": "kg"}, "admin_language"),
    ({"home_state": None}, "home_state"),
    ({"kind": "organisation_regional"}, "home_state"),
]


@pytest.mark.parametrize(("more", "field"), WRONG)
def test_what_is_wrong_is_said(office: Office, more: dict[str, Any], field: str) -> None:
    """By field; nothing is saved."""
    with pytest.raises(Incomplete) as gap:
        office.enter(**more)
    assert field in gap.value.errors and not Application.objects.exists()


@pytest.mark.parametrize(
    "more",
    [{"basis": "reciprocity"}, {"basis": "none"}, {"function": "sings"}, {"stage": ""}, {"source": ""}]
    + [{"starts": None}, {"ends": date(1990, 1, 1)}, {"more": 1}],
)
def test_a_designation_that_says_too_little(office: Office, more: dict[str, Any]) -> None:
    """Rule, function, stage, first day and source are needed, and the end lies behind the beginning."""
    row = DESIGNATION | {"starts": date(2004, 10, 2)} | more
    with pytest.raises(Incomplete) as gap:
        content = APPLICATION | {"home_state": state("KG")}
        enter_application(actor=office.platform, content=content, designations=[row])
    assert set(gap.value.errors) == {"designations"}


def test_an_organisation_has_no_state(office: Office) -> None:
    """And its code is its own."""
    organisation = office.enter(code="ORG-INT", kind="organisation_international", home_state=None)
    office.approve(organisation)
    assert Agency.objects.get(code="ORG-INT").state is None


def test_one_code_one_agency(office: Office) -> None:
    """Entered twice, or made meanwhile by another way."""
    row = office.enter()
    with pytest.raises(Incomplete) as gap:
        office.enter(by=office.second)
    assert "code" in gap.value.errors
    Application.objects.filter(pk=row.pk).update(code="KG-GPO")
    agency("KG-GPO")
    row.refresh_from_db()
    with pytest.raises(NotAllowed, match="by now"):
        office.approve(row)


@pytest.mark.django_db(transaction=True)
def test_two_approve_at_the_same_moment() -> None:
    """One agency, one invitation; the other is told who was first."""
    office = Office()
    row = office.enter()
    acts = race(
        ("select 1 from agencies_application where id = %s for update", str(row.pk)),
        lambda: office.approve(row, by=office.second),
        lambda: office.approve(row, by=office.third),
    )
    winner(*acts)
    assert isinstance(acts[1].error, MovedOn) and office.second.name in str(acts[1].error.reason)
    assert Agency.objects.filter(code="KG-BOR").count() == Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_approved_while_it_is_changed() -> None:
    """Whoever comes second is told: never is something approved that nobody looked at."""
    office = Office()
    row = office.enter()
    content = APPLICATION | {"home_state": state("KG"), "name_en": "Changed"}
    lock = ("select 1 from agencies_application where id = %s for update", str(row.pk))
    acts = race(
        lock,
        lambda: change_application(actor=office.platform, pk=row.pk, version=1, content=content, designations=[]),
        lambda: office.approve(row),
    )
    winner(*acts)
    assert isinstance(acts[1].error, MovedOn) and not Agency.objects.filter(code="KG-BOR").exists()


@pytest.mark.django_db(transaction=True)
def test_one_code_entered_twice_at_the_same_moment() -> None:
    """The second waits for the first's row, and is then told."""
    office = Office()
    first = office.enter()
    withdraw_application(actor=office.platform, pk=first.pk)
    lock = ("lock table agencies_application in share mode",)
    acts = race(lock, lambda: office.enter(by=office.platform), lambda: office.enter(by=office.second))
    assert sorted(act.error is None for act in acts) == [False, True]
    refused = next(act.error for act in acts if act.error)
    assert isinstance(refused, Incomplete) and "code" in refused.errors


def test_nothing_is_chosen_beforehand() -> None:
    """A kind or a rule that nobody chose is asked for; the code may be typed in small letters."""
    form = ApplicationForm({"code": "kg-bor"})
    assert not form.is_valid() and form.cleaned_data["code"] == "KG-BOR"
    assert form["kind"].value() is None and "kind" in form.errors
    row = DesignationForm({"starts": "2004-01-01", "source": "Note 4"})
    assert not row.is_valid() and {"basis", "function"} <= set(row.errors)
