"""The mla app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MlaConfig(AppConfig):
    """Requests for mutual legal assistance."""

    name = "mla"
    verbose_name = _("Mutual legal assistance")

    def ready(self) -> None:
        """Teach the bell this app's words and subjects, and the case page its requests."""
        from cases import panels as case_panels
        from mla import panels, subjects

        subjects.register()
        case_panels.register(panels.requests_card, panels.requests_of)
