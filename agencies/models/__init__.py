"""The models of the agencies app, one file a concern."""

from agencies.models.agency import (
    CASE_ROLES,
    Agency,
    Counter,
    Designation,
    LegalBasis,
    Membership,
    Role,
    RoleAssignment,
    State,
)
from agencies.models.invitations import Invitation, Roster
from agencies.models.proposals import AccountChange, Application, Handover, Proposal, RoleProposal

__all__ = [
    "CASE_ROLES",
    "AccountChange",
    "Agency",
    "Application",
    "Counter",
    "Designation",
    "Handover",
    "Invitation",
    "LegalBasis",
    "Membership",
    "Proposal",
    "Role",
    "RoleAssignment",
    "RoleProposal",
    "Roster",
    "State",
]
