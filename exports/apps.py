"""The exports app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Exports of an agency's data."""

    name = "exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        """Teach the bell and the audit log this app's words and subjects, and the desk what waits."""
        from agencies.waiting import register
        from exports import subjects, waiting

        subjects.register()
        register(waiting.decisions)
