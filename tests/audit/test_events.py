"""Audit events: a closed list of facts, and rows that nobody changes, the owner of the table included."""

import uuid

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from accounts.refusals import NotAllowed
from audit.models import AuditEvent
from audit.services import FACTS, audited, record
from mla.models import RequestEvent, RequestVersion, Signature
from tests.databases import connect
from tests.factories import Line, person

GOOD = [
    0,
    7,
    True,
    "KG-MIA",
    "2026-11-20",
    "a.b_c:d+e",
    "",
    uuid.UUID(int=1),
    ["title", "facts"],
    (),
    "x" * 80,
]
BAD = ["two words", "Иванов", "a\nb", "line\n", "<script>", "x" * 81, ["fine", "not fine"], "a@b.example", "‮"]


@pytest.mark.django_db
@pytest.mark.parametrize("value", GOOD)
def test_ids_codes_counts_and_days_are_facts(value: object) -> None:
    """What a fact may be; lists of them too."""
    event = record("test", actor=None, subject_type="case", subject_id=None, code=value)
    event.refresh_from_db()
    if isinstance(value, list | tuple):
        expected: object = [str(one) for one in value]
    else:
        expected = value if isinstance(value, int) else str(value)
    assert event.facts == {"code": expected}


@pytest.mark.django_db
@pytest.mark.parametrize("value", BAD)
def test_words_are_no_facts(value: object) -> None:
    """Content does not reach the audit log under any key."""
    # "agency" is a column of its own: below.
    for key in FACTS - {"agency"}:
        with pytest.raises(ValueError, match=key):
            record("test", actor=None, subject_type="case", subject_id=None, **{key: value})
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_the_agency_is_a_code() -> None:
    """Its column holds no words either."""
    with pytest.raises(ValueError, match="agency"):
        record("test", actor=None, subject_type="case", subject_id=None, agency="Two words")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["title", "subject", "reason", "text", "email"])
def test_the_list_of_facts_is_closed(key: str) -> None:
    """A key that is not on it is refused, whatever its value."""
    with pytest.raises(ValueError, match=key):
        record("test", actor=None, subject_type="case", subject_id=None, **{key: "code"})


CHANGES = ["update {} set {} = {}", "delete from {}", "truncate {}"]
TABLES = {
    "audit_auditevent": "name",
    "mla_requestevent": "text",
    "mla_requestversion": "sha256",
    "mla_signature": "at",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("table", TABLES)
def test_append_only(line: Line, table: str, alias: str) -> None:
    """Neither the application's role nor the owner changes, deletes or truncates what was written."""
    line.walk_to("transmitted")
    rival = connect(alias)
    for change in CHANGES:
        statement = change.format(table, TABLES[table], TABLES[table])
        if change.startswith("truncate"):
            statement += " cascade"
        with rival.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege) as caught:
            cursor.execute(statement)
        said = "append-only" if alias == "owner" else "permission denied"
        assert said in str(caught.value)
    rival.close()
    for model in (AuditEvent, RequestEvent, RequestVersion, Signature):
        assert model.objects.exists()


@pytest.mark.django_db
def test_the_application_cannot_turn_the_triggers_off() -> None:
    """The application's role owns no table."""
    for statement in ("alter table audit_auditevent disable trigger all", "drop table audit_auditevent"):
        with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("set session_replication_role = replica")


@pytest.mark.django_db(transaction=True)
def test_done_stands_or_falls_with_the_act() -> None:
    """An act that fails leaves no event that says it was done."""

    class Broken(Exception):
        pass

    with pytest.raises(Broken), audited("test", actor=None, subject_type="case", subject_id=None):
        record("test", actor=None, subject_type="case", subject_id=None)
        raise Broken
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_recorded_after_the_rollback() -> None:
    """What the act wrote is gone; that it was refused, to whom and why, stays."""
    actor, subject = person(), uuid.uuid4()
    with (
        pytest.raises(NotAllowed),
        audited("test", actor=actor, subject_type="case", subject_id=subject, agency="KG-MIA", item=subject),
    ):
        record("test", actor=actor, subject_type="case", subject_id=subject)
        raise NotAllowed("Another person's turn.", code="role")
    event = AuditEvent.objects.get()
    assert (event.name, event.outcome, event.actor_id, event.agency) == (
        "test",
        "refused",
        actor.pk,
        "KG-MIA",
    )
    assert event.facts == {"code": "role", "item": str(subject)}


@pytest.mark.django_db(transaction=True)
def test_a_refusal_waits_for_the_outermost_transaction() -> None:
    """Inside a caller's transaction the record waits until `settle()`, and is written once."""
    refusal = audited("test", actor=None, subject_type="case", subject_id=None)
    with pytest.raises(NotAllowed) as caught, transaction.atomic(), transaction.atomic(), refusal:
        raise NotAllowed("No.")
    assert not AuditEvent.objects.exists()
    caught.value.settle()
    caught.value.settle()
    assert AuditEvent.objects.get().outcome == "refused"
