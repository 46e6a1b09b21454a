"""Celery: the worker that delivers, the beat that sends again what was not done."""

import logging
import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

app = Celery("exchange")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("exchange.pulse:WorkersPulse")


@worker_init.connect
@beat_init.connect
def check_first(**kwargs: object) -> None:
    """A worker or beat that must not serve ends before it takes a task."""
    from exchange.checks import refuse_to_start

    refuse_to_start()


@setup_logging.connect
def write_as_the_settings_say(loglevel: int | None = None, **kwargs: object) -> None:
    """Celery adds no handlers of its own, which would write out what an exception says; `--loglevel` counts."""
    if loglevel:
        logging.getLogger().setLevel(loglevel)
