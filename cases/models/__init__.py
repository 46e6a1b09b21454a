"""The models of the cases app, one file a concern."""

from cases.models.case import Case, CaseItem, CaseMember
from cases.models.grants import CaseGroupGrant, CasePersonGrant, GrantSource, ItemGroupGrant, ItemPersonGrant

__all__ = [
    "Case",
    "CaseGroupGrant",
    "CaseItem",
    "CaseMember",
    "CasePersonGrant",
    "GrantSource",
    "ItemGroupGrant",
    "ItemPersonGrant",
]
