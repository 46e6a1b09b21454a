"""The figures' page, and the same as CSV. Nothing is counted here: the newest release is shown."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import exercises
from accounts.refusals import refuse
from accounts.sheets import sent_as_csv
from agencies.models import Role
from figures.models import Release
from figures.reading import Figures


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest figures, each with what it means."""
    if not _may_read(request):
        return _not_open(request)
    release = Release.objects.order_by("-day").first()
    return render(request, "figures/index.html", {"figures": Figures(release) if release else None})


@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The same figures, a line each with its definition."""
    if not _may_read(request):
        return _not_open(request)
    release = Release.objects.order_by("-day").first()
    rows: Iterable[Any] = Figures(release).sheet() if release else []
    return sent_as_csv(exercises.headed(rows), f"figures-{release.day if release else 'none'}")


def _may_read(request: HttpRequest) -> bool:
    return request.standing.works_on_cases or Role.OBSERVER in request.standing.all_roles


def _not_open(request: HttpRequest) -> HttpResponse:
    return refuse(request, _("Figures are for observers and for people who work on cases."))
