"""Pages of a share as its state changes: what a decision that came too late keeps, and what is said of access."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.refusals import Incomplete, NotAllowed
from agencies.models import Role
from agencies.services import give_role
from cases.models import Share
from cases.workflow import ShareState
from tests.cases.papers import paper
from tests.cases.sharing import NOTE, Sharing, browser, fresh, text_of, token
from tests.factories import person
from tests.security.people import secretariat

pytestmark = pytest.mark.django_db

REASON = "The trial was\nput off."


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


def page(client: Client, share: Share) -> str:
    """The share's page."""
    return text_of(client.get(reverse("shares:detail", args=[share.pk])))


def card(text: str, title: str) -> str:
    """The part of a page under a heading; empty when it has no such heading."""
    found = re.search(rf"<h2>{re.escape(title)}(?: <span.*?)?</h2>(.*?)</section>", text, re.DOTALL)
    return found[1] if found else ""


# --- decided too late ---


@pytest.mark.parametrize("decision", ["approve", "send_back", "decline"])
@pytest.mark.parametrize("meanwhile", ["cancel", "approve", "decline", "send_back"])
def test_a_decision_that_comes_too_late(it: Sharing, meanwhile: str, decision: str) -> None:
    """The share has moved on while a reason was typed: it is said, and the reason stands there to be copied."""
    share = it.ask()
    client = browser(it.liaison)
    form = {"decision": decision, "version": 1, "reason": REASON, "looked": "on", "items": [str(it.note.pk)]}
    it.decide(share, meanwhile)
    state = fresh(share).state
    response = client.post(reverse("shares:decide", args=[share.pk]), form | {"token": token()})
    text = text_of(response)
    assert response.status_code == 409 and fresh(share).state == state
    assert f"This share has moved on: {ShareState(state).label}. What you typed is kept" in text
    assert "The trial was<br>put off." in card(text, "What you typed")
    assert f'action="{reverse("shares:decide", args=[share.pk])}"' not in text


def test_a_decision_on_what_was_asked_anew(it: Sharing) -> None:
    """It waits again, for other items: the form is there once more, with what was typed."""
    share = it.ask()
    it.again(share, it.person)
    form = {"decision": "decline", "version": 1, "reason": REASON, "token": token()}
    response = browser(it.liaison).post(reverse("shares:decide", args=[share.pk]), form)
    text = text_of(response)
    assert response.status_code == 409 and "This share has moved on" in text
    assert ">\nThe trial was\nput off.</textarea>" in text and not card(text, "What you typed")


def test_whoever_asked_does_not_decide(it: Sharing) -> None:
    """A liaison officer who asked is told why not, and keeps the words."""
    share = it.ask()
    give_role(membership=it.officer.memberships.get(), role=Role.LIAISON)
    form = {"decision": "decline", "version": 1, "reason": REASON, "token": token()}
    response = browser(it.officer).post(reverse("shares:decide", args=[share.pk]), form)
    text = text_of(response)
    assert response.status_code == 403 and "another person must decide" in text
    assert "The trial was<br>put off." in card(text, "What you typed")


# --- what went, and what did not ---


def test_a_share_approved_in_part(it: Sharing) -> None:
    """Counted and shown is what went; what was not approved is named apart, without what it says."""
    share = it.ask(it.note, it.person)
    client = browser(it.officer)
    assert "Share of 2 items with" in page(client, share)
    it.decide(share, "approve", items={it.note.pk})
    text = page(client, share)
    assert "Share of 1 item with" in text
    assert NOTE["text"] in card(text, "Item by item") and "Ойлонов" not in card(text, "Item by item")
    refused = card(text, "Asked for, and not approved")
    assert "Ойлонов" in refused and "+996" not in text and "This item was not approved" not in text
    assert "Not in this share: 2 items" in text


def test_a_share_approved_whole(it: Sharing) -> None:
    """Nothing is said of what was not approved."""
    assert "not approved" not in page(browser(it.officer), it.shared(it.note, it.person))


# --- who sees it ---


def moments(it: Sharing) -> dict[str, Share]:
    """A share in each state."""
    found = {name: it.ask() for name in ("pending", "sent_back", "declined", "cancelled", "approved", "revoked")}
    for state, steps in {
        "sent_back": ["send_back"],
        "declined": ["decline"],
        "cancelled": ["cancel"],
        "approved": ["approve"],
        "revoked": ["approve", "revoke"],
    }.items():
        for step in steps:
            it.decide(found[state], step)
    return found


# Of each state: the heads of the columns, the card that says who, and whether its last day is told as such.
SAID = {
    "pending": ("Will be seen", "Who will see it", True),
    "sent_back": ("Will be seen", "Who will see it", True),
    "approved": ("Is seen", "Who sees it", True),
    "declined": ("Would have been seen", "Who sees it", False),
    "cancelled": ("Would have been seen", "Who sees it", False),
    "revoked": ("Was seen", "Who sees it", False),
}


def test_who_sees_it_in_each_state(it: Sharing) -> None:
    """Nobody is said to see what is not open, and nothing to come is told of what is over."""
    client = browser(it.officer)
    for state, share in moments(it).items():
        text = page(client, share)
        head, who, runs = SAID[state]
        assert f"{head}</th>" in text and f'data-label="{head}"' in text, state
        named = it.recipient.name in card(text, who)
        assert named == ("Everyone else" in text) == runs, state
        assert ("Nobody" in card(text, who)) == (not runs), state
        assert ("They get a notice" in text) == (state in ("pending", "sent_back")), state
        assert ("can revoke it at any time" in text) == runs, state
        assert ("With the end of" in text) == runs and ("no access" in text) == (not runs), state
    assert "It ended when it was revoked." in text


def test_after_its_last_day(it: Sharing) -> None:
    """The day is told as past."""
    share = it.shared(it.note)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        text = page(browser(it.officer), share)
    assert "It ended with the end of" in text and "Nobody any more" in card(text, "Who sees it")


def test_the_last_day_has_a_zone_for_receivers(it: Sharing) -> None:
    """It ends in the owner's time zone, which is not the reader's."""
    share = it.shared(it.note)
    reader, words = browser(it.reader), "(time zone: Kyrgyzstan)"
    addresses = (reverse("shares:list"), reverse("shares:detail", args=[share.pk]), it.page(it.note))
    assert all(words in text_of(reader.get(address)) for address in addresses)
    owner = browser(it.officer)
    assert not any(words in text_of(owner.get(address)) for address in addresses)


def test_who_revoked_it_and_when(it: Sharing) -> None:
    """Beside who approved, to the owner's side; an attempt that was refused names nobody; its receiver has no page."""
    other = person(it.owner, Role.LIAISON)
    share, moment = it.shared(it.note), timezone.now() + timedelta(days=2)
    client = browser(it.officer)
    with pytest.raises(NotAllowed):
        it.decide(share, "revoke", by=it.colleague)
    assert "Revoked by" not in page(client, share)
    with time_machine.travel(moment):
        it.decide(share, "revoke", by=other)
    terms = card(page(client, share), "Why and on what terms")
    decided, revoked = terms.split("Revoked by")
    assert it.liaison.name in decided and it.liaison.name not in revoked
    assert other.name in revoked and date_format(timezone.localtime(moment), "DATETIME_FORMAT") in revoked
    assert it.colleague.name not in terms
    reader = browser(it.reader).get(reverse("shares:detail", args=[share.pk]))
    assert reader.status_code == 404 and other.name not in text_of(reader)


# --- the list ---


def test_the_list_says_what_each_is_about(it: Sharing) -> None:
    """Kinds, how many, and the purpose; to a receiver of what went alone; never what an item says."""
    share = it.ask(it.note, it.person, it.firearm)
    owner, reader = browser(it.officer), browser(it.reader)
    url = reverse("shares:list")
    assert "person: 1, firearm: 1, note: 1" in text_of(owner.get(url))
    it.decide(share, "approve", items={it.note.pk, it.firearm.pk})
    for client in (owner, reader):
        text = text_of(client.get(url))
        assert "firearm: 1, note: 1" in text and "person: " not in text and share.purpose in text
        assert NOTE["title"] not in text


# --- smaller things ---


def test_an_organisation_is_no_recipient(it: Sharing) -> None:
    """Nobody works on cases there, and it sees figures only: not offered, and refused by the service."""
    organisation = secretariat()
    text = text_of(browser(it.officer).get(reverse("cases:share", args=[it.case.pk])))
    assert f'value="{it.recipient.pk}"' in text and str(organisation.pk) not in text
    with pytest.raises(Incomplete) as gap:
        it.ask(to=organisation)
    assert "recipient" in gap.value.errors


def test_a_received_item_stands_under_shares(it: Sharing) -> None:
    """In the navigation as in its breadcrumbs; at its owner's under cases."""
    it.shared(it.note)
    for user, place in ((it.reader, "Shares"), (it.officer, "Cases")):
        text = text_of(browser(user).get(it.page(it.note)))
        assert set(re.findall(r'aria-current="page">([^<]+)</a>', text)) == {place}


def test_readings_within_a_minute_have_one_time(it: Sharing) -> None:
    """Two looks at once are not told as from then till then."""
    it.shared(it.note)
    reader, owner = browser(it.reader), browser(it.officer)
    with time_machine.travel(timezone.now().replace(second=5), tick=False) as clock:
        for _ in range(2):
            reader.get(it.page(it.note))
            clock.shift(20)
        assert "–" not in card(text_of(owner.get(it.page(it.note))), "Who looked")
        clock.shift(120)
        reader.get(it.page(it.note))
        assert "–" in card(text_of(owner.get(it.page(it.note))), "Who looked")


def test_nothing_chosen_is_said_in_words(it: Sharing) -> None:
    """In every list of choices, whoever made it."""
    paper(it.case, it.officer)
    client = browser(it.officer)
    addresses = (
        reverse("cases:share", args=[it.case.pk]),
        reverse("cases:document_create", args=[it.case.pk]),
        reverse("cases:item_create", args=[it.case.pk, "firearm"]),
        f"{reverse('mla:create')}?case={it.case.pk}",
    )
    for address in addresses:
        text = text_of(client.get(address))
        assert "---" not in text and re.search(r'<option value=""[^>]*>choose</option>', text), address


def test_what_opens_has_a_sign(it: Sharing) -> None:
    """Beside each item of the form that asks."""
    text = text_of(browser(it.officer).get(reverse("cases:share", args=[it.case.pk])))
    assert text.count('<summary class="opener"><svg class="icon"') == 3


def test_who_is_no_member_counts_for_nobody(it: Sharing) -> None:
    """How many will see it are those who work on cases there now."""
    person(it.recipient, Role.AGENCY_ADMIN)
    assert ">2 people<" in card(page(browser(it.officer), it.ask()), "Who will see it")


# --- whose turn ---


def turn(text: str) -> str:
    """What the strip says of whose turn it is: words alone."""
    found = re.search(r"<dt>Whose turn</dt><dd>(.*?)</dd>", text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r'<span class="ball-chip".*?</span></span>', "", found[1])).split())


def test_whose_turn(it: Sharing) -> None:
    """The liaison officer's, then the asker's when it was sent back, then nobody's; each reads it from their side."""
    share = it.ask()
    liaison, asker = browser(it.liaison), browser(share.asked_by)
    assert (turn(page(liaison, share)), turn(page(asker, share))) == ("yours", "liaison officer")
    it.decide(share, "send_back")
    assert (turn(page(liaison, share)), turn(page(asker, share))) == (share.asked_by.name, "yours")
    it.decide(it.ask(), "approve")
    approved = Share.objects.get(state=ShareState.APPROVED)
    assert turn(page(liaison, approved)) == turn(page(asker, approved)) == "Nobody's turn"
