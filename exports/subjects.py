"""What the bell and the audit log need to know of exports."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.standing import standing_of
from audit import registry
from exports.models import AgencyExport
from notifications.models import ByMail, Urgency
from notifications.registry import Subject, register_event, register_kind, register_subject


def resolve(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The exports among `ids` that the reader sees: whose data, and where."""
    rows = AgencyExport.objects.visible_to(standing_of(user)).filter(pk__in=list(ids))
    return {
        pk: Subject(label=code, url=reverse("exports:detail", args=[pk]))
        for pk, code in rows.values_list("pk", "agency__code")
    }


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("export", resolve)
    register_kind("export", Urgency.ACTION, _("An export of data waits for you"), case_work=False)
    register_kind(
        "export", Urgency.NEWS, _("An export of data was decided, or is ready"), usual=ByMail.AT_ONCE, case_work=False
    )
    register_event("export.ask", _("An export of your agency's data waits for a second person"), icon="package-export")
    register_event("export.confirm", _("The export of your agency's data was confirmed"), icon="circle-check")
    register_event("export.decline", _("The export of your agency's data was declined"), icon="circle-x")
    register_event("export.ready", _("The export of your agency's data is ready"), icon="download")
    register_event("export.fail", _("The export of your agency's data could not be made"), icon="alert-triangle")
    registry.register_events(
        "export",
        _("Exports"),
        _("Export"),
        {
            "ask": _("Export of an agency's data asked for"),
            "confirm": _("Export confirmed"),
            "decline": _("Export declined"),
            "cancel": _("Export cancelled"),
            "ready": _("Export made"),
            "fail": _("Export could not be made"),
            "download": _("Export fetched"),
            "expire": _("Export over, its file removed"),
        },
    )
    registry.register_values("kind", dict(AgencyExport.Reason.choices))
