"""The verbs of a draft: begin it, write a step of it, copy it; say why a point is left out, answer a comment.

A draft is the requesting side's own. Any officer of its agency who sees it may write in it, and counts from then on
as one of its drafters: who wrote a text neither approves nor signs it.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.legal_basis import is_basis
from agencies.models import Role, State
from agencies.services import next_reference
from agencies.standing import Standing, standing_of
from audit.services import audited, record
from cases.grants import give_to_agency, give_to_person
from cases.models import Case, GrantSource
from mla import drafting
from mla.crossing import choose
from mla.drafting import DRAFT_FIELDS, MEASURE_FIELDS
from mla.faces import index_request
from mla.models import (
    AssistanceRequest,
    DraftAuthor,
    DraftStep,
    DraftVisit,
    FieldComment,
    GapReason,
    LanguageVersion,
    Measure,
    RequestEvent,
    RequestItem,
)
from mla.policies import Bodies, may_edit, why_not_begin
from mla.review import NO_ANSWER
from mla.services.steps import locked
from mla.workflow import Side

ATTACHMENT = RequestItem.Role.ATTACHMENT
# A page that shows a step says so every few seconds; whoever was silent for longer has left.
STILL_THERE = timedelta(seconds=60)

Values = dict[str, Any]


def create_request(
    *,
    actor: User,
    case_id: uuid.UUID,
    requested_state: State,
    content: Values,
    measures: list[Values],
    attachments: Sequence[uuid.UUID] = (),
    copied_from: AssistanceRequest | None = None,
) -> AssistanceRequest:
    """Begin a draft in a case that the actor sees and whose agency they serve as officer.

    Raises Case.DoesNotExist when the case is not visible, NotAllowed when the actor is no officer of its agency, when
    it belongs to no state, or the requested state is their own, Incomplete when there is no such legal basis.
    """
    standing = standing_of(actor)
    # Not locked yet: only to say by which agency a refusal is recorded.
    case = Case.objects.visible_to(actor, now=standing.now).select_related("owner__state").get(pk=case_id)
    with audited("request.create", actor=actor, subject_type="case", subject_id=case.pk, agency=case.owner.code):
        if reason := why_not_begin(case, standing):
            raise NotAllowed(reason)
        if requested_state.pk == case.owner.state_id:
            raise NotAllowed(_("A request goes to another state."))
        _check_basis(content.get("basis", ""))
        # Locked, so that a person named at this moment is given the request, one way or the other.
        Case.objects.visible_to(actor, now=standing.now).select_for_update(of=("self",), no_key=True).get(pk=case_id)
        request = AssistanceRequest(
            reference=next_reference(agency=case.owner, series="R"),
            case=case,
            drafter=actor,
            drafting_agency=case.owner,
            requesting_state_id=case.owner.state_id,
            requested_state=requested_state,
            copied_from=copied_from,
            **{name: content[name] for name in DRAFT_FIELDS if name in content},
        )
        request.save()
        choose(request, ATTACHMENT, request.case_id, attachments, actor)
        _write_measures(request, measures)
        _wrote(request, actor)
        index_request(request)
        _give_to_drafters(request)
        RequestEvent.objects.create(
            request=request,
            at=request.requesting_moved_at,
            name="create",
            side=Side.REQUESTING,
            acting_side=Side.REQUESTING,
            actor=actor,
            actor_agency=case.owner,
            from_state="",
            to_state=request.state,
        )
        record(
            "request.create",
            actor=actor,
            subject_type="request",
            subject_id=request.pk,
            agency=case.owner.code,
            reference=request.reference,
        )
    return request


def save_draft(
    *,
    actor: User,
    pk: uuid.UUID,
    version: int,
    requested_state: State,
    content: Values,
    measures: list[Values],
    attachments: Sequence[uuid.UUID] = (),
) -> AssistanceRequest:
    """Write a draft whole. Raises MovedOn when anybody changed anything of it since `version`."""
    with audited("request.edit", actor=actor, subject_type="request", subject_id=pk):
        request = _editable(actor, pk)
        if request.requesting_clock != version:
            raise MovedOn(
                _(
                    "This draft was changed meanwhile. "
                    "What you typed is kept; compare it with the present text and save again."
                )
            )
        _set(request, {"requested_state": requested_state, **content})
        choose(request, ATTACHMENT, request.case_id, attachments, actor)
        _write_measures(request, measures)
        DraftStep.objects.filter(request=request).update(
            version=F("version") + 1, saved_at=timezone.now(), saved_by=actor, page=None
        )
        _changed(request, actor, fields=sorted(content))
    return request


def save_step(
    *, actor: User, pk: uuid.UUID, step: str, version: int, values: Values, page: uuid.UUID | None = None
) -> DraftStep:
    """Write one step of a draft; what says the same as before changes nothing.

    `values` has the step's fields by name, its chosen items as `items`, its rows under their name. `version` is the
    step's own (0: never saved), and `page` the form on the reader's screen: what the same page saved a moment ago is
    no conflict. Raises MovedOn with who was faster, NotAllowed, Incomplete, AssistanceRequest.DoesNotExist.
    """
    kind = drafting.BY_NAME[step]
    with audited("request.edit", actor=actor, subject_type="request", subject_id=pk):
        request = _editable(actor, pk)
        row = DraftStep.objects.filter(request=request, name=step).select_related("saved_by").first()
        mine = row is not None and page is not None and row.page == page and row.saved_by_id == actor.pk
        if (row.version if row else 0) != version and not mine:
            assert row is not None
            raise MovedOn(
                _("%(person)s saved this step meanwhile. What you typed is kept; compare it and save again.")
                % {"person": row.saved_by.name}
            )
        before = as_written(request, kind)
        _write_step(request, kind, values, actor)
        after = as_written(request, kind)
        changed = sorted(name for name in after if after[name] != before[name])
        if row is not None and not changed:
            return row
        row, _made = DraftStep.objects.update_or_create(
            request=request,
            name=step,
            defaults={
                "version": row.version + 1 if row else 1,
                "saved_at": timezone.now(),
                "saved_by": actor,
                "page": page,
            },
        )
        if changed:
            _changed(request, actor, fields=changed)
    return row


def as_written(request: AssistanceRequest, step: drafting.Step) -> Values:
    """What a step says now, as plain values: its fields, its items, its rows."""
    found: Values = {name: getattr(request, name) for name in step.fields}
    if step.kinds:
        chosen = request.request_items.filter(role=ATTACHMENT, item__kind__in=step.kinds)
        found["items"] = set(chosen.values_list("item_id", flat=True))
    if step.rows == "measures":
        found["measures"] = list(request.measures.order_by("number").values(*MEASURE_FIELDS))
    if step.rows == "languages":
        rows = request.language_versions.order_by("number")
        found["languages"] = list(rows.values("item", "language", "translator", "certification"))
    return found


def copy_request(
    *, actor: User, pk: uuid.UUID, case_id: uuid.UUID, requested_states: Iterable[State]
) -> list[AssistanceRequest]:
    """Begin drafts from a request of the actor's own agency: one for each state, in the same case or another.

    Copied are the text and the measures, and, within the same case, the items and language versions. Not copied is
    what belongs to the former one: numbers, answers, signature, deadline, basis where the state is another.
    Raises AssistanceRequest.DoesNotExist, Case.DoesNotExist, NotAllowed, Incomplete.
    """
    states = list(dict.fromkeys(requested_states))
    if not states:
        raise Incomplete(_("Choose at least one state."), {"requested_states": [_("Choose at least one state.")]})
    with audited("request.copy", actor=actor, subject_type="request", subject_id=pk):
        standing = standing_of(actor)
        former = AssistanceRequest.objects.visible_to(actor, now=standing.now).get(pk=pk)
        if not standing.holds(Role.OFFICER, former.drafting_agency_id):
            raise NotAllowed(_("Only an officer of the drafting agency can copy its request."))
        same_case = former.case_id == case_id
        measures = list(former.measures.order_by("number").values(*MEASURE_FIELDS))
        measures = measures if same_case else [row | {"about": None} for row in measures]
        items = former.request_items.filter(role=ATTACHMENT).values_list("item_id", flat=True) if same_case else []
        made = []
        for state in states:
            left_out = {"deadline", "deadline_reason", "basis_reason"}
            left_out |= {"basis"} if state.pk != former.requested_state_id else set()
            draft = create_request(
                actor=actor,
                case_id=case_id,
                requested_state=state,
                content={name: getattr(former, name) for name in DRAFT_FIELDS if name not in left_out},
                measures=[_row(measure) for measure in measures],
                attachments=list(items),
                copied_from=former,
            )
            if same_case:
                _write_languages(draft, list(former.language_versions.values(*LANGUAGE_FIELDS)))
                index_request(draft)
            made.append(draft)
        record(
            "request.copy",
            actor=actor,
            subject_type="request",
            subject_id=former.pk,
            agency=made[0].drafting_agency.code,
            count=len(made),
        )
    return made


def give_reasons(*, actor: User, pk: uuid.UUID, reasons: dict[str, str]) -> None:
    """Say why points are left out; an empty reason takes one back. Raises NotAllowed."""
    with audited("request.edit", actor=actor, subject_type="request", subject_id=pk):
        request = _editable(actor, pk)
        before = dict(request.gap_reasons.values_list("point", "reason"))
        changed = {point: text for point, text in reasons.items() if before.get(point, "") != text}
        if not changed:
            return
        request.gap_reasons.filter(point__in=changed).delete()
        GapReason.objects.bulk_create(
            [GapReason(request=request, point=point, reason=text, by=actor) for point, text in changed.items() if text]
        )
        _changed(request, actor, fields=["gap_reasons"])


def answer_comment(*, actor: User, pk: uuid.UUID, comment_id: uuid.UUID, text: str) -> None:
    """Answer a reviewer's comment instead of changing the field.

    Raises FieldComment.DoesNotExist, NotAllowed; Incomplete when the answer says nothing.
    """
    with audited("request.edit", actor=actor, subject_type="request", subject_id=pk):
        request = _editable(actor, pk)
        comment = FieldComment.objects.get(pk=comment_id, request=request)
        if not text.strip():
            raise Incomplete(str(NO_ANSWER), {"answer": [str(NO_ANSWER)]})
        comment.answer = text
        comment.answered_by = actor
        comment.save(update_fields=["answer", "answered_by"])
        _changed(request, actor, fields=["comments"])


def visit(*, actor: User, pk: uuid.UUID, step: str) -> list[DraftVisit]:
    """Say that the actor has a step open, and learn who else is at the draft. No event: nothing changes.

    Raises AssistanceRequest.DoesNotExist; of a draft that the actor may not write in, nobody is named.
    """
    standing, now = standing_of(actor), timezone.now()
    # Not locked: who is at a page is worth no waiting.
    request = AssistanceRequest.objects.visible_to(actor, now=standing.now).select_related("drafting_agency").get(pk=pk)
    bodies = Bodies(request=request, assignment=None)
    if not may_edit(bodies, standing, sees_case=sees_case(actor, request, standing)):
        return []
    with transaction.atomic():
        DraftVisit.objects.update_or_create(request=request, person=actor, defaults={"step": step, "seen_at": now})
    others = DraftVisit.objects.filter(request=request, seen_at__gt=now - STILL_THERE).exclude(person=actor)
    return list(others.select_related("person").order_by("person__name"))


LANGUAGE_FIELDS = ("item_id", "language", "translator", "certification")


def _editable(actor: User, pk: uuid.UUID) -> AssistanceRequest:
    """Lock a draft that the actor may write in."""
    request, standing, bodies = locked(actor, pk)
    if not may_edit(bodies, standing, sees_case=sees_case(actor, request, standing)):
        raise NotAllowed(_("The text can be changed only while the request is with its drafter."))
    return request


def sees_case(actor: User, request: AssistanceRequest, standing: Standing) -> bool:
    """Whether the actor sees the case too; without it nobody writes in the request."""
    return Case.objects.visible_to(actor, now=standing.now).filter(pk=request.case_id).exists()


def _set(request: AssistanceRequest, values: Values) -> None:
    state = values.get("requested_state")
    if state is not None:
        if state.pk == request.requesting_state_id:
            raise NotAllowed(_("A request goes to another state."))
        request.requested_state = state
    # What the draft says already may stay, even when the table has forgotten it.
    if values.get("basis", request.basis) != request.basis:
        _check_basis(values["basis"])
    for name in DRAFT_FIELDS:
        if name in values:
            setattr(request, name, values[name])


def _check_basis(code: str) -> None:
    """A legal basis is one of the table of treaties, or reciprocity; or it is not chosen yet."""
    if code and not is_basis(code):
        reason = _("There is no such legal basis. Choose one of those offered.")
        raise Incomplete(reason, {"basis": [reason]})


def _write_step(request: AssistanceRequest, step: drafting.Step, values: Values, actor: User) -> None:
    _set(request, {name: values[name] for name in step.fields if name in values})
    if step.kinds and "items" in values:
        choose(request, ATTACHMENT, request.case_id, values["items"], actor, kinds=step.kinds)
        request.language_versions.exclude(item__in=_attached(request)).delete()
        request.measures.exclude(about=None).exclude(about__in=_attached(request)).update(about=None)
    if step.rows == "measures" and "measures" in values:
        _write_measures(request, values["measures"])
    if step.rows == "languages" and "languages" in values:
        _write_languages(request, values["languages"])


def _changed(request: AssistanceRequest, actor: User, *, fields: list[str]) -> None:
    """Save, move the side's clock, note the hand that wrote, let it be found, and record which fields it touched."""
    request.requesting_clock += 1
    request.save()
    _wrote(request, actor)
    index_request(request)
    record(
        "request.edit",
        actor=actor,
        subject_type="request",
        subject_id=request.pk,
        agency=request.drafting_agency.code,
        version=request.requesting_clock,
        fields=fields,
    )


def _wrote(request: AssistanceRequest, actor: User) -> None:
    DraftAuthor.objects.get_or_create(request=request, person=actor)


def _attached(request: AssistanceRequest) -> Any:
    return request.request_items.filter(role=ATTACHMENT).values("item")


def _row(measure: Values) -> Values:
    """A measure's values with the item that it is about as its key."""
    about = measure.get("about")
    return {**measure, "about": getattr(about, "pk", about)}


def _write_measures(request: AssistanceRequest, measures: list[Values]) -> None:
    rows = [_row(measure) for measure in measures]
    about = {row["about"] for row in rows if row.get("about")}
    if about - set(_attached(request).values_list("item", flat=True)):
        raise Incomplete(
            _("A measure is about somebody who is not in the request."),
            {"measures": [_("Choose whom it concerns from the persons of the request.")]},
        )
    request.measures.all().delete()
    Measure.objects.bulk_create(
        [
            Measure(
                request=request,
                number=number,
                about_id=row.get("about"),
                **{name: row[name] for name in MEASURE_FIELDS if name in row and name != "about"},
            )
            for number, row in enumerate(rows, start=1)
        ]
    )


def _write_languages(request: AssistanceRequest, rows: list[Values]) -> None:
    attached = set(_attached(request).values_list("item", flat=True))
    items = [row.get("item_id", row.get("item")) for row in rows]
    if len(items) != len(set(items)) or set(items) - attached:
        raise Incomplete(
            _("A language version is an attachment of this request, each named once."),
            {"languages": [_("Choose a document that is attached, each one once.")]},
        )
    request.language_versions.all().delete()
    LanguageVersion.objects.bulk_create(
        [
            LanguageVersion(
                request=request,
                number=number,
                item_id=item,
                **{name: row[name] for name in LANGUAGE_FIELDS if name in row and name != "item_id"},
            )
            for number, (item, row) in enumerate(zip(items, rows, strict=True), start=1)
        ]
    )


def _give_to_drafters(request: AssistanceRequest) -> None:
    """The drafting agency sees its request from creation; of a need-to-know case only the people named there."""
    if not request.case.need_to_know:
        give_to_agency([request], request.drafting_agency, GrantSource.DRAFTER)
        return
    for member in request.case.members.select_related("person", "agency"):
        give_to_person([request], member.person, member.agency, GrantSource.NAMED)
