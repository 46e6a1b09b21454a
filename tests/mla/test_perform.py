"""Every step of the table: who may take it, when, with what, and that nobody else can."""

from itertools import cycle
from typing import Any

import pytest
from django.db import transaction

from accounts.refusals import Incomplete, MovedOn, NotAllowed, Refused
from agencies.models import CASE_ROLES, Agency, Role
from audit.models import AuditEvent
from cases.grants import give_to_agency
from mla.models import AssistanceRequest, RequestEvent
from mla.requirements import OPTIONAL
from mla.workflow import BODY_SIDE, BY_NAME, TRANSITIONS, Body, Person, RequestState, Side
from tests.factories import Line, World, agency, person

pytestmark = pytest.mark.django_db

NAMES = list(BY_NAME)
IMAGE = AssistanceRequest._meta.concrete_fields


def picture(line: Line) -> dict[str, Any]:
    """All that a step can change, to see that a refused one changed nothing."""
    request = line.request
    return {
        "row": {field.attname: getattr(request, field.attname) for field in IMAGE},
        "measures": list(request.measures.values()),
        "rounds": list(request.rounds.values()),
        "assignments": list(request.assignments.values()),
        "numbers": list(request.numbers.values()),
        "versions": request.versions.count(),
        "events": request.events.count(),
        "groups": sorted(request.group_grants.values_list("pk", flat=True)),
        "people": sorted(request.person_grants.values_list("pk", flat=True)),
    }


def refused(line: Line, kind: type[Refused], name: str, **how: Any) -> Refused:
    """Try a step that must be refused, and see that it left no trace but the audit event."""
    before = picture(line)
    with pytest.raises(kind) as caught:
        line.take(name, **how)
    assert type(caught.value) is kind
    assert str(caught.value.reason)
    assert picture(line) == before
    event = AuditEvent.objects.filter(name=f"request.{name}", subject_id=line.pk).latest("id")
    assert (event.outcome, event.facts["transition"]) == ("refused", name)
    assert event.facts["code"] == caught.value.code
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_its_holder_takes_it(line: Line, name: str) -> None:
    """The holder of the office takes the step: state, clocks, event, audit and outbox follow the table."""
    line.ready_for(name)
    transition, before = BY_NAME[name], line.request
    after = line.take(name)
    assert after.state == line.state == (transition.to or before.asked_from)
    moved = {Side.REQUESTING: (1, 0), Side.REQUESTED: (0, 1), Side.WIRE: (1, 1)}[transition.side]
    clocks = (before.requesting_clock + moved[0], before.requested_clock + moved[1])
    assert (line.request.requesting_clock, line.request.requested_clock) == clocks
    event = RequestEvent.objects.filter(request=line.pk).latest("at")
    assert (event.name, event.side, event.acting_side) == (name, transition.side, transition.acting_side)
    assert (event.actor, event.actor_agency) == (line.holder(name), line.world.bodies[transition.body])
    audit = AuditEvent.objects.filter(subject_id=line.pk).latest("id")
    assert (audit.name, audit.outcome, audit.actor_id) == (f"request.{name}", "done", line.holder(name).pk)
    assert (audit.facts["from_state"], audit.facts["to_state"]) == (before.state, after.state)


@pytest.mark.parametrize("state", RequestState)
def test_every_state_opens_what_the_table_says(line: Line, state: str) -> None:
    """From each state exactly the steps that name it are open, each to its holder."""
    line.walk_to(state)
    for name, transition in BY_NAME.items():
        if state not in transition.from_:
            refused_or_hidden(line, name)
        elif not transition.needs or name == "sign":
            with transaction.atomic():
                assert line.take(name).state == (transition.to or line.request.asked_from)
                transaction.set_rollback(True)


def refused_or_hidden(line: Line, name: str) -> None:
    """In a wrong state the step is refused, or its holder does not see the request yet."""
    holder, request = line.holder(name), line.request
    if AssistanceRequest.objects.visible_to(holder).filter(pk=line.pk).exists():
        body = {Body.EXECUTING: request.assignments.exists(), Body.RECEIVING: request.receiving_authority_id}
        known = body.get(BY_NAME[name].body, True)
        refused(line, MovedOn if known else NotAllowed, name)
    else:
        before = picture(line)
        with pytest.raises(AssistanceRequest.DoesNotExist):
            line.take(name)
        assert picture(line) == before


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_who_sees_it(line: Line, name: str) -> None:
    """Every other role at that body, and that role at every other body, is told who can."""
    line.ready_for(name)
    transition = BY_NAME[name]
    other = line.world.new(transition.body, *(CASE_ROLES - {transition.role}))
    caught = refused(line, NotAllowed, name, by=other)
    assert caught.code == "role"
    assert line.world.bodies[transition.body].name in str(caught.reason)
    for body, side in BODY_SIDE.items():
        if body != transition.body:
            give_to_agency([line.request], line.world.bodies[body], "share")
            caught = refused(line, NotAllowed, name, by=line.world.new(body, transition.role))
            assert caught.code == ("role" if side == transition.acting_side else "other_side")


@pytest.mark.parametrize("name", NAMES)
def test_strangers_do_not_see_it(line: Line, name: str) -> None:
    """For people of other agencies, of the admins and for the inactive there is no such request."""
    line.ready_for(name)
    transition = BY_NAME[name]
    strangers = [
        person(agency("KG-CUS"), transition.role),
        person(agency("KZ-GPO"), transition.role),
        person(line.world.bodies[transition.body], Role.AGENCY_ADMIN),
        person(line.world.bodies[transition.body], Role.AUDITOR),
        person(),
    ]
    inactive = line.world.new(transition.body, transition.role)
    inactive.is_active = False
    inactive.save()
    before = picture(line)
    for stranger in [*strangers, inactive]:
        with pytest.raises(AssistanceRequest.DoesNotExist):
            line.take(name, by=stranger)
    assert picture(line) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_stale_page_moves_nothing(line: Line, name: str) -> None:
    """A form with another clock of its side is told that the request moved on; so is one sent twice."""
    line.ready_for(name)
    version, data = line.clock(name), line.data(name)
    for wrong in (version - 1, version + 1):
        refused(line, MovedOn, name, version=wrong)
    line.take(name, version=version, **data)
    refused(line, MovedOn, name, version=version, **data)


@pytest.mark.parametrize("name", [one.name for one in TRANSITIONS if set(one.requires) - set(OPTIONAL)])
def test_missing_data_is_named(line: Line, name: str) -> None:
    """Each requirement left out, or left empty, is named in the refusal."""
    line.ready_for(name)
    empty = cycle([None, "", "  "])
    for key in sorted(set(BY_NAME[name].requires) - set(OPTIONAL)):
        for how in ({"without": (key,)}, {key: next(empty)}):
            caught = refused(line, Incomplete, name, **how)
            assert isinstance(caught, Incomplete)
            assert key in caught.errors


WRONG = [
    ("legality", "pass_on", False),
    ("signature", "sign", False),
    ("integrity", "receive_response", False),
    ("outcome", "close", "won"),
    ("feedback", "close", 6),
    ("questions", "ask_information", []),
    ("questions", "ask_information", [{"field": "facts", "question": " "}]),
    ("questions", "ask_information", [{"field": "", "question": "Which?"}]),
    ("answers", "write_answer", []),
    ("answers", "write_answer", ["one", "too many"]),
    ("answers", "write_answer", [" "]),
    ("results", "report_results", {}),
    ("results", "report_results", {1: {"result": "done", "text": ""}}),
    ("results", "report_results", {1: {"result": "done", "text": ""}, 2: {"result": "", "text": ""}}),
    ("results", "report_results", {1: {"result": "done", "text": ""}, 2: {"result": "half", "text": "x"}}),
    (
        "results",
        "report_results",
        {1: {"result": "done", "text": ""}, 2: {"result": "not_done", "text": " "}},
    ),
]


@pytest.mark.parametrize("name", sorted({name for _key, name, _value in WRONG}))
def test_wrong_data_is_named(line: Line, name: str) -> None:
    """Data of a wrong shape is refused, never half taken."""
    line.ready_for(name)
    for key, value in [(key, value) for key, at, value in WRONG if at == name]:
        caught = refused(line, Incomplete, name, **{key: value})
        assert isinstance(caught, Incomplete)
        assert list(caught.errors) == [key]


@pytest.mark.parametrize("code", ["KG-GPO", "UZ-MIA", "KZ-GPO"])
def test_addressee_is_of_the_directory(line: Line, code: str) -> None:
    """Nothing is sent to one's own state, to an agency without designation, to a third state."""
    refused(line.ready_for("transmit"), Incomplete, "transmit", addressee=agency(code))


@pytest.mark.parametrize("code", ["KG-MIA", "KZ-GPO"])
def test_executor_is_of_the_requested_state(line: Line, code: str) -> None:
    """The execution is given to an agency of the requested state only."""
    refused(line.ready_for("accept_and_assign"), Incomplete, "accept_and_assign", executor=agency(code))


APART = [(one.name, who) for one in TRANSITIONS for who in one.apart_from]


@pytest.mark.parametrize(("name", "who"), APART)
def test_the_same_person_twice(line: Line, name: str, who: Person) -> None:
    """Who was the one may not be the other, even holding both roles; a third person may."""
    world, transition = line.world, BY_NAME[name]
    twice = {
        Person.DRAFTER: world.drafter,
        Person.APPROVER: world.supervisor,
        Person.WRITER: world.drafter,
        Person.EXECUTOR: world.executor,
    }[who]
    world.give(twice, transition.body, transition.role)
    line.ready_for(name)
    assert refused(line, NotAllowed, name, by=twice).code == "person"
    line.take(name)


@pytest.mark.parametrize("name", [one.name for one in TRANSITIONS if one.only])
def test_only_the_drafter(line: Line, name: str) -> None:
    """Another officer of the same agency is refused."""
    line.ready_for(name)
    other = line.world.new(Body.DRAFTING, Role.OFFICER)
    assert refused(line, NotAllowed, name, by=other).code == "person"


@pytest.mark.parametrize("name", [one.name for one in TRANSITIONS if one.needs])
def test_the_fact_that_it_needs(line: Line, name: str) -> None:
    """Transmit wants a signature, sign wants none yet, an answer is sent once it is written."""
    if name == "sign":
        line.walk_to("at_central_authority").take("sign")
    else:
        line.walk_to(BY_NAME[name].from_[0])
    assert refused(line, NotAllowed, name).code == "fact"


def test_a_signature_ends_with_its_version(line: Line) -> None:
    """Returned and submitted again, a request wants a new signature and a new look by the supervisor."""
    line.walk("submit", "pass_on", "sign", "return_from_authority", "submit")
    assert line.request.approver is None
    line.take("pass_on")
    assert refused(line, NotAllowed, "transmit").code == "fact"
    line.walk("sign", "transmit")


def test_answer_leads_back_to_where_it_was_asked(world: World) -> None:
    """Asked in review, back to review; asked in execution, back to execution."""
    for state in ("under_review", "in_execution"):
        line = Line(world).walk_to(state).walk("ask_information", "write_answer", "answer_information")
        assert line.state == state


def test_a_second_round_after_the_first(line: Line) -> None:
    """Each round has its own questions and answers; the letter that crosses carries all of them."""
    line.walk_to("info_requested").walk("write_answer", "answer_information", "ask_information")
    line.take("write_answer", answers=["Second."])
    line.take("answer_information")
    supplied = line.request.versions.filter(series="transmitted").latest("number").content["supplied"]
    assert [one["answer"] for one in supplied] == ["Invented wares.", "Second."]


def test_incomplete_draft_is_not_submitted(world: World) -> None:
    """Each gap is named with its article."""
    line = Line(world, basis="untoc", purpose=" ", conducted_by="")
    caught = refused(line, Incomplete, "submit")
    assert isinstance(caught, Incomplete)
    assert set(caught.errors) == {"purpose", "conducted_by"}
    assert "UNTOC 18(15)(f)" in caught.errors["purpose"][0]


def test_one_person_with_every_role_still_needs_others(world: World) -> None:
    """A person who holds all roles of the requesting side cannot take a request out of it alone."""
    for body in (Body.DRAFTING, Body.SENDING):
        for role in (Role.OFFICER, Role.SUPERVISOR, Role.CA_OFFICER, Role.CA_SIGNATORY):
            if (body, role) != (Body.DRAFTING, Role.OFFICER):
                world.give(world.drafter, body, role)
    line = Line(world)
    line.take("submit")
    refused(line, NotAllowed, "pass_on", by=world.drafter)
    line.take("pass_on")
    refused(line, NotAllowed, "sign", by=world.drafter)
    line.take("sign")
    refused(line, NotAllowed, "transmit", by=world.drafter)


def test_whoever_lost_the_role_is_refused(line: Line) -> None:
    """A role that ended a moment ago gives nothing; with no role left the request is not there."""
    from agencies.services import end_role

    line.take("submit")
    (assignment,) = line.world.supervisor.memberships.get().roles.all()
    line.world.give(line.world.supervisor, Body.DRAFTING, Role.LIAISON)
    end_role(assignment=assignment)
    assert refused(line, NotAllowed, "pass_on").code == "role"
    line.world.supervisor.memberships.get().roles.update(ends=assignment.ends)
    with pytest.raises(AssistanceRequest.DoesNotExist):
        line.take("pass_on")


def test_bodies_are_agencies_of_the_world(world: World) -> None:
    """The tests above speak of four different agencies."""
    assert len({body.pk for body in world.bodies.values() if isinstance(body, Agency)}) == 4
