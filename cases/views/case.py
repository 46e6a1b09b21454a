"""Pages of cases: the list, one case, its form, and the people named in it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import OnceForm
from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once, sent_from
from cases import policies, services
from cases.forms.case import CaseForm, NamePersonForm, NewCaseForm
from cases.items import KINDS, contents_of, headline, second_line
from cases.lists import CaseListing, case_rows
from cases.models import Case, CaseItem, Share
from cases.panels import panels
from cases.readings import read_case, share_look
from cases.services.case import CASE_FIELDS
from cases.views.lists import list_page

SHARES_SHOWN = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The cases that the person sees: the newest, or as the address says."""
    may_open = policies.may_open_cases(request.standing)
    return list_page(request, CaseListing, "cases/list.html", case_rows, may_open=may_open)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One case of one's own agency."""
    return _page(request, read_case(request.standing, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Open a case."""
    agencies = [agency for role in sorted(policies.WRITERS) for agency in request.standing.agencies_where(role)]
    if not agencies:
        return render(
            request, "403.html", {"reason": _("Only an officer or a supervisor can open a case.")}, status=403
        )
    kwargs = {"agencies": agencies, "actor": request.user}
    if request.method != "POST":
        form = NewCaseForm(initial={"token": uuid.uuid4()}, **kwargs)
        return render(request, "cases/form.html", {"form": form, "case": None})
    form = NewCaseForm(request.POST, **kwargs)
    if not form.is_valid():
        return render(request, "cases/form.html", {"form": form, "case": None})

    def act() -> str:
        case = services.create_case(
            actor=request.user,
            agency=form.cleaned_data["agency"],
            content=form.content,
            need_to_know=form.cleaned_data["need_to_know"],
            members=list(form.cleaned_data["members"]),
        )
        return reverse("cases:detail", args=[case.pk])

    try:
        url = once(person=request.user, token=form.cleaned_data["token"], act=act)
    except (NotAllowed, Incomplete) as refused:
        form.add_error(None, str(refused.reason))
        return render(request, "cases/form.html", {"form": form, "case": None}, status=403)
    messages.success(request, _("The case is open."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a case; when somebody else did meanwhile, say who and keep what was typed."""
    case = read_case(request.standing, pk)
    allowed = policies.may_edit(case, request.standing)
    if request.method != "POST":
        if not allowed:
            return refuse(request, _("Only an officer or a supervisor of the owner agency can change this."))
        initial = {name: getattr(case, name) for name in CASE_FIELDS}
        form = CaseForm(initial=initial | {"token": uuid.uuid4(), "version": case.version})
        return render(request, "cases/form.html", {"form": form, "case": case})
    form = CaseForm(request.POST)
    if not form.is_valid() and allowed:
        return render(request, "cases/form.html", {"form": form, "case": case})

    def act() -> str:
        services.save_case(
            actor=request.user, pk=pk, version=form.cleaned_data.get("version") or 0, content=form.content
        )
        return reverse("cases:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except MovedOn as moved:
        now = read_case(request.standing, pk)
        data = form.data.copy()
        data["version"], data["token"] = str(now.version), str(uuid.uuid4())
        form = CaseForm(data)
        form.add_error(None, str(moved.reason))
        return render(request, "cases/form.html", {"form": form, "case": now, "present": now}, status=409)
    messages.success(request, _("Saved."))
    return redirect(url)


@sent_from("cases:detail")
def name(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Name a person in a need-to-know case."""
    case = read_case(request.standing, pk)
    form = NamePersonForm(request.POST, people=services.case_workers(case.owner))
    if not form.is_valid() and policies.may_edit(case, request.standing):
        return _page(request, case, form=form)

    def act() -> str:
        services.name_person(actor=request.user, pk=pk, person=form.cleaned_data.get("person") or request.user)
        return reverse("cases:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except Incomplete as gap:
        form.add_error("person", gap.errors.get("person", [str(gap.reason)]))
        return _page(request, case, form=form)
    messages.success(request, _("Named. The case is open to that person from now on."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def unname(request: HttpRequest, pk: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Take a name out of a need-to-know case: asks first, because whoever is taken out is out at once."""
    case = read_case(request.standing, pk)
    named = get_object_or_404(User, pk__in=case.members.filter(person=person).values("person"))
    if request.method != "POST":
        if not policies.may_edit(case, request.standing):
            return refuse(request, _("Only an officer or a supervisor of the owner agency can name people."))
        context = {"case": case, "named": named, "form": OnceForm(initial={"token": uuid.uuid4()})}
        return render(request, "cases/unname.html", context)
    form = OnceForm(request.POST)

    def act() -> str:
        services.unname_person(actor=request.user, pk=pk, person=named)
        return reverse("cases:list") if named == request.user else reverse("cases:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token") if form.is_valid() else None, act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason), back=reverse("cases:detail", args=[pk]))
    messages.success(request, _("Taken out: the case is closed to that person from now on."))
    return redirect(url)


def _page(request: HttpRequest, case: Case, *, form: NamePersonForm | None = None) -> HttpResponse:
    may_edit = policies.may_edit(case, request.standing)
    members = list(case.members.select_related("person").order_by("named_at")) if case.need_to_know else []
    named = {member.person_id for member in members}
    if case.need_to_know and may_edit and form is None:
        others = [person for person in services.case_workers(case.owner) if person.pk not in named]
        form = NamePersonForm(people=others, initial={"token": uuid.uuid4()})
    groups = _groups(request, case)
    context = {
        "case": case,
        "members": members,
        "may_edit": may_edit,
        "form": form,
        "groups": [one for one in groups if one["rows"]],
        "empty_groups": [one for one in groups if not one["rows"]],
        "shares": _shares(request, case),
        "may_share": policies.may_ask_share(case, request.standing),
        "panels": panels(request, case),
    }
    return render(request, "cases/detail.html", context)


def _groups(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """The items of a case by kind, as its owner's side lists them; as many queries as there are tables of kinds."""
    items = list(case.items.visible_to(request.user, now=request.standing.now).order_by("created_at", "pk"))
    contents = contents_of(items)
    groups = []
    for kind in KINDS:
        rows = [
            {"item": item, "heading": headline(contents[item.pk]), "second": second_line(contents[item.pk])}
            | {"has_serial": bool(contents[item.pk].get("serial"))}
            for item in items
            if item.kind == kind
        ]
        groups.append({"kind": CaseItem.Kind(kind), "title": KINDS[kind].model._meta.verbose_name_plural, "rows": rows})
    return groups


def _shares(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """The newest shares of a case."""
    rows = Share.objects.of_own_cases(request.user, now=request.standing.now).filter(case=case)
    return [
        {"share": share, "look": share_look(share, request.standing.now)}
        for share in rows.select_related("recipient__state")[:SHARES_SHOWN]
    ]
