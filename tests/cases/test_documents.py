"""Documents: a file comes into a case by a form, and goes out through the door of its item; each download an event."""

import re
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agencies.models import Role
from audit.models import AuditEvent
from cases.items import content_of, without
from cases.models import Case, CaseItem, Document, StoredFile
from cases.readings import readers_of
from cases.services import create_document
from cases.services.shares import Chosen, ask_share, decide_share
from cases.uploads import take_in
from tests.cases.papers import PDF, nothing_is_kept, on_disk, paper, sent, stored
from tests.cases.sharing import Sharing, browser, frozen, text_of, token
from tests.factories import agency, later, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """A store of the test's own."""
    folder = tmp_path / "files"
    backends = {**settings.STORAGES}
    backends["default"] = {**backends["default"], "OPTIONS": {"location": folder}}
    settings.STORAGES = backends
    return folder


@pytest.fixture
def it(db: None) -> Sharing:
    """A case and its people."""
    return Sharing()


@pytest.fixture
def officer(it: Sharing) -> Client:
    """The officer's browser."""
    return browser(it.officer)


def send(client: Client, case: Case, **fields: Any) -> HttpResponse:
    """Send the form of a new document: a PDF without marking, unless said otherwise."""
    given = {"token": token(), "marking": "unmarked", "file": sent("protocol.pdf", PDF)} | fields
    given = {name: value for name, value in given.items() if value is not None}
    return client.post(reverse("cases:document_create", args=[case.pk]), given)


def kept(response: HttpResponse) -> str:
    """The id of the file that a page keeps."""
    found = re.search(r'name="kept" value="([^"]+)"', text_of(response))
    return found.group(1) if found else ""


def documents(case: Case) -> list[Document]:
    """The documents of a case."""
    return list(Document.objects.filter(item__case=case).order_by("item__created_at"))


def door(item: CaseItem) -> str:
    """The address of a document's file."""
    return reverse("cases:file", args=[item.case_id, item.pk])


def body(response: Any) -> bytes:
    """The bytes of a download."""
    return b"".join(response.streaming_content)


def events(name: str, item: CaseItem) -> list[AuditEvent]:
    """What the audit log holds of this name about an item, oldest first."""
    return list(AuditEvent.objects.filter(name=name, subject_id=item.pk).order_by("at"))


# --- In --------------------------------------------------------------------------------------------------------


def test_attached(it: Sharing, officer: Client) -> None:
    """The file stands in the case with all that is known of it."""
    response = send(officer, it.case, marking="official_use", description="Протокол")
    (document,) = documents(it.case)
    assert response.status_code == 302 and response.url == it.page(document.item)
    page = text_of(officer.get(response.url))
    for words in ("protocol.pdf", "application/pdf", "for official use", "Протокол", document.checksum[:8]):
        assert words in page, words
    assert document.checksum == document.file.sha256 and document.size == len(PDF)
    assert "protocol.pdf" in text_of(officer.get(reverse("cases:detail", args=[it.case.pk])))


@pytest.mark.parametrize("who", ["liaison", "reader"])
def test_who_may_not(it: Sharing, who: str) -> None:
    """Who decides on shares writes nothing; who is of another agency does not find the case. Nothing is kept."""
    response = send(browser(getattr(it, who)), it.case)
    assert response.status_code == {"liaison": 403, "reader": 404}[who]
    assert nothing_is_kept() and not documents(it.case)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"file": None}, "Choose a file."),
        ({"file": sent("a.exe", b"MZ")}, "Files of this kind are not taken."),
        ({"file": sent("a.pdf", b"<html>")}, "The file is not what its name says."),
        ({"file": sent("a.pdf", b"")}, "The file is empty."),
    ],
)
def test_refused_file(it: Sharing, officer: Client, fields: dict[str, Any], words: str) -> None:
    """The words stand at the field; what was typed is there; nothing is kept."""
    response = send(officer, it.case, description="Typed words", **fields)
    page = text_of(response)
    assert response.status_code == 200 and words in page and "Typed words" in page
    assert not kept(response) and nothing_is_kept() and not documents(it.case)


def test_above_the_ceiling(it: Sharing, officer: Client) -> None:
    """Refused with the reason, and the file is gone at once, also one that was kept from before."""
    response = send(officer, it.case, marking="secret")
    assert "nothing above &#x27;for official use&#x27;" in text_of(response)
    assert not kept(response) and nothing_is_kept()
    before = kept(send(officer, it.case, marking=""))
    assert len(on_disk()) == 1
    assert not kept(send(officer, it.case, marking="secret", kept=before, file=None))
    assert nothing_is_kept()
    before = kept(send(officer, it.case, marking=""))
    send(officer, it.case, marking="secret", kept=before)
    assert nothing_is_kept()


def test_the_database_holds_nothing_above(it: Sharing) -> None:
    """Whatever way it came."""
    with pytest.raises(IntegrityError), transaction.atomic():
        paper(it.case, it.officer, marking="secret")


def test_a_file_survives_a_form_error(it: Sharing, officer: Client) -> None:
    """It need not be chosen again, and is not stored again."""
    first = send(officer, it.case, marking="", description="Typed words")
    assert "protocol.pdf" in text_of(first) and "is kept" in text_of(first) and "Typed words" in text_of(first)
    (file,) = on_disk()
    second = send(officer, it.case, file=None, kept=kept(first), description="x" * 301)
    assert kept(second) == kept(first) and on_disk() == [file]
    assert send(officer, it.case, file=None, kept=kept(second)).status_code == 302
    (document,) = documents(it.case)
    assert str(document.file_id) == kept(first) and on_disk() == [file]


def test_another_file_instead(it: Sharing, officer: Client) -> None:
    """The one chosen last counts; the one before goes at once."""
    first = send(officer, it.case, marking="")
    second = send(officer, it.case, marking="", kept=kept(first), file=sent("other.txt", b"Other"))
    assert kept(second) != kept(first) and len(on_disk()) == StoredFile.objects.count() == 1
    send(officer, it.case, kept=kept(second), file=sent("third.txt", b"Third"))
    assert [one.name for one in documents(it.case)] == ["third.txt"]
    assert len(on_disk()) == 1


def test_a_kept_file_is_its_uploaders(it: Sharing, officer: Client) -> None:
    """A colleague who knows its id has nothing of it, and cannot have it thrown away."""
    waiting = kept(send(officer, it.case, marking=""))
    colleague = browser(it.colleague)
    for marking in ("unmarked", "secret", ""):
        response = send(colleague, it.case, file=None, kept=waiting, marking=marking)
        assert "Choose a file." in text_of(response) and "protocol.pdf" not in text_of(response)
    assert not documents(it.case) and len(on_disk()) == 1
    for odd in (str(uuid.uuid4()), "no id", "\x00", ""):
        assert "Choose a file." in text_of(send(officer, it.case, file=None, kept=odd))


def test_a_kept_file_counts_once(it: Sharing, officer: Client) -> None:
    """Once it is a document its id gives no second one, and nothing throws it away."""
    waiting = kept(send(officer, it.case, marking=""))
    send(officer, it.case, file=None, kept=waiting)
    again = send(officer, it.case, file=None, kept=waiting)
    assert again.status_code == 200 and "no longer kept" in text_of(again) and not kept(again)
    assert send(officer, it.case, file=None, kept=waiting, marking="secret").status_code == 200
    assert send(officer, it.case, kept=waiting, marking="").status_code == 200
    (document,) = documents(it.case)
    assert body(officer.get(door(document.item))) == PDF


def test_sent_twice(it: Sharing, officer: Client) -> None:
    """One document; the second sending gets its page; the second file is not kept."""
    mark = token()
    first, second = send(officer, it.case, token=mark), send(officer, it.case, token=mark)
    assert first.url == second.url and len(documents(it.case)) == len(on_disk()) == 1
    mark = token()
    waiting = kept(send(officer, it.case, token=mark, marking=""))
    pages = [send(officer, it.case, token=mark, file=None, kept=waiting).url for _ in range(2)]
    assert pages[0] == pages[1] and len(documents(it.case)) == len(on_disk()) == 2


def test_hostile_fields(it: Sharing, officer: Client) -> None:
    """No server error, and the markup is shown as text."""
    for name in ("<script>alert(1)<.pdf", "\u202efdp.pdf", "😀" * 200 + ".pdf", "a;b=c.pdf", "a" * 500 + ".pdf"):
        response = send(officer, it.case, file=sent(name, PDF), description="<b>bold</b>")
        assert response.status_code == 302
        page = text_of(officer.get(response.url))
        assert "<b>bold" not in page and "<script>alert" not in page
    assert send(officer, it.case, description="nul\x00").status_code == 200
    assert send(officer, it.case, marking="other").status_code == 200
    assert send(officer, it.case, redacted_from=str(it.note.pk)).status_code == 200
    assert send(officer, it.case, token="no token").status_code == 200
    # No file system has such names, and no browser sends them: the form cannot be read.
    for name in ("😀" * 500 + ".pdf", "a\r\nSet-Cookie: x=y.pdf"):
        assert send(officer, it.case, file=sent(name, PDF)).status_code in (200, 400)
    assert len(documents(it.case)) == 5


def test_rolled_back(it: Sharing) -> None:
    """The file is there before its row; when the row does not come about, only the sweep knows of the file."""

    class Broken(Exception):
        pass

    with pytest.raises(Broken), transaction.atomic():
        take_in(sent("protocol.pdf", PDF), it.officer)
        raise Broken
    assert not StoredFile.objects.exists() and len(on_disk()) == 1


def test_a_document_never_changes_its_file(it: Sharing, officer: Client) -> None:
    """What is said of it can be put right; name, size, kind and checksum stay as judged."""
    item = paper(it.case, it.officer)
    url = reverse("cases:item_edit", args=[it.case.pk, item.pk])
    given = {"token": token(), "version": 1, "marking": "official_use", "description": "Said anew"}
    forged = {"name": "x.exe", "size": 1, "checksum": "0", "media_type": "text/html", "file": "", "redacted_from": ""}
    assert officer.post(url, given | forged).status_code == 302
    document = Document.objects.get(item=item)
    assert (document.name, document.size, document.marking) == ("protocol.pdf", len(PDF), "official_use")
    page = officer.post(url, given | {"version": 2, "token": token(), "marking": "secret"})
    assert "nothing above" in text_of(page) and Document.objects.get(item=item).marking == "official_use"


# --- Out -------------------------------------------------------------------------------------------------------


def test_download(it: Sharing, officer: Client) -> None:
    """As a file and never as a page; kept by nobody on the way; the owner's own downloads are events too."""
    item = paper(it.case, it.officer)
    response = officer.get(door(item))
    assert body(response) == PDF
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="protocol.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Length"] == str(len(PDF))
    (event,) = events("item.download", item)
    assert (event.actor, event.agency, event.outcome) == (it.officer, "KG-MIA", "done")
    assert officer.post(door(item)).status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        "Протокол допроса.pdf",
        'with "quotes".pdf',
        "back\\slash.pdf",
        "a;b=c.pdf",
        "100%.pdf",
        "two\nlines.pdf",
        "ё'.pdf",
    ],
)
def test_its_name(it: Sharing, officer: Client, name: str) -> None:
    """One header, by RFC 6266: quoted, or in UTF-8."""
    item = paper(it.case, it.officer, name)
    header = officer.get(door(item))["Content-Disposition"]
    named = Document.objects.get(item=item).name
    assert "\n" not in header and "\r" not in header and header.startswith("attachment; filename")
    if named.isascii():
        quoted = named.replace("\\", "\\\\").replace('"', '\\"')
        assert header == f'attachment; filename="{quoted}"'
    else:
        assert header == f"attachment; filename*=utf-8''{quote(named)}"


def test_receiver(it: Sharing) -> None:
    """By a share while it lives: page and file; the owner reads who took it."""
    item = paper(it.case, it.officer, description="A protocol")
    reader = browser(it.reader)
    assert reader.get(door(item)).status_code == reader.get(it.page(item)).status_code == 404
    asked = it.ask(item)
    assert reader.get(door(item)).status_code == 404
    it.decide(asked, "approve")
    assert "protocol.pdf" in text_of(reader.get(it.page(item)))
    assert body(reader.get(door(item))) == PDF
    (event,) = events("item.download", item)
    assert (event.actor, event.agency) == (it.reader, "UZ-MIA")
    assert ("item.download", it.reader) in [(row["event"].name, row["person"]) for row in readers_of(item)]
    assert it.reader.name in text_of(browser(it.officer).get(it.page(item)))
    it.decide(asked, "revoke")
    assert reader.get(door(item)).status_code == reader.get(it.page(item)).status_code == 404
    assert len(events("item.download", item)) == 1


def test_expired(it: Sharing) -> None:
    """After its last day the door is shut."""
    item = paper(it.case, it.officer)
    asked = it.shared(item, until=later(1))
    reader = browser(it.reader)
    assert reader.get(door(item)).status_code == 200
    asked.refresh_from_db()
    with time_machine.travel(asked.ends_at, tick=False):
        again = browser(it.reader)
        assert again.get(door(item)).status_code == 404


def test_refused_downloads_are_no_events_of_the_item(it: Sharing, officer: Client) -> None:
    """Who does not see it learns nothing, and nothing stands in the owner's list; nor for what is no document."""
    item = paper(it.case, it.officer)
    stranger = browser(person(agency("KZ-GPO"), Role.OFFICER))
    assert stranger.get(door(item)).status_code == 404
    assert Client().get(door(item)).status_code == 302
    assert officer.get(door(it.note)).status_code == 404
    other = Sharing().case
    assert officer.get(reverse("cases:file", args=[other.pk, item.pk])).status_code == 404
    assert not events("item.download", item) and not readers_of(item)


@pytest.mark.parametrize("what", ["changed", "shorter", "gone"])
def test_damaged(it: Sharing, officer: Client, what: str) -> None:
    """Not one byte is sent, the reader is told, and it stands on record."""
    item = paper(it.case, it.officer)
    it.shared(item)
    file = stored(item)
    if what == "gone":
        file.unlink()
    else:
        file.write_bytes(PDF[:-1] + (b"" if what == "shorter" else b"x"))
    for client, at in ((officer, "KG-MIA"), (browser(it.reader), "UZ-MIA")):
        response = client.get(door(item))
        assert response.status_code == 403 and "does not match its checksum" in text_of(response)
        assert "attachment" not in response.get("Content-Disposition", "")
        assert events("item.damaged", item)[-1].agency == at
    assert not events("item.download", item)


def test_head_is_judged_too(it: Sharing, officer: Client) -> None:
    """The same door."""
    item = paper(it.case, it.officer)
    assert officer.head(door(item)).status_code == 200
    assert browser(it.reader).head(door(item)).status_code == 404


def test_redacted_copy(it: Sharing, officer: Client) -> None:
    """It goes alone: nothing that the receiver reads tells of the original."""
    original = paper(it.case, it.officer, "original-with-names.pdf")
    response = send(officer, it.case, redacted_from=str(original.pk), file=sent("copy.txt", b"A copy."))
    copy = CaseItem.objects.visible_to(it.officer).get(document__name="copy.txt")
    assert response.url == it.page(copy)
    assert Document.objects.get(item=copy).redacted_from == original
    asked = it.shared(copy)
    reader = browser(it.reader)
    pages = [it.page(copy), reverse("shares:detail", args=[asked.pk]), reverse("shares:list"), reverse("desk")]
    for url in pages:
        page = text_of(reader.get(url))
        for word in ("original-with-names", original.reference, str(original.pk), "edacted"):
            assert word not in page, (url, word)
    assert reader.get(door(original)).status_code == reader.get(it.page(original)).status_code == 404
    assert "redacted_from" not in frozen(asked, copy) and "file" not in frozen(asked, copy)
    assert body(reader.get(door(copy))) == b"A copy."


def test_a_redacted_copy_is_of_the_same_case(it: Sharing, officer: Client) -> None:
    """A document of another case is no choice."""
    other = Sharing()
    foreign = paper(other.case, other.officer)
    assert send(officer, it.case, redacted_from=str(foreign.pk)).status_code == 200
    assert not documents(it.case)


def test_it_goes_whole(it: Sharing) -> None:
    """What names the file cannot be withheld, and no content gives the stored file's id."""
    item = paper(it.case, it.officer, description="Words for the owner")
    asked = ask_share(
        actor=it.officer,
        case_id=it.case.pk,
        chosen=[Chosen(item.pk, ("name", "size", "media_type", "checksum", "marking", "description", "file"))],
        recipient=it.recipient,
        purpose="Evidence.",
        until=later(3),
    )
    decide_share(actor=it.liaison, pk=asked.pk, name="approve", version=asked.version)
    content = frozen(asked, item)
    assert set(content) == {"kind", "name", "size", "media_type", "checksum", "marking"}
    file = Document.objects.get(item=item).file
    for one in (content, content_of(item), without(content_of(item), ())):
        assert str(file.pk) not in str(one) and file.pk.hex not in str(one)
    page = text_of(browser(it.reader).get(it.page(item)))
    assert "Words for the owner" not in page and str(file.pk) not in page and file.pk.hex not in page


def test_later_words_do_not_cross(it: Sharing, officer: Client) -> None:
    """The receiver reads what was frozen; the file is the same for all."""
    item = paper(it.case, it.officer, description="Said first")
    it.shared(item)
    given = {"token": token(), "version": 1, "marking": "official_use", "description": "Said later"}
    officer.post(reverse("cases:item_edit", args=[it.case.pk, item.pk]), given)
    page = text_of(browser(it.reader).get(it.page(item)))
    assert "Said first" in page and "Said later" not in page


def test_two_forms_for_one_file(it: Sharing) -> None:
    """The service takes a file of the actor's own that is no document yet."""
    file = take_in(sent("protocol.pdf", PDF), it.officer)
    given = {"case_id": it.case.pk, "file_id": file.pk, "values": {"marking": "unmarked"}}
    with pytest.raises(StoredFile.DoesNotExist):
        create_document(actor=it.colleague, **given)
    create_document(actor=it.officer, **given)
    with pytest.raises(StoredFile.DoesNotExist):
        create_document(actor=it.officer, **given)
    assert len(documents(it.case)) == 1 and default_storage.exists(f"{file.pk.hex[:2]}/{file.pk.hex}")


def test_need_to_know() -> None:
    """Named people alone, as of any item."""
    it = Sharing(need_to_know=True)
    item = paper(it.case, it.officer)
    who: dict[User, int] = {it.officer: 200, it.liaison: 200, it.colleague: 404, it.supervisor: 404, it.reader: 404}
    assert {user: browser(user).get(door(item)).status_code for user in who} == who


def test_the_file_is_needed_until_it_has_arrived(it: Sharing, officer: Client) -> None:
    """Its label does not call it optional; once it is kept, another only replaces it."""
    label = re.compile(r'<label for="id_file">File (?:<span class="optional">(.*?)</span>)?</label>')
    empty = label.search(text_of(officer.get(reverse("cases:document_create", args=[it.case.pk]))))
    kept = label.search(text_of(send(officer, it.case, marking="")))
    assert empty and not empty[1] and kept and kept[1] == "(only to replace the one that has arrived)"
