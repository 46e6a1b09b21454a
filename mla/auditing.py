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
            "copy": _("Draft begun as a copy"),
            "take_over": _("Draft taken over"),
            "read": _("Another agency's request read"),
            "print": _("Request laid out for paper"),
            "export": _("Another agency's request exported with the register"),
            **{transition.name: transition.done for transition in TRANSITIONS},
        },
    )
    registry.register_events(
        "paper",
        _("Requests on paper"),
        _("Request on paper"),
        {
            "create": _("Request on paper entered"),
            "edit": _("Request on paper changed"),
            "void": _("Request on paper marked void"),
        },
    )
    registry.register_events("register", _("Register"), _("Register"), {"export": _("Register exported")})
