"""The mla app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MlaConfig(AppConfig):
    """Requests for mutual legal assistance."""

    name = "mla"
    verbose_name = _("Mutual legal assistance")

    def ready(self) -> None:
        """Teach the bell the words and subjects of this app."""
        from mla import subjects

        subjects.register()
