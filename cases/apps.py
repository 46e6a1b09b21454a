"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases, items, grants, shares."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Teach the bell this app's words and subjects, and the agencies what becomes of cases when people leave."""
        from agencies import work
        from cases import subjects
        from cases.services.case import settle_named

        subjects.register()
        work.register(settle=settle_named)
