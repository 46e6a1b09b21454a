"""Fills an empty database with the exercise, through the same services that people use."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Designation, State
from agencies.services import add_member, create_agency, give_role
from cases.models import Case, CaseItem
from cases.services import ask_share, create_case, create_document, create_item, decide_share
from cases.services.shares import Chosen
from cases.uploads import take_in
from exercise import items, papers
from exercise.people import PLAYERS, Player
from exercise.states import AGENCIES, BASES, DESIGNATED, FUNCTIONS, STATES
from mla.checks import findings
from mla.models import AssistanceRequest
from mla.papers import enter_paper
from mla.review import ticks_for
from mla.services import create_request, give_reasons, perform

# Without letters that are mistaken for others, on paper or between two keyboards.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
GROUPS, GROUP = 5, 4


@dataclass(slots=True)
class Exercise:
    """What has been made so far: agencies by code, people and their passwords by address."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)

    def who(self, role: str, agency: str = "KG-GPO") -> User:
        """The player of a role at an agency."""
        return next(self.people[player.email] for player in PLAYERS if (player.role, player.agency) == (role, agency))

    @property
    def accounts(self) -> list[dict[str, Any]]:
        """The sign-ins, in the form that docs and checks rely on."""
        return [
            {
                "email": player.email,
                "password": self.passwords[player.email],
                "name": player.name,
                "roles": [player.role],
                "agency": player.agency,
                "state": self.agencies[player.agency].state_id,
                "language": player.language,
            }
            for player in PLAYERS
        ]


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    return not (User.objects.exists() or Agency.objects.exists() or State.objects.exists())


def load() -> Exercise:
    """Make everything, in the caller's transaction."""
    exercise = Exercise()
    _states_and_agencies(exercise)
    for player in PLAYERS:
        _person(exercise, player)
    cases = _cases(exercise)
    made = _items_and_shares(exercise, cases["crate"])
    _transmitted_request(exercise, cases["crate"], made)
    _draft_request(exercise, cases["crate"])
    _requests_on_paper(exercise)
    return exercise


def new_password() -> str:
    """A random password of 20 letters in groups of four: 90 bits, and a person can type it."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def _states_and_agencies(exercise: Exercise) -> None:
    State.objects.bulk_create([State(**state) for state in STATES])
    for fields in AGENCIES:
        agency = create_agency(**fields)
        exercise.agencies[agency.code] = agency
    Designation.objects.bulk_create(
        [
            Designation(
                agency=exercise.agencies[code],
                basis=basis,
                function=function,
                starts=since[code[:2]],
                source=source,
            )
            for code in DESIGNATED
            for basis, (since, source) in BASES.items()
            for function in FUNCTIONS
        ]
    )


def _person(exercise: Exercise, player: Player) -> None:
    password = new_password()
    user = User.objects.create_user(email=player.email, password=password, name=player.name, language=player.language)
    validate_password(password, user)
    membership = add_member(user=user, agency=exercise.agencies[player.agency], post=player.post)
    give_role(membership=membership, role=player.role)
    exercise.people[player.email] = user
    exercise.passwords[player.email] = password


def _cases(exercise: Exercise) -> dict[str, Case]:
    named = [exercise.who(role) for role in papers.NAMED]
    return {
        content["key"]: create_case(
            actor=exercise.who("officer"),
            agency=exercise.agencies["KG-GPO"],
            content=content,
            need_to_know=content["need_to_know"],
            members=named if content["need_to_know"] else None,
        )
        for content in papers.CASES
    }


def _items_and_shares(exercise: Exercise, case: Case) -> dict[str, CaseItem]:
    """Items of every kind, by key; one share that is open, and one that waits for the liaison officer."""
    officer, agency = exercise.who("officer"), exercise.agencies["KG-GPO"]
    made = {
        key: create_item(actor=officer, case_id=case.pk, kind=kind, values=values, rows=rows)
        for key, (kind, values, rows) in items.ITEMS.items()
    }
    file = take_in(SimpleUploadedFile(items.DOCUMENT_NAME, items.DOCUMENT_TEXT.encode()), officer)
    made["document"] = create_document(
        actor=officer, case_id=case.pk, file_id=file.pk, values=dict(items.DOCUMENT_WORDS)
    )
    for wanted in items.SHARES:
        share = ask_share(
            actor=officer,
            case_id=case.pk,
            chosen=[Chosen(made[key].pk, withheld) for key, withheld in wanted["items"].items()],
            recipient=exercise.agencies["UZ-MIA"],
            purpose=wanted["purpose"],
            until=timezone.localdate(timezone=agency.tz) + timedelta(days=wanted["days"]),
        )
        if wanted["approved"]:
            decide_share(actor=exercise.who("liaison"), pk=share.pk, name="approve", version=share.version)
    return made


def _draft_request(exercise: Exercise, case: Case) -> AssistanceRequest:
    return create_request(
        actor=exercise.who("officer"),
        case_id=case.pk,
        requested_state=State.objects.get(pk="UZ"),
        content=papers.DRAFT,
        measures=list(papers.DRAFT_MEASURES),
    )


def _explain(exercise: Exercise, request: AssistanceRequest) -> None:
    """Give a reason for each point that the request leaves out."""
    reasons = {
        one.point: papers.REASONS.get(one.code, papers.REASONS["default"])
        for one in findings(request)
        if one.wants_reason
    }
    give_reasons(actor=exercise.who("officer"), pk=request.pk, reasons=reasons)
    request.refresh_from_db()


def _transmitted_request(exercise: Exercise, case: Case, made: dict[str, CaseItem]) -> AssistanceRequest:
    today = timezone.localdate(timezone=exercise.agencies["KG-GPO"].tz)
    heard = made[papers.HEARD].pk
    request = create_request(
        actor=exercise.who("officer"),
        case_id=case.pk,
        requested_state=State.objects.get(pk="UZ"),
        content={**papers.TRANSMITTED, "deadline": today + timedelta(days=papers.TRANSMITTED_DAYS)},
        measures=[{**row, "about": heard if row["kind"] == "a" else None} for row in papers.TRANSMITTED_MEASURES],
        attachments=[made[key].pk for key in papers.TRANSMITTED_ITEMS],
    )
    _explain(exercise, request)
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("submit", "officer", {}),
        ("pass_on", "supervisor", {"legality": [tick.code for tick in ticks_for(request)]}),
        ("sign", "ca_signatory", {"signature": True}),
        (
            "transmit",
            "ca_officer",
            {
                "addressee": exercise.agencies["UZ-GPO"],
                "number": papers.OUTGOING_NUMBER,
                "number_date": today,
                "original_required": True,
            },
        ),
    )
    for name, role, data in steps:
        request = perform(
            actor=exercise.who(role), pk=request.pk, name=name, version=request.requesting_clock, data=data
        )
    return request


def _requests_on_paper(exercise: Exercise) -> None:
    agency = exercise.agencies["KG-GPO"]
    today = timezone.localdate(timezone=agency.tz)
    for one in papers.ON_PAPER:
        days = {name: today + timedelta(days=days) for name, days in one["days"].items()}
        enter_paper(actor=exercise.who("ca_officer"), agency=agency, content={**one, **days})
