"""The verbs of a request: begin and change a draft, and take one step of the table.

`perform` is the one way to take a step, for the browser, the API and commands alike: it locks the row, asks the
table, runs the step's effect, and writes event, audit, grants and outbox in one transaction.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Role, State
from agencies.services import next_reference
from agencies.standing import Standing, people_with, standing_of
from audit.services import audited, record
from cases.grants import give_to_agency, give_to_person
from cases.models import Case, GrantSource
from mla import effects
from mla.crossing import choose
from mla.faces import index_request
from mla.models import AssistanceRequest, Measure, RequestEvent, RequestItem
from mla.policies import Bodies, bodies_of, may_edit, side_of, verdict
from mla.requirements import OPTIONAL, lacking
from mla.workflow import BY_NAME, Side, Transition, shown_state
from notifications.services import notify

DRAFT_FIELDS = (
    "title",
    "basis",
    "conducted_by",
    "offence",
    "facts",
    "purpose",
    "deadline",
    "deadline_reason",
    "confidential",
)


def create_request(
    *,
    actor: User,
    case_id: uuid.UUID,
    requested_state: State,
    content: dict[str, Any],
    measures: list[dict[str, str]],
    attachments: Sequence[uuid.UUID] = (),
) -> AssistanceRequest:
    """Begin a draft in a case that the actor sees and whose agency they serve as officer.

    Raises Case.DoesNotExist when the case is not visible, NotAllowed when the actor is no officer of its agency or
    the requested state is their own.
    """
    standing = standing_of(actor)
    # Not locked yet: only to say by which agency a refusal is recorded.
    case = Case.objects.visible_to(actor, now=standing.now).select_related("owner__state").get(pk=case_id)
    with audited("request.create", actor=actor, subject_type="case", subject_id=case.pk, agency=case.owner.code):
        if not standing.holds(Role.OFFICER, case.owner_id):
            raise NotAllowed(_("Only an officer of the agency that owns the case can begin a request in it."))
        if requested_state.pk == case.owner.state_id:
            raise NotAllowed(_("A request goes to another state."))
        # Locked, so that a person named at this moment is given the request, one way or the other.
        Case.objects.visible_to(actor, now=standing.now).select_for_update(of=("self",)).get(pk=case_id)
        request = AssistanceRequest(
            reference=next_reference(agency=case.owner, series="R"),
            case=case,
            drafter=actor,
            drafting_agency=case.owner,
            requesting_state_id=case.owner.state_id,
            requested_state=requested_state,
            **{name: content[name] for name in DRAFT_FIELDS if name in content},
        )
        request.save()
        _write_measures(request, measures)
        choose(request, RequestItem.Role.ATTACHMENT, request.case_id, attachments, actor)
        index_request(request)
        _give_to_drafters(request)
        RequestEvent.objects.create(
            request=request,
            name="create",
            side=Side.REQUESTING,
            acting_side=Side.REQUESTING,
            actor=actor,
            actor_agency=case.owner,
            from_state="",
            to_state=request.state,
        )
        record(
            "request.create",
            actor=actor,
            subject_type="request",
            subject_id=request.pk,
            agency=case.owner.code,
            reference=request.reference,
        )
    return request


def save_draft(
    *,
    actor: User,
    pk: uuid.UUID,
    version: int,
    requested_state: State,
    content: dict[str, Any],
    measures: list[dict[str, str]],
    attachments: Sequence[uuid.UUID] = (),
) -> AssistanceRequest:
    """Change a draft that is with the drafter. Raises MovedOn when somebody else changed it meanwhile."""
    with audited("request.edit", actor=actor, subject_type="request", subject_id=pk):
        request, standing, bodies = _locked(actor, pk)
        if not may_edit(bodies, standing):
            raise NotAllowed(_("The text can be changed only while the request is with its drafter."))
        if request.requesting_clock != version:
            raise MovedOn(
                _(
                    "This draft was changed meanwhile. "
                    "What you typed is kept; compare it with the present text and save again."
                )
            )
        if requested_state.pk == request.requesting_state_id:
            raise NotAllowed(_("A request goes to another state."))
        for name in DRAFT_FIELDS:
            if name in content:
                setattr(request, name, content[name])
        request.requested_state = requested_state
        request.requesting_clock += 1
        request.save()
        _write_measures(request, measures)
        choose(request, RequestItem.Role.ATTACHMENT, request.case_id, attachments, actor)
        index_request(request)
        record(
            "request.edit",
            actor=actor,
            subject_type="request",
            subject_id=request.pk,
            agency=request.drafting_agency.code,
            version=request.requesting_clock,
        )
    return request


def perform(*, actor: User, pk: uuid.UUID, name: str, version: int, data: dict[str, Any]) -> AssistanceRequest:
    """Take one step of the table.

    `version` is the clock of the actor's side that the form carried; `data` is what the step's form gave.
    Raises AssistanceRequest.DoesNotExist when the request is not visible; NotAllowed with the table's reason;
    MovedOn when the side has seen a change since; Incomplete when something is missing.
    """
    transition = BY_NAME[name]
    with audited(f"request.{name}", actor=actor, subject_type="request", subject_id=pk, transition=name):
        request, standing, bodies = _locked(actor, pk)
        side = side_of(bodies, standing)
        if side != transition.acting_side:
            raise NotAllowed(_("This step belongs to the other side."), code="other_side")
        judged = verdict(transition, bodies, standing)
        if judged.code == "role":
            raise NotAllowed(judged.reason, code="role")
        _same_version(request, version, side)
        if judged.code == "state":
            raise MovedOn(judged.reason, code="state")
        if not judged.allowed:
            raise NotAllowed(judged.reason, code=judged.code)
        if errors := lacking(transition, request, data):
            raise Incomplete(next(iter(errors.values()))[0], errors)
        whole = OPTIONAL | {key: value for key, value in data.items() if value is not None}
        step = effects.Step(request=request, bodies=bodies, actor=actor, data=whole, transition=transition)
        effects.EFFECTS.get(name, effects.nothing)(step)
        _move(step)
    return request


def _locked(actor: User, pk: uuid.UUID) -> tuple[AssistanceRequest, Standing, Bodies]:
    """Lock the request's row and read what the rules ask about."""
    standing = standing_of(actor)
    request = (
        AssistanceRequest.objects.visible_to(actor, now=standing.now)
        .select_for_update(of=("self",))
        .select_related(
            "case",
            "drafting_agency__state",
            "sending_authority__state",
            "receiving_authority__state",
            "requesting_state",
            "requested_state",
        )
        .get(pk=pk)
    )
    return request, standing, bodies_of(request)


def _same_version(request: AssistanceRequest, version: int, side: Side) -> None:
    if request.clock(side) != version:
        latest = request.events.seen_by(side).select_related("actor").last()
        raise MovedOn(
            _("This request has moved on: %(step)s. What you typed is kept; look at it again before you send it.")
            % {"step": latest.title if latest else ""}
        )


def _move(step: effects.Step) -> None:
    """Write the new state, the event on its side, the audit event and the outbox rows."""
    request, transition = step.request, step.transition
    before = request.state
    request.state = transition.to or request.asked_from
    if transition.side in (Side.WIRE, Side.REQUESTING):
        request.requesting_clock += 1
    if transition.side in (Side.WIRE, Side.REQUESTED):
        request.requested_clock += 1
    request.save()
    # An assignment may be as new as this step.
    bodies = bodies_of(request)
    agency = bodies.agencies[transition.body]
    assert agency is not None
    RequestEvent.objects.create(
        request=request,
        name=transition.name,
        side=transition.side,
        acting_side=transition.acting_side,
        actor=step.actor,
        actor_agency=agency,
        # What both sides see says nothing of a state that only one of them knows.
        from_state=shown_state(before, Side.REQUESTING) if transition.side == Side.WIRE else before,
        to_state=request.state,
        text=step.text,
        content_sha256=step.sha256,
    )
    index_request(request, bodies)
    record(
        f"request.{transition.name}",
        actor=step.actor,
        subject_type="request",
        subject_id=request.pk,
        agency=agency.code,
        from_state=before,
        to_state=request.state,
        version=request.clock(transition.acting_side),
    )
    notify(
        event=f"request.{transition.name}",
        people=_audience(transition, bodies, step.actor),
        subject_type="request",
        subject_id=request.pk,
    )


def _audience(transition: Transition, bodies: Bodies, actor: User) -> list[User]:
    """Whom the table tells: holders of the roles who see the request, but not the one who acted."""
    found: dict[uuid.UUID, User] = {}
    for body, role in transition.tells:
        agency_id = bodies.agency_id(body)
        if agency_id is None:
            continue
        for person in people_with(role, agency_id):
            found[person.pk] = person
    found.pop(actor.pk, None)
    return [
        person
        for person in found.values()
        if AssistanceRequest.objects.visible_to(person).filter(pk=bodies.request.pk).exists()
    ]


def _write_measures(request: AssistanceRequest, measures: list[dict[str, str]]) -> None:
    request.measures.all().delete()
    Measure.objects.bulk_create(
        [
            Measure(
                request=request,
                number=number,
                kind=measure["kind"],
                description=measure["description"],
                procedure=measure.get("procedure", ""),
            )
            for number, measure in enumerate(measures, start=1)
        ]
    )


def _give_to_drafters(request: AssistanceRequest) -> None:
    """The drafting agency sees its request from creation; of a need-to-know case only the people named there."""
    if not request.case.need_to_know:
        give_to_agency([request], request.drafting_agency, GrantSource.DRAFTER)
        return
    for member in request.case.members.select_related("person", "agency"):
        give_to_person([request], member.person, member.agency, GrantSource.NAMED)
