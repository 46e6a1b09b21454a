"""Pages on which a request is read as paper: the letter to print, and what changed between two versions."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mla.compare import changes
from mla.models import RequestVersion
from mla.paper import items_on_paper, note_print
from mla.reading import Reading, note_reading
from mla.versions import letter_content
from mla.views.fetching import fetch
from mla.workflow import EDITABLE, NOT_YET_SENT, Side

Series = RequestVersion.Series


@require_safe
def letter(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The letter to print: each page bears the reference, the marking, who printed it and when, and its number."""
    reading = fetch(request, pk)
    note_print(reading)
    context = {
        "reading": reading,
        "row": reading.request,
        "items": items_on_paper(reading),
        "numbers": list(reading.request.numbers.select_related("agency")),
        "printed_at": timezone.now(),
        "draft": reading.request.state in NOT_YET_SENT,
    }
    return render(request, "mla/print.html", context)


@require_safe
def compare(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What changed: on the own side before transmission since the draft went back, else between what crossed."""
    reading = fetch(request, pk)
    pair = _pair(reading)
    if pair is None:
        raise Http404
    note_reading(reading)
    context = {"reading": reading, "pair": pair, "changes": changes(*pair["contents"])}
    return render(request, "mla/changes.html", context)


def _pair(reading: Reading) -> dict[str, Any] | None:
    """The two contents to compare, with when they were frozen; None when there is nothing to compare yet."""
    row = reading.request
    domestic = reading.side == Side.REQUESTING and row.state in NOT_YET_SENT
    series = Series.SUBMITTED if domestic else Series.TRANSMITTED
    versions = list(row.versions.filter(series=series).order_by("-number")[:2])
    if domestic and row.state in EDITABLE and versions:
        return {"before": versions[0].frozen_at, "after": None, "contents": (versions[0].content, letter_content(row))}
    if len(versions) < 2:
        return None
    new, old = versions
    return {"before": old.frozen_at, "after": new.frozen_at, "contents": (old.content, new.content)}
