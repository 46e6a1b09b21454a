"""Two people act on one share, item or case at the same moment: one outcome, nothing half done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.urls import reverse

from accounts.refusals import MovedOn
from audit.models import AuditEvent
from cases.items import content_of
from cases.models import Case, CaseItem, ItemGroupGrant, ItemPersonGrant, ItemVersion, Share
from cases.services import name_person, unname_person
from cases.workflow import ShareState
from notifications.models import Outbox
from tests.cases.sharing import NOTE, Sharing, browser, fresh, frozen, row, sees, text_of
from tests.racing import Act, Between, race, winner

pytestmark = pytest.mark.django_db(transaction=True)

SHARE = "select 1 from cases_share where id = %s for update"
ITEM = "select 1 from cases_caseitem where id = %s for update"
CASE = "select 1 from cases_case where id = %s for update"

STEPS: dict[str, tuple[str, bool]] = {
    # The state it leads to, and whether the item is open then.
    "approve": (ShareState.APPROVED, True),
    "send_back": (ShareState.SENT_BACK, False),
    "decline": (ShareState.DECLINED, False),
    "cancel": (ShareState.CANCELLED, False),
}
PAIRS = [
    ("approve", "approve"),
    ("approve", "cancel"),
    ("approve", "decline"),
    ("approve", "send_back"),
    ("decline", "cancel"),
]


@pytest.fixture
def it(db: None) -> Sharing:
    """The case and its people."""
    return Sharing()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_one_of_two_decisions(it: Sharing, pair: tuple[str, str], turned: bool) -> None:
    """The first is done whole; the other is told that the share moved on."""
    share = it.ask()
    first, second = reversed(pair) if turned else pair
    before = Outbox.objects.count()
    acts = race(
        (SHARE, str(share.pk)), *[lambda name=name: it.decide(share, name, version=1) for name in (first, second)]
    )
    assert winner(*acts) is acts[0]
    assert isinstance(acts[1].error, MovedOn)
    state, opened = STEPS[first]
    assert (fresh(share).state, fresh(share).version) == (state, 2)
    assert sees(it.reader, it.note) == opened
    assert ItemGroupGrant.objects.filter(share=share).count() == opened
    assert share.share_items.filter(approved=True).count() == opened
    assert AuditEvent.objects.filter(subject_id=share.pk, outcome="done").count() == 2
    assert AuditEvent.objects.filter(subject_id=share.pk, outcome="refused").count() == 1
    told = Outbox.objects.exclude(event__in=["share.ask"]).values_list("event", flat=True)
    assert Outbox.objects.count() - before == len(told)
    assert set(told) <= {f"share.{first}", "share.received"}


@pytest.mark.parametrize("turned", [False, True])
def test_approving_what_is_asked_anew(it: Sharing, turned: bool) -> None:
    """Either the old asking is approved or the new one stands; never the new one by a look at the old."""
    share = it.ask(it.note)
    steps: list[Callable[[], Any]] = [
        lambda: it.decide(share, "approve", version=1),
        lambda: it.again(share, it.person, version=1),
    ]
    if turned:
        steps.reverse()
    acts = race((SHARE, str(share.pk)), *steps)
    assert winner(*acts) is acts[0]
    assert (sees(it.reader, it.note), sees(it.reader, it.person)) == (not turned, False)
    assert [one.item_id for one in share.share_items.all()] == [it.person.pk if turned else it.note.pk]


def test_two_revocations(it: Sharing) -> None:
    """One is done; the other finds it done."""
    share = it.shared(it.note)
    acts = race((SHARE, str(share.pk)), *[lambda: it.decide(share, "revoke", version=2)] * 2)
    assert winner(*acts) is acts[0]
    assert AuditEvent.objects.filter(name="share.revoke", outcome="done").count() == 1
    assert not sees(it.reader, it.note)


@pytest.mark.parametrize("edit_first", [False, True])
def test_edit_and_approval(it: Sharing, edit_first: bool) -> None:
    """An edit before the approval stops it; one after it changes nothing of what crossed."""
    share = it.ask()
    edit = lambda: it.edit({"text": "Four lorries."}, version=1)  # noqa: E731 - two acts to be ordered
    approve = lambda: it.decide(share, "approve", version=1)  # noqa: E731
    acts = race((ITEM, str(it.note.pk)), *([edit, approve] if edit_first else [approve, edit]))
    assert acts[0].error is None
    assert content_of(it.note)["text"] == "Four lorries."
    assert frozen(share, it.note)["text"] == NOTE["text"]
    if edit_first:
        assert isinstance(acts[1].error, MovedOn)
        assert fresh(share).state == ShareState.PENDING
        assert not ItemGroupGrant.objects.filter(share=share).exists()
    else:
        assert acts[1].error is None
    assert sees(it.reader, it.note) == (not edit_first)


def test_two_edits(it: Sharing) -> None:
    """The second is told who was first, and overwrites nothing."""
    acts = race(
        (ITEM, str(it.note.pk)),
        lambda: it.edit({"title": "The first's"}, by=it.colleague, version=1),
        lambda: it.edit({"title": "The second's"}, version=1),
    )
    assert winner(*acts) is acts[0]
    assert it.colleague.name in str(acts[1].error)
    assert (row(it.note).version, content_of(it.note)["title"]) == (2, "The first's")


@pytest.mark.parametrize("edit_first", [False, True])
def test_edit_and_asking(it: Sharing, edit_first: bool) -> None:
    """What is frozen is one text or the other, and the version says which."""
    edit = lambda: it.edit({"title": "Another", "text": "Four lorries."}, version=1)  # noqa: E731
    acts = race((ITEM, str(it.note.pk)), *([edit, it.ask] if edit_first else [it.ask, edit]))
    assert [one.error for one in acts] == [None, None]
    share = Share.objects.get()
    assert frozen(share, it.note) == (content_of(it.note) if edit_first else {"kind": "note", **NOTE})


def test_two_askings_freeze_one_version(it: Sharing) -> None:
    """The second finds the version of the first."""
    acts = race((ITEM, str(it.note.pk)), it.ask, lambda: it.ask(by=it.colleague))
    assert [one.error for one in acts] == [None, None]
    assert ItemVersion.objects.filter(item=it.note.pk).count() == 1
    assert Share.objects.count() == 2


@pytest.mark.parametrize("name_first", [False, True])
def test_naming_while_an_item_is_added(name_first: bool, db: None) -> None:
    """Whichever comes first, the person named sees the item."""
    closed = Sharing(need_to_know=True)
    name = lambda: name_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)  # noqa: E731
    add = lambda: closed.add("note", NOTE)  # noqa: E731
    acts = race((CASE, str(closed.case.pk)), *([name, add] if name_first else [add, name]))
    assert [one.error for one in acts] == [None, None]
    added = acts[1 if name_first else 0].value
    assert sees(closed.colleague, added)
    assert sees(closed.liaison, added)


@pytest.mark.parametrize("take_first", [False, True])
def test_taking_a_name_out_while_an_item_is_added(take_first: bool, db: None) -> None:
    """Whichever comes first, the person taken out sees nothing of the case."""
    closed = Sharing(need_to_know=True)
    name_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)
    take = lambda: unname_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)  # noqa: E731
    add = lambda: closed.add("note", NOTE)  # noqa: E731
    acts = race((CASE, str(closed.case.pk)), *([take, add] if take_first else [add, take]))
    assert [one.error for one in acts] == [None, None]
    assert not CaseItem.objects.visible_to(closed.colleague).exists()
    assert not Case.objects.visible_to(closed.colleague).exists()
    assert not ItemPersonGrant.objects.filter(user=closed.colleague).exists()


def test_two_items_at_once_have_two_references(it: Sharing) -> None:
    """Numbers are given one after the other."""
    acts = race((CASE, str(it.case.pk)), *[lambda: it.add("note", NOTE)] * 2)
    assert len({one.value.reference for one in acts}) == 2


def every_moment(look: Callable[[], Any], prepare: Callable[[], Any], end: Callable[[Any], Any]) -> set[int]:
    """Take access away before each statement of a page in turn; return the answers."""
    found: set[int] = set()
    for number in range(1, 200):
        given = prepare()
        between = Between(number, lambda given=given: end(given))
        with connection.execute_wrapper(between):
            response = look()
        between.finish()
        found.add(response.status_code)
        if not between.done:
            end(given)
            # The very next click finds nothing.
            assert look().status_code == 404
            return found
        assert response.status_code in (200, 302, 404), f"before statement {number}: {response.status_code}"
    raise AssertionError("the page never ends")


@pytest.mark.parametrize("page", ["item", "share"])
def test_revoked_in_the_middle_of_a_reading(it: Sharing, page: str) -> None:
    """A reader gets the page or 404, whatever the moment; never an error, never half a page."""
    client = browser(it.reader)
    at = {"share": ""}

    def prepare() -> Share:
        share = it.shared(it.note)
        at["share"] = reverse("shares:detail", args=[share.pk])
        return share

    def look() -> Any:
        response = client.get(it.page(it.note) if page == "item" else at["share"])
        if page == "item" and response.status_code == 200:
            assert NOTE["text"] in text_of(response)
        return response

    answers = every_moment(look, prepare, lambda share: it.decide(share, "revoke"))
    assert answers == {200, 404}


def test_taken_out_in_the_middle_of_a_reading(db: None) -> None:
    """The same on the owner's side, for a person whose name is taken out."""
    closed = Sharing(need_to_know=True)
    client = browser(closed.colleague)
    pages = [f"{closed.page(closed.note)}edit/", reverse("cases:detail", args=[closed.case.pk])]
    for page in pages:
        answers = every_moment(
            lambda page=page: client.get(page),
            lambda: name_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague),
            lambda _: unname_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague),
        )
        assert answers == {200, 404}, page


def test_many_readers_while_it_is_revoked(it: Sharing) -> None:
    """Without arranging the moment: each sees it or not, and after the revocation nobody does."""
    share = it.shared(it.note)
    answers: list[int] = []
    over = threading.Event()

    def read() -> None:
        client = browser(it.reader)
        while not over.is_set():
            answers.append(client.get(it.page(it.note)).status_code)

    readers = [Act(read) for _ in range(4)]
    for one in readers:
        one.start()
    it.decide(share, "revoke")
    after = browser(it.reader).get(it.page(it.note)).status_code
    over.set()
    for one in readers:
        one.join(30)
    connections.close_all()
    assert [one.error for one in readers] == [None] * 4
    assert set(answers) <= {200, 404}
    assert after == 404
