"""Bodies that are none, or other than the schema says: 400 with a reason, and nothing done."""

from typing import Any

import pytest
from django.conf import settings

from cases.models import Case
from tests.api.programs import NOTE, WITNESS, Program, fields, judged
from tests.factories import Line, World

TITLE = '{"title": "A case of three letters", "title": "Another"}'
ODD: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", "invalid"),
    "not JSON": (b"{title: 1}", "not_json"),
    "cut off": (b'{"title": "Wares', "not_json"),
    "two values": (b"{} {}", "not_json"),
    "a key twice": (TITLE.encode(), "duplicate_key"),
    "a key twice, deep": (b'{"title": [{"a": 1, "a": 1}]}', "duplicate_key"),
    "lists 10,000 deep": (b"[" * 10_000 + b"]" * 10_000, "too_deep"),
    "objects 10,000 deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "too_deep"),
    "100 deep": (b"[" * 100 + b"]" * 100, "too_deep"),
    "not UTF-8": ('{"title": "Товары"}'.encode("cp1251"), "not_utf8"),
    "half a letter": (b'{"title": "\\ud800 wares"}', "not_utf8"),
    "half a letter as a key": (b'{"\\udfff": 1}', "not_utf8"),
    "no number": (b'{"title": NaN}', "not_json"),
    "without end": (b'{"title": 1e999}', "not_json"),
    "more digits than a number has": (b'{"title": ' + b"9" * 5000 + b"}", "not_json"),
    "a list": (b'["title"]', "invalid"),
    "a text": (b'"title"', "invalid"),
    "null": (b"null", "invalid"),
    "a number": (b"1", "invalid"),
}


@pytest.mark.parametrize("how", ODD)
def test_what_is_no_body(world: World, how: str) -> None:
    """Each is refused by 400 with a code that says why, and no case is opened."""
    text, code = ODD[how]
    before = Case.objects.unscoped("a test counts").count()
    for path in ("cases/", "requests/"):
        assert judged(Program(world.drafter).send(path, text), 400)["code"] == code
    assert Case.objects.unscoped("a test counts").count() == before


WRONG: dict[str, tuple[Any, str]] = {
    "no title": ({}, "title"),
    "a number": ({"title": 12345}, "title"),
    "an object": ({"title": {"a": 1}}, "title"),
    "a list": ({"title": ["abc"]}, "title"),
    "null": ({"title": None}, "title"),
    "too short": ({"title": "ab"}, "title"),
    "too long": ({"title": "щ" * 201}, "title"),
    "NUL": ({"title": "Wares \x00"}, "title"),
    "marks that turn text": ({"title": "Wares \u202egnorw"}, "title"),
    "a word for true": ({"title": "Wares", "need_to_know": "true"}, "need_to_know"),
    "one for true": ({"title": "Wares", "need_to_know": 1}, "need_to_know"),
    "a field that is not known": ({"title": "Wares", "need_to_knwo": True}, "need_to_knwo"),
    "an agency that is not there": ({"title": "Wares", "agency": "KG-NONE"}, "agency"),
    "an agency with NUL": ({"title": "Wares", "agency": "KG\x00"}, "agency"),
    "an agency that is a number": ({"title": "Wares", "agency": 7}, "agency"),
    "a stranger": ({"title": "Wares", "need_to_know": True, "members": ["x@comity.example"]}, "members.0"),
    "members that are one": ({"title": "Wares", "members": "x@comity.example"}, "members"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_case_of_another_shape(world: World, how: str) -> None:
    """The field is named."""
    body, field = WRONG[how]
    assert fields(Program(world.drafter).post("cases/", body, 400)) == {field}


def test_named_people_without_need_to_know(world: World) -> None:
    """As on the page: a slip, because the whole agency would see the case."""
    body = {"title": "Wares", "members": [str(world.supervisor.pk)]}
    assert fields(Program(world.drafter).post("cases/", body, 400)) == {"need_to_know"}


ITEMS: dict[str, tuple[Any, str]] = {
    "no kind": ({"title": "x"}, "kind"),
    "another kind": ({"kind": "vehicle"}, "kind"),
    "a kind that is a list": ({"kind": ["note"]}, "kind"),
    "a document": ({"kind": "document"}, "kind"),
    "no text": ({"kind": "note", "title": "x"}, "text"),
    "a field of another kind": (NOTE | {"serial": "1"}, "serial"),
    "no names": ({"kind": "person", "names": []}, "names"),
    "a name without script": ({"kind": "person", "names": [{"name": "x"}]}, "names.0.script"),
    "names that are none": (WITNESS | {"names": "Invented"}, "names"),
    "names in an object": (WITNESS | {"names": {"0": {}}}, "names"),
    "a month that is none": (WITNESS | {"born": "1988-13"}, "born"),
    "a day to come": (WITNESS | {"born": "2988-01-01"}, "born"),
    "a number that is not said": ({"kind": "firearm", "weapon_type": "pistol"}, "serial"),
    "a number where there is none": (
        {"kind": "firearm", "weapon_type": "pistol", "serial": "1", "serial_state": "none"},
        "serial_state",
    ),
    "a year in words": ({"kind": "firearm", "weapon_type": "pistol", "serial": "1", "year": "1970"}, "year"),
    "a year too early": ({"kind": "firearm", "weapon_type": "pistol", "serial": "1", "year": 17}, "year"),
    "51 names": (WITNESS | {"names": WITNESS["names"] * 51}, "names"),
}


@pytest.mark.parametrize("how", ITEMS)
def test_an_item_of_another_shape(line: Line, how: str) -> None:
    """The schema's rules and those of the kind's form, each named at its field."""
    body, field = ITEMS[how]
    path = f"cases/{line.case.pk}/items/"
    assert fields(Program(line.world.drafter).post(path, body, 400)) == {field}
    assert Program(line.world.drafter).get(path)["results"] == []


def test_a_body_larger_than_any_form(world: World) -> None:
    """Refused by 413 before it is read to its end, and one larger than the portal before it is read at all."""
    program = Program(world.drafter)
    text = b'{"title": "' + b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    assert judged(program.send("cases/", text), 413)["code"] == "too_large"
    huge = {"CONTENT_LENGTH": str(1024**3)}
    response = program.client.generic("POST", "/api/v1/cases/", b"{}", "application/json", **huge)
    assert judged(response, 413)["code"] == "too_large"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "x"])
def test_a_body_of_another_kind(world: World, kind: str) -> None:
    """Only JSON is taken, so that no form of another site can send one."""
    assert judged(Program(world.drafter).send("cases/", b'{"title": "Wares"}', kind=kind), 415)["status"] == 415


def test_other_methods(world: World) -> None:
    """What an address does not do is 405; there is no browsable API and nothing that describes a form."""
    client = Program(world.drafter).client
    for method in ("put", "patch", "delete", "options"):
        assert getattr(client, method)("/api/v1/cases/").status_code == 405
    assert client.get("/api/v1/cases/", headers={"accept": "text/html"})["Content-Type"] == "application/json"


def test_no_such_address(world: World) -> None:
    """Also where nothing could be: a problem, no page."""
    for path in ("nothing/", "cases/7/", "cases/00000000-0000-0000-0000-000000000001/"):
        Program(world.drafter).get(path, 404)
