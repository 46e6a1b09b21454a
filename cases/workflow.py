"""The line of a share: states and the one table of transitions."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Role


class ShareState(models.TextChoices):
    """States of a share; 'expired' is never stored: it is what an approved share is after its last day."""

    PENDING = "pending", pgettext_lazy("share", "Waits for approval")
    SENT_BACK = "sent_back", pgettext_lazy("share", "Sent back")
    APPROVED = "approved", pgettext_lazy("share", "Shared")
    DECLINED = "declined", pgettext_lazy("share", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("share", "Cancelled")
    REVOKED = "revoked", pgettext_lazy("share", "Revoked")
    EXPIRED = "expired", pgettext_lazy("share", "Ended")


S = ShareState
ENDED = frozenset({S.DECLINED, S.CANCELLED, S.REVOKED, S.EXPIRED})

LOOK: dict[str, tuple[str, str]] = {
    S.PENDING: ("own", "clock"),
    S.SENT_BACK: ("own", "arrow-back-up"),
    S.APPROVED: ("good", "eye"),
    S.DECLINED: ("end", "ban"),
    S.CANCELLED: ("end", "circle-x"),
    S.REVOKED: ("end", "hand-stop"),
    S.EXPIRED: ("end", "clock-x"),
}


# From approval on only the approved items count.
OPENED = frozenset({S.APPROVED, S.REVOKED})
# Where a share stands for whoever asks what it opens: nothing yet, something now, no more, never.
PHASE: dict[str, str] = {
    S.PENDING: "asked",
    S.SENT_BACK: "asked",
    S.APPROVED: "open",
    S.DECLINED: "never",
    S.CANCELLED: "never",
    S.REVOKED: "ended",
    S.EXPIRED: "ended",
}


@dataclass(frozen=True, slots=True)
class ShareTransition:
    """One row of the table. `asker`: True, only the one who asked; False, anybody but them; None, either.

    `waits_in`: the state in which a share waits for this step. `todo`: the step as work that waits.
    """

    name: str
    label: str | Promise
    done: str | Promise
    from_: tuple[ShareState, ...]
    to: ShareState
    role: Role
    asker: bool | None
    wants_reason: bool = False
    dangerous: bool = False
    waits_in: ShareState | None = None
    todo: str | Promise = ""


SHARE_TRANSITIONS: tuple[ShareTransition, ...] = (
    ShareTransition(
        name="approve",
        label=_("Approve"),
        done=_("A share was approved"),
        from_=(S.PENDING,),
        to=S.APPROVED,
        role=Role.LIAISON,
        asker=False,
        waits_in=S.PENDING,
        todo=_("Decide on a share"),
    ),
    ShareTransition(
        name="send_back",
        label=_("Send back with a question"),
        done=_("A share was sent back with a question"),
        from_=(S.PENDING,),
        to=S.SENT_BACK,
        role=Role.LIAISON,
        asker=False,
        wants_reason=True,
    ),
    ShareTransition(
        name="decline",
        label=_("Decline"),
        done=_("A share was declined"),
        from_=(S.PENDING,),
        to=S.DECLINED,
        role=Role.LIAISON,
        asker=False,
        wants_reason=True,
        dangerous=True,
    ),
    ShareTransition(
        name="ask_again",
        label=_("Ask again"),
        done=_("A share waits for approval"),
        from_=(S.SENT_BACK, S.PENDING),
        to=S.PENDING,
        role=Role.OFFICER,
        asker=True,
        waits_in=S.SENT_BACK,
        todo=_("Answer a question on a share"),
    ),
    ShareTransition(
        name="cancel",
        label=_("Cancel request to share"),
        done=_("A share was cancelled"),
        from_=(S.PENDING, S.SENT_BACK),
        to=S.CANCELLED,
        role=Role.OFFICER,
        asker=True,
        dangerous=True,
    ),
    ShareTransition(
        name="revoke",
        label=_("Revoke access"),
        done=_("A share was revoked"),
        from_=(S.APPROVED,),
        to=S.REVOKED,
        role=Role.LIAISON,
        asker=None,
        wants_reason=True,
        dangerous=True,
    ),
)

SHARE_BY_NAME = {transition.name: transition for transition in SHARE_TRANSITIONS}
