"""Filters that a person keeps: saved, opened, renamed, deleted, opened with their list; and nobody else's."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.refusals import Incomplete
from agencies.models import Role
from cases.models import SavedFilter
from cases.services.saved import change_filter, remove_filter, save_filter
from cases.services.search import look_for
from tests.cases.sharing import Sharing, browser, text_of, token
from tests.factories import agency, person

pytestmark = pytest.mark.django_db

CASES = reverse("cases:list")


@pytest.fixture
def it() -> Sharing:
    """A case and its people."""
    return Sharing()


def save(it: Sharing, **more: Any) -> Any:
    """Send the form that stands beside a list."""
    data = {"place": "cases", "query": "access=named&sort=oldest", "name": "Ours, oldest", "token": token()} | more
    return browser(it.officer).post(reverse("filters:save"), data)


def test_saved_and_opened(it: Sharing) -> None:
    """It leads to the list with its filters, and stands beside it from then on."""
    answer = save(it)
    assert answer["Location"] == f"{CASES}?access=named&sort=oldest"
    page = text_of(browser(it.officer).get(CASES))
    assert "Ours, oldest" in page and "?access=named&amp;sort=oldest" in page
    assert 'aria-current="true">Ours, oldest' in text_of(browser(it.officer).get(answer["Location"]))


def test_the_form_stands_only_where_something_is_chosen(it: Sharing) -> None:
    """The plain list has nothing to save."""
    client = browser(it.officer)
    assert "Save these filters" not in text_of(client.get(CASES))
    assert "Save these filters" in text_of(client.get(f"{CASES}?sort=oldest"))


def test_only_codes_of_the_list_are_kept(it: Sharing) -> None:
    """Neither a search, nor a place in the list, nor words that somebody put into the address."""
    search = look_for(actor=it.officer, term="Oylonov").search
    save(it, query=f"access=named&search={search.pk}&after=x&evil=Oylonov&access=Oylonov&view=all")
    assert SavedFilter.objects.get().query == "access=named"


WRONG = [
    {"name": ""},
    {"name": "x" * 61},
    {"name": "a\u202eb"},
    {"query": ""},
    {"query": "evil=1"},
    {"place": "nowhere"},
    {"place": "items"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_saved(it: Sharing, wrong: dict[str, str]) -> None:
    """Said in the form; what was typed is kept; nothing is saved."""
    answer = save(it, **wrong)
    assert answer.status_code == 200 and 'role="alert"' in text_of(answer)
    assert not SavedFilter.objects.exists()


def test_the_same_name_takes_the_place_of_the_first(it: Sharing) -> None:
    """Saving is also changing."""
    save(it)
    save(it, query="access=agency")
    assert SavedFilter.objects.get().query == "access=agency"


def test_a_list_opens_with_its_default(it: Sharing) -> None:
    """Its plain address leads to the filters; 'Clear all' leads to the whole list, and stays there."""
    save(it, is_default="on")
    client = browser(it.officer)
    assert client.get(CASES)["Location"] == f"{CASES}?access=named&sort=oldest"
    page = client.get(f"{CASES}?access=named")
    cleared = page.context["listing"].cleared
    assert cleared == f"{CASES}?view=all" and client.get(cleared).status_code == 200
    other = browser(it.colleague)
    assert other.get(CASES).status_code == 200, "nobody else's list"


def test_one_default_for_a_list(it: Sharing) -> None:
    """The newer takes the place of the older; another list has its own."""
    save(it, is_default="on")
    save(it, name="Second", query="access=agency", is_default="on")
    save(it, name="Requests", place="requests", query="state=draft", is_default="on")
    defaults = SavedFilter.objects.filter(is_default=True).order_by("name")
    assert [one.name for one in defaults] == ["Requests", "Second"]


def test_renamed_and_made_the_default(it: Sharing) -> None:
    """On a page of its own."""
    save(it)
    one = SavedFilter.objects.get()
    client, url = browser(it.officer), reverse("filters:change", args=[one.pk])
    assert "Ours, oldest" in text_of(client.get(url))
    answer = client.post(url, {"name": "Renamed", "is_default": "on", "token": token()})
    assert answer["Location"] == reverse("filters:list")
    one.refresh_from_db()
    assert (one.name, one.is_default, one.query) == ("Renamed", True, "access=named&sort=oldest")
    page = text_of(client.get(reverse("filters:list")))
    assert "Renamed" in page and "yes" in page


def test_two_of_one_name(it: Sharing) -> None:
    """Renaming does not overwrite another."""
    save(it)
    save(it, name="Second")
    url = reverse("filters:change", args=[SavedFilter.objects.get(name="Second").pk])
    answer = browser(it.officer).post(url, {"name": "Ours, oldest", "token": token()})
    assert answer.status_code == 200 and "has this name" in text_of(answer)
    assert SavedFilter.objects.filter(name="Second").exists()


def test_deleted(it: Sharing) -> None:
    """The same form again leads to the same page; another finds nothing there."""
    save(it)
    url, mark = reverse("filters:remove", args=[SavedFilter.objects.get().pk]), token()
    client = browser(it.officer)
    for _ in range(2):
        assert client.post(url, {"token": mark})["Location"] == reverse("filters:list")
    assert not SavedFilter.objects.exists() and client.post(url, {"token": token()}).status_code == 404
    assert "No saved filters yet" in text_of(client.get(reverse("filters:list")))


def test_another_persons_filter_is_not_there(it: Sharing) -> None:
    """Neither its page nor its name, for a colleague or an admin."""
    save(it)
    one = SavedFilter.objects.get()
    for user in (it.colleague, person(agency("KG-MIA"), Role.AGENCY_ADMIN)):
        client = browser(user)
        assert client.get(reverse("filters:change", args=[one.pk])).status_code == 404
        assert client.post(reverse("filters:change", args=[one.pk]), {"name": "x"}).status_code == 404
        assert client.post(reverse("filters:remove", args=[one.pk])).status_code == 404
        assert "Ours, oldest" not in text_of(client.get(reverse("filters:list")))
        assert "Ours, oldest" not in text_of(client.get(CASES))
    with pytest.raises(SavedFilter.DoesNotExist):
        change_filter(actor=it.colleague, pk=one.pk, name="x", is_default=False)
    with pytest.raises(SavedFilter.DoesNotExist):
        remove_filter(actor=it.colleague, pk=one.pk)
    assert SavedFilter.objects.exists()


def test_thirty_are_enough(it: Sharing) -> None:
    """One more is refused, with what to do."""
    for number in range(SavedFilter.AT_MOST):
        save_filter(actor=it.officer, place="cases", query="access=named", name=f"Filter {number}")
    with pytest.raises(Incomplete):
        save_filter(actor=it.officer, place="cases", query="access=named", name="One more")
    save_filter(actor=it.officer, place="cases", query="access=agency", name="Filter 3")
    save_filter(actor=it.officer, place="requests", query="state=draft", name="Another list's")


def test_the_form_counts_once(it: Sharing) -> None:
    """Sent twice, it leads to the same page; deleted between the two, it does not come back."""
    mark = token()
    first = save(it, token=mark)
    SavedFilter.objects.all().delete()
    assert save(it, token=mark)["Location"] == first["Location"] and not SavedFilter.objects.exists()


def test_a_code_that_is_gone_falls_away(it: Sharing) -> None:
    """A saved filter outlives the options of its list."""
    save(it)
    SavedFilter.objects.update(query="access=abolished&sort=oldest")
    page = text_of(browser(it.officer).get(CASES))
    assert "?sort=oldest" in page and "abolished" not in page
