"""Pages of items: one item, its forms."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import carried_on
from accounts.refusals import MovedOn, NotAllowed, refuse
from accounts.submissions import once
from cases import policies
from cases.forms.items import ItemForms
from cases.items import KINDS, content_of
from cases.models import Case, CaseItem
from cases.readings import ItemReading, access_of, note_reading, read_case, read_item, readers_of
from cases.services import create_item, save_item
from cases.views.onward import back_from_form, onward


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID, item_pk: uuid.UUID) -> HttpResponse:
    """One item: its owner sees the present text and who else sees it; a receiver what was frozen for them."""
    reading = read_item(request.user, request.standing, pk, item_pk)
    note_reading(reading, request.standing)
    context = {"reading": reading, "item": reading.item}
    if not reading.own:
        request.place = reverse("shares:list")
    if reading.at_home:
        context |= {
            "may_edit": policies.may_edit_item(reading.item, request.standing),
            "case": read_case(request.standing, pk),
            "access": access_of(reading.item, request.standing.now),
            "readers": readers_of(reading.item),
        }
    return render(request, "cases/item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """Put an item into a case."""
    case = read_case(request.standing, pk)
    if kind not in KINDS or kind == CaseItem.Kind.DOCUMENT:
        raise Http404
    allowed = policies.may_edit(case, request.standing)
    if request.method != "POST":
        if not allowed:
            return refuse(request, _("Only an officer or a supervisor of the owner agency can add to this case."))
        return _form_page(request, ItemForms(kind, token=uuid.uuid4()), case)
    forms = ItemForms(kind, request.POST)
    if allowed and (forms.asks_for_row or not forms.is_valid()):
        return _form_page(request, forms, case)

    def act() -> str:
        valid = allowed and forms.is_valid()
        item = create_item(
            actor=request.user,
            case_id=case.pk,
            kind=kind,
            values=forms.values if valid else {},
            rows=forms.row_values if valid else {},
        )
        return onward(request, case, item)

    try:
        url = once(person=request.user, token=_token(forms), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    messages.success(request, _("Added to the case."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID, item_pk: uuid.UUID) -> HttpResponse:
    """Change an item; when somebody else did meanwhile, say who and keep what was typed."""
    reading = read_item(request.user, request.standing, pk, item_pk)
    item = reading.item
    allowed = reading.at_home and policies.may_edit_item(item, request.standing)
    if not (allowed if request.method != "POST" else reading.at_home):
        return refuse(request, _("Only an officer or a supervisor of the owner agency can change this."))
    case = read_case(request.standing, pk)
    if request.method != "POST":
        forms = ItemForms(item.kind, initial=content_of(item), token=uuid.uuid4(), version=item.version)
        return _form_page(request, forms, case, reading=reading)
    forms = ItemForms(item.kind, request.POST)
    if allowed and (forms.asks_for_row or not forms.is_valid()):
        return _form_page(request, forms, case, reading=reading)

    def act() -> str:
        valid = allowed and forms.is_valid()
        save_item(
            actor=request.user,
            pk=item_pk,
            version=_version(forms),
            values=forms.values if valid else {},
            rows=forms.row_values if valid else {},
        )
        return reverse("cases:item", args=[case.pk, item_pk])

    try:
        url = once(person=request.user, token=_token(forms), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except MovedOn as moved:
        now = read_item(request.user, request.standing, pk, item_pk)
        forms = ItemForms(item.kind, carried_on(request.POST, now.item.version))
        forms.is_valid()
        forms.detail.add_error(None, str(moved.reason))
        return _form_page(request, forms, case, reading=now, present=now, status=409)
    messages.success(request, _("Saved. What other agencies were given stays as it was."))
    return redirect(url)


def _token(forms: ItemForms) -> uuid.UUID | None:
    return forms.once.cleaned_data.get("token") if forms.once.is_valid() else None


def _version(forms: ItemForms) -> int:
    return forms.once.cleaned_data.get("version") or 0 if forms.once.is_valid() else 0


def _form_page(
    request: HttpRequest,
    forms: ItemForms,
    case: Case,
    *,
    reading: ItemReading | None = None,
    present: ItemReading | None = None,
    status: int = 200,
) -> HttpResponse:
    kind_label = CaseItem.Kind(forms.kind).label
    context = {"forms": forms, "case": case, "reading": reading, "present": present, "kind_label": kind_label}
    context["back"] = back_from_form(request, case)
    return render(request, "cases/item_form.html", context, status=status)
