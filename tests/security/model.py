"""Who may see what, told once more in plain Python: sets of people, no SQL, no grant rows, nothing of the door.

The product writes grant rows when something happens and asks them later; this model keeps what happened and derives
who sees a record from that, each time it is asked. The two must always agree: see tests/security/test_model.py.
"""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

CASE_ROLES = {"officer", "supervisor", "ca_officer", "ca_signatory", "liaison"}
WRITERS = {"officer", "supervisor"}
# KG keeps UTC+6 and UZ UTC+5 all year.
OFFSETS = {"KG": timedelta(hours=6), "UZ": timedelta(hours=5)}
Content = dict[str, str]


def end_of(day: date, agency: str) -> datetime:
    """The moment at which a day ends at an agency."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return midnight - OFFSETS[agency[:2]]


@dataclass(eq=False)
class Desk:
    """A membership and the roles in it; each runs until a moment, or for good.

    Itself and no other: two that say the same, of somebody who came back, are still two rows.
    """

    agency: str
    roles: dict[str, datetime | None]
    until: datetime | None = None


@dataclass
class Person:
    """A person and where they work or worked."""

    key: str
    active: bool = True
    desks: list[Desk] = field(default_factory=list)


@dataclass(eq=False)
class Case:
    """A case; with `named`, only those see it."""

    pk: uuid.UUID
    owner: str
    need_to_know: bool
    named: set[str] = field(default_factory=set)
    items: list["Item"] = field(default_factory=list)


@dataclass(eq=False)
class Item:
    """An item and what it says now."""

    pk: uuid.UUID
    case: Case
    content: Content


@dataclass(eq=False)
class Share:
    """A share: asked for by a person, or made by a step of a request."""

    pk: uuid.UUID
    case: Case
    recipient: str
    asker: str
    until: date | None
    ends: datetime | None
    # What was frozen, whole; and what of it the receiver may see.
    frozen: dict[Item, Content]
    shown: dict[Item, Content]
    state: str = "pending"
    approved: set[Item] = field(default_factory=set)
    request: "Request | None" = None
    step: str = ""
    # What stood in an answer that was sent has crossed, and is not taken back.
    sent: bool = False
    # Only these see it at the recipient: the answer to a need-to-know case.
    people: set[str] | None = None


@dataclass(eq=False)
class Request:
    """A request on its line."""

    pk: uuid.UUID
    case: Case
    drafter: str
    title: str
    basis: str
    attachments: list[Item]
    state: str = "draft"
    approver: str | None = None
    sending: str | None = None
    receiving: str | None = None
    executing: str | None = None
    # Who sees it by name in the agency that keeps the case need-to-know and is the sending authority too.
    authority: set[str] = field(default_factory=set)
    opened: set[Item] = field(default_factory=set)
    signed: bool = False
    writer: str | None = None
    executor: str | None = None
    asked_from: str = ""
    disclosed: bool = False
    frozen: dict[Item, Content] = field(default_factory=dict)
    answers: dict[Item, Content] = field(default_factory=dict)
    execution_case: Case | None = None
    crossed_title: str | None = None
    # Whoever wrote in the text counts as its drafter.
    authors: set[str] = field(default_factory=set)
    # When it came to the requested side.
    came: datetime | None = None
    result: str = ""
    response: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Whoever begins it writes in it."""
        self.authors.add(self.drafter)


@dataclass(frozen=True)
class Way:
    """One way to a record: for the case workers of an agency, or for one of them; by what; until when."""

    agency: str
    source: str
    person: str | None = None
    until: datetime | None = None
    share: uuid.UUID | None = None


Record = Case | Item | Request

# name: from, to, body, role. `back`: to where the question was asked.
NOT_SENT = ("draft", "returned", "domestic_review", "at_central_authority")
ON_THE_WAY = ("transmitted", "acknowledged", "under_review", "info_requested", "accepted", "in_execution")
STEPS: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "submit": (("draft", "returned"), "domestic_review", "drafting", "officer"),
    "return_to_drafter": (("domestic_review",), "returned", "drafting", "supervisor"),
    "pass_on": (("domestic_review",), "at_central_authority", "drafting", "supervisor"),
    "return_from_authority": (("at_central_authority",), "returned", "sending", "ca_officer"),
    "sign": (("at_central_authority",), "at_central_authority", "sending", "ca_signatory"),
    "transmit": (("at_central_authority",), "transmitted", "sending", "ca_officer"),
    "discard": (NOT_SENT, "discarded", "drafting", "officer"),
    "acknowledge": (("transmitted",), "acknowledged", "receiving", "ca_officer"),
    "start_review": (("acknowledged",), "under_review", "receiving", "ca_officer"),
    "ask_information": (("under_review", "in_execution"), "info_requested", "receiving", "ca_officer"),
    "write_answer": (("info_requested",), "info_requested", "drafting", "officer"),
    "answer_information": (("info_requested",), "back", "sending", "ca_officer"),
    "accept_and_assign": (("under_review",), "accepted", "receiving", "ca_officer"),
    "start_execution": (("accepted",), "in_execution", "executing", "officer"),
    "report_results": (("in_execution",), "results_reported", "executing", "officer"),
    "return_results": (("results_reported",), "in_execution", "receiving", "ca_officer"),
    "send_response": (("results_reported",), "response_sent", "receiving", "ca_officer"),
    "receive_response": (("response_sent",), "response_received", "sending", "ca_officer"),
    "send_back": (("response_received",), "in_execution", "drafting", "officer"),
    "close": (("response_received",), "closed", "drafting", "officer"),
    "withdraw": ((*ON_THE_WAY, "results_reported"), "withdrawn", "sending", "ca_officer"),
}
# Steps that only their own side sees.
DOMESTIC = {
    "submit",
    "return_to_drafter",
    "pass_on",
    "return_from_authority",
    "sign",
    "discard",
    "write_answer",
    "report_results",
    "return_results",
}
REQUESTING = {"drafting", "sending"}


class Model:
    """All that happened, and what follows from it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people: dict[str, Person] = {}
        self.cases: list[Case] = []
        self.items: list[Item] = []
        self.shares: list[Share] = []
        self.requests: list[Request] = []

    # --- where people stand ------------------------------------------------------------------------------------------

    def runs(self, until: datetime | None) -> bool:
        """Whether something that ends then still runs."""
        return until is None or until > self.now

    def roles(self, person: str, agency: str | None) -> set[str]:
        """The roles that a person holds at an agency now."""
        one = self.people[person]
        desks = [desk for desk in one.desks if desk.agency == agency and self.runs(desk.until)]
        return {role for desk in desks for role, until in desk.roles.items() if one.active and self.runs(until)}

    def works(self, person: str, agency: str | None) -> bool:
        """Whether they work on cases there now."""
        return not self.roles(person, agency).isdisjoint(CASE_ROLES)

    def workers(self, agency: str, roles: set[str] = CASE_ROLES) -> list[str]:
        """Who holds one of the roles at an agency now."""
        return [key for key in self.people if not self.roles(key, agency).isdisjoint(roles)]

    def side(self, person: str) -> str:
        """On which side of a request from KG to UZ they stand."""
        desks = {desk.agency for desk in self.people[person].desks if self.works(person, desk.agency)}
        return "requesting" if any(code.startswith("KG") for code in desks) else "requested"

    # --- who sees what -----------------------------------------------------------------------------------------------

    def ways(self, record: Record) -> set[Way]:
        """Every way to a record, also one that has ended."""
        if isinstance(record, Case):
            return self._through_case(record)
        if isinstance(record, Item):
            return self._through_case(record.case) | self._by_shares(record) | self._by_own_authority(record)
        return self._to_request(record)

    def viewers(self, record: Record) -> set[tuple[str, Way]]:
        """Who sees a record now, through which way (without its person)."""
        return {
            (person, Way(way.agency, way.source, None, way.until, way.share))
            for way in self.ways(record)
            if self.runs(way.until)
            for person in self.people
            if way.person in (None, person) and self.works(person, way.agency)
        }

    def sees(self, person: str, record: Record) -> bool:
        """Whether somebody sees a record now."""
        return any(who == person for who, _ in self.viewers(record))

    def own(self, person: str, item: Item) -> bool:
        """Whether they read the present text of an item."""
        ways = {way.source for who, way in self.viewers(item) if who == person}
        return bool(ways & {"ownership", "named", "central_authority"})

    def received(self, person: str, item: Item) -> dict[uuid.UUID, Content]:
        """What the shares show them of an item, by share."""
        ids = {way.share for who, way in self.viewers(item) if who == person and way.share}
        return {share.pk: share.shown[item] for share in self.shares if share.pk in ids}

    def _through_case(self, case: Case) -> set[Way]:
        if not case.need_to_know:
            return {Way(case.owner, "ownership")}
        return {Way(case.owner, "named", person) for person in case.named}

    def _by_shares(self, item: Item) -> set[Way]:
        return {
            Way(share.recipient, "share", person, share.ends, share.pk)
            for share in self.shares
            if share.state == "approved" and item in share.approved
            for person in ([None] if share.people is None else share.people)
        }

    def _by_own_authority(self, item: Item) -> set[Way]:
        return {
            Way(item.case.owner, "central_authority", person)
            for request in self.requests
            if item in request.opened
            for person in request.authority
        }

    def _to_request(self, request: Request) -> set[Way]:
        case = request.case
        found = {Way(case.owner, "drafter")} if not case.need_to_know else self._through_case(case)
        if request.sending and self.keeps_close(request):
            found |= {Way(request.sending, "central_authority", person) for person in request.authority}
        elif request.sending:
            found.add(Way(request.sending, "central_authority"))
        if request.receiving:
            found.add(Way(request.receiving, "requested"))
        if request.executing:
            found.add(Way(request.executing, "assignment"))
        return found

    def keeps_close(self, request: Request) -> bool:
        """Whether the sending authority is the agency that keeps the case need-to-know."""
        return request.case.need_to_know and request.sending == request.case.owner

    def listed(self, person: str, seen: list[uuid.UUID]) -> list[uuid.UUID]:
        """Requests as a list shows them: to the requested side by when each came to it, not by when it was begun."""
        if self.side(person) == "requesting":
            return seen
        came = {request.pk: request.came for request in self.requests}
        return sorted(seen, key=lambda pk: came[pk], reverse=True)

    # --- who may do what ---------------------------------------------------------------------------------------------

    def writes_in(self, person: str, case: Case) -> bool:
        """Whether they may change a case and what is in it."""
        return self.sees(person, case) and not self.roles(person, case.owner).isdisjoint(WRITERS)

    def may_share(self, person: str, case: Case) -> bool:
        """Whether they may ask for a share."""
        return self.sees(person, case) and "officer" in self.roles(person, case.owner)

    def may_decide(self, person: str, share: Share, name: str) -> bool:
        """Whether they may take a step of a share."""
        # What crossed with a request stays with it.
        if share.request or not self.sees(person, share.case):
            return False
        role = "officer" if name in ("cancel", "ask_again") else "liaison"
        if role not in self.roles(person, share.case.owner):
            return False
        if name == "revoke":
            return share.state == "approved" and self.runs(share.ends)
        if name in ("cancel", "ask_again"):
            return share.state in ("pending", "sent_back") and share.asker == person
        return share.state == "pending" and share.asker != person

    def body(self, request: Request, name: str) -> str | None:
        """The agency that is a body of the request now."""
        return {
            "drafting": request.case.owner,
            "sending": request.sending,
            "receiving": request.receiving,
            "executing": request.executing,
        }[name]

    def may_step(self, person: str, request: Request, name: str) -> bool:
        """Whether they may take this step now."""
        from_, _, body, role = STEPS[name]
        if request.state not in from_ or not self.sees(person, request):
            return False
        if self.side(person) != ("requesting" if body in REQUESTING else "requested"):
            return False
        if role not in self.roles(person, self.body(request, body)):
            return False
        if name == "submit":
            return person == request.drafter and all(self.sees(person, item) for item in request.attachments)
        if name == "discard":
            return person == request.drafter
        if name in ("return_to_drafter", "pass_on", "return_from_authority"):
            return person not in request.authors
        if name in ("sign", "transmit"):
            apart = {*request.authors, request.approver}
            return person not in apart and request.signed == (name == "transmit")
        if name == "answer_information":
            return request.writer not in (None, person)
        return name != "send_response" or person != request.executor

    def may_edit(self, person: str, request: Request) -> bool:
        """Whether they may change the draft: who sees the case with it."""
        officer = "officer" in self.roles(person, request.case.owner)
        return self.sees(person, request.case) and officer and request.state in ("draft", "returned")

    # --- what happens ------------------------------------------------------------------------------------------------

    def name(self, case: Case, person: str) -> None:
        """A person is named: they see all that hangs on the case."""
        case.named.add(person)
        for share in self._answers_to(case):
            share.people.add(person)

    def unname(self, case: Case, person: str) -> None:
        """A name is taken out; what they see as the sending authority's stays."""
        case.named.discard(person)
        for share in self._answers_to(case):
            if person not in share.request.authority:
                share.people.discard(person)

    def settle(self, agency: str | None = None) -> None:
        """What becomes of need-to-know cases when people leave: nobody chooses, and none is left to nobody.

        Who has left the agency for good is taken out. Where no named person works on cases any more, its supervisors
        are named; without any the names stay until there is one.
        """
        for case in [one for one in self.cases if one.named and agency in (None, one.owner)]:
            works = {person for person in case.named if self.works(person, case.owner)}
            if works == case.named:
                continue
            heirs = [] if works else self.workers(case.owner, {"supervisor"})
            gone = {person for person in case.named if not self._belongs(person, case.owner)} - works
            for person in heirs:
                self.name(case, person)
            for person in gone if works or heirs else ():
                self.unname(case, person)

    def _belongs(self, person: str, agency: str) -> bool:
        """Whether a membership runs, with whatever roles, and whether or not the account is open."""
        return any(desk.agency == agency and self.runs(desk.until) for desk in self.people[person].desks)

    def _answers_to(self, case: Case) -> list[Share]:
        return [share for share in self.shares if share.people is not None and share.request.case is case]

    def step(self, person: str, request: Request, name: str) -> list[Share]:
        """Move a request; returns the shares that the step makes, whose keys are not known yet."""
        before = len(self.shares)
        getattr(self, f"_{name}", lambda *_: None)(person, request)
        _, to, body, _ = STEPS[name]
        request.state = request.asked_from if to == "back" else to
        side = "requesting" if body in REQUESTING else "requested"
        request.steps.append((name, side if name in DOMESTIC else "wire"))
        return self.shares[before:]

    def _submit(self, person: str, request: Request) -> None:
        request.approver, request.signed = None, False
        request.frozen = {item: dict(item.content) for item in request.attachments}

    def _return_to_drafter(self, person: str, request: Request) -> None:
        request.approver = None
        request.opened = set()
        self._take_back(request, "pass_on")

    _return_from_authority = _return_to_drafter

    def _pass_on(self, person: str, request: Request) -> None:
        request.approver = person
        request.sending = self.sending_for(request.case.owner, request.basis)
        if self.keeps_close(request):
            request.authority = set(self.workers(request.sending, {"ca_officer", "ca_signatory"}))
            request.opened = set(request.frozen)
        self._cross(request, request.frozen, request.case.owner, request.sending, "pass_on", request.drafter)

    def _sign(self, person: str, request: Request) -> None:
        request.signed = True

    def _transmit(self, person: str, request: Request) -> None:
        request.receiving, request.came = "UZ-GPO", self.now
        request.crossed_title = request.title
        self._cross(request, request.frozen, request.case.owner, "UZ-GPO", "transmit", request.drafter)

    def _ask_information(self, person: str, request: Request) -> None:
        request.asked_from, request.writer = request.state, None

    def _write_answer(self, person: str, request: Request) -> None:
        request.writer = person

    def _accept_and_assign(self, person: str, request: Request) -> None:
        if request.executing != request.receiving:
            owner = request.case.owner
            self._cross(request, request.frozen, owner, request.executing, "accept_and_assign", request.drafter)

    def _report_results(self, person: str, request: Request) -> None:
        request.executor = person
        request.answers = {item: dict(item.content) for item in request.answers}
        self._cross(request, request.answers, request.executing, request.receiving, "report_results", person)

    def _return_results(self, person: str, request: Request) -> None:
        self._take_back(request, "report_results")

    def _send_response(self, person: str, request: Request) -> None:
        request.response = request.result
        for share in self.shares:
            share.sent = share.sent or share.request is request
        for recipient in dict.fromkeys([request.sending, request.case.owner]):
            self._cross(request, request.answers, request.executing, recipient, "send_response", request.executor)

    def _cross(
        self, request: Request, frozen: dict[Item, Content], owner: str, recipient: str, step: str, asker: str
    ) -> None:
        if not frozen or owner == recipient:
            return
        close = recipient == request.case.owner and request.case.need_to_know
        self.shares.append(
            Share(
                pk=uuid.UUID(int=0),
                case=next(iter(frozen)).case,
                recipient=recipient,
                asker=asker,
                until=None,
                ends=None,
                frozen=dict(frozen),
                shown=dict(frozen),
                state="approved",
                approved=set(frozen),
                request=request,
                step=step,
                people=request.case.named | request.authority if close else None,
            )
        )

    def _take_back(self, request: Request, step: str) -> None:
        for share in self.shares:
            if share.request is request and share.step == step and share.state == "approved" and not share.sent:
                share.state = "revoked"

    def sending_for(self, owner: str, basis: str) -> str:
        """The sending authority: the owner if it is one, else by the treaty."""
        if owner == "KG-GPO":
            return owner
        return "KG-CUS" if basis == "minsk-1993" else "KG-GPO"
