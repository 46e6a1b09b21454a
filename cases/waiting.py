"""Shares that wait, and shares lately decided: the table of their steps as conditions of a query.

Every one of them is a share of a case that the person sees, asked at the door one by one.
"""

from datetime import datetime

from django.db.models import Q, UUIDField

from accounts.kept import Kept
from accounts.models import DeskView
from agencies.standing import Standing
from cases.models import Share
from cases.readings import revocations_of
from cases.workflow import SHARE_TRANSITIONS, ShareTransition

WAITED_FOR = {step.waits_in: step for step in SHARE_TRANSITIONS if step.waits_in}
RELATED = ("owner__state", "recipient__state", "asked_by", "decided_by")


def waiting_shares(standing: Standing, view: DeskView) -> list[Share]:
    """The shares that wait: for a step that is open to the person, or for anybody of their agencies."""
    return _newest(standing, _waiting(standing, view))


def shares_at_others(standing: Standing) -> list[Share]:
    """The shares that the person asked for, or sent back, and that wait for somebody else."""
    mine = Q(asked_by=standing.user) | Q(decided_by=standing.user)
    waiting = Q(state__in=list(WAITED_FOR), owner__in=standing.case_agencies)
    return _newest(standing, mine & waiting & ~_waiting(standing, DeskView.MINE))


# Whether an agency ever gave a share or got one: of most it tells at once that nothing waits.
SHARES = Kept(
    # Any of them, and not the newest, for which all would be sorted.
    lambda agency: Share.objects.filter(Q(owner=agency) | Q(recipient=agency)).order_by().values_list("pk")[:1],
    agency=UUIDField(),
)


def have_shares(standing: Standing) -> bool:
    """Whether one of the agencies for which the person works ever gave a share or got one."""
    return any(SHARES(agency=agency.pk) for agency in standing.case_agencies)


def decided_shares(standing: Standing, view: DeskView, since: datetime, limit: int) -> list[Share]:
    """The shares decided by others since a moment: of the person's own or their agencies' cases, or come to them."""
    seen = Share.objects.visible_among(standing.user, now=standing.now)
    own = Q(asked_by=standing.user) if view == DeskView.MINE else Q(owner__in=standing.case_agencies)
    came = Q(recipient__in=standing.case_agencies)
    # What crossed with a request is told by its step.
    seen = seen.filter(own | came, via_request=None, decided_at__gt=since).exclude(decided_by=standing.user)
    shares = list(seen.select_related(*RELATED).order_by("-decided_at")[:limit])
    revoked = revocations_of(shares)
    for share in shares:
        # The row says who approved it; who took it back, and when, the log says.
        last = revoked.get(share.pk)
        share.moved_at, share.moved_by = (last.at, last.actor) if last else (share.decided_at, share.decided_by)
    return sorted(shares, key=lambda share: share.moved_at, reverse=True)


def _newest(standing: Standing, condition: Q) -> list[Share]:
    shares = Share.objects.of_own_cases_among(standing.user, now=standing.now).filter(condition)
    return list(shares.select_related(*RELATED).order_by("asked_at", "pk")[: AT_MOST + 1])


# So many shares stand on a desk.
AT_MOST = 25


def _waiting(standing: Standing, view: DeskView) -> Q:
    found = Q(pk__in=[])
    for state, step in WAITED_FOR.items():
        here = Q(state=state, owner__in=standing.case_agencies)
        if view == DeskView.MINE:
            here = Q(state=state, owner__in=standing.agencies_where(step.role)) & _open_to(step, standing)
        found |= here
    return found


def _open_to(step: ShareTransition, standing: Standing) -> Q:
    if step.asker is None:
        return Q()
    return Q(asked_by=standing.user) if step.asker else ~Q(asked_by=standing.user)
