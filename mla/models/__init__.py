"""The models of the mla app, one file a concern."""

from mla.models.faces import RequestFace
from mla.models.grants import RequestGroupGrant, RequestPersonGrant
from mla.models.history import (
    Assignment,
    InformationRound,
    RegisterNumber,
    RequestEvent,
    RequestItem,
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
    "RequestFace",
    "RequestGroupGrant",
    "RequestItem",
    "RequestPersonGrant",
    "RequestVersion",
    "Signature",
]
