"""States, agencies, people's memberships and roles, and how these come and go; treaties and their parties."""

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
from agencies.models.invitations import Invitation, Roster
from agencies.models.proposals import AccountChange, Application, Handover, Proposal, RoleProposal
from agencies.models.treaty import Offence, Treaty, TreatyParty

__all__ = [
    "CASE_ROLES",
    "AccountChange",
    "Agency",
    "Application",
    "Counter",
    "Designation",
    "Handover",
    "Invitation",
    "Membership",
    "Offence",
    "Proposal",
    "Role",
    "RoleAssignment",
    "RoleProposal",
    "Roster",
    "State",
    "Treaty",
    "TreatyParty",
    "in_language",
]
