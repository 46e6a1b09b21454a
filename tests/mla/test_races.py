"""Two people act on one request at the same moment: exactly one wins, and nothing is half done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.refusals import MovedOn, NotAllowed, Refused
from audit.models import AuditEvent
from cases.models import Share
from cases.services import ask_share
from cases.services.shares import Chosen
from mla.services import save_draft
from notifications.models import Outbox
from tests.cases.sharing import browser, token
from tests.factories import CONTENT, MAIN, MEASURES, Line, World, agency, later, state
from tests.mla.test_crossing import Papers
from tests.racing import Act, held, race, winner
from tests.security.people import form_data

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = "select 1 from mla_assistancerequest where id = %s for update"
# The number of the agency's next share, for which whoever asks for a share waits.
NUMBER = """
    select 1 from agencies_counter c join agencies_agency a on a.id = c.agency_id
     where a.code = %s and c.series = 'S' for update of c
"""
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


class Beside:
    """A request about to take a step that shares, and a colleague who asks that an item of the same case be shared."""

    def __init__(self, world: World, step: str) -> None:
        self.papers = Papers(world).walk(*MAIN[: MAIN.index(step)])
        self.step, self.version = step, self.papers.clock(step)
        own = step == "pass_on"
        self.item = self.papers.note if own else self.papers.find()
        self.asker = world.drafter if own else world.executor
        self.data = self.papers.data(step)
        self.ask()
        self.lock = (NUMBER, self.item.owner.code)

    def ask(self) -> Share:
        """Ask that the item go to a third agency."""
        return ask_share(
            actor=self.asker,
            case_id=self.item.case_id,
            chosen=[Chosen(self.item.pk)],
            recipient=agency("KZ-MIA"),
            purpose="Evidence for the trial.",
            until=later(),
        )

    def take(self) -> Any:
        """Take the step."""
        return self.papers.take(self.step, version=self.version, **self.data)


@pytest.mark.parametrize(("step", "waits"), [("pass_on", False), ("report_results", True)])
def test_a_step_that_shares_and_a_share_asked_for(world: World, step: str, waits: bool) -> None:
    """A step takes no number, and waits at most for an item that the asking has locked: both are done."""
    one = Beside(world, step)
    asking, taking = at_once(one, one.ask, one.take, waits=waits)
    assert [asking.error, taking.error] == [None, None]
    assert Share.objects.filter(case=one.item.case_id, via_request=None).count() == 2
    assert len(one.papers.shares(step)) == 1
    numbers = Share.objects.filter(via_request=None).values_list("reference", flat=True)
    assert len(set(numbers)) == 2


def at_once(one: Beside, ask: Callable[[], Any], take: Callable[[], Any], *, waits: bool) -> tuple[Act, Act]:
    """Whoever asks waits for the agency's next number and holds the item; then the step is taken."""
    asking, taking = Act(ask), Act(take)
    with held(*one.lock) as wait:
        asking.start()
        wait(1)
        taking.start()
        if waits:
            wait(2)
        else:
            taking.join(30)
    for act in (asking, taking):
        act.join(30)
        assert not act.is_alive()
    return asking, taking


def test_the_same_by_pages(world: World) -> None:
    """Two people at their browsers: each gets the page that the act leads to."""
    one = Beside(world, "pass_on")
    supervisor, drafter = browser(world.supervisor), browser(world.drafter)
    step = reverse("mla:step", args=[one.papers.pk, "pass_on"])
    ask = reverse("cases:share", args=[one.item.case_id])
    asked = {"recipient": agency("KZ-MIA").pk, "purpose": "Evidence.", "until": later().isoformat()}
    asked[f"item_{one.item.pk}"] = "on"
    ticked = form_data(one.papers, "pass_on") | {"version": one.version, "token": token()}
    acts = at_once(
        one,
        lambda: drafter.post(ask, asked | {"token": token()}).status_code,
        lambda: supervisor.post(step, ticked).status_code,
        waits=False,
    )
    assert [(act.value, act.error) for act in acts] == [(302, None)] * 2
