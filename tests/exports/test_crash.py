"""A worker killed while it makes an export: no half file is ever shown, and another one makes it anew."""

import os
import signal
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from accounts.refusals import NotAllowed
from agencies.models import Role
from cases.models import StoredFile
from exports import services, store
from exports.building import FILES
from exports.models import SILENCE, AgencyExport, ExportState
from exports.tasks import tend
from mla.workflow import Body
from tests.factories import Line, World, agency
from tests.security.people import Paper, put, put_paper
from tests.servers import MailServer, start_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PAPERS = 6
# Letters that do not pack, so that writing them takes its time.
BULK = 12_000_000


def noise() -> bytes:
    """A large text without any order."""
    return os.urandom(BULK // 2).hex().encode()


def now_of(export: AgencyExport) -> AgencyExport:
    """The row as it stands."""
    close_old_connections()
    return AgencyExport.objects.get(pk=export.pk)


def test_a_killed_worker(broker: redis.Redis, tmp_path: Path, world: World) -> None:
    """kill -9 in the middle of writing; the row says it is being made, nothing can be fetched; then it is whole."""
    line = Line(world)
    put(line.case, world.drafter, title="A note that must be there")
    for _ in range(PAPERS):
        put_paper(line.case, world.drafter, Paper(content=noise()))
    assert StoredFile.objects.count() == PAPERS
    liaison = world.new(Body.DRAFTING, Role.LIAISON)
    export = services.ask(actor=world.supervisor, agency=agency("KG-MIA"), reason="archive")
    services.take(actor=liaison, pk=export.pk, step="confirm")
    with MailServer() as mail:
        worker = start_worker(tmp_path / "worker.log", EMAIL_URL=mail.url)
        try:
            wait_for(lambda: now_of(export).step == FILES and any(store.folder().glob("*.part")), 120)
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.stop()
        left = now_of(export)
        assert left.state == ExportState.BUILDING and left.file is not None
        part = store.part_of(left.file)
        assert part.exists() and not store.path_of(left.file).exists()
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(part)
        with pytest.raises(NotAllowed, match="no file"):
            services.fetch(actor=world.supervisor, pk=export.pk)
        tend()
        assert now_of(export).claim == left.claim, "it has not been silent for long enough"
        # Two minutes later. What else the killed worker held is sent anew by beat: tests/notifications.
        told = len(mail.messages)
        AgencyExport.objects.filter(pk=export.pk).update(beat_at=timezone.now() - SILENCE - timedelta(seconds=1))
        worker = start_worker(tmp_path / "second.log", EMAIL_URL=mail.url)
        try:
            tend()
            wait_for(lambda: now_of(export).state == ExportState.READY, 90)
            wait_for(lambda: len(mail.messages) > told, 30)
        finally:
            worker.stop()
    done = now_of(export)
    assert done.attempts == 2 and done.file != left.file
    with zipfile.ZipFile(store.path_of(done.file)) as made:
        assert made.testzip() is None
        assert sum(name.startswith("files/") for name in made.namelist()) == PAPERS
    assert services.fetch(actor=world.supervisor, pk=export.pk).sha256 == done.sha256
    for log in ("worker.log", "second.log"):
        assert "A note that must be there" not in (tmp_path / log).read_text()
    said = str([str(message.get_content()) for message in mail.messages])
    assert "export" in said and "KG-MIA" not in said
    assert settings.FILES_ROOT in store.folder().parents
