"""The face that a request turns to each side: state, turn, basis, deadline and words, as that side may know them."""

import pytest

from agencies.standing import standing_of
from cases.folding import keys_of
from cases.services import save_case
from mla import faces
from mla.models import RequestFace
from mla.policies import bodies_of, side_of
from mla.reading import read
from mla.services import save_draft
from mla.workflow import NOT_YET_SENT, RequestState, Side
from tests.factories import CONTENT, MEASURES, WAYS, Line, World, later, state
from tests.security.story import CHAPTERS, Story

pytestmark = pytest.mark.django_db


def face(line: Line, side: str = Side.REQUESTING) -> RequestFace:
    """One face of a request."""
    return RequestFace.objects.get(request=line.pk, side=side)


def says(one: RequestFace, *texts: str) -> bool:
    """Whether all words of these texts are among the face's keys."""
    return set(keys_of(texts).split()) <= set(one.words.split())


@pytest.mark.parametrize("name", WAYS)
def test_each_face_shows_what_its_side_reads(world: World, name: str) -> None:
    """State, whose turn and deadline are those of the page, in every state and for people of both sides."""
    line = Line(world, deadline=later(20), deadline_reason="Custody ends.").walk_to(name)
    crossed = RequestState(name) not in NOT_YET_SENT | {RequestState.DISCARDED}
    assert RequestFace.objects.filter(request=line.pk).count() == 1 + crossed
    for user in (world.drafter, world.sender, world.receiver, world.executor):
        standing = standing_of(user)
        try:
            reading = read(user, standing, line.pk)
        except line.request.DoesNotExist:
            continue
        one = face(line, side_of(bodies_of(line.request), standing))
        assert (one.state, one.deadline) == (reading.state, (reading.answer_due or reading.deadline)["day"])
        assert one.basis == reading.content["basis"]
        turn = reading.turn
        assert (one.holder_id is None) == (turn["holder"] == "none")
        assert bool(turn["yours"]) == (one.holder_id in standing.roles)
        assert one.own_state_id == reading.own_state.pk and one.other_state_id == reading.other_state.pk


def test_a_draft_has_one_face(line: Line) -> None:
    """What the other side shall not know has no row for it."""
    assert [one.side for one in RequestFace.objects.all()] == [Side.REQUESTING]
    assert says(face(line), line.request.title, line.request.facts, "Hear the witness", line.request.reference)


def test_a_saved_draft_is_found_by_its_new_words(line: Line, world: World) -> None:
    """And by no old one; another requested state, basis and deadline are followed too."""
    content = CONTENT | {"title": "Saffron", "facts": "None known.", "basis": "untoc", "deadline": later(9)}
    save_draft(
        actor=world.drafter,
        pk=line.pk,
        version=line.request.requesting_clock,
        requested_state=state("KZ"),
        content=content,
        measures=MEASURES[:1],
    )
    one = face(line)
    assert says(one, "saffron") and not says(one, "customs") and not says(one, "waybills")
    assert (one.other_state_id, one.basis, one.deadline) == ("KZ", "untoc", later(9))


def test_results_are_the_requested_sides_until_they_are_sent(world: World) -> None:
    """The state too: the other side reads 'in execution'."""
    line = Line(world).walk_to("results_reported")
    assert says(face(line, Side.REQUESTED), "Done as asked") and not says(face(line), "Done as asked")
    assert face(line).state == "in_execution" and face(line, Side.REQUESTED).state == "results_reported"
    line.take("send_response")
    assert says(face(line), "Done as asked", "Enclosed")


def test_answers_are_the_requesting_sides_until_they_are_sent(world: World) -> None:
    """Written, they wait for the central authority."""
    line = Line(world).walk_to("info_requested")
    line.take("write_answer", answers=["Saffron in crates."])
    assert says(face(line), "Saffron in crates") and not says(face(line, Side.REQUESTED), "saffron")
    line.take("answer_information")
    assert says(face(line, Side.REQUESTED), "Saffron in crates")


def test_register_numbers_are_found_on_both_sides(world: World) -> None:
    """They stand on both sides' pages."""
    line = Line(world).walk_to("transmitted")
    line.take("acknowledge", number="77/26-zz")
    for side in (Side.REQUESTING, Side.REQUESTED):
        assert "7726zz" in face(line, side).words.split()


def test_the_cases_name_follows_while_it_is_a_draft(world: World) -> None:
    """What was submitted says what it said: whoever reads it need not see the case."""
    draft, sent = Line(world), Line(world).walk_to("transmitted")
    for line in (draft, sent):
        content = {"title": "Saffron crate", "offences": "x"}
        save_case(actor=world.drafter, pk=line.case.pk, version=1, content=content)
    assert says(face(draft), "Saffron crate")
    for side in (Side.REQUESTING, Side.REQUESTED):
        assert not says(face(sent, side), "saffron") and says(face(sent, side), "Case of the invented wares")


def test_each_side_orders_by_what_came_to_it(world: World) -> None:
    """When a request was begun is the requesting side's own."""
    line = Line(world).walk_to("transmitted")
    assert face(line).sort_at == line.request.created_at
    assert face(line, Side.REQUESTED).sort_at == line.request.versions.get(series="transmitted").frozen_at


def test_whose_turn_hides_the_executing_agency(world: World) -> None:
    """The requesting side knows of its central authority, until the executing agency is disclosed."""
    line = Line(world).walk_to("in_execution")
    assert face(line).holder.code == "UZ-GPO" and face(line, Side.REQUESTED).holder.code == "UZ-MIA"


def test_after_the_whole_story_there_is_nothing_to_mend(world: World) -> None:
    """After each chapter the faces are what would be made anew."""
    story = Story(world)
    for name in CHAPTERS:
        story.chapter(name)
        assert faces.reindex(write_them=False) == 0, name


def test_what_is_wrong_is_found_and_mended(world: World) -> None:
    """A face that is missing, one with another day, one with other words."""
    lines = [Line(world).walk_to("transmitted") for _ in range(2)]
    face(lines[0], Side.REQUESTED).delete()
    RequestFace.objects.filter(request=lines[1].pk, side="requested").update(deadline=later(1))
    RequestFace.objects.filter(request=lines[1].pk, side="requesting").update(words="spoiled")
    assert faces.reindex(write_them=False) == 3
    assert faces.reindex() == 3
    assert faces.reindex(write_them=False) == 0


def test_a_huge_letter_is_indexed_in_bounds(world: World) -> None:
    """200,000 letters of facts, each word another."""
    facts = " ".join(f"слово{number}" for number in range(20_000))[:200_000]
    line = Line(world, facts=facts)
    one = face(line)
    assert says(one, facts.split()[0], facts.split()[-2]) and len(one.words) < 500_000
