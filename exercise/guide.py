"""Whose part one can take in the exercise, and the guided paths: 'play this in ten minutes', one for a role.

The steps of a path are templates/exercise/<role>.html; tests/e2e/test_guide.py takes them.
"""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.models import Role
from exercise.people import PLAYERS, Player

# In the order in which a request goes through their hands, then those who look after people and agencies.
PATHS = (
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.CA_SIGNATORY,
    Role.CA_OFFICER,
    Role.LIAISON,
    Role.AGENCY_ADMIN,
    Role.PLATFORM_ADMIN,
)
# Who plays a path, where the first of the role would find nothing to decide: what is there they have asked for.
PLAYED_BY = {Role.AGENCY_ADMIN: "zhyldyz.mamatova@kg-gpo.example"}


@dataclass(frozen=True, slots=True)
class Part:
    """A player who can sign in, by the key of their account."""

    player: Player
    account: uuid.UUID


@dataclass(frozen=True, slots=True)
class Path:
    """A guided path, and who plays it; nobody when the exercise is not loaded."""

    role: Role
    part: Part | None
    mine: bool

    @property
    def template(self) -> str:
        """Its steps."""
        return f"exercise/{self.role.value}.html"


def cast() -> dict[Role, list[Part]]:
    """The exercise's people who can sign in now, by role. Nobody else: not who was invited while it is played."""
    emails = [player.email for player in PLAYERS]
    accounts = dict(User.objects.filter(email__in=emails, is_active=True).values_list("email", "pk"))
    found: dict[Role, list[Part]] = {role: [] for role in Role}
    for player in PLAYERS:
        if player.email in accounts:
            found[Role(player.role)].append(Part(player, accounts[player.email]))
    return {role: parts for role, parts in found.items() if parts}


def speak(person: User | AnonymousUser, language: str) -> None:
    """Let a player go on in this language; nobody else's choice is touched."""
    emails = [player.email for player in PLAYERS]
    User.objects.filter(pk=person.pk, email__in=emails).update(language=language)


def paths(reader: User | None) -> list[Path]:
    """All paths, the reader's own first."""
    parts = cast()
    found = []
    for role in PATHS:
        played_by = next(
            (one for one in parts.get(role, ()) if PLAYED_BY.get(role, one.player.email) == one.player.email), None
        )
        found.append(Path(role, played_by, mine=bool(reader and played_by and played_by.account == reader.pk)))
    return sorted(found, key=lambda path: not path.mine)
