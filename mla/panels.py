"""The requests of a case, on its page."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.template.loader import render_to_string

from cases.models import Case
from mla.listing import rows_for
from mla.models import AssistanceRequest
from mla.policies import why_not_begin

AT_MOST = 50


def requests_card(request: HttpRequest, case: Case) -> str:
    """The newest requests of the case that the reader sees, each from the reader's side."""
    found = AssistanceRequest.objects.visible_to(request.user).filter(case=case).order_by("-created_at", "-id")
    context = {
        "rows": rows_for(list(found[:AT_MOST]), request.standing),
        "case": case,
        "may_request": not why_not_begin(case, request.standing),
    }
    return render_to_string("mla/case_card.html", context, request=request)


def requests_of(case: Case) -> Iterable[AssistanceRequest]:
    """Every request of a case: who is named in a need-to-know case sees them with it."""
    return AssistanceRequest.objects.unscoped("naming a person gives all that hangs on the case").filter(case=case)
