"""Pages behind mailed links: kept by nobody, told to nobody else, and not to be found by trying."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]
LIMITS = {"app": "allauth.account", "action": "unknown_link", "limit_get": True}


def by_link(find: Callable[[str], Any], unknown: type[Exception]) -> Callable[[View], View]:
    """Give a view the token of the address and the row that it belongs to.

    The address goes to no other site and stands in no Referer. A token that nobody was sent is counted; too many of
    them from one place close these pages to it for a while.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            response = _opened(request)
            # Not 'no-referrer': with that a browser sends the form with Origin 'null', as if from elsewhere.
            response["Referrer-Policy"] = "strict-origin"
            return response

        def _opened(request: HttpRequest) -> HttpResponse:
            if not ratelimit.consume(request, **LIMITS, dry_run=True):
                return ratelimit.respond_429(request)
            token = request.GET.get("token", "")
            try:
                row = find(token)
            except unknown:
                ratelimit.consume(request, **LIMITS)
                return not_working(request, status=404)
            return view(request, token, row)

        return opened

    return wrap


def not_working(request: HttpRequest, reason: str = "", *, status: int = 410) -> HttpResponse:
    """A link that leads nowhere, and why, as far as its holder may know."""
    unknown = _("This link is not known: perhaps it was cut, or a newer mail has replaced it. Use the newest mail.")
    return render(request, "agencies/link.html", {"reason": reason or unknown}, status=status)
