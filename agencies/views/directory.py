"""The directory: states, their agencies, and which of them are central authorities."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Agency, Designation


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """All agencies by state, with the designations in force today. No people: those are an agency's own."""
    agencies = list(Agency.objects.select_related("state").order_by("state__code", "code"))
    designations: dict[object, list[Designation]] = {}
    for row in Designation.objects.on(timezone.now().date()).order_by("basis", "function"):
        designations.setdefault(row.agency_id, []).append(row)
    rows = [{"agency": agency, "designations": designations.get(agency.pk, [])} for agency in agencies]
    return render(request, "agencies/directory.html", {"rows": rows})
