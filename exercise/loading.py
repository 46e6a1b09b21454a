"""Fills an empty database with the exercise, through the same services that people use, on the days of its story."""

import secrets
from collections.abc import Iterable

import time_machine
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Designation, State, TreatyParty
from agencies.services import add_member, create_agency, give_role
from exercise.agencies import AGENCIES, BASES, DESIGNATED, FUNCTIONS, fields_of
from exercise.people import PLAYERS, Player
from exercise.scenes import SCENES
from exercise.stage import ZONE, Scene, Stage
from exercise.states import STATES
from figures.services import renew

# Without letters that are mistaken for others, on paper or between two keyboards.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
GROUPS, GROUP = 5, 4
# Working days before today on which everybody had signed up: before the first act.
BEGINNING = 230


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    return not (User.objects.exists() or Agency.objects.exists() or State.objects.exists())


def load(scenes: Iterable[Scene] | None = None) -> Stage:
    """Make everything, in the caller's transaction; with fewer scenes, less of what the people have done."""
    stage = Stage(password=new_password())
    with time_machine.travel(stage.ago(BEGINNING, "09:00"), tick=False):
        _states_and_agencies(stage)
        for player in PLAYERS:
            _person(stage, player)
    stage.play(SCENES if scenes is None else scenes)
    renew()
    return stage


def new_password() -> str:
    """A random password of 20 letters in groups of four: 90 bits, and a person can type it."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def _states_and_agencies(stage: Stage) -> None:
    State.objects.bulk_create([State(**state) for state in STATES])
    for row in AGENCIES:
        agency = create_agency(**fields_of(*row))
        stage.agencies[agency.code] = agency
    Designation.objects.bulk_create(
        Designation(
            agency=stage.agencies[code],
            basis=basis,
            function=function,
            starts=timezone.localdate(timezone=ZONE),
            source=source,
        )
        for code in DESIGNATED
        for basis, source in BASES.items()
        if TreatyParty.objects.filter(treaty=basis, state=code[:2], is_party=True).exists()
        for function in FUNCTIONS
    )


def _person(stage: Stage, player: Player) -> None:
    user = User.objects.create_user(
        email=player.email, password=stage.password, name=player.name, language=player.language
    )
    validate_password(stage.password, user)
    membership = add_member(user=user, agency=stage.agencies[player.agency], post=player.post, starts=timezone.now())
    give_role(membership=membership, role=player.role)
    stage.people[player.email] = user
