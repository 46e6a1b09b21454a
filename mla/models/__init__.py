"""The models of the mla app, one file a concern."""

from mla.models.draft import (
    DraftAuthor,
    DraftStep,
    DraftVisit,
    FieldComment,
    GapReason,
    LanguageVersion,
)
from mla.models.faces import RequestFace
from mla.models.grants import RequestGroupGrant, RequestPersonGrant
from mla.models.history import (
    Assignment,
    InformationRound,
    RequestEvent,
    RequestItem,
    RequestVersion,
    Signature,
)
from mla.models.register import PaperRequest, PaperState, RegisterNumber
from mla.models.request import AssistanceRequest, Measure

__all__ = [
    "AssistanceRequest",
    "Assignment",
    "DraftAuthor",
    "DraftStep",
    "DraftVisit",
    "FieldComment",
    "GapReason",
    "InformationRound",
    "LanguageVersion",
    "Measure",
    "PaperRequest",
    "PaperState",
    "RegisterNumber",
    "RequestEvent",
    "RequestFace",
    "RequestGroupGrant",
    "RequestItem",
    "RequestPersonGrant",
    "RequestVersion",
    "Signature",
]
