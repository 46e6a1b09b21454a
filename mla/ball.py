"""Whose turn it is, since when, and how the chip of a page or a row shows it: from the steps that a side saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.standing import Standing
from mla.models import AssistanceRequest
from mla.policies import Bodies, holder_after
from mla.presentation import held
from mla.workflow import BODY_SIDE, Body, Person, Side, Transition


@dataclass(frozen=True, slots=True)
class Turn:
    """The body that holds the ball, as a side may know it, and since when its agency has it. Nobody's: none."""

    body: Body | None = None
    since: datetime | None = None


def turn_of(steps: Iterable[Any], bodies: Bodies, side: Side) -> Turn:
    """Walk the steps that a side saw, oldest first. `steps` have a name, a `to_state` and an `at`."""
    turn, agency = Turn(), None
    for step in steps:
        body = holder_after(bodies, side, step.name, step.to_state)
        now = bodies.agency_id(body) if body else None
        turn = Turn(body, turn.since if now == agency else step.at)
        agency = now
    return turn


def ball(turn: Turn, bodies: Bodies, standing: Standing) -> dict[str, str]:
    """Two state codes, the half that holds, who it is in words, and for how long (working days)."""
    left, right = bodies.request.requesting_state_id, bodies.request.requested_state_id
    agency = bodies.agencies[turn.body] if turn.body else None
    if turn.body is None or turn.since is None or agency is None:
        return {"left": left, "right": right, "holder": "none", "yours": "", "words": _("Nobody's turn"), "time": ""}
    where = "left" if BODY_SIDE[turn.body] == Side.REQUESTING else "right"
    return {
        "left": left,
        "right": right,
        "holder": where,
        "yours": where if agency.pk in standing.roles else "",
        "words": agency.name,
        "time": waited(turn.since, standing),
    }


def waited(since: datetime, standing: Standing) -> str:
    """How long something has waited, in words, by the reader's calendar."""
    return held(since, standing.now, timezone.get_current_timezone())


def awaited(step: Transition, request: AssistanceRequest) -> tuple[str, str]:
    """For whom a request waits on one's own side: who drafts it, by name, or else a role; one of the two is empty."""
    personal = step.body == Body.DRAFTING and (step.only == Person.DRAFTER or step.own_work)
    return (request.drafter.name, "") if personal else ("", str(step.role.label))
