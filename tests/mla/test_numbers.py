"""Numbers of journals as text: folded to be compared, and the one that follows."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.folding import LONGEST_NUMBER, folded
from mla.numbers import following, searchable

DASHES = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) == "Pd"]


@pytest.mark.parametrize(
    "dash", [*DASHES, "\u2212", "\u2043", "\u02d7", "\u2500", "ー"], ids=lambda dash: f"{ord(dash):04x}"
)
def test_every_kind_of_dash(dash: str) -> None:
    """Hyphen, dashes of every width, minus: one sign."""
    assert folded(f"14{dash}3") == folded(f"14 {dash} 3") == "14-3"


@pytest.mark.parametrize("slash", ["/", "\\", "⁄", "∕", "⧸", "╱", "／", " / ", "\u00a0/\u2009"])
def test_every_kind_of_slash(slash: str) -> None:
    """With blanks round it or none."""
    assert folded(f"14{slash}3") == "14/3"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("АВЕКМНОРСТУХ-1", "ABEKMHOPCTYX-1"),
        ("авекмнорстух-1", "abekmhopctyx-1"),
        ("исх. № 5", "ИСХ.5"),
        ("№5", "#5"),
        ("5\u200b\u200e6", "56"),
        ("5\u00ad6", "56"),
        ("５６", "56"),
        ("ё-1", "е-1"),
        ("И\u0306-1", "Й-1"),
    ],
)
def test_what_people_write_differently(one: str, other: str) -> None:
    """Script and case of letters, signs for 'number', marks that nobody sees."""
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("14-3", "143"), ("14/3", "14-3"), ("З-1", "3-1"), ("О-1", "0-1"), ("Б", "6")]
)
def test_what_is_different_stays_so(one: str, other: str) -> None:
    """Another separator is another number, and a letter is no figure."""
    assert folded(one) != folded(other)


@given(st.text(max_size=60))
def test_folding_is_done_once(text: str) -> None:
    """What is folded stays as it is; never longer than the column, no blanks, no line breaks."""
    once = folded(text)
    assert folded(once) == once
    assert len(once) <= LONGEST_NUMBER
    assert not any(one.isspace() for one in once) and "\x00" not in once


def test_what_a_search_looks_through() -> None:
    """A line for each number, each once, nothing for nothing."""
    assert searchable(["14/3 – 1", "", "14/3-1", "№", "b-2"]) == "14/3-1\nB-2"


@pytest.mark.parametrize(
    ("number", "next_one"),
    [
        ("14/3-218", "14/3-219"),
        ("14/3-099", "14/3-100"),
        ("218/26", "219/26"),
        ("218-2026", "219-2026"),
        ("26", "27"),
        ("исх-9а", "исх-10а"),
        ("no figures", ""),
        ("", ""),
        ("9" * 60, "1" + "0" * 60),
    ],
)
def test_the_number_that_follows(number: str, next_one: str) -> None:
    """The last figures one higher, with their zeros; the year stays."""
    assert following(number, 2026) == next_one
