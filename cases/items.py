"""What the kinds of items have in common: their tables, their content as plain data, and how that reads.

Content is what is frozen, hashed, redacted and shown; one shape for every kind:
`{"kind": "person", "born": "1988-03", "names": [{"name": ..., "script": ...}], ...}` with empty fields left out.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst

from accounts import dates
from cases.models import (
    CaseItem,
    Document,
    Firearm,
    Mark,
    Note,
    Organisation,
    Person,
    PersonDocument,
    PersonName,
)
from cases.models.items import Detail, Row

Content = dict[str, Any]
# Columns that hang a row on its item, or name what only the owner has.
NO_CONTENT = frozenset({"id", "item", "number", "file", "redacted_from"})
PARTIAL_DATES = frozenset({"born", "recovered_on"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its table, the tables of its rows, and the parts without which it says nothing."""

    model: type[Detail]
    rows: tuple[tuple[str, type[Row]], ...] = ()
    fixed: frozenset[str] = frozenset()


KINDS: dict[str, Kind] = {
    CaseItem.Kind.PERSON: Kind(Person, (("names", PersonName), ("documents", PersonDocument)), frozenset({"names"})),
    CaseItem.Kind.ORGANISATION: Kind(Organisation, fixed=frozenset({"name"})),
    CaseItem.Kind.FIREARM: Kind(Firearm, (("marks", Mark),), frozenset({"weapon_type", "serial_state"})),
    # A file goes whole, or its redacted copy goes, which is a document of its own.
    CaseItem.Kind.DOCUMENT: Kind(Document, fixed=frozenset({"name", "size", "media_type", "checksum", "marking"})),
    CaseItem.Kind.NOTE: Kind(Note, fixed=frozenset({"title"})),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an item as a reader sees it: its name, its words, its value; of rows, one text a row."""

    name: str
    label: str
    text: str = ""
    rows: tuple[str, ...] = ()


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """The fields that say something, in order."""
    return [field for field in model._meta.concrete_fields if field.name not in NO_CONTENT]


def contents_of(items: Iterable[CaseItem]) -> dict[uuid.UUID, Content]:
    """The present content of items by id; as many queries as there are tables of the kinds among them."""
    by_kind: dict[str, list[CaseItem]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    found: dict[uuid.UUID, Content] = {}
    for name, rows in by_kind.items():
        kind = KINDS[name]
        ids = [row.pk for row in rows]
        for detail in kind.model._default_manager.filter(item__in=ids):
            found[detail.pk] = {"kind": name, **_plain(detail)}
        for part, model in kind.rows:
            for row in model._default_manager.filter(item__in=ids).order_by("number"):
                found[row.item_id].setdefault(part, []).append(_plain(row))
    return found


def content_of(item: CaseItem) -> Content:
    """The present content of one item."""
    return contents_of([item])[item.pk]


def sha256(content: Content) -> str:
    """The checksum of a content: sorted keys, UTF-8, no spaces."""
    data = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(data.encode()).hexdigest()


def without(content: Content, withheld: Iterable[str]) -> Content:
    """The content with the withheld parts taken out whole; what a kind cannot do without stays."""
    out = set(withheld) - KINDS[content["kind"]].fixed - {"kind"}
    if "serial" in out:
        # 'Read' would say that there is a number.
        out.add("serial_state")
    return {name: value for name, value in content.items() if name not in out}


def parts_of(content: Content) -> list[Part]:
    """A content in words, in the order of the kind's form."""
    kind = KINDS[content["kind"]]
    found = [_rows(part, model, content) for part, model in kind.rows if part == "names"]
    for field in fields_of(kind.model):
        if field.name in content:
            found.append(Part(field.name, _label(field), _words(field, content[field.name])))
    found += [_rows(part, model, content) for part, model in kind.rows if part != "names"]
    return [part for part in found if part.text or part.rows]


def headline(content: Content) -> str:
    """By what an item is listed at its owner's: a name, a number, a title."""
    if content["kind"] == CaseItem.Kind.PERSON:
        first = content["names"][0]
        return " ".join(first[part] for part in ("surname", "name", "patronymic") if part in first)
    if content["kind"] == CaseItem.Kind.FIREARM:
        if "serial_state" not in content:
            return capfirst(Firearm.Type(content["weapon_type"]).label)
        return content.get("serial") or capfirst(Firearm.SerialState(content["serial_state"]).label)
    return content.get("title") or content.get("name") or ""


def second_line(content: Content) -> str:
    """What stands under the headline in a list."""
    if content["kind"] == CaseItem.Kind.PERSON:
        other = [PersonName(**_row(name)) for name in content["names"][1:]]
        return " · ".join([*map(str, other), dates.shown(content.get("born", ""))]).strip(" ·")
    if content["kind"] == CaseItem.Kind.FIREARM:
        words = [str(Firearm.Type(content["weapon_type"]).label)]
        return " · ".join([*words, *(content[name] for name in ("model", "calibre") if name in content)])
    if content["kind"] == CaseItem.Kind.ORGANISATION:
        return content.get("country", "")
    if content["kind"] == CaseItem.Kind.DOCUMENT:
        return " · ".join(
            [filesizeformat(content["size"]), *([content["description"]] if "description" in content else [])]
        )
    return content.get("author", "")


def _plain(row: models.Model) -> Content:
    values = {field.name: getattr(row, field.name) for field in fields_of(type(row))}
    return {name: value for name, value in values.items() if value not in ("", None)}


def _row(values: Content) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in {"surname", "name", "patronymic"}}


def _label(field: models.Field) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


def _words(field: models.Field, value: Any) -> str:
    if field.name == "size":
        return filesizeformat(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return dates.shown(value) if field.name in PARTIAL_DATES else str(value)


def _rows(name: str, model: type[Row], content: Content) -> Part:
    texts = []
    for row in content.get(name, []):
        head = str(model(**row))
        shown_already = {"surname", "name", "patronymic", "kind", "value", "text"}
        more = [
            _words(field, row[field.name])
            for field in fields_of(model)
            if field.name in row and field.name not in shown_already
        ]
        texts.append(f"{head} ({', '.join(more)})" if more else head)
    label = str(model._meta.verbose_name_plural)
    return Part(name, label[:1].upper() + label[1:], rows=tuple(texts))
