"""The task that does nothing: what Celery, Valkey and a worker cost by themselves."""

from celery import shared_task


@shared_task(name="benchmarks.bare")
def bare() -> None:
    """Nothing."""
