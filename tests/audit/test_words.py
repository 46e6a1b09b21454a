"""Every event that the product records has words for the auditor."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from audit import registry
from cases.workflow import SHARE_BY_NAME
from exchange.catalogues import product_python
from exports.services import STEPS
from mla.workflow import BY_NAME

# What stands in the braces of an event's name, and all that it can be.
FAMILIES = {
    "request.": set(BY_NAME),
    "share.": set(SHARE_BY_NAME),
    "export.": {"ask", "ready", "fail", "download", "expire", *STEPS},
}
RECORDING = {"record", "record_each", "audited", "note_reading"}


def names_in(path: Path) -> set[str]:
    """The names of the events that a module records, as far as they stand there."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDING):
            continue
        for argument in node.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
            elif isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
                stem = str(argument.values[0].value)
                found |= {stem + name for name in FAMILIES[stem]}
    return found


def test_each_has_words() -> None:
    """A new event needs a line with `registry.register_events`: in the `auditing.py` of its app."""
    recorded = {name for path in product_python(settings.BASE_DIR) for name in names_in(path)}
    assert {"case.create", "item.download", "share.approve", "request.transmit", "audit.export"} <= recorded
    assert registry.taught(recorded) == recorded


@pytest.mark.parametrize("name", ["case.edit", "request.transmit"])
def test_words_are_not_names(name: str) -> None:
    """And what nobody taught says its name."""
    assert registry.event_words(name) != name
    assert registry.event_words(f"{name}.x") == f"{name}.x"


def test_the_choice_of_events() -> None:
    """Each once, by kind of record, sorted by its words."""
    rows = [row for _title, rows in registry.events() for row in rows]
    assert len(rows) == len(dict(rows)) > 40
    for _title, group in registry.events():
        assert group == sorted(group, key=lambda row: row[1])
