"""What is in the file: what the agency owns and the asker reads, nothing else; whole and with checksums, or nothing."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from agencies.models import Role, RoleAssignment
from agencies.services import end_role
from audit.models import AuditEvent
from cases.models import StoredFile
from cases.services import save_item
from cases.uploads import stored_name
from exports import building, contents, services, store
from exports.models import AgencyExport, ExportState
from mla.models import AssistanceRequest, RequestVersion
from mla.papers import void_paper
from mla.services import answer_comment, copy_request, save_step
from mla.workflow import Body
from tests.factories import Line, World, agency, paper, person, state
from tests.security.people import Paper, ask, give, put, put_paper

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    """Files of this test alone."""
    settings.FILES_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


# The files that are no record.
BESIDE = {"index.csv", "manifest.json", "treaties.json", "SHA256SUMS"}


class Opened:
    """An export, made and opened."""

    def __init__(self, asker: User, code: str) -> None:
        at = agency(code)
        export = services.ask(actor=asker, agency=at, reason="archive")
        services.take(actor=person(at, Role.LIAISON), pk=export.pk, step="confirm")
        building.build(export.pk)
        export.refresh_from_db()
        self.export: AgencyExport = export
        self.zip = zipfile.ZipFile(store.path_of(export.file)) if export.file else None

    @property
    def names(self) -> set[str]:
        """The files in it."""
        assert self.zip is not None
        return set(self.zip.namelist())

    def json(self, name: str) -> Any:
        """One of its JSON files."""
        assert self.zip is not None
        return json.loads(self.zip.read(name))

    def all(self, folder: str) -> dict[str, Any]:
        """The JSON files of a folder, by reference."""
        found = [self.json(name) for name in self.names if name.startswith(f"{folder}/")]
        return {one["reference"]: one for one in found}

    @property
    def text(self) -> str:
        """Everything that stands in it."""
        assert self.zip is not None
        return "\n".join(self.zip.read(name).decode("utf-8", "replace") for name in sorted(self.names))


@pytest.fixture
def supervised(world: World) -> dict[str, User]:
    """A supervisor of each of the four agencies."""
    found = {code: person(agency(code), Role.SUPERVISOR) for code in ("KG-GPO", "UZ-GPO", "UZ-MIA")}
    return found | {"KG-MIA": world.supervisor}


def test_a_whole_file(world: World) -> None:
    """A ZIP that any reader opens; every file in it has its checksum, and nothing is there that has none."""
    line = Line(world).walk_to("in_execution")
    put_paper(line.case, world.drafter)
    opened = Opened(world.supervisor, "KG-MIA")
    assert opened.zip is not None and opened.zip.testzip() is None
    sums = dict(reversed(one.split("  ", 1)) for one in opened.zip.read("SHA256SUMS").decode().splitlines())
    assert set(sums) == opened.names - {"SHA256SUMS"}
    for name, wanted in sums.items():
        assert hashlib.sha256(opened.zip.read(name)).hexdigest() == wanted, name
    path = store.path_of(opened.export.file)  # type: ignore[arg-type]
    assert (path.stat().st_size, path.stat().st_mode & 0o777) == (opened.export.size, 0o600)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == opened.export.sha256
    assert [one.name for one in store.folder().iterdir()] == [path.name], "no part is left"
    assert all(re.fullmatch(r"[\w./-]+", name) and ".." not in name for name in opened.names)


def test_cases_and_items(world: World) -> None:
    """With their text, people, versions, shares; the file beside its document."""
    line = Line(world)
    note = put(line.case, world.drafter, title="The first title")
    liaison = person(agency("KG-MIA"), Role.LIAISON)
    share = give(ask(note, agency("KZ-MIA"), by=world.drafter, withheld=("text",)), liaison)
    save_item(actor=world.drafter, pk=note.pk, version=1, values={"title": "The second", "text": "New"}, rows={})
    sheet = put_paper(line.case, world.drafter, Paper("бумага.txt", "Выдумано.".encode()))
    opened = Opened(world.supervisor, "KG-MIA")
    found = opened.all("cases")[line.case.reference]
    assert found["title"] == line.case.title and found["created_by"] == world.drafter.name
    assert found["items"] == [note.reference, sheet.reference] and found["requests"] == [line.request.reference]
    (shown,) = found["shares"]
    assert (shown["reference"], shown["recipient"], shown["state"]) == (share.reference, "KZ-MIA", "approved")
    assert shown["items"][0]["withheld"] == ["text"]
    item = opened.all("items")[note.reference]
    assert item["content"]["title"] == "The second" and item["case"] == line.case.reference
    assert [version["content"]["title"] for version in item["versions"]] == ["The first title"]
    document = opened.all("items")[sheet.reference]
    assert document["content"]["name"] == "бумага.txt"
    assert opened.zip and opened.zip.read(document["file"]).decode() == "Выдумано."


def test_a_request_from_each_side(world: World, supervised: dict[str, User]) -> None:
    """Each agency has its part of it: own steps and the wire, and nothing of the other side's own steps."""
    line = Line(world).walk_to("results_reported")
    reference = line.request.reference
    seen = {code: Opened(who, code).all("requests")[reference] for code, who in supervised.items()}
    for code, one in seen.items():
        ours = code.startswith("KG")
        assert one["side"] == ("requesting" if ours else "requested")
        assert one["state"] == ("in_execution" if ours else "results_reported")
        steps = {event["step"] for event in one["events"]}
        assert ({"create", "submit", "pass_on", "sign"} <= steps) == ours
        assert ("report_results" in steps) == (not ours) and "transmit" in steps
        assert {version["series"] for version in one["versions"]} == ({"submitted"} if ours else set()) | {
            "transmitted"
        }
        assert bool(one["results"]) == (not ours)
        assert (one["created_at"] is None) == (not ours)
        assert {number["direction"] for number in one["numbers"]} == {"outgoing", "incoming"}
        assert one["executing_agency"] == (None if ours else "UZ-MIA")
    assert seen["KG-MIA"]["case"] == line.case.reference and seen["KG-GPO"]["case"] is None
    signed = [one for one in seen["KG-MIA"]["versions"] if one["series"] == "submitted"]
    assert signed[0]["signed_by"] == world.signatory.name
    assert RequestVersion.objects.get(series="submitted").sha256 == signed[0]["sha256"]


def test_how_a_draft_came_about(world: World, supervised: dict[str, User]) -> None:
    """Steps, authors, gaps, comments with their answers: for the drafting agency, not for its central authority."""
    line = Line(world)
    drafted(line)
    line.walk("submit", "pass_on", "sign", "transmit")
    reference = line.request.reference
    found = Opened(world.supervisor, "KG-MIA").all("requests")[reference]
    assert [event["step"] for event in found["events"] if event["ticks"]] == ["pass_on"]
    draft = found["draft"]
    assert draft["authors"][0]["name"] == world.drafter.name
    assert [(one["step"], one["saved_by"]) for one in draft["steps"]] == [("facts", world.drafter.name)]
    assert {one["reason"] for one in draft["gaps"]} == {"Not needed here."}
    (comment,) = draft["comments"]
    assert (comment["field"], comment["text"], comment["by"]) == ("facts", "Which hour?", world.supervisor.name)
    assert (comment["answer"], comment["answered_by"]) == ("Nobody knows.", world.drafter.name)
    assert draft["copied_from"] is None
    for code in ("KG-GPO", "UZ-GPO"):
        opened = Opened(supervised[code], code)
        assert opened.all("requests")[reference]["draft"] is None
        assert "Which hour?" not in opened.text and "Not needed here." not in opened.text


def test_a_copy_names_its_former(world: World) -> None:
    """As long as the asker sees it."""
    line = Line(world)
    (copied,) = copy_request(actor=world.drafter, pk=line.pk, case_id=line.case.pk, requested_states=[state("KZ")])
    found = Opened(world.supervisor, "KG-MIA").all("requests")
    assert found[copied.reference]["draft"]["copied_from"] == line.request.reference


def test_the_journal(world: World, supervised: dict[str, User]) -> None:
    """Requests on paper with their lines, void ones too: of the agency's own journal, and of no other."""
    at = agency("KG-GPO")
    paper(world.sender, at, number="9/1", subject="Kept", remark="In a drawer")
    void = paper(world.sender, at, number="9/2", subject="Void")
    void_paper(actor=world.sender, pk=void.pk, version=void.version, reason="Twice")
    opened = Opened(supervised["KG-GPO"], "KG-GPO")
    found = {one["number"]: one for one in (opened.json(name) for name in opened.names if name.startswith("papers/"))}
    assert (found["9/1"]["remark"], found["9/1"]["voided_at"], found["9/1"]["reference"]) == ("In a drawer", None, None)
    assert (found["9/2"]["void_reason"], bool(found["9/2"]["voided_at"])) == ("Twice", True)
    assert opened.json("manifest.json")["counts"]["papers"] == 2
    other = Opened(world.supervisor, "KG-MIA")
    assert other.json("manifest.json")["counts"]["papers"] == 0 and "In a drawer" not in other.text


def test_the_treaties_in_use(world: World) -> None:
    """Those on which the requests in the file rest, with their full titles; no other."""
    line = Line(world)
    (treaty,) = Opened(world.supervisor, "KG-MIA").json("treaties.json")
    assert treaty["code"] == line.request.basis and treaty["title_ru"]


def test_nothing_tells_in_which_order_others_began(world: World, supervised: dict[str, User]) -> None:
    """Requests of another state stand by their references, not by when their drafts were begun."""
    lines = [Line(world) for _ in range(3)]
    for number, line in enumerate(lines):
        moment = timezone.now() - timedelta(days=number)
        AssistanceRequest.objects.unscoped("a test looks at the row").filter(pk=line.pk).update(created_at=moment)
        line.walk_to("transmitted")
    opened = Opened(supervised["UZ-GPO"], "UZ-GPO")
    assert opened.zip is not None
    there = [name for name in opened.zip.namelist() if name.startswith("requests/")]
    assert there == sorted(there) == [f"requests/{line.request.reference}.json" for line in lines]


def test_only_what_the_agency_owns(world: World, supervised: dict[str, User]) -> None:
    """What others share with it is theirs; what it finds while executing is its own."""
    line = Line(world)
    shared = put(line.case, world.drafter, title="Shared with the executor")
    give(ask(shared, agency("UZ-MIA"), by=world.drafter), person(agency("KG-MIA"), Role.LIAISON))
    line.walk_to("in_execution")
    found = put(line.request.execution_case, world.executor, title="Found while executing")
    opened = Opened(supervised["UZ-MIA"], "UZ-MIA")
    assert set(opened.all("items")) == {found.reference}
    assert set(opened.all("cases")) == {line.request.execution_case.reference}
    assert "Shared with the executor" not in opened.text
    assert not Opened(supervised["UZ-GPO"], "UZ-GPO").all("items")


def test_need_to_know(world: World) -> None:
    """Only cases in which the asker is named, with what hangs on them; of the others not even how many."""
    mine = Line(world, need_to_know=True, members=[world.supervisor])
    theirs = Line(world, need_to_know=True, title="Not for the supervisor")
    put(theirs.case, world.drafter, title="Not for the supervisor either")
    opened = Opened(world.supervisor, "KG-MIA")
    assert set(opened.all("cases")) == {mine.case.reference}
    assert set(opened.all("requests")) == {mine.request.reference}
    assert not opened.all("items") and "Not for the supervisor" not in opened.text
    assert opened.export.named_cases == [mine.case.pk]
    notes = opened.json("manifest.json")["notes"]
    assert set(notes) == {"en", "ru"} and any("need-to-know" in note for note in notes["en"])
    assert theirs.case.reference not in opened.text


def test_an_authority_in_the_same_agency(world: World) -> None:
    """Whoever sees a request of a need-to-know case for its authority, and is not named in the case, takes no copy."""
    gpo = agency("KG-GPO")
    both = person(gpo, Role.SUPERVISOR, Role.CA_OFFICER)
    drafter, supervisor = person(gpo, Role.OFFICER), person(gpo, Role.SUPERVISOR)
    world.bodies[Body.DRAFTING] = gpo
    world.drafter, world.supervisor = drafter, supervisor
    world.holders[Body.DRAFTING, Role.OFFICER] = drafter
    world.holders[Body.DRAFTING, Role.SUPERVISOR] = supervisor
    line = Line(world, need_to_know=True, members=[supervisor]).walk("submit", "pass_on")
    assert type(line.request).objects.visible_to(both).filter(pk=line.pk).exists()
    opened = Opened(both, "KG-GPO")
    assert not opened.all("requests") and not opened.all("cases")
    assert set(Opened(supervisor, "KG-GPO").all("requests")) == {line.request.reference}


def test_index_and_manifest(world: World) -> None:
    """A line a record, no formula; who asked and confirmed, how much there is."""
    line = Line(world)
    put(line.case, world.drafter, title='=HYPERLINK("http://evil.example")')
    opened = Opened(world.supervisor, "KG-MIA")
    assert opened.zip is not None
    rows = list(csv.DictReader(io.StringIO(opened.zip.read("index.csv").decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["case", "item", "request"]
    assert {row["path"] for row in rows} == opened.names - BESIDE
    assert rows[1]["title"].startswith("'=") and rows[1]["case"] == line.case.reference
    manifest = opened.json("manifest.json")
    assert manifest["format"] == building.FORMAT and manifest["agency"]["code"] == "KG-MIA"
    assert manifest["counts"] == {"cases": 1, "items": 1, "requests": 1, "papers": 0, "files": 0}
    assert manifest["asked_by"] == world.supervisor.name and manifest["confirmed_by"]


def test_in_an_exercise_the_manifest_says_so(world: World, settings: Any) -> None:
    """First of its notes, in each language."""
    settings.EXERCISE = "Saffron Crate"
    notes = Opened(world.supervisor, "KG-MIA").json("manifest.json")["notes"]
    assert notes["en"][0].startswith("Exercise: Saffron Crate.") and "Saffron Crate" in notes["ru"][0]


def test_a_damaged_file(world: World) -> None:
    """Is named in the manifest and left out; the others go on."""
    line = Line(world)
    good, bad, gone = (put_paper(line.case, world.drafter) for _ in range(3))
    files = {one.document.item_id: one for one in StoredFile.objects.all()}
    default_storage.delete(stored_name(files[gone.pk]))
    Path(default_storage.path(stored_name(files[bad.pk]))).write_bytes(b"altered")
    opened = Opened(world.supervisor, "KG-MIA")
    manifest = opened.json("manifest.json")
    assert set(manifest["damaged_files"]) == {bad.reference, gone.reference}
    assert manifest["counts"]["files"] == 1
    assert {name for name in opened.names if name.startswith("files/")} == {f"files/{good.reference}.txt"}


def test_another_agencys_request_in_a_file_is_an_event(world: World, supervised: dict[str, User]) -> None:
    """As when its page is opened; one's own are none."""
    Line(world).walk_to("transmitted")
    Opened(supervised["UZ-GPO"], "UZ-GPO")
    assert AuditEvent.objects.filter(name="request.read", actor=supervised["UZ-GPO"]).count() == 1
    Opened(world.supervisor, "KG-MIA")
    assert not AuditEvent.objects.filter(name="request.read", actor=world.supervisor).exists()


def test_an_asker_who_left_gets_nothing(world: World) -> None:
    """Confirmed, and then the asker's role ended: nothing is made."""
    export = services.ask(actor=world.supervisor, agency=agency("KG-MIA"), reason="archive")
    services.take(actor=person(agency("KG-MIA"), Role.LIAISON), pk=export.pk, step="confirm")
    end_role(assignment=RoleAssignment.objects.get(membership__user=world.supervisor))
    building.build(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.FAILED and not list(store.folder().iterdir())


def test_a_right_that_ends_while_it_is_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read after that moment is not in it."""
    for _ in range(3):
        Line(world)
    monkeypatch.setattr(contents, "PORTION", 1)
    monkeypatch.setattr(building, "PORTION", 1)
    ended = []

    def entries(self: contents.Source, ids: list[Any]) -> Any:
        if not ended:
            ended.append(end_role(assignment=RoleAssignment.objects.get(membership__user=world.supervisor)))
        return before(self, ids)

    before = contents.Source.item_entries
    put(Line(world).case, world.drafter)
    monkeypatch.setattr(contents.Source, "item_entries", entries)
    opened = Opened(world.supervisor, "KG-MIA")
    assert len(opened.all("cases")) == 4 and not opened.all("items") and not opened.all("requests")


def test_a_failure_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No part, no file, no content in the log; it waits for its next turn, and is whole then."""
    line = Line(world)

    def broken(*_args: Any) -> Any:
        raise OSError(f"no space for {line.case.title}")

    with monkeypatch.context() as patched:
        patched.setattr(contents.Source, "request_entries", broken)
        opened = Opened(world.supervisor, "KG-MIA")
    assert opened.export.state == ExportState.CONFIRMED and not list(store.folder().iterdir())
    assert "OSError" in caplog.text and line.case.title not in caplog.text
    building.build(opened.export.pk)
    opened.export.refresh_from_db()
    assert (opened.export.state, opened.export.attempts) == (ExportState.READY, 2)


def test_cancelled_in_the_middle(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops at the next word, and removes what it wrote."""
    monkeypatch.setattr(building, "SAYS", 0.0)
    Line(world)
    export = services.ask(actor=world.supervisor, agency=agency("KG-MIA"), reason="archive")
    services.take(actor=person(agency("KG-MIA"), Role.LIAISON), pk=export.pk, step="confirm")
    before = contents.Source.request_entries

    def entries(self: contents.Source, ids: list[Any]) -> Any:
        services.take(actor=world.supervisor, pk=export.pk, step="cancel")
        return before(self, ids)

    monkeypatch.setattr(contents.Source, "request_entries", entries)
    building.build(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.CANCELLED and not list(store.folder().iterdir())


def test_what_is_left_of_a_killed_worker_is_swept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that nobody names goes after an hour; what is being written or kept stays."""
    opened = Opened(world.supervisor, "KG-MIA")
    left = store.folder() / "0123456789abcdef0123456789abcdef.part"
    left.write_bytes(b"PK half")
    services.tend()
    assert left.exists()
    monkeypatch.setattr(store, "LEFT_ALONE", -1)
    services.tend()
    assert not left.exists() and opened.export.file and store.path_of(opened.export.file).exists()


def test_many_records_ask_as_often(world: World) -> None:
    """A portion of items costs as many questions for two as for forty."""

    def asks() -> int:
        source = contents.Source(world.supervisor, agency("KG-MIA"))
        ids = source.ids(source.items)
        with CaptureQueriesContext(connection) as asked:
            list(source.item_entries(ids))
        return len(asked)

    line = Line(world)
    put_paper(line.case, world.drafter)
    put(line.case, world.drafter)
    few = asks()
    for _ in range(38):
        put(line.case, world.drafter)
    assert asks() == few


def drafted(line: Line) -> None:
    """A draft saved in a step, explained, returned with a comment that is answered."""
    world = line.world
    save_step(actor=world.drafter, pk=line.pk, step="facts", version=0, values={"facts": "Wares of the invented mill."})
    line.walk("submit")
    line.take("return_to_drafter", comments=[{"field": "facts", "text": "Which hour?"}])
    comment = line.request.comments.get()
    answer_comment(actor=world.drafter, pk=line.pk, comment_id=comment.pk, text="Nobody knows.")


def keys(data: Any, path: str = "") -> set[str]:
    """Every key of a JSON file, but for what the content of a record or version says in its own words."""
    if isinstance(data, list):
        return set().union(*(keys(one, path) for one in data)) if data else set()
    if not isinstance(data, dict):
        return set()
    found = set(data)
    return found.union(*(keys(value) for name, value in data.items() if name not in ("content", "letter", "notes")))


def test_the_paper_describes_every_field(world: World) -> None:
    """docs/export.md names each key of each file, and no other in its tables."""
    line = Line(world)
    note = put(line.case, world.drafter)
    give(ask(note, agency("KZ-MIA"), by=world.drafter), person(agency("KG-MIA"), Role.LIAISON))
    put_paper(line.case, world.drafter)
    Line(world, need_to_know=True, members=[world.supervisor])
    paper(person(agency("KG-MIA"), Role.CA_OFFICER), agency("KG-MIA"))
    drafted(line)
    line.walk_to("info_requested").walk("write_answer", "answer_information")
    opened = Opened(world.supervisor, "KG-MIA")
    document = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `(\w+)`", document, re.MULTILINE))
    there = set().union(*(keys(opened.json(name)) for name in opened.names if name.endswith(".json")))
    there |= {"number", "result", "text"}  # of results, which come later on this line
    assert described == there
    assert building.FORMAT in document and all(column in document for column in building.INDEX)


def test_the_store_is_not_the_documents(world: World) -> None:
    """The sweep of documents' files leaves the exports alone."""
    from cases.tasks import sweep

    opened = Opened(world.supervisor, "KG-MIA")
    sweep()
    assert opened.export.file and store.path_of(opened.export.file).exists()
    assert django_settings.FILES_ROOT in store.folder().parents
