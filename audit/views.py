"""The auditor's pages: the list of events with its filters, and the same as a file."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts import exercises
from accounts.refusals import refuse
from accounts.sheets import sent_as_csv, sent_as_xlsx, xlsx_file
from audit import registry
from audit.forms import FilterForm
from audit.models import AuditEvent
from audit.querysets import Place
from audit.reading import CAP, COUNTED, PAGE, lines, sheet
from audit.services import record


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest events that fit the filters, page by page."""
    reach = registry.agencies().reach_of(request.standing)
    if reach is None:
        return _not_an_auditor(request)
    form = FilterForm(request.GET, reach=reach)
    found = AuditEvent.objects.within(reach)
    found = found.matching(**form.wanted) if form.is_valid() else found.none()
    after = Place.parse(request.GET.get("after", ""))
    rows = list(found.newest(after).select_related("actor")[: PAGE + 1])
    older = Place.behind([row.at for row in rows[:PAGE]], after) if len(rows) > PAGE else None
    query = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "form": form,
        "lines": lines(rows[:PAGE], dict(registry.agencies().choices(reach))),
        "count": _count(found),
        "everything": reach.everything,
        "query": urlencode(query),
        "newest": f"?{urlencode(query)}" if after else "",
        "older": f"?{urlencode(query | {'after': str(older)})}" if older else "",
    }
    return render(request, "audit/list.html", context)


# Not HEAD: a question about a file is no export.
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The events that fit the filters, as CSV or XLSX. Itself an event."""
    if kind not in FILES:
        raise Http404
    reach = registry.agencies().reach_of(request.standing)
    if reach is None:
        return _not_an_auditor(request)
    form = FilterForm(request.GET, reach=reach)
    back = f"{reverse('audit:list')}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    # Up to now: the event of this export, which comes later, is not in it.
    found = AuditEvent.objects.within(reach).matching(**form.wanted).filter(at__lte=timezone.now())
    count = found[: CAP + 1].count()
    if count > CAP:
        text = _("More than %(cap)s events fit, and a file holds no more. Narrow the period or the filters.")
        messages.warning(request, text % {"cap": number_format(CAP, force_grouping=True)})
        return redirect(back)
    home = registry.agencies().home_of(request.user)
    record(
        "audit.export", actor=request.user, subject_type="audit", subject_id=None, agency=home, kind=kind, count=count
    )
    rows = exercises.headed(sheet(found, dict(registry.agencies().choices(reach))))
    return FILES[kind](rows, f"audit-{timezone.localdate()}")


def _xlsx(rows: Any, name: str) -> HttpResponseBase:
    return sent_as_xlsx(xlsx_file(rows, "audit", heads=2 if exercises.said() else 1), name)


FILES: dict[str, Callable[[Any, str], HttpResponseBase]] = {"csv": sent_as_csv, "xlsx": _xlsx}


def _count(found: Any) -> str:
    """How many fit; from a thousand on, only that."""
    count = found[: COUNTED + 1].count()
    shown = number_format(min(count, COUNTED), force_grouping=True)
    return f"{shown}+" if count > COUNTED else shown


def _not_an_auditor(request: HttpRequest) -> HttpResponse:
    return refuse(request, _("Only an auditor reads the audit log."))
