"""The papers are true where a program can tell: commands, links, files they name, people, the table of steps."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.utils import translation

from exchange.management.commands import transitions
from exercise.agencies import AGENCIES
from exercise.people import PLAYERS

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "docker" / "README.md"],
    key=lambda path: path.relative_to(ROOT),
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
# A path of the checkout in backticks: a file in a folder, or a folder in one. A folder alone may be any app's.
NAMED = re.compile(r"`((?:\.?[\w-]+/)+(?:[\w.-]+\.(?:py|md|txt|in|json|po|html|scss|yml)|[\w-]+/))`")
# Made by `make`, or by hand, and so not in a fresh clone.
MADE = (".demo/", ".test/", ".venv/", "docker/secrets/")
LINK = re.compile(r"\]\(([^)\s]+)\)")

names = [str(path.relative_to(ROOT)) for path in PAPERS]
each_paper = pytest.mark.parametrize("paper", PAPERS, ids=names)


def anchors(paper: Path) -> set[str]:
    """The anchors of a paper's headings, as GitHub makes them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", paper.read_text(encoding="utf-8"), re.MULTILINE):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


@each_paper
def test_links_lead_somewhere(paper: Path) -> None:
    """Each link within the project names a file that is there, and a heading in it."""
    for target in LINK.findall(paper.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (paper.parent / path).resolve() if path else paper
        assert found.is_relative_to(ROOT) and found.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(found), f"{target} has no such heading"


@each_paper
def test_named_files_are_there(paper: Path) -> None:
    """A file or folder of the project that a paper names in backticks exists, seen from the project's root."""
    for name in NAMED.findall(paper.read_text(encoding="utf-8")):
        if not name.startswith(MADE):
            assert (ROOT / name).exists() or (paper.parent / name).exists(), f"`{name}` is not there"


@each_paper
def test_commands_exist(paper: Path) -> None:
    """Each `make TARGET` is in the Makefile, each `manage.py COMMAND` in the project."""
    text = paper.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for target in re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, re.MULTILINE):
        assert target in targets, f"make {target}"
    for command in re.findall(r"manage\.py ([a-z_]+)", text):
        assert command in get_commands(), f"manage.py {command}"


def test_pictures_are_light() -> None:
    """At most 200 KB each, and each stands in the README."""
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.stat().st_size < 200_000, picture.name
        assert f"(docs/pictures/{picture.name})" in README


def test_readme_names_both_commands() -> None:
    """What a newcomer types stands there."""
    assert "make demo" in README and "make test" in README


def test_readme_names_people_of_the_exercise() -> None:
    """Those it names are players of these agencies, somebody of each role; and it counts them all."""
    rows = dict(re.findall(r"^\| `([^`]+\.example)` \| ([A-Z-]+)", README, re.MULTILINE))
    players = {player.email: player for player in PLAYERS}
    assert rows == {email: players[email].agency for email in rows}
    assert {players[email].role for email in rows} == {player.role for player in PLAYERS}
    assert f"{len(PLAYERS)} invented people of {len(AGENCIES)} agencies in five states" in README


def test_transitions_are_those_of_the_table() -> None:
    """docs/transitions.md is what `manage.py transitions --write` writes, to the letter."""
    with translation.override("en"):
        written = transitions.as_page()
    assert (ROOT / transitions.PAGE).read_text(encoding="utf-8") == written


def test_licence_is_whole() -> None:
    """The full text of the Apache License 2.0."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
    assert [int(number) for number in re.findall(r"^   (\d)\. ", text, re.MULTILINE)] == list(range(1, 10))


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "adr").glob("0*.md")), ids=lambda path: path.stem)
def test_decision_records(record: Path) -> None:
    """Numbered without gaps, listed, each with its reason and what follows."""
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    text = record.read_text(encoding="utf-8")
    assert record.name in (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {int(record.name[:4])}. ")
    for heading in ("## What was asked", "## Decision", "## What follows"):
        assert heading in text
