"""Pages of the register: the lines with filters, the same as a file, several requests acknowledged at once."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Incomplete, MovedOn, refuse
from accounts.sheets import sent_as_csv, sent_as_xlsx
from mla.papers import may_enter
from mla.receipts import AT_MOST, Receipt, offer, receipts, receipts_of, send, waiting
from mla.register import Place, page_of
from mla.register_export import csv_rows, take_out, xlsx_of
from mla.register_forms import Direction, FilterForm


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest lines of the journals of the reader's agencies that answer to the filters."""
    return _page(request, _filters(request))


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the filters show, as a file. Filters that cannot be followed export nothing."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    if not request.standing.works_on_cases:
        return refuse(request, _("Only people who work on cases have a register."))
    filters = _filters(request)
    if not filters.is_valid():
        return _page(request, filters, status=400)
    try:
        chosen = take_out(request.standing, filters.wanted, kind)
    except Incomplete as too_many:
        messages.warning(request, str(too_many.reason))
        return redirect(f"{reverse('register:list')}?{request.GET.urlencode()}")
    if kind == "xlsx":
        return sent_as_xlsx(xlsx_of(chosen), chosen.name)
    return sent_as_csv(csv_rows(chosen), chosen.name)


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Give several requests their numbers at once; the page says of each what came of it."""
    found = receipts_of(_ids(request.GET.getlist("request")), request.standing)
    if not found:
        raise Http404
    if request.method != "POST":
        offer(found, request.standing)
    else:
        found = send(found, request.POST, request.standing)
    done = sum(one.done for one in found)
    if not done and all(one.verdict.code == "role" for one in found):
        return refuse(request, found[0].verdict.reason, back=reverse("register:list"))
    if done:
        words = ngettext("%(number)d receipt acknowledged.", "%(number)d receipts acknowledged.", done)
        messages.success(request, words % {"number": done})
    if found and done == len(found):
        return redirect(f"{reverse('register:list')}?direction={Direction.INCOMING}")
    moved = any(isinstance(one.refused, MovedOn) for one in found)
    return render(request, "mla/acknowledge.html", _acknowledge_context(found), status=409 if moved else 200)


def _acknowledge_context(found: list[Receipt]) -> dict[str, Any]:
    still = [one for one in found if one.can_be_sent]
    return {
        "open": still,
        # The form is about these alone: what is done is not asked of again.
        "query": "&".join(f"request={one.request.pk}" for one in still),
        "done": [one for one in found if one.done],
        "closed": [one for one in found if not one.done and not one.can_be_sent],
        "forms": [one.form for one in still],
    }


def _filters(request: HttpRequest) -> FilterForm:
    return FilterForm(request.GET, agencies=request.standing.case_agencies)


def _page(request: HttpRequest, filters: FilterForm, *, status: int = 200) -> HttpResponse:
    standing, wanted = request.standing, filters.wanted
    after = Place.parse(request.GET.get("after", ""))
    rows, older = page_of(standing, wanted, filters.states, after)
    query = request.GET.copy()
    query.pop("after", None)
    arrived = waiting(standing) if may_enter(standing) else None
    incoming = wanted.get("direction") == Direction.INCOMING and after is None
    context = {
        "rows": rows,
        "filters": filters,
        "narrowed": bool(wanted) or not filters.is_valid(),
        "several": len(standing.case_agencies) > 1,
        "query": query.urlencode(),
        "older": older,
        "newer": after is not None,
        "may_enter": arrived is not None,
        "waiting": receipts(arrived[:AT_MOST], standing) if arrived is not None and incoming else [],
        "some_wait": arrived is not None and not incoming and arrived.exists(),
    }
    return render(request, "mla/register.html", context, status=status)


def _ids(texts: list[str]) -> list[uuid.UUID]:
    """The ids among what an address says; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
