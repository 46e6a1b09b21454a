"""The admins of an agency and of the portal, and what they do with people: all through the services."""

import re
from typing import Any

from accounts.models import User
from agencies.models import Agency, Application, Invitation, Membership, Role, RoleProposal
from agencies.services import applications, invitations, roles
from agencies.standing import standing_of
from tests.factories import agency, person, state
from tests.memory import remembered
from tests.security.people import secretariat

# A link with a token in a mail.
LINK = re.compile(r"https?://\S+\?token=\S+")
PASSWORD = "seven invented words for one test"
APPLICATION: dict[str, Any] = {
    "code": "KG-BOR",
    "kind": Agency.Kind.BORDER_SERVICE,
    "name_en": "Border Service",
    "name_ru": "Пограничная служба",
    "name_state": "Чек ара кызматы",
    "source": "Note 12 of 16 Nov 2026",
    "admin_name": "First Admin",
    "admin_email": "first.admin@kg-bor.example",
    "admin_post": "Head of staff",
    "admin_language": "en",
}
DESIGNATION: dict[str, Any] = {
    "basis": "chisinau-2002",
    "function": "executes",
    "stage": "any",
    "starts": None,
    "ends": None,
    "source": "List of the depositary",
}


class Office:
    """KG-MIA with two admins and an officer; the secretariat with three platform admins."""

    @remembered
    def __init__(self) -> None:
        self.agency = agency("KG-MIA")
        self.admin, self.other_admin = (person(self.agency, Role.AGENCY_ADMIN) for _ in range(2))
        self.officer = person(self.agency, Role.OFFICER)
        self.platform, self.second, self.third = (person(secretariat(), Role.PLATFORM_ADMIN) for _ in range(3))

    def membership(self, user: User) -> Membership:
        """Where somebody works."""
        return user.memberships.select_related("agency__state", "user").get()

    def invite(self, email: str = "new@kg-mia.example", *, by: User | None = None, **more: Any) -> Invitation:
        """Invite somebody into the agency."""
        words = {"name": "New Person", "post_held": "Inspector", "language": "en", "roles": [Role.OFFICER.value]}
        return invitations.invite(actor=by or self.admin, agency_id=self.agency.pk, email=email, **words | more)

    def joined(self, email: str = "new@kg-mia.example", **more: Any) -> User:
        """Invite somebody, who accepts."""
        return join(self.invite(email, **more))

    def propose(self, user: User, role: str = Role.SUPERVISOR, *, by: User | None = None, **more: Any) -> RoleProposal:
        """Propose a role for a member."""
        return roles.propose_role(actor=by or self.admin, membership_id=self.membership(user).pk, role=role, **more)

    def enter(self, *, by: User | None = None, **more: Any) -> Application:
        """Enter a new agency."""
        content = APPLICATION | {"home_state": state("KG")} | more
        return applications.enter_application(actor=by or self.platform, content=content, designations=[])

    def approve(self, row: Application, *, by: User | None = None, version: int | None = None) -> Application:
        """Approve it as another person."""
        return applications.decide_application(
            actor=by or self.second, pk=row.pk, version=version or row.version, approve=True
        )


def join(invitation: Invitation, name: str = "New Person", password: str = PASSWORD) -> User:
    """Accept an invitation as somebody who has no account."""
    return invitations.accept_as_new(token=invitation.token(), name=name, language="en", password=password)


def roles_of(user: User) -> set[str]:
    """The roles that a person holds now."""
    return set(standing_of(user).all_roles)
