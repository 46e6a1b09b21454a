"""What all pages of lists share: the page of one list, the search in all of them, and a person's saved filters."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import OnceForm
from accounts.refusals import Incomplete
from accounts.submissions import once, sent_from
from cases.browsing import LISTINGS, Listing
from cases.finding import everything
from cases.forms.search import FilterForm, SaveForm, SearchForm
from cases.models import SavedFilter, Search
from cases.services.saved import change_filter, remove_filter, save_filter
from cases.services.search import EVERYWHERE, look_for

Rows = Callable[[list[Any], Listing], list[Any]]


def list_page(request: HttpRequest, kind: type[Listing], template: str, rows: Rows, **more: Any) -> HttpResponse:
    """One list as its address says; without any word of its own, as the person wants it to open."""
    listing = kind(request.standing, request.GET)
    default = next((one for one in listing.saved if one.is_default), None)
    if default is not None and not request.GET:
        return redirect(kind(request.standing, QueryDict(default.query)).address())
    initial = {"token": uuid.uuid4(), "place": listing.code, "query": listing.to_save}
    context = {
        "listing": listing,
        "rows": rows(listing.page.rows, listing),
        "saving": SaveForm(initial=initial) if listing.to_save else None,
        "saved": [
            {"filter": one, "url": _opened(listing, one), "current": one.query == listing.to_save}
            for one in listing.saved
        ],
        **more,
    }
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Look for something, in one list or in all; a reference leads straight to its record."""
    if request.method != "POST":
        return render(request, "lists/search.html", {"form": SearchForm(initial={"token": uuid.uuid4()})})
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, "lists/search.html", {"form": form})
    place = form.cleaned_data["place"]

    def act() -> str:
        looked = look_for(actor=request.user, term=form.cleaned_data["term"], place=place or EVERYWHERE)
        if looked.record:
            return looked.record
        if not place:
            return reverse("search:results", args=[looked.search.pk])
        kept = LISTINGS[place](request.standing, QueryDict(form.cleaned_data["query"]))
        return kept.address(search=looked.search)

    # Other words in the same form, as when a second tab was opened from one page, are another search.
    token = form.cleaned_data["token"]
    token = uuid.uuid5(token, f"{place}\n{form.cleaned_data['term']}") if token else None
    return redirect(once(person=request.user, token=token, act=act))


@require_safe
def results(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a search finds in all lists."""
    found = Search.objects.kept_for(request.user).filter(pk=pk).first()
    if found is None:
        messages.info(request, _("What was searched for is kept for a day. Type it again."))
        return redirect("search:begin")
    form = SearchForm(initial={"token": uuid.uuid4(), "term": found.term})
    return render(request, "lists/results.html", {"search": found, "form": form, "groups": everything(request, found)})


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """A person's own saved filters, list by list."""
    mine = list(SavedFilter.objects.filter(person=request.user))
    groups = []
    for code, kind in LISTINGS.items():
        empty = kind(request.standing, QueryDict())
        rows = [{"filter": one, "url": _opened(empty, one), "token": uuid.uuid4()} for one in mine if one.place == code]
        if rows:
            groups.append({"title": kind.title, "url": empty.address(), "rows": rows})
    return render(request, "lists/saved.html", {"groups": groups})


@sent_from("filters:list")
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list."""
    form = SaveForm(request.POST)
    if not form.is_valid():
        return render(request, "lists/filter_form.html", {"form": form, "saved": None})
    data = form.cleaned_data

    def act() -> str:
        made = save_filter(
            actor=request.user,
            place=data["place"],
            query=data["query"],
            name=data["name"],
            is_default=data["is_default"],
        )
        return LISTINGS[made.place](request.standing, QueryDict(made.query)).address()

    try:
        url = once(person=request.user, token=data["token"], act=act)
    except Incomplete as gap:
        form.take(gap.errors or {"name": [str(gap.reason)]})
        return render(request, "lists/filter_form.html", {"form": form, "saved": None})
    messages.success(request, _("The filter is saved."))
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rename a saved filter, or let its list open with it."""
    one = get_object_or_404(SavedFilter, pk=pk, person=request.user)
    page = "lists/filter_form.html"
    if request.method != "POST":
        initial = {"token": uuid.uuid4(), "name": one.name, "is_default": one.is_default}
        return render(request, page, {"form": FilterForm(initial=initial), "saved": one})
    form = FilterForm(request.POST)
    if not form.is_valid():
        return render(request, page, {"form": form, "saved": one})
    data = form.cleaned_data

    def act() -> str:
        change_filter(actor=request.user, pk=pk, name=data["name"], is_default=data["is_default"])
        return reverse("filters:list")

    try:
        url = once(person=request.user, token=data["token"], act=act)
    except Incomplete as gap:
        form.take(gap.errors)
        return render(request, page, {"form": form, "saved": one})
    except SavedFilter.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Saved."))
    return redirect(url)


@require_POST
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a saved filter away."""
    form = OnceForm(request.POST)

    def act() -> str:
        remove_filter(actor=request.user, pk=pk)
        return reverse("filters:list")

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token") if form.is_valid() else None, act=act)
    except SavedFilter.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The filter is deleted."))
    return redirect(url)


def _opened(listing: Listing, one: SavedFilter) -> str:
    """The address of a list with a saved filter. Codes that the list does not know any more fall away."""
    return type(listing)(listing.standing, QueryDict(one.query)).address()
