"""A Django page that asks nothing and says as many bytes as it is told to: what a page costs that does nothing."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="plain", ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, USE_TZ=True)
TEXT = "x" * int(os.environ["PLAIN_BYTES"])


def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    return HttpResponse(TEXT)


urlpatterns = [path("", page)]
application = get_wsgi_application()
