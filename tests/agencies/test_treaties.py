"""The treaties as the migration puts them in: which states, since when, what is verified, and what is left open."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from agencies.bonds import party_in_words
from agencies.legal_basis import RECIPROCITY, basis_name, basis_names, cited, is_basis
from agencies.models import Offence, Treaty, TreatyParty

pytestmark = pytest.mark.django_db

YES, DOUBTFUL, NO = (True, True), (True, False), (False, True)
# Party or not, and whether a source was found: as the research marks it. None: nothing was found out.
MARKS = {
    "chisinau-2002": {"KZ": YES, "KG": YES, "TJ": DOUBTFUL, "TM": NO, "UZ": YES},
    "minsk-1993": {"KZ": DOUBTFUL, "KG": DOUBTFUL, "TJ": DOUBTFUL, "TM": DOUBTFUL, "UZ": YES},
    "minsk-1993-protocol-1997": {"KZ": YES, "KG": YES, "TJ": YES, "TM": NO, "UZ": YES},
    "untoc": dict.fromkeys(("KZ", "KG", "TJ", "TM", "UZ"), DOUBTFUL),
    "uncac": dict.fromkeys(("KZ", "KG", "TJ", "TM", "UZ"), DOUBTFUL),
    "firearms-protocol": {"KZ": DOUBTFUL, "TM": DOUBTFUL},
    "financing-1999": dict.fromkeys(("KZ", "KG", "TJ", "TM", "UZ"), DOUBTFUL),
    "bombing-1997": dict.fromkeys(("KZ", "KG", "TJ", "TM", "UZ"), DOUBTFUL),
    "bilateral-KG-KZ-1996": {"KG": YES, "KZ": YES},
    "bilateral-KG-UZ-1996": {"KG": YES, "UZ": YES},
    "bilateral-KZ-UZ-1997": {"KZ": YES, "UZ": YES},
}
# Of the treaty itself: whether its dates were found where the research looked.
FOUND = {"chisinau-2002", "minsk-1993", "minsk-1993-protocol-1997"} | {code for code in MARKS if "bilateral" in code}
IN_FORCE = {
    "chisinau-2002": date(2004, 4, 27),
    "minsk-1993": date(1994, 5, 19),
    "minsk-1993-protocol-1997": date(1999, 9, 17),
}


@pytest.mark.parametrize("code", MARKS)
def test_parties_are_marked_as_they_were_found(code: str) -> None:
    """Each row says party or not, and verified or not; a state that nothing was found out about has no row."""
    rows = TreatyParty.objects.filter(treaty=code)
    assert {row.state: (row.is_party, row.verified) for row in rows} == MARKS[code]


def test_treaties_are_those_of_the_contracts() -> None:
    """No other codes, each marked as it was found, those of the region with the days that are known."""
    treaties = Treaty.objects.in_bulk()
    assert set(treaties) == set(MARKS)
    assert {code for code, treaty in treaties.items() if treaty.verified} == FOUND
    assert {code: treaties[code].in_force for code in IN_FORCE} == IN_FORCE
    assert not any(treaty.in_force for treaty in treaties.values() if treaty.kind == Treaty.Kind.BILATERAL)


def test_what_is_verified_names_its_source() -> None:
    """A mark without a source would be a word only; days stand only where they were found."""
    for row in (*Treaty.objects.filter(verified=True), *TreatyParty.objects.filter(verified=True)):
        assert row.source, row
    assert set(TreatyParty.objects.exclude(consented=None).values_list("verified", flat=True)) == {True}
    assert not TreatyParty.objects.exclude(starts=None, ends=None).exists(), "none of these days was found"


def test_each_treaty_speaks_both_languages() -> None:
    """Name, title and notes stand in English and in Russian, and the noun is that of the glossary."""
    for row in (*Treaty.objects.all(), *TreatyParty.objects.all()):
        assert bool(row.note_en) == bool(row.note_ru), row
    for treaty in Treaty.objects.all():
        assert treaty.name_en and treaty.name_ru and treaty.title_en and treaty.title_ru
        un = treaty.code in {"untoc", "uncac", "firearms-protocol", "financing-1999", "bombing-1997"}
        assert treaty.noun == (Treaty.Noun.REQUEST if un else Treaty.Noun.ASSIGNMENT)
        assert set(treaty.offences) <= set(Offence.values)
        assert set(treaty.channels) <= set(Treaty.Channel.values)


def test_names_come_from_the_rows() -> None:
    """In the reader's language; reciprocity and domestic law too; a code without a row speaks for itself."""
    assert basis_name("chisinau-2002") == "Chisinau Convention (2002)"
    with translation.override("ru"):
        assert basis_name("chisinau-2002") == "Кишинёвская конвенция 2002 г."
        assert basis_name(RECIPROCITY) == "принцип взаимности"
        assert basis_names()["domestic"] == "национальное законодательство"
    assert basis_name("bilateral-KG-XX-1990") == "bilateral-KG-XX-1990"
    assert basis_name("") == ""
    Treaty.objects.filter(pk="untoc").update(name_en="Renamed")
    assert basis_name("untoc") == "Renamed"


def test_what_may_be_a_basis() -> None:
    """A treaty of the table, or reciprocity; neither domestic law nor a code that nobody knows."""
    assert is_basis("minsk-1993") and is_basis(RECIPROCITY)
    assert not any(map(is_basis, ("domestic", "minsk-1994", "", "\u043c")))


@pytest.mark.parametrize(
    ("measures", "articles"),
    [
        ((), {"chisinau-2002": "7", "minsk-1993": "7", "untoc": "18", "uncac": "46", "bilateral-KG-UZ-1996": ""}),
        (("a",), {"chisinau-2002": "6, 7", "untoc": "18(3)(a)", "uncac": "46(3)(a)", "financing-1999": "12"}),
        (("a", "f", "a"), {"minsk-1993": "6, 7", "untoc": "18(3)(a), 18(3)(f)"}),
        (("video_hearing",), {"untoc": "18(18)", "uncac": "46(18)", "firearms-protocol": "1(2)"}),
        (("detained_transfer", "odd"), {"untoc": "18(10)", "bombing-1997": "10", "bilateral-KG-UZ-1996": ""}),
    ],
)
def test_articles_follow_the_measures(measures: tuple[str, ...], articles: dict[str, str]) -> None:
    """Those on the assistance sought, each once, and that on requests in general."""
    for code, article in articles.items():
        assert Treaty.objects.get(pk=code).article_for(measures) == article, code


def test_citing() -> None:
    """One article, several, or none that is known."""
    assert cited("X", "7") == "X, Article 7"
    assert cited("X", "6, 7") == "X, Articles 6, 7"
    assert cited("X", "") == "X"
    with translation.override("ru"):
        assert cited("X", "7") == "X, статья 7"
        assert cited("X", "6, 7") == "X, статьи 6, 7"


def row(**fields: date | bool | None) -> TreatyParty:
    """A party to the Chisinau Convention, not saved."""
    return TreatyParty(treaty_id="chisinau-2002", state="AM", **fields)


def test_a_party_is_bound_between_its_days() -> None:
    """The last day is one of them; without a day it is taken as bound; before it consented it is not."""
    first, last = date(2010, 1, 1), date(2012, 12, 31)
    bound = row(starts=first, ends=last)
    assert [bound.binds_on(day) for day in (date(2009, 12, 31), first, last, date(2013, 1, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert row().binds_on(date(1990, 1, 1)) and not row(is_party=False).binds_on(first)
    assert not row(consented=first).binds_on(date(2009, 12, 31)) and row(consented=first).binds_on(first)


def test_words_of_a_party() -> None:
    """Since when; not before which day; unknown; no party; denounced. Who consented early is bound from the start."""
    treaty = Treaty.objects.get(pk="chisinau-2002")
    assert party_in_words(row(starts=date(2010, 1, 1)), treaty) == "in force from 1 Jan 2010"
    assert party_in_words(row(consented=date(2003, 1, 1)), treaty) == "in force from 27 Apr 2004"
    assert party_in_words(row(consented=date(2010, 1, 1)), treaty) == "not before 1 Jan 2010"
    assert party_in_words(row(), treaty) == "since which day is not known here"
    assert party_in_words(row(is_party=False), treaty) == "not a party"
    ended = row(starts=date(2010, 1, 1), ends=date(2026, 6, 30))
    assert party_in_words(ended, treaty) == "in force from 1 Jan 2010, denounced, until 30 Jun 2026"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "TM"},
        {"state": "AM", "starts": date(2020, 1, 2), "ends": date(2020, 1, 1)},
    ],
)
def test_the_database_refuses_rows_that_contradict(wrong: dict[str, str | date]) -> None:
    """The same party twice without days; an end before the start."""
    with pytest.raises(IntegrityError), transaction.atomic():
        TreatyParty.objects.create(treaty_id="chisinau-2002", **wrong)
