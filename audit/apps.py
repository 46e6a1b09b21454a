"""The audit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only events."""

    name = "audit"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        """Say one's own words."""
        from audit import registry

        registry.register_events("audit", _("Audit log"), _("Audit log"), {"export": _("Audit events exported")})
        registry.register_values(
            "code",
            {
                "role": _("another role"),
                "state": _("another state"),
                "person": _("another person must do it"),
                "fact": _("something was missing before"),
                "other_side": _("the other side's step"),
                "notallowed": _("not allowed"),
                "movedon": _("had moved on"),
                "incomplete": _("incomplete"),
            },
        )
