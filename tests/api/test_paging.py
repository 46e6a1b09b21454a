"""Lists without totals: on and back by the addresses in the answers, with the cursors of the lists of the pages."""

import pytest
from django.urls import reverse

from cases.access import PAGE
from tests.api.programs import Program
from tests.factories import Line, World, case
from tests.security.people import browser, put


@pytest.fixture
def many(world: World) -> World:
    """Three pages of cases, the last one not full."""
    for _ in range(2 * PAGE + 3):
        case(world.drafter, world.bodies["drafting"])
    return world


def walk(program: Program, path: str) -> list[list[str]]:
    """All pages on to the last; and back again to the first, which must be the same."""
    page = program.get(path)
    assert page["previous"] is None
    pages = [[row["id"] for row in page["results"]]]
    while page["next"]:
        page = program.follow(page["next"])
        pages.append([row["id"] for row in page["results"]])
    for number in range(len(pages) - 1, 0, -1):
        page = program.follow(page["previous"])
        assert [row["id"] for row in page["results"]] == pages[number - 1]
    assert page["previous"] is None and set(page) == {"results", "next", "previous"}
    return pages


def test_on_and_back(many: World) -> None:
    """Each row once, newest first, whole pages but the last; the way back is the way on."""
    pages = walk(Program(many.drafter), "cases/")
    assert [len(page) for page in pages] == [PAGE, PAGE, 3]
    ids = [pk for page in pages for pk in page]
    assert len(set(ids)) == len(ids)


def test_the_cursor_of_the_pages(many: World) -> None:
    """What the page of the list takes, and no moment in it."""
    program, client = Program(many.drafter), browser(many.drafter)
    page = program.get("cases/")
    after = page["next"].partition("after=")[2]
    shown = client.get(reverse("cases:list"), {"after": after}).content.decode()
    second = program.follow(page["next"])["results"]
    assert all(row["reference"] in shown for row in second) and after == page["results"][-1]["id"]


def test_items_of_a_case(line: Line) -> None:
    """Also where the list is one case's."""
    for _ in range(PAGE + 1):
        put(line.case, line.world.drafter)
    assert [len(page) for page in walk(Program(line.world.drafter), f"cases/{line.case.pk}/items/")] == [PAGE, 1]


@pytest.mark.parametrize("said", ["", "x", "\x00", "9" * 5000, "00000000-0000-0000-0000-000000000001", "щ"])
def test_a_cursor_that_is_none(many: World, said: str) -> None:
    """The first page, as in the lists."""
    program = Program(many.drafter)
    first = program.get("cases/")
    assert program.get("cases/", after=said) == first
    assert program.get("cases/", after=said, trail=f"{said},{said}") == first
    program.get("shares/", after=said)
    program.get("requests/", after=said)


def test_a_trail_that_lies(many: World) -> None:
    """What is no cursor is left out of it, and it does not grow without end."""
    program = Program(many.drafter)
    after = program.get("cases/")["next"].partition("after=")[2]
    page = program.get("cases/", after=after, trail=",".join(["x", *[after] * 500]))
    assert len(page["next"]) < 2500 and "x," not in page["previous"]
