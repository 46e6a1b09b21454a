"""Each side's domestic steps are invisible to the other; what crosses is frozen and hashed."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from agencies.models import Role
from agencies.standing import standing_of
from cases.access import PAGE, Cursor
from cases.expected import findings
from cases.models import Case
from cases.services import save_case
from mla.listing import rows_for
from mla.models import Assignment, AssistanceRequest, RequestEvent, RequestGroupGrant
from mla.reading import read
from mla.services import save_draft
from mla.versions import canonical
from mla.workflow import Body, Side
from notifications.models import Outbox
from tests.cases.sharing import browser, text_of
from tests.factories import CONTENT, MAIN, MEASURES, Line, World, later, state

pytestmark = pytest.mark.django_db


def plain(value: Any) -> Any:
    """Objects of a page as comparable values."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return repr(value) if hasattr(value, "pk") else str(value)


def seen(line: Line, reader: User) -> dict[str, Any]:
    """All that a page or a list can tell this reader of the request."""
    standing = standing_of(reader)
    reading = read(reader, standing, line.pk)
    (row,) = rows_for(AssistanceRequest.objects.newest_visible(reader), standing)
    return plain(
        {
            "state": reading.state,
            "clock": reading.clock,
            "content": reading.content,
            "measures": reading.measures,
            "answered": reading.answered,
            "turn": reading.turn,
            "deadline": reading.deadline,
            "executing": reading.executing_agency,
            "timeline": reading.timeline,
            "rounds": reading.rounds,
            "actions": [(one.transition.name, one.allowed, one.reason, one.code) for one in reading.actions],
            "steps": [(one.name, one.from_state, one.to_state, one.text) for one in reading.events],
            "row": {key: value for key, value in row.items() if key != "request"},
        }
    )


@pytest.mark.parametrize("reader", ["drafter", "supervisor", "sender", "signatory"])
@pytest.mark.parametrize("disclosed", [False, True])
def test_results_reported_looks_like_in_execution(line: Line, reader: str, disclosed: bool) -> None:
    """State, clock, holder, events and actions stay for the requesting side what they were."""
    line.walk_to("under_review").take("accept_and_assign", disclose_executor=disclosed)
    line.take("start_execution")
    person = getattr(line.world, reader)
    before = seen(line, person)
    for name in ("report_results", "return_results", "report_results"):
        line.take(name)
        assert seen(line, person) == before
    assert not Outbox.objects.filter(person=person, event__in=["request.report_results", "request.return_results"])


def test_a_withdrawal_does_not_tell_what_was_reported(line: Line) -> None:
    """Withdrawn while results were reported at home: the wire event names the state that both knew."""
    line.walk_to("results_reported").take("withdraw", version=line.clock("withdraw"))
    event = RequestEvent.objects.get(request=line.pk, name="withdraw")
    assert (event.from_state, event.to_state) == ("in_execution", "withdrawn")
    assert "results_reported" not in str(seen(line, line.world.sender))


def test_results_cross_with_the_response(line: Line) -> None:
    """The requesting side reads results only from the frozen response, not from the working rows."""
    line.walk_to("results_reported")
    assert "Done as asked." not in str(seen(line, line.world.drafter))
    assert "Done as asked." in str(seen(line, line.world.receiver))
    line.take("send_response")
    assert "Done as asked." in str(seen(line, line.world.drafter))
    line.walk("receive_response", "send_back")
    line.request.measures.update(result_text="Working notes")
    assert "Working notes" not in str(seen(line, line.world.drafter))


def test_the_requested_side_reads_what_was_transmitted(line: Line) -> None:
    """No domestic step, name or number of the requesting side; not the working row either."""
    line.walk("submit").take("return_to_drafter", reason="Domestic remark")
    line.walk("submit", "pass_on", "sign", "transmit")
    AssistanceRequest.objects.unscoped("a test").filter(pk=line.pk).update(
        title="Working title", facts="Working facts", purpose="Working purpose"
    )
    found = str(seen(line, line.world.receiver))
    assert CONTENT["facts"] in found
    hidden = ["Working", "Domestic remark"]
    names = [line.world.drafter.name, line.world.supervisor.name, line.world.signatory.name]
    assert [text for text in [*hidden, *names] if text in found] == []
    assert [step[0] for step in seen(line, line.world.receiver)["steps"]] == ["transmit"]


def test_answers_being_written_stay_at_home(line: Line) -> None:
    """The requested side sees that the state stands still, not that an answer was written."""
    line.walk_to("info_requested")
    before = seen(line, line.world.receiver)
    line.take("write_answer", answers=["Working answer"])
    after = seen(line, line.world.receiver)
    assert after == before
    line.take("answer_information")
    assert "Working answer" in str(seen(line, line.world.receiver))


def test_lists_of_the_requested_side_say_nothing_of_drafting(line: Line) -> None:
    """Not by their order, which is that of transmission, nor by a stored moment."""
    other = Line(line.world)
    for one in (other, line):
        one.walk_to("transmitted")
    for one in (line, other):
        one.walk(*MAIN[4:8])
    world = line.world
    for reader in (world.receiver, world.executor):
        assert [row.pk for row in AssistanceRequest.objects.newest_visible(reader)] == [line.pk, other.pk]
    assert [row.pk for row in AssistanceRequest.objects.newest_visible(world.drafter)] == [other.pk, line.pk]
    for one in (line, other):
        came = one.request.versions.get(series="transmitted").frozen_at
        rows = RequestGroupGrant.objects.filter(content_object=one.pk, source__in=["requested", "assignment"])
        assert [row.sort_at for row in rows] == [came, came]
    assert list(findings(timezone.now())) == []


def test_the_next_page_is_told_by_an_id_alone(line: Line) -> None:
    """Of the last row, which stands on the page anyway."""
    for _ in range(PAGE):
        Line(line.world).walk_to("transmitted")
    line.walk_to("transmitted")
    client = browser(line.world.receiver)
    shown = AssistanceRequest.objects.newest_visible(line.world.receiver)
    assert f'href="{reverse("mla:list")}?after={shown[-1].pk}"' in text_of(client.get(reverse("mla:list")))
    older = text_of(client.get(reverse("mla:list"), {"after": str(shown[-1].pk)}))
    (last,) = AssistanceRequest.objects.newest_visible(line.world.receiver, after=Cursor(shown[-1].pk))
    assert last.reference in older and shown[-1].reference not in older and "begins anew" not in older
    for gone in (uuid.uuid4(), last.pk, line.case.pk):
        anew = text_of(client.get(reverse("mla:list"), {"after": str(gone)}))
        assert "begins anew" in anew and shown[0].reference in anew


def test_an_undisclosed_executor_is_not_named(line: Line) -> None:
    """Unless the receiving authority says so, the other side reads of it alone."""
    line.walk_to("in_execution")
    executor = line.world.bodies[Body.EXECUTING]
    found = str(seen(line, line.world.sender))
    assert executor.name not in found
    assert executor.code not in found
    assert line.world.executor.name not in found


@pytest.mark.parametrize(
    ("step", "series", "count"),
    [("submit", "submitted", 1), ("transmit", "transmitted", 1), ("send_response", "response", 1)],
)
def test_what_is_frozen_is_hashed(line: Line, step: str, series: str, count: int) -> None:
    """SHA-256 over the canonical bytes of what is stored; the event carries it."""
    line.ready_for(step).take(step)
    version = line.request.versions.get(series=series)
    assert version.sha256 == hashlib.sha256(canonical(version.content)).hexdigest()
    assert RequestEvent.objects.get(request=line.pk, name=step).content_sha256 == version.sha256
    assert version.number == count
    side = Side.REQUESTING if series == "submitted" else Side.WIRE
    assert version.side == side


def edit_case(line: Line, title: str) -> None:
    """The case of the request is given another name and number, as an officer may at any time."""
    fresh = Case.objects.visible_to(line.world.drafter).get(pk=line.case.pk)
    content = {"title": title, "proceedings_number": "99-2026", "offences": "Another article"}
    save_case(actor=line.world.drafter, pk=fresh.pk, version=fresh.version, content=content)


@pytest.mark.parametrize("moment", ["submit", "pass_on", "sign"])
def test_a_signature_is_bound_to_its_version(line: Line, moment: str) -> None:
    """The signed hash is the submitted one; what crosses differs by the addressee alone, whatever is edited after."""
    for step in ("submit", "pass_on", "sign", "transmit"):
        line.take(step)
        if step == moment:
            edit_case(line, "Named anew")
    submitted = line.request.versions.get(series="submitted")
    assert submitted.signature.signatory == line.world.signatory
    assert RequestEvent.objects.get(request=line.pk, name="sign").content_sha256 == submitted.sha256
    transmitted = line.request.versions.get(series="transmitted").content
    changed = {key for key, value in transmitted.items() if submitted.content[key] != value}
    assert changed == {"requesting_authority", "requested_authority"}
    assert "Named anew" not in str(seen(line, line.world.receiver))


def test_an_answer_adds_answers_and_nothing_else(line: Line) -> None:
    """What was edited since does not cross with it: the version is the one before, and what was asked and answered."""
    line.walk_to("info_requested")
    edit_case(line, "Named anew")
    line.walk("write_answer", "answer_information", "ask_information")
    line.take("write_answer", answers=["More wares."])
    line.take("answer_information")
    first, second, third = line.request.versions.filter(series="transmitted").order_by("number")
    said = {"field": "facts", "question": "Which wares?"}
    answers = [said | {"answer": "Invented wares."}, said | {"answer": "More wares."}]
    assert second.content == first.content | {"supplied": answers[:1]}
    assert third.content == first.content | {"supplied": answers}


def test_who_signs_reads_what_is_signed(line: Line) -> None:
    """From submission on the requesting side reads what was frozen; back with the drafter, the draft."""
    line.take("submit")
    edit_case(line, "Named anew")
    signed = line.request.versions.get(series="submitted").content
    for step in ("pass_on", "sign", "transmit"):
        line.take(step)
        for reader in (line.world.drafter, line.world.signatory):
            content = read(reader, standing_of(reader), line.pk).content
            assert content["case_name"] == signed["case_name"] == "Case of the invented wares", step
            assert (content["requested_authority"] is None) == (step != "transmit")


def test_a_returned_draft_is_read_as_it_stands(line: Line) -> None:
    """Its drafters read their own row, and the case as it is named now; also when it is discarded."""
    line.walk("submit", "return_to_drafter")
    edit_case(line, "Named anew")
    for step in ("", "discard"):
        if step:
            line.take(step)
        assert "Named anew" in str(seen(line, line.world.drafter))


def test_the_same_content_has_the_same_hash() -> None:
    """Order of keys and spaces play no part; one letter does."""
    assert canonical({"b": 1, "a": "Ж"}) == canonical({"a": "Ж", "b": 1}) == '{"a":"Ж","b":1}'.encode()
    assert canonical({"a": "Ж"}) != canonical({"a": "ж"})


def edit(line: Line, title: str) -> None:
    """The drafter changes the subject."""
    save_draft(
        actor=line.world.drafter,
        pk=line.pk,
        version=line.clock("submit"),
        requested_state=state("UZ"),
        content=CONTENT | {"title": title},
        measures=MEASURES,
    )


def test_versions_are_numbered_and_kept(line: Line) -> None:
    """Each submission freezes the next version; the earlier one says what it said."""
    line.walk("submit", "return_to_drafter")
    edit(line, "Second subject")
    line.take("submit")
    titles = line.request.versions.filter(series="submitted").order_by("number").values_list("number", "content__title")
    assert list(titles) == [(1, CONTENT["title"]), (2, "Second subject")]


def test_who_is_told(line: Line) -> None:
    """Those whom the table names and who see the request; never the one who acted."""
    blind = line.world.new(Body.RECEIVING, Role.SUPERVISOR)
    line.walk_to("closed")
    told = {(row.event, row.person_id) for row in Outbox.objects.all()}
    assert ("request.submit", line.world.supervisor.pk) in told
    assert ("request.transmit", line.world.receiver.pk) in told
    assert ("request.report_results", line.world.receiver.pk) in told
    assert ("request.close", line.world.receiver.pk) in told
    assert not [one for one in told if one[1] == blind.pk]
    assert not [one for one in told if one[0] == "request.submit" and one[1] == line.world.drafter.pk]


def test_the_target_date_is_the_requested_sides(line: Line, world: World) -> None:
    """Its authority and who executes read it on the request; the side that asked does not."""
    line.walk_to("under_review").take("accept_and_assign", target_date=later(47))
    day = date_format(later(47), "DATE_FORMAT")
    for user in (world.receiver, world.executor, world.sender, world.drafter):
        page = browser(user).get(reverse("mla:detail", args=[line.pk])).content.decode()
        theirs = user in (world.receiver, world.executor)
        assert ("Target date" in page, day in page) == (theirs, theirs), user


def test_a_target_date_that_has_passed_says_so(line: Line, world: World) -> None:
    """Until the results are reported, to those who know it."""
    line.walk_to("in_execution")
    Assignment.objects.update(target_date=timezone.localdate() - timedelta(days=8))
    url = reverse("mla:detail", args=[line.pk])
    for user, told in ((world.receiver, True), (world.executor, True), (world.drafter, False)):
        assert ("overdue by 8 days" in browser(user).get(url).content.decode()) is told
    line.walk("report_results")
    assert "overdue by 8 days" not in browser(world.receiver).get(url).content.decode()
