"""What a figure may show: tried against a reader who knows the rule and everything that is shown."""

from collections import defaultdict
from itertools import pairwise, product

import pytest

from figures.disclosure import AT_LEAST, FEW, KEPT, count, in_steps, median_of, share_of, with_total


@pytest.mark.parametrize(("number", "shown"), [(0, FEW), (1, FEW), (4, FEW), (5, 5), (6, 6), (1000, 1000)])
def test_a_count(number: int, shown: object) -> None:
    """From five on."""
    assert count(number) == shown


def test_steps_of_five() -> None:
    """A growing count differs from day to day by nothing or by five; a hidden one stays hidden."""
    shown = [in_steps(count(number)) for number in range(60)]
    assert shown[:5] == [FEW] * 5 and shown[5:11] == [5, 5, 5, 5, 5, 10]
    assert {later - before for before, later in pairwise(shown[5:])} == {0, 5}  # type: ignore[operator]
    assert in_steps(KEPT) == KEPT


@pytest.mark.parametrize(
    ("values", "shown"),
    [([], FEW), ([3] * 4, FEW), ([1, 2, 3, 4, 100], 3), ([1, 1, 1, 9, 9, 9], 5), ([0, 0, 0, 1, 1, 1], 0)],
)
def test_a_median(values: list[int], shown: object) -> None:
    """Of five or more, a whole number; one that lasts for ever moves it little."""
    assert median_of(values) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 100, FEW), (4, 100, FEW), (96, 100, FEW), (5, 9, FEW), (5, 10, 50), (5, 12, 40), (7, 1000, 0), (95, 100, 95)],
)
def test_a_share(part: int, whole: int, shown: object) -> None:
    """Only when both it and the rest are at least five; to the nearest five per cent."""
    assert share_of(part, whole) == shown


def test_a_total() -> None:
    """Large counts are always shown; the total when nothing small follows from it."""
    assert with_total([7, 8]) == ([7, 8], 15)
    assert with_total([7, 3]) == ([7, FEW], KEPT), "the small one would be the difference"
    assert with_total([7, 2, 3]) == ([7, FEW, FEW], KEPT), "five of two: each is one at least"
    assert with_total([7, 2, 2]) == ([7, FEW, FEW], 11)
    assert with_total([7, 0, 0]) == ([7, FEW, FEW], KEPT), "the difference would be none"
    assert with_total([1, 1, 1]) == ([FEW] * 3, KEPT)
    assert with_total([2, 2, 2]) == ([FEW] * 3, 6)
    assert with_total([]) == ([], 0)


@pytest.mark.parametrize(("places", "most"), [(1, 30), (2, 30), (3, 16), (4, 9), (5, 6)])
def test_nothing_small_can_be_computed(places: int, most: int) -> None:
    """Of all that looks the same to the reader, each small count is none somewhere, four somewhere, and all between.

    Every table of this size is made. Two that look alike cannot be told apart, whatever the reader knows of the rule.
    """
    alike: dict[tuple[object, ...], list[set[int]]] = defaultdict(lambda: [set() for _ in range(places)])
    for numbers in product(range(most), repeat=places):
        shown, total = with_total(numbers)
        for place, number in enumerate(numbers):
            alike[*shown, total][place].add(number)
    for key, found in alike.items():
        for place, number in enumerate(key[:-1]):
            assert found[place] == (set(range(AT_LEAST)) if number == FEW else {number}), key
    assert any(key[-1] == KEPT for key in alike)
    assert places == 1 or any(isinstance(key[-1], int) and FEW in key for key in alike) == (places > 2)
