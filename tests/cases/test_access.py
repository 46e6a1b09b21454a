"""The one door: each clause of the predicate, on all three guarded models, by all its handles."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agencies.models import CASE_ROLES, Agency, Membership, Role
from cases.access import PAGE, Cursor, page_of
from cases.grants import give_to_agency, give_to_person
from cases.models import Case, CaseItem, GrantSource
from mla.models import AssistanceRequest
from tests.factories import agency, bare_case, bare_item, member, person, state

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
LONG = timedelta(days=900)


def bare_request(owner: Agency) -> AssistanceRequest:
    """A request row without any grant."""
    of = bare_case(owner)
    return AssistanceRequest.objects.create(
        reference=f"X-R-{of.reference}",
        case=of,
        drafter=of.created_by,
        drafting_agency=owner,
        requesting_state=owner.state,
        requested_state=state("UZ"),
        title="Bare",
    )


MAKERS: dict[str, Callable[[Agency], Any]] = {
    "case": bare_case,
    "item": lambda owner: bare_item(bare_case(owner)),
    "request": bare_request,
}


@pytest.fixture(params=MAKERS)
def record(request: pytest.FixtureRequest) -> Any:
    """A case, an item, a request of KG-MIA, without any grant."""
    return MAKERS[request.param](agency("KG-MIA"))


@pytest.fixture
def receiver() -> User:
    """An officer of UZ-MIA since long ago."""
    user = person()
    long_member(user, agency("UZ-MIA"), Role.OFFICER)
    return user


def long_member(user: User, at: Agency, *roles: str) -> Membership:
    """Membership and roles that began long before NOW and have no end."""
    membership = member(user, at, *roles)
    Membership.objects.filter(pk=membership.pk).update(starts=NOW - LONG)
    membership.roles.update(starts=NOW - LONG)
    return membership


def sees(user: User, record: Any, now: datetime = NOW) -> bool:
    """Whether the person sees the record, by every handle, which must agree."""
    manager = type(record).objects
    one = manager.visible_to(user, now=now).filter(pk=record.pk).exists()
    listed = record in manager.newest_visible(user, now=now)
    among = [record in manager.visible_among(user, few=few, now=now) for few in (True, False)]
    assert [listed, *among, manager.count_visible(user, now=now) == 1] == [one] * 4
    return one


def test_without_a_grant_nobody_sees(record: Any) -> None:
    """Not even an officer of the owner agency: grants alone open."""
    assert not sees(person(record.case.owner if hasattr(record, "case") else record.owner, Role.OFFICER), record)


def test_agency_grant_opens_to_its_case_workers(record: Any, receiver: User) -> None:
    """A row for the agency's group gives the record to its officer, and to nobody of another agency."""
    give_to_agency([record], agency("UZ-MIA"), GrantSource.SHARE)
    stranger = person()
    long_member(stranger, agency("UZ-GPO"), *CASE_ROLES)
    assert sees(receiver, record)
    assert not sees(stranger, record)


@pytest.mark.parametrize("role", Role)
def test_only_case_roles_open(role: str) -> None:
    """Every case role opens; admins, auditors and observers see nothing."""
    record, user = bare_case(agency("KG-MIA")), person()
    long_member(user, agency("UZ-MIA"), role)
    give_to_agency([record], agency("UZ-MIA"), GrantSource.SHARE)
    give_to_person([record], user, agency("UZ-MIA"), GrantSource.NAMED)
    assert sees(user, record) == (role in CASE_ROLES)


def test_membership_without_role_opens_nothing(record: Any) -> None:
    """Being in the agency, and in guardian's group, is not enough."""
    user = person()
    long_member(user, agency("UZ-MIA"))
    user.groups.add(agency("UZ-MIA").group)
    give_to_agency([record], agency("UZ-MIA"), GrantSource.SHARE)
    give_to_person([record], user, agency("UZ-MIA"), GrantSource.NAMED)
    assert not sees(user, record)


def both_ways(record: Any, user: User, expires_at: datetime | None = None) -> None:
    """Give the record to UZ-MIA and to the person by name."""
    give_to_agency([record], agency("UZ-MIA"), GrantSource.SHARE, expires_at=expires_at)
    give_to_person([record], user, agency("UZ-MIA"), GrantSource.NAMED, expires_at=expires_at)


def test_expiry_to_the_microsecond(record: Any, receiver: User) -> None:
    """Up to its expiry, not including it."""
    both_ways(record, receiver, expires_at=NOW)
    assert sees(receiver, record, NOW - INSTANT)
    assert not sees(receiver, record, NOW)
    assert not sees(receiver, record, NOW + INSTANT)


@pytest.mark.parametrize("what", ["membership", "role"])
def test_begin_to_the_microsecond(record: Any, receiver: User, what: str) -> None:
    """A membership and a role open from their first instant."""
    both_ways(record, receiver)
    membership = receiver.memberships.get()
    rows = membership.roles.all() if what == "role" else Membership.objects.filter(pk=membership.pk)
    rows.update(starts=NOW)
    assert not sees(receiver, record, NOW - INSTANT)
    assert sees(receiver, record, NOW)


@pytest.mark.parametrize("what", ["membership", "role"])
def test_end_to_the_microsecond(record: Any, receiver: User, what: str) -> None:
    """A membership and a role open up to their last instant, not including it."""
    both_ways(record, receiver)
    membership = receiver.memberships.get()
    rows = membership.roles.all() if what == "role" else Membership.objects.filter(pk=membership.pk)
    rows.update(ends=NOW)
    assert sees(receiver, record, NOW - INSTANT)
    assert not sees(receiver, record, NOW)


def test_inactive_person_sees_nothing(record: Any, receiver: User) -> None:
    """Deactivation closes everything, whatever rows remain."""
    both_ways(record, receiver)
    receiver.is_active = False
    receiver.save()
    assert not sees(receiver, record)


def test_named_person_who_left_the_agency(record: Any, receiver: User) -> None:
    """A name holds for the agency it was given for: another agency's desk does not revive it."""
    give_to_person([record], receiver, agency("UZ-MIA"), GrantSource.NAMED)
    assert sees(receiver, record)
    receiver.memberships.update(ends=NOW - INSTANT)
    long_member(receiver, agency("UZ-GPO"), Role.OFFICER)
    assert not sees(receiver, record)


def test_role_and_membership_must_be_of_one_desk(record: Any, receiver: User) -> None:
    """A role at one agency and a bare membership at another do not add up."""
    long_member(receiver, agency("UZ-GPO"))
    give_to_agency([record], agency("UZ-GPO"), GrantSource.SHARE)
    assert not sees(receiver, record)


def test_a_name_is_one_persons(record: Any, receiver: User) -> None:
    """Nobody else of the agency sees what one person was given by name."""
    give_to_person([record], receiver, agency("UZ-MIA"), GrantSource.NAMED)
    colleague = person()
    long_member(colleague, agency("UZ-MIA"), Role.SUPERVISOR)
    assert not sees(colleague, record)


def test_another_permission_opens_nothing(record: Any, receiver: User) -> None:
    """Only the row of the model's own 'view' permission counts."""
    both_ways(record, receiver)
    other = "view_case" if not isinstance(record, Case) else "view_caseitem"
    from django.contrib.auth.models import Permission

    wrong = Permission.objects.get(content_type__app_label="cases", codename=other)
    record.group_grants.update(permission=wrong)
    record.person_grants.update(permission=wrong)
    assert not sees(receiver, record)


def test_two_desks_add_up() -> None:
    """Who works at two agencies sees what either was given, each record once."""
    user, records = person(), [bare_case(agency("KG-MIA")) for _ in range(3)]
    long_member(user, agency("UZ-MIA"), Role.OFFICER)
    long_member(user, agency("UZ-GPO"), Role.LIAISON, Role.OFFICER)
    give_to_agency(records[:2], agency("UZ-MIA"), GrantSource.SHARE)
    give_to_agency(records[1:], agency("UZ-GPO"), GrantSource.SHARE)
    assert list(Case.objects.visible_to(user).order_by("-created_at", "-id")) == records[::-1]
    assert Case.objects.newest_visible(user) == records[::-1]


def test_one_statement_for_a_page(receiver: User) -> None:
    """The default page of a list is one statement, however many rows it has."""
    give_to_agency([bare_case(agency("KG-MIA")) for _ in range(30)], agency("UZ-MIA"), GrantSource.SHARE)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = Case.objects.newest_visible(receiver, limit=25)
        assert len([row.title for row in rows]) == 25
    assert len(queries) == 1


def test_items_of_a_visible_case_are_not_visible_by_it(receiver: User) -> None:
    """A case opens no item, an item opens no case: each has its own rows."""
    of = bare_case(agency("KG-MIA"))
    item = bare_item(of)
    give_to_agency([of], agency("UZ-MIA"), GrantSource.SHARE)
    assert list(CaseItem.objects.visible_to(receiver)) == []
    assert list(of.items.visible_to(receiver)) == []
    give_to_agency([item], agency("UZ-MIA"), GrantSource.SHARE)
    assert list(of.items.visible_to(receiver)) == [item]


# --- from page to page ---


@pytest.mark.parametrize("text", ["", "_", "2026-11-20T12:00:00+23:59_c0ffee", "c0ffee", "\0", "9" * 500, "‮" * 32])
def test_a_bad_cursor_is_none(text: str) -> None:
    """An address that holds no cursor leads to the first page."""
    assert Cursor.parse(text) is None


def test_a_cursor_reads_what_it_writes(record: Any) -> None:
    """And writes the row's id alone: no moment, from which somebody could read when it was begun."""
    assert str(Cursor(record.pk)) == str(record.pk)
    assert Cursor.parse(str(record.pk)) == Cursor(record.pk)


def test_a_page_goes_on_in_one_statement(record: Any, receiver: User) -> None:
    """Where it goes on is read from the reader's own grant, with the page."""
    older = MAKERS["case"](agency("KG-MIA"))
    give_to_agency([older], agency("UZ-MIA"), GrantSource.SHARE, came_at=NOW)
    newer = MAKERS["case"](agency("KG-MIA"))
    give_to_person([newer], receiver, agency("UZ-MIA"), GrantSource.NAMED)
    with CaptureQueriesContext(connection) as queries:
        assert Case.objects.newest_visible(receiver, after=Cursor(newer.pk)) == [older]
    assert len(queries) == 1


@pytest.mark.parametrize("how", ["never given", "expired", "given to another", "not there"])
def test_after_what_one_does_not_see_nothing_comes(record: Any, receiver: User, how: str) -> None:
    """A cursor of a row that is not open now tells nothing of where that row would stand."""
    manager = type(record).objects
    seen = MAKERS["case"](agency("KG-MIA")) if isinstance(record, Case) else None
    if seen is not None:
        give_to_agency([seen], agency("UZ-MIA"), GrantSource.SHARE)
    if how == "expired":
        both_ways(record, receiver, expires_at=NOW)
    if how == "given to another":
        give_to_agency([record], agency("UZ-GPO"), GrantSource.SHARE)
    at = Cursor(uuid.uuid4() if how == "not there" else record.pk)
    assert manager.newest_visible(receiver, after=at, now=NOW) == []


def test_what_came_last_stands_first(receiver: User) -> None:
    """In the order in which records came to the reader's side, whenever they were begun."""
    first, second = bare_request(agency("KG-MIA")), bare_request(agency("KG-MIA"))
    give_to_agency([second], agency("UZ-MIA"), GrantSource.REQUESTED, came_at=NOW - INSTANT)
    give_to_agency([first], agency("UZ-MIA"), GrantSource.REQUESTED, came_at=NOW)
    assert first.created_at < second.created_at
    assert AssistanceRequest.objects.newest_visible(receiver, now=NOW) == [first, second]
    assert AssistanceRequest.objects.newest_visible(receiver, now=NOW, after=Cursor(first.pk)) == [second]


def test_pages_of_a_list() -> None:
    """Older ones follow as long as there are any; a page that is gone begins anew, and says so."""
    rows = [bare_case(agency("KG-MIA")) for _ in range(PAGE + 1)]

    def rows_after(after: Cursor | None, limit: int) -> list[Case]:
        places = [row.pk for row in rows]
        if after is None:
            return rows[:limit]
        return rows[places.index(after.id) + 1 :][:limit] if after.id in places else []

    first = page_of("", rows_after)
    assert (first.rows, first.older, first.newer, first.anew) == (rows[:PAGE], Cursor(rows[PAGE - 1].pk), False, False)
    last = page_of(str(first.older), rows_after)
    assert (last.rows, last.older, last.newer, last.anew) == (rows[PAGE:], None, True, False)
    for gone in (str(uuid.uuid4()), str(rows[-1].pk)):
        assert page_of(gone, rows_after) == replace(first, anew=True)
    assert page_of("no cursor", rows_after) == first


# --- for lists that filter ---


def test_one_source_alone(record: Any, receiver: User) -> None:
    """A list that asks for what was given by some sources shows nothing that another gave."""
    give_to_agency([record], agency("UZ-MIA"), GrantSource.SHARE)
    for few in (True, False):
        rows = type(record).objects
        assert record in rows.visible_among(receiver, few=few, through=[GrantSource.SHARE], now=NOW)
        assert record not in rows.visible_among(receiver, few=few, through=[GrantSource.OWNERSHIP], now=NOW)
        assert record not in rows.visible_among(receiver, few=few, through=[], now=NOW)


def test_counting_stops(receiver: User) -> None:
    """A record of several grants counts once, and nobody counts further than asked."""
    records = [bare_case(agency("KG-MIA")) for _ in range(5)]
    give_to_agency(records, agency("UZ-MIA"), GrantSource.SHARE)
    give_to_agency(records, agency("UZ-MIA"), GrantSource.OWNERSHIP)
    give_to_person(records, receiver, agency("UZ-MIA"), GrantSource.NAMED)
    assert [Case.objects.count_visible(receiver, at_most=most, now=NOW) for most in (1, 4, 5, 9)] == [1, 4, 5, 5]
