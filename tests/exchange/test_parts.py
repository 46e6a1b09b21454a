"""Each part of the design is one component, and stands on the page `parts`, which the browser tests walk."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import World
from tests.security.people import browser

COMPONENTS = settings.BASE_DIR / "templates" / "components"
TAG = re.compile(r"<c-([a-z][a-z-]*)")


def named_in(template: Path) -> set[str]:
    """The parts that a template uses; slots and the declaration of attributes are none."""
    found = TAG.findall(template.read_text(encoding="utf-8"))
    return {name.replace("-", "_") for name in found} - {"slot", "vars"}


def test_every_part_stands_there() -> None:
    """By itself, or inside another part: no component is missing from the page."""
    parts = {one.stem for one in COMPONENTS.glob("*.html")}
    shown: set[str] = set()
    found = named_in(settings.BASE_DIR / "templates" / "parts.html")
    while found - shown:
        shown |= found
        found = set().union(*(named_in(COMPONENTS / f"{name}.html") for name in shown))
    assert sorted(parts - shown) == [], "not on the page parts"


def test_every_part_is_described() -> None:
    """Whoever writes a page finds the part, and how to give it values, in the list beside the parts."""
    words = (COMPONENTS / "README.md").read_text(encoding="utf-8")
    told = {name.replace("-", "_") for name in re.findall(r"`c-([a-z-]+)`", words)}
    inside = {"field_help"}
    assert {one.stem for one in COMPONENTS.glob("*.html")} - inside == told


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_is_shown(world: World, language: str) -> None:
    """Made without a tag left over, in each language."""
    world.drafter.language = language
    world.drafter.save(update_fields=["language"])
    response = browser(world.drafter).get(reverse("parts"))
    assert response.status_code == 200 and "<c-" not in response.content.decode()
