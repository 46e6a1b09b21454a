"""The agencies app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    """States, agencies, memberships, roles; how agencies and people come and go."""

    name = "agencies"
    verbose_name = _("Agencies")

    def ready(self) -> None:
        """Teach the bell where people work, bell and log this app's words, and the letters how they are written."""
        from agencies import auditing, subjects
        from agencies.services import accounts, invitations
        from agencies.standing import zones_of
        from notifications.registry import register_workplaces

        register_workplaces(zones_of)
        subjects.register()
        auditing.register()
        invitations.register_letters()
        accounts.register_letters()
