"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases, items, grants, shares."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Teach bell and audit log this app's words and subjects, and the agencies what becomes of cases."""
        from agencies import work
        from cases import auditing, subjects
        from cases.services.case import settle_named

        subjects.register()
        auditing.register()
        work.register(settle=settle_named)
