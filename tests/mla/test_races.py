"""Two people act on one request at the same moment: exactly one wins, and nothing is half done."""

from typing import Any

import pytest

from accounts.refusals import MovedOn, NotAllowed, Refused
from audit.models import AuditEvent
from mla.services import save_draft
from notifications.models import Outbox
from tests.factories import CONTENT, MEASURES, Line, state
from tests.racing import race, winner

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = "select 1 from mla_assistancerequest where id = %s for update"
# State before, the two steps, and the state after each.
PAIRS = [
    ("at_central_authority", "transmit", "transmitted", "discard", "discarded"),
    ("transmitted", "acknowledge", "acknowledged", "withdraw", "withdrawn"),
    ("response_received", "close", "closed", "send_back", "in_execution"),
    ("domestic_review", "pass_on", "at_central_authority", "return_to_drafter", "returned"),
    ("results_reported", "send_response", "response_sent", "return_results", "in_execution"),
    ("results_reported", "send_response", "response_sent", "withdraw", "withdrawn"),
    ("in_execution", "ask_information", "info_requested", "report_results", "results_reported"),
    ("under_review", "accept_and_assign", "accepted", "accept_and_assign", "accepted"),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[1]}-{pair[3]}")
def test_one_of_two_steps(line: Line, pair: tuple[str, ...], turned: bool) -> None:
    """Whichever comes first is done whole; the other is told that the request moved on."""
    before, one, after_one, two, after_two = pair
    line.walk_to(before)
    if one == "transmit":
        line.take("sign")
    steps = [(one, after_one), (two, after_two)]
    if turned:
        steps.reverse()
    events, outbox = line.request.events.count(), Outbox.objects.count()
    clocks, data = {name: line.clock(name) for name, _ in steps}, {name: line.data(name) for name, _ in steps}
    acts = race(
        (LOCK, str(line.pk)),
        *[lambda name=name: line.take(name, version=clocks[name], **data[name]) for name, _ in steps],
    )
    assert winner(*acts) is acts[0]
    lost = acts[1].error
    assert isinstance(lost, MovedOn | NotAllowed)
    assert line.state == steps[0][1]
    assert line.request.events.count() == events + 1
    assert line.request.assignments.filter(ended_at=None).count() <= 1
    assert line.request.versions.filter(series="transmitted").count() == (line.request.receiving_authority is not None)
    told = set(Outbox.objects.order_by("created_at")[outbox:].values_list("event", flat=True))
    assert told <= {f"request.{steps[0][0]}"}
    refusals = AuditEvent.objects.filter(outcome="refused", subject_id=line.pk)
    assert [event.name for event in refusals] == [f"request.{steps[1][0]}"]


def edit(line: Line, version: int) -> Any:
    """The drafter saves the draft with another subject."""
    return save_draft(
        actor=line.world.drafter,
        pk=line.pk,
        version=version,
        requested_state=state("UZ"),
        content=CONTENT | {"title": "Changed meanwhile"},
        measures=MEASURES[:1],
    )


@pytest.mark.parametrize("edit_first", [False, True])
def test_edit_and_submit(line: Line, edit_first: bool) -> None:
    """A draft changed by one and submitted by another: what is frozen is what the row says, or nothing is."""
    version, data = line.clock("submit"), line.data("submit")
    acts = [lambda: edit(line, version), lambda: line.take("submit", version=version, **data)]
    done = race((LOCK, str(line.pk)), *(acts if edit_first else acts[::-1]))
    assert winner(*done) is done[0]
    assert isinstance(done[1].error, Refused)
    request = line.request
    if edit_first:
        assert (request.state, request.title, request.versions.count()) == ("draft", "Changed meanwhile", 0)
        assert request.measures.count() == 1
    else:
        frozen = request.versions.get().content
        assert (request.state, frozen["title"]) == ("domestic_review", request.title)
        assert len(frozen["measures"]) == request.measures.count() == 2


def test_two_edits(line: Line) -> None:
    """Two colleagues save the same draft: the second is told, and the measures are one's, not both's."""
    version = line.clock("submit")
    first, second = race((LOCK, str(line.pk)), lambda: edit(line, version), lambda: edit(line, version))
    assert winner(first, second) is first
    assert isinstance(second.error, MovedOn)
    assert line.request.measures.count() == 1
    assert line.request.requesting_clock == version + 1
