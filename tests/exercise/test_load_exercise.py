"""The command: everything into an empty database, the sign-ins into a file, all of it or nothing."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from agencies.models import RoleAssignment
from agencies.standing import standing_of
from exercise import loading, stage
from exercise.loading import is_empty, new_password
from exercise.people import PLAYERS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is the same when nothing happens; tests/exercise/test_story.py plays all scenes."""
    monkeypatch.setattr(loading, "SCENES", [])


@pytest.fixture(autouse=True)
def exercise(settings: Any) -> None:
    """The portal is one."""
    settings.EXERCISE = "Saffron Crate"


def load(path: Path) -> list[dict[str, Any]]:
    """Run the command and read its file."""
    call_command("load_exercise", accounts=path, stdout=StringIO())
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Argon2 hashes are slow on purpose: only the test of the password makes them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def accounts(tmp_path: Path) -> list[dict[str, Any]]:
    """The loaded exercise's sign-ins."""
    return load(tmp_path / "accounts.json")


def person(role: str, agency: str = "KG-GPO") -> User:
    """The player of a role."""
    return User.objects.get(email=next(p.email for p in PLAYERS if (p.role, p.agency) == (role, agency)))


def test_file_lists_everybody(accounts: list[dict[str, Any]]) -> None:
    """The form that contracts promise, with one role each."""
    assert len(accounts) == len(PLAYERS) >= 24
    keys = {"email", "password", "name", "roles", "agency", "state", "language"}
    assert all(set(one) == keys for one in accounts)
    assert {(one["agency"], *one["roles"]) for one in accounts} == {(p.agency, p.role) for p in PLAYERS}
    assert {one["state"] for one in accounts} == {"KG", "KZ", "TJ", "TM", "UZ", None}


def test_people_are_invented(accounts: list[dict[str, Any]]) -> None:
    """Their addresses reach nobody."""
    assert all(one["email"].endswith(".example") for one in accounts)


def test_the_password_opens_every_account(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One password for all, made anew for each exercise; long, and hashed with Argon2 for each person apart."""
    for module in (loading, stage):
        monkeypatch.setattr(module, "PLAYERS", PLAYERS[:3])
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    accounts = load(tmp_path / "accounts.json")
    (password,) = {one["password"] for one in accounts}
    assert len(password) >= 20
    people = User.objects.in_bulk([one["email"] for one in accounts], field_name="email")
    assert all(people[one["email"]].language == one["language"] for one in accounts)
    assert len({person.password for person in people.values()}) == len(accounts)
    assert all(person.password.startswith("argon2$") for person in people.values())
    for one in accounts:
        assert people[one["email"]].check_password(password)


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
    assert RoleAssignment.objects.count() == len(PLAYERS)


def test_sign_ins_to_the_terminal() -> None:
    """Where no file can be written: the same, and nothing else."""
    out = StringIO()
    call_command("load_exercise", accounts=Path("-"), stdout=out)
    assert len(json.loads(out.getvalue())) == len(PLAYERS)


def test_only_an_exercise_loads_it(tmp_path: Path, settings: Any) -> None:
    """A portal that names none stays empty, however empty it is."""
    settings.EXERCISE = ""
    with pytest.raises(CommandError, match="no exercise"):
        load(tmp_path / "accounts.json")
    assert is_empty()


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
