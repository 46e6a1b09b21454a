"""Real files of each kind that is taken, made on the spot; and what stands in the store and in the table."""

import io
import zipfile
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from cases.models import Case, CaseItem, StoredFile
from cases.services import create_document
from cases.uploads import take_in

OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
MARKUP = "<html><script>alert(1)</script></html>"


def picture(kind: str) -> bytes:
    """A small picture, or a PDF that holds it."""
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, kind)
    return data.getvalue()


def archive(entries: dict[str, bytes], deflated: bool = True) -> bytes:
    """An archive of these entries, in this order."""
    data = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(data, "w", method) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return data.getvalue()


def office(entry: str, **more: bytes) -> bytes:
    """An office document with its main entry."""
    return archive({"[Content_Types].xml": b"<Types/>", entry: b"<w/>"} | more)


def open_document(kind: str, **more: bytes) -> bytes:
    """A text or a spreadsheet of OpenDocument, with its list of parts."""
    parts = {"mimetype": OPEN_DOCUMENT + kind.encode(), "content.xml": b"<office/>"}
    return archive(parts | {"META-INF/manifest.xml": b"<manifest/>"} | more)


PDF = picture("PDF")
DOCX = office("word/document.xml")
RUSSIAN = "Протокол допроса.\r\n\tВопрос: …\r\n"
GOOD: dict[str, bytes] = {
    "protocol.pdf": PDF,
    "PROTOCOL.PDF": PDF,
    "photo.png": picture("PNG"),
    "photo.jpg": picture("JPEG"),
    "photo.jpeg": picture("JPEG"),
    "scan.tif": picture("TIFF"),
    "scan.tiff": picture("TIFF"),
    "letter.docx": DOCX,
    "list.xlsx": office("xl/workbook.xml"),
    "letter.odt": open_document("text"),
    "list.ods": open_document("spreadsheet"),
    "utf8.txt": RUSSIAN.encode(),
    "bom.txt": b"\xef\xbb\xbf" + RUSSIAN.encode(),
    "windows.txt": RUSSIAN.replace("…", "").encode("cp1251"),
    "mail.txt": b"<person@comity.example> wrote:\n> Tom & Ann < 5",
    "v1.final.pdf": PDF,
}


def sent(name: str, content: bytes, claimed: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file as a browser sends it, with the kind that the browser claims."""
    return SimpleUploadedFile(name, content, claimed)


def paper(case: Case, by: User, name: str = "protocol.pdf", content: bytes = PDF, **values: Any) -> CaseItem:
    """A document put into a case."""
    values = {"marking": "unmarked", "description": ""} | values
    from_ = values.pop("redacted_from", None)
    file = take_in(sent(name, content), by)
    return create_document(actor=by, case_id=case.pk, file_id=file.pk, values=values, redacted_from=from_)


def on_disk() -> list[Path]:
    """Every file in the store."""
    return sorted(one for one in Path(default_storage.location).rglob("*") if one.is_file())


def nothing_is_kept() -> bool:
    """Neither a file nor a row."""
    return not on_disk() and not StoredFile.objects.exists()


def stored(item: CaseItem) -> Path:
    """Where a document's file lies."""
    pk = StoredFile.objects.get(document__item=item).pk.hex
    return Path(default_storage.location) / pk[:2] / pk
