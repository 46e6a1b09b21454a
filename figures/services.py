"""Making the day's figures. No record is opened to anybody: only counts, middles and shares leave this module.

They are made once a day, not when somebody looks: an observer who sees a person at work must not see a figure move.
"""

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from agencies.models import State
from figures.disclosure import count, in_steps, median_of, share_of, with_total
from figures.models import Release
from figures.quarters import Quarter, latest
from mla.models import AssistanceRequest, Measure
from mla.presentation import working_days

# The quarter that runs, and four that are over.
QUARTERS = 5
# Each figure of time, and the step up to which it is counted from the day of sending.
TIMES = {"acknowledged": "acknowledge", "answered": "send_response", "closed": "close"}

Pair = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """What is counted of one pair of states, or of all."""

    sent: Counter[Quarter] = field(default_factory=Counter)
    days: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    closed: int = 0
    withdrawn: int = 0


def renew(now: datetime | None = None, *, anew: bool = False) -> Release | None:
    """Make the figures of the day (UTC) unless they are made; `anew`: in any case. Returns the release, if made."""
    now = now or timezone.now()
    day = now.astimezone(UTC).date()
    if not anew and Release.objects.filter(day=day).exists():
        return None
    content = figures_of(day)
    with transaction.atomic():
        release, _made = Release.objects.update_or_create(day=day, defaults={"content": content, "made_at": now})
        # An older release beside a newer one would be something to subtract.
        Release.objects.exclude(pk=release.pk).delete()
    return release


def figures_of(day: date) -> dict[str, Any]:
    """The figures as they are shown: plain data, small counts taken out."""
    quarters = latest(day, QUARTERS)
    states = State.objects.filter(agencies__isnull=False).distinct().order_by("code").values_list("code", flat=True)
    pairs = list(permutations(states, 2))
    requests = _sent_since(quarters[-1])
    tallies, older = _tallies(requests, quarters)
    return {
        "quarters": [[quarter.year, quarter.number] for quarter in quarters],
        "pairs": [list(pair) for pair in pairs],
        "sent": _sent(tallies, pairs, quarters),
        "times": {name: _each(tallies, pairs, lambda one, name=name: median_of(one.days[name])) for name in TIMES},
        "withdrawn": _each(tallies, pairs, lambda one: share_of(one.withdrawn, one.withdrawn + one.closed)),
        "kinds": _kinds(requests.exclude(pk__in=older)),
    }


def _sent_since(quarter: Quarter) -> QuerySet:
    """Requests that were sent in a quarter or later, with the moments of their first steps; ids and moments only."""
    # A day earlier: a quarter begins in the east before it begins in UTC.
    since = datetime.combine(quarter.first_day, datetime.min.time(), tzinfo=UTC) - timedelta(days=1)
    first = {name: Min("events__at", filter=Q(events__name=step)) for name, step in TIMES.items()}
    return (
        AssistanceRequest.objects.unscoped("figures count requests; none is opened")
        .annotate(
            sent=Min("events__at", filter=Q(events__name="transmit")),
            withdrawn=Min("events__at", filter=Q(events__name="withdraw")),
            **first,
        )
        .filter(sent__gte=since)
    )


def _tallies(requests: QuerySet, quarters: list[Quarter]) -> tuple[dict[Pair | None, Tally], list[uuid.UUID]]:
    """Each pair's tally, and under None that of all pairs; and the requests that are older after all."""
    tallies: dict[Pair | None, Tally] = defaultdict(Tally)
    older = []
    states = ("requesting_state_id", "requested_state_id", "requesting_state__zone", "requested_state__zone")
    for pk, one, other, own_zone, zone, sent, withdrawn, *moments in requests.values_list(
        "pk", *states, "sent", "withdrawn", *TIMES
    ).iterator(chunk_size=2000):
        quarter = Quarter.of(sent.astimezone(ZoneInfo(own_zone)).date())
        if quarter < quarters[-1]:
            older.append(pk)
            continue
        steps = dict(zip(TIMES, moments, strict=True))
        for tally in (tallies[one, other], tallies[None]):
            tally.sent[quarter] += 1
            tally.closed += steps["closed"] is not None
            tally.withdrawn += withdrawn is not None
            for name, at in steps.items():
                if at is not None:
                    tally.days[name].append(working_days(sent, at, ZoneInfo(zone)))
    return tallies, older


def _sent(tallies: dict[Pair | None, Tally], pairs: list[Pair], quarters: list[Quarter]) -> list[dict[str, Any]]:
    """A column a quarter: each pair's requests and the total. The quarter that runs is told in steps."""
    columns = []
    for quarter in quarters:
        cells, total = with_total([tallies[pair].sent[quarter] for pair in pairs])
        if quarter == quarters[0]:
            cells, total = [in_steps(cell) for cell in cells], in_steps(total)
        columns.append({"cells": cells, "total": total})
    return columns


def _each(tallies: dict[Pair | None, Tally], pairs: list[Pair], figure: Any) -> dict[str, Any]:
    """One figure for each pair, and for all of them. Middles and shares do not add up: nothing can be subtracted."""
    return {"cells": [figure(tallies[pair]) for pair in pairs], "total": figure(tallies[None])}


def _kinds(requests: QuerySet) -> dict[str, Any]:
    """In how many requests each kind of assistance is sought. One request can seek several: these do not add up."""
    found = (
        Measure.objects.filter(request__in=requests.values("pk"))
        .values("kind")
        .annotate(n=Count("request", distinct=True))
    )
    numbers = dict(found.order_by().values_list("kind", "n"))
    return {kind: in_steps(count(numbers.get(kind, 0))) for kind in Measure.Kind.values}
