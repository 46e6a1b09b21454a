"""A sending under a key counts once, however often and from however many sides it is repeated."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Submission
from accounts.tasks import sweep
from cases.models import Case
from cases.services import decide_share
from mla.models import RequestEvent
from tests.api.programs import NOTE, Program, fields
from tests.cases.sharing import Sharing
from tests.factories import Line, World

CASE = {"title": "Wares", "offences": "Smuggling", "need_to_know": False}


def count() -> int:
    """How many cases there are."""
    return Case.objects.unscoped("a test counts").count()


def test_the_second_sending_does_nothing(world: World) -> None:
    """It gets what the first one made, whatever the order of the keys in its body."""
    program = Program(world.drafter)
    first = program.post("cases/", CASE, 201, key="a-1")
    again = program.post("cases/", dict(reversed(CASE.items())), 201, key="a-1")
    assert first == again and count() == 1
    assert program.post("cases/", CASE, 201)["id"] != program.post("cases/", CASE, 201)["id"]


def test_another_body_is_refused(world: World) -> None:
    """Also another address under the same key; the words say what to do."""
    program = Program(world.drafter)
    made = program.post("cases/", CASE, 201, key="a-1")
    assert fields(program.post("cases/", CASE | {"title": "Others"}, 400, key="a-1")) == {"Idempotency-Key"}
    program.post(f"cases/{made['id']}/items/", NOTE, 400, key="a-1")
    program.post(f"cases/{made['id']}/items/", NOTE, 201, key="a-2")
    assert count() == 1


def test_a_key_is_its_persons(world: World) -> None:
    """Two people may choose the same one."""
    ones = Program(world.drafter).post("cases/", CASE, 201, key="a-1")
    anothers = Program(world.supervisor).post("cases/", CASE, 201, key="a-1")
    assert ones["id"] != anothers["id"]


def test_what_was_refused_can_be_sent_again(line: Line) -> None:
    """A refusal leaves the key free."""
    program, path = Program(line.world.drafter), f"requests/{line.pk}/transitions/"
    version = program.get(f"requests/{line.pk}/")["version"]
    program.post(path, {"transition": "submit", "version": version + 1}, 409, key="a-1")
    body = {"transition": "submit", "version": version}
    program.post(path, body, 200, key="a-1")
    program.post(path, body, 200, key="a-1")
    assert RequestEvent.objects.filter(request=line.pk, name="submit").count() == 1
    program.post(path, body, 409, key="a-2")


@pytest.mark.parametrize("key", [" ", "with a blank", "ключ", "x" * 256, "a\tb"])
def test_a_key_that_is_none(world: World, key: str) -> None:
    """Refused, not ignored: its sender counts on it."""
    response = Program(world.drafter).send("cases/", b'{"title": "Wares"}', key=key.encode().decode("latin-1"))
    assert response.status_code == 400 and count() == 0


@pytest.mark.django_db
def test_what_it_made_may_be_gone() -> None:
    """Nothing of an answer is kept: the second one shows what the person sees now, or that they see it no more."""
    it = Sharing()
    share = it.shared(it.note)
    body = {"transition": "revoke", "version": share.version, "reason": "No."}
    program = Program(it.liaison)
    program.post(f"shares/{share.pk}/transitions/", body, 200, key="a-1")
    stored = Submission.objects.get(person=it.liaison)
    assert stored.url == f"/api/v1/shares/{share.pk}/" and len(stored.says) == 64
    other = it.ask(it.note)
    decide_share(actor=it.liaison, pk=other.pk, name="approve", version=other.version)
    assert program.post(f"shares/{share.pk}/transitions/", body, 200, key="a-1")["state"] == "revoked"


def test_a_month_later_it_is_new(world: World) -> None:
    """Notes of sendings are swept; nobody repeats one so late."""
    program = Program(world.drafter)
    program.post("cases/", CASE, 201, key="a-1")
    Submission.objects.update(at=timezone.now() - timedelta(days=31))
    assert sweep() == 1
    program.post("cases/", CASE, 201, key="a-1")
    assert count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment() -> None:
    """Of ten sendings at once one opens a case, and all get that one."""
    drafter = World().drafter
    found: list[str] = []

    def send() -> None:
        found.append(Program(drafter).post("cases/", CASE, 201, key="a-1")["id"])
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10 and len(set(found)) == 1 and count() == 1
