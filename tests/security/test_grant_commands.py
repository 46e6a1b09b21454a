"""`manage.py check_grants` and `manage.py who_can_see`: what they find, what they print, how they end."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from agencies.models import Role
from cases.models import CaseGroupGrant, CaseItem, CasePersonGrant, ItemGroupGrant, Share
from cases.services import ask_share, create_item, decide_share
from cases.services.shares import Chosen
from mla.models import RequestGroupGrant
from mla.workflow import Body
from tests.factories import Line, World, agency, later, person

pytestmark = pytest.mark.django_db
SAID = "A sentence of the item"


def run(name: str, *args: str) -> tuple[int, Any]:
    """The exit code, and what --json prints."""
    out, code = StringIO(), 0
    try:
        call_command(name, *args, "--json", stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(out.getvalue())


@pytest.fixture
def item(line: Line) -> CaseItem:
    """A note in the line's case."""
    world = line.world
    values = {"title": SAID, "text": SAID, "author": SAID}
    return create_item(actor=world.drafter, case_id=line.case.pk, kind="note", values=values, rows={})


@pytest.fixture
def share(line: Line, item: CaseItem) -> Share:
    """The note, shared with the executing agency."""
    world = line.world
    asked = ask_share(
        actor=world.drafter,
        case_id=line.case.pk,
        chosen=[Chosen(item.pk)],
        recipient=world.bodies[Body.EXECUTING],
        purpose=SAID,
        until=later(),
    )
    liaison = world.new(Body.DRAFTING, Role.LIAISON)
    return decide_share(actor=liaison, pk=asked.pk, name="approve", version=asked.version)


def test_all_is_well_after_a_whole_line(line: Line, share: Share) -> None:
    """From draft to closed, with a share beside it: no finding."""
    line.walk_to("closed")
    assert run("check_grants") == (0, [])


def test_a_need_to_know_line_is_well(world: World) -> None:
    """The same for a case that only the named see."""
    members = [world.supervisor]
    Line(world, need_to_know=True, members=members).walk_to("closed")
    assert run("check_grants") == (0, [])


def test_missing_extra_and_wrong_are_told_apart(line: Line, share: Share) -> None:
    """Each finding says where, for whom, by what, and of a wrong row what it should be."""
    line.walk_to("transmitted")
    ItemGroupGrant.objects.filter(share=share).update(expires_at=None)
    RequestGroupGrant.objects.filter(source="requested").delete()
    row = CaseGroupGrant.objects.get(content_object=line.case.pk)
    stranger = agency("KZ-CUS")
    CaseGroupGrant.objects.bulk_create(
        [
            CaseGroupGrant(
                permission=row.permission,
                content_object_id=line.case.pk,
                group=stranger.group,
                source="share",
                sort_at=row.sort_at,
            )
        ]
    )
    code, found = run("check_grants")
    assert code == 1
    told = {(one["problem"], one["record"], one["agency"], one["source"], one["share"]) for one in found}
    assert told == {
        ("wrong", "caseitem", "UZ-MIA", "share", share.reference),
        ("missing", "assistancerequest", "UZ-GPO", "requested", ""),
        ("extra", "case", "KZ-CUS", "share", ""),
    }
    wrong = next(one for one in found if one["problem"] == "wrong")
    assert wrong["columns"] == {"expires_at": {"is": None, "should_be": share.ends_at.isoformat()}}
    assert SAID not in json.dumps(found)


@pytest.mark.parametrize("column", ["sort_at", "permission", "agency"])
def test_each_column_is_compared(world: World, column: str) -> None:
    """Of a named person's row: order, permission and the agency for which they act."""
    line = Line(world, need_to_know=True)
    values: dict[str, Any] = {
        "sort_at": timezone.now() - timedelta(days=9),
        "permission": Permission.objects.get(codename="view_assistancerequest"),
        "agency": world.bodies[Body.SENDING],
    }
    CasePersonGrant.objects.filter(content_object=line.case.pk).update(**{column: values[column]})
    code, found = run("check_grants")
    assert code == 1
    assert [(one["problem"], one["person"], list(one["columns"])) for one in found] == [
        ("wrong", world.drafter.email, [column])
    ]


def test_a_revoked_share_has_no_rows(share: Share) -> None:
    """A row that outlived its share is one too many."""
    Share.objects.filter(pk=share.pk).update(state="revoked")
    code, found = run("check_grants")
    assert (code, [one["problem"] for one in found]) == (1, ["extra"])


def test_rows_of_an_ended_share_may_linger_or_go(share: Share) -> None:
    """They give nothing: their end stands in them."""
    past = timezone.now() - timedelta(seconds=1)
    Share.objects.filter(pk=share.pk).update(ends_at=past)
    ItemGroupGrant.objects.filter(share=share).update(expires_at=past)
    assert run("check_grants") == (0, [])
    ItemGroupGrant.objects.filter(share=share).delete()
    assert run("check_grants") == (0, [])


def test_who_sees_a_case_an_item_and_a_request(line: Line, item: CaseItem, share: Share) -> None:
    """By agency, person, source, the reference of what gave it, and until when."""
    world = line.world
    line.walk_to("transmitted")
    code, case = run("who_can_see", line.case.reference)
    assert code == 0
    assert {(row["agency"], row["source"], row["reference"]) for row in case} == {
        ("KG-MIA", "ownership", line.case.reference)
    }
    _, rows = run("who_can_see", item.reference)
    assert {
        "agency": "UZ-MIA",
        "person": world.executor.email,
        "name": world.executor.name,
        "source": "share",
        "reference": share.reference,
        "until": share.ends_at.isoformat(),
    } in rows
    _, rows = run("who_can_see", line.request.reference)
    assert {(row["agency"], row["source"]) for row in rows} == {
        ("KG-MIA", "drafter"),
        ("KG-GPO", "central_authority"),
        ("UZ-GPO", "requested"),
    }
    assert SAID not in json.dumps([case, rows])


def test_who_sees_a_share(line: Line, share: Share) -> None:
    """The owner's side through the case; the receiver while it runs."""
    person(agency("UZ-MIA"), Role.AUDITOR)
    _, rows = run("who_can_see", share.reference)
    assert {(row["agency"], row["source"]) for row in rows} == {("KG-MIA", "ownership"), ("UZ-MIA", "share")}
    assert [row["person"] for row in rows if row["agency"] == "UZ-MIA"] == [line.world.executor.email]
    Share.objects.filter(pk=share.pk).update(ends_at=timezone.now())
    _, rows = run("who_can_see", share.reference)
    assert {row["agency"] for row in rows} == {"KG-MIA"}


def test_an_unknown_reference_is_misuse() -> None:
    """It ends with 2."""
    with pytest.raises(CommandError) as problem:
        call_command("who_can_see", "KG-GPO-R-2026-999999")
    assert problem.value.returncode == 2
