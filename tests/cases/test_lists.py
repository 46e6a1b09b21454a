"""Lists of cases and shares: each filter and order, page by page, counts, chips, and who sees what of them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import Role
from cases import access, browsing
from cases.grants import give_to_agency
from cases.lists import CaseListing, ItemListing, ReceivedListing, ShareListing
from cases.models import Case, GrantSource, Share
from cases.workflow import ShareState
from mla.services import create_request
from tests.cases.sharing import Sharing, browser, text_of
from tests.cases.walking import keys, listing, query_of, shown, walk
from tests.factories import CONTENT, MEASURES, agency, bare_case, case, later, member, person, state
from tests.memory import remembered

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def officer() -> User:
    """An officer of KG-MIA."""
    return person(agency("KG-MIA"), Role.OFFICER)


@pytest.fixture(params=["few", "many"])
def reach(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which a list is read: from the few that somebody sees, or asking of each of many."""
    if request.param == "many":
        monkeypatch.setattr(browsing, "FEW", 2)
    return request.param


def open_cases(number: int, *, every: timedelta = timedelta(hours=1), **fields: Any) -> list[Case]:
    """So many cases of KG-MIA, the newest first; three of each moment."""
    found = [bare_case(agency("KG-MIA"), created_at=NOW - every * (place // 3), **fields) for place in range(number)]
    give_to_agency(found, agency("KG-MIA"), GrantSource.OWNERSHIP)
    return sorted(found, key=lambda one: (one.created_at, one.pk.bytes), reverse=True)


@pytest.mark.parametrize("number", [0, 1, 25, 26, 60])
def test_cases_in_both_orders(officer: User, number: int, reach: str) -> None:
    """Every case once, in order, page by page to the end; also where many are of the same moment."""
    expected = [one.pk for one in open_cases(number)]
    assert walk(CaseListing, officer) == expected
    assert walk(CaseListing, officer, "sort=oldest") == expected[::-1]
    assert walk(CaseListing, officer, "access=agency") == expected
    assert walk(CaseListing, officer, "access=agency&sort=oldest") == expected[::-1]


def test_cases_by_access(officer: User, reach: str) -> None:
    """Need-to-know or open to the agency; both ticked is either."""
    plain, named = case(officer, agency("KG-MIA")), case(officer, agency("KG-MIA"), need_to_know=True)
    assert shown(CaseListing, officer, "access=agency") == {plain.pk}
    assert shown(CaseListing, officer, "access=named") == {named.pk}
    assert shown(CaseListing, officer, "access=named&access=agency") == {plain.pk, named.pk}
    colleague = person(agency("KG-MIA"), Role.OFFICER)
    assert shown(CaseListing, colleague, "access=named") == set()


def test_cases_of_one_of_two_agencies(officer: User) -> None:
    """Who works for two agencies can ask for the cases of one; who works for one is not asked."""
    mine = case(officer, agency("KG-MIA"))
    assert "owner" not in [facet["name"] for facet in listing(CaseListing, officer).shown_facets]
    member(officer, agency("KG-CUS"), Role.OFFICER)
    other = case(officer, agency("KG-CUS"))
    assert shown(CaseListing, officer, "owner=KG-CUS") == {other.pk}
    assert shown(CaseListing, officer, "owner=KG-MIA&owner=KG-CUS") == {mine.pk, other.pk}
    assert shown(CaseListing, officer, "owner=UZ-MIA") == {mine.pk, other.pk}, "no agency of theirs: no filter"


def test_cases_with_open_requests(officer: User, reach: str) -> None:
    """Those with a request that has not ended."""
    idle, busy = case(officer, agency("KG-MIA")), case(officer, agency("KG-MIA"))
    create_request(actor=officer, case_id=busy.pk, requested_state=state("UZ"), content=CONTENT, measures=MEASURES)
    assert shown(CaseListing, officer, "requests=open") == {busy.pk}
    assert shown(CaseListing, officer) == {idle.pk, busy.pk}


def test_filters_of_two_kinds_must_both_fit(officer: User, reach: str) -> None:
    """Within a kind any, between kinds all."""
    case(officer, agency("KG-MIA"))
    named = case(officer, agency("KG-MIA"), need_to_know=True)
    assert shown(CaseListing, officer, "access=named&requests=open") == set()
    create_request(actor=officer, case_id=named.pk, requested_state=state("UZ"), content=CONTENT, measures=MEASURES)
    assert shown(CaseListing, officer, "access=named&requests=open") == {named.pk}


def test_counts_are_exact_up_to_a_thousand(officer: User) -> None:
    """Of few rows: in all, and at each option beside what else is chosen. Options that nothing has are left out."""
    open_cases(3)
    open_cases(2, need_to_know=True)
    one = listing(CaseListing, officer)
    assert one.total == "5 cases"
    ticks = {tick.code: tick.count for facet in one.shown_facets for tick in facet["ticks"]}
    assert ticks == {"agency": "3", "named": "2"}
    named = listing(CaseListing, officer, "access=named")
    assert named.total == "2 cases"
    ticks = {tick.code: (tick.count, tick.chosen) for facet in named.shown_facets for tick in facet["ticks"]}
    assert ticks == {"agency": ("3", False), "named": ("2", True)}, "a kind's own choice does not narrow its counts"
    assert listing(CaseListing, officer, "access=named&sort=oldest").total == "2 cases"


def test_counts_of_many_stop(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """'1,000+' as the list opens; of a filter what the page knows: all of it, or that there is more."""
    monkeypatch.setattr(browsing, "FEW", 20)
    open_cases(30)
    open_cases(2, need_to_know=True)
    assert listing(CaseListing, officer).total == "20+ cases"
    assert listing(CaseListing, officer, "access=agency").total == "25+ cases"
    assert listing(CaseListing, officer, "access=named").total == "2 cases"
    assert all(tick.count == "" for facet in listing(CaseListing, officer).shown_facets for tick in facet["ticks"])


def test_a_thousand_and_more(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """As people read it."""
    monkeypatch.setattr(CaseListing, "reach", lambda self: 1001)
    open_cases(1)
    assert listing(CaseListing, officer).total == "1,000+ cases"


def test_chips_take_one_choice_away(officer: User) -> None:
    """Each leads to the list without it; 'Clear all' to the list without any."""
    one = listing(CaseListing, officer, "access=named&access=agency&requests=open&sort=oldest")
    labels = [chip.label for chip in one.chips]
    assert labels == ["Open to the agency", "Need-to-know", "With open requests"]
    without = listing(CaseListing, officer, query_of(one.chips[1].without))
    assert without.chosen == {"access": ["agency"], "requests": ["open"]} and without.sort.code == "oldest"
    assert query_of(one.cleared) == "sort=oldest"


@pytest.mark.parametrize(
    "query",
    [
        "access=nonsense",
        "sort=nonsense",
        "after=nonsense",
        "after=_",
        "search=nonsense",
        f"search={uuid.UUID(int=1)}",
        "access=%00&after=%FF",
        f"after=2026-11-20_{uuid.UUID(int=1)}",
        f"after=_{uuid.UUID(int=1)}",
    ],
)
def test_an_address_that_lies_shows_the_list(officer: User, query: str) -> None:
    """What is no code, mark or search of this list counts for nothing."""
    expected = [one.pk for one in open_cases(3)]
    one = listing(CaseListing, officer, query)
    assert keys(one) == expected and not one.chosen


def test_a_place_that_left_the_filter(officer: User, reach: str) -> None:
    """A page goes on after its last row also when that row has changed meanwhile; what is not there begins anew."""
    cases = open_cases(30)
    query = "access=agency&sort=oldest"
    on = query_of(listing(CaseListing, officer, query).page.on)
    last = cases[::-1][access.PAGE - 1]
    assert f"after={last.pk}" in on and str(last.created_at.year) not in on.replace(str(last.pk), "")
    Case.objects.unscoped("tests").filter(pk=last.pk).update(need_to_know=True)
    assert keys(listing(CaseListing, officer, on)) == [one.pk for one in cases[::-1][access.PAGE :]]
    gone = listing(CaseListing, officer, f"{query}&after={uuid.UUID(int=1)}")
    assert gone.page.anew and keys(gone)[0] == cases[-1].pk


def test_the_page_of_cases(officer: User) -> None:
    """Title, reference, what a case holds; 'need-to-know' where it is."""
    it = Sharing()
    page = text_of(browser(it.officer).get(reverse("cases:list")))
    assert it.case.title in page and it.case.reference in page
    assert "1 person, 1 firearm, 1 note" in page
    assert "need-to-know" in text_of(browser(Sharing(need_to_know=True).officer).get(reverse("cases:list")))


def test_pages_keep_their_filters(officer: User) -> None:
    """The addresses of other pages carry all that is chosen."""
    open_cases(60)
    client = browser(officer)
    page = client.get(reverse("cases:list") + "?access=agency&sort=oldest")
    on = page.context["listing"].page.on
    assert "access=agency" in on and "sort=oldest" in on
    second = client.get(on)
    assert second.context["listing"].page.back and 'rel="prev"' in text_of(second) and 'rel="next"' in text_of(second)


def test_nothing_matches(officer: User) -> None:
    """Says why, and offers the list without filters."""
    open_cases(1)
    page = text_of(browser(officer).get(reverse("cases:list") + "?access=named"))
    assert "Nothing that you may see matches" in page and "Clear all" in page
    assert "No cases yet" not in page


class Shares:
    """Shares of KG-MIA in each state, and one that it received."""

    @remembered
    def __init__(self) -> None:
        self.it = it = Sharing()
        self.by_state = {
            ShareState.PENDING: it.ask(),
            ShareState.SENT_BACK: it.decide(it.ask(), "send_back"),
            ShareState.APPROVED: it.shared(until=later(40)),
            ShareState.DECLINED: it.decide(it.ask(), "decline"),
            ShareState.CANCELLED: it.decide(it.ask(), "cancel"),
            ShareState.REVOKED: it.decide(it.shared(), "revoke"),
            ShareState.EXPIRED: it.shared(),
        }
        over = timezone.now() - timedelta(seconds=1)
        Share.objects.filter(pk=self.by_state[ShareState.EXPIRED].pk).update(ends_at=over)
        self.soon = it.shared(it.firearm, until=later(3))


@pytest.fixture
def shares() -> Shares:
    """One share of each state."""
    return Shares()


def test_shares_by_state(shares: Shares, reach: str) -> None:
    """As each stands at this moment: an approved one whose day is over has ended."""
    for code, share in shares.by_state.items():
        found = shown(ShareListing, shares.it.officer, f"state={code}")
        assert found == {share.pk} | ({shares.soon.pk} if code == ShareState.APPROVED else set()), code


def test_shares_that_end_soon(shares: Shares, reach: str) -> None:
    """Within two weeks, and still open."""
    assert shown(ShareListing, shares.it.officer, "ends=soon") == {shares.soon.pk}


def test_shares_by_direction(shares: Shares, reach: str) -> None:
    """From one's own agency, or to it: each side by its own view."""
    assert len(shown(ShareListing, shares.it.officer, "direction=given")) == 8
    assert shown(ShareListing, shares.it.officer, "direction=received") == set()
    opened = {shares.by_state[ShareState.APPROVED].pk, shares.soon.pk}
    assert shown(ShareListing, shares.it.reader, "direction=received") == opened
    assert shown(ShareListing, shares.it.reader, "state=pending&state=declined&state=revoked&state=expired") == set()


def test_shares_in_each_order(shares: Shares, reach: str) -> None:
    """Newest, oldest, and by their end, those without one last."""
    newest = list(Share.objects.with_arrival().order_by("-came_at", "-id").values_list("pk", flat=True))
    assert walk(ShareListing, shares.it.officer) == newest
    assert walk(ShareListing, shares.it.officer, "sort=oldest") == newest[::-1]
    Share.objects.filter(pk__in=newest[:2]).update(until=None, ends_at=None, via_request=uuid.uuid4())
    ending = list(Share.objects.order_by("ends_at", "id").values_list("pk", flat=True))
    assert walk(ShareListing, shares.it.officer, "sort=ending") == ending
    assert set(ending[-2:]) == set(newest[:2])


def test_pages_by_a_column_that_may_be_empty(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the border between values and none, also where many are alike."""
    monkeypatch.setattr(access, "PAGE", 4)
    it = Sharing()
    for place in range(11):
        share = it.ask()
        ends = None if place % 3 == 0 else NOW + timedelta(days=place // 3)
        more = {} if ends else {"via_request": uuid.uuid4()}
        Share.objects.filter(pk=share.pk).update(until=ends and ends.date(), ends_at=ends, **more)
    expected = list(Share.objects.order_by("ends_at", "id").values_list("pk", flat=True))
    assert walk(ShareListing, it.officer, "sort=ending") == expected


def test_items_have_no_list_of_their_own() -> None:
    """They stand among what a search finds; neither kind is a place that an address or a saved filter can name."""
    assert set(browsing.LISTINGS) == {"cases", "shares", "requests"}
    assert {ItemListing.code, ReceivedListing.code}.isdisjoint(browsing.LISTINGS)


def test_items_of_others_stand_by_what_is_shown_of_them() -> None:
    """In the order of their references: when the owner began each is not told."""
    assert [sort.column for sort in ReceivedListing.sorts] == ["reference"]
