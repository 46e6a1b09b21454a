"""The words of this app's events in the audit log."""

from django.utils.translation import gettext_lazy as _

from audit import registry
from mla.workflow import TRANSITIONS


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_events(
        "request",
        _("Requests"),
        _("Request"),
        {
            "create": _("Draft begun"),
            "edit": _("Draft changed"),
            "read": _("Another agency's request read"),
            **{transition.name: transition.done for transition in TRANSITIONS},
        },
    )
