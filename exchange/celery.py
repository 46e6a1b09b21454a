"""Celery: the worker that delivers, the beat that sends again what was not done."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

app = Celery("exchange")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def check_first(**kwargs: object) -> None:
    """A worker or beat that must not serve ends before it takes a task."""
    from exchange.checks import refuse_to_start

    refuse_to_start()
