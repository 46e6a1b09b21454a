"""A backup is made, opened by its officers only, and brought back whole."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from backups.manifest import DATABASE, FILES, INNER, OUTER
from backups.officer import identities
from tests.backups.conftest import Officer
from tests.backups.places import Place

Officers = tuple[Officer, Officer, Officer]


def test_all_is_back(saved: Place, backup: Path, officers: Officers, empty: Callable[[], Place]) -> None:
    """Rows, schema, rights, files and their times; the grants are as they must be; nobody is signed in."""
    restored = empty()
    assert saved.rows()["accounts_session"]
    told = restored.told("restore", backup, "--identity", officers[1].key)
    assert told["findings"] == [] and told["files"] == len(saved.contents()) > 0
    assert restored.shape() == saved.shape()
    assert restored.rows() == saved.rows() | {"accounts_session": [], "exchange_cache": []}
    assert restored.contents() == saved.contents()
    for one in restored.files.rglob("*"):
        same = saved.files / one.relative_to(restored.files)
        assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600)
        assert one.is_dir() or int(one.stat().st_mtime) == int(same.stat().st_mtime)
    assert restored.told("check_grants") == []

    nowhere = Place("no_such_database", restored.files)
    assert nowhere.told("restore", backup, "--verify", "--identity", officers[0].key)["findings"] == []
    assert restored.told("restore", backup, "--check", "--identity", officers[0].key)["findings"] == []
    with restored.owner() as cursor:
        cursor.execute("update accounts_user set name = name || ' '")
    next(one for one in restored.files.rglob("*") if one.is_file()).unlink()
    done = restored.manage("restore", backup, "--check", "--identity", officers[0].key)
    assert done.returncode == 1
    assert "the table accounts_user has as many rows as in the backup, and other contents" in done.stdout
    assert "is only in the backup" in done.stdout

    # The portal's own backup says so too: a document has no file any more.
    done = restored.manage("backup", restored.files.parent, "--to", officers[0].public)
    assert done.returncode == 1
    assert "is missing: a document names it" in done.stdout
    assert "Only one officer can open the backup" in done.stderr


def test_nothing_lies_there_in_plain(saved: Place, backup: Path) -> None:
    """No name, address or file is readable in the folder; all of it is its owner's only."""
    names = [row.split("@")[0].encode() for row in saved.rows()["accounts_user"]]
    parts = {path.name: path.read_bytes() for path in backup.iterdir()}
    assert set(parts) == {DATABASE, FILES, INNER, OUTER}
    for name, content in parts.items():
        assert stat.S_IMODE((backup / name).stat().st_mode) == 0o600
        assert name == OUTER or content.startswith(b"age-encryption.org/v1\n")
        for known in [*names, *(file[:64] for file in saved.contents().values())]:
            assert known not in content
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert list(backup.parent.glob(".*")) == []


def test_what_may_be_read_beside_it(backup: Path, officers: Officers) -> None:
    """Version, time, schema, totals, parts and who can open it; no number of a table, no name of a file."""
    said = json.loads((backup / OUTER).read_text())
    assert said["name"] == backup.name and said["made_at"].endswith("+00:00")
    assert said["last_migrations"].keys() >= {"accounts", "audit", "cases", "mla"}
    assert said["recipients"] == [officers[0].public, officers[1].public]
    assert said["audit_events"] > 0 and said["rows"] > 0
    assert all(part["bytes"] == (backup / name).stat().st_size for name, part in said["parts"].items())
    assert "mla_assistancerequest" not in (backup / OUTER).read_text()


def test_keys_are_apart(saved: Place, backup: Path, officers: Officers) -> None:
    """Another officer opens the archive of keys, and only that; the backup itself holds no key of the portal."""
    archive = backup.parent / f"{backup.name}.keys.age"
    first, _second, third = (identities([officer.key]) for officer in officers)
    opened = dict(line.split("=", 1) for line in pyrage.decrypt(archive.read_bytes(), third).decode().splitlines())
    assert opened["SECRET_KEY"] == saved.environment["SECRET_KEY"]
    assert opened["DATABASE_OWNER_URL"] == saved.environment["DATABASE_OWNER_URL"]
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(archive.read_bytes(), first)
    for name in (DATABASE, FILES, INNER):
        part = (backup / name).read_bytes()
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(part, third)
        assert opened["SECRET_KEY"].encode() not in pyrage.decrypt(part, first)
