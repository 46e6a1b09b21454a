"""The health of the portal, and what stands outside every app."""

import errno
import logging
import sys

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies import policies
from agencies.models import Role, Treaty
from agencies.standing import people_with
from api import problems
from exchange import errors, maintenance
from exchange.celery import app as celery_app
from exchange.middleware import from_our_own_page, sign_in_and_send_again
from mla import drafting
from mla.checks import SHORT

logger = logging.getLogger(__name__)


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Every part of the pages once, in all its states."""
    return render(request, "parts.html")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What each role does, step by step, the reader's own first. Open to all: it says what the papers say."""
    held = request.standing.all_roles
    roles = sorted(Role, key=lambda role: role not in held)
    sections = [{"role": role, "template": f"help/{role.value}.html", "mine": role in held} for role in roles]
    home = request.standing.home
    # Where the portal is run from, those who run it look after their colleagues, too.
    admins = [admin for role in sorted(policies.ADMINS) for admin in people_with(role, home.pk)] if home else []
    treaties = sorted(Treaty.objects.all(), key=lambda one: one.rank)
    context = {
        "sections": sections,
        "home": home,
        "admins": admins,
        "drafting": drafting.STEPS,
        "treaties": [{"short": SHORT.get(one.code, one.name), "treaty": one} for one in treaties],
    }
    return render(request, "help/index.html", context)


@login_not_required
@require_safe
def limits(request: HttpRequest) -> HttpResponse:
    """What Comity does not do."""
    return render(request, "help/limits.html")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the portal can work: database, migrations, broker, a worker. 503 while one is missing, or it rests."""
    parts = {"database": _database(), "broker": _broker()}
    parts["migrations"] = _migrations() if parts["database"] == "ok" else "unknown"
    parts["worker"] = _worker() if parts["broker"] == "ok" else "unknown"
    status = "ok" if all(state == "ok" for state in parts.values()) else "unavailable"
    if maintenance.minutes_left() is not None:
        status = "maintenance"
    return JsonResponse({"status": status, **parts}, status=200 if status == "ok" else 503)


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
    return errors.page(request, "csrf")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent cannot be read."""
    return errors.page(request, "bad_request")


def too_many(request: HttpRequest) -> HttpResponse:
    """429: django-allauth's limits on signing in."""
    return errors.page(request, "too_many")


def failed(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the database does not answer, or the disk is full, which passes."""
    problem = sys.exception()
    away = isinstance(problem, OperationalError | InterfaceError)
    full = isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
    return errors.page(request, "away" if away or full else "failed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what does not exist and for what this person may not see."""
    if problems.is_for_a_program(request):
        return problems.not_found()
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason when there is one."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)
