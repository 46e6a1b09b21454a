"""Where the form of a new item leads: to the item, or back to the page that asked for it."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cases.models import Case, CaseItem


def asked_by(request: HttpRequest) -> str:
    """The page of this portal that asked for a new item; empty when none did, or the address is no path of ours."""
    path = request.GET.get("next", "")
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) and "?" not in path
    return path if ours else ""


def back_from_form(request: HttpRequest, case: Case) -> str:
    """Where the form's way out leads."""
    return asked_by(request) or reverse("cases:detail", args=[case.pk])


def onward(request: HttpRequest, case: Case, item: CaseItem) -> str:
    """The item's page, or the page that asked, which learns the new item's id."""
    path = asked_by(request)
    return f"{path}?{urlencode({'new': item.pk})}" if path else reverse("cases:item", args=[case.pk, item.pk])
