"""The project as an app: its boot-time checks, commands and template tags."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Registers the checks that refuse to start an unsafe portal, and what is counted."""

    name = "exchange"

    def ready(self) -> None:
        """Import the checks so that Django runs them; count what is refused."""
        from django.contrib.auth.signals import user_login_failed

        from audit import registry
        from exchange import checks, metrics  # noqa: F401

        registry.on_refusal(metrics.refused)
        user_login_failed.connect(metrics.sign_in_failed)
