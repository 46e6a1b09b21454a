"""The handles of the door against a model in plain Python, on random people, roles, grants and moments."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from agencies.models import CASE_ROLES, Agency, Membership, Role, RoleAssignment
from cases.access import Cursor
from cases.grants import give_to_agency, give_to_person
from cases.models import Case, GrantSource
from tests.factories import agency, bare_case, person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Few moments, so that they collide with each other and with NOW.
MOMENTS = [NOW + timedelta(microseconds=step) for step in (-2, -1, 0, 1, 2)]
CODES = ["KG-MIA", "KG-GPO", "KG-CUS"]


def span(dice: random.Random) -> dict[str, Any]:
    """A start and an end after it, or no end."""
    starts = dice.choice([MOMENTS[0], *MOMENTS])
    ends = [None] * 4 + [one for one in MOMENTS if one >= starts]
    return {"starts": starts, "ends": dice.choice(ends)}


class Model:
    """Who sees what, told without SQL."""

    def __init__(self, dice: random.Random) -> None:
        self.bodies = [agency(code) for code in CODES]
        self.people = [person() for _ in range(6)]
        self.people[0].is_active = False
        self.people[0].save()
        self.desks: list[tuple[User, Agency, Membership, RoleAssignment]] = []
        self.gifts: list[tuple[uuid.UUID, User | None, Agency, datetime | None]] = []
        for user in self.people:
            for at in dice.sample(self.bodies, dice.randint(1, 3)):
                membership = Membership.objects.create(user=user, agency=at, **span(dice))
                for role in dice.sample(list(Role), dice.randint(1, 5)):
                    row = RoleAssignment.objects.create(membership=membership, role=role, **span(dice))
                    self.desks.append((user, at, membership, row))
        # Many cases of the same moment: pages must not lose or repeat one.
        self.cases = [
            bare_case(self.bodies[0], created_by=self.people[1], created_at=dice.choice(MOMENTS)) for _ in range(60)
        ]
        sources = list(GrantSource)
        for one in self.cases:
            for source in dice.sample(sources, dice.randint(0, 3)):
                at, until = dice.choice(self.bodies), dice.choice([None, None, None, *MOMENTS])
                give_to_agency([one], at, source, expires_at=until)
                self.gifts.append((one.pk, None, at, until))
            for source in dice.sample(sources, dice.randint(0, 2)):
                user, at, until = (
                    dice.choice(self.people),
                    dice.choice(self.bodies),
                    dice.choice([None, None, None, *MOMENTS]),
                )
                give_to_person([one], user, at, source, expires_at=until)
                self.gifts.append((one.pk, user, at, until))

    def works_at(self, user: User, now: datetime) -> set[uuid.UUID]:
        """The agencies for which the person works on cases at that moment."""
        return {
            at.pk
            for one, at, membership, row in self.desks
            if one == user
            and user.is_active
            and row.role in CASE_ROLES
            and all(part.starts <= now and (part.ends is None or part.ends > now) for part in (membership, row))
        }

    def sees(self, user: User, now: datetime) -> list[Case]:
        """The cases that the person sees at that moment, newest first."""
        desks = self.works_at(user, now)
        found = {
            pk
            for pk, named, at, until in self.gifts
            if at.pk in desks and named in (None, user) and (until is None or until > now)
        }
        rows = [one for one in self.cases if one.pk in found]
        return sorted(rows, key=lambda one: (one.created_at, one.pk.bytes), reverse=True)


@pytest.mark.parametrize("seed", range(8))
def test_all_handles_agree_with_the_model(seed: int) -> None:
    """`visible_to`, `visible_among` and `newest_visible`, page by page, show exactly what the rules say."""
    model = Model(random.Random(seed))
    shown = 0
    for user in model.people:
        for now in MOMENTS:
            expected = model.sees(user, now)
            shown += len(expected)
            assert list(Case.objects.visible_to(user, now=now).order_by("-created_at", "-id")) == expected
            for few in (True, False):
                among = Case.objects.visible_among(user, few=few, now=now)
                assert list(among.order_by("-created_at", "-id")) == expected
            assert Case.objects.count_visible(user, now=now) == len(expected)
            assert pages(user, now, limit=7) == expected
            assert Case.objects.newest_visible(user, now=now, limit=1000) == expected
    assert shown > 20


def pages(user: User, now: datetime, limit: int) -> list[Case]:
    """The whole list, read page by page with a cursor that went through an address."""
    found: list[Case] = []
    after = None
    while rows := Case.objects.newest_visible(user, now=now, limit=limit, after=after):
        assert len(rows) <= limit
        found += rows
        after = Cursor.parse(str(Cursor(rows[-1].pk)))
    return found
