"""Pages of a list of people: send the file, look at it, correct it, invite everybody at once."""

import uuid
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.forms import OnceForm
from agencies import policies
from agencies.forms.rosters import FileForm, RowsForm
from agencies.models import Roster
from agencies.rosters import Row
from agencies.services import rosters
from agencies.views.acting import FORM, act_once, admins_only, chosen_agency, sent

# So many wrong rows are corrected on one page, so many good ones shown.
WRONG, GOOD = 25, 100
SEPARATORS = {";": ";", ",": ",", "\t": "Tab"}


@require_http_methods(FORM)
@admins_only
def send(request: HttpRequest) -> HttpResponse:
    """The file arrives, is read, and kept to be looked at."""
    agency = chosen_agency(request)
    form = FileForm(sent(request), request.FILES or None, initial={"token": uuid.uuid4()})

    def page(form: FileForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "agency": agency, "roles": policies.roles_at(agency)}
        return render(request, "agencies/roster_send.html", context, status=status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        row = rosters.send_roster(actor=request.user, agency_id=agency.pk, content=form.content)
        return reverse("people:roster", args=[row.pk])

    return act_once(request, form, act, page, _("Read. Nobody is invited yet: look at the list first."))


@require_http_methods(FORM)
@admins_only
def roster(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The list as it was read: wrong rows to be corrected in place, good ones to be looked at."""
    row = _roster(request, pk)
    if request.method != "POST" or row.confirmed_at:
        return _page(request, row)
    form = RowsForm(request.POST, rows=_to_correct(rosters.judged(row, request.standing), request.POST))
    if not form.is_valid():
        return _page(request, row, form)

    def act() -> str:
        version = form.cleaned_data["version"] or 0
        rosters.correct_roster(actor=request.user, pk=pk, version=version, changes=form.changes)
        return reverse("people:roster", args=[pk])

    def page(form: OnceForm, status: int = 200) -> HttpResponse:
        return _page(request, _roster(request, pk), status=status, said=form, typed=request.POST.dict())

    return act_once(request, form, act, page, _("Looked at again."))


@require_http_methods(["POST"])
@admins_only
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Invite everybody on the list."""
    row = _roster(request, pk)
    form = OnceForm(request.POST)
    if not form.is_valid():
        return _page(request, row, said=form)

    def act() -> str:
        rosters.confirm_roster(actor=request.user, pk=pk, version=form.cleaned_data["version"] or 0)
        return reverse("people:roster", args=[pk])

    def page(form: OnceForm, status: int = 200) -> HttpResponse:
        return _page(request, _roster(request, pk), status=status, said=form)

    count = len(row.rows)
    done = ngettext("%(n)d person is invited.", "%(n)d people are invited.", count) % {"n": count}
    return act_once(request, form, act, page, done)


def _page(
    request: HttpRequest,
    row: Roster,
    form: RowsForm | None = None,
    *,
    status: int = 200,
    said: OnceForm | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    """`said`: what stood in the way; `typed`: what was typed over a list that somebody else has changed meanwhile."""
    people = rosters.judged(row, request.standing)
    wrong, good = [one for one in people if one.errors], [one for one in people if not one.errors]
    to_correct = _to_correct(people, typed or {})
    if form is None and to_correct:
        form = RowsForm.marked(to_correct, version=row.version, typed=typed)
    context = {
        "roster": row,
        "agency": row.agency,
        "separator": SEPARATORS.get(row.separator, ""),
        "all": len(people),
        "wrong": len(wrong),
        "more": max(0, len(wrong) - WRONG),
        "good": good[:GOOD],
        "good_count": len(good),
        "form": form,
        "said": said,
        "confirming": OnceForm(initial={"token": uuid.uuid4(), "version": row.version}),
    }
    return render(request, "agencies/roster.html", context, status=status)


def _to_correct(people: list[Row], typed: Mapping[str, str]) -> list[Row]:
    """The first wrong rows; and those typed over, which somebody else may have put right meanwhile."""
    lines = {one.line for one in [one for one in people if one.errors][:WRONG]}
    return [one for one in people if one.line in lines or f"email_{one.line}" in typed]


def _roster(request: HttpRequest, pk: uuid.UUID) -> Roster:
    rows = Roster.objects.filter(agency__in=policies.managed(request.standing)).select_related("agency__state")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
