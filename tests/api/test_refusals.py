"""Who is signed out, who does not see, who may not, who comes too late: each by its own status."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Membership, Role
from agencies.services import end_membership
from api.views.reference import schema
from audit.models import AuditEvent
from mla.workflow import Body
from tests.api.programs import DRAFT, NOTE, Program, fields, judged
from tests.cases.sharing import Sharing
from tests.factories import Line, World
from tests.security.people import browser


def test_signed_out(world: World) -> None:
    """401 with the way to sign in named, of every operation, before anything is looked at."""
    nobody = Program()
    for path, methods in schema("en")["paths"].items():
        for method in methods:
            address = path.replace("{id}", str(uuid.uuid4()))
            response = getattr(nobody.client, method)(address, content_type="application/json")
            assert judged(response, 401)["code"] == "not_authenticated" and response["WWW-Authenticate"]
    judged(nobody.send("cases/", b"[" * 10_000), 401)


def test_whose_access_has_ended(world: World) -> None:
    """The session lives on, the access does not: 401 at the next question, no page to sign in."""
    program = Program(world.drafter)
    program.get("me/")
    end_membership(membership=Membership.objects.get(user=world.drafter), at=timezone.now() - timedelta(seconds=1))
    program.get("me/", 401)


def test_without_the_csrf_header(world: World) -> None:
    """A session alone changes nothing: another site's page could send it along."""
    client = browser(world.drafter, enforce_csrf_checks=True)
    sent = client.post("/api/v1/cases/", json.dumps({"title": "Wares"}), content_type="application/json")
    assert judged(sent, 403)["code"] == "permission_denied"
    token = "x" * 32
    client.cookies["csrf"] = token
    headers = {"X-CSRFToken": token}
    sent = client.post("/api/v1/cases/", '{"title": "Wares"}', content_type="application/json", headers=headers)
    judged(sent, 201)


def test_what_is_not_visible_is_not_there(line: Line) -> None:
    """The same answer as for what does not exist, whatever is sent."""
    stranger = Program(line.world.receiver)
    for pk in (line.pk, uuid.uuid4()):
        assert stranger.get(f"requests/{pk}/", 404) == stranger.get(f"cases/{pk}/", 404)
        stranger.post(f"requests/{pk}/transitions/", {"transition": "none"}, 404)
        stranger.get(f"requests/{pk}/check/", 404)
    for pk in (line.case.pk, uuid.uuid4()):
        stranger.get(f"cases/{pk}/items/", 404)
        stranger.post(f"cases/{pk}/items/", NOTE, 404)
        stranger.post("requests/", DRAFT | {"case": str(pk)}, 404)


def test_a_step_of_another_role_is_recorded(line: Line) -> None:
    """403 with who can, and an event of the refusal, also when the data is wrong."""
    body = {"transition": "pass_on", "version": 1, "data": {}}
    problem = Program(line.world.drafter).post(f"requests/{line.pk}/transitions/", body, 403)
    assert problem["code"] == "role" and "supervisor" in problem["detail"]
    assert AuditEvent.objects.filter(name="request.pass_on", outcome="refused", subject_id=line.pk).exists()


def test_a_step_of_the_other_side(line: Line) -> None:
    """The requested side cannot take the requesting side's."""
    line.walk_to("acknowledged")
    path = f"requests/{line.pk}/transitions/"
    version = Program(line.world.receiver).get(f"requests/{line.pk}/")["version"]
    body = {"transition": "withdraw", "version": version, "data": {"reason": "No."}}
    assert Program(line.world.receiver).post(path, body, 403)["code"] == "other_side"


def test_too_late(line: Line) -> None:
    """An older version, and a state that lies behind: 409, and nothing is done."""
    program, path = Program(line.world.drafter), f"requests/{line.pk}/transitions/"
    program.post(path, {"transition": "submit", "version": 99}, 409)
    version = program.get(f"requests/{line.pk}/")["version"]
    program.post(path, {"transition": "submit", "version": version}, 200)
    version = program.get(f"requests/{line.pk}/")["version"]
    assert program.post(path, {"transition": "submit", "version": version}, 409)["code"] == "state"


def test_what_a_draft_lacks(world: World) -> None:
    """Submitting names each gap with the article of its basis; the check says the same beforehand."""
    program = Program(world.drafter)
    case = program.post("cases/", {"title": "Wares"}, 201)["id"]
    made = program.post("requests/", {"case": case, "requested_state": "UZ", "title": "A bare one"}, 201)
    body = {"transition": "submit", "version": made["version"]}
    problem = program.post(f"requests/{made['id']}/transitions/", body, 400)
    assert all(one["article"] for one in problem["errors"])
    gaps = program.get(f"requests/{made['id']}/check/")
    hard = {gap["field"] for gap in gaps if gap["hard"]}
    assert {"basis", "measures"} <= hard <= fields(problem)
    assert set(gaps[0]) >= {"field", "article", "basis", "hard", "message"}


def test_the_check_is_the_drafters(line: Line) -> None:
    """Who sees the request and does not draft it is refused with the reason."""
    Program(line.world.supervisor).get(f"requests/{line.pk}/check/", 403)
    line.walk_to("domestic_review")
    Program(line.world.drafter).get(f"requests/{line.pk}/check/", 403)
    Program(line.world.drafter).post(f"requests/{line.pk}/check/", {"reasons": {}}, 403)


def test_who_opens_no_case(world: World) -> None:
    """Neither a signatory nor an admin, and nobody for another agency."""
    admin = world.new(Body.DRAFTING, Role.AGENCY_ADMIN)
    for user in (world.signatory, admin):
        Program(user).post("cases/", {"title": "Wares"}, 403)
    # Nor is anybody told who works there.
    for email in (world.executor.email, "nobody@comity.example"):
        body = {"title": "Wares", "agency": "UZ-MIA", "need_to_know": True, "members": [email]}
        assert Program(world.drafter).post("cases/", body, 403)["errors"] == []


def test_a_receiver_decides_nothing(db: None) -> None:
    """Seen and not theirs to decide: 403, recorded; who sees nothing of it gets 404."""
    it = Sharing()
    share = it.shared(it.note)
    body = {"transition": "revoke", "version": share.version, "reason": "No."}
    assert Program(it.reader).post(f"shares/{share.pk}/transitions/", body, 403)["code"] == "other_side"
    assert AuditEvent.objects.filter(name="share.revoke", outcome="refused", actor=it.reader).exists()
    Program(it.liaison).post(f"shares/{share.pk}/transitions/", body, 200)
    Program(it.reader).post(f"shares/{share.pk}/transitions/", body, 404)
    Program(it.liaison).post(f"shares/{share.pk}/transitions/", body, 409)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_in_the_persons_language(world: World, language: str) -> None:
    """Words are the person's, codes are not."""
    world.drafter.language = language
    world.drafter.save()
    problem = Program(world.drafter).post("cases/", {}, 400)
    (error,) = problem["errors"]
    assert error["code"] == "required" and problem["code"] == "invalid"
    assert problem["detail"].isascii() == error["message"].isascii() == (language == "en")
