"""Who sends, who receives: what the directory of designations says today."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.refusals import NotAllowed
from agencies.models import CASE_ROLES, Agency, Designation, RoleAssignment
from agencies.querysets import DesignationQuerySet
from mla.models import AssistanceRequest


def sending_authority_for(agency: Agency, basis: str) -> Agency:
    """The central authority that sends for an agency: itself if designated, else its state's, by basis first.

    Raises NotAllowed when the directory names none.
    """
    rows = list(_designated(Designation.Function.SENDS, agency.state_id).select_related("agency__state"))
    if not rows:
        raise NotAllowed(_("The directory names no central authority that sends requests. Ask your agency's admin."))
    return min(rows, key=lambda row: (row.agency_id != agency.pk, row.basis != basis, row.agency.code)).agency


def receiving_authorities(state_id: str) -> list[Agency]:
    """The agencies of a state that the directory names today as receiving requests, by code."""
    rows = _designated(Designation.Function.RECEIVES, state_id)
    return list(Agency.objects.filter(pk__in=rows.values("agency_id")).select_related("state"))


def _designated(function: str, state_id: str | None) -> DesignationQuerySet:
    return Designation.objects.on(timezone.now().date()).filter(function=function, agency__state_id=state_id)


def addressees(request: AssistanceRequest) -> dict[str, Any]:
    """Who could receive a request, each with how many people there work on cases now and would see it."""
    now = timezone.now()
    working = RoleAssignment.objects.current(now).of(CASE_ROLES)
    return {
        "authorities": [
            {
                "agency": agency,
                "people": working.filter(membership__agency=agency).values("membership__user").distinct().count(),
            }
            for agency in receiving_authorities(request.requested_state_id)
        ]
    }
