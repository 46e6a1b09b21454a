"""Rows of a list of requests, each as the reader's side may see it; a constant number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from agencies.models import Agency
from agencies.standing import Standing
from mla import presentation
from mla.ball import Turn, ball, turn_of
from mla.due import Due, due_of, questions_due
from mla.models import Assignment, AssistanceRequest, RequestEvent, RequestVersion
from mla.policies import Bodies, side_of
from mla.workflow import Side, shown_state

# What a step says to a list: enough to tell whose turn it is since when.
STEP = ("request_id", "id", "name", "side", "to_state", "at")


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list: subject and deadline as the reader's side may read them, and the steps that it saw."""

    request: AssistanceRequest
    standing: Standing
    bodies: Bodies
    side: Side
    title: str
    deadline: date | None
    # The day of the questions that are open.
    asked: date | None
    steps: list[Any]

    @property
    def state(self) -> str:
        """The state as the side sees it."""
        return shown_state(self.request.state, self.side)

    @property
    def turn(self) -> Turn:
        """Whose turn it is, as the side may know it."""
        return turn_of(self.steps, self.bodies, self.side)

    @property
    def due(self) -> Due:
        """What is due and when."""
        return due_of(self.state, self.deadline, self.asked, timezone.localdate())

    def shown(self) -> dict[str, Any]:
        """What the list shows: state, whose turn, what is due."""
        return {
            "request": self.request,
            "title": self.title,
            "look": presentation.look(self.state),
            "ball": ball(self.turn, self.bodies, self.standing),
            "due": self.due,
        }


def rows_for(requests: list[AssistanceRequest], standing: Standing) -> list[dict[str, Any]]:
    """Reference, subject, state, whose turn and due day of each request, from the reader's side."""
    return [row.shown() for row in read_rows(requests, standing)]


def read_rows(requests: list[AssistanceRequest], standing: Standing) -> list[Row]:
    """The same, to be asked more of."""
    ids = [request.pk for request in requests]
    assignments = {
        row.request_id: row
        for row in Assignment.objects.filter(request__in=ids, ended_at=None).select_related("agency__state")
    }
    _attach_agencies(requests)
    letters, steps, asked = _letters(ids), _steps(ids), questions_due(requests)
    rows = []
    for request in requests:
        bodies = Bodies(request=request, assignment=assignments.get(request.pk))
        side = side_of(bodies, standing)
        title, day = request.title, request.deadline
        if side == Side.REQUESTED:
            title, day = letters[request.pk]
        seen = [step for step in steps[request.pk] if step.side in (side, Side.WIRE)]
        rows.append(
            Row(
                request=request,
                standing=standing,
                bodies=bodies,
                side=side,
                title=title,
                deadline=day,
                asked=asked.get(request.pk),
                steps=seen,
            )
        )
    return rows


def _attach_agencies(requests: Iterable[AssistanceRequest]) -> None:
    """The agencies of all rows in one query."""
    names = ("drafting_agency", "sending_authority", "receiving_authority")
    wanted = {getattr(request, f"{name}_id") for request in requests for name in names}
    found = Agency.objects.select_related("state").in_bulk(wanted - {None})
    for request in requests:
        for name in names:
            setattr(request, name, found.get(getattr(request, f"{name}_id")))


def _letters(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, Any]]:
    """Subject and deadline of the newest transmitted version of each request."""
    versions = (
        RequestVersion.objects.filter(request__in=ids, series=RequestVersion.Series.TRANSMITTED)
        .order_by("request_id", "-number")
        .distinct("request_id")
        .values_list("request_id", "content__title", "content__deadline")
    )
    return {pk: (title, datetime.fromisoformat(day).date() if day else None) for pk, title, day in versions}


def _steps(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """The steps of each request, oldest first."""
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    rows = RequestEvent.objects.filter(request__in=ids).order_by("at", "id").values_list(*STEP, named=True)
    for row in rows:
        found[row.request_id].append(row)
    return found
