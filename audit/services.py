"""Recording an event. The caller's transaction carries it; a refusal is recorded in one of its own."""

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from audit import registry
from audit.models import AuditEvent, Outcome

# The closed list of facts. Each value is an id, a code, a count, a day or a list of those: a title, a name or a
# reason in somebody's own words has no key here, and `CODE` refuses what is no code.
FACTS = frozenset(
    {
        "agency",
        "agencies",
        "case",
        "code",
        "count",
        "fields",
        "from_state",
        "item",
        "items",
        "kind",
        "kinds",
        "person",
        "reference",
        "role",
        "sha256",
        "share",
        "shares",
        "size",
        "source",
        "to_state",
        "transition",
        "until",
        "version",
    }
)
CODE = re.compile(r"[A-Za-z0-9_.:+\-]{0,80}\Z")

Fact = str | int | uuid.UUID | Iterable[str | uuid.UUID]


def record(
    name: str,
    *,
    actor: User | None,
    subject_type: str,
    subject_id: uuid.UUID | None,
    agency: str = "",
    outcome: str = Outcome.DONE,
    **facts: Fact,
) -> AuditEvent:
    """Add one event to the caller's transaction.

    Raises ValueError when a fact is not on the closed list or its value is no id, code, count or day: content
    must not reach the audit log.
    """
    (event,) = record_each(
        name,
        actor=actor,
        subject_type=subject_type,
        subject_ids=[subject_id],
        agency=agency,
        outcome=outcome,
        **facts,
    )
    return event


def record_each(
    name: str,
    *,
    actor: User | None,
    subject_type: str,
    subject_ids: Iterable[uuid.UUID | None],
    agency: str = "",
    outcome: str = Outcome.DONE,
    **facts: Fact,
) -> list[AuditEvent]:
    """Add the same event of several subjects, one for each, to the caller's transaction; as `record` does."""
    checked = {key: _checked(key, value) for key, value in facts.items()}
    if outcome == Outcome.REFUSED:
        transaction.on_commit(partial(registry.refused, name), robust=True)
    return AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                name=name,
                actor=actor,
                agency=_code("agency", agency),
                outcome=outcome,
                subject_type=subject_type,
                subject_id=subject_id,
                facts=checked,
            )
            for subject_id in subject_ids
        ],
        batch_size=1000,
    )


@contextmanager
def audited(
    name: str,
    *,
    actor: User | None,
    subject_type: str,
    subject_id: uuid.UUID | None,
    agency: str = "",
    **facts: Fact,
) -> Iterator[None]:
    """Run an act in a transaction; when it is refused, record the refusal in a transaction of its own.

    A refusal for which the caller names no agency is written down under the actor's own, so that its auditor reads it.

    Inside a caller's transaction, which the refusal will roll back too, the record waits in the exception until
    the outermost one calls `settle()`.
    """
    try:
        with transaction.atomic():
            yield
    except Refused as refused:
        # `refused` is gone when this block ends; `write` may run later.
        code = refused.code

        def write() -> None:
            with transaction.atomic(durable=True):
                record(
                    name,
                    actor=actor,
                    agency=agency or (registry.agencies().home_of(actor) if actor else ""),
                    outcome=Outcome.REFUSED,
                    subject_type=subject_type,
                    subject_id=subject_id,
                    code=code,
                    **facts,
                )

        try:
            write()
        except RuntimeError:  # durable=True says that a transaction is open around us
            refused.afterwards.append(write)
        raise


def _checked(key: str, value: Fact) -> str | int | list[str]:
    if key not in FACTS:
        raise ValueError(f"'{key}' is not a fact that the audit log holds")
    if isinstance(value, int):
        return value
    if isinstance(value, str | uuid.UUID):
        return _code(key, str(value))
    return [_code(key, str(one)) for one in value]


def _code(key: str, value: str) -> str:
    if not CODE.match(value):
        raise ValueError(f"the value of '{key}' is not an id, a code or a day")
    return value
