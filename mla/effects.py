"""What a step does beyond moving the state: one function a step, run under the request's row lock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete
from agencies.models import Agency, Role
from agencies.standing import people_with
from cases.grants import give_to_agency, take_source
from cases.models import GrantSource
from cases.services import create_case, disclose_recipients
from mla.checks import gaps
from mla.crossing import (
    choose,
    freeze_items,
    give_to_own_authority,
    kept_close,
    share_items,
    take_back,
    take_from_own_authority,
)
from mla.directory import receiving_authorities, sending_authority_for
from mla.journal import enter, keep_found
from mla.models import (
    Assignment,
    AssistanceRequest,
    InformationRound,
    RegisterNumber,
    RequestItem,
    RequestVersion,
    Signature,
)
from mla.policies import Bodies
from mla.review import open_comments
from mla.versions import (
    answered_content,
    freeze,
    latest,
    letter_content,
    response_content,
    transmitted_content,
)
from mla.workflow import Transition

Series = RequestVersion.Series
CENTRAL_AUTHORITY_ROLES = (Role.CA_OFFICER, Role.CA_SIGNATORY)


@dataclass(slots=True)
class Step:
    """One step under way. An effect may set the text and the checksum that its event carries."""

    request: AssistanceRequest
    bodies: Bodies
    actor: User
    data: dict[str, Any]
    transition: Transition
    text: str = ""
    sha256: str = ""
    ticks: list[str] = field(default_factory=list)
    comments: list[dict[str, str]] = field(default_factory=list)


def nothing(step: Step) -> None:
    """The state moves, nothing else."""


def submit(step: Step) -> None:
    """Freeze what the drafter sends to review.

    Raises Incomplete with each gap's article, and for comments that are neither met nor answered.
    """
    if waiting := open_comments(step.request):
        raise Incomplete(
            _("A reviewer's comment waits: change what it is about, or answer it."),
            {comment.field: [comment.text] for comment in waiting},
        )
    missing = gaps(step.request)
    if missing:
        raise Incomplete(
            _("The request is not complete yet."),
            {point.field: [f"{point.message} ({point.rule})"] for point in missing},
        )
    step.request.approver = None
    freeze_items(step.request, RequestItem.Role.ATTACHMENT, step.actor)
    step.sha256 = freeze(
        step.request, series=Series.SUBMITTED, actor=step.actor, content=letter_content(step.request)
    ).sha256


def give_back(step: Step) -> None:
    """Back to the drafter with comments; whoever passed it has to look again."""
    step.text = step.data["reason"]
    step.comments = list(step.data["comments"])
    step.request.approver = None
    take_back(step.request, "pass_on", step.actor)
    take_from_own_authority(step.request)


def pass_on(step: Step) -> None:
    """The supervisor has checked legality; the central authority sees it from now on."""
    request = step.request
    request.approver = step.actor
    step.ticks = sorted(step.data["legality"])
    request.sending_authority = sending_authority_for(request.drafting_agency, request.basis)
    # Passed on before, on another basis perhaps: whoever had it then has no part in it any more.
    take_source([request], GrantSource.CENTRAL_AUTHORITY)
    _give_to_authority(request, request.sending_authority)
    _share(
        step, RequestItem.Role.ATTACHMENT, request.sending_authority, asked_by=request.drafter, decided_by=step.actor
    )


def sign(step: Step) -> None:
    """Bind the signature to the version that was submitted and passed (Minsk 7, Chisinau 7)."""
    version = latest(step.request, Series.SUBMITTED)
    Signature.objects.create(version=version, signatory=step.actor)
    step.sha256 = version.sha256


def transmit(step: Step) -> None:
    """Freeze what crosses, write the outgoing number, and let the addressee see it.

    What crosses is what was signed: the case may say something else by now, and nobody signed that.
    """
    request = step.request
    signature = Signature.objects.select_related("version", "signatory").get(version=latest(request, Series.SUBMITTED))
    addressee = step.data["addressee"]
    if addressee not in receiving_authorities(request.requested_state_id):
        raise Incomplete(
            _("The addressee is not in the directory."),
            {"addressee": [_("Choose an authority that receives requests in that state.")]},
        )
    request.receiving_authority = addressee
    request.original_required = step.data["original_required"]
    _number(step, RegisterNumber.Direction.OUTGOING)
    content = transmitted_content(request, signature.version)
    crossed = freeze(request, series=Series.TRANSMITTED, actor=step.actor, content=content)
    step.sha256 = crossed.sha256
    keep_found(request)
    give_to_agency([request], addressee, GrantSource.REQUESTED, came_at=crossed.frozen_at)
    _share(step, RequestItem.Role.ATTACHMENT, addressee, asked_by=request.drafter, decided_by=signature.signatory)


def acknowledge(step: Step) -> None:
    """The receiving authority's own incoming number and date."""
    _number(step, RegisterNumber.Direction.INCOMING)
    keep_found(step.request)


def ask_information(step: Step) -> None:
    """Open a round of questions, each tied to a field (UNTOC 18(16))."""
    if not step.data["questions"]:
        raise Incomplete(
            _("Nothing is asked yet."), {"questions": [_("Write at least one question, beside the field it is about.")]}
        )
    step.request.asked_from = step.request.state
    InformationRound.objects.create(request=step.request, questions=step.data["questions"], due=step.data["due"])


def write_answer(step: Step) -> None:
    """Keep the answers on the requesting side until the central authority sends them."""
    step.request.rounds.filter(sent_at=None).update(answers=step.data["answers"], written_by=step.actor)


def answer_information(step: Step) -> None:
    """Send the answers with the letter as it was last sent: nothing else that changed since crosses with them."""
    request = step.request
    answered = request.rounds.get(sent_at=None)
    answered.sent_at = timezone.now()
    answered.save(update_fields=["sent_at"])
    content = answered_content(latest(request, Series.TRANSMITTED), answered)
    step.sha256 = freeze(request, series=Series.TRANSMITTED, actor=step.actor, content=content).sha256
    keep_found(request)


def accept_and_assign(step: Step) -> None:
    """Give the execution to an agency of the requested state; it sees the request and its attachments from now on.

    Unless it is disclosed, the owner of the attachments goes on reading that its addressee has them. Who assigns is
    nobody of the owner's, and does not stand in its share.
    """
    request, executor = step.request, step.data["executor"]
    if executor.state_id != request.requested_state_id:
        raise Incomplete(
            _("That agency is not of your state."), {"executor": [_("Choose an agency of the requested state.")]}
        )
    Assignment.objects.create(
        request=request,
        agency=executor,
        target_date=step.data["target_date"],
        disclosed=step.data["disclose_executor"],
        assigned_by=step.actor,
    )
    crossed = request.versions.get(series=Series.TRANSMITTED, number=1)
    give_to_agency([request], executor, GrantSource.ASSIGNMENT, came_at=crossed.frozen_at)
    if executor.pk != request.receiving_authority_id:
        _share(
            step,
            RequestItem.Role.ATTACHMENT,
            executor,
            asked_by=request.drafter,
            behind=None if step.data["disclose_executor"] else request.receiving_authority,
        )


def start_execution(step: Step) -> None:
    """Open the executing agency's own file, in which what it finds will stand."""
    request = step.request
    letter = latest(request, Series.TRANSMITTED).content
    if request.execution_case_id is None:
        request.execution_case = create_case(
            actor=step.actor,
            agency=step.bodies.assignment.agency,
            content={"title": letter["title"], "offences": letter["offence"][:4000]},
        )


def report_results(step: Step) -> None:
    """Write each measure's result; every measure has one, and what was not done says why."""
    results = step.data["results"]
    for measure in step.request.measures.all():
        measure.result = results[measure.number]["result"]
        measure.result_text = results[measure.number]["text"]
        measure.save(update_fields=["result", "result_text"])
    assignment = step.bodies.assignment
    assignment.executed_by = step.actor
    assignment.save(update_fields=["executed_by"])
    request = step.request
    choose(request, RequestItem.Role.ANSWER, request.execution_case_id, step.data["answer_items"], step.actor)
    freeze_items(request, RequestItem.Role.ANSWER, step.actor)
    _share(step, RequestItem.Role.ANSWER, request.receiving_authority, asked_by=step.actor)


def return_results(step: Step) -> None:
    """Back to the executing agency: what it had put before its central authority closes there."""
    step.text = step.data["reason"]
    take_back(step.request, "report_results", step.actor)


def send_response(step: Step) -> None:
    """Freeze the answer: from now on the requesting side reads the results."""
    step.text = step.data["covering_note"]
    step.sha256 = freeze(
        step.request,
        series=Series.RESPONSE,
        actor=step.actor,
        content=response_content(step.request, step.data["covering_note"]),
    ).sha256
    request = step.request
    if request.request_items.filter(role=RequestItem.Role.ANSWER).exists():
        # Items bear their owner's name: with them the other side learns which agency executed.
        step.bodies.assignment.disclosed = True
        step.bodies.assignment.save(update_fields=["disclosed"])
        disclose_recipients(request.pk)
    for recipient in {agency.pk: agency for agency in (request.sending_authority, request.drafting_agency)}.values():
        _share(
            step,
            RequestItem.Role.ANSWER,
            recipient,
            asked_by=step.bodies.assignment.executed_by,
            decided_by=step.actor,
        )


def say(field: str) -> Callable[[Step], None]:
    """The step's event carries what was written in `field`."""

    def effect(step: Step) -> None:
        step.text = step.data[field]

    return effect


def close(step: Step) -> None:
    """What the answer was used for, and how useful it was."""
    step.request.outcome = step.data["outcome"]
    step.request.feedback = step.data["feedback"]


def _share(step: Step, role: str, recipient: Agency, **people: Any) -> None:
    share_items(step.request, role, recipient, step=step.transition.name, actor=step.actor, **people)


def _number(step: Step, direction: str) -> None:
    """The actor's own authority enters the request into its journal."""
    request, outgoing = step.request, direction == RegisterNumber.Direction.OUTGOING
    line = RegisterNumber(
        request=request,
        agency=request.sending_authority if outgoing else request.receiving_authority,
        direction=direction,
        number=step.data["number"],
        date=step.data["number_date"],
        other_state=request.requested_state_id if outgoing else request.requesting_state_id,
    )
    enter(line, again=step.data["number_again"])


def _give_to_authority(request: AssistanceRequest, agency: Agency) -> None:
    """Let the sending authority see the request.

    In the very agency that keeps the case need-to-know, its group would undo that: there the people who now hold
    one of the authority's roles see it by name.
    """
    if not kept_close(request, agency):
        give_to_agency([request], agency, GrantSource.CENTRAL_AUTHORITY)
        return
    people = {person.pk: person for role in CENTRAL_AUTHORITY_ROLES for person in people_with(role, agency.pk)}
    give_to_own_authority(request, people.values())


EFFECTS: dict[str, Callable[[Step], None]] = {
    "submit": submit,
    "return_to_drafter": give_back,
    "return_from_authority": give_back,
    "pass_on": pass_on,
    "sign": sign,
    "transmit": transmit,
    "discard": say("reason"),
    "acknowledge": acknowledge,
    "ask_information": ask_information,
    "write_answer": write_answer,
    "answer_information": answer_information,
    "accept_and_assign": accept_and_assign,
    "start_execution": start_execution,
    "report_results": report_results,
    "return_results": return_results,
    "send_response": send_response,
    "send_back": say("missing"),
    "withdraw": say("reason"),
    "close": close,
}
