"""The line of a request: its states, and the one table of transitions.

Two machines are coupled by wire events: each side's domestic steps are invisible to the other. A row says from
where, to where, who may (role, and at which of the request's bodies), which people must differ, what it asks for,
and by which article or house rule. Nothing here reads or writes.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Role


class RequestState(models.TextChoices):
    """States, by the codes of the lifecycle. The words are neuter in Russian: badge, column, filter."""

    DRAFT = "draft", pgettext_lazy("request-n", "Draft")
    DOMESTIC_REVIEW = "domestic_review", pgettext_lazy("request-n", "Domestic review")
    RETURNED = "returned", pgettext_lazy("request-n", "Returned to drafter")
    AT_CENTRAL_AUTHORITY = "at_central_authority", pgettext_lazy("request-n", "At central authority")
    TRANSMITTED = "transmitted", pgettext_lazy("request-n", "Transmitted")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("request-n", "Acknowledged")
    UNDER_REVIEW = "under_review", pgettext_lazy("request-n", "Under review")
    INFO_REQUESTED = "info_requested", pgettext_lazy("request-n", "Information requested")
    ACCEPTED = "accepted", pgettext_lazy("request-n", "Accepted")
    IN_EXECUTION = "in_execution", pgettext_lazy("request-n", "In execution")
    RESULTS_REPORTED = "results_reported", pgettext_lazy("request-n", "Results reported")
    RESPONSE_SENT = "response_sent", pgettext_lazy("request-n", "Response sent")
    RESPONSE_RECEIVED = "response_received", pgettext_lazy("request-n", "Response received")
    CLOSED = "closed", pgettext_lazy("request-n", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("request-n", "Withdrawn")
    DISCARDED = "discarded", pgettext_lazy("request-n", "Discarded")


S = RequestState
ENDED = frozenset({S.CLOSED, S.WITHDRAWN, S.DISCARDED})
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
NOT_YET_SENT = frozenset({S.DRAFT, S.RETURNED, S.DOMESTIC_REVIEW, S.AT_CENTRAL_AUTHORITY})

# Events that are no step of the table, with their words: each makes somebody the drafter.
DRAFTING = {"create": _("Draft begun"), "take_over": _("Draft taken over")}

# A domestic step of the requested side shows to the other side as the state before it.
SHOWN_TO_REQUESTING = {S.RESULTS_REPORTED: S.IN_EXECUTION}


class Side(StrEnum):
    """Whose a thing is: one side's own, or on the wire and seen by both."""

    REQUESTING = "requesting"
    REQUESTED = "requested"
    WIRE = "wire"


class Body(StrEnum):
    """The four bodies that a request knows, by what they do for it."""

    DRAFTING = "drafting"
    SENDING = "sending"
    RECEIVING = "receiving"
    EXECUTING = "executing"


BODY_SIDE = {
    Body.DRAFTING: Side.REQUESTING,
    Body.SENDING: Side.REQUESTING,
    Body.RECEIVING: Side.REQUESTED,
    Body.EXECUTING: Side.REQUESTED,
}


class Person(StrEnum):
    """People of a request whom a rule may name or keep apart."""

    DRAFTER = "drafter"
    APPROVER = "approver"
    WRITER = "writer"
    EXECUTOR = "executor"


class Fact(StrEnum):
    """What must be true of a request beside its state."""

    SIGNED = "signed"
    NOT_SIGNED = "not_signed"
    ANSWERED = "answered"


class Way(StrEnum):
    """Where a step leads: on along the line, back or aside for more, or out of it."""

    ON = "on"
    BACK = "back"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `to` None: back to the state in which the other side asked.

    A request waits for a step that leads on (`next_step`): whose step that is holds the ball. `makes` is the fact that
    a step makes true without moving the state. Of an `own_work` step the table lets anybody of the office take it, and
    the desk shows it first to those of them who had a hand in the request before. `todo`: the step as work that waits,
    where the button's words do not say it.
    """

    name: str
    label: str | Promise
    done: str | Promise
    from_: tuple[RequestState, ...]
    to: RequestState | None
    role: Role
    body: Body
    side: Side
    requires: tuple[str, ...] = ()
    only: Person | None = None
    apart_from: tuple[Person, ...] = ()
    needs: tuple[Fact, ...] = ()
    # What it makes true: from then on it may be taken again, and nobody waits for it.
    makes: Fact | None = None
    article: str = ""
    source: str = "house"
    tells: tuple[tuple[Body, Role], ...] = ()
    way: Way = Way.ON
    own_work: bool = False
    todo: str | Promise = ""

    @property
    def dangerous(self) -> bool:
        """Whether it ends the request before its time."""
        return self.way == Way.OUT

    @property
    def acting_side(self) -> Side:
        """The side that does it."""
        return BODY_SIDE[self.body]


ON_THE_WAY = (S.TRANSMITTED, S.ACKNOWLEDGED, S.UNDER_REVIEW, S.INFO_REQUESTED, S.ACCEPTED, S.IN_EXECUTION)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        name="submit",
        label=_("Submit for review"),
        done=_("Submitted for review"),
        from_=(S.DRAFT, S.RETURNED),
        to=S.DOMESTIC_REVIEW,
        role=Role.OFFICER,
        body=Body.DRAFTING,
        side=Side.REQUESTING,
        only=Person.DRAFTER,
        article="UNTOC 18(15)",
        source="treaty",
        tells=((Body.DRAFTING, Role.SUPERVISOR),),
        todo=_("Finish the draft"),
    ),
    Transition(
        name="return_to_drafter",
        label=_("Return to drafter"),
        done=_("Returned to drafter by the supervisor"),
        from_=(S.DOMESTIC_REVIEW,),
        to=S.RETURNED,
        role=Role.SUPERVISOR,
        body=Body.DRAFTING,
        side=Side.REQUESTING,
        requires=("comments", "reason"),
        apart_from=(Person.DRAFTER,),
        tells=((Body.DRAFTING, Role.OFFICER),),
        way=Way.BACK,
    ),
    Transition(
        name="pass_on",
        label=_("Pass on to central authority"),
        done=_("Passed on to the central authority"),
        from_=(S.DOMESTIC_REVIEW,),
        to=S.AT_CENTRAL_AUTHORITY,
        role=Role.SUPERVISOR,
        body=Body.DRAFTING,
        side=Side.REQUESTING,
        requires=("legality",),
        apart_from=(Person.DRAFTER,),
        source="domestic",
        tells=((Body.SENDING, Role.CA_OFFICER), (Body.SENDING, Role.CA_SIGNATORY)),
        todo=_("Review the draft"),
    ),
    Transition(
        name="return_from_authority",
        label=_("Return to drafter"),
        done=_("Returned to drafter by the central authority"),
        from_=(S.AT_CENTRAL_AUTHORITY,),
        to=S.RETURNED,
        role=Role.CA_OFFICER,
        body=Body.SENDING,
        side=Side.REQUESTING,
        requires=("comments", "reason"),
        apart_from=(Person.DRAFTER,),
        tells=((Body.DRAFTING, Role.OFFICER),),
        way=Way.BACK,
    ),
    Transition(
        name="sign",
        label=_("Sign"),
        done=_("Signed"),
        from_=(S.AT_CENTRAL_AUTHORITY,),
        to=S.AT_CENTRAL_AUTHORITY,
        role=Role.CA_SIGNATORY,
        body=Body.SENDING,
        side=Side.REQUESTING,
        requires=("signature",),
        apart_from=(Person.DRAFTER, Person.APPROVER),
        needs=(Fact.NOT_SIGNED,),
        makes=Fact.SIGNED,
        article="Minsk 7; Chisinau 7",
        source="treaty",
        tells=((Body.SENDING, Role.CA_OFFICER),),
    ),
    Transition(
        name="transmit",
        label=_("Transmit"),
        done=_("Transmitted"),
        from_=(S.AT_CENTRAL_AUTHORITY,),
        to=S.TRANSMITTED,
        role=Role.CA_OFFICER,
        body=Body.SENDING,
        side=Side.WIRE,
        requires=("addressee", "number", "number_date", "number_again", "original_required"),
        apart_from=(Person.DRAFTER, Person.APPROVER),
        needs=(Fact.SIGNED,),
        article="UNTOC 18(13), (14); Minsk 5, 80",
        source="treaty",
        tells=((Body.RECEIVING, Role.CA_OFFICER), (Body.DRAFTING, Role.OFFICER)),
    ),
    Transition(
        name="discard",
        label=_("Discard draft"),
        done=_("Discarded"),
        from_=(S.DRAFT, S.RETURNED, S.DOMESTIC_REVIEW, S.AT_CENTRAL_AUTHORITY),
        to=S.DISCARDED,
        role=Role.OFFICER,
        body=Body.DRAFTING,
        side=Side.REQUESTING,
        requires=("reason",),
        only=Person.DRAFTER,
        tells=((Body.DRAFTING, Role.SUPERVISOR),),
        way=Way.OUT,
    ),
    Transition(
        name="acknowledge",
        label=_("Acknowledge receipt"),
        done=_("Receipt acknowledged"),
        from_=(S.TRANSMITTED,),
        to=S.ACKNOWLEDGED,
        role=Role.CA_OFFICER,
        body=Body.RECEIVING,
        side=Side.WIRE,
        requires=("number", "number_date", "number_again"),
        article="ITI 19",
        tells=((Body.SENDING, Role.CA_OFFICER), (Body.DRAFTING, Role.OFFICER)),
    ),
    Transition(
        name="start_review",
        label=_("Start review"),
        done=_("Review started"),
        from_=(S.ACKNOWLEDGED,),
        to=S.UNDER_REVIEW,
        role=Role.CA_OFFICER,
        body=Body.RECEIVING,
        side=Side.WIRE,
        article="UNTOC 18(13)",
        source="treaty",
    ),
    Transition(
        name="ask_information",
        label=_("Ask for information"),
        done=_("Information requested"),
        from_=(S.UNDER_REVIEW, S.IN_EXECUTION),
        to=S.INFO_REQUESTED,
        role=Role.CA_OFFICER,
        body=Body.RECEIVING,
        side=Side.WIRE,
        requires=("questions", "due"),
        article="UNTOC 18(16); ITI 21",
        source="treaty",
        tells=((Body.SENDING, Role.CA_OFFICER), (Body.DRAFTING, Role.OFFICER)),
        way=Way.BACK,
    ),
    Transition(
        name="write_answer",
        label=_("Write the answer"),
        done=_("Answer written"),
        from_=(S.INFO_REQUESTED,),
        to=S.INFO_REQUESTED,
        role=Role.OFFICER,
        body=Body.DRAFTING,
        side=Side.REQUESTING,
        requires=("answers",),
        makes=Fact.ANSWERED,
        article="UNTOC 18(16)",
        source="treaty",
        tells=((Body.SENDING, Role.CA_OFFICER),),
        own_work=True,
    ),
    Transition(
        name="answer_information",
        label=_("Answer"),
        done=_("Information supplied"),
        from_=(S.INFO_REQUESTED,),
        to=None,
        role=Role.CA_OFFICER,
        body=Body.SENDING,
        side=Side.WIRE,
        apart_from=(Person.WRITER,),
        needs=(Fact.ANSWERED,),
        article="UNTOC 18(16)",
        source="treaty",
        tells=((Body.RECEIVING, Role.CA_OFFICER), (Body.EXECUTING, Role.OFFICER)),
        todo=_("Send the answer"),
    ),
    Transition(
        name="accept_and_assign",
        label=_("Accept and assign"),
        done=_("Accepted and assigned"),
        from_=(S.UNDER_REVIEW,),
        to=S.ACCEPTED,
        role=Role.CA_OFFICER,
        body=Body.RECEIVING,
        side=Side.WIRE,
        requires=("executor", "target_date", "disclose_executor"),
        article="UNTOC 18(13), (17), (24)",
        source="treaty",
        tells=(
            (Body.EXECUTING, Role.OFFICER),
            (Body.SENDING, Role.CA_OFFICER),
            (Body.DRAFTING, Role.OFFICER),
        ),
        todo=_("Review, accept and assign"),
    ),
    Transition(
        name="start_execution",
        label=_("Start execution"),
        done=_("Execution started"),
        from_=(S.ACCEPTED,),
        to=S.IN_EXECUTION,
        role=Role.OFFICER,
        body=Body.EXECUTING,
        side=Side.WIRE,
        article="Minsk 8(3)",
        source="treaty",
    ),
    Transition(
        name="report_results",
        label=_("Report results"),
        done=_("Results reported"),
        from_=(S.IN_EXECUTION,),
        to=S.RESULTS_REPORTED,
        role=Role.OFFICER,
        body=Body.EXECUTING,
        side=Side.REQUESTED,
        requires=("results", "answer_items"),
        source="domestic",
        tells=((Body.RECEIVING, Role.CA_OFFICER),),
        own_work=True,
        todo=_("Execute and report results"),
    ),
    Transition(
        name="return_results",
        label=_("Return results"),
        done=_("Results returned to be completed"),
        from_=(S.RESULTS_REPORTED,),
        to=S.IN_EXECUTION,
        role=Role.CA_OFFICER,
        body=Body.RECEIVING,
        side=Side.REQUESTED,
        requires=("reason",),
        source="domestic",
        tells=((Body.EXECUTING, Role.OFFICER),),
        way=Way.BACK,
    ),
    Transition(
        name="send_response",
        label=_("Send response"),
        done=_("Response sent"),
        from_=(S.RESULTS_REPORTED,),
        to=S.RESPONSE_SENT,
        role=Role.CA_OFFICER,
        body=Body.RECEIVING,
        side=Side.WIRE,
        requires=("covering_note",),
        apart_from=(Person.EXECUTOR,),
        article="UNTOC 18(17), (19), (20), (28)",
        source="treaty",
        tells=((Body.SENDING, Role.CA_OFFICER), (Body.DRAFTING, Role.OFFICER)),
        todo=_("Assess the results and send the response"),
    ),
    Transition(
        name="receive_response",
        label=_("Confirm response received"),
        done=_("Response received"),
        from_=(S.RESPONSE_SENT,),
        to=S.RESPONSE_RECEIVED,
        role=Role.CA_OFFICER,
        body=Body.SENDING,
        side=Side.WIRE,
        requires=("integrity",),
        tells=((Body.DRAFTING, Role.OFFICER), (Body.RECEIVING, Role.CA_OFFICER)),
        todo=_("Check the response and confirm it"),
    ),
    Transition(
        name="send_back",
        label=_("Send back as incomplete"),
        done=_("Sent back as incomplete"),
        from_=(S.RESPONSE_RECEIVED,),
        to=S.IN_EXECUTION,
        role=Role.OFFICER,
        body=Body.DRAFTING,
        side=Side.WIRE,
        requires=("missing",),
        article="UNTOC 18(24)",
        source="treaty",
        tells=((Body.RECEIVING, Role.CA_OFFICER), (Body.EXECUTING, Role.OFFICER), (Body.SENDING, Role.CA_OFFICER)),
        way=Way.BACK,
    ),
    Transition(
        name="close",
        label=_("Close"),
        done=_("Closed"),
        from_=(S.RESPONSE_RECEIVED,),
        to=S.CLOSED,
        role=Role.OFFICER,
        body=Body.DRAFTING,
        side=Side.WIRE,
        requires=("outcome", "feedback"),
        article="Minsk 8(5), 78",
        source="treaty",
        tells=((Body.RECEIVING, Role.CA_OFFICER), (Body.SENDING, Role.CA_OFFICER)),
        own_work=True,
        todo=_("Assess the response and close"),
    ),
    Transition(
        name="withdraw",
        label=_("Withdraw"),
        done=_("Withdrawn"),
        from_=(*ON_THE_WAY, S.RESULTS_REPORTED),
        to=S.WITHDRAWN,
        role=Role.CA_OFFICER,
        body=Body.SENDING,
        side=Side.WIRE,
        requires=("reason",),
        article="UNTOC 18(24)",
        source="treaty",
        tells=((Body.RECEIVING, Role.CA_OFFICER), (Body.EXECUTING, Role.OFFICER), (Body.DRAFTING, Role.OFFICER)),
        way=Way.OUT,
    ),
)

BY_NAME = {transition.name: transition for transition in TRANSITIONS}


def label_apart(transition: Transition) -> str:
    """The step's button in words; where another step has the same, with the role whose step it is."""
    alike = [one for one in TRANSITIONS if one.label == transition.label]
    return f"{transition.label} ({transition.role.label})" if len(alike) > 1 else str(transition.label)


def awaited(transition: Transition, state: str) -> bool:
    """Whether a request in that state waits for this step: it goes on, or whose turn it is decides to send it back.

    Nobody waits for what ends it, or for a question out of turn.
    """
    if transition.way == Way.OUT or state not in transition.from_:
        return False
    whose_turn = {one.body for one in TRANSITIONS if one.way == Way.ON and state in one.from_}
    return transition.way == Way.ON or transition.body in whose_turn


def next_step(state: str, facts: frozenset[Fact]) -> Transition | None:
    """The step for which a request waits: of those that lead on, the last in the table whose facts are true."""
    found = None
    for one in TRANSITIONS:
        if one.way == Way.ON and state in one.from_ and facts.issuperset(one.needs):
            found = one
    return found


def facts_after(name: str) -> frozenset[Fact]:
    """What is true of a request after its last step, as far as steps wait for it."""
    made = BY_NAME[name].makes if name in BY_NAME else None
    return frozenset({Fact.SIGNED} if made == Fact.SIGNED else {Fact.NOT_SIGNED, *([made] if made else [])})


def ahead(state: str) -> frozenset[RequestState]:
    """The states that a request can still come to, its own included. A round of questions ends where it began."""
    found = {RequestState(state)}
    if S.INFO_REQUESTED in found:
        found |= {S.UNDER_REVIEW, S.IN_EXECUTION}
    while more := {one.to for one in TRANSITIONS if one.to and found.intersection(one.from_)} - found:
        found |= more
    return frozenset(found)


def shown_state(state: str, side: Side) -> RequestState:
    """The state as a side sees it: the other side's domestic steps do not show."""
    state = RequestState(state)
    return SHOWN_TO_REQUESTING.get(state, state) if side == Side.REQUESTING else state
