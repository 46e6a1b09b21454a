"""Each question of an auditor walks an index of its own, newest first: read from the plan, without a clock."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agencies.auditing import KnownAgencies
from agencies.models import Role
from agencies.standing import standing_of
from audit.models import AuditEvent
from audit.querysets import Place
from audit.reading import PAGE
from tests.factories import World, agency, person
from tests.performance.test_plans import nodes

pytestmark = pytest.mark.django_db

SUBJECT, PERSON = uuid.uuid4(), uuid.uuid4()
QUESTIONS: dict[str, dict[str, Any]] = {
    "audit_newest": {},
    "audit_agency": {"agency": "KG-MIA"},
    "audit_event": {"event": "request.close"},
    "audit_actor": {"person": PERSON},
    "audit_subject": {"subject": SUBJECT},
    "audit_refused": {"refused": True},
}


@pytest.fixture(autouse=True)
def log(world: World) -> None:
    """Enough events for a plan."""
    names = ["case.edit", "request.close", "item.read"]
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                name=names[number % 3],
                agency=["KG-MIA", "UZ-GPO"][number % 2],
                actor_id=[world.drafter.pk, PERSON][number % 2],
                subject_type="case",
                subject_id=[SUBJECT, uuid.uuid4()][number % 2],
                outcome=["refused", "done"][number % 5 > 0],
            )
            for number in range(2000)
        ]
    )


def plan(found: Any) -> list[dict[str, Any]]:
    """The nodes of a query's plan, as it is where tables are so large that scanning them never pays."""
    sql, params = found.query.sql_with_params()
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute("explain (format json) " + sql, params)
        (said,) = cursor.fetchone()
    return list(nodes((json.loads(said) if isinstance(said, str) else said)[0]["Plan"]))


@pytest.mark.parametrize("later", [False, True], ids=["first page", "next page"])
@pytest.mark.parametrize("index", QUESTIONS)
def test_each_question_has_an_index(index: str, later: bool) -> None:
    """Walked in order, so that a page ends the walk: no sort of all that fits."""
    after = Place(timezone.now(), 1) if later else None
    found = plan(AuditEvent.objects.matching(**QUESTIONS[index]).newest(after)[: PAGE + 1])
    reads = [node for node in found if node.get("Relation Name") == "audit_auditevent"]
    assert [node["Index Name"] for node in reads] == [index]
    assert not [node for node in found if "Sort" in node["Node Type"]]


def test_an_agencys_auditor_walks_it_too() -> None:
    """The list of one agency, with the question whose people acted."""
    reach = KnownAgencies().reach_of(standing_of(person(agency("KG-MIA"), Role.AUDITOR)))
    assert reach is not None
    found = plan(AuditEvent.objects.within(reach).newest()[: PAGE + 1])
    reads = [node["Index Name"] for node in found if node.get("Relation Name") == "audit_auditevent"]
    assert reads == ["audit_agency"]
