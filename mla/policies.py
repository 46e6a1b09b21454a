"""May this person take this step now? A verdict with its reason, which stands beside the button."""

import uuid
from dataclasses import dataclass, field

from django.db.models import UUIDField
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.kept import Kept
from agencies.models import Agency, Role, RoleAssignment
from agencies.services.handovers import was_handed
from agencies.standing import Standing
from cases.models import Case
from mla.models import Assignment, AssistanceRequest, DraftAuthor, InformationRound, RequestVersion
from mla.workflow import (
    EDITABLE,
    TRANSITIONS,
    Body,
    Fact,
    Person,
    RequestState,
    Side,
    Transition,
    ahead,
    awaited,
    facts_after,
    label_apart,
    next_step,
    shown_state,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a step is open to a person, and if not, why not and who can."""

    transition: Transition
    allowed: bool
    reason: str = ""
    # Why not, for the service: "role", "state", "person" or "fact".
    code: str = ""

    @property
    def label(self) -> str:
        """The step in words, told apart from others of the same words: it stands among those that are closed."""
        return label_apart(self.transition)


@dataclass(slots=True)
class Bodies:
    """The bodies and people of one request, read once: what the rules ask about."""

    request: AssistanceRequest
    assignment: Assignment | None
    writer_id: uuid.UUID | None = None
    # Whoever wrote in the text, or took it over, counts as its drafter where people must differ.
    author_ids: frozenset[uuid.UUID] = frozenset()
    facts: frozenset[Fact] = frozenset()
    agencies: dict[Body, Agency | None] = field(init=False)

    def __post_init__(self) -> None:
        self.agencies = {
            Body.DRAFTING: self.request.drafting_agency,
            Body.SENDING: self.request.sending_authority,
            Body.RECEIVING: self.request.receiving_authority,
            Body.EXECUTING: self.assignment.agency if self.assignment else None,
        }

    def agency_id(self, body: Body) -> uuid.UUID | None:
        """The agency that is this body now."""
        agency = self.agencies[body]
        return agency.pk if agency else None

    def person_id(self, person: Person) -> uuid.UUID | None:
        """Who that person is, if anybody yet."""
        return {
            Person.DRAFTER: self.request.drafter_id,
            Person.APPROVER: self.request.approver_id,
            Person.WRITER: self.writer_id,
            Person.EXECUTOR: self.assignment.executed_by_id if self.assignment else None,
        }[person]

    def is_person(self, person: Person, user_id: uuid.UUID) -> bool:
        """Whether somebody is that person; whoever wrote in the text is its drafter too."""
        return self.person_id(person) == user_id or (person == Person.DRAFTER and user_id in self.author_ids)


ASSIGNMENT = Kept(
    lambda request: Assignment.objects.filter(request=request, ended_at=None).select_related("agency__state")[:1],
    request=UUIDField(),
)
OPEN_ROUND = Kept(
    lambda request: InformationRound.objects.filter(request=request, sent_at=None).values_list("written_by")[:1],
    request=UUIDField(),
)
AUTHORS = Kept(lambda request: DraftAuthor.objects.filter(request=request).values_list("person"), request=UUIDField())


def bodies_of(request: AssistanceRequest) -> Bodies:
    """Read a request's bodies and facts: at most four queries beyond its own row."""
    assignment = ASSIGNMENT.first(request=request.pk)
    writer = next((writer for (writer,) in OPEN_ROUND(request=request.pk)), None)
    authors = frozenset(author for (author,) in AUTHORS(request=request.pk))
    facts = {Fact.ANSWERED} if writer else set()
    if request.state == RequestState.AT_CENTRAL_AUTHORITY:
        facts.add(Fact.SIGNED if _latest_is_signed(request) else Fact.NOT_SIGNED)
    return Bodies(request=request, assignment=assignment, writer_id=writer, author_ids=authors, facts=frozenset(facts))


def _latest_is_signed(request: AssistanceRequest) -> bool:
    latest = request.versions.filter(series=RequestVersion.Series.SUBMITTED).order_by("-number")
    return latest.values_list("signature__id", flat=True).first() is not None


def side_of(bodies: Bodies, standing: Standing) -> Side:
    """The side on which the reader stands. A reader by name stands with the agency they act for.

    Nobody works for agencies of two states (agencies.services.add_member), so the state decides.
    """
    states = {agency.state_id for agency in standing.case_agencies}
    return Side.REQUESTING if bodies.request.requesting_state_id in states else Side.REQUESTED


def why_not_begin(case: Case, standing: Standing) -> str:
    """Why the person cannot begin a request in a case that they see; empty when they can."""
    if not standing.holds(Role.OFFICER, case.owner_id):
        return _("Only an officer of the agency that owns the case can begin a request in it.")
    if case.owner.state_id is None:
        return _("A request goes from one state to another, and your agency belongs to none.")
    return ""


def may_edit(bodies: Bodies, standing: Standing, *, sees_case: bool) -> bool:
    """Whether the person may change the draft: its drafter, or another officer of the same agency, while it is one.

    And only who sees the case: of a need-to-know case the agency's central authority sees the request alone.
    """
    request = bodies.request
    return sees_case and request.state in EDITABLE and standing.holds(Role.OFFICER, request.drafting_agency_id)


def may_take_over(bodies: Bodies, standing: Standing, *, sees_case: bool) -> bool:
    """Whether the person may become the drafter: an officer of the agency, when the present one is none there any
    more, or has handed this work to the person. Not while the text is with somebody else to judge.
    """
    request = bodies.request
    if request.drafter_id == standing.user.pk or not may_edit(bodies, standing, sees_case=sees_case):
        return False
    officers = RoleAssignment.objects.current(standing.now).of([Role.OFFICER])
    drafts = officers.filter(membership__user=request.drafter_id, membership__agency=request.drafting_agency_id)
    if not drafts.exists():
        return True
    agency_id, begun = request.drafting_agency_id, request.created_at
    return was_handed(request.drafter, standing.user, agency_id, begun=begun)


def verdict(transition: Transition, bodies: Bodies, standing: Standing) -> Verdict:
    """Judge one step for one person, by the table alone."""
    agency_id = bodies.agency_id(transition.body)
    if not standing.holds(transition.role, agency_id):
        return Verdict(transition, allowed=False, reason=_who_can(transition, bodies), code="role")
    if bodies.request.state not in transition.from_:
        return Verdict(transition, allowed=False, reason=_when(transition), code="state")
    reason, code = _hindrance(transition, bodies, standing.user.pk)
    return Verdict(transition, allowed=not code, reason=reason, code=code)


def is_called(bodies: Bodies, body: Body, role: Role, person_id: uuid.UUID) -> bool:
    """Whether the request waits for this person, who holds that role at that body."""
    return any(
        (transition.body, transition.role) == (body, role) and not _hindrance(transition, bodies, person_id)[1]
        for transition in waits_for(bodies)
    )


def waits_for(bodies: Bodies) -> list[Transition]:
    """The steps that the request waits for now, whoever may take them."""
    state, facts = bodies.request.state, bodies.facts
    return [one for one in TRANSITIONS if awaited(one, state) and one.makes not in facts]


def _hindrance(transition: Transition, bodies: Bodies, person_id: uuid.UUID) -> tuple[str, str]:
    """What keeps a holder of the role from a step in its state: reason and code, both empty when nothing does."""
    if transition.only and bodies.person_id(transition.only) != person_id:
        return _("Only the person who drafted the request can do this."), "person"
    for person in transition.apart_from:
        if bodies.is_person(person, person_id):
            return APART[person](), "person"
    for fact in transition.needs:
        if fact not in bodies.facts:
            return NEEDS[fact](), "fact"
    return "", ""


def actions(bodies: Bodies, standing: Standing, side: Side) -> list[Verdict]:
    """The steps to show a person: those of their roles, and those now open to somebody else of their side."""
    if bodies.request.has_ended:
        return []
    found = []
    state = shown_state(bodies.request.state, side)
    to_come = ahead(state)
    for transition in TRANSITIONS:
        # What lies behind for good is no choice any more: saying when it was open would mislead.
        if transition.acting_side != side or not to_come.intersection(transition.from_):
            continue
        mine = standing.holds(transition.role, bodies.agency_id(transition.body))
        if mine or state in transition.from_:
            found.append(verdict(transition, bodies, standing))
    return sorted(found, key=lambda one: not one.allowed)


def holder_after(bodies: Bodies, side: Side, name: str, state: str) -> Body | None:
    """Whose turn it is after a step that a side saw and the state to which it led, as that side may know it.

    Of the other side it knows the central authority, and the executing agency once that is disclosed. So nothing tells
    it which of them works on the request now.
    """
    return _known(next_step(shown_state(state, side), facts_after(name)), bodies, side)


def holder(bodies: Bodies, side: Side) -> Agency | None:
    """The agency whose turn it is now, as a side may know it."""
    body = _known(next_step(shown_state(bodies.request.state, side), bodies.facts), bodies, side)
    return bodies.agencies[body] if body else None


def _known(step: Transition | None, bodies: Bodies, side: Side) -> Body | None:
    """The body of a step; of the other side its central authority, unless the executing agency is disclosed."""
    if step is None or step.acting_side == side:
        return step.body if step else None
    if side == Side.REQUESTED:
        return Body.SENDING
    return Body.EXECUTING if step.body == Body.EXECUTING and _disclosed(bodies) else Body.RECEIVING


def executing_agency(bodies: Bodies, side: Side) -> Agency | None:
    """The executing agency, if this side may know it."""
    if bodies.assignment and (side == Side.REQUESTED or _disclosed(bodies)):
        return bodies.assignment.agency
    return None


def _disclosed(bodies: Bodies) -> bool:
    return bool(bodies.assignment and bodies.assignment.disclosed)


def _who_can(transition: Transition, bodies: Bodies) -> str:
    agency = bodies.agencies[transition.body]
    role = Role(transition.role).label
    if agency is None:
        return _("Who can: %(role)s.") % {"role": role}
    return _("Who can: %(role)s, %(agency)s.") % {"role": role, "agency": agency.name}


def _when(transition: Transition) -> str:
    states = dict.fromkeys(shown_state(state, transition.acting_side).label for state in transition.from_)
    return pgettext("request-n", "Opens in the state: %(states)s.") % {"states": ", ".join(map(str, states))}


APART = {
    Person.DRAFTER: lambda: _("You drafted this request, or wrote in it: another person must do this."),
    Person.APPROVER: lambda: _("You passed this version in review: another person must do this."),
    Person.WRITER: lambda: _("You wrote the answer: another person must send it."),
    Person.EXECUTOR: lambda: _("You reported the results: another person must send the response."),
}

NEEDS = {
    Fact.SIGNED: lambda: _("The signatory has not signed this version yet."),
    Fact.NOT_SIGNED: lambda: _("This version is signed."),
    Fact.ANSWERED: lambda: _("The drafter has not written the answer yet."),
}
