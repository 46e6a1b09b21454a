"""The health of the portal, and what stands outside every app."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from api import problems
from exchange.celery import app as celery_app
from exchange.middleware import from_our_own_page, sign_in_and_send_again

logger = logging.getLogger(__name__)


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Every part of the pages once, in all its states."""
    return render(request, "parts.html")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the portal can work: database, migrations, broker, a worker. 503 while one of them is missing."""
    parts = {"database": _database(), "broker": _broker()}
    parts["migrations"] = _migrations() if parts["database"] == "ok" else "unknown"
    parts["worker"] = _worker() if parts["broker"] == "ok" else "unknown"
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "unavailable", **parts}, status=200 if well else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return "unavailable"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _broker() -> str:
    try:
        with celery_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # the broker's client raises many kinds
        return "unavailable"
    return "ok"


def _worker() -> str:
    try:
        return "ok" if celery_app.control.ping(timeout=1, limit=1) else "unavailable"
    except Exception:  # as above
        return "unavailable"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is older than the sign-in: keep what was typed, when the form stood on our own page."""
    if request.method == "POST" and from_our_own_page(request):
        return sign_in_and_send_again(request)
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, for what cannot be read."""
    if problems.is_for_a_program(request):
        return problems.answer(400, _("The request was not understood."), code="bad_request")
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what does not exist and for what this person may not see."""
    if problems.is_for_a_program(request):
        return problems.not_found()
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason when there is one."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """500, without a template's help where a program asks: a failure may lie anywhere."""
    if problems.is_for_a_program(request):
        return problems.answer(500, _("Something failed on our side. Nothing was half done."), code="failed")
    return server_error(request)
