"""The list of shares: in what order, page by page, and that its addresses tell nothing."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.access import PAGE
from cases.models import Share
from tests.cases.sharing import Sharing, browser, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


def listed(text: str, shares: list[Share]) -> list[Share]:
    """Those of the shares that stand on a page, in its order."""
    places = {share: text.find(f">{share}<") for share in shares}
    return sorted((share for share in shares if places[share] >= 0), key=lambda share: places[share])


def test_a_receiver_reads_them_in_the_order_in_which_they_came(it: Sharing) -> None:
    """When each was asked for at the owner's shows neither in the order nor in an address."""
    first, second, third = it.ask(), it.ask(it.person), it.ask(it.firearm)
    for share in (second, third, first):
        it.decide(share, "approve")
    url = reverse("shares:list")
    assert listed(text_of(browser(it.reader).get(url)), [first, second, third]) == [first, third, second]
    it.decide(third, "revoke")
    assert listed(text_of(browser(it.reader).get(url)), [first, second, third]) == [first, second]


def test_the_owner_reads_what_waits_by_when_it_was_asked(it: Sharing) -> None:
    """And what was decided by when."""
    decided, waiting = it.ask(), it.ask(it.person)
    page = text_of(browser(it.officer).get(reverse("shares:list")))
    assert listed(page, [decided, waiting]) == [waiting, decided]
    it.decide(decided, "decline")
    page = text_of(browser(it.officer).get(reverse("shares:list")))
    assert listed(page, [decided, waiting]) == [decided, waiting]


def test_page_by_page(it: Sharing) -> None:
    """Each once; the address of the next page is the last one's id; moments that are equal leave none out."""
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        shares = [it.shared(it.note) for _ in range(PAGE + 3)]
    client, url, found = browser(it.reader), reverse("shares:list"), []
    page = text_of(client.get(url))
    found += listed(page, shares)
    assert len(found) == PAGE
    assert f'href="{url}?after={found[-1].pk}"' in page
    page = text_of(client.get(url, {"after": str(found[-1].pk)}))
    found += listed(page, shares)
    assert sorted(found, key=str) == shares and len(found) == len(shares)
    assert 'rel="next"' not in page


@pytest.mark.parametrize("how", ["not there", "another's", "revoked"])
def test_a_place_that_is_gone(it: Sharing, how: str) -> None:
    """The list begins anew and says so, whatever is the reason."""
    older, share = it.shared(it.note), it.shared(it.note)
    at = {"not there": uuid.uuid4(), "another's": it.ask().pk, "revoked": share.pk}[how]
    client = browser(it.reader)
    if how == "revoked":
        assert "begins anew" not in text_of(client.get(reverse("shares:list"), {"after": str(at)}))
        it.decide(share, "revoke")
    page = text_of(client.get(reverse("shares:list"), {"after": str(at)}))
    assert "begins anew" in page and str(older) in page
