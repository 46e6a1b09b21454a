"""How a draft gets another drafter: taken over by an officer, or with all the work of somebody who hands it over.

Only a draft that is with its drafter changes hands. While a version is being judged its drafter stays who they were.
Whoever becomes the drafter answers for the whole text, and stays one of its authors when it passes on again: drafter,
approver and signatory stay three people.
"""

import uuid

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import MovedOn, NotAllowed
from agencies.models import Agency, Role
from agencies.standing import people_with
from audit.services import audited, record
from cases.models import Case
from mla.models import AssistanceRequest, DraftAuthor, RequestEvent
from mla.policies import may_take_over
from mla.services.draft import sees_case
from mla.services.steps import locked
from mla.workflow import EDITABLE, Side
from notifications.services import notify


def take_over(*, actor: User, pk: uuid.UUID, version: int) -> AssistanceRequest:
    """Become the drafter of a draft that has none any more, or whose drafter has handed their work to the actor.

    Raises AssistanceRequest.DoesNotExist when it is not visible, NotAllowed, MovedOn.
    """
    with audited("request.take_over", actor=actor, subject_type="request", subject_id=pk):
        request, standing, bodies = locked(actor, pk)
        if not standing.holds(Role.OFFICER, request.drafting_agency_id):
            raise NotAllowed(_("Only an officer of the drafting agency can take a draft over."), code="role")
        if request.clock(Side.REQUESTING) != version:
            raise MovedOn(_("This request has moved on. Look at it again before you take it over."))
        if not may_take_over(bodies, standing, sees_case=sees_case(actor, request, standing)):
            raise NotAllowed(_("Its drafter still works on it: an admin of your agency can hand the work over."))
        _give_to(request, actor)
    return request


def drafts_to_pass(person: User, agency: Agency) -> int:
    """How many drafts would pass to another. What only named people may know of is not counted."""
    return _drafts(person, agency).filter(case__need_to_know=False).count()


def pass_drafts(giver: User, receiver: User, agency: Agency) -> None:
    """Make the receiver the drafter of all that they see. Of the rest, those who see it are told instead."""
    for request in _drafts(giver, agency).select_for_update(of=("self",), no_key=True).order_by("pk"):
        if _sees(receiver, request):
            _give_to(request, receiver)
        else:
            _tell(request, giver)


def tell_of_left_drafts(agency: Agency, person: User) -> None:
    """A drafter who is no officer any more: those who see their drafts are told that one can take them over."""
    if person not in people_with(Role.OFFICER, agency.pk):
        for request in _drafts(person, agency):
            _tell(request, person)


def _drafts(person: User, agency: Agency) -> models.QuerySet:
    rows = AssistanceRequest.objects.unscoped("a person's drafts pass to another who sees them, or others are told")
    mine = rows.filter(drafter=person, drafting_agency=agency, state__in=EDITABLE)
    return mine.select_related("case", "drafting_agency__state")


def _give_to(request: AssistanceRequest, person: User) -> None:
    request.drafter = person
    request.requesting_clock += 1
    request.save(update_fields=["drafter", "requesting_clock"])
    DraftAuthor.objects.get_or_create(request=request, person=person)
    RequestEvent.objects.create(
        request=request,
        name="take_over",
        side=Side.REQUESTING,
        acting_side=Side.REQUESTING,
        actor=person,
        actor_agency=request.drafting_agency,
        from_state=request.state,
        to_state=request.state,
    )
    record(
        "request.take_over",
        actor=person,
        subject_type="request",
        subject_id=request.pk,
        agency=request.drafting_agency.code,
        version=request.requesting_clock,
    )


def _tell(request: AssistanceRequest, drafter: User) -> None:
    """Of a need-to-know case the people named in it; else the agency's supervisors. Each only if they see it."""
    if request.case.need_to_know:
        people = [row.person for row in request.case.members.select_related("person")]
    else:
        people = people_with(Role.SUPERVISOR, request.drafting_agency_id)
    notify(
        event="request.left",
        people=[one for one in people if one != drafter and _sees(one, request)],
        subject_type="request",
        subject_id=request.pk,
    )


def _sees(person: User, request: AssistanceRequest) -> bool:
    """The request and its case: who sees the request alone writes nothing in it."""
    requests = AssistanceRequest.objects.visible_to(person).filter(pk=request.pk)
    return requests.exists() and Case.objects.visible_to(person).filter(pk=request.case_id).exists()
