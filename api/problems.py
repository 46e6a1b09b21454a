"""Every refusal as `application/problem+json` (RFC 9457): one shape, whoever said no."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.refusals import Incomplete, MovedOn, NotAllowed, Refused
from cases.middleware import not_visible

MEDIA_TYPE = "application/problem+json"
# Where programs ask; what is answered there is never a page.
ROOT = "/api/"

STATUS: dict[type[Refused], int] = {NotAllowed: 403, MovedOn: 409, Incomplete: 400}

Errors = list[dict[str, str]]


def is_for_a_program(request: HttpRequest) -> bool:
    """Whether the one who asks reads JSON, and no page."""
    return request.path_info.startswith(ROOT)


def problem(status: int, detail: str, *, code: str, errors: Errors | None = None) -> dict[str, Any]:
    """The body of a refusal."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
    }


def answer(status: int, detail: str, *, code: str) -> JsonResponse:
    """A refusal from outside every view: no such address, a body too large for the portal, a failure."""
    return JsonResponse(problem(status, detail, code=code), status=status, content_type=MEDIA_TYPE)


def not_found() -> JsonResponse:
    """The same for what does not exist and for what this person may not see."""
    return answer(404, nothing_here(), code="not_found")


def nothing_here() -> str:
    """What is said of both."""
    return _("Nothing is here for you: the address is wrong, or what stood here is not open to you.")


def handle(raised: Exception, context: dict[str, Any]) -> Response | None:
    """Called for whatever a view raised; None for what is a failure of ours."""
    made = _told(raised)
    if made is None:
        return None
    response = Response(made, status=made["status"], content_type=MEDIA_TYPE)
    if isinstance(raised, exceptions.APIException) and getattr(raised, "auth_header", None):
        response["WWW-Authenticate"] = raised.auth_header
    return response


def _told(raised: Exception) -> dict[str, Any] | None:
    if isinstance(raised, Refused):
        errors = list(_of_service(raised)) if isinstance(raised, Incomplete) else []
        return problem(STATUS[type(raised)], str(raised.reason), code=raised.code, errors=errors)
    if isinstance(raised, exceptions.ValidationError):
        words = _("Something is missing or wrong.")
        return problem(400, words, code="invalid", errors=list(_of_shape(raised.detail)))
    if isinstance(raised, exceptions.APIException):
        return problem(raised.status_code, str(raised.detail), code=_code(raised))
    if isinstance(raised, (Http404, *not_visible())):
        return problem(404, nothing_here(), code="not_found")
    if isinstance(raised, PermissionDenied):
        return problem(403, str(raised), code="notallowed")
    if isinstance(raised, SuspiciousOperation | BadRequest):
        return problem(400, _("The request was not understood."), code="bad_request")
    return None


def _code(raised: exceptions.APIException) -> str:
    codes = raised.get_codes()
    return codes if isinstance(codes, str) else str(raised.default_code)


def _of_service(gap: Incomplete) -> Iterator[dict[str, str]]:
    """What a service, or a form of the pages, found missing or wrong."""
    for name, messages in gap.errors.items():
        for message in messages:
            article = getattr(message, "article", "")
            yield {"field": name, "code": "incomplete", "message": str(message), "article": article}


def _of_shape(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """What a body's shape has wrong, by the path of its field: `measures.0.kind`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
            yield from _of_shape(inner, here)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            deeper = isinstance(inner, dict | list)
            yield from _of_shape(inner, f"{path}.{number}".lstrip(".") if deeper else path)
    else:
        yield {"field": path, "code": detail.code, "message": str(detail), "article": ""}
