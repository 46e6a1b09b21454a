"""The forms of items: what people type, in every script and every state of knowledge, and nothing lost of it."""

import re
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse

from cases.forms.items import ROWS_AT_MOST, ItemForms
from cases.items import Content, content_of
from cases.models import CaseItem, Firearm, Person
from exchange.templatetags.ui import error_links
from tests.cases.sharing import FIREARM, MARK, NAMES, PASSPORT, PERSON, Sharing, browser, text_of, token

pytestmark = pytest.mark.django_db


def rows_data(name: str, rows: list[dict[str, Any]], before: int = 0) -> dict[str, Any]:
    """What a browser sends for rows."""
    data: dict[str, Any] = {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": before}
    for number, row in enumerate(rows):
        data |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return data


def person_data(names: list[dict[str, Any]], documents: Any = (), before: int = 0, **more: Any) -> dict[str, Any]:
    """What a browser sends for a person."""
    return {**rows_data("names", names, before), **rows_data("documents", list(documents), before), **more}


def firearm_data(*marks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a browser sends for a firearm."""
    return {**FIREARM, "recovered_on": "09.2026", **rows_data("marks", list(marks)), **more}


def forms_of(kind: str, data: dict[str, Any]) -> ItemForms:
    """The forms as the page gets them."""
    query = QueryDict(mutable=True)
    for key, value in data.items():
        query[key] = str(value)
    return ItemForms(kind, query)


def name(text: str, script: str = "cyrillic", **more: str) -> dict[str, str]:
    """One name."""
    return {"name": text, "script": script, **more}


# --- persons ---


@pytest.mark.parametrize(
    "names",
    [
        [name("Үмөт", surname="Ойлонов", patronymic="Ойлонович")],
        [name("Umot", "latin", surname="O‘ylonov", patronymic="Qahramon oʻgʻli")],
        [name("أحمد", "arabic", surname="بن يوسف")],
        [name("Саида")],
        [name("Үмөт", surname="Ойлонов"), name("Umot", "latin", surname="Oylonov"), name("اميد", "arabic")],
        [name("Д’Арк-Ойлонова", surname="фон дер Выдуманн")],
    ],
)
def test_names_of_every_script(names: list[dict[str, str]]) -> None:
    """One name or several; with surname and patronymic or without; each kept as it was typed."""
    forms = forms_of("person", person_data(names))
    assert forms.is_valid(), forms.formsets[0].errors
    kept = [{key: value for key, value in row.items() if value} for row in forms.row_values["names"]]
    assert kept == names


def test_a_person_needs_a_name_and_its_script() -> None:
    """Nothing else is needed."""
    without = forms_of("person", person_data([{"name": "", "script": ""}]))
    assert not without.is_valid()
    assert {"name", "script"} <= set(without.formsets[0].forms[0].errors)
    assert not forms_of("person", person_data([])).is_valid()
    assert not forms_of("person", person_data([name("Үмөт", "")])).is_valid()
    assert not forms_of("person", person_data([name("Үмөт", "runic")])).is_valid()
    assert forms_of("person", person_data([name("Үмөт")])).is_valid()


@pytest.mark.parametrize(
    ("typed", "kept"), [("1988", "1988"), ("03.1988", "1988-03"), ("14.03.1988", "1988-03-14"), ("", "")]
)
def test_partial_dates(typed: str, kept: str) -> None:
    """No more precision than is known."""
    forms = forms_of("person", person_data([name("Үмөт")], born=typed))
    assert forms.is_valid()
    assert forms.values["born"] == kept


@pytest.mark.parametrize("typed", ["31.02.1988", "13.1988", "1500", "2999", "٣", "no"])
def test_bad_dates(typed: str) -> None:
    """Refused at their field; what was typed is still there."""
    forms = forms_of("person", person_data([name("Үмөт")], born=typed))
    assert not forms.is_valid()
    assert "born" in forms.detail.errors
    assert forms.detail["born"].value() == typed


def test_composed_letters_and_hidden_marks() -> None:
    """Й is one letter however it was typed; a mark that turns the text is refused, in rows too."""
    forms = forms_of("person", person_data([name("И\u0306улдуз")], residence="И\u0306ода"))
    assert forms.is_valid()
    assert forms.row_values["names"][0]["name"] == "Йулдуз"
    assert forms.values["residence"] == "Йода"
    turned = forms_of("person", person_data([name("Umot\u202e")], remarks="hidden\u200bspace"))
    assert not turned.is_valid()
    assert "name" in turned.formsets[0].forms[0].errors
    assert "remarks" in turned.detail.errors


def test_blank_rows_are_ignored() -> None:
    """Before, between and after those that say something; also those that once did."""
    blank, document = {"name": "", "surname": "", "script": ""}, {"kind": "", "value": "", "issued_by": ""}
    forms = forms_of("person", person_data([blank, name("Үмөт"), blank], [document, PASSPORT], before=3))
    assert forms.is_valid(), [made.errors for made in forms.formsets]
    assert [row["name"] for row in forms.row_values["names"]] == ["Үмөт"]
    assert [row["value"] for row in forms.row_values["documents"]] == ["AN0000000"]


def test_fifty_rows_and_one_more() -> None:
    """Fifty are kept; with the fifty-first all are still there, and the page says why it did not save."""
    rows = [name(f"Имя {number}") for number in range(ROWS_AT_MOST + 1)]
    assert forms_of("person", person_data(rows[:-1])).is_valid()
    forms = forms_of("person", person_data(rows))
    assert not forms.is_valid()
    assert forms.formsets[0].non_form_errors()
    assert forms.formsets[0].forms[ROWS_AT_MOST]["name"].value() == f"Имя {ROWS_AT_MOST}"


def test_errors_in_the_order_of_the_page() -> None:
    """Names first, the surname above the name as papers have it; then the person's own fields, then documents."""
    forms = forms_of(
        "person", person_data([name("", "cyrillic", surname="Ойлонов")], [PASSPORT | {"kind": ""}], born="x")
    )
    assert not forms.is_valid()
    assert [link.target for link in error_links(forms.in_order)] == [
        "id_names-0-name",
        "id_born",
        "id_documents-0-kind",
    ]
    assert list(forms.formsets[0].forms[0].fields)[:3] == ["surname", "name", "patronymic"]


# --- firearms ---


@pytest.mark.parametrize(
    ("state", "serial", "bad"),
    [
        ("read", "ЖЖ 0000", ""),
        ("read", "", "serial"),
        ("restored", "0000", ""),
        ("restored", "", "serial"),
        ("none", "", ""),
        ("none", "0000", "serial_state"),
        ("obliterated", "", ""),
        ("obliterated", "00?0", ""),
        ("illegible", "", ""),
        ("illegible", "00??", ""),
        ("unheard-of", "0000", "serial_state"),
    ],
)
def test_states_of_the_serial_number(state: str, serial: str, bad: str) -> None:
    """A number that was read is typed; one that is not there is not; a part of one may be."""
    forms = forms_of("firearm", firearm_data(serial_state=state, serial=serial))
    assert forms.is_valid() == (not bad)
    assert set(forms.detail.errors) == ({bad} if bad else set())
    assert {one.value for one in Firearm.SerialState} == {"read", "none", "obliterated", "restored", "illegible"}


def test_serial_as_it_stands() -> None:
    """Letters, spaces and script are kept: nothing is made uniform."""
    forms = forms_of("firearm", firearm_data(serial="жЖ  00-00 №1"))
    assert forms.is_valid()
    assert forms.values["serial"] == "жЖ  00-00 №1"


def test_marks_are_rows() -> None:
    """Each with its kind and place; a year is a year."""
    forms = forms_of("firearm", firearm_data(MARK, {"kind": "import", "text": "☆ 12", "year": ""}))
    assert forms.is_valid()
    assert [row["text"] for row in forms.row_values["marks"]] == ["Crown over N", "☆ 12"]
    for bad in (
        {"kind": "", "text": "☆"},
        {"kind": "proof", "text": ""},
        {**MARK, "year": 1799},
        {**MARK, "year": "x"},
    ):
        assert not forms_of("firearm", firearm_data(bad)).is_valid()


@pytest.mark.parametrize("year", ["1799", "2101", "99999", "x", "-1"])
def test_bad_years(year: str) -> None:
    """Of a weapon."""
    assert "year" in forms_of("firearm", firearm_data(year=year)).detail.errors


# --- the pages, without JavaScript ---


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


@pytest.fixture
def client(it: Sharing) -> Client:
    """The officer's browser."""
    return browser(it.officer)


def address(it: Sharing, kind: str) -> str:
    """Of the page on which such an item is put into the case."""
    return reverse("cases:item_create", args=[it.case.pk, kind])


def typed_on(page: str) -> dict[str, str]:
    """The values of the page's input fields, by name."""
    fields = re.findall(r"<input[^>]*>", page)
    found = {}
    for field in fields:
        named, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if named:
            found[named[1]] = value[1] if value else ""
    return found


def content_after(response: HttpResponse) -> Content:
    """What the item says to whose page the form led."""
    assert response.status_code == 302, text_of(response)
    pk = response["Location"].rstrip("/").rsplit("/", 1)[-1]
    return content_of(CaseItem.objects.unscoped("a test looks at the row").get(pk=pk))


def test_a_person_is_put_in(it: Sharing, client: Client) -> None:
    """All fields of the page arrive."""
    data = person_data(NAMES, [PASSPORT], **PERSON | {"born": "03.1988"}, token=token())
    content = content_after(client.post(address(it, "person"), data))
    assert content == content_of(it.person)


def test_a_form_counts_once(it: Sharing, client: Client) -> None:
    """Sent twice, it made one item."""
    data = person_data(NAMES, token=token())
    first, second = (client.post(address(it, "person"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Person.objects.count() == 2


@pytest.mark.parametrize("pressed", ["names", "documents"])
def test_the_button_for_a_row_keeps_everything(it: Sharing, client: Client, pressed: str) -> None:
    """Also what is wrong so far, and the once-only mark; then it is filled in and saved."""
    once = token()
    data = person_data(
        [NAMES[0], name("", "")],
        [PASSPORT, {"kind": "", "value": "half", "issued_by": ""}],
        **PERSON | {"born": "31.02.1988", "remarks": "Half a sentence"},
        token=once,
    )
    response = client.post(address(it, "person"), data | {"add_row": pressed})
    page = text_of(response)
    kept = typed_on(page)
    assert response.status_code == 200
    assert kept["token"] == once
    assert kept["born"] == "31.02.1988"
    assert kept["names-0-surname"] == "Ойлонов"
    assert kept["documents-1-value"] == "half"
    assert "Half a sentence" in page
    assert re.search(r'<option value="cyrillic" selected', page)
    assert "field-error" not in page
    assert int(kept["names-TOTAL_FORMS"]) == (3 if pressed == "names" else 2)
    assert int(kept["documents-TOTAL_FORMS"]) == (3 if pressed == "documents" else 2)
    assert Person.objects.count() == 1
    again = {
        **data,
        **{key: value for key, value in kept.items() if key.endswith("_FORMS")},
        "born": "",
        "names-1-name": "Umot",
        "names-1-script": "latin",
        "documents-1-kind": "other",
    }
    content = content_after(client.post(address(it, "person"), again))
    assert [row["name"] for row in content["names"]] == ["Үмөт", "Umot"]
    assert [row["value"] for row in content["documents"]] == ["AN0000000", "half"]


def test_the_button_keeps_the_version_of_a_change(it: Sharing, client: Client) -> None:
    """A row asked for while changing an item does not lose which text it started from."""
    url = f"{it.page(it.firearm)}edit/"
    kept = typed_on(text_of(client.get(url)))
    data = firearm_data(MARK, version=kept["version"], token=kept["token"])
    page = typed_on(text_of(client.post(url, data | {"add_row": "marks"})))
    assert (page["version"], page["token"]) == (kept["version"], kept["token"])
    assert page["marks-TOTAL_FORMS"] == "2"


def test_a_row_is_taken_out_by_emptying_it(it: Sharing, client: Client) -> None:
    """As the page of a change sends it: the row was there before, and is empty now."""
    url = f"{it.page(it.person)}edit/"
    kept = typed_on(text_of(client.get(url)))
    assert kept["names-INITIAL_FORMS"] == "2"
    data = person_data(
        [{"name": "", "script": ""}, NAMES[1]],
        [{"kind": "", "value": ""}, {"kind": "", "value": ""}],
        before=2,
        version=kept["version"],
        token=kept["token"],
    )
    content = content_after(client.post(url, data))
    assert [row["name"] for row in content["names"]] == ["Umot"]
    assert "documents" not in content


def test_a_change_shows_what_is_there(it: Sharing, client: Client) -> None:
    """Every field and row is filled; saved as it is, nothing changes."""
    url = f"{it.page(it.firearm)}edit/"
    kept = typed_on(text_of(client.get(url)))
    assert kept["serial"] == "ЖЖ 0000"
    assert kept["recovered_on"] == "09.2026"
    assert kept["marks-0-text"] == "Crown over N"
    before = content_of(it.firearm)
    content = content_after(client.post(url, firearm_data(MARK, version=kept["version"], token=kept["token"])))
    assert content == before


def test_errors_keep_what_was_typed(it: Sharing, client: Client) -> None:
    """And say where they are."""
    response = client.post(address(it, "firearm"), firearm_data(MARK | {"year": "x"}, serial="", token=token()))
    page = text_of(response)
    assert response.status_code == 200
    assert "field-error" in page
    assert typed_on(page)["marks-0-text"] == "Crown over N"
    assert Firearm.objects.count() == 1


@pytest.mark.parametrize("who", ["liaison", "reader"])
def test_who_may_not_gets_no_form(it: Sharing, who: str) -> None:
    """A liaison officer is told why; for another agency there is no case. Pressing the row button changes neither."""
    other = browser(getattr(it, who))
    wanted = 403 if who == "liaison" else 404
    url = address(it, "person")
    assert other.get(url).status_code == wanted
    assert other.post(url, person_data(NAMES)).status_code == wanted
    assert other.post(url, person_data(NAMES, add_row="names")).status_code == wanted
    edit = f"{it.page(it.person)}edit/"
    assert other.post(edit, person_data(NAMES, add_row="names", version="1")).status_code == wanted
    assert Person.objects.count() == 1


def test_no_such_kind(it: Sharing, client: Client) -> None:
    """Nothing is there."""
    assert client.get(address(it, "vehicle")).status_code == 404


@pytest.mark.parametrize("total", ["", "x", "-1", "100000"])
def test_a_tampered_page(it: Sharing, client: Client, total: str) -> None:
    """Whatever the page says of its rows, the answer is a page."""
    data = person_data(NAMES, token=token()) | {"names-TOTAL_FORMS": total}
    for more in ({}, {"add_row": "names"}, {"add_row": "documents"}, {"add_row": "nothing"}):
        assert client.post(address(it, "person"), data | more).status_code == 200
    assert Person.objects.count() == 1


def test_an_empty_person_is_told_what_to_do(it: Sharing, client: Client) -> None:
    """Sent without a name: by a sentence that says what is needed, not by a count of forms."""
    text = text_of(client.post(address(it, "person"), person_data([{"name": "", "script": ""}], token=token())))
    assert "Write at least one name." in text and "at least 1 form" not in text
