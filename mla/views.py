"""Pages of requests: the list, one request, its draft form, and the form of any step."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import carried_on
from accounts.formsets import one_row_more, wants_row
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once
from agencies.models import Role
from cases.models import Case
from cases.views.lists import list_page
from mla.forms import DraftForm, MeasureFormSet, StepForm
from mla.lists import RequestListing, request_rows
from mla.models import AssistanceRequest
from mla.policies import verdict
from mla.presentation import arranged
from mla.reading import Reading, item_choices, note_reading, read
from mla.services import DRAFT_FIELDS, create_request, perform, save_draft
from mla.workflow import BY_NAME, Side

# The measures' part of the draft form.
MEASURES = "measures"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The requests that the person sees: the newest, or as the address says."""
    return list_page(request, RequestListing, "mla/list.html", request_rows)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One request, as the reader's side may see it."""
    reading = _read(request, pk)
    note_reading(reading)
    verdicts = reading.actions
    case = reading.request.case
    context = {
        "reading": reading,
        "request_row": reading.request,
        "open_actions": arranged([one for one in verdicts if one.allowed], main=not reading.gaps),
        "closed_actions": [one for one in verdicts if not one.allowed],
        "numbers": list(reading.request.numbers.select_related("agency__state")),
        "case": case if Case.objects.visible_to(request.user).filter(pk=case.pk).exists() else None,
    }
    return render(request, "mla/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin a draft in a case."""
    case = _case(request)
    own_state = case.owner.state_id
    allowed = request.standing.holds(Role.OFFICER, case.owner_id)
    items = item_choices(request.standing, case.pk) if allowed else []
    if request.method != "POST":
        if not allowed:
            return refuse(request, _("Only an officer of the agency that owns the case can begin a request in it."))
        form = DraftForm(own_state=own_state, items=items, initial={"token": uuid.uuid4()})
        return _draft_page(request, form, MeasureFormSet(prefix=MEASURES), case=case)
    form = DraftForm(request.POST, own_state=own_state, items=items)
    measures = MeasureFormSet(request.POST, prefix=MEASURES)
    if wants_row(request.POST, MEASURES):
        more = one_row_more(MeasureFormSet, request.POST, MEASURES)
        return _draft_page(request, _unjudged(request, own_state, items), more, case=case)
    # Who may not is told so by the service, which records it, whatever was typed.
    if not (form.is_valid() & measures.is_valid()) and allowed:
        return _draft_page(request, form, measures, case=case)

    def act() -> str:
        made = create_request(
            actor=request.user,
            case_id=case.pk,
            requested_state=form.cleaned_data.get("requested_state"),
            content=form.content,
            measures=measures.content if measures.is_valid() else [],
            attachments=form.attachments_chosen,
        )
        return reverse("mla:detail", args=[made.pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        if not allowed:
            return refuse(request, str(refused.reason))
        form.add_error(None, str(refused.reason))
        return _draft_page(request, form, measures, case=case, status=403)
    messages.success(request, _("The draft is saved. Only your agency sees it."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a draft while it is with its drafter."""
    reading = _read(request, pk)
    row = reading.request
    if not reading.may_edit and request.method != "POST":
        return refuse(request, _("The text can be changed only while the request is with its drafter."), back=_back(pk))
    own_state = row.requesting_state_id
    items = item_choices(request.standing, row.case_id) if reading.may_edit else []
    if request.method != "POST":
        initial = {name: getattr(row, name) for name in DRAFT_FIELDS}
        initial |= {"requested_state": row.requested_state_id, "token": uuid.uuid4(), "version": reading.clock}
        rows = [{name: measure[name] for name in ("kind", "description", "procedure")} for measure in reading.measures]
        initial["attachments"] = [one["item"] for one in reading.attachments]
        form = DraftForm(own_state=own_state, items=items, initial=initial)
        measures = MeasureFormSet(prefix=MEASURES, initial=rows)
        measures.extra = 0 if rows else 1
        return _draft_page(request, form, measures, reading=reading)
    form = DraftForm(request.POST, own_state=own_state, items=items, initial={"deadline": row.deadline})
    measures = MeasureFormSet(request.POST, prefix=MEASURES)
    if wants_row(request.POST, MEASURES):
        more = one_row_more(MeasureFormSet, request.POST, MEASURES)
        return _draft_page(request, _unjudged(request, own_state, items), more, reading=reading)
    if not (form.is_valid() & measures.is_valid()) and reading.may_edit:
        return _draft_page(request, form, measures, reading=reading)

    def act() -> str:
        save_draft(
            actor=request.user,
            pk=pk,
            version=form.cleaned_data.get("version") or 0,
            requested_state=form.cleaned_data.get("requested_state"),
            content=form.content,
            measures=measures.content if measures.is_valid() else [],
            attachments=form.attachments_chosen,
        )
        return reverse("mla:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except MovedOn as moved:
        now = _read(request, pk)
        form = DraftForm(carried_on(request.POST, now.clock), own_state=own_state, items=items)
        form.add_error(None, str(moved.reason))
        return _draft_page(request, form, measures, reading=now, status=409)
    except NotAllowed as refused:
        if reading.side != Side.REQUESTING:
            return refuse(request, str(refused.reason), back=_back(pk))
        form.add_error(None, str(refused.reason))
        return _draft_page(request, form, measures, reading=reading, status=403)
    messages.success(request, _("Saved."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """The form of one step; sent, it takes the step and shows the request in its new state."""
    reading = _read(request, pk)
    transition = BY_NAME.get(name)
    if transition is None:
        raise Http404
    judged = verdict(transition, reading.bodies, reading.standing)
    allowed = judged.allowed and transition.acting_side == reading.side
    if request.method != "POST":
        if not allowed:
            theirs = transition.acting_side != reading.side
            return refuse(
                request, _("This step belongs to the other side.") if theirs else judged.reason, back=_back(pk)
            )
        initial = {"token": uuid.uuid4(), "version": reading.clock}
        return _step_page(request, StepForm(transition=transition, reading=reading, initial=initial))
    form = StepForm(request.POST, transition=transition, reading=reading)
    # Who may not, or comes too late, is told so by the service, which records it, whatever was typed.
    if not form.is_valid() and allowed:
        return _step_page(request, form)

    def act() -> str:
        perform(
            actor=request.user,
            pk=pk,
            name=name,
            version=form.cleaned_data.get("version") or 0,
            data=form.data_for_service if form.is_valid() else {},
        )
        return reverse("mla:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except Incomplete as gap:
        form.take(gap.errors)
        return _step_page(request, form)
    except MovedOn as moved:
        now = _read(request, pk)
        form = StepForm(carried_on(request.POST, now.clock), transition=transition, reading=now)
        form.add_error(None, str(moved.reason))
        return _step_page(request, form, status=409)
    except NotAllowed as refused:
        if refused.code in {"role", "other_side"}:
            return refuse(request, str(refused.reason), back=_back(pk))
        form.add_error(None, str(refused.reason))
        return _step_page(request, form, status=403)
    messages.success(request, f"{transition.done}.")
    return redirect(url)


def _read(request: HttpRequest, pk: uuid.UUID) -> Reading:
    try:
        return read(request.user, request.standing, pk)
    except AssistanceRequest.DoesNotExist:
        raise Http404 from None


def _case(request: HttpRequest) -> Case:
    """The case that the address names, if the person sees it."""
    try:
        pk = uuid.UUID(request.GET.get("case", ""))
        return Case.objects.visible_to(request.user).select_related("owner__state").get(pk=pk)
    except (ValueError, Case.DoesNotExist):
        raise Http404 from None


def _back(pk: uuid.UUID) -> str:
    return reverse("mla:detail", args=[pk])


def _unjudged(request: HttpRequest, own_state: str | None, items: list[tuple[str, str]]) -> DraftForm:
    """The letter as typed, while a row is added to the measures."""
    typed = request.POST.dict() | {"attachments": request.POST.getlist("attachments")}
    return DraftForm(own_state=own_state, items=items, initial=typed)


def _draft_page(
    request: HttpRequest,
    form: DraftForm,
    measures: Any,
    *,
    case: Case | None = None,
    reading: Reading | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "measures": measures, "case": case, "reading": reading, "moved_on": status == 409}
    return render(request, "mla/draft.html", context, status=status)


def _step_page(request: HttpRequest, form: StepForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "reading": form.reading,
        "transition": form.transition,
        "signing": form.reading.request.versions.filter(series="submitted").order_by("-number").first()
        if form.transition.name == "sign"
        else None,
    }
    return render(request, "mla/step.html", context, status=status)
