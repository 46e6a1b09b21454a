"""The directory: states, their agencies, which of them are central authorities, and which treaties bind whom."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.bonds import party_in_words
from agencies.legal_basis import basis_names
from agencies.models import Agency, Designation, State, Treaty


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Agencies by state, with today's designations, and the treaties. No people: those are an agency's own."""
    return render(request, "agencies/directory.html", {"rows": _agencies(), "treaties": _treaties()})


def _agencies() -> list[dict[str, Any]]:
    """Each agency with its designations of today, by what they rest on."""
    names = basis_names()
    found: dict[object, list[Designation]] = {}
    for row in Designation.objects.on(timezone.now().date()).order_by("basis", "function"):
        found.setdefault(row.agency_id, []).append(row)
    return [
        {
            "agency": agency,
            "bases": [
                {"name": names.get(basis, basis), "designations": list(rows)}
                for basis, rows in groupby(found.get(agency.pk, []), key=lambda row: row.basis)
            ],
        }
        for agency in Agency.objects.select_related("state").order_by("state__code", "code")
    ]


def _treaties() -> list[dict[str, Any]]:
    """Each treaty, and the states of which it is known how they stand towards it: verified, not verified, no party."""
    names = {state.code: state.name for state in State.objects.all()}
    found = []
    for treaty in sorted(Treaty.objects.prefetch_related("parties"), key=lambda one: one.rank):
        parties = [
            {"row": row, "name": names.get(row.state, row.state), "words": party_in_words(row, treaty)}
            for row in treaty.parties.all()
        ]
        found.append(
            {
                "treaty": treaty,
                "parties": parties,
                "verified": [one for one in parties if one["row"].is_party and one["row"].verified],
                "unverified": [one for one in parties if one["row"].is_party and not one["row"].verified],
                "outside": [one for one in parties if not one["row"].is_party],
            }
        )
    return found
