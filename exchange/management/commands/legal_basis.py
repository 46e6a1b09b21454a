"""Which treaty a request of one state to another may rest on, and what the request must then contain."""

import argparse
import json
import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils import timezone, translation

from agencies.legal_basis import RECIPROCITY, Basis, Proposal, basis_names, cited, propose
from agencies.models import Offence, Treaty
from mla.contents import POINTS, article_of, is_asked, is_required, recommended_by
from mla.models import Measure


def state(text: str) -> str:
    """Two letters of ISO 3166."""
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no code of a state, such as KG")
    return text.upper()


def years(text: str) -> int:
    """A number of years, such as 7y."""
    found = re.fullmatch(r"([0-9]{1,3})y?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of years, such as 7y")
    return int(found[1])


def day(text: str) -> date:
    """A day, as 2026-11-26."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, such as 2026-11-26") from None


def one_of(codes: type[models.TextChoices]) -> str:
    """The codes that are taken, for --help."""
    return "one of: " + ", ".join(codes.values)


class Command(BaseCommand):
    """Exit 0 when a treaty binds the two states for this, 1 when nothing but reciprocity is left, 2 when misused."""

    help = (
        "The legal basis of a request from state A to state B: treaties by rank, each with its article, whether it was"
        " found in a public source, and the reason why; channel, languages, seal, contents. Exit 1: reciprocity only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Two states, and what is known of the offence, the measures and the day."""
        parser.add_argument("requesting", metavar="A", type=state, help="code of the requesting state")
        parser.add_argument("requested", metavar="B", type=state, help="code of the requested state")
        parser.add_argument("--offence", metavar="O", choices=Offence.values, help=one_of(Offence))
        parser.add_argument("--max-penalty", metavar="Ny", type=years, help="highest penalty in years, such as 7y")
        kinds = f"{one_of(Measure.Kind)}; may be repeated"
        parser.add_argument(
            "--measure", metavar="m", action="append", default=[], choices=Measure.Kind.values, help=kinds
        )
        parser.add_argument("--on", metavar="DATE", type=day, help="as 2026-11-26; today unless given")
        parser.add_argument("--json", action="store_true", help="one object on standard output, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the proposal, always in English. Raises SystemExit(1) when nothing but reciprocity is left."""
        if options["requesting"] == options["requested"]:
            raise CommandError("A request goes to another state.", returncode=2)
        with translation.override("en"):
            found = propose(
                requesting=options["requesting"],
                requested=options["requested"],
                on=options["on"] or timezone.localdate(),
                offence=options["offence"],
                max_penalty_years=options["max_penalty"],
                measures=options["measure"],
            )
            data = as_data(found)
            if options["json"]:
                self.stdout.write(json.dumps(data, ensure_ascii=False, indent=1))
            else:
                self.stdout.write("\n".join(as_lines(found, data["contents"])))
        if found.principal.treaty == RECIPROCITY:
            raise SystemExit(1)


def as_data(found: Proposal) -> dict[str, Any]:
    """The proposal as plain data."""
    return {
        "principal": as_row(found.principal),
        "supplementary": [as_row(one) for one in found.supplementary],
        "alternatives": [as_row(one) for one in found.alternatives],
        "reasons": list(found.reasons),
        "channel": found.channel,
        "languages": list(found.languages),
        "seal": found.seal,
        "contents": contents(found.principal.treaty),
    }


def as_row(basis: Basis) -> dict[str, Any]:
    """One basis as plain data."""
    return {name: getattr(basis, name) for name in ("treaty", "article", "verified", "reason")}


def contents(basis: str) -> list[dict[str, Any]]:
    """What a request on this basis contains; `basis` of a point: whose article it is, empty for a house rule."""
    rows = []
    for point in POINTS:
        own = (basis if is_asked(point, basis) else "", article_of(point, basis))
        treaty, article = recommended_by(point, basis) or own
        row = {"code": point.code, "label": str(point.label), "article": article, "basis": treaty}
        rows.append(row | {"hard": is_required(point, basis)})
    return rows


def as_lines(found: Proposal, points: list[dict[str, Any]]) -> list[str]:
    """The proposal for a person at a terminal."""
    lines = []
    for head, bases in (
        ("Principal", (found.principal,)),
        ("Supplementary", found.supplementary),
        ("Alternatives", found.alternatives),
    ):
        marked = [f"  {one.cited} [{one.treaty}] {'verified' if one.verified else 'not verified'}" for one in bases]
        lines += [f"{head}:", *(marked or ["  none"])]
    lines += ["Reasons:", *(f"  {reason}" for reason in found.reasons)]
    lines.append(f"Channel: {Treaty.Channel(found.channel).label if found.channel else 'not known'}")
    lines.append(f"Languages: {', '.join(found.languages) or 'not known'}")
    lines.append(f"Seal: {'not known' if found.seal is None else 'wanted' if found.seal else 'not wanted'}")
    lines.append("Contents:")
    names = basis_names()
    for point in points:
        rule = cited(names[point["basis"]], point["article"]) if point["basis"] else "house rule or domestic law"
        lines.append(f"  {point['label']}: {'required' if point['hard'] else 'unless there is a reason'} ({rule})")
    return lines
