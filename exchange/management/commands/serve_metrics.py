"""Serve what Prometheus asks about outbox, queue, worker and beat, at an inner address, until the process is ended."""

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from exchange import gauges, metrics


class Command(BaseCommand):
    """A process of its own: docs/operations.md, 'Metrics'."""

    help = "Serve the metrics of outbox, queue, worker and beat, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--bind HOST:PORT: an address that nobody outside reaches."""
        parser.add_argument("--bind", default="127.0.0.1:9101")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve. Raises CommandError for an address that cannot be had, or where the owner's password is known."""
        if "owner" in connections.settings:
            raise CommandError("DATABASE_OWNER_URL is for commands only: the metrics' process must not know it.")
        try:
            server = metrics.door(options["bind"], gauges.registry())
        except (OSError, ValueError) as problem:
            raise CommandError(f"cannot listen at {options['bind']}: {problem}") from problem
        # As a container's first process nothing but a handler ends it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with server:
            server.serve_forever()
