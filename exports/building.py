"""Making the file of an export: written as a part, finished whole, and only then named.

Steps: cases, items, requests, requests on paper, files. A worker that is killed leaves a part that nobody names; the
next one starts anew. While it works it says how far it is, and hears whether it is still wanted.
"""

import contextlib
import csv
import hashlib
import io
import json
import logging
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts import exercises
from accounts.models import User
from accounts.sheets import harmless
from agencies.models import Agency
from cases.models import Document
from cases.uploads import stored_name
from exports import services, store
from exports.contents import PORTION, Entry, Source, file_path, treaties
from exports.models import ASKS, AgencyExport

logger = logging.getLogger(__name__)

FORMAT = "comity-agency-export/1"
PIECE = 1024 * 1024
# The last step, and the long one; `_write` numbers those before it.
FILES = 5
# How often a worker says how far it is.
SAYS = 1.0
INDEX = ["kind", "reference", "case", "title", "created_at", "path"]
# What the file says of itself, in every language of the portal.
NOTES = (
    gettext_lazy("What the agency owns and the person who asked could read when this was made: nothing else."),
    gettext_lazy("Of need-to-know cases only those in which the person who asked is named; there may be others."),
    gettext_lazy("Requests as the agency's own side reads them: nothing of the other side's domestic steps."),
    gettext_lazy("Items that other agencies shared with this one are theirs, and not here."),
    gettext_lazy("SHA256SUMS has the checksum of every file but itself: sha256sum -c SHA256SUMS."),
)


class Stopped(Exception):
    """Nobody wants it any more: cancelled, or another worker has it."""


def build(pk: uuid.UUID) -> None:
    """Make one export, if it waits to be made."""
    export = services.claim(pk)
    if export is None:
        return
    assert export.file is not None
    try:
        if not Source(export.asked_by, export.agency).standing.holds(ASKS, export.agency_id):
            services.give_up(export, for_good=True)
            return
        _make(export)
    except Stopped:
        store.remove(export.file)
    except Exception as problem:
        # Its words may hold content: the class must do.
        logger.error("export %s: %s", export.pk, type(problem).__name__)
        store.remove(export.file)
        services.give_up(export, for_good=False)


def _make(export: AgencyExport) -> None:
    file = export.file
    assert file is not None
    progress = Progress(export)
    with Archive(store.part_of(file)) as archive:
        named = _write(export, archive, progress)
    whole = store.finish(file)
    size, sha256 = whole.stat().st_size, _sha256(whole, progress)
    if not services.finish(export, size=size, sha256=sha256, named_cases=named):
        raise Stopped


class Progress:
    """How far it is: said to the database now and then."""

    def __init__(self, export: AgencyExport) -> None:
        self.export = export
        self.step = self.done = self.total = 0
        self.said = 0.0

    def begin(self, step: int, total: int) -> None:
        """A step begins."""
        self.step, self.done, self.total = step, 0, total
        self.said = 0.0
        self.tick(0)

    def tick(self, more: int = 1) -> None:
        """Some more is done, or time has passed. Raises Stopped."""
        self.done += more
        if time.monotonic() - self.said < SAYS:
            return
        self.said = time.monotonic()
        if not services.still_ours(self.export, step=self.step, done=self.done, total=self.total):
            raise Stopped


class Archive:
    """A ZIP file with the checksums of all that is in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sums = io.StringIO()

    def __enter__(self) -> "Archive":
        handle = self.path.open("xb")
        self.path.chmod(0o600)
        self.handle: IO[bytes] = handle
        self.zip = zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED)
        return self

    def __exit__(self, kind: Any, *_rest: object) -> None:
        if kind is None:
            self._put("SHA256SUMS", [self.sums.getvalue().encode()])
            # Writes the list of contents, without which the file is no ZIP.
            self.zip.close()
        else:
            # Nobody will see it: it only has to be let go.
            with contextlib.suppress(OSError, ValueError):
                self.zip.close()
        self.handle.close()

    def put(self, path: str, pieces: Iterator[bytes] | list[bytes]) -> str:
        """Add a file; returns its SHA-256."""
        checksum = self._put(path, pieces)
        self.sums.write(f"{checksum}  {path}\n")
        return checksum

    def put_json(self, path: str, data: Any) -> None:
        """Add data as JSON: UTF-8, keys in the order of docs/export.md."""
        text = json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
        self.put(path, [text.encode()])

    def _put(self, path: str, pieces: Iterator[bytes] | list[bytes]) -> str:
        checksum = hashlib.sha256()
        info = zipfile.ZipInfo(path, datetime.now(UTC).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self.zip.open(info, "w", force_zip64=True) as entry:
            for piece in pieces:
                checksum.update(piece)
                entry.write(piece)
        return checksum.hexdigest()


def _write(export: AgencyExport, archive: Archive, progress: Progress) -> list[uuid.UUID]:
    """Write everything; returns the need-to-know cases that are in it."""
    source = Source(export.asked_by, export.agency)
    index = io.StringIO()
    rows = csv.writer(index)
    rows.writerow(INDEX)
    counts = dict.fromkeys(("cases", "items", "requests", "papers"), 0)
    named, documents, bases = [], [], set()
    steps: list[tuple[str, Any, Callable[[list[uuid.UUID]], Iterator[Entry]]]] = [
        ("cases", source.cases, source.case_entries),
        ("items", source.items, source.item_entries),
        ("requests", source.requests, source.request_entries),
        ("papers", source.papers, source.paper_entries),
    ]
    for number, (kind, records, entries) in enumerate(steps, start=1):
        ids = source.ids(records)
        progress.begin(number, len(ids))
        for start in range(0, len(ids), PORTION):
            for entry in entries(ids[start : start + PORTION]):
                archive.put_json(entry.path, entry.data)
                rows.writerow([harmless(cell) for cell in entry.row])
                counts[kind] += 1
                if entry.data.get("need_to_know"):
                    named.append(entry.data["id"])
                if letter := entry.data.get("letter"):
                    bases.add(letter["basis"])
                if entry.document is not None:
                    documents.append(entry.document.pk)
                progress.tick()
    archive.put_json("treaties.json", treaties(bases))
    files, damaged = _files(source, documents, archive, progress)
    archive.put("index.csv", ["\ufeff".encode(), index.getvalue().encode()])
    archive.put_json("manifest.json", _manifest(export, counts | {"files": files}, damaged))
    return named


def _files(source: Source, ids: list[uuid.UUID], archive: Archive, progress: Progress) -> tuple[int, list[str]]:
    """The files of the documents, each compared with its checksum; returns how many, and which are not whole."""
    damaged = []
    progress.begin(FILES, len(ids))
    for start in range(0, len(ids), PORTION):
        source.look_again()
        items = source.items.filter(pk__in=ids[start : start + PORTION]).in_bulk()
        documents = Document.objects.filter(item__in=list(items)).select_related("file")
        for document in documents:
            item = items[document.item_id]
            if not _is_whole(document, progress):
                damaged.append(item.reference)
            else:
                archive.put(file_path(item, document), _pieces(document, progress))
            progress.tick()
    return len(ids) - len(damaged), damaged


def _is_whole(document: Document, progress: Progress) -> bool:
    checksum = hashlib.sha256()
    try:
        for piece in _pieces(document, progress):
            checksum.update(piece)
    except FileNotFoundError:
        return False
    return checksum.hexdigest() == document.checksum


def _pieces(document: Document, progress: Progress) -> Iterator[bytes]:
    with default_storage.open(stored_name(document.file)) as file:
        while piece := file.read(PIECE):
            progress.tick(0)
            yield piece


def _manifest(export: AgencyExport, counts: dict[str, int], damaged: list[str]) -> dict[str, Any]:
    agency: Agency = export.agency
    decided: User | None = export.decided_by
    notes = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            notes[language] = [*filter(None, [exercises.said()]), *map(str, NOTES)]
    return {
        "format": FORMAT,
        "portal": settings.SITE_URL,
        "agency": {"code": agency.code, "name_en": agency.name_en, "name_ru": agency.name_ru},
        "asked_by": export.asked_by.name,
        "asked_at": export.asked_at,
        "confirmed_by": decided.name if decided else None,
        "confirmed_at": export.decided_at,
        "reason": export.reason,
        "made_at": timezone.now(),
        "counts": counts,
        "damaged_files": damaged,
        "notes": notes,
    }


def _sha256(path: Path, progress: Progress) -> str:
    checksum = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            checksum.update(piece)
            progress.tick(0)
    return checksum.hexdigest()
