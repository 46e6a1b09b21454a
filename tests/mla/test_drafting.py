"""A draft is written step by step, by several people, and loses nothing of what anybody typed."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Role
from audit.models import AuditEvent
from cases.models import CaseItem
from mla import drafting
from mla.models import AssistanceRequest, DraftStep, DraftVisit
from mla.services import copy_request, save_step, visit
from tests.factories import Body, Line, World, case, state, today
from tests.mla.test_crossing import note, paper
from tests.security.people import put

pytestmark = pytest.mark.django_db

PERSON = {"names": [{"name": "Invented", "script": "latin"}]}


def person_item(line: Line) -> CaseItem:
    """A person of the case."""
    return put(line.case, line.world.drafter, CaseItem.Kind.PERSON, rows=PERSON)


def step(
    line: Line, name: str, version: int = 0, *, page: uuid.UUID | None = None, by: object = None, **values: object
) -> DraftStep:
    """Save one step."""
    return save_step(actor=by or line.world.drafter, pk=line.pk, step=name, version=version, values=values, page=page)


def test_every_field_of_a_draft_has_its_step() -> None:
    """No field of the draft is written by two steps, or by none."""
    named = [name for one in drafting.STEPS for name in one.fields]
    assert len(named) == len(set(named))
    assert set(drafting.DRAFT_FIELDS) | {"requested_state"} == set(named)


def test_a_step_writes_its_own_fields_only(line: Line) -> None:
    """What belongs to another step stays, whatever is sent along."""
    before = line.request
    step(line, "facts", facts="New facts.", title="Smuggled in")
    assert line.request.facts == "New facts." and line.request.title == before.title


def test_saving_the_same_again_changes_nothing(line: Line) -> None:
    """Neither the clock nor the log moves when a page saves itself without a change."""
    first = step(line, "facts", facts="New facts.")
    clock, events = line.request.requesting_clock, AuditEvent.objects.count()
    again = step(line, "facts", first.version, facts="New facts.")
    assert again.version == first.version
    assert (line.request.requesting_clock, AuditEvent.objects.count()) == (clock, events)


def test_two_people_at_two_steps_do_not_disturb_each_other(line: Line, world: World) -> None:
    """Each step has a number of its own."""
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    step(line, "facts", facts="Mine.")
    step(line, "offence", by=colleague, conducted_by="Theirs", offence="Theirs", statute="", damage="")
    assert (line.request.facts, line.request.offence) == ("Mine.", "Theirs")


def test_two_people_at_one_step(line: Line, world: World) -> None:
    """The second is told who was faster, and nothing is overwritten."""
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    step(line, "facts", facts="Faster.", by=colleague)
    with pytest.raises(MovedOn, match=colleague.name):
        step(line, "facts", facts="Slower.")
    assert line.request.facts == "Faster."


def test_a_page_does_not_overtake_itself(line: Line) -> None:
    """What the same page saved a moment ago is no conflict; another page of the same person is."""
    page = uuid.uuid4()
    step(line, "facts", facts="One.", page=page)
    step(line, "facts", facts="One two.", page=page)
    assert line.request.facts == "One two."
    with pytest.raises(MovedOn):
        step(line, "facts", facts="Other window.", page=uuid.uuid4())


def test_items_of_other_kinds_stay(line: Line) -> None:
    """Choosing persons takes no document away, and the other way round."""
    who, file = person_item(line), paper(line.case, line.world.drafter, "evidence.pdf")
    step(line, "attachments", items=[file.pk])
    step(line, "persons", items=[who.pk])
    assert set(line.request.request_items.values_list("item_id", flat=True)) == {who.pk, file.pk}
    step(line, "persons", 1, items=[])
    assert set(line.request.request_items.values_list("item_id", flat=True)) == {file.pk}


def test_an_item_of_another_kind_or_case_is_refused(line: Line, world: World) -> None:
    """A step takes its own kinds only, and nothing that lies elsewhere."""
    file = paper(line.case, world.drafter, "evidence.pdf")
    elsewhere = note(case(world.drafter, world.bodies[Body.DRAFTING]), world.drafter)
    for name, item in (("persons", file), ("attachments", elsewhere)):
        with pytest.raises(Incomplete):
            step(line, name, items=[item.pk])


def test_a_measure_is_about_somebody_of_the_request(line: Line) -> None:
    """Whom a measure concerns goes along; taken out of the request, the measure keeps its words."""
    who = person_item(line)
    measure = {"kind": "a", "description": "Hear.", "about": who.pk, "questions": "When?", "attendance": True}
    with pytest.raises(Incomplete):
        step(line, "measures", purpose="Evidence.", measures=[measure])
    step(line, "persons", items=[who.pk])
    step(line, "measures", purpose="Evidence.", measures=[measure])
    assert line.request.measures.get().about_id == who.pk
    step(line, "persons", 1, items=[])
    kept = line.request.measures.get()
    assert kept.about_id is None and kept.questions == "When?"


def test_a_language_version_is_an_attachment(line: Line) -> None:
    """Each document once, and only what is attached."""
    file = paper(line.case, line.world.drafter, "translation.pdf")
    row = {"item": file.pk, "language": "ky", "translator": "An invented translator", "certification": "seal"}
    with pytest.raises(Incomplete):
        step(line, "translation", languages=[row])
    step(line, "attachments", items=[file.pk])
    step(line, "translation", languages=[row])
    with pytest.raises(Incomplete):
        step(line, "translation", 1, languages=[row, row])
    assert line.request.language_versions.get().language == "ky"
    step(line, "attachments", 1, items=[])
    assert not line.request.language_versions.exists()


@pytest.mark.parametrize("who", ["supervisor", "sender"])
def test_only_officers_of_the_agency_write(line: Line, world: World, who: str) -> None:
    """A supervisor reads, and does not write; the authority does not even see a draft."""
    with pytest.raises((NotAllowed, AssistanceRequest.DoesNotExist)):
        step(line, "facts", by=getattr(world, who), facts="Theirs.")


def test_not_after_it_was_submitted(line: Line) -> None:
    """What is under review stays as it is."""
    line.take("submit")
    with pytest.raises(NotAllowed):
        step(line, "facts", facts="Later.")


def test_who_wrote_neither_approves_nor_signs(line: Line, world: World) -> None:
    """A colleague who wrote one word counts as a drafter, whatever other role they hold."""
    colleague = world.new(Body.DRAFTING, Role.OFFICER, Role.SUPERVISOR)
    step(line, "facts", by=colleague, facts="One word.")
    line.take("submit")
    with pytest.raises(NotAllowed, match="wrote in it"):
        line.take("pass_on", by=colleague)
    line.take("pass_on")


def test_who_is_at_a_draft(line: Line, world: World) -> None:
    """Each sees the others who are there now, and not who left a minute ago."""
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    assert visit(actor=world.drafter, pk=line.pk, step="facts") == []
    (other,) = visit(actor=colleague, pk=line.pk, step="facts")
    assert (other.person, other.step) == (world.drafter, "facts")
    DraftVisit.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert visit(actor=world.drafter, pk=line.pk, step="offence") == []


def test_nobody_is_named_to_who_may_not_write(line: Line, world: World) -> None:
    """A reader learns nothing of who is at work, and leaves no trace."""
    visit(actor=world.drafter, pk=line.pk, step="facts")
    assert visit(actor=world.supervisor, pk=line.pk, step="facts") == []
    assert DraftVisit.objects.count() == 1
    with pytest.raises(AssistanceRequest.DoesNotExist):
        visit(actor=world.receiver, pk=line.pk, step="facts")


def test_a_copy_for_two_states(line: Line, world: World) -> None:
    """Two drafts with text, measures and items; without deadline, and for another state without basis."""
    who = person_item(line)
    step(line, "persons", items=[who.pk])
    step(line, "procedure", procedure="Under oath.", deadline=today(), deadline_reason="Trial.")
    made = copy_request(
        actor=world.drafter, pk=line.pk, case_id=line.case.pk, requested_states=[state("UZ"), state("KZ")]
    )
    assert [one.requested_state_id for one in made] == ["UZ", "KZ"]
    for one in made:
        assert (one.facts, one.procedure, one.deadline) == (line.request.facts, "Under oath.", None)
        assert one.measures.count() == 2 and one.request_items.get().item_id == who.pk
        assert one.copied_from_id == line.pk and one.reference != line.request.reference
    assert [one.basis for one in made] == [line.request.basis, ""]


def test_a_copy_into_another_case_takes_no_items(line: Line, world: World) -> None:
    """Items belong to their case; a measure keeps its words and forgets whom it concerned."""
    who, other = person_item(line), case(world.drafter, world.bodies[Body.DRAFTING])
    step(line, "persons", items=[who.pk])
    step(line, "measures", purpose="", measures=[{"kind": "a", "description": "Hear.", "about": who.pk}])
    (made,) = copy_request(actor=world.drafter, pk=line.pk, case_id=other.pk, requested_states=[state("UZ")])
    assert not made.request_items.exists() and made.measures.get().about_id is None


def test_nobody_of_the_other_side_copies(line: Line, world: World) -> None:
    """Neither side's officer makes a draft of another state's request."""
    line.walk_to("in_execution")
    with pytest.raises(NotAllowed):
        copy_request(actor=world.executor, pk=line.pk, case_id=line.case.pk, requested_states=[state("KZ")])
