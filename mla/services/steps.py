"""One step of the table.

`perform` is the one way to take a step, for the browser, the API and commands alike: it locks the row, asks the
table, runs the step's effect, and writes event, audit, grants and outbox in one transaction.
"""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.standing import Standing, standing_of
from audit.services import audited, record
from mla import effects
from mla.faces import index_request
from mla.models import AssistanceRequest, RequestEvent
from mla.policies import Bodies, bodies_of, side_of, verdict
from mla.requirements import OPTIONAL, lacking
from mla.review import write_comments
from mla.telling import tell
from mla.workflow import BY_NAME, Side, shown_state


def perform(*, actor: User, pk: uuid.UUID, name: str, version: int, data: dict[str, Any]) -> AssistanceRequest:
    """Take one step of the table.

    `version` is the clock of the actor's side that the form carried; `data` is what the step's form gave.
    Raises AssistanceRequest.DoesNotExist when the request is not visible; NotAllowed with the table's reason;
    MovedOn when the side has seen a change since; Incomplete when something is missing.
    """
    transition = BY_NAME[name]
    with audited(f"request.{name}", actor=actor, subject_type="request", subject_id=pk, transition=name):
        request, standing, bodies = locked(actor, pk)
        side = side_of(bodies, standing)
        if side != transition.acting_side:
            raise NotAllowed(_("This step belongs to the other side."), code="other_side")
        judged = verdict(transition, bodies, standing)
        if judged.code == "role":
            raise NotAllowed(judged.reason, code="role")
        _same_version(request, version, side, actor)
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


def locked(actor: User, pk: uuid.UUID) -> tuple[AssistanceRequest, Standing, Bodies]:
    """Lock the request's row and read what the rules ask about."""
    standing = standing_of(actor)
    request = (
        AssistanceRequest.objects.visible_to(actor, now=standing.now)
        .select_for_update(of=("self",), no_key=True)
        .select_related("case")
        .get(pk=pk)
    )
    request.read_agencies()
    return request, standing, bodies_of(request)


def _same_version(request: AssistanceRequest, version: int, side: Side, actor: User) -> None:
    if request.clock(side) != version:
        latest = request.events.seen_by(side).select_related("actor").last()
        if latest and latest.actor_id == actor.pk:
            words = _(
                "You have taken a step here yourself: %(step)s, %(time)s. What you typed now is kept and was not sent."
            )
            at = date_format(timezone.localtime(latest.at), "DATETIME_FORMAT")
            raise MovedOn(words % {"step": latest.title, "time": at})
        raise MovedOn(
            _("This request has moved on: %(step)s. What you typed is kept; look at it again before you send it.")
            % {"step": latest.title if latest else ""}
        )


def _move(step: effects.Step) -> None:
    """Write the new state, the event on its side, the audit event and the outbox rows."""
    request, transition = step.request, step.transition
    before, now = request.state, timezone.now()
    request.state = transition.to or request.asked_from
    if transition.side in (Side.WIRE, Side.REQUESTING):
        request.requesting_clock += 1
        request.requesting_moved_at = now
    if transition.side in (Side.WIRE, Side.REQUESTED):
        request.requested_clock += 1
        request.requested_moved_at = now
    request.save()
    # An assignment may be as new as this step.
    bodies = bodies_of(request)
    agency = bodies.agencies[transition.body]
    assert agency is not None
    event = RequestEvent.objects.create(
        request=request,
        at=now,
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
        ticks=step.ticks,
    )
    write_comments(request, event, step.comments)
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
    tell(transition, before, bodies, step.actor)
