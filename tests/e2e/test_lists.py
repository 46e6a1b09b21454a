"""Filtering, searching and coming back, in a browser: with and without scripts, wide and narrow, in both languages."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page

from cases.models import SavedFilter, Search
from cases.services import save_case
from tests.e2e.conftest import with_password
from tests.e2e.visitor import Visitor, visitors
from tests.factories import MAIN, Line, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(browser: Browser, portal: Callable[..., str]) -> object:
    """Call it for a new visitor of a portal."""
    with visitors(browser, portal(EXERCISE="Saffron Crate")) as make:
        yield make


@pytest.fixture
def lines(world: World) -> list[Line]:
    """Thirty drafts, and one request on its way."""
    found = [Line(world, title=f"Hearing of an invented witness {number}") for number in range(30)]
    found[0].walk(*MAIN[:5])
    return found


def subjects(visitor: Visitor) -> list[str]:
    """The subjects on the page, in order."""
    return visitor.page.locator("main th.main > a").all_inner_texts()


def tick(page: Page, label: str) -> Locator:
    """The box of a filter; beside its label it says how many there are."""
    return page.get_by_role("checkbox", name=re.compile(rf"^{re.escape(label)}(\W|\d|$)"))


def query(visitor: Visitor) -> str:
    """What stands in the address behind the question mark."""
    return urlsplit(visitor.page.url).query


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_filtered_and_back(world: World, lines: list[Line], visit: Callable[..., Visitor], scripts: bool) -> None:
    """Tick, sort, turn the page, open a request, go back: the same page of the same list."""
    visitor = visit(javascript=scripts).enter(world.drafter).go("/requests/")
    page = visitor.page
    tick(page, "Draft").check()
    if not scripts:
        visitor.press("Apply")
    page.wait_for_url(re.compile("state=draft"))
    page.locator("main .chip").wait_for()
    assert "29 requests" in visitor.words and len(subjects(visitor)) == 25
    if scripts:
        assert page.evaluate("() => document.activeElement.id") == "state_draft", "the focus stays where it was"
    page.get_by_label("Sort").select_option("oldest")
    if not scripts:
        visitor.press("Apply")
    page.wait_for_url(re.compile("sort=oldest"))
    page.get_by_role("link", name="Newer", exact=True).wait_for()
    assert "state=draft" in query(visitor)
    visitor.press("Newer", "link")
    page.wait_for_url(re.compile("after="))
    place, shown = page.url, subjects(visitor)
    assert len(shown) == 4 and "state=draft" in place and "sort=oldest" in place
    page.locator("main th.main > a").first.click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]+/$"))
    page.go_back()
    page.wait_for_url(place)
    assert subjects(visitor) == shown
    assert tick(page, "Draft").is_checked() and page.get_by_label("Sort").input_value() == "oldest"
    visitor.press("To the beginning", "link")
    page.wait_for_url(lambda url: "after=" not in url)
    assert len(subjects(visitor)) == 25
    page.locator("main .chip").click()
    page.wait_for_url(lambda url: "state=" not in url)
    assert "30 requests" in visitor.words


def test_searched_from_the_bar(world: World, lines: list[Line], visit: Callable[..., Visitor]) -> None:
    """A word finds, a reference opens, and neither stands in an address."""
    visitor = visit().sign_in(with_password(world.drafter).email)
    page = visitor.page
    box = page.get_by_role("searchbox", name="Name, serial, reference")
    box.fill("свидетель witness 7")
    box.press("Enter")
    page.wait_for_url(re.compile(r"/search/[0-9a-f-]+/$"))
    assert "Nothing that you may see matches" in visitor.words
    box.fill("invented WITNESS 17")
    box.press("Enter")
    page.locator("main th.main > a").first.wait_for()
    assert subjects(visitor) == ["Hearing of an invented witness 17"]
    box.fill(lines[3].request.reference.lower().replace("-", " - "))
    box.press("Enter")
    page.wait_for_url(f"**/requests/{lines[3].pk}/")
    assert Search.objects.count() == 3


def test_searched_in_a_list_and_back(world: World, lines: list[Line], visit: Callable[..., Visitor]) -> None:
    """The words stay in the box, the filters stay chosen; the way back leads to the results; so does each tick."""
    visitor = visit().enter(world.drafter).go("/requests/")
    page = visitor.page
    tick(page, "Acknowledged").check()
    page.locator("main .chip").wait_for()
    assert len(subjects(visitor)) == 1
    page.go_back()
    page.locator("main .chip").wait_for(state="detached")
    assert len(subjects(visitor)) == 25 and not tick(page, "Acknowledged").is_checked()
    visitor.go("/requests/?state=draft")
    box = page.locator("main input[name=term]")
    box.fill("witness 17")
    visitor.press("Search")
    page.wait_for_url(re.compile("search="))
    assert "witness" not in page.url and "state=draft" in page.url
    assert box.input_value() == "witness 17" and "“witness 17”" in visitor.words
    found = subjects(visitor)
    assert found == ["Hearing of an invented witness 17"]
    page.locator("main th.main > a").first.click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]+/$"))
    page.go_back()
    page.locator("main .chip").first.wait_for()
    assert subjects(visitor) == found and box.input_value() == "witness 17"


def test_on_a_telephone(world: World, lines: list[Line], visit: Callable[..., Visitor]) -> None:
    """The filters stand behind a button, without scripts too; chosen and applied, they are shut again."""
    visitor = visit(width=360, javascript=False).enter(world.drafter).go("/requests/")
    page = visitor.page
    draft = tick(page, "Draft")
    assert not draft.is_visible()
    page.get_by_role("link", name="Filters").click()
    draft.check()
    tick(page, "Chisinau Convention (2002)").check()
    assert draft.is_visible() and not visitor.sideways()
    visitor.press("Apply")
    page.wait_for_url(re.compile("basis=chisinau-2002"))
    assert not tick(page, "Draft").is_visible()
    assert "29 requests" in visitor.words and page.locator("main .chip").count() == 2
    page.locator(".bar-search-link").click()
    page.wait_for_url("**/search/")
    visitor.fill(term="witness 17").press("Search")
    page.locator("main th.main > a").first.wait_for()
    assert subjects(visitor) == ["Hearing of an invented witness 17"]


def test_saved_in_russian(world: World, lines: list[Line], visit: Callable[..., Visitor]) -> None:
    """A filter is saved, opens its list, is renamed and deleted, in Russian; a name is found by its Latin spelling."""
    world.drafter.language = "ru"
    world.drafter.save(update_fields=["language"])
    visitor = visit(language="ru").enter(world.drafter).go("/requests/?state=draft&sort=due")
    page = visitor.page
    page.get_by_text("Сохранить эти фильтры").click()
    visitor.fill(name="Проекты по сроку", is_default=True)
    page.locator("main .saved-filters form button").click()
    page.locator("main .saved-filters li").wait_for()
    visitor.go("/requests/")
    assert query(visitor) == "state=draft&sort=due" and "Проекты по сроку" in visitor.words
    page.get_by_role("link", name="Снять все", exact=True).click()
    page.wait_for_url(lambda url: "state=" not in url)
    visitor.go("/filters/")
    visitor.press("Изменить", "link").fill(name="Мои проекты", is_default=False).press("Сохранить")
    page.wait_for_url("**/filters/")
    assert "Мои проекты" in visitor.words
    visitor.go("/requests/")
    assert query(visitor) == ""
    visitor.go("/filters/").press("Удалить")
    page.wait_for_url("**/filters/")
    assert not SavedFilter.objects.exists()
    content = {"title": "Дело Касымова", "offences": "Контрабанда"}
    save_case(actor=world.drafter, pk=lines[5].case.pk, version=1, content=content)
    page.locator(".bar-search-link").click()
    page.wait_for_url("**/search/")
    visitor.fill(term="Kasymov").press("Искать")
    page.locator("main th.main > a").first.wait_for()
    assert "Дело Касымова" in visitor.words and "1 дело" in visitor.words
