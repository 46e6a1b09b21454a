"""One item, and who sees it."""

import uuid

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.refusals import NotAllowed
from api.describing import reads
from api.fields import CANONICAL
from api.serializers.items import AccessOut, ItemOut, access_out, own, received
from cases.readings import access_of, note_reading, read_item, readers_of

SHARE = OpenApiParameter(
    "share",
    OpenApiTypes.UUID,
    description=gettext_lazy("To a receiver: what this share shows. Left out: what the newest one does."),
)


class ItemView(APIView):
    """One item."""

    @reads(ItemOut, gettext_lazy("One item"), more=(400,), parameters=[SHARE], operation_id="item")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The present text to its owner's side; to a receiver what was frozen, which the owner is told."""
        reading = read_item(request.user, request.standing, None, pk)
        wanted = _asked_for(request)
        if reading.own:
            note_reading(reading, request.standing)
            row = own(reading.item, reading.content, with_case=reading.at_home)
        else:
            through = [one.share.pk for one in reading.received]
            reading.received = [one for one in reading.received if wanted in (None, one.share.pk)][:1]
            if not reading.received:
                raise Http404
            note_reading(reading, request.standing)
            row = received(reading.received[0], reading.item, through)
        return Response(ItemOut(row).data)


def _asked_for(request: Request) -> uuid.UUID | None:
    """The share whose text is asked for; None for the newest. Raises ValidationError for what is no id."""
    said = request.query_params.get("share")
    if said is None:
        return None
    if not CANONICAL.fullmatch(said):
        raise ValidationError({"share": [ErrorDetail(_("Give the id of a share."), "invalid")]})
    return uuid.UUID(said)


class AccessView(APIView):
    """Who sees an item, and who has read it."""

    @reads(
        AccessOut,
        gettext_lazy("Who can see an item, through what, until when; and who has read it"),
        more=(403,),
        operation_id="item_access",
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Told to its owner's side alone."""
        reading = read_item(request.user, request.standing, None, pk)
        if not reading.at_home:
            raise NotAllowed(_("Only the owner's side is told who sees an item."))
        found = access_out(access_of(reading.item, request.standing.now), readers_of(reading.item))
        return Response(AccessOut(found).data)
