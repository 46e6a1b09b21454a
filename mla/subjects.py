"""What the bell needs to know of requests: the words of each step, and how a request looks to its reader now."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mla.models import AssistanceRequest
from mla.workflow import TRANSITIONS
from notifications.registry import Subject, register_event, register_subject


def resolve(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The requests among `ids` that the reader sees: reference and address, no title."""
    rows = AssistanceRequest.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "reference")
    return {pk: Subject(label=reference, url=reverse("mla:detail", args=[pk])) for pk, reference in rows}


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("request", resolve)
    register_event("request.left", _("A draft has lost its drafter: an officer can take it over"))
    for transition in TRANSITIONS:
        register_event(f"request.{transition.name}", transition.done)
