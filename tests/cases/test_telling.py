"""Who hears of a share's steps, who of them must act, and how one's decision silences the others."""

import pytest

from accounts.models import User
from agencies.models import Role
from notifications.models import Notification, Outbox
from tests.cases.sharing import Sharing
from tests.factories import person
from tests.notifications.office import ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


@pytest.fixture
def second(it: Sharing) -> User:
    """A second liaison officer of the owner."""
    return person(it.owner, Role.LIAISON)


def told(event: str) -> dict[object, str]:
    """Who was told of the event, and how."""
    return {row.person_id: row.urgency for row in Outbox.objects.filter(event=event)}


def test_asking_calls_those_who_can_decide(it: Sharing, second: User) -> None:
    """Every liaison officer of the owner; the receiver's hear nothing yet."""
    it.ask()
    assert told("share.ask") == {it.liaison.pk: "action", second.pk: "action"}


@pytest.mark.parametrize("name", ["approve", "decline"])
def test_a_decision_is_news(it: Sharing, name: str) -> None:
    """To the asker; of an approval the receiver's officers hear too."""
    it.decide(it.ask(), name)
    assert told(f"share.{name}") == {it.officer.pk: "news"}
    assert told("share.received") == ({it.reader.pk: "news"} if name == "approve" else {})


def test_a_question_calls_the_asker(it: Sharing) -> None:
    """It waits for them: to ask again, or to cancel."""
    share = it.ask()
    it.decide(share, "send_back")
    assert told("share.send_back") == {it.officer.pk: "action"}
    ring()
    it.again(share)
    assert Notification.objects.get(event="share.send_back").settled == "own"


@pytest.mark.parametrize("name", ["approve", "send_back", "decline"])
def test_one_decision_silences_the_other_deciders(it: Sharing, second: User, name: str) -> None:
    """Whatever it was, it was done by a colleague."""
    share = it.ask()
    ring()
    it.decide(share, name)
    settled = dict(Notification.objects.filter(event="share.ask").values_list("person", "settled"))
    assert settled == {it.liaison.pk: "own", second.pk: "colleague"}


def test_cancelled_waits_for_nobody(it: Sharing, second: User) -> None:
    """Nobody has decided: it moved on."""
    share = it.ask()
    ring()
    it.decide(share, "cancel")
    assert set(Notification.objects.filter(event="share.ask").values_list("settled", flat=True)) == {"moved_on"}


def test_asked_anew_calls_anew(it: Sharing) -> None:
    """What was asked before waits no more; of each share one thing waits for a decider."""
    share = it.ask()
    ring()
    it.again(share)
    ring()
    waits = Notification.objects.filter(person=it.liaison, event="share.ask").order_by("created_at")
    assert list(waits.values_list("settled", flat=True)) == ["moved_on", ""]


def test_another_share_waits_on(it: Sharing) -> None:
    """Deciding one share settles nothing about the other."""
    share, other = it.ask(), it.ask()
    ring()
    it.decide(share, "approve")
    assert Notification.objects.get(event="share.ask", subject_id=other.pk).settled == ""
