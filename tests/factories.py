"""Invented states, agencies and people, and a request taken along its line: all through the services."""

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Designation, Membership, Role, State
from agencies.services import add_member, create_agency, give_role
from cases.models import Case, CaseItem
from cases.services import create_case
from mla.checks import findings
from mla.models import AssistanceRequest, PaperRequest
from mla.papers import enter_paper
from mla.review import ticks_for
from mla.services import create_request, give_reasons, perform
from mla.workflow import BY_NAME, Body
from tests.memory import memory, remembered

numbers = itertools.count(1)

STATES = {
    "KG": ("Kyrgyzstan", "Киргизия", "Киргизии", "Киргизии", "ky", "Asia/Bishkek"),
    "UZ": ("Uzbekistan", "Узбекистан", "Узбекистана", "Узбекистане", "uz", "Asia/Tashkent"),
    "KZ": ("Kazakhstan", "Казахстан", "Казахстана", "Казахстане", "kk", "Asia/Almaty"),
}
KINDS = {
    "GPO": Agency.Kind.PROSECUTOR_GENERAL,
    "MIA": Agency.Kind.MINISTRY_INTERIOR,
    "CUS": Agency.Kind.CUSTOMS,
}


def state(code: str) -> State:
    """One of the three states."""
    english, russian, genitive, prepositional, language, zone = STATES[code]
    names = {"name_en": english, "name_ru": russian, "name_ru_genitive": genitive}
    names |= {"name_ru_prepositional": prepositional}
    official = {name.replace("name", "official"): value for name, value in names.items()}
    found, _ = State.objects.get_or_create(
        code=code, defaults={**names, **official, "language": language, "zone": zone}
    )
    return found


def agency(code: str) -> Agency:
    """An agency by its code, such as KG-GPO; made when it is not there."""
    found = Agency.objects.filter(code=code).select_related("state").first()
    if found:
        return found
    country, kind = code.split("-")
    return create_agency(
        code=code,
        state=state(country),
        kind=KINDS[kind],
        name_en=f"Agency {code}",
        name_ru=f"Ведомство {code}",
    )


def designate(body: Agency, function: str, basis: str = "domestic") -> Designation:
    """Name an agency in the directory as sending or receiving requests, from last year on."""
    starts = today() - timedelta(days=365)
    return Designation.objects.create(agency=body, basis=basis, function=function, starts=starts, source="invented")


def person(at: Agency | None = None, *roles: str, language: str = "en") -> User:
    """An invented person; with an agency, a member since yesterday who holds these roles since then."""
    number = next(numbers)
    user = User.objects.create_user(
        email=f"person{number}@comity.example", password=None, name=f"Person {number:05}", language=language
    )
    if at:
        member(user, at, *roles)
    return user


def member(user: User, at: Agency, *roles: str) -> Membership:
    """Take a person into an agency, since yesterday, with roles."""
    membership = add_member(user=user, agency=at, starts=timezone.now() - timedelta(days=1))
    for role in roles:
        give_role(membership=membership, role=role)
    return membership


def case(owner: User, at: Agency, *, need_to_know: bool = False, members: list[User] | None = None) -> Case:
    """A case with all that it says."""
    content = {
        "title": "Case of the invented wares",
        "proceedings_number": "1-2026",
        "offences": "Smuggling, art. 204",
    }
    return create_case(actor=owner, agency=at, content=content, need_to_know=need_to_know, members=members)


def bare_case(at: Agency, **fields: Any) -> Case:
    """A case row without any grant: for tests of the door alone."""
    return Case.objects.create(
        reference=f"X-C-{next(numbers):06d}",
        owner=at,
        title="Bare",
        offences="None",
        created_by=fields.pop("created_by", None) or person(),
        **fields,
    )


def bare_item(of: Case) -> CaseItem:
    """An item row without any grant."""
    return CaseItem.objects.create(
        case=of, owner=of.owner, kind="note", reference=f"X-I-{next(numbers):06d}", created_by=of.created_by
    )


CONTENT = {
    "title": "Hearing of an invented witness",
    "basis": "chisinau-2002",
    "conducted_by": "Investigation department, pre-trial investigation",
    "offence": "Smuggling, art. 204",
    "facts": "Wares were carried past customs.",
    "purpose": "Evidence for the trial.",
    "deadline": None,
    "deadline_reason": "",
    "confidential": False,
}
MEASURES = [
    {"kind": "a", "description": "Hear the witness.", "procedure": ""},
    {"kind": "f", "description": "Copies of the waybills.", "procedure": ""},
]


class World:
    """KG-MIA drafts, KG-GPO sends, UZ-GPO receives, UZ-MIA executes: a person for each office of each."""

    @remembered
    def __init__(self) -> None:
        self.bodies = {
            Body.DRAFTING: agency("KG-MIA"),
            Body.SENDING: agency("KG-GPO"),
            Body.RECEIVING: agency("UZ-GPO"),
            Body.EXECUTING: agency("UZ-MIA"),
        }
        for code in ("KG-GPO", "UZ-GPO"):
            designate(agency(code), Designation.Function.SENDS)
            designate(agency(code), Designation.Function.RECEIVES)
        self.drafter = self.new(Body.DRAFTING, Role.OFFICER)
        self.supervisor = self.new(Body.DRAFTING, Role.SUPERVISOR)
        self.sender = self.new(Body.SENDING, Role.CA_OFFICER)
        self.signatory = self.new(Body.SENDING, Role.CA_SIGNATORY)
        self.receiver = self.new(Body.RECEIVING, Role.CA_OFFICER)
        self.executor = self.new(Body.EXECUTING, Role.OFFICER)
        self.holders = {
            (Body.DRAFTING, Role.OFFICER): self.drafter,
            (Body.DRAFTING, Role.SUPERVISOR): self.supervisor,
            (Body.SENDING, Role.CA_OFFICER): self.sender,
            (Body.SENDING, Role.CA_SIGNATORY): self.signatory,
            (Body.RECEIVING, Role.CA_OFFICER): self.receiver,
            (Body.EXECUTING, Role.OFFICER): self.executor,
        }

    def new(self, body: Body, *roles: str, language: str = "en") -> User:
        """One more person at one of the four bodies."""
        return person(self.bodies[body], *roles, language=language)

    def give(self, user: User, body: Body, *roles: str) -> None:
        """Let a person hold these roles too, at this body."""
        membership = Membership.objects.filter(user=user, agency=self.bodies[body]).first()
        if membership is None:
            member(user, self.bodies[body], *roles)
            return
        for role in roles:
            give_role(membership=membership, role=role)


MAIN = (
    "submit",
    "pass_on",
    "sign",
    "transmit",
    "acknowledge",
    "start_review",
    "accept_and_assign",
    "start_execution",
    "report_results",
    "send_response",
    "receive_response",
    "close",
)
# The steps that lead from a draft to each state.
WAYS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "domestic_review": MAIN[:1],
    "returned": ("submit", "return_to_drafter"),
    "at_central_authority": MAIN[:2],
    "transmitted": MAIN[:4],
    "acknowledged": MAIN[:5],
    "under_review": MAIN[:6],
    "info_requested": (*MAIN[:6], "ask_information"),
    "accepted": MAIN[:7],
    "in_execution": MAIN[:8],
    "results_reported": MAIN[:9],
    "response_sent": MAIN[:10],
    "response_received": MAIN[:11],
    "closed": MAIN,
    "withdrawn": (*MAIN[:4], "withdraw"),
    "discarded": ("discard",),
}
# The steps that lead to the only state in which a step is open, where the state alone is not enough.
BEFORE: dict[str, tuple[str, ...]] = {
    "transmit": (*MAIN[:3],),
    "answer_information": (*WAYS["info_requested"], "write_answer"),
}


def explain(drafter: User, pk: uuid.UUID, words: str = "Not needed here.") -> None:
    """Give a reason for each point that a draft leaves out, so that it may go to review."""
    request = AssistanceRequest.objects.unscoped("a test looks at the row").get(pk=pk)
    reasons = {one.point: words for one in findings(request) if one.wants_reason}
    give_reasons(actor=drafter, pk=pk, reasons=reasons)


class Line:
    """One request of a world, and its steps taken by whoever holds the office."""

    def __init__(
        self, world: World, *, need_to_know: bool = False, members: list[User] | None = None, **content: Any
    ) -> None:
        self.world = world
        what = ("line", world.drafter.pk, need_to_know, tuple(members or ()), repr(content))
        self.case, self.pk = memory.recall(what, lambda: self._made(need_to_know, members, content))

    def _made(self, need_to_know: bool, members: list[User] | None, content: dict[str, Any]) -> tuple[Case, uuid.UUID]:
        drafter = self.world.drafter
        about = case(drafter, self.world.bodies[Body.DRAFTING], need_to_know=need_to_know, members=members)
        pk = create_request(
            actor=drafter,
            case_id=about.pk,
            requested_state=state("UZ"),
            content=CONTENT | content,
            measures=MEASURES,
        ).pk
        explain(drafter, pk)
        return about, pk

    @property
    def request(self) -> AssistanceRequest:
        """The row as it stands now."""
        return AssistanceRequest.objects.unscoped("a test looks at the row").get(pk=self.pk)

    @property
    def state(self) -> str:
        """Its state now."""
        return self.request.state

    def holder(self, name: str) -> User:
        """The person of the world whose office takes this step."""
        transition = BY_NAME[name]
        return self.world.holders[transition.body, transition.role]

    def clock(self, name: str) -> int:
        """The version that the form of this step would carry now."""
        return self.request.clock(BY_NAME[name].acting_side)

    def data(self, name: str) -> dict[str, Any]:
        """What a person would fill in for this step."""
        return {key: DATA[key](self) for key in BY_NAME[name].requires}

    def take(
        self,
        name: str,
        *,
        by: User | None = None,
        version: int | None = None,
        without: tuple[str, ...] = (),
        **data: Any,
    ) -> AssistanceRequest:
        """Take one step: as its holder and with data that is whole, unless said otherwise."""
        filled = {key: value for key, value in (self.data(name) | data).items() if key not in without}
        return perform(
            actor=by or self.holder(name),
            pk=self.pk,
            name=name,
            version=self.clock(name) if version is None else version,
            data=filled,
        )

    def walk(self, *names: str) -> "Line":
        """Take these steps, each by its holder."""
        what = ("walk", self.pk, names, tuple(self.world.holders.values()))
        memory.recall(what, lambda: [self.take(name).state for name in names])
        return self

    def walk_to(self, state: str) -> "Line":
        """Take a new draft to a state."""
        return self.walk(*WAYS[state])

    def ready_for(self, name: str) -> "Line":
        """Take a new draft to where this step is open."""
        return self.walk(*BEFORE.get(name) or WAYS[BY_NAME[name].from_[0]])


def today(at: Agency | None = None) -> date:
    """The day that an agency's people have now, or that of UTC, by which services count without a page."""
    return timezone.localdate(timezone=at.tz if at else UTC)


def later(days: int = 30) -> date:
    """A day that lies ahead (or behind), by UTC."""
    return today() + timedelta(days=days)


DATA: dict[str, Callable[[Line], Any]] = {
    "reason": lambda line: "For a reason.",
    "legality": lambda line: [tick.code for tick in ticks_for(line.request)],
    "comments": lambda line: [],
    "signature": lambda line: True,
    "integrity": lambda line: True,
    "addressee": lambda line: line.world.bodies[Body.RECEIVING],
    "number": lambda line: f"{next(numbers)}/26",
    "number_date": lambda line: today(),
    "number_again": lambda line: False,
    "original_required": lambda line: False,
    "questions": lambda line: [{"field": "facts", "question": "Which wares?"}],
    "due": lambda line: later(),
    "answers": lambda line: ["Invented wares."],
    "executor": lambda line: line.world.bodies[Body.EXECUTING],
    "target_date": lambda line: later(60),
    "disclose_executor": lambda line: False,
    "results": lambda line: {
        measure.number: {"result": "done", "text": "Done as asked."} for measure in line.request.measures.all()
    },
    "answer_items": lambda line: [],
    "covering_note": lambda line: "Enclosed.",
    "missing": lambda line: "The second waybill.",
    "outcome": lambda line: "court",
    "feedback": lambda line: 4,
}


def paper(actor: User, at: Agency, **content: Any) -> PaperRequest:
    """A request on paper in an agency's journal: incoming, from a state that is not in the portal."""
    said = {
        "direction": "incoming",
        "number": f"P-{next(numbers)}/26",
        "number_date": today(),
        "other_state": "MN",
        "authority": "Invented ministry",
        "their_number": f"9-{next(numbers)}",
        "their_date": later(-7),
        "subject": "Service of an invented summons",
        "crossed_on": later(-1),
        "answer_due": None,
        "answered_on": None,
        "closed_on": None,
        "remark": "",
    }
    return enter_paper(actor=actor, agency=at, content=said | content)
