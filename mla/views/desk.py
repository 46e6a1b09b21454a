"""My desk, the page after sign-in."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms import DeskViewForm
from accounts.models import DeskView
from agencies.policies import managed
from agencies.waiting import decisions
from cases.models import Case
from cases.policies import may_open_cases
from mla.desk import read_desk

NEWEST_CASES = 5


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Where a working day begins: what waits for the person, what waits for others, what changed."""
    if not request.standing.works_on_cases:
        looks_after = bool(managed(request.standing))
        context = {"decisions": decisions(request.standing), "looks_after": looks_after}
        return render(request, "desk_without_cases.html", context)
    view = DeskView(request.user.desk_view)
    context = {
        "desk": read_desk(request.standing, view),
        "decisions": decisions(request.standing),
        "mine": view == DeskView.MINE,
        "views": [{"value": one.value, "label": one.label, "chosen": one == view} for one in DeskView],
        "form": DeskViewForm(initial={"token": uuid.uuid4()}),
        "may_open": may_open_cases(request.standing),
        "cases": Case.objects.newest_visible(request.user, limit=NEWEST_CASES, now=request.standing.now),
    }
    return render(request, "mla/desk.html", context)
