"""What changed between two contents of a letter: by part, in words that went and words that came."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.legal_basis import basis_name
from agencies.models import State
from cases.models import CaseItem
from mla.models import LanguageVersion, Measure
from mla.reading import label_of

WORDS = re.compile(r"\s+|[^\s]+")
LINES = re.compile(r"[^\n]*\n?")
# Beyond this many words a text is compared by lines first, and only changed lines by words.
BY_WORDS = 4000
# What stands in a content for other reasons than to be read.
SILENT = frozenset({"reference", "requesting_state", "requesting_authority", "requested_authority", "supplied"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the letter that says something else."""

    name: str
    label: str
    pieces: tuple[Piece, ...]


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The parts that differ, in the order of the letter."""
    found = []
    for name in after:
        if name in SILENT:
            continue
        old, new = in_words(name, before.get(name)), in_words(name, after.get(name))
        if old != new:
            found.append(Change(name, label_of(name), tuple(pieces(old, new))))
    return found


def pieces(old: str, new: str) -> Iterator[Piece]:
    """Two texts as stretches that stayed, went or came; long ones by lines first."""
    if max(len(old), len(new)) // 6 <= BY_WORDS:
        yield from _matched(WORDS.findall(old), WORDS.findall(new))
        return
    a, b = LINES.findall(old), LINES.findall(new)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(a[i1:i2]))
        elif i2 - i1 + j2 - j1 < BY_WORDS // 100:
            yield from _matched(WORDS.findall("".join(a[i1:i2])), WORDS.findall("".join(b[j1:j2])))
        else:
            yield from _replaced("".join(a[i1:i2]), "".join(b[j1:j2]))


def _matched(a: list[str], b: list[str]) -> Iterator[Piece]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(a[i1:i2]))
        else:
            yield from _replaced("".join(a[i1:i2]), "".join(b[j1:j2]))


def _replaced(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece("went", old)
    if new:
        yield Piece("came", new)


def in_words(name: str, value: Any) -> str:
    """A part of the letter as a reader would read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "basis":
        return basis_name(value)
    if name == "requested_state":
        state = State.objects.filter(pk=value).first()
        return state.name if state else str(value)
    if name == "measures":
        return "\n\n".join(_measure(row) for row in value)
    if name == "attachments":
        return "\n".join(f"{row['reference']} ({CaseItem.Kind(row['kind']).label})" for row in value)
    if name == "languages":
        return "\n".join(_language(row) for row in value)
    return date_format(value, "DATE_FORMAT") if hasattr(value, "year") else str(value)


def _measure(row: dict[str, Any]) -> str:
    kind = Measure(number=row["number"], kind=row["kind"]).get_kind_display()
    attends = str(Measure._meta.get_field("attendance").verbose_name) if row.get("attendance") else ""
    lines = (f"{row['number']}. {kind}", row["description"], row.get("questions"), row.get("procedure"), attends)
    return "\n".join(line for line in lines if line)


def _language(row: dict[str, Any]) -> str:
    parts = (str(LanguageVersion.Language(row["language"]).label), row["translator"], row["certification"])
    return ", ".join(part for part in parts if part)
