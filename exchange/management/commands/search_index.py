"""Compare what can be searched with the records it is made of, and write what differs."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases import indexing
from mla import faces


class Command(BaseCommand):
    """Exit 0 when all is as it must be or was mended, 1 when --check found a difference. Prints numbers only."""

    help = "Write anew what can be searched of cases, items, shares and requests, where it differs from them."

    def add_arguments(self, parser: CommandParser) -> None:
        """--check: compare and change nothing; --json: two numbers, and nothing else, on standard output."""
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, write, tell. Raises SystemExit(1) for a difference that was only to be found."""
        check = options["check"]
        differ = {"texts": indexing.reindex(write_them=not check), "faces": faces.reindex(write_them=not check)}
        if options["json"]:
            self.stdout.write(json.dumps(differ))
        else:
            word = "differ" if check else "written"
            self.stdout.write(f"{differ['texts']} texts, {differ['faces']} faces of requests {word}")
        if check and any(differ.values()):
            raise SystemExit(1)
