"""What of exports waits on a desk: those that ask for this person as the second one."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.standing import Standing
from agencies.waiting import Decision
from exports.models import AgencyExport


def decisions(standing: Standing) -> Iterator[Decision]:
    """The exports that wait for this person; one query, and none for who may confirm none."""
    for one in AgencyExport.objects.waiting_for(standing):
        yield Decision(
            todo=_("Decide on an export of data"),
            about=one.agency.name,
            by=one.asked_by.name,
            since=one.asked_at,
            url=reverse("exports:detail", args=[one.pk]),
        )
