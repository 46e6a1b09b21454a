"""The cases app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases, items, grants, shares."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Teach the bell the words and subjects of this app, and the search its lists."""
        from cases import lists, subjects

        subjects.register()
        lists.register()
