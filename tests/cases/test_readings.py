"""What each reader reads, and what stands of it in the audit log and on the owner's page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from agencies.standing import standing_of
from audit.models import AuditEvent
from audit.services import record
from cases.models import CaseItem, GrantSource, Share
from cases.readings import access_of, already_seen, read_item, readers_of, share_look, share_rows
from tests.cases.sharing import NOTE, PERSON, Sharing, browser, row, text_of
from tests.factories import agency, later, member, person

pytestmark = pytest.mark.django_db

SECRET = "An invented secret that stays in the house"


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


def reading_of(it: Sharing, user: object, item: CaseItem) -> object:
    """The item as this person reads it."""
    return read_item(user, standing_of(user), item.case_id, item.pk)


def readings(item: CaseItem) -> list[tuple[object, str]]:
    """Who read the item for which agency, as the audit log has it."""
    found = AuditEvent.objects.filter(name="item.read", subject_id=item.pk).order_by("id")
    return [(event.actor, event.agency) for event in found]


# --- what is read ---


def test_the_owner_reads_the_present_text(it: Sharing) -> None:
    """Whatever was shared before."""
    it.shared(it.note)
    it.edit({"text": SECRET})
    reading = reading_of(it, it.supervisor, it.note)
    assert reading.own
    assert SECRET in str(reading.parts)
    assert reading.received == []


def test_a_receiver_reads_what_was_frozen(it: Sharing) -> None:
    """Not the edit after it, not what was withheld: neither in the reading nor on the page."""
    it.shared(it.person, withheld=("telephone", "remarks"))
    it.shared(it.note)
    it.edit({"text": SECRET, "title": "Another title"})
    client = browser(it.reader)
    for item, there, hidden in (
        (it.note, [NOTE["text"], NOTE["title"]], [SECRET, "Another title"]),
        (
            it.person,
            ["Umot", PERSON["place_of_birth"]],
            [PERSON["telephone"], PERSON["remarks"], "Telephone", "Remarks"],
        ),
    ):
        reading = reading_of(it, it.reader, item)
        page = text_of(client.get(it.page(item)))
        assert not reading.own
        assert reading.parts == []
        for words in there:
            assert words in page
        for words in hidden:
            assert words not in str(reading.received)
            assert words not in page


def test_the_receivers_page_says_nothing_of_the_owners_house(it: Sharing) -> None:
    """No case, no title, no people, no other share, no other item."""
    it.shared(it.note)
    it.shared(it.note, to=agency("KZ-MIA"))
    page = text_of(browser(it.reader).get(it.page(it.note)))
    people = [it.officer.name, it.liaison.name, it.supervisor.name]
    for words in (it.case.title, row(it.firearm).reference, "ЖЖ 0000", "KZ-MIA", ">KZ<", *people):
        assert words not in page
    assert reverse("cases:detail", args=[it.case.pk]) + '"' not in page


def test_two_shares_are_read_side_by_side(it: Sharing) -> None:
    """Each with what it froze, newest first; when one is revoked, the other alone."""
    first = it.shared(it.note)
    it.edit({"title": "Another title"})
    second = it.shared(it.note, withheld=("author",))
    reading = reading_of(it, it.reader, it.note)
    assert [one.share for one in reading.received] == [second, first]
    assert [one.heading for one in reading.received] == ["Another title", NOTE["title"]]
    assert [len(one.parts) for one in reading.received] == [2, 3]
    it.decide(second, "revoke")
    assert [one.share for one in reading_of(it, it.reader, it.note).received] == [first]


def test_an_item_is_read_in_its_own_case(it: Sharing) -> None:
    """At another case's address it is not."""
    other = Sharing()
    with pytest.raises(CaseItem.DoesNotExist):
        read_item(it.officer, standing_of(it.officer), other.case.pk, it.note.pk)
    assert browser(it.officer).get(reverse("cases:item", args=[other.case.pk, it.note.pk])).status_code == 404


def test_a_person_of_two_agencies_reads_what_their_grant_gives() -> None:
    """Of an item in a need-to-know case, from the neighbour's desk: the frozen text only."""
    closed = Sharing(need_to_know=True)
    at_both = person(closed.owner, Role.OFFICER)
    member(at_both, agency("KG-GPO"), Role.OFFICER)
    closed.shared(closed.note, to=agency("KG-GPO"), withheld=("author",))
    closed.edit({"text": SECRET})
    reading = reading_of(closed, at_both, closed.note)
    assert not reading.own
    assert SECRET not in str(reading.received)
    client = browser(at_both)
    page = text_of(client.get(closed.page(closed.note)))
    assert SECRET not in page
    assert NOTE["author"] not in page
    assert client.get(f"{closed.page(closed.note)}edit/").status_code == 403
    assert readings(closed.note) == [(at_both, "KG-GPO")]


def test_a_person_of_both_sides_of_a_share_reads_as_the_owner(it: Sharing) -> None:
    """In a case that is open to their agency, ownership gives the present text."""
    member(it.colleague, agency("KG-GPO"), Role.OFFICER)
    it.shared(it.note, to=agency("KG-GPO"))
    it.edit({"text": SECRET})
    assert reading_of(it, it.colleague, it.note).own
    browser(it.colleague).get(it.page(it.note))
    assert readings(it.note) == []


# --- who read it ---


def test_receivers_readings_are_events(it: Sharing) -> None:
    """One for each look, with the agency; of the owner's side none."""
    it.shared(it.note)
    for user in (it.officer, it.liaison, it.reader, it.their_liaison, it.reader):
        assert browser(user).get(it.page(it.note)).status_code == 200
    assert readings(it.note) == [
        (it.reader, "UZ-MIA"),
        (it.their_liaison, "UZ-MIA"),
        (it.reader, "UZ-MIA"),
    ]


def test_a_reading_names_the_agency_it_was_shared_with(it: Sharing) -> None:
    """Not the first of the agencies for which the reader works."""
    member(it.reader, agency("UZ-GPO"), Role.OFFICER)
    it.shared(it.note)
    browser(it.reader).get(it.page(it.note))
    assert readings(it.note) == [(it.reader, "UZ-MIA")]


def test_who_may_not_read_leaves_no_reading(it: Sharing) -> None:
    """404 shows nothing."""
    assert browser(it.reader).get(it.page(it.note)).status_code == 404
    share = it.shared(it.note)
    it.decide(share, "revoke")
    assert browser(it.reader).get(it.page(it.note)).status_code == 404
    assert readings(it.note) == []


def test_lists_show_receivers_reference_and_kind_only(it: Sharing) -> None:
    """So seeing a list is no reading: what an item says is on its own page."""
    share = it.shared(it.person, it.firearm, it.note)
    client = browser(it.reader)
    for url in (reverse("shares:list"), reverse("shares:detail", args=[share.pk]), reverse("desk")):
        page = text_of(client.get(url))
        for words in ("Ойлонов", "Umot", "ЖЖ 0000", "9x18", NOTE["title"], it.case.title, it.officer.name):
            assert words not in page
    page = text_of(client.get(reverse("shares:detail", args=[share.pk])))
    assert all(row(item).reference in page for item in (it.person, it.firearm, it.note))
    assert "Firearm" in page
    assert not AuditEvent.objects.filter(name="item.read").exists()


def test_items_that_were_not_approved_are_not_listed(it: Sharing) -> None:
    """Nor that there were more."""
    share = it.decide(it.ask(it.person, it.note), "approve", items={it.note.pk})
    page = text_of(browser(it.reader).get(reverse("shares:detail", args=[share.pk])))
    assert row(it.note).reference in page
    assert row(it.person).reference not in page


def test_words_of_the_house_stay_in_the_house(it: Sharing) -> None:
    """The liaison officer's question is not the receiver's to read."""
    share = it.decide(it.ask(), "send_back", reason=SECRET)
    it.decide(it.again(share), "approve", reason=SECRET)
    for url in (reverse("shares:list"), reverse("shares:detail", args=[share.pk]), it.page(it.note)):
        assert SECRET not in text_of(browser(it.reader).get(url))
    assert SECRET in text_of(browser(it.officer).get(reverse("shares:detail", args=[share.pk])))


def test_readers_by_day_and_person(it: Sharing) -> None:
    """A day's readings of one person are one line with its first and last time; newest first."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    times = [(it.reader, 0), (it.reader, 2), (it.their_liaison, 3), (it.reader, 24), (it.reader, 25)]
    for user, hours in times:
        with time_machine.travel(noon + timedelta(hours=hours), tick=False):
            record("item.read", actor=user, subject_type="item", subject_id=it.note.pk, agency="UZ-MIA")
    record("item.read", actor=it.reader, subject_type="item", subject_id=it.firearm.pk, agency="UZ-MIA")
    lines = readers_of(row(it.note))
    assert [(line["person"], line["count"], line["day"].day) for line in lines] == [
        (it.reader, 2, 21),
        (it.their_liaison, 1, 20),
        (it.reader, 2, 20),
    ]
    assert (lines[2]["first"], lines[2]["last"]) == (noon, noon + timedelta(hours=2))
    with timezone.override("Asia/Tokyo"):
        # Midnight is the reader's own: 15:00 by UTC is the next day there.
        assert [line["day"].day for line in readers_of(row(it.note))] == [21, 21, 20]
    assert len(readers_of(row(it.note), limit=2)) == 2


def test_the_owners_page_shows_who_looked(it: Sharing) -> None:
    """The person and their agency."""
    it.shared(it.note)
    assert it.reader.name not in text_of(browser(it.officer).get(it.page(it.note)))
    browser(it.reader).get(it.page(it.note))
    page = text_of(browser(it.officer).get(it.page(it.note)))
    assert it.reader.name in page
    assert "UZ-MIA" in page


# --- who can see it ---


def test_who_can_see_an_item(it: Sharing) -> None:
    """The owner first; each agency with its share, its end and how many people."""
    share = it.shared(it.note)
    rows = access_of(row(it.note), timezone.now())
    assert [(one.agency, one.source, one.share, one.until, one.people) for one in rows] == [
        (it.owner, GrantSource.OWNERSHIP, None, None, 4),
        (it.recipient, GrantSource.SHARE, share, share.ends_at, 2),
    ]
    person(it.recipient, Role.OFFICER)
    assert access_of(row(it.note), timezone.now())[1].people == 3
    assert len(access_of(row(it.note), share.ends_at)) == 1
    it.decide(share, "revoke")
    assert len(access_of(row(it.note), timezone.now())) == 1


def test_who_can_see_a_need_to_know_item() -> None:
    """The named people, not the agency."""
    closed = Sharing(need_to_know=True)
    (only,) = access_of(row(closed.note), timezone.now())
    assert (only.agency, only.source, only.people) == (closed.owner, GrantSource.NAMED, 2)


def ways(it: Sharing, share: Share, now: datetime | None = None) -> list[tuple[CaseItem, Share | None, object, int]]:
    """What the recipient sees already: item, by which share, until when, how many people."""
    found = already_seen(share, it.liaison, standing_of(it.liaison, now=now))
    return [(one.item, one.way.share, one.way.until, one.way.people) for one in found]


def test_what_the_recipient_sees_already(it: Sharing) -> None:
    """By another share that runs, and until when; not by this one, and not by one that is over."""
    first = it.shared(it.note, until=later(5))
    second = it.ask(it.note, it.person)
    assert ways(it, second) == [(row(it.note), first, first.ends_at, 2)]
    assert ways(it, first) == []
    assert ways(it, second, now=first.ends_at) == []
    third = it.shared(it.note, until=later(9))
    assert ways(it, second) == [(row(it.note), first, first.ends_at, 2), (row(it.note), third, third.ends_at, 2)]
    page = text_of(browser(it.liaison).get(reverse("shares:detail", args=[second.pk])))
    assert f">{first}<" in page and f">{third}<" in page


def test_whoever_revokes_reads_what_goes_on(it: Sharing) -> None:
    """Another share of the same item stands on the page before it is revoked; one of another item does not."""
    first, second = it.shared(it.note, until=later(5)), it.shared(it.note, until=later(9))
    other = it.shared(it.person, until=later(5))
    page = text_of(browser(it.liaison).get(reverse("shares:step", args=[first.pk, "revoke"])))
    assert "By another way they go on seeing:" in page and f">{second}<" in page and f">{other}<" not in page
    page = text_of(browser(it.liaison).get(reverse("shares:step", args=[other.pk, "revoke"])))
    assert "By another way they go on seeing:" not in page


def test_whoever_decides_reads_that_the_hidden_is_seen_otherwise(it: Sharing) -> None:
    """Beside the parts that stay out, where the item went by another way; not where it went by none."""
    words = "They see this item by another way too"
    hidden = it.ask(it.note, withheld=("text",))
    address = reverse("shares:detail", args=[hidden.pk])
    assert words not in text_of(browser(it.liaison).get(address))
    it.shared(it.note)
    assert words in text_of(browser(it.liaison).get(address))


def test_what_another_agency_sees_is_not_seen_already(it: Sharing) -> None:
    """Nor what people of the recipient see who work on no cases."""
    it.shared(it.note, to=agency("KZ-MIA"))
    person(it.recipient, Role.OBSERVER)
    assert ways(it, it.ask(it.note)) == []


def test_a_share_as_it_is_decided(it: Sharing) -> None:
    """Item by item: what will be seen, and what stays hidden; from the frozen version."""
    share = it.ask(it.person, withheld=("telephone", "documents"))
    (one,) = share_rows(share, it.liaison, standing_of(it.liaison))
    assert one["heading"] == "Ойлонов Үмөт Ойлонович"
    assert {part.name for part in one["hidden"]} == {"telephone", "documents"}
    assert not {part.name for part in one["seen"]} & {"telephone", "documents"}
    assert one["item"] == row(it.person)


def test_looks_of_a_share(it: Sharing) -> None:
    """Each state has its word; an ended share is not called shared."""
    share = it.shared(it.note)
    assert share_look(share, timezone.now())["code"] == "approved"
    assert share_look(share, share.ends_at)["code"] == "expired"
