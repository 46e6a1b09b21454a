"""Asking, confirming, declining, cancelling, fetching: who may, when, and what becomes of it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Role, RoleAssignment
from agencies.services import end_role, give_role
from audit.models import AuditEvent
from cases.services import name_person, unname_person
from exports import building, services, store
from exports.models import ATTEMPTS, KEPT, SILENCE, WAITS, AgencyExport, ExportState
from exports.services import ask, claim, fetch, give_up, still_ours, take, tend
from mla.workflow import Body
from notifications.models import Outbox
from tests.factories import World, agency, case, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Any) -> None:
    """Files of this test alone."""
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def liaison(world: World) -> User:
    """The second person."""
    return world.new(Body.DRAFTING, Role.LIAISON)


def asked(world: World) -> AgencyExport:
    """An export that the drafters' supervisor has asked for."""
    return ask(actor=world.supervisor, agency=agency("KG-MIA"), reason="archive")


def confirmed(world: World, liaison: User) -> AgencyExport:
    """One that waits for a worker."""
    return take(actor=liaison, pk=asked(world).pk, step="confirm")


def made(world: World, liaison: User) -> AgencyExport:
    """One that is ready."""
    export = confirmed(world, liaison)
    building.build(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.READY
    return export


def told(event: str) -> set[uuid.UUID]:
    """Who was told of an event."""
    return set(Outbox.objects.filter(event=event).values_list("person_id", flat=True))


def test_asked_and_confirmed(world: World, liaison: User) -> None:
    """Whoever can confirm is told; then the asker; each step is an event without content."""
    signatory = world.new(Body.DRAFTING, Role.CA_SIGNATORY)
    export = asked(world)
    assert (export.state, export.asked_by) == ("asked", world.supervisor)
    assert told("export.ask") == {liaison.pk, signatory.pk}
    export = take(actor=signatory, pk=export.pk, step="confirm")
    assert (export.state, export.decided_by) == ("confirmed", signatory)
    assert told("export.confirm") == {world.supervisor.pk}
    events = AuditEvent.objects.filter(name__startswith="export.").order_by("id")
    assert [(one.name, one.actor, one.agency, one.facts) for one in events] == [
        ("export.ask", world.supervisor, "KG-MIA", {"kind": "archive"}),
        ("export.confirm", signatory, "KG-MIA", {"kind": "archive"}),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPERVISOR])
def test_only_a_supervisor_asks(world: World, role: str) -> None:
    """Nobody else, admins least of all; not for another agency either. The attempt is recorded."""
    who = person(agency("KG-MIA"), role)
    with pytest.raises(NotAllowed):
        ask(actor=who, agency=agency("KG-MIA"), reason="archive")
    assert AuditEvent.objects.filter(name="export.ask", outcome="refused", actor=who).exists()
    with pytest.raises(NotAllowed):
        ask(actor=world.supervisor, agency=agency("KG-GPO"), reason="archive")
    assert not AgencyExport.objects.exists()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("step", ["confirm", "decline"])
def test_only_a_second_person_decides(world: World, role: str, step: str) -> None:
    """A liaison officer or signatory of the agency; others are refused, or do not see it."""
    export = asked(world)
    who = person(agency("KG-MIA"), role)
    if role in (Role.LIAISON, Role.CA_SIGNATORY):
        assert take(actor=who, pk=export.pk, step=step).state in ("confirmed", "declined")
        return
    with pytest.raises(AgencyExport.DoesNotExist):
        take(actor=who, pk=export.pk, step=step)


@pytest.mark.parametrize("step", ["confirm", "decline"])
def test_the_asker_does_not_decide(world: World, step: str) -> None:
    """Also when they are the liaison officer as well; the database holds it too."""
    world.give(world.supervisor, Body.DRAFTING, Role.LIAISON)
    export = asked(world)
    assert world.supervisor.pk not in told("export.ask")
    with pytest.raises(NotAllowed, match="another person"):
        take(actor=world.supervisor, pk=export.pk, step=step)
    export.state, export.decided_by = ExportState.CONFIRMED, world.supervisor
    with pytest.raises(IntegrityError), transaction.atomic():
        export.save()
    export.decided_by = None
    with pytest.raises(IntegrityError), transaction.atomic():
        export.save()


def test_another_agencys_second_person_does_not_see_it(world: World) -> None:
    """Nor does its supervisor, nor another supervisor of the same agency."""
    export = asked(world)
    for who in (
        person(agency("KG-GPO"), Role.LIAISON, Role.SUPERVISOR),
        person(agency("UZ-GPO"), Role.LIAISON),
        person(agency("KG-MIA"), Role.SUPERVISOR),
        world.drafter,
    ):
        with pytest.raises(AgencyExport.DoesNotExist):
            take(actor=who, pk=export.pk, step="cancel")


def test_one_at_a_time(world: World, liaison: User) -> None:
    """A second one waits until the first is over; another supervisor's is their own."""
    export = asked(world)
    with pytest.raises(Incomplete, match="already"):
        asked(world)
    ask(actor=world.new(Body.DRAFTING, Role.SUPERVISOR), agency=agency("KG-MIA"), reason="move")
    take(actor=world.supervisor, pk=export.pk, step="cancel")
    assert asked(world).state == "asked"


@pytest.mark.parametrize(
    ("reached", "step", "fits"),
    [
        ("declined", "confirm", False),
        ("confirmed", "confirm", False),
        ("confirmed", "decline", False),
        ("confirmed", "cancel", True),
        ("declined", "cancel", False),
        ("expired", "cancel", False),
        ("failed", "confirm", False),
    ],
)
def test_steps_fit_states(world: World, liaison: User, reached: str, step: str, fits: bool) -> None:
    """A step that comes too late says how far it is."""
    export = asked(world)
    AgencyExport.objects.filter(pk=export.pk).update(state=reached, decided_by=liaison)
    actor = world.supervisor if step == "cancel" else liaison
    if fits:
        assert take(actor=actor, pk=export.pk, step=step).state == "cancelled"
        return
    with pytest.raises(MovedOn, match="moved on"):
        take(actor=actor, pk=export.pk, step=step)


def test_the_asker_fetches(world: World, liaison: User) -> None:
    """Within the day, each time an event; nobody else, the one who confirmed least of all."""
    export = made(world, liaison)
    assert told("export.ready") == {world.supervisor.pk}
    assert fetch(actor=world.supervisor, pk=export.pk).file == export.file
    fetch(actor=world.supervisor, pk=export.pk)
    assert AuditEvent.objects.filter(name="export.download", outcome="done").count() == 2
    with pytest.raises(NotAllowed, match="person who asked"):
        fetch(actor=liaison, pk=export.pk)
    with pytest.raises(AgencyExport.DoesNotExist):
        fetch(actor=world.drafter, pk=export.pk)


def test_its_day_ends(world: World, liaison: User) -> None:
    """At the moment, whether beat has come round or not; then the file goes, and that is an event."""
    export = made(world, liaison)
    assert export.expires_at and export.ready_at and export.expires_at - export.ready_at == KEPT
    last = export.expires_at - timedelta(microseconds=1)
    fetch(actor=world.supervisor, pk=export.pk, now=last)
    with pytest.raises(NotAllowed, match="its day is over"):
        fetch(actor=world.supervisor, pk=export.pk, now=export.expires_at)
    path = store.path_of(export.file)  # type: ignore[arg-type]
    tend(last)
    assert path.exists()
    tend(export.expires_at)
    export.refresh_from_db()
    assert (export.state, export.file) == ("expired", None)
    assert AuditEvent.objects.filter(name="export.expire").count() == 1


def test_a_role_that_ended_ends_it(world: World, liaison: User) -> None:
    """Who is no supervisor any more neither sees nor fetches it."""
    export = made(world, liaison)
    end_role(assignment=RoleAssignment.objects.get(membership__user=world.supervisor))
    with pytest.raises(AgencyExport.DoesNotExist):
        fetch(actor=world.supervisor, pk=export.pk)


def test_a_name_taken_out_ends_it(world: World, liaison: User) -> None:
    """A file that holds a need-to-know case is given out only while its asker is named there."""
    secret = case(world.drafter, agency("KG-MIA"), need_to_know=True, members=[world.supervisor])
    export = made(world, liaison)
    assert export.named_cases == [secret.pk]
    fetch(actor=world.supervisor, pk=export.pk)
    unname_person(actor=world.drafter, pk=secret.pk, person=world.supervisor)
    with pytest.raises(NotAllowed, match="no longer open"):
        fetch(actor=world.supervisor, pk=export.pk)
    name_person(actor=world.drafter, pk=secret.pk, person=world.supervisor)
    fetch(actor=world.supervisor, pk=export.pk)


def test_one_that_nobody_decides(world: World) -> None:
    """Is over after a week, and can be asked for again."""
    export = asked(world)
    tend(export.asked_at + WAITS - timedelta(seconds=1))
    export.refresh_from_db()
    assert export.state == "asked"
    tend(export.asked_at + WAITS)
    export.refresh_from_db()
    assert export.state == "expired"
    asked(world)


def test_one_worker_makes_it(world: World, liaison: User) -> None:
    """A second one is told no, until the first has been silent too long; then the first hears that it is out."""
    export = confirmed(world, liaison)
    now = timezone.now()
    first = claim(export.pk, now)
    assert first is not None and claim(export.pk, now + SILENCE) is None
    assert still_ours(first, step=2, done=3, total=5)
    export.refresh_from_db()
    assert (export.step, export.done, export.total) == (2, 3, 5)
    later = timezone.now() + SILENCE + timedelta(seconds=1)
    assert tend(later) == [export.pk]
    second = claim(export.pk, later)
    assert second is not None and second.file != first.file
    assert not still_ours(first, step=2, done=4, total=5)
    assert not services.finish(first, size=1, sha256="x", named_cases=[])
    give_up(first, for_good=True)
    export.refresh_from_db()
    assert (export.state, export.step, export.done) == ("building", 0, 0)
    assert services.finish(second, size=1, sha256="x", named_cases=[])


def test_it_is_not_tried_for_ever(world: World, liaison: User) -> None:
    """After some attempts it has failed, and its asker is told."""
    export = confirmed(world, liaison)
    for number in range(ATTEMPTS):
        taken = claim(export.pk)
        assert taken is not None and taken.attempts == number + 1
        give_up(taken, for_good=False)
    export.refresh_from_db()
    assert export.state == "failed" and claim(export.pk) is None
    assert told("export.fail") == {world.supervisor.pk}
    assert AuditEvent.objects.filter(name="export.fail").count() == 1


def test_workers_that_die_each_time(world: World, liaison: User) -> None:
    """Also without a word."""
    export, now = confirmed(world, liaison), timezone.now()
    for _ in range(ATTEMPTS):
        assert claim(export.pk, now)
        now += SILENCE + timedelta(seconds=1)
    assert claim(export.pk, now) is None
    export.refresh_from_db()
    assert export.state == "failed"


def test_cancelled_while_it_is_made(world: World, liaison: User) -> None:
    """The worker hears of it; nothing is shown, told or kept."""
    export = confirmed(world, liaison)
    taken = claim(export.pk)
    assert taken is not None
    take(actor=world.supervisor, pk=export.pk, step="cancel")
    assert not still_ours(taken, step=1, done=0, total=0)
    assert not services.finish(taken, size=1, sha256="x", named_cases=[])
    assert not told("export.ready")


def test_two_roles_at_two_agencies(world: World, liaison: User) -> None:
    """A supervisor of two agencies of the state asks for each; the second person of one does not see the other's."""
    from tests.factories import member

    give_role(membership=member(world.supervisor, agency("KG-GPO")), role=Role.SUPERVISOR)
    one = asked(world)
    other = ask(actor=world.supervisor, agency=agency("KG-GPO"), reason="archive")
    assert take(actor=liaison, pk=one.pk, step="confirm").agency.code == "KG-MIA"
    with pytest.raises(AgencyExport.DoesNotExist):
        take(actor=liaison, pk=other.pk, step="confirm")
