"""The API has no tables of its own."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What programs may read and do, as the person who signed in."""

    name = "api"
