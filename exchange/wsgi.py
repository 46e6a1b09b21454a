"""The WSGI door that gunicorn opens."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

application = get_wsgi_application()

from exchange.checks import refuse_to_start  # noqa: E402 - needs Django to be set up

refuse_to_start()
