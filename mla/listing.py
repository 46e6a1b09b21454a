"""Rows of a list of requests, each as the reader's side may see it; a constant number of queries."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Q, prefetch_related_objects
from django.utils import timezone

from agencies.standing import Standing
from mla import presentation
from mla.ball import ball
from mla.models import Assignment, AssistanceRequest, RequestEvent, RequestVersion
from mla.policies import Bodies, holder, side_of
from mla.workflow import ENDED, Side, shown_state

AGENCIES = ("drafting_agency__state", "sending_authority__state", "receiving_authority__state")


def rows_for(requests: list[AssistanceRequest], standing: Standing) -> list[dict[str, Any]]:
    """Reference, subject, state, whose turn and deadline of each request, from the reader's side."""
    prefetch_related_objects(requests, *AGENCIES)
    ids = [request.pk for request in requests]
    assignments = {
        row.request_id: row
        for row in Assignment.objects.filter(request__in=ids, ended_at=None).select_related("agency__state")
    }
    letters = _letters(ids)
    moved = _moved(ids)
    rows = []
    for request in requests:
        bodies = Bodies(request=request, assignment=assignments.get(request.pk))
        side = side_of(bodies, standing)
        state = shown_state(request.state, side)
        title, day = request.title, request.deadline
        if side == Side.REQUESTED:
            title, day = letters[request.pk]
        held = holder(bodies, side)
        rows.append(
            {
                "request": request,
                "side": side,
                "state": state,
                # Side, agency, since when; for programs.
                "turn": (*held, moved.get((request.pk, side))) if held else None,
                "title": title,
                "look": presentation.look(state),
                "ball": ball(bodies, side, standing, moved.get((request.pk, side))),
                "deadline": day,
                "due": presentation.due(day, timezone.localdate(), ended=state in ENDED),
            }
        )
    return rows


def _letters(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, Any]]:
    """Subject and deadline of the newest transmitted version of each request."""
    versions = (
        RequestVersion.objects.filter(request__in=ids, series=RequestVersion.Series.TRANSMITTED)
        .order_by("request_id", "-number")
        .distinct("request_id")
        .values_list("request_id", "content__title", "content__deadline")
    )
    return {pk: (title, datetime.fromisoformat(day).date() if day else None) for pk, title, day in versions}


def _moved(ids: list[uuid.UUID]) -> dict[tuple[uuid.UUID, Side], datetime]:
    """When each request last moved, as each side sees it."""
    found = (
        RequestEvent.objects.filter(~Q(from_state=F("to_state")), request__in=ids)
        .values("request_id")
        .annotate(
            requesting=Max("at", filter=Q(side__in=[Side.REQUESTING, Side.WIRE])),
            requested=Max("at", filter=Q(side__in=[Side.REQUESTED, Side.WIRE])),
        )
    )
    moved = {}
    for row in found:
        moved[row["request_id"], Side.REQUESTING] = row["requesting"]
        moved[row["request_id"], Side.REQUESTED] = row["requested"]
    return moved
