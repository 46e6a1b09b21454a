"""May this person do this with a case, an item or a share? A verdict, with its reason where a button shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies.models import Role
from agencies.standing import Standing
from cases.models import Case, CaseItem, Share
from cases.workflow import SHARE_TRANSITIONS, ShareTransition

# Who writes in a case: the people who work on it. A liaison officer decides on shares and writes nothing.
WRITERS = frozenset({Role.OFFICER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class ShareVerdict:
    """Whether a step of a share is open to a person, and if not, why."""

    transition: ShareTransition
    allowed: bool
    reason: str = ""
    # Why not, for the service: "role", "state" or "person".
    code: str = ""


def may_open_cases(standing: Standing) -> bool:
    """Whether the person can open a case for some agency."""
    return not standing.all_roles.isdisjoint(WRITERS)


def may_edit(case: Case, standing: Standing) -> bool:
    """Whether the person writes in this case: an officer or supervisor of its owner. Seeing it is asked elsewhere."""
    return standing.any_of(WRITERS, case.owner_id)


def may_edit_item(item: CaseItem, standing: Standing) -> bool:
    """The same for an item."""
    return standing.any_of(WRITERS, item.owner_id)


def may_ask_share(case: Case, standing: Standing) -> bool:
    """Whether the person can ask that items of this case be shared: an officer of its owner."""
    return standing.holds(Role.OFFICER, case.owner_id)


def owns(item: CaseItem, standing: Standing) -> bool:
    """Whether the item is the reader's own agency's, and its access page theirs to read."""
    return item.owner_id in {agency.pk for agency in standing.case_agencies}


def share_verdict(transition: ShareTransition, share: Share, standing: Standing) -> ShareVerdict:
    """Judge one step of a share for one person, by the table alone."""
    if not standing.holds(transition.role, share.owner_id):
        reason = _("Who can: %(role)s, %(agency)s.") % {"role": transition.role.label, "agency": share.owner.name}
        return ShareVerdict(transition, allowed=False, reason=reason, code="role")
    if share.state_at(standing.now) not in transition.from_:
        reason = _("This share is not in a state in which that is possible.")
        return ShareVerdict(transition, allowed=False, reason=reason, code="state")
    if share.via_request:
        reason = _("It crossed with request %(reference)s and stays with it.") % {"reference": share.via_reference}
        return ShareVerdict(transition, allowed=False, reason=reason, code="person")
    asked = share.asked_by_id == standing.user.pk
    if transition.asker is True and not asked:
        reason = _("Only the person who asked for the share can do this.")
        return ShareVerdict(transition, allowed=False, reason=reason, code="person")
    if transition.asker is False and asked:
        reason = _("You asked for this share: another person must decide.")
        return ShareVerdict(transition, allowed=False, reason=reason, code="person")
    return ShareVerdict(transition, allowed=True)


def share_verdicts(share: Share, standing: Standing) -> list[ShareVerdict]:
    """The steps of a share to show a person: those of their roles that its state knows."""
    now = share.state_at(standing.now)
    rows = [row for row in SHARE_TRANSITIONS if now in row.from_]
    return [share_verdict(row, share, standing) for row in rows]
