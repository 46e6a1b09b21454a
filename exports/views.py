"""Pages of exports: ask and see, one export with its steps, and its file."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once
from cases.views.documents import sent_as_file
from exports import services, store
from exports.forms import AskForm, StepForm
from exports.models import ASKS, CONFIRM, OPEN, WORKED_ON, AgencyExport, ExportState

SHOWN = 20
# Tone and icon of each state.
LOOK = {
    ExportState.ASKED: ("attention", "user-check"),
    ExportState.CONFIRMED: ("wire", "clock"),
    ExportState.BUILDING: ("wire", "progress"),
    ExportState.READY: ("good", "package"),
    ExportState.DECLINED: ("end", "ban"),
    ExportState.CANCELLED: ("end", "circle-x"),
    ExportState.FAILED: ("bad", "alert-circle"),
    ExportState.EXPIRED: ("end", "clock-x"),
}
# What a worker is at, by number: see exports/building.py.
STEPS = {
    1: lambda: _("cases"),
    2: lambda: _("items"),
    3: lambda: _("requests"),
    4: lambda: _("requests on paper"),
    5: lambda: _("files"),
}
DONE = {
    "confirm": lambda: _("Confirmed. The file is being made for the person who asked."),
    "decline": lambda: _("Declined. The person who asked is told."),
    "cancel": lambda: _("Cancelled. What there was of the file is removed."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What an export is; the form to ask for one; those that one may see."""
    standing = request.standing
    asks = standing.agencies_where(ASKS)
    if not asks and standing.all_roles.isdisjoint(CONFIRM):
        return refuse(request, _("Supervisors ask for exports; liaison officers and signatories confirm them."))
    if request.method != "POST":
        return _page(request, AskForm(agencies=asks, initial={"token": uuid.uuid4()}))
    form = AskForm(request.POST, agencies=asks)
    if not asks:
        return refuse(request, _("Only a supervisor of the agency can ask for an export of its data."))
    if not form.is_valid():
        return _page(request, form)

    def act() -> str:
        made = services.ask(actor=request.user, agency=form.cleaned_data["agency"], reason=form.cleaned_data["reason"])
        return reverse("exports:detail", args=[made.pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except Incomplete as gap:
        form.add_error(None, str(gap.reason))
        return _page(request, form)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    messages.success(request, _("Asked. It begins when a second person of your agency has confirmed it."))
    return redirect(url)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One export: how far it is, what can be done with it."""
    return _detail(request, _fetch(request, pk))


def _detail(request: HttpRequest, export: AgencyExport, *, moved: str = "", status: int = 200) -> HttpResponse:
    standing, now = request.standing, timezone.now()
    mine = export.asked_by_id == request.user.pk
    open_steps = [
        step
        for step, (from_, _to) in services.STEPS.items()
        if export.state in from_ and not services.why_not(export, step, standing)
    ]
    context = {
        "export": export,
        "look": _look(export),
        "mine": mine,
        "steps": open_steps,
        "form": StepForm(initial={"token": uuid.uuid4()}),
        "ready": mine and export.state == ExportState.READY and export.expires_at and export.expires_at > now,
        "worked_on": export.state in WORKED_ON,
        "progress": _progress(export) if mine else "",
        "moved": moved,
    }
    response = render(request, "exports/detail.html", context, status=status)
    if request.htmx and not context["worked_on"]:
        # The page that watches has nothing to watch any more: it shows itself anew, whole.
        response["HX-Refresh"] = "true"
    return response


@require_POST
def step(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Confirm, decline or cancel."""
    if name not in services.STEPS:
        raise Http404
    export = _fetch(request, pk)
    back = reverse("exports:detail", args=[export.pk])
    form = StepForm(request.POST)

    def act() -> str:
        services.take(actor=request.user, pk=pk, step=name)
        return back

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token") if form.is_valid() else None, act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=back)
    except MovedOn as moved:
        return _detail(request, _fetch(request, pk), moved=str(moved.reason), status=409)
    messages.success(request, DONE[name]())
    return redirect(url)


# Not HEAD: a question about the file is no fetching.
@require_GET
def file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file, to its asker alone. Each fetching is an event."""
    export = _fetch(request, pk)
    try:
        export = services.fetch(actor=request.user, pk=pk)
        path = store.path_of(export.file or uuid.UUID(int=0))
        # A file that is not as large as it was is not given out.
        handle = path.open("rb") if path.stat().st_size == export.size else None
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=reverse("exports:detail", args=[pk]))
    except FileNotFoundError:
        handle = None
    if handle is None:
        return refuse(request, _("The stored file is damaged. Cancel this export and ask for a new one."))
    day = timezone.localdate(export.ready_at)
    return sent_as_file(handle, f"{export.agency.code}-{day.isoformat()}.zip")


def _fetch(request: HttpRequest, pk: uuid.UUID) -> AgencyExport:
    try:
        return (
            AgencyExport.objects.visible_to(request.standing)
            .select_related("agency", "asked_by", "decided_by")
            .get(pk=pk)
        )
    except AgencyExport.DoesNotExist:
        raise Http404 from None


def _page(request: HttpRequest, form: AskForm) -> HttpResponse:
    rows = AgencyExport.objects.visible_to(request.standing).select_related("agency", "asked_by")[:SHOWN]
    asks = request.standing.agencies_where(ASKS)
    mine = AgencyExport.objects.filter(asked_by=request.user, state__in=OPEN, agency__in=asks).count()
    context = {
        "form": form if len(asks) > mine or form.is_bound else None,
        "asks": bool(asks),
        "rows": [{"export": row, "look": _look(row)} for row in rows],
    }
    return render(request, "exports/index.html", context)


def _look(export: AgencyExport) -> dict[str, str]:
    state = ExportState(export.state)
    tone, icon = LOOK[state]
    return {"label": str(state.label), "tone": tone, "icon": icon}


def _progress(export: AgencyExport) -> str:
    """Step 2 of 4, 310 of 1,200."""
    if export.state != ExportState.BUILDING or not export.step:
        return ""
    words = {"step": export.step, "what": STEPS[export.step](), "done": _grouped(export.done)}
    words |= {"steps": len(STEPS), "total": _grouped(export.total)}
    return _("Step %(step)s of %(steps)s: %(what)s, %(done)s of %(total)s") % words


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
