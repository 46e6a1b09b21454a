"""Makes the day's figures anew: beat makes them once a day, and shows nothing of what came later that day."""

from typing import Any

from django.core.management.base import BaseCommand

from figures.services import renew


class Command(BaseCommand):
    """`manage.py figures`."""

    help = "Make the day's figures now, also when they were made today."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and say of which day."""
        release = renew(anew=True)
        self.stdout.write(f"figures of {release}")
