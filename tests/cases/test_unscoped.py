"""Every place in the product that reads past `visible_to`, and that nobody writes SQL or grants elsewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "agencies", "audit", "notifications", "cases", "mla", "figures", "exports")
APPS += ("backups", "exchange", "exercise")

# File and reason. A new use belongs here after somebody has asked who may then see what.
ALLOWED = {
    ("cases/services/case.py", "naming a person gives all that hangs on the case"),
    ("cases/services/case.py", "a case may be left to nobody when its named people leave"),
    ("cases/services/case.py", "a step gives to the named people of a case that its actor need not see"),
    ("cases/forms/items.py", "limited to the documents that the view has fetched"),
    ("cases/indexing.py", "the search index is made of every record"),
    ("mla/faces.py", "a case's name stands in the letters of its drafts"),
    ("mla/faces.py", "the search index is made of every request"),
    ("mla/crossing.py", "answers to a need-to-know case follow its named people"),
    ("mla/services/handing_over.py", "a person's drafts pass to another who sees them, or others are told"),
    ("mla/panels.py", "naming a person gives all that hangs on the case"),
    ("mla/reminders.py", "reminders go to whoever holds a request"),
    ("figures/services.py", "figures count requests; none is opened"),
    ("exchange/management/commands/who_can_see.py", "an operator asks who sees a record"),
}


def sources() -> Iterator[tuple[str, ast.AST]]:
    """The product's modules, parsed."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a method of this name."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield path, node


def test_every_use_of_unscoped_is_listed() -> None:
    """Each has a reason in plain words, and stands in the list above."""
    found = set()
    for path, call in calls("unscoped"):
        (reason,) = call.args
        assert isinstance(reason, ast.Constant), f"{path}:{call.lineno}: the reason is not written out"
        found.add((path, str(reason.value)))
    assert found == ALLOWED


@pytest.mark.parametrize("name", ["_base_manager", "raw", "has_perm", "get_objects_for_user", "assign_perm"])
def test_no_way_round_the_door(name: str) -> None:
    """What reads or grants past the door stands in the door's own modules only."""
    allowed = {"_base_manager": {"cases/access.py"}, "raw": {"cases/access.py"}}.get(name, set())
    for path, tree in sources():
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert name not in names or path in allowed, path


def test_grant_rows_are_written_in_one_module() -> None:
    """Nobody else makes, changes or takes away a grant row."""
    for path, tree in sources():
        if path == "cases/grants.py" or "/migrations/" in path or "/models/" in path:
            continue
        written = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in {"group_grants", "person_grants"}
        }
        assert not written, path
