"""What the bell needs to know of cases and shares: how one, or a share, looks to its reader now."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, Share
from cases.reminders import remind_of_ends
from cases.workflow import ENDED, LOOK, SHARE_TRANSITIONS
from notifications.models import Urgency
from notifications.registry import Subject, register_event, register_kind, register_reminders, register_subject


def resolve_cases(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The cases among `ids` that the reader sees: reference and address, no title."""
    rows = Case.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "reference")
    return {pk: Subject(label=reference, url=reverse("cases:detail", args=[pk])) for pk, reference in rows}


def resolve_shares(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The shares among `ids` that the reader sees: reference and address."""
    now = timezone.now()
    return {
        share.pk: Subject(
            label=str(share),
            url=reverse("shares:detail", args=[share.pk]),
            ended=share.state_at(now) in ENDED,
        )
        for share in Share.objects.visible_to(user, now=now).filter(pk__in=list(ids))
    }


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("share", resolve_shares)
    register_kind("share", Urgency.ACTION, _("A share waits for you"))
    register_kind("share", Urgency.NEWS, _("A share was decided, received or revoked, or ends soon"))
    register_event("share.ask", _("A share waits for approval"), icon="share-3")
    register_event("share.received", _("Information was shared with your agency"), icon="inbox")
    register_event("share.ends_soon", _("A share ends soon"), icon="clock")
    for transition in SHARE_TRANSITIONS:
        icon, ends = LOOK[transition.to][1], transition.to in ENDED
        register_event(f"share.{transition.name}", transition.done, icon=icon, ends=ends)
    register_reminders(remind_of_ends)
    register_subject("case", resolve_cases)
    register_kind("case", Urgency.NEWS, _("You were named in a case"))
    register_event("case.name", _("You were named in a case"), icon="user")
    register_event("case.named_left", _("Somebody named in a case has left the agency"), icon="user")
