"""The exercise: thirteen people who can sign in, two cases, a draft and a request that has crossed."""

import json
import stat
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from agencies.models import Agency, Designation, RoleAssignment, State
from agencies.standing import standing_of
from audit.models import AuditEvent
from cases.models import Case
from exercise.loading import is_empty, new_password
from exercise.people import PLAYERS
from mla.models import AssistanceRequest, RequestVersion
from notifications.models import Outbox

pytestmark = pytest.mark.django_db


def load(path: Path) -> list[dict[str, Any]]:
    """Run the command and read its file."""
    call_command("load_exercise", accounts=path, stdout=StringIO())
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Thirteen Argon2 hashes are slow on purpose: only the test of the passwords makes them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def accounts(tmp_path: Path) -> list[dict[str, Any]]:
    """The loaded exercise's sign-ins."""
    return load(tmp_path / "accounts.json")


def person(role: str, agency: str = "KG-GPO") -> User:
    """The player of a role."""
    return User.objects.get(email=next(p.email for p in PLAYERS if (p.role, p.agency) == (role, agency)))


def test_file_lists_thirteen_people(accounts: list[dict[str, Any]]) -> None:
    """The form that contracts promise, with one role each."""
    assert len(accounts) == 13
    keys = {"email", "password", "name", "roles", "agency", "state", "language"}
    assert all(set(one) == keys for one in accounts)
    assert {(one["agency"], *one["roles"]) for one in accounts} == {(p.agency, p.role) for p in PLAYERS}
    assert {one["state"] for one in accounts} == {"KG", "UZ", None}


def test_people_are_invented(accounts: list[dict[str, Any]]) -> None:
    """Their addresses reach nobody."""
    assert all(one["email"].endswith(".example") for one in accounts)


def test_passwords_open_the_accounts(tmp_path: Path, settings: Any) -> None:
    """Each password is its person's own, long, and hashed with Argon2."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    accounts = load(tmp_path / "accounts.json")
    assert len({one["password"] for one in accounts}) == 13
    for one in accounts:
        user = User.objects.get(email=one["email"])
        assert user.check_password(one["password"])
        assert len(one["password"]) >= 20
        assert user.password.startswith("argon2$")
        assert user.language == one["language"]


def test_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Mode 0600 from its first moment, also where a wider file stood."""
    path = tmp_path / "deep" / "accounts.json"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o644)
    load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["accounts.json"]


def test_roles_stand_as_the_file_says(accounts: list[dict[str, Any]]) -> None:
    """What the file promises is what the services gave."""
    for one in accounts:
        standing = standing_of(User.objects.get(email=one["email"]))
        assert standing.all_roles == set(one["roles"])
        assert standing.home.code == one["agency"]
    assert RoleAssignment.objects.count() == 13


def test_states_and_agencies(accounts: list[dict[str, Any]]) -> None:
    """Five states that can be asked; two with agencies; one organisation without a state."""
    assert set(State.objects.values_list("code", flat=True)) == {"KZ", "KG", "TJ", "TM", "UZ"}
    assert all(state.tz for state in State.objects.all())
    assert dict(Agency.objects.values_list("code", "state_id")) == {
        "KG-GPO": "KG",
        "KG-CUS": "KG",
        "UZ-GPO": "UZ",
        "UZ-MIA": "UZ",
        "ORG-SEC": None,
    }


def test_designations(accounts: list[dict[str, Any]]) -> None:
    """Both prosecutor general's offices are designated for each treaty and function, with a source."""
    rows = Designation.objects.exclude(source="").values_list("agency__code", "basis", "function")
    agencies, bases = ("KG-GPO", "UZ-GPO"), ("chisinau-2002", "minsk-1993", "untoc")
    assert sorted(rows) == sorted(product(agencies, bases, ("sends", "receives", "executes")))


def test_one_case_is_need_to_know(accounts: list[dict[str, Any]]) -> None:
    """The agency's case workers see one case, the named people both, everybody else none."""

    def sees(role: str, agency: str = "KG-GPO") -> int:
        return Case.objects.visible_to(person(role, agency)).count()

    assert [sees(role) for role in ("officer", "supervisor", "liaison")] == [2, 2, 2]
    assert [sees(role) for role in ("ca_officer", "ca_signatory")] == [1, 1]
    assert sees("agency_admin") == sees("officer", "UZ-MIA") == sees("ca_officer", "UZ-GPO") == 0
    assert [sees(role, "ORG-SEC") for role in ("platform_admin", "auditor", "observer")] == [0, 0, 0]


def test_one_request_has_crossed(accounts: list[dict[str, Any]]) -> None:
    """The drafter sees a draft and a transmitted request; the addressee sees the transmitted one."""
    ours = AssistanceRequest.objects.visible_to(person("officer"))
    assert sorted(ours.values_list("state", flat=True)) == ["draft", "transmitted"]
    theirs = AssistanceRequest.objects.visible_to(person("ca_officer", "UZ-GPO"))
    assert list(theirs.values_list("state", flat=True)) == ["transmitted"]
    assert not AssistanceRequest.objects.visible_to(person("officer", "UZ-MIA")).exists()
    letter = RequestVersion.objects.get(request=theirs.get().pk, series=RequestVersion.Series.TRANSMITTED)
    assert letter.content["requested_authority"]["code"] == "UZ-GPO"
    assert len(letter.content["measures"]) == 3


def test_services_made_it(accounts: list[dict[str, Any]]) -> None:
    """Audit events and outbox rows are there, as for any click."""
    names = set(AuditEvent.objects.values_list("name", flat=True))
    assert {"agency.create", "role.give", "case.create", "request.create", "request.transmit"} <= names
    assert Outbox.objects.filter(event="request.transmit", person=person("ca_officer", "UZ-GPO")).count() == 1


def test_second_loading_is_refused(tmp_path: Path, accounts: list[dict[str, Any]]) -> None:
    """Only an empty database takes it; the first file stays and no second one comes."""
    first = (tmp_path / "accounts.json").read_text()
    with pytest.raises(CommandError, match="not empty"):
        load(tmp_path / "again.json")
    with pytest.raises(CommandError, match="not empty"):
        load(tmp_path / "accounts.json")
    assert [one.name for one in tmp_path.iterdir()] == ["accounts.json"]
    assert (tmp_path / "accounts.json").read_text() == first


def test_nothing_is_half_there_when_the_file_fails(tmp_path: Path) -> None:
    """A place that cannot be written to leaves the database empty, and says where."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Cannot write the sign-ins"):
        load(tmp_path / "file" / "accounts.json")
    assert is_empty()


def test_passwords_can_be_typed() -> None:
    """Groups of letters that look like no other."""
    groups = new_password().split("-")
    assert [len(group) for group in groups] == [4] * 5
    assert not set("".join(groups)) & set("ilo01")
