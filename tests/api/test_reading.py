"""What a program reads is what the pages show: by grant, by side, as it was frozen; and readings are events."""

from collections.abc import Iterator

import pytest

from agencies.models import Role
from audit.models import AuditEvent
from cases.models import Case
from cases.services import decide_share
from mla.models import LanguageVersion
from mla.workflow import BY_NAME, Body
from tests.api.programs import DRAFT, NOTE, WITNESS, Program, fields, sendable
from tests.cases.sharing import Sharing
from tests.factories import Line, World, agency, designate, later, member, person
from tests.mla.test_crossing import Papers, note
from tests.security.people import Paper, put_paper


def test_me(world: World) -> None:
    """Who is signed in, with roles by agency."""
    world.give(world.drafter, Body.SENDING, "ca_officer")
    me = Program(world.drafter).get("me/")
    assert me["email"] == world.drafter.email and me["id"] == str(world.drafter.pk)
    assert (me["roles"], me["agency"], me["state"], me["language"]) == (["officer", "ca_officer"], "KG-GPO", "KG", "en")
    assert [(one["agency"], one["roles"]) for one in me["agencies"]] == [
        ("KG-GPO", ["ca_officer"]),
        ("KG-MIA", ["officer"]),
    ]


def test_a_case_and_its_items(world: World) -> None:
    """Opened, filled, read: what goes in comes out, in the forms in which the pages keep it."""
    program = Program(world.drafter)
    case = program.post("cases/", {"title": "Wares", "proceedings_number": "1-2026"}, 201)
    assert case["reference"].startswith("KG-MIA-C-") and case["version"] == 1 and case["members"] == []
    path = f"cases/{case['id']}/items/"
    made = program.post(path, WITNESS | {"born": "14.03.1988"}, 201)
    assert made["born"] == "1988-03-14" and made["names"] == WITNESS["names"] and made["kind"] == "person"
    weapon = {
        "kind": "firearm",
        "weapon_type": "pistol",
        "serial": "ЖЖ 0000",
        "marks": [{"kind": "proof", "text": "N"}],
    }
    fire = program.post(path, weapon, 201)
    assert fire["serial_state"] == "read" and fire["marks"] == [{"kind": "proof", "text": "N"}]
    assert "make" not in fire
    program.post(path, {"kind": "organisation", "name": "Invented wares ltd"}, 201)
    program.post(path, NOTE, 201)
    assert [row["kind"] for row in program.get(path)["results"]] == ["note", "organisation", "firearm", "person"]
    assert program.get(f"items/{made['id']}/") == made and program.get(f"cases/{case['id']}/") == case
    assert not AuditEvent.objects.filter(name="item.read").exists()


def test_a_need_to_know_case(world: World) -> None:
    """Named by id or by address; nobody else of the agency sees it."""
    body = {"title": "Wares", "need_to_know": True, "members": [world.supervisor.email.upper()]}
    made = Program(world.drafter).post("cases/", body, 201)
    assert made["members"] == [str(world.drafter.pk), str(world.supervisor.pk)]
    Program(world.supervisor).get(f"cases/{made['id']}/")
    colleague = Program(world.new(Body.DRAFTING, "officer"))
    colleague.get(f"cases/{made['id']}/", 404)
    assert colleague.get("cases/")["results"] == []


def test_a_document_is_read(line: Line) -> None:
    """It came in by its page; what is said of it goes out, the file itself by its page."""
    put_paper(line.case, line.world.drafter, Paper(), description="A paper")
    (row,) = Program(line.world.drafter).get(f"cases/{line.case.pk}/items/")["results"]
    assert row["kind"] == "document" and row["size"] == 18 and len(row["checksum"]) == 64
    assert "file" not in row


@pytest.mark.django_db
def test_a_receiver_reads_what_was_frozen() -> None:
    """Without what was withheld, whatever the owner writes later; each share for itself; each reading an event."""
    it = Sharing()
    first = it.shared(it.note, withheld=("author",))
    it.edit({"text": "Three lorries."})
    second = it.shared(it.note)
    it.edit({"text": "Four lorries."})
    reader, path = Program(it.reader), f"items/{it.note.pk}/"
    newest = reader.get(path)
    assert newest["text"] == "Three lorries." and newest["author"] == "Post 3"
    assert newest["shares"] == [str(second.pk), str(first.pk)]
    assert newest["case"] is None and newest["version"] is None
    older = reader.get(path, share=str(first.pk))
    assert older["text"] == "Two lorries were seen." and "author" not in older
    reader.get(path, 404, share=str(it.note.pk))
    for wrong in ("", "x", "null"):
        assert fields(reader.get(path, 400, share=wrong)) == {"share"}
    events = AuditEvent.objects.filter(name="item.read", actor=it.reader).order_by("at")
    assert [event.facts["shares"] for event in events] == [[str(second.pk)], [str(first.pk)]]
    assert Program(it.officer).get(path)["text"] == "Four lorries."


@pytest.mark.django_db
def test_who_sees_an_item() -> None:
    """The owner's side is told who sees it, through what, until when, and who has read it; nobody else is."""
    it = Sharing()
    share = it.shared(it.note)
    Program(it.reader).get(f"items/{it.note.pk}/")
    path = f"items/{it.note.pk}/access/"
    found = Program(it.officer).get(path)
    rows = {row["agency"]: row for row in found["access"]}
    assert rows["KG-MIA"]["source"] == "ownership" and rows["KG-MIA"]["until"] is None
    assert rows["UZ-MIA"]["share"] == str(share.pk) and rows["UZ-MIA"]["until"].endswith("Z")
    assert [(line["name"], line["count"]) for line in found["readers"]] == [(it.reader.name, 1)]
    Program(it.reader).get(path, 403)
    Program(it.reader).get(f"items/{it.firearm.pk}/access/", 404)


@pytest.mark.django_db
def test_a_share_by_both_sides() -> None:
    """Asked with parts withheld; its owner's side reads case, version and words, its receiver none of them."""
    it = Sharing()
    officer, liaison, reader = Program(it.officer), Program(it.liaison), Program(it.reader)
    body = {
        "case": str(it.case.pk),
        "items": [str(it.note.pk), str(it.firearm.pk)],
        "recipient": "UZ-MIA",
        "purpose": "Evidence.",
        "until": str(later(20)),
        "withheld": {str(it.note.pk): ["text"]},
    }
    made = officer.post("shares/", body, 201)
    assert made["state"] == "pending" and {one["name"]: one["allowed"] for one in made["actions"]}["cancel"]
    assert reader.get("shares/")["results"] == []
    path = f"shares/{made['id']}/transitions/"
    liaison.post(path, {"transition": "send_back", "version": 1}, 400)
    approve = {"transition": "approve", "version": 1, "items": [str(it.note.pk)]}
    opened = liaison.post(path, approve, 200)
    assert opened["items"] == [str(it.note.pk)] and opened["version"] == 2
    assert "text" not in reader.get(f"items/{it.note.pk}/")
    reader.get(f"items/{it.firearm.pk}/", 404)
    (row,) = reader.get("shares/")["results"]
    assert row["items"] == [str(it.note.pk)] and row["purpose"] == "Evidence." and row["state"] == "approved"
    assert row["case"] is row["version"] is row["note"] is None
    assert reader.get(f"shares/{made['id']}/")["actions"] == []
    assert officer.get("shares/")["results"][0]["case"] == str(it.case.pk)


@pytest.mark.django_db
def test_a_receiver_who_works_for_the_owner_too() -> None:
    """Of a case in which they are not named they read what was shared with their other agency, and no more."""
    it = Sharing(need_to_know=True)
    both = person(it.owner, Role.OFFICER)
    member(both, agency("KG-CUS"), Role.OFFICER)
    share = it.ask(it.note, to=agency("KG-CUS"))
    Program(both).get(f"shares/{share.pk}/", 404)
    decide_share(actor=it.liaison, pk=share.pk, name="approve", version=1)
    (row,) = Program(both).get("shares/")["results"]
    assert row["case"] is row["version"] is row["note"] is None
    item = Program(both).get(f"items/{it.note.pk}/")
    assert item["case"] is None and item["shares"] == [str(share.pk)]
    Program(both).get(f"items/{it.note.pk}/access/", 403)


WRONG_SHARES = {
    "a part that is none": ({"withheld": {"@note": ["txet"]}}, "withheld.@note"),
    "a part that must go": ({"withheld": {"@note": ["title"]}}, "withheld.@note"),
    "a part of what does not go": ({"withheld": {"@firearm": ["serial"]}}, "withheld"),
    "an item of another case": ({"items": ["@other"]}, "items"),
    "nothing": ({"items": []}, "items"),
    "to oneself": ({"recipient": "KG-MIA"}, "recipient"),
    "a day that has passed": ({"until": "2020-01-01"}, "until"),
    "a day too far": ({"until": "2099-01-01"}, "until"),
    "a day that is none": ({"until": "2026-02-31"}, "until"),
    "a day in another form": ({"until": "1.12.2026"}, "until"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("how", WRONG_SHARES)
def test_a_share_that_cannot_be(how: str) -> None:
    """A slip in what stays out is an error, and lets nothing go."""
    it = Sharing()
    names = {"@note": str(it.note.pk), "@firearm": str(it.firearm.pk), "@other": str(Sharing().note.pk)}
    change, field = WRONG_SHARES[how]
    body = {"case": str(it.case.pk), "items": ["@note"], "recipient": "UZ-MIA", "purpose": "x", "until": str(later(20))}
    said = replaced(body | change, names)
    problem = Program(it.officer).post("shares/", said, 400)
    assert {replaced(name, {one: key for key, one in names.items()}) for name in fields(problem)} == {field}


def replaced(value: object, names: dict[str, str]) -> object:
    """A body with the ids of records put in, or taken out."""
    if isinstance(value, dict):
        return {replaced(key, names): replaced(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, names) for one in value]
    if isinstance(value, str):
        for name, one in names.items():
            value = value.replace(name, one)
    return value


def test_a_draft_says_what_it_was_given(world: World) -> None:
    """Text, measures about an item, items and language versions; reasons given take the soft gaps away."""
    program = Program(world.drafter)
    case = program.post("cases/", {"title": "Wares", "proceedings_number": "1-2026"}, 201)["id"]
    who = program.post(f"cases/{case}/items/", WITNESS, 201)["id"]
    row = Case.objects.visible_to(world.drafter).get(pk=case)
    paper = str(put_paper(row, world.drafter).pk)
    body = DRAFT | {
        "case": case,
        "items": [who, paper],
        "deadline": str(later(40)),
        "deadline_reason": "Detention ends.",
        "confidential": True,
        "measures": [DRAFT["measures"][0] | {"about": who, "attendance": True}],
        "languages": [{"item": paper, "language": "uz", "translator": "Invented bureau"}],
    }
    made = program.post("requests/", body, 201)
    assert made["letter"]["facts"] == body["facts"] and made["basis"] == "chisinau-2002" and made["confidential"]
    assert made["measures"][0]["about"] == who and made["measures"][0]["attendance"] and made["state"] == "draft"
    assert [one["item"] for one in made["attachments"]] == [who, paper]
    assert LanguageVersion.objects.get(request=made["id"]).translator == "Invented bureau"
    assert made["holder"] == {"side": "requesting", "agency": "KG-MIA", "since": made["timeline"][0]["at"]}
    check = f"requests/{made['id']}/check/"
    soft = [gap["point"] for gap in program.get(check)]
    after = program.post(check, {"reasons": dict.fromkeys(soft, "Not known yet.")}, 200)
    assert soft and all(gap["reason"] == "Not known yet." for gap in after)
    assert fields(program.post(check, {"reasons": {"basis": "x"}}, 400)) == {"reasons.basis"}
    assert fields(program.post(check, {"reasons": {soft[0]: "x" * 301}}, 400)) == {f"reasons.{soft[0]}"}


WRONG_DRAFTS = {
    "one's own state": ({"requested_state": "KG"}, {"requested_state", "basis"}),
    "no state": ({"requested_state": "XX"}, {"requested_state"}),
    "a basis that is not offered": ({"basis": "firearms-protocol-1"}, {"basis"}),
    "a basis that is none": ({"basis": "none"}, {"basis"}),
    "a day that has passed": ({"deadline": "2020-01-01"}, {"deadline"}),
    "a kind of measure that is none": ({"measures": [{"kind": "z", "description": "x"}]}, {"measures.0.kind"}),
    "a measure without words": ({"measures": [{"kind": "a", "description": " "}]}, {"measures.0.description"}),
    "facts without end": ({"facts": "щ" * 200_001}, {"facts"}),
    "an item that is not there": ({"items": ["00000000-0000-0000-0000-000000000001"]}, {"items"}),
    "a measure about nobody": (
        {"measures": [{"kind": "a", "description": "x", "about": "00000000-0000-0000-0000-000000000001"}]},
        {"measures.0.about"},
    ),
    "a language version of nothing": (
        {"languages": [{"item": "00000000-0000-0000-0000-000000000001", "language": "uz", "translator": "x"}]},
        {"languages.0.item"},
    ),
}


@pytest.mark.parametrize("how", WRONG_DRAFTS)
def test_a_draft_that_cannot_be(line: Line, how: str) -> None:
    """By the rules of the pages of its steps; nothing is begun."""
    change, wanted = WRONG_DRAFTS[how]
    program = Program(line.world.drafter)
    assert fields(program.post("requests/", DRAFT | {"case": str(line.case.pk)} | change, 400)) == wanted
    assert [row["id"] for row in program.get("requests/")["results"]] == [str(line.pk)]


STEP_DATA = {
    "a question about nothing": ("ask_information", {"questions": [{"field": "id", "question": "x"}]}),
    "a question that is blank": ("ask_information", {"questions": [{"field": "facts", "question": " "}]}),
    "no question": ("ask_information", {"questions": []}),
    "a day that has passed": ("ask_information", {"due": "2020-01-01"}),
    "a number of tomorrow": ("acknowledge", {"number_date": str(later(2))}),
    "a number that is blank": ("acknowledge", {"number": " "}),
    "an addressee that receives nothing": ("transmit", {"addressee": "UZ-MIA"}),
    "an executor of another state": ("accept_and_assign", {"executor": "KG-MIA"}),
    "no signature": ("sign", {"signature": False}),
    "a list half ticked off": ("pass_on", {"legality": ["lawful"]}),
    "a tick that is none": ("pass_on", {"legality": ["lucky"]}),
    "a comment at nothing": ("return_to_drafter", {"comments": [{"field": "id", "text": "x"}]}),
    "a result that is none": ("report_results", {"results": [{"number": 1, "result": "lost", "text": "x"}]}),
    "a result for one of two": ("report_results", {"results": [{"number": 1, "result": "done"}]}),
    "an item of somewhere else": ("report_results", {"answer_items": ["00000000-0000-0000-0000-000000000001"]}),
    "a score of eleven": ("close", {"feedback": 11}),
    "a score that is true": ("close", {"feedback": True}),
    "an outcome that is none": ("close", {"outcome": "fame"}),
    "something else": ("close", {"reason": "x"}),
}


@pytest.mark.parametrize("how", STEP_DATA)
def test_data_of_a_step_that_is_wrong(world: World, how: str) -> None:
    """400 at the field, and the request stays where it is."""
    name, change = STEP_DATA[how]
    line = Line(world).ready_for(name)
    program, before = Program(line.holder(name)), line.state
    body = sendable(line, name)
    body["data"] = body.get("data", {}) | change
    problem = program.post(f"requests/{line.pk}/transitions/", body, 400)
    (field,) = change
    assert any(one.removeprefix("data.").startswith(field) for one in fields(problem)), problem
    assert line.state == before


def walked(line: Line, *names: str) -> Iterator[str]:
    """Take steps by the API; yields each after it was taken."""
    for name in names:
        Program(line.holder(name)).post(f"requests/{line.pk}/transitions/", sendable(line, name), 200)
        yield name


def test_every_step_can_be_taken(world: World) -> None:
    """Each of the table, with the data that its schema names."""
    for name in BY_NAME:
        line = Line(world).ready_for(name)
        assert list(walked(line, name)) == [name]


def test_sides(world: World) -> None:
    """Before it crosses it is not there; the other side's domestic steps and hidden executor never are."""
    line = Line(world).walk_to("at_central_authority")
    path = f"requests/{line.pk}/"
    drafter, receiver, executor = (Program(one) for one in (world.drafter, world.receiver, world.executor))
    receiver.get(path, 404)
    line.walk("sign", "transmit", "acknowledge", "start_review", "accept_and_assign", "start_execution")
    before = drafter.get(path)
    line.walk("report_results")
    after = drafter.get(path)
    assert after["state"] == "in_execution" and after == before
    assert after["holder"]["agency"] == "UZ-GPO" and "UZ-MIA" not in str(after)
    theirs = receiver.get(path)
    assert theirs["state"] == "results_reported" and theirs["holder"]["agency"] == "UZ-GPO"
    assert {row["actor_agency"] for row in theirs["timeline"]} == {"KG-GPO", "UZ-GPO", "UZ-MIA"}
    assert theirs["case"] is None and after["case"] == str(line.case.pk)
    assert [row["result"] for row in theirs["measures"]] == ["done", "done"]
    assert [row["result"] for row in after["measures"]] == ["", ""]
    assert {one["agency"]: one["direction"] for one in theirs["numbers"]} == {
        "KG-GPO": "outgoing",
        "UZ-GPO": "incoming",
    }
    (row,) = executor.get("requests/")["results"]
    assert row["side"] == "requested" and row["state"] == "results_reported"
    assert row == {name: executor.get(path)[name] for name in row}
    reads = AuditEvent.objects.filter(name="request.read", subject_id=line.pk, actor=world.receiver)
    assert reads.count() == 1 and not AuditEvent.objects.filter(name="request.read", actor=world.drafter).exists()


def test_what_crosses_is_what_was_frozen(world: World) -> None:
    """Items cross with the request and with the answer; questions are read with their sent answers."""
    papers = Papers(world)
    papers.attach(note(papers.case, world.drafter))
    papers.walk_to("info_requested")
    papers.walk("write_answer")
    path = f"requests/{papers.pk}/"
    receiver = Program(world.receiver)
    (attached,) = receiver.get(path)["attachments"]
    assert receiver.get(f"items/{attached['item']}/")["kind"] == "note" and len(attached["sha256"]) == 64
    assert receiver.get(path)["rounds"][0]["questions"][0]["answer"] == ""
    papers.walk("answer_information")
    assert receiver.get(path)["rounds"][0]["questions"][0]["answer"] == "Invented wares."


def test_an_authority_that_is_its_own_sender(world: World) -> None:
    """The agency of the case may be the central authority itself: then its people see the draft by ownership."""
    body = agency("KG-MIA")
    designate(body, "sends")
    line = Line(world).walk_to("domestic_review")
    assert Program(world.supervisor).get(f"requests/{line.pk}/")["holder"]["agency"] == "KG-MIA"
