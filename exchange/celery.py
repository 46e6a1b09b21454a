"""Celery: the worker that delivers, the beat that sends again what was not done."""

import logging
import os
import time
from typing import Any

from celery import Celery, Task
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    heartbeat_sent,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
)

from exchange import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

# Of the click that a task comes from: a task's lines say them too.
OF_THE_CLICK = ("request_id", "person", "agency")

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


@heartbeat_sent.connect
def worker_is_there(**kwargs: object) -> None:
    """Every two seconds, whether there is work or not."""
    from exchange.gauges import seen

    seen("worker")


@beat_init.connect
def watch_beat(**kwargs: object) -> None:
    """Beat is seen whenever it has sent something: every five seconds."""
    after_task_publish.connect(beat_is_there)


def beat_is_there(**kwargs: object) -> None:
    """In beat's own process only."""
    from exchange.gauges import seen

    seen("beat")


@setup_logging.connect
def write_as_the_settings_say(loglevel: int | None = None, **kwargs: object) -> None:
    """Celery adds no handlers of its own, which would write out what an exception says; `--loglevel` counts."""
    if loglevel:
        logging.getLogger().setLevel(loglevel)


@before_task_publish.connect
def say_whence(headers: dict[str, Any], **kwargs: object) -> None:
    """A message says when it was sent, for whoever asks how old the queue is, and for which click."""
    headers |= {"sent_at": time.time(), "click": logs.bound(*OF_THE_CLICK)}


@task_prerun.connect
def begin_lines(task: Task, task_id: str, **kwargs: object) -> None:
    """From here on every line is about this task, and the click that it came from."""
    scope = logs.about(task=task.name, task_id=task_id, **(task.request.get("click") or {}))
    scope.__enter__()
    task.request.lines = scope


@task_postrun.connect
def end_lines(task: Task, **kwargs: object) -> None:
    """What is written next is about something else."""
    if scope := task.request.get("lines"):
        scope.__exit__(None, None, None)
