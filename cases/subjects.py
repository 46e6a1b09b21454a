"""What the bell needs to know of cases: how one looks to its reader now."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from notifications.registry import Subject, register_event, register_subject


def resolve_cases(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The cases among `ids` that the reader sees: reference and address, no title."""
    rows = Case.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "reference")
    return {pk: Subject(label=reference, url=reverse("cases:detail", args=[pk])) for pk, reference in rows}


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("case", resolve_cases)
    register_event("case.name", _("You were named in a case"))
