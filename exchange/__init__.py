"""The Django project: wiring only, no words of the domain."""

from exchange.celery import app as celery_app

__all__ = ["celery_app"]
