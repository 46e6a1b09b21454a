"""The page of the API, read off its schema: every operation with its fields, for people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Schema = dict[str, Any]
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a body, or one parameter: its path, its type in words, what it means."""

    name: str
    kind: str
    needed: bool
    words: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The fields of one body."""

    title: str
    lines: list[Line]


@dataclass(slots=True)
class Operation:
    """One thing that a program can do."""

    anchor: str
    method: str
    path: str
    summary: str
    parameters: list[Line] = field(default_factory=list)
    sent: list[Table] = field(default_factory=list)
    answer: list[Table] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)

    @property
    def icon(self) -> str:
        """Reading or sending."""
        return "eye" if self.method == "GET" else "send"


def chapters(schema: Schema) -> list[tuple[str, list[Operation]]]:
    """The operations by the first word of their address."""
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            found.setdefault(path.split("/")[3], []).append(_operation(schema, method, path, said))
    return list(found.items())


def _operation(schema: Schema, method: str, path: str, said: Schema) -> Operation:
    good, bad = [], []
    for status, answer in said["responses"].items():
        (good if status.startswith("2") else bad).append((status, answer))
    body = said.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        parameters=[
            Line(one["name"], _kind(schema, one["schema"]), one.get("required", False), one.get("description", ""))
            for one in said.get("parameters", [])
        ],
        sent=_tables(schema, body) if body else [],
        answer=[
            table
            for _status, answer in good
            for table in _tables(schema, answer.get("content", {}).get(JSON, {}).get("schema", {}))
        ],
        refusals=[(status, answer["description"]) for status, answer in bad],
    )


def _tables(schema: Schema, body: Schema) -> list[Table]:
    """The tables of a body: one, or one for each of its kinds."""
    body = _whole(schema, body)
    if body.get("type") == "array":
        body = _whole(schema, body["items"])
    if "oneOf" in body:
        return [Table(_title(one), list(_lines(schema, one))) for one in (_whole(schema, of) for of in body["oneOf"])]
    lines = list(_lines(schema, body))
    return [Table("", lines)] if lines else []


def _title(body: Schema) -> str:
    """What tells one kind from the others: its only code."""
    codes = next((one["enum"] for one in body.get("properties", {}).values() if len(one.get("enum", ())) == 1), [""])
    return str(codes[0])


def _lines(schema: Schema, body: Schema, before: str = "") -> Iterator[Line]:
    needed = body.get("required", [])
    for name, given in body.get("properties", {}).items():
        one = _whole(schema, given)
        path = before + name
        words = str(one.get("description", "")).partition("\n\n* `")[0]
        yield Line(path, _kind(schema, one), name in needed, words, tuple(map(str, one.get("enum", ()))))
        inner = _whole(schema, one["items"]) if one.get("type") == "array" else one
        yield from _lines(schema, inner, f"{path}[]." if one.get("type") == "array" else f"{path}.")


def _whole(schema: Schema, body: Schema) -> Schema:
    """A part of the schema with what it refers to; its own words go first."""
    parts = [body] if "$ref" in body else body.get("allOf", []) if "allOf" in body else []
    found: Schema = {}
    for part in parts:
        found |= schema["components"]["schemas"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return found | {name: value for name, value in body.items() if name not in {"$ref", "allOf"}}


def _kind(schema: Schema, one: Schema) -> str:
    """The type of a field in words, with its limits."""
    kind = one.get("type", "object")
    if kind == "array":
        return _("list: %(of)s") % {"of": _kind(schema, _whole(schema, one["items"]))}
    words = {
        "boolean": _("true or false"),
        "integer": _("whole number"),
        "object": pgettext("type of a field", "object"),
        "string": pgettext("type of a field", "text"),
    }[kind]
    words = {"uuid": "UUID", "date": _("day, YYYY-MM-DD"), "date-time": _("moment, ISO 8601")}.get(
        one.get("format", ""), words
    )
    if one.get("enum"):
        words = pgettext("type of a field", "code")
    if "maxLength" in one:
        words = _("%(kind)s, at most %(count)d letters") % {"kind": words, "count": one["maxLength"]}
    return _("%(kind)s or null") % {"kind": words} if one.get("nullable") else words
