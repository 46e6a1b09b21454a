"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases, items, grants, shares."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Teach bell, audit log and search this app's words and lists, and the agencies what becomes of cases."""
        from agencies import work
        from cases import auditing, lists, subjects
        from cases.services.case import settle_named

        subjects.register()
        auditing.register()
        lists.register()
        work.register(settle=settle_named)
