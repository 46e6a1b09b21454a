"""Review: a list to tick off, comments at fields, and what changed since."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from accounts.refusals import Incomplete, NotAllowed
from agencies.models import Role
from mla.compare import changes
from mla.models import FieldComment
from mla.presentation import rule_words
from mla.review import TICKS, open_comments, reviews_of, ticks_for
from mla.services import answer_comment, save_step
from mla.versions import letter_content
from mla.workflow import Body
from tests.factories import Line, World, explain
from tests.security.people import browser

pytestmark = pytest.mark.django_db
LONG = "Wares were carried past customs. " + "Invented wares were carried past customs. " * 60 + "The end of {}."
COMMENTS = [{"field": "facts", "text": "Name the wares."}, {"field": "measures", "text": "Say which waybills."}]


@pytest.fixture
def returned(line: Line) -> Line:
    """A draft that came back with two comments."""
    line.take("submit")
    line.take("return_to_drafter", comments=COMMENTS)
    return line


def test_every_point_is_ticked_off(line: Line) -> None:
    """One left open keeps the request where it is; what was ticked stays on record."""
    line.take("submit")
    codes = [tick.code for tick in ticks_for(line.request)]
    with pytest.raises(Incomplete):
        line.take("pass_on", legality=codes[1:])
    line.take("pass_on")
    assert line.request.events.get(name="pass_on").ticks == sorted(codes)


def test_a_sanction_only_where_a_measure_needs_one(line: Line) -> None:
    """Search and seizure bring the point of the sanction onto the list."""
    assert "authorised" not in {tick.code for tick in ticks_for(line.request)}
    search = [{"kind": "c", "description": "Search the depot."}]
    save_step(actor=line.world.drafter, pk=line.pk, step="measures", version=0, values={"measures": search})
    assert {tick.code for tick in ticks_for(line.request)} == {tick.code for tick in TICKS}


def test_a_comment_waits_until_it_is_met_or_answered(returned: Line, world: World) -> None:
    """Submitting again asks for each: a changed field meets its comment, an answer stands in for a change."""
    with pytest.raises(Incomplete) as refused:
        returned.take("submit")
    assert set(refused.value.errors) == {"facts", "measures"}
    save_step(actor=world.drafter, pk=returned.pk, step="facts", version=0, values={"facts": "Dried apricots."})
    (waiting,) = open_comments(returned.request)
    assert waiting.field == "measures"
    answer_comment(actor=world.drafter, pk=returned.pk, comment_id=waiting.pk, text="All of them.")
    returned.take("submit")
    assert returned.state == "domestic_review"


def test_comments_are_at_their_fields(returned: Line, world: World) -> None:
    """The step's page shows its comment, the other steps do not."""
    client = browser(world.drafter)
    facts = client.get(reverse("mla:draft_step", args=[returned.pk, "facts"])).content.decode()
    offence = client.get(reverse("mla:draft_step", args=[returned.pk, "offence"])).content.decode()
    assert "Name the wares." in facts and "Name the wares." not in offence
    assert "Say which waybills." in client.get(reverse("mla:draft", args=[returned.pk])).content.decode()


def test_nobody_else_answers(returned: Line, world: World) -> None:
    """The reviewer does not answer for the drafter."""
    comment = FieldComment.objects.filter(request=returned.pk).first()
    with pytest.raises(NotAllowed):
        answer_comment(actor=world.supervisor, pk=returned.pk, comment_id=comment.pk, text="Mine.")


def test_a_comment_stands_at_a_part_of_the_letter(line: Line) -> None:
    """Not at a field that nobody would see it at."""
    line.take("submit")
    with pytest.raises(Incomplete):
        line.take("return_to_drafter", comments=[{"field": "reference", "text": "Elsewhere."}])


def test_comments_of_the_last_return_only(returned: Line) -> None:
    """What was met in an earlier round does not come back."""
    save_step(actor=returned.world.drafter, pk=returned.pk, step="facts", version=0, values={"facts": "Other."})
    for comment in open_comments(returned.request):
        answer_comment(actor=returned.world.drafter, pk=returned.pk, comment_id=comment.pk, text="Done.")
    returned.take("submit")
    returned.take("return_to_drafter", comments=[{"field": "purpose", "text": "Be brief."}])
    assert [one.field for one in open_comments(returned.request)] == ["purpose"]


def test_what_changed_since_it_went_back(returned: Line, world: World) -> None:
    """The drafter sees the change before submitting, the supervisor after; the other side never."""
    save_step(actor=world.drafter, pk=returned.pk, step="facts", version=0, values={"facts": "Wares were seen."})
    url = reverse("mla:changes", args=[returned.pk])
    page = browser(world.drafter).get(url).content.decode()
    assert "<del>" in page and "<ins>" in page and "seen." in page
    for comment in open_comments(returned.request):
        answer_comment(actor=world.drafter, pk=returned.pk, comment_id=comment.pk, text="Done.")
    returned.take("submit")
    assert "seen." in browser(world.supervisor).get(url).content.decode()
    returned.walk("pass_on", "sign", "transmit")
    assert browser(world.receiver).get(url).status_code == 404, "one version crossed: there is nothing to compare"


def test_both_sides_compare_what_crossed(line: Line, world: World) -> None:
    """An answer to questions makes a second version, and shows against the first."""
    line.walk_to("info_requested")
    line.walk("write_answer", "answer_information")
    for who in (world.receiver, world.sender):
        assert browser(who).get(reverse("mla:changes", args=[line.pk])).status_code == 200


def test_words_that_went_and_came(line: Line) -> None:
    """Only what differs is marked, by words; measures and ticks read as people read them."""
    before = letter_content(line.request)
    after = before | {"facts": before["facts"].replace("past", "round"), "confidential": True}
    found = {one.name: [(piece.kind, piece.text) for piece in one.pieces] for one in changes(before, after)}
    assert found == {
        "facts": [("same", "Wares were carried "), ("went", "past"), ("came", "round"), ("same", " customs.")],
        "confidential": [("went", "no"), ("came", "yes")],
    }


def test_the_reason_comes_before_the_comments(line: Line, world: World) -> None:
    """What is needed to return a draft stands first; the comments at fields stand together, and each may stay empty."""
    line.take("submit")
    page = browser(world.supervisor).get(reverse("mla:step", args=[line.pk, "return_to_drafter"])).content.decode()
    assert page.index('name="reason"') < page.index("beside-letter") < page.index('name="comments_title"')
    assert "Leave the others empty." in page


def test_rules_are_named_in_the_language_of_the_reader() -> None:
    """A treaty's short name is translated, its articles stay."""
    assert rule_words("UNTOC 18(13), (14); Minsk 5, 80") == "UNTOC 18(13), (14); Minsk 5, 80"
    with override("ru"):
        assert rule_words("UNTOC 18(13), (14); Minsk 5, 80") == "КТОП 18(13), (14); Минск 5, 80"


def page(who: User, name: str, *args: object) -> str:
    """A page as somebody reads it."""
    return browser(who).get(reverse(name, args=args)).content.decode()


def mended(line: Line) -> Line:
    """Return the line's draft with two comments; one is answered, of the other the field is changed; sent again."""
    line.take("submit")
    line.take("return_to_drafter", comments=COMMENTS)
    save_step(actor=line.world.drafter, pk=line.pk, step="facts", version=0, values={"facts": "Dried apricots."})
    (waiting,) = open_comments(line.request)
    answer_comment(actor=line.world.drafter, pk=line.pk, comment_id=waiting.pk, text="All of them.")
    line.take("submit")
    return line


def test_who_reviews_again_reads_what_was_said_and_done(line: Line, world: World) -> None:
    """The comments of the last return, the answer and the change: on the request's page and beside each step."""
    mended(line)
    pages = [page(world.supervisor, "mla:detail", line.pk)]
    pages += [page(world.supervisor, "mla:step", line.pk, name) for name in ("pass_on", "return_to_drafter")]
    for shown in pages:
        for words in ("Name the wares.", "The text was changed since.", "Say which waybills.", "All of them."):
            assert words in shown
        assert "Nothing done about it yet." not in shown


def test_a_second_return_keeps_the_first(line: Line, world: World) -> None:
    """Newest first, each judged by what followed it; the drafter finds the earlier answers beside the new comment."""
    mended(line)
    line.take("return_to_drafter", comments=[{"field": "facts", "text": "From where?"}])
    newest, first = reviews_of(line.request)
    assert [(one.field, one.changed, one.answer) for one in newest.comments] == [("facts", False, "")]
    assert [(one.field, one.changed) for one in first.comments] == [("facts", True), ("measures", False)]
    draft = page(world.drafter, "mla:draft", line.pk)
    assert draft.index("From where?") < draft.index("Earlier comments") < draft.index("All of them.")
    assert "Nothing done about it yet." in page(world.supervisor, "mla:detail", line.pk)


def test_a_return_without_comments_brings_none_back(line: Line, world: World) -> None:
    """What was met before stays met, and stands among the earlier comments."""
    mended(line)
    line.take("return_to_drafter", comments=[])
    assert not open_comments(line.request)
    draft = page(world.drafter, "mla:draft", line.pk)
    assert draft.index("Earlier comments") < draft.index("Name the wares.")
    line.take("submit")
    assert line.state == "domestic_review"


def test_an_authority_reads_what_it_returned_itself(line: Line, world: World) -> None:
    """Not what the supervisor of another agency said before; the other side reads neither."""
    mended(line)
    line.take("pass_on")
    assert "Say which waybills." not in page(world.sender, "mla:detail", line.pk)
    line.take("return_from_authority", comments=[{"field": "purpose", "text": "Be brief."}])
    for who, words in ((world.sender, ["Be brief."]), (world.drafter, ["Be brief.", "Say which waybills."])):
        shown = page(who, "mla:detail", line.pk)
        assert [one for one in ("Be brief.", "Say which waybills.") if one in shown] == words
    (waiting,) = open_comments(line.request)
    answer_comment(actor=world.drafter, pk=line.pk, comment_id=waiting.pk, text="Two lines suffice.")
    line.walk("submit", "pass_on")
    for who, name in ((world.sender, "return_from_authority"), (world.signatory, "sign")):
        shown = page(who, "mla:step", line.pk, name)
        assert "Two lines suffice." in shown and "All of them." not in shown
    line.walk("sign", "transmit")
    assert "Be brief." not in page(world.receiver, "mla:detail", line.pk)


@pytest.mark.parametrize("typed", ["", "  \n"])
def test_an_empty_answer_is_none(returned: Line, world: World, typed: str) -> None:
    """Said at its own box, which is linked; nothing is saved, and the comment waits on. The service says the same."""
    comment = open_comments(returned.request)[0]
    url = reverse("mla:comment", args=[returned.pk, comment.pk])
    shown = browser(world.drafter).post(url, {"answer": typed}).content.decode()
    assert shown.count("Write the answer, or change the field.") == 2 and f'href="#answer-{comment.pk}"' in shown
    clock = returned.request.requesting_clock
    with pytest.raises(Incomplete):
        answer_comment(actor=world.drafter, pk=returned.pk, comment_id=comment.pk, text=typed)
    assert len(open_comments(returned.request)) == 2 and returned.request.requesting_clock == clock


def test_what_waits_is_said_before_it_is_sent(returned: Line, world: World) -> None:
    """On the page of the check, the draft's and that of submitting: how many wait, each with the way to its field."""
    places = [("mla:draft_check", returned.pk), ("mla:draft", returned.pk), ("mla:step", returned.pk, "submit")]
    for name, *args in places:
        shown = page(world.drafter, name, *args)
        assert "2 comments wait: change what they are about, or answer them." in shown
        assert f"{reverse('mla:draft_step', args=[returned.pk, 'facts'])}#at-facts" in shown
        assert 'id="why-why-submit"' in shown and "Every point is met or explained." not in shown
        assert "Nothing needs to be filled in." not in shown
    for comment in open_comments(returned.request):
        answer_comment(actor=world.drafter, pk=returned.pk, comment_id=comment.pk, text="As it should be.")
    for name, *args in places:
        assert "comments wait" not in page(world.drafter, name, *args)
    assert "Nothing needs to be filled in." in page(world.drafter, "mla:step", returned.pk, "submit")


def test_who_certifies_reads_all_of_it(line: Line, world: World) -> None:
    """However long the facts and a measure are, and to which state it goes: beside each step on the way out."""
    save_step(actor=world.drafter, pk=line.pk, step="facts", version=0, values={"facts": LONG.format("facts")})
    asked = [{"kind": "a", "description": LONG.format("the measure")}]
    save_step(actor=world.drafter, pk=line.pk, step="measures", version=0, values={"measures": asked})
    explain(world.drafter, line.pk)
    steps = [("supervisor", "pass_on"), ("supervisor", "return_to_drafter")]
    steps += [("sender", "return_from_authority"), ("signatory", "sign")]
    line.take("submit")
    for who, name in steps:
        if name == "return_from_authority":
            line.take("pass_on")
        shown = page(getattr(world, who), "mla:step", line.pk, name)
        for words in ("The end of facts.", "The end of the measure.", "Uzbekistan"):
            assert words in shown, (name, words)
        assert "the addressee is chosen when it is transmitted" in shown
    line.walk("sign", "transmit")
    shown = page(world.receiver, "mla:step", line.pk, "acknowledge")
    assert "the addressee is chosen" not in shown and world.bodies[Body.RECEIVING].name in shown


def test_a_part_of_the_letter_is_cut_between_words(line: Line, world: World) -> None:
    """Under the label of a comment stands the beginning of what it is about."""
    save_step(actor=world.drafter, pk=line.pk, step="facts", version=0, values={"facts": LONG.format("facts")})
    line.take("submit")
    shown = page(world.supervisor, "mla:step", line.pk, "return_to_drafter")
    said = shown[shown.index("Wares were carried past customs.") :]
    assert said[: said.index("</")].endswith("Invented wares were…")


def test_the_words_of_a_return_fit_their_reader(returned: Line, world: World) -> None:
    """It came back to the drafter; the supervisor and a colleague read whose it is."""
    assert "Returned to you" in page(world.drafter, "mla:draft", returned.pk)
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    for shown in (page(world.supervisor, "mla:detail", returned.pk), page(colleague, "mla:draft", returned.pk)):
        assert "Returned to you" not in shown and "<h2>Returned to drafter</h2>" in shown


def test_closed_steps_of_the_same_words_say_whose_they_are(line: Line, world: World) -> None:
    """The supervisor's way back and the authority's; of a step whose words no other has, the words alone."""
    line.walk("submit", "pass_on")
    shown = page(world.supervisor, "mla:detail", line.pk)
    for role in (Role.SUPERVISOR, Role.CA_OFFICER):
        assert shown.count(f"<span>Return to drafter ({role.label})</span>") == 1
    assert "<span>Return to drafter</span>" not in shown and "<span>Sign</span>" in shown
