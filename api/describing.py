"""What an operation of the API says of itself, so that the schema names every answer that it gives."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from api.fields import Body
from api.paging import AFTER, TRAIL
from api.problems import MEDIA_TYPE
from api.sending import HEADER, KEY
from api.serializers.items import OUT, ItemOut
from api.serializers.problems import Problem

ANSWERS = {
    400: _("Something is missing or wrong."),
    401: _("Nobody is signed in."),
    403: _("What you see here, but may not do; or the CSRF header is missing."),
    404: _("What does not exist, or what you do not see."),
    409: _("It has moved on since: read it again."),
    413: _("The body is larger than the portal takes."),
    415: _("The body is no application/json."),
}
ON_ALL, ON_ONE, ON_SENDING = (401,), (404,), (400, 403, 404, 409, 413, 415)

PAGED = [
    OpenApiParameter(
        AFTER, OpenApiTypes.STR, description=_("Where the page begins: taken from next or previous, and not made.")
    ),
    OpenApiParameter(
        TRAIL, OpenApiTypes.STR, description=_("The way back: taken from next or previous, and not made.")
    ),
]
ONCE = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": KEY},
    OpenApiParameter.HEADER,
    description=_(
        "A name of your own for this sending, 1 to 255 visible letters of ASCII, best a random UUID. Sent again with "
        "the same body within 30 days, nothing is done a second time, and the answer shows what the first sending "
        "made. With another body it is refused by 400."
    ),
)


def refusals(*codes: int) -> dict[Any, OpenApiResponse]:
    """These refusals, each as a problem."""
    return {(code, MEDIA_TYPE): OpenApiResponse(Problem, ANSWERS[code]) for code in sorted({*codes, *ON_ALL})}


def reads(
    what: Any, summary: Any, *, one: bool = True, more: tuple[int, ...] = (), **kwargs: Any
) -> Callable[..., Any]:
    """An operation that reads."""
    answers = {200: OpenApiResponse(what, summary), **refusals(*(ON_ONE if one else ()), *more)}
    return extend_schema(summary=summary, description=summary, responses=answers, **kwargs)


def sends(body: Any, made: Any, summary: Any, *, status: int = 200, **kwargs: Any) -> Callable[..., Any]:
    """An operation that changes something."""
    answers = {status: OpenApiResponse(made, summary), **refusals(*ON_SENDING)}
    return extend_schema(
        summary=summary, description=summary, request=body, responses=answers, parameters=[ONCE], **kwargs
    )


def page_of(name: str, row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The envelope of a list."""
    address = {"allow_null": True}
    return type(
        f"{name}Page",
        (serializers.Serializer,),
        {
            "__doc__": "A page of a list",
            "__module__": __name__,
            "results": row(many=True, help_text=_("The rows of this page, newest first.")),
            "next": serializers.CharField(
                **address, help_text=_("The address of the next, older page; null: the last.")
            ),
            "previous": serializers.CharField(
                **address, help_text=_("The address of the previous, newer page; null: this is the first.")
            ),
        },
    )


class BodyScheme(OpenApiSerializerExtension):
    """A body of ours knows all its keys, and says so."""

    target_class = Body
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """As any other, and nothing beside it."""
        said = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return said | {"additionalProperties": False}


class ItemScheme(OpenApiSerializerExtension):
    """An item is one of its kinds."""

    target_class = ItemOut

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        """Its name among the components."""
        return "Item"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """The kinds."""
        kinds = [auto_schema.resolve_serializer(kind, direction).ref for kind in OUT.values()]
        return {"oneOf": kinds}


def finish(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """What holds for all operations: a body that is taken is needed, and an id is one from an answer."""
    for methods in result["paths"].values():
        for operation in methods.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = str(_("The id of the record, from a list or from what made it."))
    return result
