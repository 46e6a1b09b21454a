"""The writer of grant rows: idempotent, one row a source, and sources end independently."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from cases.grants import give_to_agency, give_to_person, take_from_agency, take_from_person
from cases.models import Case, CaseGroupGrant
from tests.factories import agency, bare_case, bare_item, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    """An officer of UZ-MIA."""
    return person(agency("UZ-MIA"), "officer")


def sees(user: User, record: Case) -> bool:
    """Whether the door opens now."""
    return type(record).objects.visible_to(user).filter(pk=record.pk).exists()


def test_giving_twice_is_giving_once(reader: User) -> None:
    """The second changes nothing."""
    record = bare_case(agency("KG-MIA"))
    for _ in range(2):
        give_to_agency([record], agency("UZ-MIA"), "requested")
        give_to_person([record], reader, agency("UZ-MIA"), "named")
    assert record.group_grants.count() == record.person_grants.count() == 1


def test_sources_end_independently(reader: User) -> None:
    """Access ends when the last live row ends."""
    record = bare_case(agency("KG-MIA"))
    give_to_agency([record], agency("UZ-MIA"), "requested")
    give_to_agency([record], agency("UZ-MIA"), "assignment")
    give_to_person([record], reader, agency("UZ-MIA"), "named")
    take_from_agency([record], agency("UZ-MIA"), "requested")
    assert sees(reader, record)
    take_from_agency([record], agency("UZ-MIA"), "assignment")
    assert sees(reader, record)
    take_from_person([record], reader, "named")
    assert not sees(reader, record)


def test_one_expires_the_other_stays(reader: User) -> None:
    """An expired row does not end what another source gives."""
    record = bare_case(agency("KG-MIA"))
    past = timezone.now() - timedelta(seconds=1)
    give_to_agency([record], agency("UZ-MIA"), "assignment", expires_at=past)
    assert not sees(reader, record)
    give_to_agency([record], agency("UZ-MIA"), "requested")
    assert sees(reader, record)


def test_taking_is_exact(reader: User) -> None:
    """What another agency, person, source or record has stays."""
    first, second = bare_case(agency("KG-MIA")), bare_case(agency("KG-MIA"))
    other = person(agency("UZ-GPO"), "officer")
    give_to_agency([first, second], agency("UZ-MIA"), "requested")
    give_to_agency([first], agency("UZ-GPO"), "requested")
    take_from_agency([first], agency("UZ-MIA"), "requested")
    assert not sees(reader, first)
    assert sees(reader, second)
    assert sees(other, first)


def test_mixed_records_in_one_call(reader: User) -> None:
    """A case and its items are given and taken together."""
    record = bare_case(agency("KG-MIA"))
    items = [bare_item(record), bare_item(record)]
    give_to_agency([record, *items], agency("UZ-MIA"), "requested")
    assert all(sees(reader, one) for one in [record, *items])
    take_from_agency([record, items[0]], agency("UZ-MIA"), "requested")
    assert [sees(reader, one) for one in [record, *items]] == [False, False, True]


def test_rows_carry_the_sort_key() -> None:
    """A copy of the record's moment, by which lists are ordered."""
    record = bare_case(agency("KG-MIA"))
    give_to_agency([record], agency("UZ-MIA"), "requested")
    assert record.group_grants.get().sort_at == record.created_at


def test_the_database_refuses_a_double() -> None:
    """One row per holder, permission, record and source, whoever writes it."""
    record = bare_case(agency("KG-MIA"))
    give_to_agency([record], agency("UZ-MIA"), "requested")
    row = record.group_grants.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseGroupGrant.objects.bulk_create([row])
