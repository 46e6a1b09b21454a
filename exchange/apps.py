"""The project as an app: its boot-time checks, commands and template tags."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Registers the checks that refuse to start an unsafe portal."""

    name = "exchange"

    def ready(self) -> None:
        """Import the checks so that Django runs them."""
        from exchange import checks  # noqa: F401
