"""Pages of requests: the list, one request, and the form of any step."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import carried_on
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once
from cases.views.lists import list_page
from mla.directory import addressees
from mla.draft_reading import read_draft
from mla.forms import StepForm
from mla.lists import RequestListing, request_rows
from mla.models import RequestVersion
from mla.policies import verdict
from mla.presentation import arranged
from mla.reading import note_reading
from mla.services import perform
from mla.views.fetching import back_to, fetch
from mla.workflow import BY_NAME, Side


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The requests that the person sees: the newest, or as the address says."""
    return list_page(request, RequestListing, "mla/list.html", request_rows)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One request, as the reader's side may see it."""
    reading = fetch(request, pk)
    note_reading(reading)
    verdicts = reading.actions
    context = {
        "reading": reading,
        "request_row": reading.request,
        "open_actions": arranged([one for one in verdicts if one.allowed], main=not reading.gaps),
        "closed_actions": [one for one in verdicts if not one.allowed],
        "numbers": list(reading.request.numbers.select_related("agency__state")),
        "case": reading.case,
    }
    return render(request, "mla/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """The form of one step; sent, it takes the step and shows the request in its new state."""
    reading = fetch(request, pk)
    transition = BY_NAME.get(name)
    if transition is None:
        raise Http404
    judged = verdict(transition, reading.bodies, reading.standing)
    allowed = judged.allowed and transition.acting_side == reading.side
    if request.method != "POST":
        if not allowed:
            theirs = transition.acting_side != reading.side
            return refuse(
                request, _("This step belongs to the other side.") if theirs else judged.reason, back=back_to(pk)
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
        return back_to(pk)

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except Incomplete as gap:
        form.take(gap.errors)
        return _step_page(request, form)
    except MovedOn as moved:
        now = fetch(request, pk)
        form = StepForm(carried_on(request.POST, now.clock), transition=transition, reading=now)
        form.add_error(None, str(moved.reason))
        return _step_page(request, form, status=409)
    except NotAllowed as refused:
        if refused.code in {"role", "other_side"}:
            return refuse(request, str(refused.reason), back=back_to(pk))
        form.add_error(None, str(refused.reason))
        return _step_page(request, form, status=403)
    messages.success(request, f"{transition.done}.")
    return redirect(url)


# What stands beside the form of a step: what its taker answers for by taking it.
BESIDE = {
    "return_to_drafter": "reviews",
    "pass_on": "reviews",
    "return_from_authority": "reviews",
    "sign": "reviews",
    "transmit": "sending",
    "answer_information": "answers",
    "send_response": "results",
    "return_results": "results",
    "receive_response": "results",
    "send_back": "results",
    "close": "results",
}


def _step_page(request: HttpRequest, form: StepForm, *, status: int = 200) -> HttpResponse:
    reading, name = form.reading, form.transition.name
    # The page shows the letter beside the form.
    note_reading(reading)
    versions = reading.request.versions.filter(series=RequestVersion.Series.SUBMITTED).order_by("-number")
    context = {
        "form": form,
        "reading": reading,
        # Whoever submits reads what keeps the draft from review before sending it, not after.
        "draft": read_draft(reading) if name == "submit" and reading.may_edit else None,
        "transition": form.transition,
        "moved_on": status == 409,
        "beside": BESIDE.get(name, ""),
        "signing": versions.first() if name == "sign" else None,
        "sending": addressees(reading.request) if name == "transmit" else None,
        "changed": form.transition.side == Side.REQUESTING and versions.count() > 1,
    }
    return render(request, "mla/step.html", context, status=status)
