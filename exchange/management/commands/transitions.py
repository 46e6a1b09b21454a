"""Print the table of transitions; with --write, docs/transitions.md."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from mla.workflow import TRANSITIONS, Transition

PAGE = Path("docs") / "transitions.md"


def as_data(row: Transition) -> dict[str, Any]:
    """A row of the table as plain data. A `to` of "asked_from": back to where the question was asked."""
    return {
        "name": row.name,
        "from": [state.value for state in row.from_],
        "to": row.to.value if row.to else "asked_from",
        "roles": [row.role.value],
        "body": row.body.value,
        "side": row.side.value,
        "requires": list(row.requires),
        "only": row.only.value if row.only else None,
        "apart_from": [person.value for person in row.apart_from],
        "article": row.article,
        "source": row.source,
    }


def as_page() -> str:
    """The table as Markdown."""
    lines = [
        "# Transitions of a request",
        "",
        "Written by `manage.py transitions --write` from the one table, `mla/workflow.py`. `asked_from`: back to the",
        "state in which the question was asked. A domestic step is seen by its own side, a wire event by both.",
        "",
        "| step | from | to | who | seen by | asks for | other people than | rule |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in map(as_data, TRANSITIONS):
        who = f"{row['roles'][0]} ({row['body']}{', the ' + row['only'] if row['only'] else ''})"
        rule = f"{row['article']} ({row['source']})" if row["article"] else row["source"]
        cells = (
            f"`{row['name']}`",
            ", ".join(row["from"]),
            row["to"],
            who,
            "both" if row["side"] == "wire" else row["side"],
            ", ".join(row["requires"]),
            ", ".join(row["apart_from"]),
            rule,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    """Exit 0."""

    help = "The table of transitions, as JSON (--json) or as the page docs/transitions.md (--write)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--json or --write; without either the page is printed."""
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write, always in English."""
        with translation.override("en"):
            if options["json"]:
                self.stdout.write(json.dumps([as_data(row) for row in TRANSITIONS], indent=1))
            elif options["write"]:
                PAGE.write_text(as_page(), encoding="utf-8")
            else:
                self.stdout.write(as_page(), ending="")
