"""The agencies app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    """States, agencies, memberships, roles."""

    name = "agencies"
    verbose_name = _("Agencies")

    def ready(self) -> None:
        """Teach the audit log what it asks about agencies."""
        from agencies import auditing

        auditing.register()
