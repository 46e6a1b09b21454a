"""Taking in a file: counted while it arrives, judged by content and extension, written before any row names it."""

import contextlib
import errno
import hashlib
import logging
import os
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete
from accounts.text import HIDDEN
from cases.models import Document, StoredFile

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
# Of an archive inside a document: what it may unpack to in all, and how many times its own size.
UNPACKED_AT_MOST = 500 * MEGABYTE
RATIO_AT_MOST = 200
ENTRIES_AT_MOST = 10_000
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: its media type, and what proves it."""

    media_type: str
    # Extensions that puremagic may give to this content; empty: text, which has no signature.
    signatures: frozenset[str]
    # Of an archive: an entry that it must have.
    entry: str = ""


KINDS: dict[str, FileKind] = {
    ".pdf": FileKind("application/pdf", frozenset({".pdf"})),
    ".jpg": FileKind("image/jpeg", frozenset({".jpg", ".jpeg", ".jfif"})),
    ".jpeg": FileKind("image/jpeg", frozenset({".jpg", ".jpeg", ".jfif"})),
    ".png": FileKind("image/png", frozenset({".png"})),
    ".tif": FileKind("image/tiff", frozenset({".tif", ".tiff"})),
    ".tiff": FileKind("image/tiff", frozenset({".tif", ".tiff"})),
    ".docx": FileKind(OFFICE + "wordprocessingml.document", frozenset({".docx", ".zip"}), "word/document.xml"),
    ".xlsx": FileKind(OFFICE + "spreadsheetml.sheet", frozenset({".xlsx", ".zip"}), "xl/workbook.xml"),
    ".odt": FileKind(OPEN_DOCUMENT + "text", frozenset({".odt", ".zip"}), "content.xml"),
    ".ods": FileKind(OPEN_DOCUMENT + "spreadsheet", frozenset({".ods", ".zip"}), "content.xml"),
    ".txt": FileKind("text/plain", frozenset()),
}
FORBIDDEN_ENTRIES = ("vbaproject.bin", "vbadata.xml", "oleobject", "activex")
# Where an OpenDocument file keeps its macros.
FORBIDDEN_FOLDERS = ("basic/", "scripts/")
# The most that is read at once: of an entry that is looked into, of the list of entries.
SIP = MEGABYTE
# What office programs write. Of these zipfile unpacks no more than is asked for; of others whole entries, unasked.
COMPRESSIONS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What a text does not begin with: markup, and what its first letters name as something else.
NO_TEXT = re.compile(rb"<[!?]|</?[a-z]+[\s/>]|%pdf|%!ps|\{\\rtf|gif8[79]a", re.IGNORECASE)
# What no text holds: control bytes other than tab, line feed, form feed and carriage return.
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
SIGNATURE_BYTES = 64 * 1024


class CountWhileItArrives(FileUploadHandler):
    """Stops reading a file at the limit, before it is whole. First of FILE_UPLOAD_HANDLERS."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.arrived = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count each file for itself."""
        super().new_file(*args, **kwargs)
        self.arrived = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the piece on, or stop."""
        self.arrived += len(raw_data)
        if self.arrived > settings.UPLOAD_LIMIT_MB * MEGABYTE:
            if self.request is not None:
                self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler makes the file."""


def take_in(upload: UploadedFile, person: User) -> StoredFile:
    """Judge a file, write it, then its row. Raises Incomplete, with words for the field `file`, and keeps nothing."""
    name = clean_name(upload.name or "")
    kind = judge(upload, name)
    checksum = hashlib.sha256()
    for piece in upload.chunks():
        checksum.update(piece)
    row = StoredFile(
        name=name, size=upload.size or 0, sha256=checksum.hexdigest(), media_type=kind.media_type, uploaded_by=person
    )
    upload.seek(0)
    try:
        default_storage.save(stored_name(row), File(upload.file))
        _stored_to_disk(stored_name(row))
    except OSError as problem:
        # A full disk, as a rule. What was begun would wait a day for its sweep, on a disk that has no room.
        logger.error("the store took no file: %s", errno.errorcode.get(problem.errno or 0, "unknown"))
        with contextlib.suppress(OSError):
            default_storage.delete(stored_name(row))
        raise refused(
            _("The portal cannot store a file now: its disk is full or away. Nothing was saved. Try again later.")
        ) from None
    row.save(force_insert=True)
    return row


def to_disk(path: Path) -> None:
    """Wait until a file, or what stands in a folder, would outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stored_to_disk(name: str) -> None:
    """The same of a stored file on a local disk, and of its place there: its row comes after."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # a store elsewhere answers for itself
        return
    for part in (path, path.parent, path.parent.parent):
        to_disk(part)


def throw_away(row: StoredFile) -> bool:
    """Remove a file unless a document names it: the row first, so that no row names a file that is gone.

    Returns whether it went.
    """
    name = stored_name(row)
    with transaction.atomic():
        # Locked first and asked then: what was becoming a document meanwhile is one now.
        locked = StoredFile.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
        if locked is None or Document.objects.filter(file=locked).exists():
            return False
        locked.delete()
    default_storage.delete(name)
    return True


def stored_name(row: StoredFile) -> str:
    """Where a file lies in the store."""
    return f"{row.pk.hex[:2]}/{row.pk.hex}"


def clean_name(name: str) -> str:
    """A file's own name without folders and hidden marks, at most 200 letters; its extension stays."""
    bare = HIDDEN.sub("", unicodedata.normalize("NFC", name).replace("\\", "/")).replace("\x00", "")
    bare = " ".join(bare.split())
    path = PurePosixPath(PurePosixPath(bare).name)
    stem = path.stem[: 200 - len(path.suffix)] if len(path.suffix) < 10 else path.stem[:190]
    cleaned = f"{stem}{path.suffix[:10]}".strip()
    return cleaned if cleaned.strip(".") else get_valid_filename("file")


def judge(upload: UploadedFile, name: str) -> FileKind:
    """The kind of a file, when extension and content agree. Raises Incomplete."""
    if not upload.size:
        raise refused(_("The file is empty. Choose it again."))
    if upload.size > settings.UPLOAD_LIMIT_MB * MEGABYTE:
        raise refused(too_large())
    kind = KINDS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        allowed = ", ".join(sorted(ending.lstrip(".") for ending in KINDS))
        raise refused(_("Files of this kind are not taken. Possible: %(kinds)s.") % {"kinds": allowed})
    head = upload.read(SIGNATURE_BYTES)
    upload.seek(0)
    if not kind.signatures:
        _judge_text(upload)
    elif not kind.signatures & signatures(head):
        raise refused(_("The file is not what its name says. Save it anew in the right kind, or correct its name."))
    if kind.entry:
        _judge_archive(upload.file, upload.size, kind)
    return kind


def signatures(head: bytes) -> set[str]:
    """The extensions that a file's first bytes speak for."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return set()
    # A signature counts where it must stand: at the beginning. What follows later can be put anywhere.
    return {match.extension.lower() for match in found if head.startswith(match.byte_match[:4])}


def too_large() -> str:
    """The words for a file over the limit."""
    return _("The file is larger than %(limit)d MB. Choose a smaller one, or split it.") % {
        "limit": settings.UPLOAD_LIMIT_MB
    }


def refused(text: str) -> Incomplete:
    """A refusal that stands at the field of the file."""
    return Incomplete(text, {"file": [text]})


def _judge_text(upload: UploadedFile) -> None:
    data = upload.read()
    upload.seek(0)
    if CONTROL.search(data) or NO_TEXT.match(data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()):
        raise refused(_("The file is not what its name says. Save it anew in the right kind, or correct its name."))
    for encoding in ("utf-8", "cp1251"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    raise refused(_("The file is not readable as text."))


def _judge_archive(file: IO[bytes], size: int, kind: FileKind) -> None:
    """Look into an office document without unpacking it: no macros, nothing encrypted, no bomb."""
    try:
        # An open file that was given is not closed by zipfile.
        with zipfile.ZipFile(cast(IO[bytes], InSips(file))) as archive:
            entries = archive.infolist()
            # Before any of them is opened.
            _judge_sizes(entries, size)
            said = {name: _begin_of(archive, name) for name in ("mimetype", "META-INF/manifest.xml")}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise refused(_("The file is damaged. Save it anew.")) from None
    finally:
        file.seek(0)
    names = {entry.filename.lower() for entry in entries}
    is_open = kind.media_type.startswith(OPEN_DOCUMENT)
    if kind.entry not in names or (is_open and said["mimetype"].strip() != kind.media_type.encode()):
        raise refused(_("The file is not what its name says. Save it anew in the right kind, or correct its name."))
    if any(entry.flag_bits & 1 for entry in entries) or b"encryption-data" in said["META-INF/manifest.xml"]:
        raise refused(_("The file is protected by a password. Save it without one."))
    if any(word in name for word in FORBIDDEN_ENTRIES for name in names) or (
        is_open and any(name.startswith(FORBIDDEN_FOLDERS) for name in names)
    ):
        raise refused(_("The file holds a program (macros or embedded objects). Save it without, or as PDF."))


def _judge_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what would fill memory or disk when it is opened: here, or by whoever downloads it."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_AT_MOST or unpacked > UNPACKED_AT_MOST or unpacked > RATIO_AT_MOST * size:
        raise refused(_unpacks_to_too_much())
    if any(entry.compress_type not in COMPRESSIONS for entry in entries):
        raise refused(_("The file is packed in a way that office programs do not use. Save it anew, or as PDF."))


def _unpacks_to_too_much() -> str:
    return _("The file unpacks to far more than its size. Save it as PDF.")


class InSips:
    """A file of which zipfile takes no more at once than we allow: it would read a list of any length whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises Incomplete when there are too many."""
        data = self.file.read(SIP + 1 if size < 0 else min(size, SIP + 1))
        if len(data) > SIP:
            raise refused(_unpacks_to_too_much())
        return data


def _begin_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of an entry; nothing when there is none, or when it is encrypted."""
    if name not in archive.namelist() or archive.getinfo(name).flag_bits & 1:
        return b""
    with archive.open(name) as entry:
        return entry.read(SIP)
