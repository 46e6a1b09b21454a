"""What happens to every request before a view and after it."""

import logging
import re
import secrets
from collections.abc import Callable
from http import HTTPMethod
from time import perf_counter

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from whitenoise.middleware import WhiteNoiseFileResponse

from agencies.standing import standing_of
from api import problems
from exchange import errors, logs, maintenance, metrics

logger = logging.getLogger("exchange.click")
MACHINE = re.compile(
    r"_FORMS\n|^(next|basis|token|version|show|add_row|go|view|language|theme)\n|\n[0-9a-f]{8}-[0-9a-f-]{27}\Z|\n(.{1,2}|true|false)\Z"
)
GetResponse = Callable[[HttpRequest], HttpResponse]


# Whoever watches over the portal asks these at any time.
WATCHED = {"/healthz", "/readyz"}
# What is answered before a view is found: a static file; and an address that is none, too large a body, a rest.
STATIC, NO_VIEW = "static", "none"
# Asked every few seconds, or many times a page: their lines are for whoever looks for one (LOG_LEVEL=DEBUG).
QUIET = {STATIC, "healthz", "readyz"}


class EachClick:
    """Each click has a number, in every log line about it, in its answer and on the page of a failure; and a last line.

    The line says which view answered, never the address: docs/adr/0049-logs-and-metrics.md.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        with logs.about(request_id=secrets.token_hex(6)):
            response = self.get_response(request)
            response["X-Request-ID"] = logs.request_id()
            answered(request, response, perf_counter() - began)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """From here on it is known which view answers."""
        logs.bind(view=view_of(request))


def view_of(request: HttpRequest) -> str:
    """The name of the view that answers, as the addresses' tables have it."""
    return request.resolver_match.view_name if request.resolver_match else NO_VIEW


def answered(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Write the line of one answer, and count it: both say the same."""
    view = STATIC if isinstance(response, WhiteNoiseFileResponse) else view_of(request)
    logs.bind(view=view)
    said = {"method": method_of(request), "status": response.status_code, "ms": round(seconds * 1000)}
    logger.log(logging.DEBUG if view in QUIET else logging.INFO, "answered", extra=said)
    metrics.answered(view, response.status_code, seconds)


def method_of(request: HttpRequest) -> str:
    """GET, POST and the like; whatever else was sent in its place is one word."""
    return str(request.method) if request.method in HTTPMethod.__members__ else "OTHER"


class Maintenance:
    """While the portal is being maintained every page says so, before anything of it is asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        minutes = maintenance.minutes_left()
        if minutes is None or request.path in WATCHED:
            return self.get_response(request)
        return errors.page(request, "maintenance", retry_after=minutes * 60, minutes=minutes)


class ResponseHeaders:
    """Pages of signed-in people are kept by nobody: no cache, no proxy, no back button on a shared machine."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class BodyLimit:
    """Refuse a body larger than any form of ours before one byte of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.limit = settings.UPLOAD_LIMIT_MB * 1024 * 1024 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = self.limit + 1
        if length > self.limit:
            # The server reads past a part of what still comes, holds nothing of it, and ends the connection.
            return errors.page(request, "too_large", limit=settings.UPLOAD_LIMIT_MB)
        return self.get_response(request)


class PersonLocale:
    """The person's own language (before sign-in: the cookie's or the browser's)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            language = request.user.language
        else:
            language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class CurrentStanding:
    """Account, membership and roles, read anew at each click; who has none left is signed out.

    Also sets the time zone of the person's agency, in which dates are shown and typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.standing = standing_of(request.user)
        if not request.user.is_authenticated:
            timezone.deactivate()
            return self.get_response(request)
        home = request.standing.home
        if home is None:
            logout(request)
            if problems.is_for_a_program(request):
                # Nobody from here on: the view says so, by 401.
                return self.get_response(request)
            words = _(
                "No role of yours runs at present: a new one waits until a second person has confirmed it. Ask your "
                "agency's admin."
            )
            messages.warning(request, words)
            return redirect(settings.LOGIN_URL)
        timezone.activate(home.tz)
        logs.bind(person=request.user.pk, agency=home.code)
        return self.get_response(request)


class KeepTyped:
    """A form sent after its session ended is not lost: the page that answers carries what was typed.

    Only for forms that come from our own pages (the browser's Origin says so): nobody else's page can have its words
    put before a signed-in person. See also exchange.views.csrf_failure.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """Answer a signed-out form before the redirect to sign-in would drop it."""
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if not from_our_own_page(request):
            return None
        return sign_in_and_send_again(request)


class RefusedMethods:
    """405 with words: Django's own has none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        page = errors.page(request, "method")
        page["Allow"] = response["Allow"]
        return page


def from_our_own_page(request: HttpRequest) -> bool:
    """Whether the browser says that this form stood on a page of this portal."""
    return request.META.get("HTTP_ORIGIN") in {
        f"{request.scheme}://{request.get_host()}",
        *settings.CSRF_TRUSTED_ORIGINS,
    }


def sign_in_and_send_again(request: HttpRequest) -> HttpResponse:
    """The page that keeps a form: its fields, and a button that sends them again once the person is signed in."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    # What a person would know again: no tokens, counters, ids of choices, or the button that was pressed.
    typed = [value for name, value in kept if value.strip() and not MACHINE.search(f"{name}\n{value}")]
    context = {"kept": kept, "typed": typed, "action": request.get_full_path(), "files": sorted(request.FILES)}
    return render(request, "kept.html", context, status=403)
