"""A place with something in it, three officers with their keys, and one backup; each made once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from backups.officer import new_key
from tests.backups.places import Place, place
from tests.databases import Databases


@dataclass(frozen=True)
class Officer:
    """Somebody who may open backups."""

    key: Path
    public: str


@pytest.fixture(scope="session")
def officers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Officer, Officer, Officer]:
    """Two whom backups are encrypted to, and one whom keys are."""
    keys = [tmp_path_factory.mktemp("officer") / "key.txt" for _each in range(3)]
    first, second, third = (Officer(key, new_key(key)) for key in keys)
    return first, second, third


@pytest.fixture(scope="session")
def saved(django_db_setup: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A migrated place with something of everything in it. Tests leave it as it is."""
    files = tmp_path_factory.mktemp("saved") / "files"
    with place(f"{django_db_setup.template}_{uuid4().hex[:8]}", files, django_db_setup.template) as found:
        found.run("-m", "tests.backups.content")
        yield found


@pytest.fixture(scope="session")
def backup(saved: Place, officers: tuple[Officer, Officer, Officer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup's folder; the archive of keys lies beside it. Tests leave both as they are."""
    first, second, third = officers
    to = ("--to", first.public, "--to", second.public, "--keys-to", third.public)
    return Path(saved.told("backup", tmp_path_factory.mktemp("backups"), *to)["backup"])


@pytest.fixture
def copy(backup: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be spoilt."""
    return Path(shutil.copytree(backup, tmp_path / "copy" / backup.name))


@pytest.fixture
def empty(django_db_setup: Databases, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Call it for an empty place."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            place(f"{django_db_setup.template}_{uuid4().hex[:8]}", tmp_path / uuid4().hex[:8])
        )
