"""The API described: the schema for programs, and a page of it for people."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.describing import refusals
from api.handbook import chapters


class SchemaView(APIView):
    """The description of this API."""

    @extend_schema(
        summary=_("This description, as OpenAPI 3"),
        description=_("This description, as OpenAPI 3"),
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, _("An OpenAPI document.")), **refusals()},
        operation_id="schema",
    )
    def get(self, request: Request) -> Response:
        """Its words are in the person's language."""
        return Response(schema(get_language() or "en"))


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same as a page."""
    return render(request, "api/docs.html", {"chapters": _chapters(get_language() or "en")})


@lru_cache(maxsize=4)
def _chapters(language: str) -> SafeString:
    # Long, and the same for everybody: a third of a second each time.
    with override(language):
        return render_to_string("api/chapters.html", {"chapters": chapters(schema(language))})


@lru_cache(maxsize=4)
def schema(language: str) -> dict[str, Any]:
    """The schema in a language: made once, because it depends on nothing else."""
    with override(language):
        return SchemaGenerator().get_schema(request=None, public=True)
