"""The face that a request turns to each of its two sides in lists and searches."""

from django.db import models

from agencies.models import Agency, State
from cases.models import Searched
from mla.models.request import AssistanceRequest


class RequestFace(Searched):
    """What one side can filter, sort and search of a request: its own copy, written with each change it may see.

    The requesting side's is made from the working row, the requested side's from what was transmitted, from then on.
    """

    # The indexes below serve these keys too.
    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="faces", db_index=False)
    side = models.CharField(max_length=12, choices=[(side, side) for side in ("requesting", "requested")])
    # The state whose people read this face, and the other one.
    own_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+", db_index=False)
    other_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The request's state as this side sees it, and whose turn it is as this side may know it.
    state = models.CharField(max_length=25)
    holder = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=40, blank=True)
    # The day on which it is due (mla/due.py).
    deadline = models.DateField(null=True)
    # A copy of the request's immutable created_at, so that a filter and the order come from one index.
    sort_at = models.DateTimeField()

    class Meta(Searched.Meta):
        constraints = [models.UniqueConstraint(fields=["request", "side"], name="face_once")]
        indexes = [
            *Searched.Meta.indexes,
            models.Index(fields=["own_state", "-sort_at", "-request"], name="face_newest"),
            models.Index(fields=["own_state", "state", "-sort_at", "-request"], name="face_state"),
            models.Index(fields=["own_state", "deadline", "request"], name="face_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.side}"
