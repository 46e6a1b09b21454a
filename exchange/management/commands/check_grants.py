"""Compare the grant rows with what ownership, names, shares and requests give."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cases.expected import Finding, findings


class Command(BaseCommand):
    """Exit 0 when every row is as it must be, 1 with findings. Prints codes, references, addresses and moments only."""

    help = "Grant rows that are missing, too many or wrong, told from ownership, names, shares and requests."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json: a list of findings, and nothing else, on standard output."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings. Raises SystemExit(1) when there is one."""
        found = list(findings(timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps([as_data(one) for one in found], ensure_ascii=False, indent=1))
        else:
            for one in found:
                self.stdout.write(as_line(one))
            self.stdout.write(f"{len(found)} findings" if found else "every grant is as it must be")
        if found:
            raise SystemExit(1)


def as_data(one: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    columns = {name: {"is": held, "should_be": due} for name, (held, due) in one.columns.items()}
    return asdict(one) | {"columns": columns}


def as_line(one: Finding) -> str:
    """A finding in one line."""
    words = [one.problem, one.record, one.reference, one.source, one.share, one.agency, one.person]
    words += [f"{name}: {held} should be {due}" for name, (held, due) in one.columns.items()]
    return "  ".join(filter(None, words))
