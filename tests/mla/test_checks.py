"""The check names each gap with the article of the basis chosen, and says which block, which want a reason."""

import pytest
from django.urls import reverse

from accounts.refusals import Incomplete
from cases.models import CaseItem
from mla.checks import RULES, findings, gaps
from mla.contents import POINTS
from mla.drafting import STEPS
from mla.models import AssistanceRequest
from mla.services import create_request, give_reasons, save_step
from tests.cases.sharing import browser
from tests.factories import CONTENT, Body, Line, World, case, state
from tests.security.people import put

pytestmark = pytest.mark.django_db


def draft(world: World, basis: str, **content: object) -> AssistanceRequest:
    """A draft that says next to nothing."""
    return create_request(
        actor=world.drafter,
        case_id=case(world.drafter, world.bodies[Body.DRAFTING]).pk,
        requested_state=state("UZ"),
        content={"title": "Nearly empty", "basis": basis, **content},
        measures=[],
    )


def gap(request: AssistanceRequest, code: str) -> object:
    """What is found at one point."""
    return next(one for one in findings(request) if one.code == code)


@pytest.mark.parametrize(
    ("basis", "rule"),
    [
        ("chisinau-2002", "Chisinau 7"),
        ("minsk-1993", "Minsk 7"),
        ("untoc", "UNTOC 18(15)(c)"),
        ("uncac", "UNCAC 46(15)(c)"),
    ],
)
def test_article_of_the_basis_chosen(world: World, basis: str, rule: str) -> None:
    """The same gap, each time with the article of the treaty on which the request rests."""
    assert gap(draft(world, basis), "facts").rule == rule


@pytest.mark.parametrize("basis", ["chisinau-2002", "minsk-1993", "untoc", "uncac"])
def test_a_field_says_that_it_is_needed_where_the_check_says_so(world: World, basis: str) -> None:
    """On the step as on the check, by the same basis: the purpose is UNTOC's, the offence Chisinau's."""
    request = draft(world, basis)
    blocking = {one.field for one in findings(request) if one.hard and not one.met}
    marked = set()
    for step in STEPS:
        page = browser(world.drafter).get(reverse("mla:draft_step", args=[request.pk, step.name]))
        form = page.context["forms"].form
        marked |= {name for name in step.fields if hasattr(form.fields[name], "optional_note")}
    assert marked - {"basis"} == blocking & {name for step in STEPS for name in step.fields}
    assert ("purpose" in marked) == (basis in {"untoc", "uncac"}) != ("offence" in marked)


def test_what_only_another_treaty_asks_is_recommended(world: World) -> None:
    """UNTOC asks no case number: said with Chisinau's article, and it blocks nothing."""
    request = draft(world, "untoc")
    request.case.proceedings_number = ""
    one = next(one for one in findings(request) if one.code == "case_number")
    assert one.recommended and not one.hard and one.rule == "Chisinau 7"
    assert not one.is_open


def test_hard_gaps_block_and_soft_ones_want_a_reason(world: World) -> None:
    """No reason replaces what must be filled; a reason, taken back, opens the gap again."""
    request = draft(world, "chisinau-2002")
    hard, soft = gap(request, "facts"), gap(request, "damage")
    assert hard.hard and hard.is_open and not soft.hard and soft.is_open
    give_reasons(actor=world.drafter, pk=request.pk, reasons={"facts": "Later.", "damage": "Not yet known."})
    assert gap(request, "facts").is_open and not gap(request, "damage").is_open
    give_reasons(actor=world.drafter, pk=request.pk, reasons={"damage": ""})
    assert gap(request, "damage").is_open


def test_service_of_documents_needs_no_facts(world: World) -> None:
    """UNTOC 18(15)(c)."""
    request = draft(world, "untoc")
    measure = {"kind": "b", "description": "Serve the summons."}
    save_step(actor=world.drafter, pk=request.pk, step="measures", version=0, values={"measures": [measure]})
    assert gap(request, "facts").met
    more = [measure, {"kind": "a", "description": "Hear the witness."}]
    save_step(actor=world.drafter, pk=request.pk, step="measures", version=1, values={"measures": more})
    assert not gap(request, "facts").met


def test_each_person_and_organisation_is_named_with_what_is_missing(world: World) -> None:
    """A record's gap names whom it is about; filled, it closes."""
    request = draft(world, "chisinau-2002")
    rows = {"names": [{"name": "Invented", "script": "latin"}]}
    who = put(request.case, world.drafter, CaseItem.Kind.PERSON, rows=rows, born="1988", residence="Osh")
    firm = put(request.case, world.drafter, CaseItem.Kind.ORGANISATION, name="Invented wares")
    save_step(actor=world.drafter, pk=request.pk, step="persons", version=0, values={"items": [who.pk, firm.pk]})
    one = gap(request, "person_identity")
    assert "Invented" in one.message and "place of birth" in one.message and "residence" not in one.message
    assert one.point == f"person_identity:{who.reference}" and one.step == "persons"
    assert "tax number" in gap(request, "entity_details").message


def test_questions_to_a_witness(line: Line) -> None:
    """A statement without questions is a soft gap of that measure; other kinds need none."""
    asked = [one for one in findings(line.request) if one.code == "questions"]
    assert [one.point for one in asked] == ["questions:1"]


def test_a_request_with_gaps_is_not_submitted(world: World, line: Line) -> None:
    """Each gap comes back at its field with where it comes from."""
    save_step(actor=world.drafter, pk=line.pk, step="facts", version=0, values={"facts": " "})
    with pytest.raises(Incomplete) as refused:
        line.take("submit")
    assert refused.value.errors["facts"] == ["Summarise the facts. (Chisinau 7)"]


def test_nothing_is_open_in_a_whole_draft(line: Line) -> None:
    """The draft of the tests, which is submitted everywhere, is whole by the table."""
    assert CONTENT["facts"] and not gaps(line.request)


def test_every_rule_is_of_the_table() -> None:
    """No rule speaks of a point that the table does not have."""
    assert set(RULES) <= {point.code for point in POINTS}


def test_a_law_binds_the_authorities_of_its_state(world: World) -> None:
    """Kazakhstan's code is named to its own drafters only; to others the same point is a rule of the house."""
    request = draft(world, "chisinau-2002")
    assert gap(request, "statute").rule == gap(request, "treaty").rule == "house rule"
    request.requesting_state = state("KZ")
    assert gap(request, "statute").rule == "the Criminal Procedure Code of Kazakhstan"
