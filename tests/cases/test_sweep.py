"""The sweep: what no document names goes after a day, and nothing else does."""

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.models import StoredFile
from cases.tasks import sweep
from cases.uploads import take_in, throw_away
from tests.cases.papers import PDF, on_disk, paper, sent, stored
from tests.factories import agency, case, person

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """A store of the test's own."""
    folder = tmp_path / "files"
    backends = {**settings.STORAGES}
    backends["default"] = {**backends["default"], "OPTIONS": {"location": folder}}
    settings.STORAGES = backends
    return folder


@pytest.fixture
def officer(db: None) -> User:
    """Somebody who sends files."""
    return person(agency("KG-MIA"), "officer")


def waiting(by: User, age: timedelta) -> StoredFile:
    """A file that has waited so long for its form."""
    row = take_in(sent("protocol.pdf", PDF), by)
    StoredFile.objects.filter(pk=row.pk).update(uploaded_at=timezone.now() - age)
    older(on_disk_of(row), age)
    return row


def on_disk_of(row: StoredFile) -> Path:
    """Where its file lies."""
    return next(one for one in on_disk() if one.name == row.pk.hex)


def older(file: Path, age: timedelta) -> None:
    """Let a file be so old."""
    moment = (timezone.now() - age).timestamp()
    os.utime(file, (moment, moment))


def test_nothing_to_do() -> None:
    """Before the first file there is not even a folder."""
    assert sweep() == 0


def test_what_waited_a_day_goes(officer: User) -> None:
    """Row and file; a younger one stays."""
    young, old = waiting(officer, DAY - HOUR), waiting(officer, DAY + HOUR)
    assert sweep() == 1
    assert list(StoredFile.objects.all()) == [young] and [one.name for one in on_disk()] == [young.pk.hex]
    assert old.pk != young.pk and sweep() == 0


def test_what_no_row_names_goes(officer: User) -> None:
    """A transaction was rolled back after its file was written: a day later the file goes."""

    class Broken(Exception):
        pass

    with pytest.raises(Broken), transaction.atomic():
        take_in(sent("protocol.pdf", PDF), officer)
        raise Broken
    (file,) = on_disk()
    assert sweep() == 0, "its row may be about to be committed"
    older(file, DAY + HOUR)
    assert sweep() == 1 and not on_disk()


def test_documents_stay(officer: User) -> None:
    """However old."""
    item = paper(case(officer, agency("KG-MIA")), officer)
    StoredFile.objects.update(uploaded_at=timezone.now() - 400 * DAY)
    older(stored(item), 400 * DAY)
    assert sweep() == 0 and stored(item).read_bytes() == PDF


def test_what_is_not_ours_stays(store: Path, officer: User) -> None:
    """A name that the portal would not give is somebody else's: a note of the operator's, a file of a backup."""
    waiting(officer, HOUR)
    (store / "aa").mkdir(exist_ok=True)
    for name in ("README", "aa/note.txt", f"aa/{uuid.uuid4()}", "aa/" + "g" * 32):
        (store / name).write_text("x")
        older(store / name, 10 * DAY)
    assert sweep() == 0 and len(on_disk()) == 5


def test_a_row_whose_file_is_gone(officer: User) -> None:
    """It goes all the same."""
    row = waiting(officer, DAY + HOUR)
    on_disk_of(row).unlink()
    assert sweep() == 1 and not StoredFile.objects.exists()


def test_a_document_is_never_thrown_away(officer: User) -> None:
    """Whoever asks; nor is what is gone already."""
    item = paper(case(officer, agency("KG-MIA")), officer)
    row = StoredFile.objects.get(document__item=item)
    assert not throw_away(row) and stored(item).exists()
    other = waiting(officer, HOUR)
    assert throw_away(other) and not throw_away(other)
