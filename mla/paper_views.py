"""Pages of a request on paper: entered, read, changed, marked void."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import OnceForm, carried_on
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once
from agencies.models import Role
from mla.countries import other_states
from mla.journal import suggested
from mla.models import PaperRequest
from mla.papers import LINE_FIELDS, OWN_FIELDS, change_paper, enter_paper, may_enter, void_paper
from mla.register import paper_look
from mla.register_forms import Direction, PaperForm, VoidForm

Act = Callable[[], str]


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Enter a request on paper into the journal."""
    agencies = may_enter(request.standing)
    if not agencies:
        return refuse(request, _("Only a central-authority officer enters requests on paper."))
    if request.method != "POST":
        return _form_page(request, PaperForm(agencies=agencies, initial=_beginning(request)))
    form = PaperForm(request.POST, agencies=agencies)
    if not form.is_valid():
        return _form_page(request, form)
    agency = form.cleaned_data.get("agency") or agencies[0]

    def act() -> str:
        return _address(enter_paper(actor=request.user, agency=agency, content=form.content).pk)

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except Incomplete as gap:
        form.take(gap.errors)
        return _form_page(request, form)
    messages.success(request, _("Entered in the register."))
    return redirect(url)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the journal says of one request on paper."""
    paper = _fetch(request, pk)
    return render(request, "mla/paper.html", _context(request, paper))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what the journal says."""
    paper = _fetch(request, pk)
    if request.method != "POST":
        if why := _why_not(request, paper):
            return refuse(request, why, back=_address(pk))
        return _form_page(request, PaperForm(agencies=[paper.owner], initial=_said(paper)), paper)
    form = PaperForm(request.POST, agencies=[paper.owner])
    # Who may not is told so by the service, which records it, whatever was typed.
    if not form.is_valid() and not _why_not(request, paper):
        return _form_page(request, form, paper)

    def act() -> str:
        version = form.cleaned_data.get("version") or 0
        return _address(change_paper(actor=request.user, pk=pk, version=version, content=form.content).pk)

    def again(typed: Any) -> PaperForm:
        return PaperForm(typed, agencies=[paper.owner])

    return _done(request, pk, form, act, again, _form_page)


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mark it void, with the reason."""
    paper = _fetch(request, pk)
    if request.method != "POST":
        if why := _why_not(request, paper):
            return refuse(request, why, back=_address(pk))
        return _void_page(request, VoidForm(initial={"token": uuid.uuid4(), "version": paper.version}), paper)
    form = VoidForm(request.POST)
    if not form.is_valid() and not _why_not(request, paper):
        return _void_page(request, form, paper)

    def act() -> str:
        version = form.cleaned_data.get("version") or 0
        return _address(
            void_paper(actor=request.user, pk=pk, version=version, reason=form.cleaned_data.get("reason", "")).pk
        )

    return _done(request, pk, form, act, VoidForm, _void_page)


def _done(
    request: HttpRequest,
    pk: uuid.UUID,
    form: OnceForm,
    act: Act,
    again: Callable[[Any], OnceForm],
    page: Callable[..., HttpResponse],
) -> HttpResponse:
    """Run a change of an entry once, and show what came of it."""
    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except Incomplete as gap:
        form.take(gap.errors)
        return page(request, form, _fetch(request, pk))
    except MovedOn as moved:
        now = _fetch(request, pk)
        form = again(carried_on(request.POST, now.version))
        form.add_error(None, str(moved.reason))
        return page(request, form, now, status=409)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=_address(pk))
    messages.success(request, _("Saved."))
    return redirect(url)


def _fetch(request: HttpRequest, pk: uuid.UUID) -> PaperRequest:
    papers = PaperRequest.objects.visible_to(request.user, request.standing.now)
    try:
        return papers.select_related("owner__state", "line", "created_by", "changed_by").get(pk=pk)
    except PaperRequest.DoesNotExist:
        raise Http404 from None


def _address(pk: uuid.UUID) -> str:
    return reverse("register:paper", args=[pk])


def _may_write(request: HttpRequest, paper: PaperRequest) -> bool:
    return request.standing.holds(Role.CA_OFFICER, paper.owner_id)


def _why_not(request: HttpRequest, paper: PaperRequest) -> str:
    """Why the person cannot change the entry; empty when they can."""
    if not _may_write(request, paper):
        return _("Only a central-authority officer of the agency changes its register.")
    return _("This entry is void: it stays as it is.") if paper.voided_at else ""


def _beginning(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form of a new entry: the journal from whose page one comes, and its next number."""
    agency, wanted = may_enter(request.standing)[0], request.GET.get("direction", "")
    direction = wanted if wanted in Direction.values else Direction.INCOMING
    (number,) = suggested(request.standing, agency, direction, timezone.localdate().year)
    return {"token": uuid.uuid4(), "direction": direction, "number": number, "agency": agency}


def _said(paper: PaperRequest) -> dict[str, Any]:
    """What the entry says, for its form."""
    found = {name: getattr(paper, name) for name in OWN_FIELDS}
    found |= {name: getattr(paper.line, column) for name, column in LINE_FIELDS.items()}
    return found | {"token": uuid.uuid4(), "version": paper.version}


def _context(request: HttpRequest, paper: PaperRequest) -> dict[str, Any]:
    return {
        "paper": paper,
        "line": paper.line,
        "outgoing": paper.line.direction == Direction.OUTGOING,
        "state_name": other_states().get(paper.line.other_state, paper.line.other_state),
        "look": paper_look(paper),
        "may_write": _may_write(request, paper),
        "why_not": _why_not(request, paper),
    }


def _form_page(
    request: HttpRequest, form: PaperForm, paper: PaperRequest | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "paper": paper}
    if status == 409 and paper:
        context |= {"present": True, **_context(request, paper)}
    return render(request, "mla/paper_form.html", context, status=status)


def _void_page(request: HttpRequest, form: VoidForm, paper: PaperRequest, *, status: int = 200) -> HttpResponse:
    return render(request, "mla/paper_void.html", {"form": form, "paper": paper, "line": paper.line}, status=status)
