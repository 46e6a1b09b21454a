"""A file in the browser: attached, shared without what stays out, downloaded, revoked; and crossing with a request."""

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser

from agencies.models import Role
from cases.services import create_item
from tests.cases.papers import PDF
from tests.cases.sharing import NAMES, PERSON
from tests.e2e.visitor import Visitor, visitors
from tests.factories import MAIN, Body, Line, World, agency, case, later, person

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


@pytest.fixture
def visit(browser: Browser, portal: Callable[..., str], tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Call it for a new visitor of a portal with a store of its own."""
    with visitors(browser, portal(EXERCISE="Saffron Crate", FILES_ROOT=str(tmp_path / "store"))) as make:
        yield make


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A real PDF with a name that is not in Latin letters."""
    path = tmp_path / "Протокол № 1.pdf"
    path.write_bytes(PDF)
    return path


def choose(visitor: Visitor, path: Path) -> Visitor:
    """Choose a file in the form."""
    visitor.page.locator("main input[type=file]").set_input_files(path)
    return visitor


def seemly(visitor: Visitor) -> None:
    """Axe finds nothing on this page, and nothing sticks out sideways, also on a telephone."""
    found = Axe().run(visitor.page, options=RULES).response["violations"]
    words = [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]
    size = visitor.page.viewport_size
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    words += filter(None, [visitor.sideways()])
    visitor.page.set_viewport_size(size)
    assert not words, visitor.page.url + "\n" + "\n".join(words)


def downloaded(visitor: Visitor) -> tuple[str, str]:
    """Press Download; the name and the checksum of what arrives."""
    with visitor.page.expect_download() as waiting:
        visitor.press("Download", "link")
    file = waiting.value
    return file.suggested_filename, hashlib.sha256(Path(file.path()).read_bytes()).hexdigest()


WHOLE = hashlib.sha256(PDF).hexdigest()


def test_attached_shared_and_revoked(visit: Callable[..., Visitor], pdf: Path) -> None:
    """From a form with an error to the receiver's 404."""
    ours, theirs = agency("KG-GPO"), agency("UZ-GPO")
    officer, liaison = person(ours, Role.OFFICER), person(ours, Role.LIAISON)
    reader = person(theirs, Role.OFFICER)
    file = case(officer, ours)
    values = PERSON | {"residence": "Invented street 7"}
    suspect = create_item(actor=officer, case_id=file.pk, kind="person", values=values, rows={"names": NAMES})

    prosecutor = visit().enter(officer).go(f"/cases/{file.pk}/")
    prosecutor.page.locator("main a[href$='/items/new/document/']").click()
    seemly(prosecutor)
    choose(prosecutor.fill(description="Протокол допроса"), pdf).press("Attach")
    assert "has arrived and is kept" in prosecutor.words and pdf.name in prosecutor.words
    seemly(prosecutor)
    prosecutor.fill(marking="official_use").press("Attach")
    assert "Added to the case." in prosecutor.words and pdf.name in prosecutor.words
    assert "Протокол допроса" in prosecutor.words
    document = prosecutor.path
    seemly(prosecutor)
    assert downloaded(prosecutor) == (pdf.name, WHOLE)

    prosecutor.go(f"/cases/{file.pk}/share/")
    ids = [suspect.pk, document.rstrip("/").rpartition("/")[2]]
    for pk in ids:
        prosecutor.page.locator(f"main [name='item_{pk}']").check()
    prosecutor.page.locator("main details", has_text="Invented street 7").locator("summary").click()
    prosecutor.page.locator(f"main [name='out_{suspect.pk}'][value=residence]").check()
    prosecutor.fill(recipient=str(theirs.pk), purpose="Evidence for the trial.", until=later().isoformat())
    prosecutor.press("Ask to share")
    share = prosecutor.path

    receiver = visit().enter(reader).go(share, 404).go(document, 404)
    decider = visit().enter(liaison).go(share)
    assert "Invented street 7" in decider.words and pdf.name in decider.words
    seemly(decider)
    decider.fill(decision="approve", looked=True).press("Record the decision")
    assert decider.page.locator(".strip .badge-state").first.inner_text().strip() == "Shared"

    receiver.go(share)
    assert pdf.name not in receiver.words, "a list says reference and kind"
    receiver.go(f"/cases/{file.pk}/items/{suspect.pk}/")
    assert "Invented street 7" not in receiver.words and "Residence" not in receiver.words
    assert PERSON["remarks"] in receiver.words
    receiver.go(document)
    seemly(receiver)
    assert downloaded(receiver) == (pdf.name, WHOLE)
    assert receiver.path == document, "a file is never shown as a page"

    prosecutor.go(document)
    looked = prosecutor.page.locator("body").inner_text()
    assert reader.name in looked and "UZ-GPO" in looked
    seemly(prosecutor)

    decider.go(share).press("Revoke access", "link").fill(reason="The trial is over.").press("Revoke access")
    assert decider.page.locator(".strip .badge-state").first.inner_text().strip() == "Revoked"
    with receiver.page.expect_navigation() as answer:
        receiver.press("Download", "link")
    assert answer.value.status == 404 and receiver.path.endswith("/file/"), "the page says so; no broken download"
    receiver.go(document, 404).go(share, 404)


def test_refused_files(visit: Callable[..., Visitor], pdf: Path, tmp_path: Path) -> None:
    """Each with its words at the field; what was typed stays; above the ceiling nothing is kept."""
    ours = agency("KG-GPO")
    officer = person(ours, Role.OFFICER)
    file = case(officer, ours)
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    visitor = visit().enter(officer).go(f"/cases/{file.pk}/items/new/document/")
    refused = {
        "page.png": (b"<html></html>", "is not what its name says"),
        "letter.exe": (b"MZ", "Files of this kind are not taken"),
        "photo.pdf": (picture.getvalue(), "is not what its name says"),
        "empty.pdf": (b"", "The file is empty"),
        "large.pdf": (PDF + bytes(26 * 1024 * 1024), "larger than 25 MB"),
    }
    for name, (content, words) in refused.items():
        path = tmp_path / name
        path.write_bytes(content)
        choose(visitor.fill(marking="unmarked", description="Typed words"), path).press("Attach")
        assert words in visitor.words, name
        assert visitor.page.locator("main [name=description]").input_value() == "Typed words"
        assert not visitor.page.locator("main [name=kept]").count()
    seemly(visitor)
    choose(visitor.fill(marking="secret"), pdf).press("Attach")
    assert "holds nothing above 'for official use'" in visitor.words and "protected channel" in visitor.words
    path = tmp_path / "huge.pdf"
    path.write_bytes(PDF + bytes(60 * 1024 * 1024))
    choose(visitor.fill(marking="unmarked", description="Typed words"), path)
    with visitor.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        visitor.press("Attach")
    assert answer.value.status == 413
    assert "larger than the portal takes (25 MB)" in visitor.words
    assert not [one for one in (tmp_path / "store").rglob("*") if one.is_file()]


def test_crossing_with_a_request(world: World, visit: Callable[..., Visitor], pdf: Path) -> None:
    """A document goes with the request, another comes with its answer."""
    line = Line(world)
    people = {}
    for name in ("drafter", "receiver", "executor"):
        people[name] = visit().enter(getattr(world, name))
    drafter, receiver, executor = people.values()
    path = f"/requests/{line.pk}/"
    drafter.go(f"/cases/{line.case.pk}/items/new/document/")
    choose(drafter.fill(marking="unmarked"), pdf).press("Attach")
    drafter.go(f"{path}draft/attachments/")
    drafter.page.get_by_label(pdf.name).check()
    seemly(drafter)
    drafter.press("Save and go on")
    line.walk(*MAIN[:8])

    receiver.go(path)
    attached = receiver.page.locator("main").get_by_role("link", name=line.world.bodies[Body.DRAFTING].code)
    assert pdf.name not in receiver.words
    seemly(receiver)
    attached.last.click()
    assert downloaded(receiver) == (pdf.name, WHOLE)
    seemly(receiver)

    answer = pdf.with_name("answer.txt")
    answer.write_text("Ответ исполнен.\n", "utf-8")
    execution = f"/cases/{line.request.execution_case_id}/"
    executor.go(f"{execution}items/new/document/")
    choose(executor.fill(marking="unmarked"), answer).press("Attach")
    executor.go(f"{path}steps/report_results/")
    executor.page.get_by_label("answer.txt").check()
    seemly(executor)
    done = {"results_1_result": "done", "results_1_text": "Heard.", "results_2_result": "done"}
    executor.fill(**done).press("Report results")
    executor.page.wait_for_url(f"**{path}")
    drafter.go(path)
    assert "Items of the answer" not in drafter.words
    line.take("send_response")
    drafter.go(path)
    assert "Items of the answer" in drafter.words
    seemly(drafter)
    drafter.page.locator("main").get_by_role("link", name=world.bodies[Body.EXECUTING].code).last.click()
    assert downloaded(drafter) == ("answer.txt", hashlib.sha256(answer.read_bytes()).hexdigest())
