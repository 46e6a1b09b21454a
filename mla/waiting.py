"""Who waits for what, of all requests at once: the table of steps as conditions of a query.

`verdict` judges one step of one request for one person, `next_step` says for which step a request waits. Here the same
rows of the table become conditions; a test walks every state and compares both.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from accounts.models import DeskView, User
from agencies.standing import Standing
from mla.models import Assignment, DraftAuthor, InformationRound, RequestEvent, RequestVersion
from mla.workflow import BODY_SIDE, TRANSITIONS, Body, Fact, Person, Transition, Way

COLUMN = {
    Body.DRAFTING: "drafting_agency",
    Body.SENDING: "sending_authority",
    Body.RECEIVING: "receiving_authority",
}
NOTHING = Q(pk__in=[])
ROUND = InformationRound.objects.filter(request=OuterRef("pk"), sent_at=None)


def at(body: Body, agencies: Collection[uuid.UUID]) -> Q:
    """Requests of which one of these agencies is the body now."""
    return _at(body, "in", agencies)


def at_agency(body: Body, agency: Any) -> Q:
    """Requests of which this agency is the body now; it may be one that is given later (accounts/kept.py)."""
    return _at(body, "exact", agency)


def _at(body: Body, lookup: str, value: Any) -> Q:
    if body == Body.EXECUTING:
        assignments = Assignment.objects.filter(**{"ended_at": None, f"agency__{lookup}": value})
        return Q(pk__in=assignments.values("request"))
    return Q(**{f"{COLUMN[body]}__{lookup}": value})


def hand_of(user: User) -> Q:
    """Requests in which a person had a hand: drafted it, wrote in it, or took a step."""
    wrote = DraftAuthor.objects.filter(person=user).values("request")
    acted = RequestEvent.objects.filter(actor=user).values("request")
    return Q(drafter=user) | Q(pk__in=wrote) | Q(pk__in=acted)


def waits_for(step: Transition) -> Q:
    """Requests that wait for a step, whoever takes it: `next_step` of the table is this one."""
    behind = TRANSITIONS[TRANSITIONS.index(step) + 1 :]
    found = NOTHING
    for state in step.from_ if step.way == Way.ON else ():
        here = Q(state=state) & _true(step.needs)
        for one in behind:
            if one.way == Way.ON and state in one.from_:
                here &= ~_true(one.needs) if one.needs else NOTHING
        found |= here
    return found


def open_to(step: Transition, user: User) -> Q:
    """Requests of which a step that is open to an office is open to this person: the people that the table names."""
    found = Q()
    if step.only:
        found &= PERSON[step.only](user)
    for person in step.apart_from:
        found &= ~PERSON[person](user)
        if person == Person.DRAFTER:
            found &= ~Q(Exists(DraftAuthor.objects.filter(request=OuterRef("pk"), person=user)))
    return found


def waiting_at(standing: Standing, view: DeskView, bodies: Collection[Body] = tuple(Body)) -> dict[Body, Q]:
    """What waits, by the body whose turn it is; of these bodies.

    Mine: for a step that is open to the person; of work that stays with whoever began it, what they had a hand in. The
    agency's: for a step that anybody of their agencies may take, whether somebody now can or not.
    """
    found: dict[Body, Q] = {}
    for step in TRANSITIONS:
        mine = view == DeskView.MINE
        agencies = standing.agencies_where(step.role) if mine else standing.case_agencies
        if step.way != Way.ON or step.body not in bodies or not agencies:
            continue
        here = waits_for(step) & at(step.body, [agency.pk for agency in agencies])
        if mine:
            here &= open_to(step, standing.user)
            here &= hand_of(standing.user) if step.own_work else Q()
        found[step.body] = found.get(step.body, NOTHING) | here
    return found


def any_of(conditions: Iterable[Q]) -> Q:
    """What one of these conditions takes."""
    found = NOTHING
    for one in conditions:
        found |= one
    return found


def last_actor(body: Body) -> Subquery:
    """Who took the last step that a body's side saw."""
    seen = RequestEvent.objects.seen_by(BODY_SIDE[body]).filter(request=OuterRef("pk"))
    return Subquery(seen.order_by("-at", "-id").values("actor")[:1])


def _true(facts: Iterable[Fact]) -> Q:
    found = Q()
    for fact in facts:
        found &= FACT[fact]()
    return found


def _signed() -> Q:
    submitted = RequestVersion.objects.filter(request=OuterRef("pk"), series=RequestVersion.Series.SUBMITTED)
    return Q(IsNull(Subquery(submitted.order_by("-number").values("signature__id")[:1]), False))


def _executed_by(user: User) -> Q:
    return Q(Exists(Assignment.objects.filter(request=OuterRef("pk"), ended_at=None, executed_by=user)))


FACT = {
    Fact.SIGNED: _signed,
    Fact.NOT_SIGNED: lambda: ~_signed(),
    Fact.ANSWERED: lambda: Q(Exists(ROUND.filter(written_by__isnull=False))),
}
PERSON = {
    Person.DRAFTER: lambda user: Q(drafter=user),
    Person.APPROVER: lambda user: Q(approver=user),
    Person.WRITER: lambda user: Q(Exists(ROUND.filter(written_by=user))),
    Person.EXECUTOR: _executed_by,
}
