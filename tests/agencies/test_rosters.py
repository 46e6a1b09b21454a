"""Lists of people: any spreadsheet's CSV, in its encoding; wrong rows are corrected; all are invited or nobody."""

import csv
import io
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import policies, rosters
from agencies.models import Agency, Invitation, Role, Roster
from agencies.services.rosters import confirm_roster, correct_roster, judged, send_roster
from agencies.standing import standing_of
from agencies.tasks import forget
from audit.models import AuditEvent
from notifications.models import Letter
from tests.agencies.offices import Office, join
from tests.factories import agency, person
from tests.racing import race, winner

HEADS = ["E-mail address", "Name", "Post", "Language", "Roles"]
RUSSIAN = ["Электронная почта", "ФИО", "Должность", "Язык", "Роли"]
PEOPLE = [
    ["aijan@kg-mia.example", "Асанова Айжан", "Следователь", "русский", "сотрудник"],
    ["timur@kg-mia.example", "Timur Ongoy ulu", "", "en", "officer, liaison"],
]


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


def sheet(rows: list[list[str]], heads: list[str] = HEADS, separator: str = ";", end: str = "\r\n") -> str:
    """What a spreadsheet saves."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows([heads, *rows])
    return text.getvalue()


def sent(office: Office, content: str | bytes, **more: Any) -> Roster:
    """A list sent by the agency's admin."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return send_roster(actor=more.get("by", office.admin), agency_id=office.agency.pk, content=data)


def looked(office: Office, row: Roster) -> list[rosters.Row]:
    """The list as its admin sees it."""
    return judged(row, standing_of(office.admin))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("heads", [HEADS, RUSSIAN], ids=["English", "Russian"])
def test_any_spreadsheet(encoding: str, separator: str, heads: list[str]) -> None:
    """Encoding, separator and heads are found; every letter arrives."""
    found = rosters.read(sheet(PEOPLE, heads, separator).encode(encoding))
    wanted = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1251": "CP1251"}.get(encoding, "UTF-16")
    assert (found.encoding, found.separator) == (wanted, separator)
    assert [[row[name] for name in rosters.COLUMNS] for row in found.rows] == PEOPLE
    assert [row["line"] for row in found.rows] == [2, 3]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_any_end_of_line(end: str) -> None:
    """Also that of old machines; empty lines are passed over."""
    text = sheet(PEOPLE, end=end) + end + ";;;;" + end
    assert len(rosters.read(text.encode()).rows) == 2


def test_columns_in_any_order() -> None:
    """Others are left out; missing ones are empty; heads may be in capitals, with blanks, with ё."""
    found = rosters.read("\ufeffn;  ИМЯ ; E-MAIL;Адрес дома\n1;Асанова Айжан;a@b.example;Bishkek\n".encode())
    assert found.rows == [
        {"line": 2, "email": "a@b.example", "name": "Асанова Айжан", "post": "", "language": "", "roles": ""}
    ]


NO_LIST: dict[str, bytes] = {
    "empty": b"",
    "heads alone": sheet([]).encode(),
    "no address": b"Name;Post\nA;B\n",
    "no name": b"E-mail;Post\na@b.example;B\n",
    "no heads": b"a@b.example;Asanova\n",
    "a spreadsheet itself": b"PK\x03\x04" + bytes(range(256)) * 9,
    "bytes of no text": b"E-mail;Name\n\x98\x98;\xff\n",
    "half of UTF-16": sheet(PEOPLE).encode("utf-16")[:-1],
    "zeros": b"E-mail;Name\na@b.example;A\0B\n",
    "too many": sheet([[f"a{n}@b.example", "A", "", "", ""] for n in range(5001)]).encode(),
    "too large": b"x" * (rosters.SIZE + 1),
    "one endless cell": b'E-mail;Name\n"a@b.example;' + b"x" * 200_000,
}


@pytest.mark.parametrize("how", NO_LIST)
def test_no_list(office: Office, how: str) -> None:
    """Said what to do, and nothing is kept."""
    with pytest.raises(Incomplete) as gap:
        sent(office, NO_LIST[how])
    assert gap.value.errors["file"][0] and not Roster.objects.exists()


def test_rows_are_judged_one_by_one(office: Office) -> None:
    """Each mistake stands at its row and column; the row is kept as it was typed."""
    office.invite("invited@kg-mia.example")
    rows = [
        ["good@kg-mia.example", "Good Person", "", "", ""],
        ["not an address", "A", "", "", ""],
        ["", "No Address", "", "", ""],
        ["no.name@kg-mia.example", " ", "", "", ""],
        ["GOOD@kg-mia.example", "The Same Again", "", "", ""],
        [office.officer.email, "Works Here", "", "", ""],
        ["invited@kg-mia.example", "Was Invited", "", "", ""],
        ["a@kg-mia.example", "A", "", "киргизча", ""],
        ["b@kg-mia.example", "B", "", "", "officer, king"],
        ["c@kg-mia.example", "C", "", "", "auditor"],
        ["d@kg-mia.example", "x" * 151, "", "", ""],
        ["e@kg-mia.example", "\u202eabc", "", "", ""],
    ]
    row = sent(office, sheet(rows))
    found = looked(office, row)
    assert [sorted(one.errors) for one in found] == [
        [],
        ["email"],
        ["email"],
        ["name"],
        ["email"],
        ["email"],
        ["email"],
        ["language"],
        ["roles"],
        ["roles"],
        ["name"],
        ["name"],
    ]
    assert found[4].errors["email"].endswith("line 2.")
    assert found[1].values["email"] == "not an address" and found[8].values["roles"] == "officer, king"


def test_roles_by_code_or_name(office: Office) -> None:
    """In both languages, with or without what stands in brackets."""
    offered = [role for role in policies.roles_at(office.agency) if role not in policies.WITH_END]
    names = {}
    for language in ("en", "ru"):
        with translation.override(language):
            names |= {str(role.label).partition(" (")[0].capitalize(): role.value for role in offered}
    rows = [[f"a{n}@b.example", "A", "", "", name] for n, name in enumerate([*names, *(r.value for r in offered)])]
    found = looked(office, sent(office, sheet(rows)))
    assert [one.roles for one in found] == [(value,) for value in names.values()] + [(r.value,) for r in offered]
    both = looked(office, sent(office, sheet([["z@b.example", "Z", "", "", "officer / liaison; officer"]])))
    assert both[0].roles == ("officer", "liaison")
    late = looked(office, sent(office, sheet([["y@b.example", "Y", "", "", "ca_signatory"]])))
    assert set(late[0].errors) == {"roles"}, "the power to sign has a last day, and is proposed with it"


def test_all_are_invited_or_nobody(office: Office) -> None:
    """While a row is wrong nobody is; then everybody, with a link of their own, and the list is emptied."""
    row = sent(office, sheet([*PEOPLE, ["wrong", "Third", "", "", ""]]))
    with pytest.raises(Incomplete):
        confirm_roster(actor=office.admin, pk=row.pk, version=1)
    assert not Invitation.objects.exists() and not Letter.objects.exists()
    correct_roster(actor=office.admin, pk=row.pk, version=1, changes={4: {"email": "third@kg-mia.example"}})
    row = confirm_roster(actor=office.other_admin, pk=row.pk, version=2)
    found = {one.email: one for one in Invitation.objects.all()}
    assert set(found) == {"aijan@kg-mia.example", "timur@kg-mia.example", "third@kg-mia.example"}
    first = found["aijan@kg-mia.example"]
    assert (first.name, first.post, first.language, first.roles) == ("Асанова Айжан", "Следователь", "ru", ["officer"])
    assert len({one.token() for one in found.values()}) == Letter.objects.count() == 3
    assert (row.rows, row.invited, first.roster, first.invited_by) == ([], 3, row, office.other_admin)
    event = AuditEvent.objects.get(name="roster.confirm", outcome="done")
    assert event.facts == {"count": 3}
    assert join(first).memberships.get().proposals.get().role == Role.OFFICER


def test_rows_left_out(office: Office) -> None:
    """Whoever is left out is not invited; an empty list invites nobody."""
    row = sent(office, sheet(PEOPLE))
    correct_roster(actor=office.admin, pk=row.pk, version=1, changes={2: None})
    row.refresh_from_db()
    assert [one["email"] for one in row.rows] == ["timur@kg-mia.example"]
    correct_roster(actor=office.admin, pk=row.pk, version=2, changes={3: None})
    with pytest.raises(Incomplete):
        confirm_roster(actor=office.admin, pk=row.pk, version=3)


def test_judged_again_at_the_confirmation(office: Office) -> None:
    """Somebody on it was invited meanwhile by the other admin: nobody is invited until that is settled."""
    row = sent(office, sheet(PEOPLE))
    office.invite(PEOPLE[0][0], by=office.other_admin)
    with pytest.raises(Incomplete):
        confirm_roster(actor=office.admin, pk=row.pk, version=1)
    assert Invitation.objects.count() == 1


def test_changed_or_confirmed_meanwhile(office: Office) -> None:
    """The other admin was first: looked at again."""
    row = sent(office, sheet(PEOPLE))
    correct_roster(actor=office.other_admin, pk=row.pk, version=1, changes={})
    with pytest.raises(MovedOn):
        confirm_roster(actor=office.admin, pk=row.pk, version=1)
    confirm_roster(actor=office.admin, pk=row.pk, version=2)
    for verb, more in ((confirm_roster, {}), (correct_roster, {"changes": {}})):
        with pytest.raises(NotAllowed):
            verb(actor=office.other_admin, pk=row.pk, version=3, **more)


@pytest.mark.django_db(transaction=True)
def test_confirmed_twice_at_the_same_moment() -> None:
    """Each person is invited once."""
    office = Office()
    row = sent(office, sheet(PEOPLE))
    acts = race(
        ("select 1 from agencies_roster where id = %s for update", str(row.pk)),
        lambda: confirm_roster(actor=office.admin, pk=row.pk, version=1),
        lambda: confirm_roster(actor=office.other_admin, pk=row.pk, version=1),
    )
    winner(*acts)
    assert Invitation.objects.count() == Letter.objects.count() == 2


def test_only_the_agencys_admins(office: Office) -> None:
    """Not a platform admin, not another agency's, not an officer."""
    row = sent(office, sheet(PEOPLE))
    for stranger in (office.platform, office.officer, person(agency("KG-GPO"), Role.AGENCY_ADMIN)):
        with pytest.raises(Agency.DoesNotExist):
            sent(office, sheet(PEOPLE), by=stranger)
        with pytest.raises(Roster.DoesNotExist):
            confirm_roster(actor=stranger, pk=row.pk, version=1)


def test_five_thousand_in_cp1251(office: Office) -> None:
    """Read, judged and invited in seconds, in one transaction; the letters wait in the outbox."""
    rows = [
        [f"person{n}@kg-mia.example", f"Сотрудник Номер {n}", "Следователь по особо важным делам", "ru", "сотрудник"]
        for n in range(rosters.ROWS)
    ]
    content = sheet(rows, RUSSIAN).encode("cp1251")
    began = time.process_time()
    row = sent(office, content)
    assert row.encoding == "CP1251" and row.rows[4999]["name"] == "Сотрудник Номер 4999"
    confirm_roster(actor=office.admin, pk=row.pk, version=1)
    # gunicorn ends a request after 30 seconds; what the processor does here takes about two.
    assert time.process_time() - began < 10
    assert Invitation.objects.count() == Letter.objects.count() == 5000


def test_what_nobody_confirmed_is_forgotten(office: Office) -> None:
    """After a day; what became invitations stays as the list that they came from."""
    waits, old, done = (sent(office, sheet([[f"p{n}@b.example", "P", "", "", ""]])) for n in range(3))
    confirm_roster(actor=office.admin, pk=done.pk, version=1)
    Roster.objects.exclude(pk=waits.pk).update(sent_at=timezone.now() - timedelta(days=2))
    forget()
    assert set(Roster.objects.all()) == {waits, done} and old.pk
