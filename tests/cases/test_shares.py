"""Shares: each rule of asking, deciding, ending, and what crosses."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Agency, Role
from agencies.services import end_membership
from audit.models import AuditEvent
from cases.items import content_of
from cases.models import Case, ItemGroupGrant, Share
from cases.services import ask_again, name_person, unname_person
from cases.services.shares import AT_MOST, changed_items, end_of
from cases.workflow import SHARE_BY_NAME, ShareState
from notifications.models import Outbox
from tests.cases.sharing import NOTE, PERSON, Sharing, fresh, frozen, row, sees
from tests.factories import agency, later, member, person

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


@pytest.fixture
def closed() -> Sharing:
    """The same, in a need-to-know case: its officer and its liaison officer are named."""
    return Sharing(need_to_know=True)


def told(event: str) -> set[object]:
    """Who hears of an event."""
    return set(Outbox.objects.filter(event=event).values_list("person_id", flat=True))


# --- asking ---


def test_asking_opens_nothing(it: Sharing) -> None:
    """Until a liaison officer decides, nobody else sees the item or the share."""
    share = it.ask()
    assert (share.state, share.owner, share.asked_by) == (ShareState.PENDING, it.owner, it.officer)
    assert not sees(it.reader, it.note)
    assert not Share.objects.visible_to(it.reader).exists()
    assert not ItemGroupGrant.objects.filter(share=share).exists()


def test_asking_tells_the_liaison_officers_of_the_owner(it: Sharing) -> None:
    """Not the receiver's, and not the asker when they are one."""
    both = person(it.owner, Role.OFFICER, Role.LIAISON)
    it.ask(by=both)
    assert told("share.ask") == {it.liaison.pk}


def test_asking_in_a_closed_case_tells_only_who_is_named(closed: Sharing) -> None:
    """A liaison officer who is not named hears nothing of it."""
    person(closed.owner, Role.LIAISON)
    closed.ask()
    assert told("share.ask") == {closed.liaison.pk}


@pytest.mark.parametrize("who", ["supervisor", "liaison"])
def test_only_officers_ask(it: Sharing, who: str) -> None:
    """Who only supervises or decides does not ask."""
    with pytest.raises(NotAllowed):
        it.ask(by=getattr(it, who))


def test_only_who_sees_the_case_asks(it: Sharing, closed: Sharing) -> None:
    """For another agency, and for a colleague who is not named, there is no case."""
    with pytest.raises(Case.DoesNotExist):
        it.ask(by=it.reader)
    with pytest.raises(Case.DoesNotExist):
        closed.ask(by=closed.colleague)


def test_a_receiver_does_not_pass_on(it: Sharing) -> None:
    """What was received is not the receiver's to share."""
    it.shared(it.note)
    with pytest.raises(Case.DoesNotExist):
        it.ask(it.note, by=it.reader, to=agency("KZ-MIA"))


def test_asking_wants_something_and_somebody_else(it: Sharing) -> None:
    """Nothing chosen, one's own agency, an item of another case, one of a case closed to the asker."""
    other, hidden = Sharing(), Sharing(need_to_know=True)
    with pytest.raises(Incomplete) as own:
        it.ask(to=it.owner)
    assert "recipient" in own.value.errors
    for item in (other.note, hidden.note):
        with pytest.raises(Incomplete) as foreign:
            it.ask(it.note, item)
        assert "items" in foreign.value.errors
    share = it.ask()
    with pytest.raises(Incomplete):
        ask_again(actor=it.officer, pk=share.pk, version=1, chosen=[], purpose="None", until=later(3))
    assert Share.objects.count() == 1
    assert share.share_items.count() == 1


def test_a_past_day_and_a_day_too_far(it: Sharing) -> None:
    """From today to two years ahead."""
    for day in (date.min, later(-2), later(AT_MOST.days + 2), date.max):
        with pytest.raises(Incomplete) as gap:
            it.ask(until=day)
        assert "until" in gap.value.errors
    assert it.ask(until=later(AT_MOST.days - 2)).state == ShareState.PENDING


# --- the end of the day ---


@pytest.mark.parametrize(
    ("code", "moment"),
    [
        ("KG-MIA", datetime(2026, 12, 31, 18, tzinfo=UTC)),  # Bishkek: six hours ahead
        ("UZ-MIA", datetime(2026, 12, 31, 19, tzinfo=UTC)),  # Tashkent: five
    ],
)
def test_a_day_ends_in_the_owners_zone(code: str, moment: datetime) -> None:
    """Midnight after the day, where the owner is."""
    assert end_of(date(2026, 12, 31), agency(code)) == moment


def test_today_is_judged_in_the_owners_zone(it: Sharing) -> None:
    """At half past six in the evening by UTC it is tomorrow in Bishkek: today is over."""
    with time_machine.travel(datetime(2026, 12, 31, 18, 30, tzinfo=UTC), tick=False):
        with pytest.raises(Incomplete):
            it.ask(until=date(2026, 12, 31))
        assert it.ask(until=date(2027, 1, 1)).ends_at == datetime(2027, 1, 1, 18, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 12, 31, 17, 59, tzinfo=UTC), tick=False):
        assert it.ask(until=date(2026, 12, 31)).ends_at == datetime(2026, 12, 31, 18, tzinfo=UTC)


def test_it_ends_to_the_instant(it: Sharing) -> None:
    """Seen an instant before its end; at its end no more, with no task having run."""
    share = it.shared(it.note)
    assert share.ends_at == end_of(share.until, it.owner)
    before, at, after = share.ends_at - INSTANT, share.ends_at, share.ends_at + INSTANT
    with time_machine.travel(before, tick=False):
        assert sees(it.reader, it.note, now=before)
        assert Share.objects.open_to(it.reader).exists()
    for moment in (at, after):
        assert not sees(it.reader, it.note, now=moment)
        assert not Share.objects.visible_to(it.reader, now=moment).exists()
        assert fresh(share).state_at(moment) == ShareState.EXPIRED
        assert sees(it.officer, it.note, now=moment)
    assert fresh(share).state == ShareState.APPROVED


def test_an_ended_share_takes_no_step(it: Sharing) -> None:
    """It is over: it can be neither revoked nor asked for again."""
    share = it.shared(it.note)
    with time_machine.travel(share.ends_at, tick=False):
        with pytest.raises(MovedOn):
            it.decide(share, "revoke")
        with pytest.raises(MovedOn):
            it.again(share)


def test_a_share_whose_day_passed_while_it_waited_is_not_approved(it: Sharing) -> None:
    """It would open nothing: the liaison officer is told, and sends it back."""
    share = it.ask(until=later(3))
    with time_machine.travel(share.ends_at + INSTANT, tick=False):
        with pytest.raises(Incomplete) as gap:
            it.decide(share, "approve")
        assert "until" in gap.value.errors
        assert it.decide(share, "send_back").state == ShareState.SENT_BACK
        assert it.again(share).state == ShareState.PENDING


# --- what is frozen ---


def test_withheld_parts_never_reach_the_share(it: Sharing) -> None:
    """Neither their values nor that they are there."""
    share = it.ask(it.person, withheld=("telephone", "documents", "remarks", "occupation"))
    content = frozen(share, it.person)
    assert not {"telephone", "documents", "remarks"} & set(content)
    assert PERSON["telephone"] not in str(content)
    assert "AN0000000" not in str(content)
    assert content["names"] == content_of(it.person)["names"]
    # What was empty is not withheld.
    assert share.share_items.get().withheld == ["documents", "remarks", "telephone"]
    assert share.share_items.get().version.content == content_of(it.person)


def test_fixed_parts_cannot_be_withheld(it: Sharing) -> None:
    """A person keeps their names; whoever tries withholds nothing."""
    share = it.ask(it.person, withheld=("names", "kind"))
    assert frozen(share, it.person) == content_of(it.person)
    assert share.share_items.get().withheld == []


def test_the_receiver_keeps_what_was_frozen(it: Sharing) -> None:
    """An edit afterwards changes nothing of what was given."""
    share = it.shared(it.note)
    it.edit({"title": "Another title", "text": "Four lorries."})
    assert frozen(share, it.note) == {"kind": "note", **NOTE}
    assert share.share_items.get().version.number == 1
    second = it.ask(it.note)
    assert second.share_items.get().version.number == 2
    assert share.share_items.get().version.number == 1


def test_the_same_content_is_frozen_once(it: Sharing) -> None:
    """Two shares of an unchanged item are bound to one version."""
    first, second = it.ask(), it.ask(to=agency("UZ-GPO"))
    assert first.share_items.get().version == second.share_items.get().version


# --- deciding ---


def test_approval_opens_the_items_to_the_recipient(it: Sharing) -> None:
    """To those who work on cases there; to nobody else; the case stays closed."""
    share = it.shared(it.note, it.person)
    grants = ItemGroupGrant.objects.filter(share=share)
    assert {(one.group_id, one.expires_at) for one in grants} == {(it.recipient.group_id, share.ends_at)}
    for user in (it.reader, it.their_liaison):
        assert sees(user, it.note)
        assert sees(user, it.person)
        assert not sees(user, it.firearm)
        assert not Case.objects.visible_to(user).exists()
    for stranger in (person(agency("UZ-GPO"), Role.OFFICER), person(it.recipient, Role.AGENCY_ADMIN)):
        assert not sees(stranger, it.note)
    assert (share.decided_by, share.state) == (it.liaison, ShareState.APPROVED)


@pytest.mark.parametrize("name", ["approve", "decline", "send_back"])
def test_an_asker_who_was_taken_out_is_not_told(closed: Sharing, name: str) -> None:
    """What is decided in a need-to-know case is told to who is named there."""
    name_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)
    share = closed.ask(by=closed.colleague)
    unname_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)
    closed.decide(share, name)
    assert told(f"share.{name}") == set()
    closed.decide(closed.ask(), name)
    assert told(f"share.{name}") == {closed.officer.pk}


def test_an_asker_who_left_is_not_told(it: Sharing) -> None:
    """Neither by bell nor by mail."""
    share = it.ask()
    end_membership(membership=it.officer.memberships.get())
    it.decide(share, "decline")
    assert told("share.decline") == set()


def test_approval_tells_the_asker_and_the_receivers_officers(it: Sharing) -> None:
    """Each hears of what concerns them."""
    it.shared(it.note)
    assert told("share.approve") == {it.officer.pk}
    assert told("share.received") == {it.reader.pk}


def test_approving_some(it: Sharing) -> None:
    """What is not ticked stays where it is, and the event names what went."""
    share = it.ask(it.note, it.person, it.firearm)
    it.decide(share, "approve", items={it.note.pk, it.firearm.pk})
    assert [sees(it.reader, one) for one in (it.note, it.person, it.firearm)] == [True, False, True]
    assert {one.item_id for one in share.share_items.filter(approved=True)} == {it.note.pk, it.firearm.pk}
    went = AuditEvent.objects.get(name="share.approve").facts["items"]
    assert set(went) == {str(it.note.pk), str(it.firearm.pk)}
    it.decide(share, "revoke")
    assert set(AuditEvent.objects.get(name="share.revoke").facts["items"]) == set(went)


def test_approving_none_or_a_strange_item(it: Sharing) -> None:
    """Nothing ticked is no approval; an id that the share does not hold adds nothing."""
    share = it.ask(it.note)
    for ticked in (set(), {it.person.pk}):
        with pytest.raises(Incomplete):
            it.decide(share, "approve", items=ticked)
    it.decide(share, "approve", items={it.note.pk, it.person.pk})
    assert not sees(it.reader, it.person)


def test_shorter_but_never_longer(it: Sharing) -> None:
    """A liaison officer may shorten the time; then the grants end earlier too."""
    share = it.ask(until=later(30))
    for day in (later(31), later(-2)):
        with pytest.raises(Incomplete) as gap:
            it.decide(share, "approve", until=day)
        assert "until" in gap.value.errors
    approved = it.decide(share, "approve", until=later(10))
    assert (approved.until, approved.ends_at) == (later(10), end_of(later(10), it.owner))
    assert not sees(it.reader, it.note, now=approved.ends_at)
    assert sees(it.reader, it.note, now=approved.ends_at - INSTANT)


@pytest.mark.parametrize("name", ["approve", "send_back", "decline"])
def test_the_asker_does_not_decide(it: Sharing, name: str) -> None:
    """Four eyes: also when they are a liaison officer themselves."""
    both = person(it.owner, Role.OFFICER, Role.LIAISON)
    share = it.ask(by=both)
    with pytest.raises(NotAllowed) as refused:
        it.decide(share, name, by=both)
    assert refused.value.code == "person"
    assert fresh(share).state == ShareState.PENDING


def test_the_asker_may_revoke(it: Sharing) -> None:
    """Stopping needs no second pair of eyes. Who approved stays on record."""
    both = person(it.owner, Role.OFFICER, Role.LIAISON)
    share = it.decide(it.ask(by=both), "approve")
    it.decide(share, "revoke", by=both)
    assert not sees(it.reader, it.note)
    assert fresh(share).decided_by == it.liaison
    assert AuditEvent.objects.get(name="share.revoke").actor == both


@pytest.mark.parametrize("state", ["approved", "revoked"])
def test_four_eyes_in_the_database(it: Sharing, state: str) -> None:
    """No way past the service either."""
    share = it.ask()
    with pytest.raises(IntegrityError, match="share_four_eyes"), transaction.atomic():
        Share.objects.filter(pk=share.pk).update(state=state, decided_by=it.officer)


def test_a_share_leaves_its_owner_in_the_database(it: Sharing) -> None:
    """The recipient is another agency."""
    share = it.ask()
    with pytest.raises(IntegrityError, match="share_leaves_its_owner"), transaction.atomic():
        Share.objects.filter(pk=share.pk).update(recipient=it.owner)


@pytest.mark.parametrize("name", ["approve", "send_back", "decline", "revoke"])
@pytest.mark.parametrize("who", ["officer", "colleague", "supervisor"])
def test_only_liaison_officers_decide(it: Sharing, who: str, name: str) -> None:
    """Everybody else of the owner agency is told who can."""
    share = it.shared(it.note) if name == "revoke" else it.ask()
    with pytest.raises(NotAllowed) as refused:
        it.decide(share, name, by=getattr(it, who))
    assert refused.value.code == "role"
    assert it.owner.name in str(refused.value.reason)


@pytest.mark.parametrize("name", list(SHARE_BY_NAME))
@pytest.mark.parametrize("opened", [False, True])
def test_other_agencies_find_no_share_to_decide(it: Sharing, name: str, opened: bool) -> None:
    """Not even the receiver's liaison officer, who reads it."""
    share = it.shared(it.note) if opened else it.ask()
    for user in (it.their_liaison, person(agency("KG-GPO"), Role.OFFICER, Role.LIAISON)):
        act = it.again if name == "ask_again" else lambda given, **more: it.decide(given, name, **more)
        with pytest.raises(Share.DoesNotExist):
            act(share, by=user)


def test_a_liaison_officer_who_is_not_named_finds_no_share(closed: Sharing) -> None:
    """In a need-to-know case the role alone opens nothing."""
    share = closed.ask()
    with pytest.raises(Share.DoesNotExist):
        closed.decide(share, "approve", by=person(closed.owner, Role.LIAISON))
    assert closed.decide(share, "approve").state == ShareState.APPROVED


@pytest.mark.parametrize("name", ["send_back", "decline", "revoke"])
def test_a_reason_is_needed(it: Sharing, name: str) -> None:
    """In words, not in blanks."""
    share = it.shared(it.note) if name == "revoke" else it.ask()
    with pytest.raises(Incomplete) as gap:
        it.decide(share, name, reason=" \n")
    assert "reason" in gap.value.errors


def test_changed_items_are_not_approved(it: Sharing) -> None:
    """Nothing opens, not even the items that did not change; asked again, it can be."""
    share = it.ask(it.note, it.person)
    it.edit({"text": "Four lorries."})
    assert [one.pk for one in changed_items(share)] == [it.note.pk]
    with pytest.raises(MovedOn):
        it.decide(share, "approve")
    assert not sees(it.reader, it.person)
    assert not fresh(share).share_items.filter(approved=True).exists()
    it.again(share, it.note, it.person)
    assert changed_items(share) == []
    it.decide(share, "approve")
    assert frozen(share, it.note)["text"] == "Four lorries."


def test_changed_and_changed_back_is_unchanged(it: Sharing) -> None:
    """What counts is what it says."""
    share = it.ask()
    it.edit({"text": "Four lorries."})
    it.edit({})
    assert it.decide(share, "approve").state == ShareState.APPROVED


def test_an_unticked_item_may_have_changed(it: Sharing) -> None:
    """Only what goes must be what was looked at."""
    share = it.ask(it.note, it.person)
    it.edit({"text": "Four lorries."})
    assert it.decide(share, "approve", items={it.person.pk}).state == ShareState.APPROVED
    assert not sees(it.reader, it.note)


def test_a_page_that_is_too_old(it: Sharing) -> None:
    """A decision counts for the version that was on the page."""
    share = it.ask()
    it.again(share, it.person)
    with pytest.raises(MovedOn):
        it.decide(share, "approve", version=1)
    assert not sees(it.reader, it.person)


# --- sent back, asked again ---


def test_sent_back_and_asked_again(it: Sharing) -> None:
    """The question goes to the asker; what is asked then is frozen anew."""
    share = it.ask(it.note)
    it.decide(share, "send_back", reason="Is the author needed?")
    assert fresh(share).note == "Is the author needed?"
    assert told("share.send_back") == {it.officer.pk}
    it.edit({"text": "Four lorries."})
    asked = it.again(share, it.note, it.person, withheld=("author",))
    assert (asked.state, asked.decided_by, asked.decided_at) == (ShareState.PENDING, None, None)
    assert frozen(share, it.note) == {"kind": "note", "title": NOTE["title"], "text": "Four lorries."}
    assert share.share_items.count() == 2
    it.decide(share, "approve")
    assert sees(it.reader, it.person)


def test_only_the_asker_asks_again_or_cancels(it: Sharing) -> None:
    """Another officer asks for a share of their own."""
    share = it.decide(it.ask(), "send_back")
    with pytest.raises(NotAllowed):
        it.again(share, by=it.colleague)
    with pytest.raises(NotAllowed):
        it.decide(share, "cancel", by=it.colleague)


@pytest.mark.parametrize("before", ["ask", "send_back"])
def test_cancelling(it: Sharing, before: str) -> None:
    """It ends the asking, and nothing was opened."""
    share = it.ask()
    if before == "send_back":
        it.decide(share, "send_back")
    assert it.decide(share, "cancel", reason="").state == ShareState.CANCELLED
    assert not sees(it.reader, it.note)
    assert told("share.cancel") == set()


def test_declining(it: Sharing) -> None:
    """It ends the asking; the asker hears of it, the receiver does not."""
    share = it.decide(it.ask(), "decline", reason="Not for them.")
    assert (share.state, share.note) == (ShareState.DECLINED, "Not for them.")
    assert told("share.decline") == {it.officer.pk}
    assert told("share.received") == set()
    assert not sees(it.reader, it.note)


ENDS: dict[str, Callable[[Sharing, Share], Share]] = {
    "cancelled": lambda it, share: it.decide(share, "cancel"),
    "declined": lambda it, share: it.decide(share, "decline"),
    "revoked": lambda it, share: it.decide(it.decide(share, "approve"), "revoke"),
    "approved": lambda it, share: it.decide(share, "approve"),
}


@pytest.mark.parametrize("end", ENDS)
def test_no_step_leads_back(it: Sharing, end: str) -> None:
    """From an end none of the steps is open; from approved only revoking."""
    share = ENDS[end](it, it.ask())
    for name in set(SHARE_BY_NAME) - ({"revoke"} if end == "approved" else set()):
        act = it.again if name == "ask_again" else lambda given, name=name: it.decide(given, name)
        with pytest.raises(MovedOn):
            act(share)
    assert fresh(share).state == end


# --- revoking; several shares of one item ---


def test_revoking_ends_at_once(it: Sharing) -> None:
    """At the same moment, for everybody there; the owner sees its item as before."""
    share = it.shared(it.note, it.person)
    it.decide(share, "revoke")
    now = timezone.now()
    for user in (it.reader, it.their_liaison):
        assert not sees(user, it.note, now=now)
        assert not sees(user, it.person, now=now)
        assert not Share.objects.visible_to(user, now=now).exists()
    assert sees(it.officer, it.note)
    assert not ItemGroupGrant.objects.filter(share=share).exists()
    assert it.reader.pk not in told("share.revoke")


@pytest.mark.parametrize("ended", ["first", "second"])
@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_two_shares_of_one_item_end_independently(it: Sharing, ended: str, how: str) -> None:
    """While one of them runs, the item is seen; when both are over, it is not."""
    first, second = it.shared(it.note, until=later(10)), it.shared(it.note, until=later(20))
    if how == "revoked":
        gone, left = (first, second) if ended == "first" else (second, first)
        it.decide(gone, "revoke")
        assert sees(it.reader, it.note)
        assert list(Share.objects.open_to(it.reader)) == [left]
        it.decide(left, "revoke")
        assert not sees(it.reader, it.note)
    else:
        assert sees(it.reader, it.note, now=first.ends_at)
        assert list(Share.objects.open_to(it.reader, now=first.ends_at)) == [second]
        assert not sees(it.reader, it.note, now=second.ends_at)


def test_shares_to_two_agencies_end_independently(it: Sharing) -> None:
    """Revoking one takes nothing from the other."""
    other = agency("KZ-MIA")
    their_officer = person(other, Role.OFFICER)
    first, _second = it.shared(it.note), it.shared(it.note, to=other)
    it.decide(first, "revoke")
    assert not sees(it.reader, it.note)
    assert sees(their_officer, it.note)


@pytest.mark.parametrize("unnamed", [False, True])
def test_a_share_inside_one_state(closed: Sharing, unnamed: bool) -> None:
    """A person of both agencies sees a need-to-know item by the share alone, and loses it with the share."""
    neighbour: Agency = agency("KG-GPO")
    at_both = person(closed.owner, Role.OFFICER)
    member(at_both, neighbour, Role.OFFICER)
    share = closed.shared(closed.note, to=neighbour)
    assert sees(at_both, closed.note)
    assert not sees(at_both, closed.person)
    assert not Case.objects.visible_to(at_both).exists()
    assert list(Share.objects.open_to(at_both)) == [share]
    assert not Share.objects.of_own_cases(at_both).exists()
    closed.decide(share, "revoke")
    assert not sees(at_both, closed.note)
    if unnamed:
        assert not Share.objects.visible_to(at_both).exists()


def test_events_hold_no_content(it: Sharing) -> None:
    """Ids, codes and days: neither purpose nor reason nor what an item says."""
    share = it.decide(it.ask(it.note, it.person), "send_back", reason="Is the stick needed?")
    it.decide(it.again(share), "approve")
    it.decide(share, "revoke", reason="A slip.")
    written = str(list(AuditEvent.objects.filter(subject_type="share").values_list("facts", flat=True)))
    for words in ("Evidence", "stick", "slip", NOTE["title"], "Umot"):
        assert words not in written
    assert row(it.note).reference not in written
