"""The directory: what a central authority was designated by, and which treaties bind whom, with mark and source."""

import re

import pytest
from django.urls import reverse

from agencies.models import Designation, Treaty, TreatyParty
from tests.cases.sharing import browser, text_of
from tests.factories import World, designate

pytestmark = pytest.mark.django_db


def page(world: World, language: str = "en") -> str:
    """The directory as the drafter reads it, without blanks that a browser does not show."""
    world.drafter.language = language
    world.drafter.save(update_fields=["language"])
    return re.sub(r"\s+", " ", text_of(browser(world.drafter).get(reverse("agencies:directory"))))


def row(text: str, name: str) -> str:
    """One treaty's row of the table."""
    (found,) = [part for part in text.split("<tr")[1:] if f">{name}<span" in part]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_treaties_with_marks_and_sources(world: World) -> None:
    """In force from which day; who is a party, verified or not; who is none; sources and notes."""
    said = row(page(world), "Chisinau Convention (2002)")
    assert "27 Apr 2004 verified" in said
    assert re.search(r"KG Kyrgyzstan KZ Kazakhstan UZ Uzbekistan verified|KG.*KZ.*UZ.*verified TJ", said)
    assert re.search(r"TJ.* not verified.*TM.* not a party", said)
    assert "Kyrgyzstan: not before 2 Sep 2004. Deposit of 2 September 2004. (zakonpravo.kz; adilet.zan.kz" in said
    said = row(page(world), "Treaty of Kyrgyzstan and Uzbekistan (1996)")
    assert "not known here verified" in said and "KZ" not in said
    said = row(page(world), "UNTOC (2000)")
    assert said.count("not verified") == 2 and "29 Sep 2003" in said


def test_treaties_stand_by_rank(world: World) -> None:
    """Those that cover every offence first, what amends them, treaties of two states, those for some offences."""
    text = page(world)
    names = [treaty.name for treaty in sorted(Treaty.objects.all(), key=lambda one: one.rank)]
    places = [text.index(f">{name}<span") for name in names]
    assert places == sorted(places)
    assert names[0] == "Chisinau Convention (2002)" and names[-1] == "Firearms Protocol (2001)"


def test_in_russian(world: World) -> None:
    """Names, words and notes."""
    said = row(page(world, "ru"), "Кишинёвская конвенция 2002 г.")
    assert "27 апреля 2004 г." in said and "не проверено" in said and "не участвует" in said
    assert "Депонирование 2 сентября 2004 г." in said


def test_a_treaty_of_which_no_party_is_known(world: World) -> None:
    """Its row is there, with nobody in it."""
    TreatyParty.objects.filter(treaty="uncac").delete()
    assert "KZ" not in row(page(world), "UNCAC (2003)")


def test_designations_name_what_they_rest_on(world: World) -> None:
    """A treaty by its name, domestic law in words, a code that nobody knows any more by itself."""
    body = next(iter(world.bodies.values()))
    for basis in ("minsk-1993", "domestic", "bilateral-KG-XX-1990"):
        designate(body, Designation.Function.SENDS, basis)
    designate(body, Designation.Function.RECEIVES, "minsk-1993")
    said = re.sub(r"<[^>]+>", "", page(world))
    assert "Minsk Convention (1993): receives requests, sends requests" in said
    assert "domestic rule: sends requests" in said
    assert "bilateral-KG-XX-1990: sends requests" in said
