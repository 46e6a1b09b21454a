"""How every page of a request begins: fetched through the door, or not there."""

import uuid

from django.http import Http404, HttpRequest
from django.urls import reverse

from mla.models import AssistanceRequest
from mla.reading import Reading, read


def fetch(request: HttpRequest, pk: uuid.UUID) -> Reading:
    """The request as the person's side may read it; 404 when they do not see it."""
    try:
        return read(request.user, request.standing, pk)
    except AssistanceRequest.DoesNotExist:
        raise Http404 from None


def back_to(pk: uuid.UUID) -> str:
    """The address of the request's own page."""
    return reverse("mla:detail", args=[pk])
