"""What the worker does with an export, and beat with all of them."""

import uuid

from celery import shared_task

from exports import building, services

# An export of a large agency takes long. The database says who makes it and since when: a message that is lost with
# its worker is sent anew by `tend`, so it is acknowledged at once, and not given to a second worker meanwhile.
HOURS = 6 * 60 * 60


@shared_task(name="exports.tasks.build", acks_late=False, time_limit=HOURS)
def build(pk: str) -> None:
    """Make one export, unless another worker does."""
    building.build(uuid.UUID(pk))


@shared_task(name="exports.tasks.tend", time_limit=600)
def tend() -> None:
    """End what is over, and send to a worker what waits for one."""
    for pk in services.tend():
        build.delay(str(pk))
