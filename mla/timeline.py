"""The two lanes of a request: the steps that a side saw, with the path of the ball and the names that it may know."""

from typing import Any

from django.utils import timezone

from mla import presentation
from mla.models import RequestEvent
from mla.policies import Bodies, executing_agency, holder_after
from mla.workflow import BODY_SIDE, Side


def lanes(events: list[RequestEvent], bodies: Bodies, side: Side) -> list[dict[str, Any]]:
    """Each step with its lane, where the ball is after it, who took it, and the time since the hand-over before."""
    rows = []
    zone, before = timezone.get_current_timezone(), None
    for event in events:
        ours = event.acting_side == side
        holder = holder_after(bodies, side, event.name, event.to_state)
        to_side = BODY_SIDE[holder] if holder else None
        private = event.side != Side.WIRE
        days = presentation.working_days(before, event.at, zone) if before and not private else 0
        before = before if before and private else event.at
        rows.append(
            {
                "event": event,
                "side": "ours" if ours else "theirs",
                "private": private,
                "ball": "none" if to_side is None else "ours" if to_side == side else "theirs",
                "crosses": to_side is not None and to_side != event.acting_side,
                "title": event.title,
                "icon": presentation.STEP_ICON.get(event.name, "info-circle"),
                "code": event.actor_agency.state_id or "",
                "who": who_acted(event, bodies, side),
                "text": event.text,
                "gap": presentation.later(days),
            }
        )
    return rows


def who_acted(event: RequestEvent, bodies: Bodies, side: Side) -> str:
    """Who took a step: of one's own side the person; of the other its agency, the executing one only if disclosed."""
    request = bodies.request
    if event.acting_side == side:
        return f"{event.actor.name}, {event.actor_agency.code}"
    if side == Side.REQUESTED:
        return request.sending_authority.name if request.sending_authority else ""
    if bodies.assignment and executing_agency(bodies, side) is None and request.receiving_authority:
        return request.receiving_authority.name
    return event.actor_agency.name
