"""What beat does for the figures."""

from celery import shared_task

from figures import services


@shared_task(name="figures.tasks.renew", time_limit=900)
def renew() -> None:
    """Make the day's figures, once a day."""
    services.renew()
