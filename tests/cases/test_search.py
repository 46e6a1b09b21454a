"""Who finds what: only what they may read, by any of its spellings, in lists and everywhere; and what stays of it."""

import re
import uuid
from datetime import timedelta
from itertools import cycle, product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from agencies.standing import standing_of
from audit.models import AuditEvent
from cases import finding
from cases.lists import CaseListing, ReceivedListing
from cases.models import Search
from cases.services import name_person, save_case
from cases.services.search import forget_searches, look_for
from cases.tasks import forget
from tests.cases.finding import each_in_some_way, finds, look, page
from tests.cases.sharing import FIREARM, NAMES, NOTE, PERSON, Sharing, browser, text_of, token
from tests.cases.walking import shown
from tests.factories import agency, case, member, person
from tests.security.people import put_paper, secretariat
from tests.thorough import THOROUGH

pytestmark = pytest.mark.django_db


@pytest.fixture
def it() -> Sharing:
    """A case with a person, a firearm and a note."""
    return Sharing()


# --- what is found ---------------------------------------------------------------------------------------------------


@each_in_some_way(
    [
        "Ойлонов",
        "ойлонов үмөт",
        "Oylonov",
        "OILONOV UMOT",
        "Умот Ойлонов",
        "Ойл",
        "stick",
        "0000000000",
        "AN 0000000",
        "an0000000",
    ]
)
def test_a_person_by_any_spelling(it: Sharing, term: str, reach: str) -> None:
    """Name in either script and order, its beginning, words and numbers of the record."""
    assert finds(it.officer, term, it.person)


@each_in_some_way(["ЖЖ 0000", "жж0000", "ЖЖ-0000", "JJ 0000", "zhzh 0000", "000", "invented works", "пистолет 9x18"])
def test_a_weapon_by_its_number(it: Sharing, term: str, reach: str) -> None:
    """Dashes, spaces and letters do not matter; all words must be there."""
    assert finds(it.officer, term, it.firearm) == ("пистолет" not in term)


@each_in_some_way(["Ойланов", "Oylonof", "Umod Oylonov"])
def test_a_slip_of_the_pen(it: Sharing, term: str, reach: str) -> None:
    """Nothing is spelled like that: what is spelled similarly is shown, and said to be no more."""
    found = page(it.officer, term)
    assert str(it.person.pk) in found and "Nothing is spelled like that" in found
    assert "Nothing is spelled like that" not in page(it.officer, NAMES[0]["surname"])


def test_an_exact_spelling_hides_near_ones(it: Sharing) -> None:
    """Where the very name stands somewhere, similar ones are left out."""
    other = it.add("person", {}, names=[NAMES[0] | {"surname": "Ойланов"}])
    assert finds(it.officer, "Ойланов", other) and not finds(it.officer, "Ойланов", it.person)


def test_a_case_by_what_stands_in_it(it: Sharing, reach: str) -> None:
    """In the list of cases: by its own words and by those of its items."""
    other = case(it.officer, it.owner)
    for term in ("Oylonov", "ЖЖ 0000", "two lorries"):
        search = look_for(actor=it.officer, term=term, place="cases").search
        assert shown(CaseListing, it.officer, f"search={search.pk}") == {it.case.pk}
    search = look_for(actor=it.officer, term="invented wares").search
    assert shown(CaseListing, it.officer, f"search={search.pk}") == {it.case.pk, other.pk}


def test_words_of_a_share_do_not_find_the_case(it: Sharing) -> None:
    """A purpose is the share's, and what was frozen once is no word of the case any more."""
    share = it.shared(it.note)
    it.edit({"title": "Renamed", "text": "Three barges.", "author": ""})
    search = look_for(actor=it.officer, term="lorries").search
    assert shown(CaseListing, it.officer, f"search={search.pk}") == set()
    assert finds(it.officer, "lorries", share), "the share still holds it, and its owner's side may read it there"


@pytest.mark.parametrize("what", ["case", "person", "firearm"])
def test_a_reference_leads_to_its_record(it: Sharing, what: str) -> None:
    """However its dashes, letters and spaces are typed."""
    record = getattr(it, what)
    for term in (record.reference, record.reference.lower(), record.reference.replace("-", " – ").replace(" ", "")):
        address = look(it.officer, f"  {term} ")["Location"]
        assert str(record.pk) in address and address.startswith("/cases/")
    share = it.ask()
    assert look(it.officer, share.reference)["Location"] == reverse("shares:detail", args=[share.pk])


def test_a_reference_that_is_not_open_leads_nowhere(it: Sharing) -> None:
    """The same page as for one that does not exist."""
    stranger = person(agency("KG-CUS"), Role.OFFICER)
    pages = [page(stranger, term) for term in (it.case.reference, it.case.reference[:-3] + "999")]
    cleaned = [re.sub(r"value=\"[^\"]*\"|CSRFToken[^}]*|[0-9a-f-]{36}", "", one) for one in pages]
    assert cleaned[0] == cleaned[1] and "Nothing that you may see matches" in pages[0]


# --- who finds it ----------------------------------------------------------------------------------------------------


def test_another_agency_finds_nothing(it: Sharing, reach: str) -> None:
    """Not its words, its numbers, its reference, nor anything near to them."""
    strangers = it.reader, person(agency("KG-GPO"), Role.CA_OFFICER), person(agency("KZ-MIA"), Role.LIAISON)
    terms = "Oylonov", "ЖЖ 0000", "lorries", "invented wares", it.person.reference, "Oylonof"
    for stranger, term in product(strangers, terms) if THOROUGH else zip(cycle(strangers), terms, strict=False):
        assert "Nothing that you may see matches" in page(stranger, term), term


def test_admins_find_nothing(it: Sharing) -> None:
    """Roles without cases have no box to search in, and find nothing when they send the form all the same."""
    for role in (Role.AGENCY_ADMIN, Role.AUDITOR, Role.OBSERVER):
        admin = person(it.owner, role)
        assert "bar-search" not in text_of(browser(admin).get("/"))
        assert "Nothing that you may see matches" in page(admin, "Oylonov")
    assert "Nothing that you may see matches" in page(person(secretariat(), Role.PLATFORM_ADMIN), "Oylonov")


def test_need_to_know(reach: str) -> None:
    """The named people alone; from the click after their naming, and no longer than they are named."""
    it = Sharing(need_to_know=True)
    assert finds(it.officer, "Oylonov", it.person) and not finds(it.colleague, "Oylonov", it.person)
    name_person(actor=it.officer, pk=it.case.pk, person=it.colleague)
    assert finds(it.colleague, "Oylonov", it.person)


def test_a_receiver_finds_by_what_was_frozen(it: Sharing, reach: str) -> None:
    """And sees reference and kind; the owner's later words, and items that were not shared, are not found."""
    it.shared(it.note)
    it.edit({"title": "Renamed", "text": "Three barges."})
    found = page(it.reader, "lorries")
    assert str(it.note.pk) in found and it.note.reference in found
    assert NOTE["title"] not in found and "lorries" not in found.replace('value="lorries"', "")
    assert not finds(it.reader, "barges", it.note) and not finds(it.reader, "Oylonov", it.person)
    assert finds(it.officer, "barges", it.note) and not finds(it.officer, "lorries", it.note)


@pytest.mark.parametrize(
    ("what", "withheld", "terms"),
    [
        ("person", "documents", ["AN0000000", "AN 0000000"]),
        ("person", "remarks", ["stick", "walks with a stick"]),
        ("firearm", "serial", ["ЖЖ 0000", "jj0000", "zhzh0000"]),
        ("firearm", "marks", ["crown over"]),
        ("note", "text", ["lorries"]),
        ("note", "author", ["post 3"]),
    ],
)
def test_what_is_withheld_is_never_found(it: Sharing, what: str, withheld: str, terms: list[str], reach: str) -> None:
    """Neither exactly nor nearly, nor through another spelling; the owner finds it."""
    item = getattr(it, what)
    share = it.shared(item, withheld=(withheld,))
    for term in terms:
        found = page(it.reader, term)
        assert str(item.pk) not in found and str(share.pk) not in found, term
        assert finds(it.officer, term, item), term


def test_a_withheld_number_is_never_found(it: Sharing, reach: str) -> None:
    """Of a person whose other numbers, zeros alone, are not even similar."""
    item = it.add("person", PERSON | {"personal_number": "91919191919191"}, names=NAMES)
    share = it.shared(item, withheld=("personal_number",))
    for term in ("91919191919191", "919191-91919191", "9191919"):
        found = page(it.reader, term)
        assert str(item.pk) not in found and str(share.pk) not in found, term
        assert finds(it.officer, term, item), term


def test_a_share_that_ended_is_found_no_more(it: Sharing, reach: str) -> None:
    """Revoked, expired, declined, not yet approved."""
    asked = it.ask(it.note)
    assert not finds(it.reader, "lorries", it.note)
    it.decide(asked, "approve")
    assert finds(it.reader, "lorries", it.note) and finds(it.reader, "lorries", asked)
    it.decide(asked, "revoke")
    assert not finds(it.reader, "lorries", it.note) and not finds(it.reader, "lorries", asked)


def test_two_shares_of_one_item_are_found_apart(it: Sharing, reach: str) -> None:
    """By what each has frozen, while each runs."""
    whole, part = it.shared(it.note), it.shared(it.note, withheld=("text",))
    assert finds(it.reader, "lorries", it.note)
    it.decide(whole, "revoke")
    assert not finds(it.reader, "lorries", it.note) and finds(it.reader, NOTE["title"], it.note)
    assert finds(it.reader, NOTE["title"], part)


def test_items_beside_a_shared_one_are_not_found(it: Sharing) -> None:
    """Approved in part: the rest is as unknown as before."""
    share = it.ask(it.note, it.firearm)
    it.decide(share, "approve", items={it.note.pk})
    assert finds(it.reader, "lorries", share) and not finds(it.reader, FIREARM["calibre"], share)


def test_an_owner_who_sees_by_a_share_finds_what_was_frozen(it: Sharing, reach: str) -> None:
    """A need-to-know item, shared with another agency of the same person: its present words are not theirs."""
    closed = Sharing(need_to_know=True)
    member(it.colleague, agency("KG-CUS"), Role.OFFICER)
    closed.shared(closed.note, to=agency("KG-CUS"))
    closed.edit({"title": "Renamed", "text": "Three barges."})
    assert finds(it.colleague, "lorries", closed.note) and not finds(it.colleague, "barges", closed.note)


def test_a_document_is_found_by_what_is_said_of_it(it: Sharing) -> None:
    """Its name and description; not what is in the file."""
    paper = put_paper(it.case, it.officer, description="Протокол допроса")
    assert finds(it.officer, "protokol doprosa", paper) and finds(it.officer, "paper.txt", paper)
    assert not finds(it.officer, "An invented paper", paper)


def test_it_asks_the_same_whatever_others_hold(it: Sharing) -> None:
    """A stranger's search asks the database the same, whether others hold the name or nobody does."""
    stranger = browser(it.reader)
    asked = []
    for term in ("Oylonov", "Nobodyov"):
        address = look(it.reader, term)["Location"]
        stranger.get(address)
        with CaptureQueriesContext(connection) as queries:
            stranger.get(address)
        asked.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in queries.captured_queries])
    assert asked[0] == asked[1]


# --- what stays ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "cases", "requests", "shares"])
def test_what_was_typed_stands_in_no_address(it: Sharing, place: str) -> None:
    """A random id does, with the filters of the list."""
    answer = look(it.officer, "Oylonov", place, "access=named&sort=oldest&nonsense=Oylonov")
    address = answer["Location"]
    search = Search.objects.get(person=it.officer)
    assert str(search.pk) in address and search.term == "Oylonov"
    assert "ylonov" not in address
    if place == "cases":
        assert "access=named" in address and "sort=oldest" in address
    assert browser(it.officer).get(address).status_code == 200


def test_a_search_is_its_persons_own(it: Sharing) -> None:
    """Nobody else opens it, in no list."""
    search = look_for(actor=it.officer, term="Oylonov").search
    theirs = browser(it.colleague)
    answer = theirs.get(reverse("search:results", args=[search.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("search:begin") and "Oylonov" not in text_of(answer)
    listed = text_of(theirs.get(reverse("cases:list") + f"?search={search.pk}"))
    assert "Oylonov" not in listed and "kept for a day" in listed


def test_a_search_is_kept_for_a_day(it: Sharing) -> None:
    """Then its page asks to type it again, and beat removes it."""
    old, new = (look_for(actor=it.officer, term="Oylonov").search for _ in range(2))
    Search.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=1))
    client = browser(it.officer)
    assert client.get(reverse("search:results", args=[old.pk])).status_code == 302
    assert client.get(reverse("search:results", args=[new.pk])).status_code == 200
    assert forget() == 1 and forget_searches() == 0
    assert [one.pk for one in Search.objects.all()] == [new.pk]


def test_searching_is_an_event_without_its_term(it: Sharing) -> None:
    """Where, and about how much: the least number of a bucket."""
    for number in range(12):
        it.add("note", {"title": f"Barge {number}", "text": "x"})
    for term, place, count in (
        ("Oylonov", "all", 2),
        ("Nobodyov", "all", 0),
        ("barge", "all", 11),
        ("barge", "cases", 1),
    ):
        search = look_for(actor=it.officer, term=term, place=place).search
        event = AuditEvent.objects.get(name="search.run", subject_id=search.pk)
        assert event.facts == {"kind": place, "count": count}, term
        assert (event.actor, event.agency, event.subject_type) == (it.officer, "KG-MIA", "search")
    look_for(actor=it.officer, term=it.case.reference)
    assert AuditEvent.objects.filter(name="search.run").latest("id").facts == {"kind": "all", "count": 1}


def test_the_same_form_again(it: Sharing) -> None:
    """Sent twice, one search; other words in it, as from a second tab of one page, another."""
    mark = token()
    first, again, other = (look(it.officer, term, token=mark)["Location"] for term in ("lorries", "lorries", "stick"))
    assert first == again != other and Search.objects.count() == 2


@pytest.mark.parametrize("term", ["", "   ", "щ" * 201, "a\u202eb", "a\x00b"])
def test_a_term_that_cannot_be(it: Sharing, term: str) -> None:
    """Said at the field; what was typed is kept, and nothing is recorded."""
    answer = look(it.officer, term)
    assert answer.status_code == 200 and 'role="alert"' in text_of(answer)
    assert not Search.objects.exists() and not AuditEvent.objects.filter(name="search.run").exists()


@each_in_some_way(["…", "'", "&|!", "' | 'x':* & !(", "%", "_", "\\", "<->", ":*", "''", "x" * 200, "🤷", "ь"])
def test_signs_that_mean_something_elsewhere(it: Sharing, term: str, reach: str) -> None:
    """To PostgreSQL, to LIKE, to nobody: they are words like others, or none."""
    assert "<main" in page(it.officer, term)
    assert "<main" in page(it.officer, term, "cases")


def test_a_place_that_is_none_is_everywhere(it: Sharing) -> None:
    """Also one that only the results know."""
    for place in ("nonsense", "items", "received", "x" * 20):
        assert look(it.officer, "lorries", place)["Location"].startswith("/search/")


def test_a_search_in_a_list_keeps_its_filters(it: Sharing) -> None:
    """And says when they alone leave nothing."""
    found = page(it.officer, "Oylonov", "cases", "access=named")
    assert "Nothing that you may see matches" in found and "without them something matches" in found
    assert "Search without filters" in found
    assert it.case.title in page(it.officer, "Oylonov", "cases", "access=agency")


def test_the_box_is_on_every_page_of_a_case_worker(it: Sharing) -> None:
    """With a token of its own; the signed-out have none."""
    for address in ("/", reverse("cases:list"), reverse("cases:detail", args=[it.case.pk]), reverse("search:begin")):
        assert "bar-search" in text_of(browser(it.officer).get(address))
    assert "bar-search" not in text_of(Client().get(reverse("account_login")))


def test_groups_show_ten_and_lead_to_the_rest(it: Sharing) -> None:
    """A list has its own page; items are cut, and it is said."""
    for number in range(12):
        save_case(
            actor=it.officer,
            pk=case(it.officer, it.owner).pk,
            version=1,
            content={"title": f"Barge {number}", "offences": "x"},
        )
    for number in range(30):
        it.add("note", {"title": f"Lighter {number}", "text": "x"})
    cases = page(it.officer, "barge")
    assert cases.count("Barge") >= 10 and "All of them: Cases" in cases and "12 cases" in cases
    items = page(it.officer, "lighter")
    assert "The newest are shown" in items and "30 items" in items


def test_unknown_searches_are_answered_alike(it: Sharing) -> None:
    """An id that never was, and another person's."""
    other = look_for(actor=it.colleague, term="Oylonov").search
    for pk in (other.pk, uuid.uuid4()):
        answer = browser(it.officer).get(reverse("search:results", args=[pk]))
        assert answer.status_code == 302 and answer["Location"] == reverse("search:begin")


def test_every_group_has_rows_of_the_reader_only(it: Sharing) -> None:
    """The lists behind the groups are asked for the person, and for nobody else."""
    search = look_for(actor=it.reader, term="invented").search
    assert shown(ReceivedListing, it.reader, f"search={search.pk}") == set()
    assert finding.bucket(standing_of(it.reader), search, "all") == 0
