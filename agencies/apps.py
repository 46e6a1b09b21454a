"""The agencies app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    """States, agencies, memberships, roles."""

    name = "agencies"
    verbose_name = _("Agencies")

    def ready(self) -> None:
        """Teach the bell where people work: a day begins there, and its summary."""
        from agencies.standing import zones_of
        from notifications.registry import register_workplaces

        register_workplaces(zones_of)
