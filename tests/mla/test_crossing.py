"""Items that cross with a request and its answer: frozen, by the step itself, to whom the line leads."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Incomplete, NotAllowed
from agencies.models import Role
from agencies.services import end_membership
from agencies.standing import standing_of
from audit.models import AuditEvent
from cases.grants import take_from_agency
from cases.models import Case, CaseItem, GrantSource, Share
from cases.readings import access_of, already_seen, readers_of, revocation_of
from cases.services import ask_share, create_item, decide_share, name_person, save_item, unname_person
from cases.services.shares import Chosen
from cases.workflow import ShareState
from mla.models import AssistanceRequest, RequestVersion
from mla.reading import Reading, read
from mla.services import create_request, save_draft
from mla.workflow import Body
from tests.cases.papers import PDF, paper
from tests.cases.sharing import browser, sees, text_of
from tests.factories import (
    CONTENT,
    MAIN,
    MEASURES,
    Line,
    World,
    agency,
    case,
    designate,
    explain,
    later,
    person,
    state,
)
from tests.memory import memory

pytestmark = pytest.mark.django_db

Series = RequestVersion.Series


def note(case: Case, by: User, title: str = "Invented note") -> CaseItem:
    """A note in a case."""
    values = {"title": title, "text": "Two lorries were seen.", "author": ""}
    return create_item(actor=by, case_id=case.pk, kind="note", values=values, rows={})


class Papers(Line):
    """A line whose draft has a PDF and a note attached; a second note of the case stays at home."""

    def __init__(self, world: World, **more: Any) -> None:
        super().__init__(world, **more)
        self.pdf, self.note, self.home = memory.recall(("papers", self.pk), self._enclose)
        self.answers: list[CaseItem] = []

    def _enclose(self) -> tuple[CaseItem, CaseItem, CaseItem]:
        drafter = self.world.drafter
        found = paper(self.case, drafter, "evidence.pdf"), note(self.case, drafter)
        home = note(self.case, drafter, "Stays at home")
        self.attach(*found)
        return *found, home

    def attach(self, *items: CaseItem, by: User | None = None) -> None:
        """Choose the attachments of the draft."""
        save_draft(
            actor=by or self.world.drafter,
            pk=self.pk,
            version=self.request.requesting_clock,
            requested_state=state("UZ"),
            content=CONTENT,
            measures=MEASURES,
            attachments=[item.pk for item in items],
        )

    def data(self, name: str) -> dict[str, Any]:
        """Results come with the items chosen for the answer."""
        found = super().data(name)
        if "answer_items" in found:
            found["answer_items"] = [item.pk for item in self.answers]
        return found

    @property
    def file(self) -> Case:
        """The executing agency's own file."""
        return Case.objects.visible_to(self.world.executor).get(pk=self.request.execution_case_id)

    def find(self, name: str = "protocol.pdf") -> CaseItem:
        """The executing agency puts a document into its file, and chooses it for the answer."""
        item = paper(self.file, self.world.executor, name)
        self.answers.append(item)
        return item

    def reading(self, user: User) -> Reading:
        """The request as a person reads it."""
        return read(user, standing_of(user), self.pk)

    def who_sees(self, item: CaseItem) -> set[str]:
        """Which of the six people see an item."""
        names = ("drafter", "supervisor", "sender", "signatory", "receiver", "executor")
        return {name for name in names if sees(getattr(self.world, name), item)}

    def shares(self, step: str = "") -> list[Share]:
        """What the steps of this request opened, oldest first."""
        found = Share.objects.filter(via_request=self.pk).order_by("asked_at", "pk")
        return list(found.filter(via_step=step) if step else found)


@pytest.fixture
def papers(world: World) -> Papers:
    """A draft with attachments."""
    return Papers(world)


def edit(item: CaseItem, by: User, text: str) -> None:
    """Write a note anew."""
    fresh = CaseItem.objects.visible_to(by).get(pk=item.pk)
    values = {"title": text, "text": text, "author": ""}
    save_item(actor=by, pk=item.pk, version=fresh.version, values=values, rows={})


def page(user: User, item: CaseItem) -> str:
    """The item's page as a person reads it."""
    return text_of(browser(user).get(reverse("cases:item", args=[item.case_id, item.pk])))


def takes(user: User, item: CaseItem) -> int:
    """With which status the file is answered."""
    return browser(user).get(reverse("cases:file", args=[item.case_id, item.pk])).status_code


HOME = {"drafter", "supervisor"}
AUTHORITY = HOME | {"sender", "signatory"}


# --- Attachments -----------------------------------------------------------------------------------------------


def test_who_sees_an_attachment_when(papers: Papers) -> None:
    """Its own agency; the authority once passed on; the addressee once transmitted; the executor once assigned."""
    seen = [(step, papers.take(step) and papers.who_sees(papers.pdf)) for step in MAIN[:8]]
    assert seen == [
        ("submit", HOME),
        ("pass_on", AUTHORITY),
        ("sign", AUTHORITY),
        ("transmit", AUTHORITY | {"receiver"}),
        ("acknowledge", AUTHORITY | {"receiver"}),
        ("start_review", AUTHORITY | {"receiver"}),
        ("accept_and_assign", AUTHORITY | {"receiver", "executor"}),
        ("start_execution", AUTHORITY | {"receiver", "executor"}),
    ]
    assert papers.who_sees(papers.note) == seen[-1][1] and papers.who_sees(papers.home) == HOME
    for user in (papers.world.sender, papers.world.receiver, papers.world.executor):
        assert takes(user, papers.pdf) == 200 and takes(user, papers.home) == 404
        assert not Case.objects.visible_to(user).filter(pk=papers.case.pk).exists()
    assert takes(person(agency("UZ-CUS"), Role.OFFICER), papers.pdf) == 404


def test_what_crossed_stays_as_it_was(papers: Papers) -> None:
    """Frozen when it was submitted: neither the other side nor one's own authority reads a later edit."""
    world = papers.world
    papers.take("submit")
    edit(papers.note, world.drafter, "Written later")
    papers.walk(*MAIN[1:8])
    for user in (world.sender, world.receiver, world.executor):
        assert "Written later" not in page(user, papers.note) and "Invented note" in page(user, papers.note)
    assert "Written later" in page(world.drafter, papers.note)
    frozen = papers.note.versions.get(number=1).sha256
    assert papers.reading(world.receiver).attachments[1]["sha256"] == frozen


def test_submitted_anew_freezes_anew(papers: Papers) -> None:
    """Returned to the drafter and changed: the last submission counts."""
    papers.walk("submit", "return_to_drafter")
    edit(papers.note, papers.world.drafter, "Put right")
    papers.attach(papers.note)
    papers.walk(*MAIN[:4])
    assert "Put right" in page(papers.world.receiver, papers.note)
    assert papers.who_sees(papers.pdf) == HOME
    frozen = papers.note.versions.get(number=2).sha256
    assert [row["sha256"] for row in papers.reading(papers.world.receiver).attachments] == [frozen]


def test_the_letter_lists_them(papers: Papers) -> None:
    """Reference, kind and checksum, in what is signed and in what crosses; nothing of what they say or how often."""
    papers.walk(*MAIN[:4])
    for series in (Series.SUBMITTED, Series.TRANSMITTED):
        content = RequestVersion.objects.get(request=papers.pk, series=series).content
        rows = {row["reference"]: row for row in content["attachments"]}
        assert set(rows) == {papers.pdf.reference, papers.note.reference}
        for item in (papers.pdf, papers.note):
            version = item.versions.get()
            row = rows[item.reference]
            assert row == {
                "item": str(item.pk),
                "case": str(item.case_id),
                "reference": item.reference,
                "kind": item.kind,
                "sha256": version.sha256,
            }
        assert "evidence.pdf" not in str(content) and "Invented note" not in str(content)
    response = browser(papers.world.receiver).get(reverse("mla:detail", args=[papers.pk]))
    assert papers.pdf.versions.get().sha256[:8] in text_of(response)


@pytest.mark.parametrize("which", ["another case's", "nobody's"])
def test_only_items_of_the_case(papers: Papers, which: str) -> None:
    """What is of another case, or is not there, is no attachment; what was chosen stays chosen."""
    other = note(Line(papers.world).case, papers.world.drafter)
    with pytest.raises(Incomplete) as gap:
        papers.attach(papers.note, CaseItem(pk=uuid.uuid4()) if which == "nobody's" else other)
    assert "attachments" in gap.value.errors
    assert papers.request.request_items.count() == 2
    with pytest.raises(Incomplete):
        create_request(
            actor=papers.world.drafter,
            case_id=papers.case.pk,
            requested_state=state("UZ"),
            content=CONTENT,
            measures=MEASURES,
            attachments=[other.pk],
        )


def test_returned_by_the_authority(papers: Papers) -> None:
    """What it saw closes there; passed on again, it opens again."""
    papers.walk("submit", "pass_on")
    assert papers.who_sees(papers.pdf) == AUTHORITY
    papers.take("return_from_authority")
    assert papers.who_sees(papers.pdf) == HOME and takes(papers.world.sender, papers.pdf) == 404
    assert [one.state for one in papers.shares("pass_on")] == [ShareState.REVOKED]
    papers.walk("submit", "pass_on")
    assert papers.who_sees(papers.pdf) == AUTHORITY


def test_a_share_like_any_other(papers: Papers) -> None:
    """Owner and receiver see on its page with which request it crossed; no liaison officer takes it back."""
    world = papers.world
    liaison = person(world.bodies[Body.DRAFTING], Role.LIAISON)
    papers.walk(*MAIN[:4])
    (share,) = papers.shares("transmit")
    assert (share.owner, share.recipient) == (world.bodies[Body.DRAFTING], world.bodies[Body.RECEIVING])
    assert share.until is None and share.ends_at is None and share.decided_by_id != share.asked_by_id
    assert (share.reference, str(share)) == (None, papers.request.reference), "no number of the owner's series"
    url = reverse("shares:detail", args=[share.pk])
    for user in (liaison, world.drafter, world.receiver):
        found = text_of(browser(user).get(url))
        assert papers.request.reference in found
        # The owner's side reads what it gave; the receiver's only reference and kind, until they open the item.
        assert (papers.pdf.reference if user == world.receiver else "evidence.pdf") in found
    step = reverse("shares:step", args=[share.pk, "revoke"])
    assert step not in text_of(browser(liaison).get(url))
    assert browser(liaison).post(step, {"reason": "For a reason.", "version": share.version}).status_code in (403, 409)
    with pytest.raises(NotAllowed, match="stays with it"):
        decide_share(actor=liaison, pk=share.pk, name="revoke", version=share.version, reason="For a reason.")
    assert takes(world.receiver, papers.pdf) == 200


def test_an_agency_that_sends_for_itself(world: World) -> None:
    """Its authority is the owner: there is nothing to open, and the step does not stumble."""
    gpo = world.bodies[Body.DRAFTING] = world.bodies[Body.SENDING]
    world.drafter = world.holders[Body.DRAFTING, Role.OFFICER] = person(gpo, Role.OFFICER)
    world.supervisor = world.holders[Body.DRAFTING, Role.SUPERVISOR] = person(gpo, Role.SUPERVISOR)
    papers = Papers(world).walk(*MAIN[:4])
    assert [one.via_step for one in papers.shares()] == ["transmit"]
    assert papers.who_sees(papers.pdf) == AUTHORITY | {"receiver"}


def test_the_authority_executes_itself(papers: Papers) -> None:
    """Assigned to the receiving authority: attachments and answer need no second share."""
    world = papers.world
    gpo = world.bodies[Body.RECEIVING]
    papers.walk(*MAIN[:6]).take("accept_and_assign", executor=gpo)
    world.bodies[Body.EXECUTING] = gpo
    world.executor = world.holders[Body.EXECUTING, Role.OFFICER] = person(gpo, Role.OFFICER)
    papers.take("start_execution")
    item = papers.find()
    papers.walk("report_results", "return_results", "report_results")
    assert papers.who_sees(item) == {"receiver", "executor"}
    papers.take("send_response")
    assert papers.who_sees(item) == {"receiver", "executor"} | AUTHORITY


# --- The answer ------------------------------------------------------------------------------------------------


@pytest.fixture
def answering(papers: Papers) -> Papers:
    """In execution, with a protocol chosen for the answer and a note that is not."""
    papers.walk(*MAIN[:8])
    papers.find()
    return papers


def test_who_sees_an_answer_when(answering: Papers) -> None:
    """The executing agency; its authority once reported; the other side once sent."""
    (item,) = answering.answers
    other = note(answering.file, answering.world.executor, "Own working note")
    assert answering.who_sees(item) == {"executor"}
    answering.take("report_results")
    assert answering.who_sees(item) == {"executor", "receiver"}
    answering.take("send_response")
    everybody = AUTHORITY | {"executor", "receiver"}
    assert answering.who_sees(item) == everybody
    for name in AUTHORITY:
        assert takes(getattr(answering.world, name), item) == 200
    answering.walk("receive_response", "close")
    assert answering.who_sees(item) == everybody and answering.who_sees(other) == {"executor"}
    for name in everybody - {"executor"}:
        assert not Case.objects.visible_to(getattr(answering.world, name)).filter(pk=answering.file.pk).exists()


def test_results_returned(answering: Papers) -> None:
    """What the authority had seen closes there; reported again, the items chosen then open."""
    (item,) = answering.answers
    answering.walk("report_results", "return_results")
    assert answering.who_sees(item) == {"executor"} and takes(answering.world.receiver, item) == 404
    answering.answers.clear()
    second = answering.find("second.pdf")
    answering.walk("report_results", "send_response")
    assert answering.who_sees(item) == {"executor"}
    assert answering.who_sees(second) == AUTHORITY | {"executor", "receiver"}


def test_only_items_of_the_executing_file(answering: Papers) -> None:
    """Neither the request's own attachments, which the executor sees, nor another case of the agency."""
    world = answering.world
    other = note(case(world.executor, world.bodies[Body.EXECUTING]), world.executor)
    for item in (answering.pdf, other, CaseItem(pk=uuid.uuid4())):
        with pytest.raises(Incomplete) as gap:
            answering.take("report_results", answer_items=[item.pk])
        assert "answer_items" in gap.value.errors and answering.state == "in_execution"
    choices = {choice for choice, _label in answering.reading(world.executor).answer_choices}
    assert choices == {str(answering.answers[0].pk)}
    assert not answering.reading(world.receiver).answer_choices


def test_what_was_reported_stays_as_it_was(answering: Papers) -> None:
    """An edit after the report reaches neither the authority nor the other side."""
    world = answering.world
    working = note(answering.file, world.executor, "As reported")
    answering.answers.append(working)
    answering.take("report_results")
    edit(working, world.executor, "Written later")
    answering.take("send_response")
    for user in (world.receiver, world.drafter, world.sender):
        assert "As reported" in page(user, working) and "Written later" not in page(user, working)
    content = RequestVersion.objects.get(request=answering.pk, series=Series.RESPONSE).content
    assert {row["sha256"] for row in content["items"]} == {
        item.versions.get(number=1).sha256 for item in answering.answers
    }


@pytest.mark.parametrize("with_items", [False, True])
def test_who_executed_becomes_known_only_with_items(answering: Papers, with_items: bool) -> None:
    """An item bears its owner's name; without one the executing agency stays unknown."""
    if not with_items:
        answering.answers.clear()
    answering.take("report_results")
    assert answering.reading(answering.world.drafter).executing_agency is None
    answering.take("send_response")
    known = answering.reading(answering.world.drafter).executing_agency
    assert (known == answering.world.bodies[Body.EXECUTING]) is with_items
    found = text_of(browser(answering.world.drafter).get(reverse("mla:detail", args=[answering.pk])))
    assert ("UZ-MIA" in found) is with_items


def test_nobody_knows_before(answering: Papers) -> None:
    """Between report and response the requesting side sees neither item nor count."""
    answering.take("report_results")
    (item,) = answering.answers
    for user in (answering.world.drafter, answering.world.sender):
        assert not answering.reading(user).answer_items
        found = text_of(browser(user).get(reverse("mla:detail", args=[answering.pk])))
        assert item.reference not in found and "UZ-MIA" not in found


def test_what_a_step_took_back_says_by_whom(answering: Papers) -> None:
    """The items of results that were returned, to the side whose own step it was."""
    world = answering.world
    answering.walk("report_results", "return_results")
    share = Share.objects.get(via_request=answering.pk, via_step="report_results", state=ShareState.REVOKED)
    text = text_of(browser(world.executor).get(reverse("shares:detail", args=[share.pk])))
    assert world.receiver.name in text.split("Revoked by")[1].split("</dd>")[0]
    # Had it gone to the other side, who took it back there would be that side's own.
    share.recipient = world.bodies[Body.SENDING]
    assert share.crossed and revocation_of(share) is None


def test_a_second_answer(answering: Papers) -> None:
    """Sent back as incomplete: the first answer stays open, the second comes beside it."""
    (first,) = answering.answers
    world = answering.world
    answering.walk("report_results", "send_response", "receive_response", "send_back")
    everybody = AUTHORITY | {"executor", "receiver"}
    assert answering.who_sees(first) == everybody
    second = answering.find("second.pdf")
    answering.take("report_results")
    assert answering.who_sees(second) == {"executor", "receiver"}
    assert [row["reference"] for row in answering.reading(world.drafter).answer_items] == [first.reference]
    answering.take("return_results")
    assert answering.who_sees(second) == {"executor"}
    assert answering.who_sees(first) == everybody, "it was sent: the authority that sent it sees it on"
    answering.walk("report_results", "send_response", "receive_response", "close")
    assert answering.who_sees(first) == answering.who_sees(second) == everybody
    rows = answering.reading(world.drafter).answer_items
    assert [row["reference"] for row in rows] == [first.reference, second.reference]


def test_a_second_answer_without_the_first_item(answering: Papers) -> None:
    """What was sent once stays with the request, though the second answer does not name it again."""
    (first,) = answering.answers
    answering.walk("report_results", "send_response", "receive_response", "send_back")
    answering.answers.clear()
    answering.walk("report_results", "send_response")
    assert takes(answering.world.drafter, first) == takes(answering.world.receiver, first) == 200


def test_withdrawn(papers: Papers) -> None:
    """What has crossed stays with the request; nothing more is opened."""
    papers.walk(*MAIN[:6]).take("withdraw")
    assert papers.who_sees(papers.pdf) == AUTHORITY | {"receiver"}


def test_who_leaves_the_other_side(answering: Papers) -> None:
    """Is out at the next click."""
    answering.walk("report_results", "send_response")
    leaver = answering.world.new(Body.DRAFTING, Role.OFFICER)
    (item,) = answering.answers
    assert takes(leaver, item) == 200
    end_membership(membership=leaver.memberships.get())
    assert not sees(leaver, item)


# --- Need to know ----------------------------------------------------------------------------------------------


@pytest.fixture
def secret(world: World) -> Papers:
    """A line of a need-to-know case in which the supervisor is named beside the drafter."""
    return Papers(world, need_to_know=True, members=[world.supervisor])


def answered(papers: Papers) -> CaseItem:
    """Take the line to its answer with one item."""
    papers.walk(*MAIN[:8])
    item = papers.find()
    papers.walk("report_results", "send_response")
    return item


def test_need_to_know_attachments(secret: Papers) -> None:
    """At home the named people alone; elsewhere as of any request."""
    colleague = secret.world.new(Body.DRAFTING, Role.OFFICER, Role.SUPERVISOR, Role.LIAISON)
    seen = [secret.take(step) and secret.who_sees(secret.pdf) for step in MAIN[:7]]
    assert seen[0] == HOME and seen[1] == AUTHORITY and seen[6] == AUTHORITY | {"receiver", "executor"}
    assert not sees(colleague, secret.pdf) and not sees(colleague, secret.home)


def test_need_to_know_answers(secret: Papers) -> None:
    """To the named people alone; one named later sees them too, one taken out no more."""
    world = secret.world
    colleague = world.new(Body.DRAFTING, Role.OFFICER, Role.SUPERVISOR)
    item = answered(secret)
    assert secret.who_sees(item) == AUTHORITY | {"receiver", "executor"}
    assert not sees(colleague, item) and takes(colleague, item) == 404
    name_person(actor=world.drafter, pk=secret.case.pk, person=colleague)
    assert sees(colleague, item) and takes(colleague, item) == 200
    assert takes(colleague, secret.pdf) == 200
    unname_person(actor=world.drafter, pk=secret.case.pk, person=colleague)
    assert not sees(colleague, item) and takes(colleague, item) == 404 and not sees(colleague, secret.pdf)
    unname_person(actor=world.drafter, pk=secret.case.pk, person=world.supervisor)
    assert secret.who_sees(item) == AUTHORITY - {"supervisor"} | {"receiver", "executor"}


def test_named_between_the_answers(secret: Papers) -> None:
    """Who is named between two answers sees both; who is taken out sees neither."""
    world = secret.world
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    first = answered(secret)
    secret.walk("receive_response", "send_back")
    name_person(actor=world.drafter, pk=secret.case.pk, person=colleague)
    second = secret.find("second.pdf")
    secret.walk("report_results", "send_response")
    assert sees(colleague, first) and sees(colleague, second)
    unname_person(actor=world.drafter, pk=secret.case.pk, person=colleague)
    assert not sees(colleague, first) and not sees(colleague, second)


@pytest.fixture
def own(world: World) -> Callable[..., Papers]:
    """Call it for a need-to-know case in the very agency that is the central authority."""
    gpo = world.bodies[Body.DRAFTING] = world.bodies[Body.SENDING]
    world.drafter = world.holders[Body.DRAFTING, Role.OFFICER] = person(gpo, Role.OFFICER)
    world.supervisor = world.holders[Body.DRAFTING, Role.SUPERVISOR] = person(gpo, Role.SUPERVISOR)
    return lambda: Papers(world, need_to_know=True, members=[world.supervisor])


def test_own_authority_by_name(own: Callable[..., Papers], world: World) -> None:
    """From when it is passed on the authority's people see the attachments by name; the agency does not."""
    papers = own()
    outsider = person(world.bodies[Body.SENDING], Role.OFFICER, Role.LIAISON)
    papers.take("submit")
    assert papers.who_sees(papers.pdf) == HOME
    papers.take("pass_on")
    assert papers.who_sees(papers.pdf) == AUTHORITY and papers.who_sees(papers.home) == HOME
    papers.take("return_from_authority")
    assert papers.who_sees(papers.pdf) == HOME, "gone back: closed there again"
    papers.attach(papers.note)
    papers.walk("submit", "pass_on")
    assert papers.who_sees(papers.pdf) == HOME and papers.who_sees(papers.note) == AUTHORITY
    papers.walk("sign", "transmit")
    assert not sees(outsider, papers.note)
    papers.walk(*MAIN[4:8])
    item = papers.find()
    papers.walk("report_results", "send_response")
    assert papers.who_sees(item) == AUTHORITY | {"receiver", "executor"} and not sees(outsider, item)


def test_own_authority_reads_what_it_is_asked_to_sign(own: Callable[..., Papers], world: World) -> None:
    """Its people read note and file; not the case, nor who sees the item and who looked."""
    papers = own().walk("submit", "pass_on")
    client = browser(world.signatory)
    for item, said in ((papers.note, "Two lorries were seen."), (papers.pdf, "evidence.pdf")):
        response = client.get(reverse("cases:item", args=[papers.case.pk, item.pk]))
        assert response.status_code == 200 and said in text_of(response)
        hidden = (papers.case.title, papers.case.reference, "Who looked", "Who can see")
        assert [words for words in hidden if words in text_of(response)] == []
    assert takes(world.signatory, papers.pdf) == 200
    assert client.get(reverse("cases:item", args=[papers.case.pk, papers.home.pk])).status_code == 404
    assert client.get(reverse("cases:detail", args=[papers.case.pk])).status_code == 404


def test_own_authority_writes_nothing(own: Callable[..., Papers], world: World) -> None:
    """Also not when one of its people is an officer of the agency too: who writes is named in the case."""
    papers = own()
    world.give(world.sender, Body.SENDING, Role.OFFICER)
    papers.walk("submit", "pass_on")
    with pytest.raises(NotAllowed):
        edit(papers.note, world.sender, "By the authority")
    client = browser(world.sender)
    url = reverse("cases:item_edit", args=[papers.case.pk, papers.note.pk])
    assert (
        client.get(url).status_code == client.post(url, {"title": "By the authority", "version": 1}).status_code == 403
    )
    papers.take("return_from_authority")
    with pytest.raises(NotAllowed):
        papers.attach(by=world.sender)
    url = reverse("mla:draft", args=[papers.pk])
    step = reverse("mla:draft_step", args=[papers.pk, "facts"])
    assert client.get(url).status_code == client.get(step).status_code == 403
    assert client.post(step, {"facts": "By the authority", "version": 0, "go": "on"}).status_code == 403
    assert url not in text_of(client.get(reverse("mla:detail", args=[papers.pk])))
    assert url in text_of(browser(world.drafter).get(reverse("mla:detail", args=[papers.pk])))
    assert {row.item_id for row in papers.request.request_items.all()} == {papers.pdf.pk, papers.note.pk}


def test_choosing_leaves_what_one_does_not_see(papers: Papers) -> None:
    """Whoever chooses anew takes out what they see and do not name, and nothing else."""
    take_from_agency([papers.note], papers.world.bodies[Body.DRAFTING], GrantSource.OWNERSHIP)
    papers.attach(papers.home)
    assert {row.item_id for row in papers.request.request_items.all()} == {papers.note.pk, papers.home.pk}


def test_two_requests_with_one_attachment(own: Callable[..., Papers], world: World) -> None:
    """One goes back: what the other has brought to the authority stays open there."""
    papers = own().walk("submit", "pass_on")
    second = create_request(
        actor=world.drafter,
        case_id=papers.case.pk,
        requested_state=state("UZ"),
        content=CONTENT,
        measures=MEASURES,
        attachments=[papers.pdf.pk, papers.home.pk],
    )
    explain(world.drafter, second.pk)
    first, papers.pk = papers.pk, second.pk
    papers.walk("submit", "pass_on")
    assert papers.who_sees(papers.home) == AUTHORITY
    papers.take("return_from_authority")
    assert papers.who_sees(papers.home) == HOME and papers.who_sees(papers.pdf) == AUTHORITY
    papers.pk = first
    papers.take("return_from_authority")
    assert papers.who_sees(papers.pdf) == papers.who_sees(papers.note) == HOME


def asked_of(papers: Papers, item: CaseItem, recipient: Body, by: Body) -> Share:
    """An officer of the item's owner asks that it go to another body, by a share of its own."""
    return ask_share(
        actor=papers.world.holders[by, Role.OFFICER],
        case_id=item.case_id,
        chosen=[Chosen(item.pk)],
        recipient=papers.world.bodies[recipient],
        purpose="Another matter.",
        until=later(),
    )


def seen_already(papers: Papers, share: Share, owner: Body) -> list[tuple[str, str, int]]:
    """What a liaison officer of the owner reads of what the recipient sees already: item, through what, how many."""
    liaison = papers.world.new(owner, Role.LIAISON)
    found = already_seen(share, liaison, standing_of(liaison))
    text = text_of(browser(liaison).get(reverse("shares:detail", args=[share.pk])))
    assert [str(one.way.share) in text for one in found] == [True] * len(found)
    return [(one.item.reference, str(one.way.share), one.way.people) for one in found]


def test_an_answer_to_named_people_is_seen_already(secret: Papers) -> None:
    """By the people of the agency to whom it is open, and with which request."""
    item = answered(secret)
    secret.world.new(Body.DRAFTING, Role.OFFICER)
    share = asked_of(secret, item, Body.DRAFTING, Body.EXECUTING)
    assert seen_already(secret, share, Body.EXECUTING) == [(item.reference, secret.request.reference, 2)]


def test_what_an_undisclosed_executor_sees_already_is_not_told(papers: Papers) -> None:
    """Asking for a share to each agency of the other state would find it out."""
    papers.walk(*MAIN[:8])
    for recipient, known in ((Body.RECEIVING, 1), (Body.EXECUTING, 0)):
        share = asked_of(papers, papers.note, recipient, Body.DRAFTING)
        assert len(seen_already(papers, share, Body.DRAFTING)) == 2 * known
    papers.find()
    papers.walk("report_results", "send_response")
    share = asked_of(papers, papers.note, Body.EXECUTING, Body.DRAFTING)
    assert len(seen_already(papers, share, Body.DRAFTING)) == 2


def test_no_number_tells_how_often_results_went_to_and_fro(answering: Papers) -> None:
    """The executing agency's next share is its first: steps take no number of its series."""
    again = ("report_results", "return_results")
    answering.walk(*again, *again, "report_results", "send_response")
    (item,) = answering.answers
    share = asked_of(answering, item, Body.DRAFTING, Body.EXECUTING)
    assert share.reference.endswith("-000001")
    assert "-S-" not in page(answering.world.drafter, item) + page(answering.world.sender, item)


# --- What is on record -----------------------------------------------------------------------------------------


def pages_of_the_owner(papers: Papers, user: User) -> str:
    """Every page on which somebody reads what became of the attachments: case, items, shares, each share."""
    client = browser(user)
    shares = Share.objects.of_own_cases(user).filter(via_request=papers.pk)
    urls = [reverse("cases:detail", args=[papers.case.pk]), reverse("shares:list"), reverse("cases:list")]
    urls += [reverse("cases:item", args=[papers.case.pk, item.pk]) for item in (papers.pdf, papers.note)]
    urls += [reverse("shares:detail", args=[share.pk]) for share in shares]
    return " ".join(text_of(client.get(url)) for url in urls)


@pytest.mark.parametrize("disclosed", [False, True])
def test_an_undisclosed_executor_is_named_nowhere(papers: Papers, disclosed: bool) -> None:
    """Attachments went on to it, it read and took them: their owner reads of the addressee, unless it is disclosed."""
    world = papers.world
    executor, addressee = world.bodies[Body.EXECUTING], world.bodies[Body.RECEIVING]
    papers.walk(*MAIN[:6])
    before = Share.objects.visible_to(world.drafter).count()
    papers.take("accept_and_assign", disclose_executor=disclosed)
    papers.take("start_execution")
    page(world.executor, papers.note)
    assert takes(world.executor, papers.pdf) == 200
    found = pages_of_the_owner(papers, world.drafter)
    assert (executor.name in found, executor.code in found) == (disclosed, disclosed)
    assert addressee.name in found
    assert [world.executor.name in found, world.receiver.name in found] == [False, False]
    (share,) = papers.shares("accept_and_assign")
    event = AuditEvent.objects.get(name="share.cross", subject_id=share.pk)
    assert (event.actor, event.agency) == (world.receiver, "KG-MIA" if disclosed else "UZ-GPO")
    status = browser(world.drafter).get(reverse("shares:detail", args=[share.pk])).status_code
    assert status == (200 if disclosed else 404)
    assert Share.objects.visible_to(world.drafter).count() == before + disclosed
    assert browser(world.executor).get(reverse("shares:detail", args=[share.pk])).status_code == 200


def test_looks_of_an_undisclosed_executor_count_as_the_addressees(papers: Papers) -> None:
    """One line of a day for the addressee: neither how many looked nor how many there are to look tells of another."""
    world = papers.world
    papers.walk(*MAIN[:8])
    for user in (world.receiver, world.executor, world.new(Body.EXECUTING, Role.OFFICER)):
        page(user, papers.note)
    (line,) = readers_of(papers.note)
    addressee = world.bodies[Body.RECEIVING]
    assert (line["person"], line["name"], line["agency"]) == (None, addressee.name, addressee.code)
    assert line["count"] == 3
    rows = access_of(papers.note, timezone.now())
    assert [(row.agency.code, row.people) for row in rows] == [("KG-MIA", 2), ("KG-GPO", 2), ("UZ-GPO", 1)]


def test_items_of_the_answer_disclose_who_executed(answering: Papers) -> None:
    """From then on the owner reads to whom its attachments had gone on; without items they go on reading nothing."""
    world = answering.world
    name = world.bodies[Body.EXECUTING].name
    page(world.executor, answering.note)
    answering.walk("report_results")
    assert name not in pages_of_the_owner(answering, world.drafter)
    answering.take("send_response")
    assert name in page(world.drafter, answering.note)
    assert Share.objects.of_own_cases(world.drafter).filter(via_step="accept_and_assign").exists()


def test_readings_of_what_crossed(answering: Papers) -> None:
    """Each side's owner reads which agency of the other looked and took; people stand on the owner's own side."""
    world = answering.world
    answering.walk("report_results", "send_response")
    (item,) = answering.answers
    assert takes(world.drafter, item) == takes(world.receiver, item) == takes(world.executor, answering.pdf) == 200
    page(world.receiver, answering.pdf)
    assert takes(world.sender, answering.pdf) == 200
    rows = [(row["person"], row["agency"]) for row in readers_of(answering.pdf)]
    assert rows == [(world.sender, "KG-GPO"), (None, "UZ-GPO"), (None, "UZ-MIA")]
    assert [(row["person"], row["agency"]) for row in readers_of(item)] == [
        (world.receiver, "UZ-GPO"),
        (None, "KG-MIA"),
    ]
    owners_page = page(world.drafter, answering.pdf)
    assert world.sender.name in owners_page
    assert not {name for name in (world.executor.name, world.receiver.name) if name in owners_page}
    assert world.drafter.name not in page(world.executor, item)
    assert world.drafter.name not in page(world.receiver, item)


def test_a_reading_through_a_share_that_was_asked_for_names_the_person(papers: Papers) -> None:
    """Also when the same agency has the item with a request as well: the owner gave it to them, and reads who read."""
    world = papers.world
    papers.walk(*MAIN[:8])
    page(world.executor, papers.note)
    liaison = person(world.bodies[Body.DRAFTING], Role.LIAISON)
    share = asked_of(papers, papers.note, Body.EXECUTING, Body.DRAFTING)
    decide_share(actor=liaison, pk=share.pk, name="approve", version=share.version)
    page(world.executor, papers.note)
    rows = [(row["person"], row["agency"], row["count"]) for row in readers_of(papers.note)]
    assert rows == [(world.executor, "UZ-MIA", 1), (None, "UZ-GPO", 1)]


def test_bytes_are_the_owners(answering: Papers) -> None:
    """What arrives is what was sent, byte for byte."""
    answering.walk("report_results", "send_response")
    (item,) = answering.answers
    response = browser(answering.world.drafter).get(reverse("cases:file", args=[item.case_id, item.pk]))
    assert b"".join(response.streaming_content) == PDF


def test_a_basis_that_changes_the_authority(papers: Papers, world: World) -> None:
    """Passed on to another authority after it went back: the first one has no part in it any more."""
    customs = agency("KG-CUS")
    papers.walk("submit", "pass_on", "return_from_authority")
    designate(customs, "sends", "chisinau-2002")
    officer = person(customs, Role.CA_OFFICER)
    papers.walk("submit", "pass_on")
    assert papers.request.sending_authority == customs
    assert sees(officer, papers.pdf) and papers.who_sees(papers.pdf) == HOME
    assert not AssistanceRequest.objects.visible_to(world.sender).filter(pk=papers.pk).exists()
