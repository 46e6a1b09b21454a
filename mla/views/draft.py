"""Pages of a draft: begin it, its list of steps, one step, the check, a copy."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import OnceForm, carried_on
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once, sent_from
from agencies.models import Role
from agencies.standing import people_with
from cases.models import Case
from cases.readings import read_case
from mla import drafting
from mla.checks import findings
from mla.directory import receiving_authorities
from mla.draft_reading import StepReading, item_choices_of, read_draft
from mla.forms import AnswerForm, CopyForm, DraftStepForms, ReasonsForm
from mla.forms.draft import ABOUT
from mla.models import AssistanceRequest, FieldComment
from mla.policies import why_not_begin
from mla.reading import Reading
from mla.services import answer_comment, copy_request, create_request, give_reasons, save_step, visit
from mla.services import take_over as become_drafter
from mla.services.draft import as_written
from mla.views.fetching import back_to, fetch
from mla.workflow import Side

CASES_AT_MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin a draft in a case: its first step."""
    case = _case(request)
    own_state = case.owner.state_id
    why_not = why_not_begin(case, request.standing)
    if why_not and request.method != "POST":
        return refuse(request, why_not)
    step = drafting.STEPS[0]
    data = request.POST if request.method == "POST" else None
    forms = DraftStepForms(step, own_state=own_state, data=data, initial={"token": uuid.uuid4()})
    if data is None or (not forms.is_valid() and not why_not):
        return render(request, "mla/draft_new.html", {"case": case, "forms": forms})

    def act() -> str:
        values = forms.values if forms.is_valid() else {}
        made = create_request(
            actor=request.user,
            case_id=case.pk,
            requested_state=values.pop("requested_state", None),
            content=values,
            measures=[],
        )
        return reverse("mla:draft", args=[made.pk])

    try:
        url = once(person=request.user, token=forms.token, act=act)
    except Incomplete as gap:
        forms.form.take(gap.errors)
        return render(request, "mla/draft_new.html", {"case": case, "forms": forms})
    except NotAllowed as refused:
        if why_not:
            return refuse(request, str(refused.reason))
        forms.form.add_error(None, str(refused.reason))
        return render(request, "mla/draft_new.html", {"case": case, "forms": forms}, status=403)
    messages.success(request, _("The draft is saved. Only your agency sees it."))
    return redirect(url)


@require_safe
def tasks(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The list of steps of a draft: what each says, what is missing, who comes next."""
    reading = fetch(request, pk)
    if not reading.may_edit:
        return refuse(request, _closed(), back=back_to(pk))
    return render(request, "mla/draft.html", {"reading": reading, "draft": read_draft(reading), **_next(reading)})


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """One step of a draft. It saves itself while somebody writes, and by its button; nothing typed is lost."""
    reading = fetch(request, pk)
    kind = drafting.BY_NAME.get(name)
    if kind is None:
        raise Http404
    if not reading.may_edit and request.method != "POST":
        return refuse(request, _closed(), back=back_to(pk))
    if request.method != "POST":
        return _step_page(request, reading, kind, _forms(request, reading, kind))
    forms = _forms(request, reading, kind, data=request.POST)
    by_itself = "by_itself" in request.POST and forms.is_bound
    if reading.may_edit and not (forms.is_bound and forms.is_valid()):
        return _saved(request, reading, kind, forms) if by_itself else _step_page(request, reading, kind, forms)
    sent = forms.form.cleaned_data if forms.is_valid() else {}

    def act() -> str:
        save_step(
            actor=request.user,
            pk=pk,
            step=name,
            version=sent.get("version") or 0,
            values=forms.values if sent else {},
            page=sent.get("token"),
        )
        return _after(pk, kind, request.POST)

    try:
        # What saves itself may do so again and again; the button counts once.
        url = act() if by_itself else once(person=request.user, token=sent.get("token"), act=act)
    except Incomplete as gap:
        forms.form.take(gap.errors)
        return _saved(request, reading, kind, forms) if by_itself else _step_page(request, reading, kind, forms)
    except MovedOn as moved:
        now = fetch(request, pk)
        data = carried_on(request.POST, StepReading.version_of(now.request, name))
        forms = _forms(request, now, kind, data=data)
        forms.form.add_error(None, str(moved.reason))
        if by_itself:
            return _saved(request, now, kind, forms, problem=str(moved.reason))
        return _step_page(request, now, kind, forms, moved_on=True)
    except NotAllowed as refused:
        return _refused(request, reading, kind, forms, str(refused.reason))
    if by_itself:
        return _saved(request, fetch(request, pk), kind, forms)
    messages.success(request, _("Saved."))
    return redirect(url)


@require_POST
def here(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Who else is at this draft now. The page asks every few seconds, which also says that its reader is here."""
    if name not in drafting.BY_NAME:
        raise Http404
    try:
        others = visit(actor=request.user, pk=pk, step=name)
    except AssistanceRequest.DoesNotExist:
        raise Http404 from None
    rows = [
        {"person": one.person, "step": drafting.BY_NAME[one.step].label, "same": one.step == name} for one in others
    ]
    return render(request, "mla/draft_here.html", {"others": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything that a request should contain, each with its article; here a point left out gets its reason."""
    reading = fetch(request, pk)
    if not reading.may_edit and request.method != "POST":
        return refuse(request, _closed(), back=back_to(pk))
    data = request.POST if request.method == "POST" else None
    points = [one for one in findings(reading.request) if one.wants_reason] if reading.may_edit else []
    form = ReasonsForm(data, findings=points, initial={"token": uuid.uuid4()})
    if data is None or (reading.may_edit and not form.is_valid()):
        context = {"reading": reading, "draft": read_draft(reading), "form": form, **_next(reading)}
        return render(request, "mla/draft_check.html", context)

    def act() -> str:
        give_reasons(actor=request.user, pk=pk, reasons=form.reasons if form.is_valid() else {})
        return reverse("mla:draft_check", args=[pk])

    try:
        token = form.cleaned_data.get("token") if form.is_valid() else None
        url = once(person=request.user, token=token, act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=back_to(pk))
    messages.success(request, _("Saved."))
    return redirect(url)


@sent_from("mla:draft")
def answer(request: HttpRequest, pk: uuid.UUID, comment: uuid.UUID) -> HttpResponse:
    """Answer a reviewer's comment instead of changing what it is about."""
    reading = fetch(request, pk)
    back = reverse("mla:draft", args=[pk]) if reading.may_edit else back_to(pk)
    # The page has a box for each comment: this form is of the one that was answered.
    form = AnswerForm(request.POST, auto_id=f"%s-{comment}")
    if reading.may_edit and not form.is_valid():
        context = {"reading": reading, "draft": read_draft(reading), "answering": comment, "answer": form}
        return render(request, "mla/draft.html", context | _next(reading))
    try:
        text = form.cleaned_data["answer"] if form.is_valid() else ""
        answer_comment(actor=request.user, pk=pk, comment_id=comment, text=text)
    except FieldComment.DoesNotExist:
        raise Http404 from None
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=back)
    messages.success(request, _("Saved."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Begin drafts from this request: for other states, or in another case."""
    reading = fetch(request, pk)
    row = reading.request
    if reading.side != Side.REQUESTING or not request.standing.holds(Role.OFFICER, row.drafting_agency_id):
        return refuse(request, _("Only an officer of the drafting agency can copy its request."), back=back_to(pk))
    cases = Case.objects.visible_to(request.user).filter(owner=row.drafting_agency_id).order_by("-created_at", "-id")
    choices = [(str(case.pk), f"{case.reference} {case.title}") for case in cases[:CASES_AT_MOST]]
    given: dict[str, Any] = {"own_state": row.requesting_state_id, "cases": choices}
    if request.method != "POST":
        form = CopyForm(initial={"token": uuid.uuid4(), "case": str(row.case_id)}, **given)
        return render(request, "mla/copy.html", {"reading": reading, "form": form})
    form = CopyForm(request.POST, **given)
    if not form.is_valid():
        return render(request, "mla/copy.html", {"reading": reading, "form": form})

    def act() -> str:
        made = copy_request(
            actor=request.user,
            pk=pk,
            case_id=form.cleaned_data["case"],
            requested_states=form.cleaned_data["requested_states"],
        )
        return reverse("mla:draft", args=[made[0].pk]) if len(made) == 1 else reverse("mla:list")

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except (NotAllowed, Incomplete) as refused:
        form.add_error(None, str(refused.reason))
        return render(request, "mla/copy.html", {"reading": reading, "form": form})
    except Case.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The drafts are begun. Check the state, the basis and the deadline of each."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Become the drafter of a draft that has lost its own, or was handed over."""
    reading = fetch(request, pk)
    if request.method != "POST":
        if not reading.may_take_over:
            reason = _("A draft is taken over by an officer when its drafter has left, or has handed their work over.")
            return refuse(request, reason, back=back_to(pk))
        form = OnceForm(initial={"token": uuid.uuid4(), "version": reading.clock})
        return render(request, "mla/take_over.html", {"form": form, "reading": reading})
    form = OnceForm(request.POST)
    if not form.is_valid():
        return render(request, "mla/take_over.html", {"form": form, "reading": reading})

    def act() -> str:
        become_drafter(actor=request.user, pk=pk, version=form.cleaned_data["version"] or 0)
        return back_to(pk)

    try:
        url = once(person=request.user, token=form.cleaned_data["token"], act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=back_to(pk))
    except MovedOn as moved:
        now = fetch(request, pk)
        form = OnceForm(carried_on(request.POST, now.clock))
        form.add_error(None, str(moved.reason))
        return render(request, "mla/take_over.html", {"form": form, "reading": now}, status=409)
    messages.success(request, _("You are the drafter now."))
    return redirect(url)


def _case(request: HttpRequest) -> Case:
    """The case that the address names, if the person sees it."""
    try:
        pk = uuid.UUID(request.GET.get("case", ""))
        return read_case(request.standing, pk)
    except (ValueError, Case.DoesNotExist):
        raise Http404 from None


def _closed() -> str:
    return _("The text can be changed only while the request is with its drafter.")


def _forms(
    request: HttpRequest, reading: Reading, kind: drafting.Step, *, data: QueryDict | None = None
) -> DraftStepForms:
    """The forms of a step, with what it says now or what was typed."""
    row = reading.request
    may_choose = reading.may_edit
    about = item_choices_of(reading, ABOUT[kind.rows], attached=True) if kind.rows and may_choose else []
    initial: dict[str, Any] = {}
    if data is None:
        initial = as_written(row, kind) | {"version": StepReading.version_of(row, kind.name), "token": uuid.uuid4()}
        if kind.kinds:
            new = request.GET.get("new", "")
            initial["items"] = [str(pk) for pk in initial["items"]] + ([new] if new else [])
    return DraftStepForms(
        kind,
        own_state=row.requesting_state_id,
        items=item_choices_of(reading, kind.kinds) if kind.kinds and may_choose else [],
        about=about,
        data=data,
        initial=initial,
        chosen=row.basis if reading.may_edit else "",
    )


def _after(pk: uuid.UUID, kind: drafting.Step, typed: QueryDict) -> str:
    """Where the button leads: on to the next step, or back to the list."""
    if typed.get("go") == "list":
        return reverse("mla:draft", args=[pk])
    place = drafting.STEPS.index(kind) + 1
    if place == len(drafting.STEPS):
        return reverse("mla:draft_check", args=[pk])
    return reverse("mla:draft_step", args=[pk, drafting.STEPS[place].name])


def _step_page(
    request: HttpRequest, reading: Reading, kind: drafting.Step, forms: DraftStepForms, *, moved_on: bool = False
) -> HttpResponse:
    draft = read_draft(reading)
    context = {
        "reading": reading,
        "draft": draft,
        "step": draft.step(kind.name),
        "forms": forms,
        "fields": draft.beside(kind, forms.form),
        "moved_on": moved_on,
        "present": draft.present(kind) if moved_on else [],
        "new": request.GET.get("new", ""),
    }
    return render(request, "mla/draft_step.html", context, status=409 if moved_on else 200)


def _saved(
    request: HttpRequest, reading: Reading, kind: drafting.Step, forms: DraftStepForms, *, problem: str = ""
) -> HttpResponse:
    """The answer to a page that saved itself: when, or why not; the version it has now; what is still missing."""
    draft = read_draft(reading)
    if not problem and forms.is_bound and not forms.is_valid():
        problem = _("Not saved yet: correct what is marked when you press the button.")
    context = {"reading": reading, "draft": draft, "step": draft.step(kind.name), "problem": problem, "forms": forms}
    return render(request, "mla/draft_saved.html", context)


def _refused(
    request: HttpRequest, reading: Reading, kind: drafting.Step, forms: DraftStepForms, reason: str
) -> HttpResponse:
    """Who may not write here: whoever drafts gets the form back with the reason, everybody else the reason alone."""
    if not reading.standing.holds(Role.OFFICER, reading.request.drafting_agency_id):
        return refuse(request, reason, back=back_to(reading.request.pk))
    forms.form.is_valid()
    forms.form.add_error(None, reason)
    response = _step_page(request, reading, kind, forms)
    response.status_code = 403
    return response


def _next(reading: Reading) -> dict[str, Any]:
    """Who comes next: who reviews, who signs, where it goes. Names of one's own side only."""
    row = reading.request
    reviewers = [one for one in people_with(Role.SUPERVISOR, row.drafting_agency_id) if one.pk != row.drafter_id]
    return {
        "reviewers": [one for one in reviewers if one.pk not in reading.bodies.author_ids],
        "addressees": receiving_authorities(row.requested_state_id),
    }
