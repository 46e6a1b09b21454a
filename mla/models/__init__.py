"""The models of the mla app, one file a concern."""

from mla.models.grants import RequestGroupGrant, RequestPersonGrant
from mla.models.history import (
    Assignment,
    InformationRound,
    RegisterNumber,
    RequestEvent,
    RequestVersion,
    Signature,
)
from mla.models.request import AssistanceRequest, Measure

__all__ = [
    "AssistanceRequest",
    "Assignment",
    "InformationRound",
    "Measure",
    "RegisterNumber",
    "RequestEvent",
    "RequestGroupGrant",
    "RequestPersonGrant",
    "RequestVersion",
    "Signature",
]
