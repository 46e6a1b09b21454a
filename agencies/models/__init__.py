"""States, agencies, people's memberships and roles; treaties and their parties."""

from agencies.models.agency import (
    CASE_ROLES,
    Agency,
    Counter,
    Designation,
    Membership,
    Role,
    RoleAssignment,
    State,
    in_language,
)
from agencies.models.treaty import Offence, Treaty, TreatyParty

__all__ = [
    "CASE_ROLES",
    "Agency",
    "Counter",
    "Designation",
    "Membership",
    "Offence",
    "Role",
    "RoleAssignment",
    "State",
    "Treaty",
    "TreatyParty",
    "in_language",
]
