"""Who may look after which agency's people, and which roles there are to give. All house rules."""

import uuid
from datetime import datetime

from accounts.models import User
from agencies.models import CASE_ROLES, Agency, Role, RoleAssignment
from agencies.standing import Standing

# Who looks after people: an agency's own admins; at the secretariat, where the portal's own people work, its admins.
ADMINS = frozenset({Role.AGENCY_ADMIN, Role.PLATFORM_ADMIN})
# Powers that are given for a time only: the lifecycle wants dates for who signs.
WITH_END = frozenset({Role.CA_SIGNATORY})

AT_A_STATES_AGENCY = (*(role for role in Role if role in CASE_ROLES), Role.AGENCY_ADMIN)
AT_THE_SECRETARIAT = (Role.PLATFORM_ADMIN, Role.AUDITOR, Role.OBSERVER)
# An organisation without a state works on no case.
AT_AN_ORGANISATION = (Role.OBSERVER, Role.AGENCY_ADMIN)


def is_platform_admin(standing: Standing) -> bool:
    """Whether the person looks after agencies and accounts."""
    return Role.PLATFORM_ADMIN in standing.all_roles


def manages(standing: Standing, agency_id: uuid.UUID | None) -> bool:
    """Whether the person looks after the people of this agency, which is their own."""
    return standing.any_of(ADMINS, agency_id)


def managed(standing: Standing) -> list[Agency]:
    """The agencies whose people the person looks after, by code."""
    found = {agency.pk: agency for role in ADMINS for agency in standing.agencies_where(role)}
    return sorted(found.values(), key=lambda agency: agency.code)


def roles_at(agency: Agency) -> tuple[Role, ...]:
    """The roles that people of an agency can be given."""
    if agency.state_id:
        return AT_A_STATES_AGENCY
    at_secretariat = RoleAssignment.objects.of([Role.PLATFORM_ADMIN]).filter(membership__agency=agency).exists()
    return AT_THE_SECRETARIAT if at_secretariat else AT_AN_ORGANISATION


def roles_to_give(standing: Standing, agency: Agency) -> tuple[Role, ...]:
    """The roles that this person may propose at an agency; none when its people are not theirs to look after.

    A platform admin may find an agency its admin, which is how one comes back that has lost its last.
    """
    if manages(standing, agency.pk):
        return roles_at(agency)
    return (Role.AGENCY_ADMIN,) if is_platform_admin(standing) else ()


def roles_to_invite(standing: Standing, agency: Agency) -> tuple[Role, ...]:
    """The roles that an invitation may bring: not one with a last day, which is proposed with that day afterwards."""
    return tuple(role for role in roles_to_give(standing, agency) if role not in WITH_END)


def seconds(agency_id: uuid.UUID, but: set[uuid.UUID], now: datetime, *, by_platform: bool) -> list[User]:
    """Who may confirm what was proposed at an agency: neither who proposed it, nor whom it is about.

    Another admin of the agency; where there is none, or when the first was a platform admin, a platform admin.
    `RoleProposal.objects.waiting_for` asks the same of many rows at once.
    """
    rows = RoleAssignment.objects.current(now).admins().exclude(membership__user_id__in=but)
    rows = rows.select_related("membership__user")
    at_agency = {row.membership.user for row in rows if row.membership.agency_id == agency_id}
    if at_agency and not by_platform:
        return sorted(at_agency, key=lambda person: person.name)
    return sorted(
        {row.membership.user for row in rows if row.role == Role.PLATFORM_ADMIN}, key=lambda person: person.name
    )
