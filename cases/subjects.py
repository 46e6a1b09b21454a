"""What the bell needs to know of cases and shares: how one, or a share, looks to its reader now."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, Share
from cases.workflow import SHARE_TRANSITIONS
from notifications.registry import Subject, register_event, register_subject


def resolve_cases(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The cases among `ids` that the reader sees: reference and address, no title."""
    rows = Case.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "reference")
    return {pk: Subject(label=reference, url=reverse("cases:detail", args=[pk])) for pk, reference in rows}


def resolve_shares(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The shares among `ids` that the reader sees: reference and address."""
    rows = Share.objects.visible_to(user).filter(pk__in=list(ids))
    return {share.pk: Subject(label=str(share), url=reverse("shares:detail", args=[share.pk])) for share in rows}


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("share", resolve_shares)
    register_event("share.ask", _("A share waits for approval"))
    register_event("share.received", _("Information was shared with your agency"))
    for transition in SHARE_TRANSITIONS:
        register_event(f"share.{transition.name}", transition.done)
    register_subject("case", resolve_cases)
    register_event("case.name", _("You were named in a case"))
