"""Who asks: the person of the session, as on every page. Who is signed out gets 401, not a page to sign in."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class SessionOnly(SessionAuthentication):
    """The session's cookie, and for what changes something the CSRF header."""

    def authenticate_header(self, request: Request) -> str:
        """Named in the answer, without which it would be 403."""
        return "Session"


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema says it."""

    target_class = SessionOnly
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The cookie by its name."""
        words = _(
            "Sign in at /accounts/login/ with the fields login and password. POST also wants the header X-CSRFToken "
            "with the value of the CSRF cookie."
        )
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": str(words)}
