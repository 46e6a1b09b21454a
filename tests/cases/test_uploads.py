"""Files as they come in: each kind that is taken, and each that is refused with its words and leaves nothing."""

import hashlib
import random
import struct
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import get_resolver

from accounts.models import User
from accounts.refusals import Incomplete
from cases.models import StoredFile
from cases.uploads import RATIO_AT_MOST, UNPACKED_AT_MOST, clean_name, judge, take_in
from tests.cases.papers import (
    DOCX,
    GOOD,
    MARKUP,
    PDF,
    RUSSIAN,
    archive,
    nothing_is_kept,
    office,
    on_disk,
    open_document,
    picture,
    sent,
)
from tests.factories import person

pytestmark = pytest.mark.django_db

OTHER = "The file is not what its name says. Save it anew in the right kind, or correct its name."
KIND = "Files of this kind are not taken."
DAMAGED = "The file is damaged. Save it anew."
LOCKED = "The file is protected by a password. Save it without one."
PROGRAM = "The file holds a program (macros or embedded objects). Save it without, or as PDF."
BOMB = "The file unpacks to far more than its size. Save it as PDF."
PACKED = "The file is packed in a way that office programs do not use. Save it anew, or as PDF."
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(512)


def encrypted() -> bytes:
    """An archive whose entries bear the mark of encryption."""
    data = bytearray(DOCX)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def lying_bomb() -> bytes:
    """An archive that says of itself that it unpacks to more than is allowed."""
    data = bytearray(office("word/document.xml"))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (UNPACKED_AT_MOST + 1).to_bytes(4, "little")
    return bytes(data)


def packed(method: int, megabytes: int = 0, size: int | None = None) -> bytes:
    """An open letter whose first entry is packed by another method, and says of itself that it has this size."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        kind = zipfile.ZipInfo("mimetype")
        kind.compress_type = method
        with made.open(kind, "w") as entry:
            for _ in range(megabytes):
                entry.write(bytes(1024 * 1024))
        made.writestr("content.xml", "<office/>")
    content = bytearray(data.getvalue())
    at = content.find(b"PK\x01\x02")
    if size is not None:
        content[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(content)


def long_list(entries: int) -> bytes:
    """An archive that is nothing but its list of entries."""
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    one = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed, begins = one * entries, len(local)
    whole = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(listed), begins)
    where = struct.pack("<4sIQI", b"PK\x06\x07", 0, begins + len(listed), 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    return local + listed + whole + where + end


# Small files that would fill the memory of whoever opens them to judge them.
HEAVY: dict[str, tuple[str, bytes, str]] = {
    "a bomb packed by bzip2": ("letter.odt", packed(zipfile.ZIP_BZIP2, 64), BOMB),
    "a bomb packed by LZMA": ("letter.odt", packed(zipfile.ZIP_LZMA, 64), BOMB),
    "one that says it is small": ("letter.odt", packed(zipfile.ZIP_BZIP2, 64, size=39), PACKED),
    "the same by LZMA": ("letter.odt", packed(zipfile.ZIP_LZMA, 64, size=39), PACKED),
    "a list without end": ("letter.docx", long_list(480_000), BOMB),
}


def beyond() -> bytes:
    """An open letter whose first entry, says its list, begins where the file has ended."""
    content = bytearray(open_document("text"))
    at = content.find(b"PK\x01\x02")
    content[at + 42 : at + 46] = (len(content) + 9).to_bytes(4, "little")
    return bytes(content)


BAD: dict[str, tuple[str, bytes, str]] = {
    "a program called a PDF": ("letter.pdf", EXE, OTHER),
    "a program called a text": ("letter.txt", EXE, OTHER),
    "a page called a picture": ("photo.png", MARKUP.encode(), OTHER),
    "a page called a text": ("page.txt", b"\xef\xbb\xbf \n" + MARKUP.encode(), OTHER),
    "a vector picture": ("drawing.svg", b"<svg xmlns='x'/>", KIND),
    "a vector picture called a picture": ("drawing.png", b"<svg xmlns='x'/>", OTHER),
    "a vector picture called a text": ("drawing.txt", b"<svg xmlns='x'/>", OTHER),
    "a GIF that is a page too": ("both.gif", b"GIF89a/*" + MARKUP.encode(), KIND),
    "the same called a picture": ("both.png", b"GIF89a/*" + MARKUP.encode(), OTHER),
    "the same called a text": ("both.txt", b"GIF89a/*" + MARKUP.encode(), OTHER),
    "a page before a PDF": ("both.pdf", MARKUP.encode() + PDF, OTHER),
    "a program before an archive": ("both.docx", EXE + DOCX, OTHER),
    "a PDF called a text": ("protocol.txt", PDF, OTHER),
    "a PDF called a picture": ("protocol.jpg", PDF, OTHER),
    "a picture called another": ("photo.jpg", picture("PNG"), OTHER),
    "nothing": ("empty.pdf", b"", "The file is empty. Choose it again."),
    "a program": ("letter.exe", EXE, KIND),
    "a program after a PDF's name": ("letter.pdf.exe", EXE, KIND),
    "a PDF's name after a program's": ("letter.exe.pdf", EXE, OTHER),
    "no extension": ("protocol", PDF, KIND),
    "an extension alone": (".pdf", PDF, KIND),
    "an extension with a space": ("protocol.pdf .exe", EXE, KIND),
    "a name of dots": ("....", PDF, KIND),
    "an archive": ("papers.zip", archive({"a.txt": b"a"}), KIND),
    "an archive called a letter": ("papers.docx", archive({"a.txt": b"a"}), OTHER),
    "a list called a letter": ("list.docx", GOOD["list.xlsx"], OTHER),
    "an open list called an open letter": ("list.odt", GOOD["list.ods"], OTHER),
    "a letter with macros": ("letter.docx", office("word/document.xml", **{"word/vbaProject.bin": EXE}), PROGRAM),
    "a list with controls": ("list.xlsx", office("xl/workbook.xml", **{"xl/activeX/activeX1.bin": EXE}), PROGRAM),
    "an open letter with macros": ("letter.odt", open_document("text", **{"Basic/Standard/M.xml": b"<m/>"}), PROGRAM),
    "an old letter with macros": ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), KIND),
    "a letter with a password": ("letter.docx", encrypted(), LOCKED),
    "an open letter with a password": (
        "letter.odt",
        open_document("text", **{"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        LOCKED,
    ),
    "a letter in a protected shell": ("letter.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), OTHER),
    "a bomb": ("letter.docx", office("word/document.xml", **{"word/a.bin": bytes(20_000_000)}), BOMB),
    "a bomb that says so": ("letter.docx", lying_bomb(), BOMB),
    "many entries": ("letter.docx", office("word/document.xml", **{f"e{n}": b"" for n in range(10_001)}), BOMB),
    "another packing": ("letter.odt", packed(zipfile.ZIP_LZMA), PACKED),
    "half an archive": ("letter.docx", DOCX[: len(DOCX) // 2], DAMAGED),
    "an archive's head alone": ("letter.docx", DOCX[:8], DAMAGED),
    "an archive with a broken list": ("letter.docx", DOCX.replace(b"PK\x01\x02", b"PK\x09\x09"), DAMAGED),
    "an open letter with a broken part": (
        "letter.odt",
        archive(
            {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"}, deflated=False
        ).replace(b"vnd.oasis", b"vnd.oAsis", 1),
        DAMAGED,
    ),
    "an open letter with a part beyond its end": ("letter.odt", beyond(), DAMAGED),
    "neither encoding": ("windows.txt", b"Text \x98\xff", "The file is not readable as text."),
    "wide letters": ("wide.txt", RUSSIAN.encode("utf-16"), OTHER),
}


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
    return person()


@pytest.mark.parametrize("name", GOOD)
def test_taken(officer: User, name: str) -> None:
    """Every kind, by a real sample; whatever the browser claims; the checksum is the file's, byte for byte."""
    row = take_in(sent(name, GOOD[name], "text/html"), officer)
    assert (row.name, row.size, row.uploaded_by) == (name, len(GOOD[name]), officer)
    assert row.sha256 == hashlib.sha256(GOOD[name]).hexdigest()
    assert row.media_type != "text/html"
    (file,) = on_disk()
    assert file.read_bytes() == GOOD[name]


@pytest.mark.parametrize("what", BAD)
def test_refused(officer: User, what: str) -> None:
    """With words that say what to do; nothing of it remains."""
    name, content, words = BAD[what]
    with pytest.raises(Incomplete) as gap:
        take_in(sent(name, content, "application/pdf"), officer)
    assert str(gap.value.reason).startswith(words)
    assert gap.value.errors == {"file": [str(gap.value.reason)]}
    assert nothing_is_kept()


@pytest.mark.parametrize("what", HEAVY)
def test_judged_without_holding_it(officer: User, what: str) -> None:
    """Refused by what its list says, before anything of it is unpacked, and before a long list is read."""
    name, content, words = HEAVY[what]
    upload = sent(name, content)
    tracemalloc.start()
    try:
        with pytest.raises(Incomplete) as gap:
            take_in(upload, officer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(gap.value.reason).startswith(words)
    assert peak < 8 * 1024 * 1024 and nothing_is_kept()


@pytest.mark.parametrize("name", ["letter.docx", "letter.odt"])
def test_spoiled_archives(name: str) -> None:
    """Whatever bytes are changed or cut off: taken or refused with words, never an error."""
    chance = random.Random(7)
    for _ in range(600):
        content = bytearray(GOOD[name])
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(4, len(content))] = chance.choice([0, 1, 9, 14, 99, 255])
        if chance.random() < 0.3:
            del content[chance.randrange(4, len(content)) :]
        upload = sent(name, bytes(content))
        try:
            judge(upload, name)
        except Incomplete as gap:
            assert gap.errors


def test_words_in_russian(officer: User) -> None:
    """A refusal speaks the person's language."""
    from django.utils import translation

    with translation.override("ru"), pytest.raises(Incomplete) as gap:
        take_in(sent("letter.exe", EXE), officer)
    assert str(gap.value.reason).startswith("Файлы этого вида")


def test_not_unpacked_to_be_judged(officer: User) -> None:
    """An office document is small beside what it may unpack to; just below the ratio it is taken."""
    content = office("word/document.xml", **{"word/media/a.bin": bytes(100_000) + zipfile.__doc__.encode() * 3})
    with zipfile.ZipFile(BytesIO(content)) as made:
        assert sum(one.file_size for one in made.infolist()) < RATIO_AT_MOST * len(content)
    assert take_in(sent("letter.docx", content), officer).pk


def test_limit_is_a_setting(officer: User, settings: Any) -> None:
    """To the byte."""
    settings.UPLOAD_LIMIT_MB = 1
    limit = 1024 * 1024
    assert take_in(sent("a.txt", b"a" * limit), officer).size == limit
    with pytest.raises(Incomplete, match="larger than 1 MB"):
        take_in(sent("a.txt", b"a" * (limit + 1)), officer)
    assert StoredFile.objects.count() == len(on_disk()) == 1


def test_limit_is_25_unless_said_otherwise() -> None:
    """As the issue asks."""
    assert django_settings.UPLOAD_LIMIT_MB == 25


NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\officer\\protocol.pdf": "protocol.pdf",
    "a/b\\c.pdf": "c.pdf",
    "pro\x00tocol.pdf": "protocol.pdf",
    "protocol\u202efdp.exe.pdf": "protocolfdp.exe.pdf",
    "\u200bprotocol\ufeff.pdf": "protocol.pdf",
    "two\r\nlines\t.pdf": "two lines .pdf",
    "Кирилл й.pdf": "Кирилл й.pdf",
    "😀.pdf": "😀.pdf",
    '"quoted"; a=b.pdf': '"quoted"; a=b.pdf',
    "..": "file",
    "....": "file",
    " . ": "file",
    "": "file",
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    """The file's own name without folders, hidden marks and line breaks; never empty."""
    assert clean_name(name) == NAMES[name]


def test_long_names() -> None:
    """Cut in the stem: the extension stays."""
    for letter in ("a", "ж", "\U0001f600"):
        found = clean_name(letter * 500 + ".pdf")
        assert len(found) == 200 and found == letter * 196 + ".pdf"
    assert len(clean_name("a." + "b" * 500)) <= 200


def test_hostile_names_are_taken_whole(officer: User) -> None:
    """A name as odd as it likes is a name; where the file lies has nothing of it."""
    for name in ("../../../etc/passwd.pdf", "\u202efdp.pdf", "ж" * 500 + ".pdf", "nul\x00.pdf", "a\nb.pdf"):
        row = take_in(sent(name, PDF), officer)
        assert len(row.name) <= 200 and row.name.endswith(".pdf")
        assert not set("/\\\x00\n\u202e") & set(row.name)
    assert len(on_disk()) == 5


def test_where_it_lies(officer: User, store: Path) -> None:
    """Under a random name, for the portal's own user alone, outside of everything that is served."""
    row = take_in(sent("protocol.pdf", PDF), officer)
    (file,) = on_disk()
    assert file == store / row.pk.hex[:2] / row.pk.hex
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == store.stat().st_mode & 0o777 == 0o700
    served = [django_settings.STATIC_ROOT, *django_settings.STATICFILES_DIRS]
    root = Path(django_settings.FILES_ROOT).resolve()
    for folder in map(Path, served):
        assert not root.is_relative_to(folder.resolve()) and not folder.resolve().is_relative_to(root)
    assert django_settings.MEDIA_URL in ("", "/") and not django_settings.MEDIA_ROOT


def test_no_address_leads_there(officer: User, client: Any) -> None:
    """Neither by its name nor by its place."""
    row = take_in(sent("protocol.pdf", PDF), officer)
    place = f"{row.pk.hex[:2]}/{row.pk.hex}"
    for head in ("/", "/static/", "/files/", "/media/", "/static/../", "/static/%2e%2e/.files/", "/.files/"):
        for tail in (place, row.pk.hex, str(row.pk), "protocol.pdf"):
            assert client.get(head + tail).status_code == 404
    assert not [one for one in get_resolver().reverse_dict if "serve" in str(one)]


def test_a_store_that_takes_no_file(officer: User, store: Path) -> None:
    """Words at the field, no row, and nothing of the file; here a file stands where the folder would be."""
    store.mkdir()
    for number in range(256):
        (store / f"{number:02x}").write_bytes(b"")
    with pytest.raises(Incomplete, match="its disk is full or away") as gap:
        take_in(sent("protocol.pdf", PDF), officer)
    assert gap.value.errors == {"file": [str(gap.value.reason)]}
    assert not StoredFile.objects.exists() and all(path.stat().st_size == 0 for path in store.iterdir())
