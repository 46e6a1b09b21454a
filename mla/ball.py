"""Whose turn it is, as the chip of a page or a row shows it."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.standing import Standing
from mla.policies import Bodies, holder
from mla.presentation import held, working_days
from mla.workflow import Side


def ball(bodies: Bodies, side: Side, standing: Standing, since: datetime | None) -> dict[str, str]:
    """Two state codes, the half that holds, who it is in words, and for how long (working days)."""
    left, right = bodies.request.requesting_state_id, bodies.request.requested_state_id
    held_by = holder(bodies, side)
    if held_by is None:
        return {"left": left, "right": right, "holder": "none", "yours": "", "words": _("Nobody's turn"), "time": ""}
    where = "left" if held_by[0] == Side.REQUESTING else "right"
    days = working_days(since, standing.now, timezone.get_current_timezone()) if since else 0
    return {
        "left": left,
        "right": right,
        "holder": where,
        "yours": where if held_by[1].pk in standing.roles else "",
        "words": held_by[1].name,
        "time": held(days),
    }
