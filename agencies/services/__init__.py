"""The verbs: agencies and their people. One file a concern; what other apps call is named here."""

from agencies.services.memberships import (
    RoleConflict,
    add_member,
    create_agency,
    end_membership,
    end_role,
    give_role,
    next_reference,
    set_active,
)

__all__ = [
    "RoleConflict",
    "add_member",
    "create_agency",
    "end_membership",
    "end_role",
    "give_role",
    "next_reference",
    "set_active",
]
