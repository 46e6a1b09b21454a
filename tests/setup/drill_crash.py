"""`make drill-crash`: every process of a running portal is killed and frozen while people work in it.

The portal is the demo of a copy of this checkout, with its own watch over its processes. People sign in over HTTP,
fill in the forms that they are shown, and send a form again when an error is what they see. At the end every click
that was answered is there once, whoever was to be told has been told once, and every mail has left.

Figures are printed, and written to .bench/crash.json.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
import time_machine
from django.conf import settings
from django.utils import timezone

from exchange.processes import Child, free_port
from notifications.models import Outbox
from tests.browsing import Answer, Browser, Files, Refused, Values
from tests.databases import environment
from tests.factories import Line
from tests.servers import MailServer, end, publish_to, start_worker, wait_for
from tests.setup.running import Running, processes

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(0)
PEOPLE, DRAFTS = 4, 40
# What is promised: the portal is back by itself, and nobody waits longer for an answer.
BACK, WAIT = 30.0, 30.0
# A click that is sent again for so long and never answered is lost.
GIVE_UP = 90.0
Table = dict[str, dict[str, Any]]
OPEN = "select count(*) from notifications_outbox where done_at is null"
AWAY = "The portal cannot be reached now"


class Portal:
    """A running demo, and what can be seen of it from outside."""

    def __init__(self, checkout: Path, terminal: dict[str, str]) -> None:
        self.checkout, self.lines = checkout, []
        self.running = Running(checkout, terminal)
        self.running.read_until("ready http")
        self.url = f"http://localhost:{self.running.port}"
        threading.Thread(target=self._listen, daemon=True).start()
        written = (checkout / ".demo" / "environment").read_text().splitlines()
        self.environment = dict(line.split("=", 1) for line in written)

    def _listen(self) -> None:
        assert self.running.process.stdout is not None
        for line in self.running.process.stdout:
            self.lines.append(line.rstrip())

    def run(self, *argv: str) -> None:
        """Run a module in the portal's environment. Fails when it does."""
        environment = os.environ | self.environment | {"DJANGO_SETTINGS_MODULE": "exchange.settings"}
        done = subprocess.run([sys.executable, "-m", *argv], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows that answer a question, asked as the owner. Raises psycopg2.Error."""
        with contextlib.closing(psycopg2.connect(self.environment["DATABASE_OWNER_URL"], connect_timeout=2)) as one:
            one.autocommit = True
            with one.cursor() as cursor:
                cursor.execute("set statement_timeout = '5s'")
                cursor.execute(question, values or None)
                return cursor.fetchall() if cursor.description else []

    def waiting(self) -> int:
        """How many outbox rows have waited for three seconds and more; -1 when the database does not say."""
        try:
            return int(self.ask(f"{OPEN} and created_at < now() - interval '3s'")[0][0])
        except psycopg2.Error:
            return -1

    def ready(self) -> bool:
        """Whether every part works, as /readyz says."""
        try:
            return Browser(self.url, timeout=5).get("/readyz").status == 200
        except Refused:
            return False

    # --- its processes

    def leader(self, word: str) -> int:
        """The first process whose command holds a word; 0 when there is none."""
        return min((pid for pid, command in processes(self.checkout).items() if word in command), default=0)

    def below(self, pid: int) -> list[int]:
        """The processes that a process has started, and theirs."""
        found = [child for child in processes(self.checkout) if parent(child) == pid]
        return found + [one for child in found for one in self.below(child)]

    def stopped(self) -> list[int]:
        """Processes that are held by a signal."""
        return [pid for pid in processes(self.checkout) if state(pid) == "T"]


def fields_of(pid: int) -> list[str]:
    """What /proc says of a process, from its state on; nothing when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return ["", "0"]


def parent(pid: int) -> int:
    """Who started it."""
    return int(fields_of(pid)[1])


def state(pid: int) -> str:
    """R, S, T, Z ...; empty when it is gone."""
    return fields_of(pid)[0]


# --- people


@dataclass
class Seen:
    """What people met: answers by kind, how long they waited at most, and what must not be."""

    kinds: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Clicker(threading.Thread):
    """An officer at work: opens a case, adds a note, asks to share it, submits a draft; and again."""

    def __init__(self, portal: Portal, person: dict[str, Any], receiver: str, seen: list[Seen]) -> None:
        super().__init__(daemon=True)
        self.portal, self.person, self.receiver, self.seen = portal, person, receiver, seen
        self.browser = Browser(portal.url, timeout=WAIT + 10)
        self.browser.sign_in(person["email"], person["password"])
        self.drafts = list(person["drafts"])
        self.ending = threading.Event()
        # Answered clicks, by what they must have left.
        self.titles: list[str] = []
        self.shared: list[str] = []
        self.submitted: list[str] = []
        self.lost: list[str] = []

    def run(self) -> None:
        """Until it is told to end; a click that was begun is seen through."""
        while not self.ending.is_set():
            with contextlib.suppress(LookupError):
                self.work()
            self.ending.wait(2)

    def work(self) -> None:
        """One round. Raises LookupError for a click that got no answer in the end."""
        title = f"drill {uuid.uuid4()}"
        case = self.click("/cases/new/", "title", {"title": title, "offences": "Smuggling"}).url
        self.titles.append(title)
        item = self.click(f"{case}items/new/note/", "text", {"title": title, "text": "Invented."}).url
        pk = item.rstrip("/").rpartition("/")[2]
        until = (date.today() + timedelta(days=30)).isoformat()
        asked = {f"item_{pk}": "on", "recipient": self.receiver, "purpose": "For the drill.", "until": until}
        self.click(f"{case}share/", "purpose", asked)
        self.shared.append(case.rstrip("/").rpartition("/")[2])
        if self.drafts:
            draft = self.drafts.pop()
            self.click(f"/requests/{draft}/steps/submit/", "version", {})
            self.submitted.append(draft)

    def click(self, path: str, holding: str, values: Values, files: Files | None = None) -> Answer:
        """Open a page and send its form, each again until it is answered. Raises LookupError."""
        page = self.insist(lambda: self.browser.get(path), lambda answer: answer.status == 200, path)
        form = page.form(holding)
        return self.insist(
            lambda: self.browser.send(page, form, values, files),
            lambda answer: answer.status == 200 and answer.url != page.url,
            path,
        )

    def insist(self, ask: Callable[[], Answer], good: Callable[[Answer], bool], path: str) -> Answer:
        """Ask until the answer is good."""
        until = time.monotonic() + GIVE_UP
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                answer = ask()
            except Refused:
                self.note("nobody there", begun)
            else:
                if good(answer):
                    self.note("answered", begun)
                    return answer
                self.judge(answer, begun, path)
            time.sleep(0.4)
        self.lost.append(path)
        raise LookupError(path)

    def judge(self, answer: Answer, begun: float, path: str) -> None:
        """What is not the answer that was hoped for is a page of 503 with words."""
        self.note(str(answer.status), begun)
        words = answer.words
        if answer.status != 503 or AWAY not in words or "Traceback" in answer.html:
            self.seen[-1].wrong.append(f"{path}: {answer.status} {answer.url} {words[:300]}")

    def note(self, kind: str, begun: float) -> None:
        """Count an answer."""
        seen, seconds = self.seen[-1], time.monotonic() - begun
        seen.kinds[kind] += 1
        seen.longest = max(seen.longest, seconds)
        if seconds > WAIT:
            seen.wrong.append(f"{kind} after {seconds:.0f} seconds")


class Office:
    """All people of the drill, and what became of their clicks."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self.portal, self.seen = portal, [Seen()]
        portal.run("tests.setup.clickers", str(folder / "people.json"), str(PEOPLE + 1), str(DRAFTS))
        made = json.loads((folder / "people.json").read_text())
        ((self.begun,),) = portal.ask("select now()")
        self.told = made["told"]
        everybody = [Clicker(portal, one, made["receiver"], self.seen) for one in made["people"]]
        # The last one tries whether the portal is back; the others work on.
        self.tester, self.people = everybody[-1], everybody[:-1]
        self.mails = Mails(portal.checkout / ".demo" / "mail")

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """People come, work, and finish what they have begun."""
        self.mails.start()
        for one in self.people:
            one.start()
        try:
            yield
        finally:
            for one in self.people:
                one.ending.set()
            for one in self.people:
                one.join(GIVE_UP * 2)
            self.mails.ending.set()
            self.mails.join(30)

    def check(self) -> dict[str, int]:
        """Nothing is lost and nothing is there twice. Returns how much there was."""
        ask, everybody = self.portal.ask, [*self.people, self.tester]
        assert [path for one in everybody for path in one.lost] == []
        titles = [title for one in everybody for title in one.titles]
        for table in ("cases_case", "cases_note"):
            found = Counter(title for (title,) in ask(f"select title from {table} where title like 'drill %'"))
            assert found == Counter(titles), (table, found - Counter(titles), Counter(titles) - found)
        shares = Counter(str(pk) for (pk,) in ask("select case_id from cases_share"))
        assert all(shares[case] == 1 for one in everybody for case in one.shared)
        steps = Counter(str(pk) for (pk,) in ask("select request_id from mla_requestevent where name = 'submit'"))
        submitted = [pk for one in everybody for pk in one.submitted]
        assert all(steps[pk] == 1 for pk in submitted)
        # Everybody who was to be told of a submitted draft has one entry: two supervisors.
        entries = "from notifications_notification"
        about = ask(f"select subject_id {entries} where person_id = any(%s::uuid[])", self.told)
        told = Counter(str(pk) for (pk,) in about)
        assert all(told[pk] == 2 for pk in submitted), [pk for pk in submitted if told[pk] != 2]
        # Of what came of the drill's clicks: the exercise tells some people twice of one thing, months apart.
        shared = [case for one in everybody for case in one.shared]
        ours = (
            "subject_id = any(%s::uuid[]) or subject_id in (select id from cases_share where case_id = any(%s::uuid[]))"
        )
        twice = f"select person_id, event, subject_id {entries} where {ours} group by 1, 2, 3 having count(*) > 1"
        assert ask(twice, submitted, shared) == []
        untold = f"select 1 from notifications_outbox o where not exists (select {entries} where id = o.id)"
        assert ask(untold) == [] and ask(OPEN) == [(0,)]
        clicks = len(titles) * 2 + sum(len(one.shared) for one in everybody) + len(submitted)
        return {"clicks": clicks, "entries": ask(f"select count(*) {entries}")[0][0]}

    def check_mails(self) -> dict[str, int]:
        """Each mail that was to go has left at least once; one whose sender died waits until its claim is old."""
        ask, unsent = self.portal.ask, "from notifications_mail where done_at is null"
        old = "now() - interval '10 min'"
        ask(f"update notifications_mail set claimed_at = {old}, next_try = {old} where done_at is null")
        until = time.monotonic() + 60
        while ask(f"select count(*) {unsent}") != [(0,)] and time.monotonic() < until:
            time.sleep(0.5)
        assert ask(f"select count(*) {unsent}") == [(0,)]
        time.sleep(1)
        self.mails.look()
        # The exercise has mails that left months ago, as it tells.
        sent = "select id from notifications_mail where sent_at is not null and created_at > %s"
        due = {f"<{pk}@comity>" for (pk,) in ask(sent, self.begun)}
        assert due <= set(self.mails.found), due - set(self.mails.found)
        return {"mails": len(due), "mails that left twice": sum(self.mails.found[one] > 1 for one in due)}


class Mails(threading.Thread):
    """Reads the mails as they come: the demo keeps the newest only."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.names, self.ending = folder, set(), threading.Event()
        self.found: Counter[str] = Counter()

    def run(self) -> None:
        """Until it is told to end."""
        while not self.ending.wait(1.0):
            self.look()

    def look(self) -> None:
        """Read what is new."""
        for path in self.folder.glob("*.eml"):
            if path.name not in self.names:
                with contextlib.suppress(FileNotFoundError):
                    self.found[str(message_from_bytes(path.read_bytes())["message-id"])] += 1
                    self.names.add(path.name)


# --- what happens to the portal

WEB, WORKER, BEAT = "gunicorn", "exchange worker", "exchange beat"
BROKER, DATABASE = "valkey-server", "data -c port"


@dataclass(frozen=True)
class Fault:
    """What is done to which processes: killed, frozen until something is done about it, or frozen for six seconds."""

    what: str
    how: str
    word: str
    # The leader, one that it started, or all of them.
    which: str

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.what}: {self.how}"

    def victims(self, portal: Portal) -> list[int]:
        """The processes that it hits."""
        leader = portal.leader(self.word)
        below = portal.below(leader)
        return {"leader": [leader], "below": below[-1:], "all": [leader, *below]}[self.which]

    def strike(self, portal: Portal) -> list[int]:
        """Do it; a frozen one that is to go on does so after six seconds."""
        victims = self.victims(portal)
        assert victims and all(victims), self.name
        send(victims, signal.SIGKILL if self.how == "killed" else signal.SIGSTOP)
        if self.how == "frozen for 6 s":
            threading.Timer(6, send, (victims, signal.SIGCONT)).start()
        return victims

    def is_over(self, portal: Portal, victims: list[int]) -> bool:
        """Whether nothing is left of it: the dead are replaced, the frozen are gone or go on."""
        dead = all(state(pid) in ("", "Z") for pid in victims)
        return not portal.stopped() and (dead or self.how != "killed")


def send(pids: list[int], number: signal.Signals) -> None:
    """A signal to each that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


FAULTS = [
    Fault("a worker of web", "killed", WEB, "below"),
    Fault("a worker of web", "frozen", WEB, "below"),
    Fault("web", "killed", WEB, "leader"),
    Fault("web", "frozen", WEB, "all"),
    Fault("worker", "killed", WORKER, "leader"),
    Fault("worker", "frozen", WORKER, "all"),
    Fault("worker", "frozen for 6 s", WORKER, "all"),
    Fault("a process of worker", "killed", WORKER, "below"),
    Fault("a process of worker", "frozen for 6 s", WORKER, "below"),
    Fault("beat", "killed", BEAT, "leader"),
    Fault("beat", "frozen", BEAT, "all"),
    Fault("broker", "killed", BROKER, "leader"),
    Fault("broker", "frozen", BROKER, "all"),
    Fault("broker", "frozen for 6 s", BROKER, "all"),
    Fault("database", "killed", DATABASE, "leader"),
    Fault("a connection of database", "killed", DATABASE, "below"),
    Fault("database", "frozen", DATABASE, "all"),
    Fault("database", "frozen for 6 s", DATABASE, "all"),
    Fault("master of web", "frozen", WEB, "leader"),
]


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """What was measured: printed and written at the end."""
    found: Table = {}
    yield found
    (ROOT / ".bench").mkdir(exist_ok=True)
    (ROOT / ".bench" / "crash.json").write_text(json.dumps(found, indent=1) + "\n")
    for name, row in found.items():
        print(f"{name:44}", "  ".join(f"{key} {value}" for key, value in row.items()))


@pytest.fixture(scope="module")
def small_store(checkout: Path) -> Iterator[Path | None]:
    """The portal's files on a small disk; None on a machine where we may not make one."""
    folder = checkout / ".demo" / "files"
    folder.mkdir(parents=True, mode=0o700)
    (checkout / ".demo").chmod(0o700)
    made = os.geteuid() == 0 and bool(shutil.which("mount"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "comity", str(folder)]
    made = made and subprocess.run(mount).returncode == 0
    yield folder if made else None
    if made:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def portal(checkout: Path, terminal: dict[str, str], small_store: Path | None) -> Iterator[Portal]:
    """The running portal; ended as with Ctrl-C."""
    found = Portal(checkout, terminal)
    yield found
    with contextlib.suppress(ValueError):  # its output is read by a thread of ours
        found.running.interrupt()
    assert processes(checkout) == {}


@pytest.fixture(scope="module")
def office(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """People who can work in it."""
    return Office(portal, tmp_path_factory.mktemp("office"))


def test_a_full_disk(portal: Portal, office: Office, small_store: Path | None, table: Table) -> None:
    """A file that has no room is refused with words at its field; what was typed stays; no row and no file is left."""
    if small_store is None:
        table["disk full"] = {"not run": "no right to make a small disk"}
        return
    clicker = office.tester
    case = clicker.click("/cases/new/", "title", {"title": "Of the full disk", "offences": "Smuggling"}).url
    page = clicker.browser.get(f"{case}items/new/document/")
    form, paper = page.form("description"), ("paper.txt", b"An invented paper. " * 50_000)
    typed = {"description": "Typed by hand", "marking": next(filter(None, form.options["marking"]))}
    rows, there = portal.ask("select count(*) from cases_storedfile"), files_in(small_store)
    filler = small_store / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(65536))
    answer = clicker.browser.send(page, form, typed, {"file": paper})
    assert answer.status == 200 and "its disk is full or away" in answer.words
    assert ("description", "Typed by hand") in answer.form("description").fields
    assert portal.ask("select count(*) from cases_storedfile") == rows
    assert files_in(small_store) == there | {"filler"}
    filler.unlink()
    again = clicker.browser.send(answer, answer.form("description"), {}, {"file": paper})
    assert again.status == 200 and "/new/" not in again.url, again.words[:500]
    assert len(files_in(small_store)) == len(there) + 1
    table["disk full"] = {"refused with words, then taken": 1}


def files_in(folder: Path) -> set[str]:
    """The names of the files below a folder."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_crashes(portal: Portal, office: Office, table: Table) -> None:
    """Each process killed and frozen, one after the other, while people work."""
    with office.at_work():
        second_beat(portal, office, table)
        for fault in FAULTS:
            office.seen.append(Seen())
            seconds = struck(portal, office, fault)
            seen = office.seen[-1]
            table[fault.name] = {
                "back_s": round(seconds, 1),
                "longest_s": round(seen.longest, 1),
                **{kind.replace(" ", "_"): number for kind, number in sorted(seen.kinds.items())},
            }
            print(f"{fault.name:32} {table[fault.name]}", flush=True)
    until = time.monotonic() + 60
    while portal.waiting() and time.monotonic() < until:
        time.sleep(0.5)
    whens = ["before", *(fault.name for fault in FAULTS)]
    wrong = [f"{when}: {what}" for when, seen in zip(whens, office.seen, strict=True) for what in seen.wrong]
    assert wrong == []
    table["in all"] = office.check() | office.check_mails()
    late = {name: row["back_s"] for name, row in table.items() if row.get("back_s", 0) > BACK}
    assert late == {}
    for fault, seen in zip(FAULTS, office.seen[1:], strict=True):
        assert "web" in fault.what or not seen.kinds["nobody there"], f"{fault.name}: web was not there"


def second_beat(portal: Portal, office: Office, table: Table) -> None:
    """Somebody starts another beat: for twenty seconds both send, and nobody gets anything twice."""
    environment = os.environ | portal.environment
    environment.pop("DATABASE_OWNER_URL")
    schedule = portal.checkout / ".demo" / "second-beat"
    argv = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "exchange",
        "beat",
        "--loglevel",
        "ERROR",
        "--schedule",
        str(schedule),
    ]
    second = subprocess.Popen(argv, cwd=portal.checkout, env=environment)
    time.sleep(20)
    assert second.poll() is None
    second.kill()
    second.wait()
    office.mails.look()
    assert office.mails.found and max(office.mails.found.values()) == 1
    table["a second beat for 20 s"] = {"mails": len(office.mails.found), "twice": 0}


def struck(portal: Portal, office: Office, fault: Fault) -> float:
    """How long the portal needs until all is as before: the processes, /readyz, a new click, and who is told of it."""
    begun = time.monotonic()
    victims = fault.strike(portal)
    time.sleep(0.2)
    while time.monotonic() - begun < 2 * BACK:
        if fault.is_over(portal, victims) and portal.ready():
            office.tester.work()
            if portal.waiting() == 0:
                break
        time.sleep(0.2)
    seconds = time.monotonic() - begun
    time.sleep(3)
    return seconds


# --- the clock

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


@pytest.mark.django_db(transaction=True)
def test_the_clock_is_set(line: Line, broker: redis.Redis, mail: MailServer, tmp_path: Path, table: Table) -> None:
    """All clocks were a day ahead and are set right; then a day is skipped. What the broker lost is told even so."""
    if not LIBRARY.exists():
        table["clock"] = {"not run": "this machine has no faketime"}
        return
    clock = tmp_path / "clock"
    clock.write_text("+1d")
    fake = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(Path(__file__).parent / "clock"),
        "EMAIL_URL": mail.url,
    }
    worker = start_worker(tmp_path / "worker.log", **fake)
    argv = [sys.executable, "-m", "celery", "-A", "exchange", "beat", "--loglevel", "INFO"]
    argv += ["--schedule", str(tmp_path / "schedule")]
    beat = Child("beat", argv, tmp_path / "beat.log", env=environment(**fake), cwd=ROOT)
    beat.start()
    try:
        wait_for(lambda: "Sending due task" in beat.log.read_text(), 30)
        for step, set_by, ahead in (("submit", "+0d", 1), ("pass_on", "+1d", 0)):
            # The broker hears nothing of it.
            publish_to(f"redis://127.0.0.1:{free_port()}/0")
            with time_machine.travel(timezone.now() + timedelta(days=ahead)):
                line.take(step)
            begun = time.monotonic()
            clock.write_text(set_by)
            publish_to(settings.REDIS_URL)
            assert Outbox.objects.filter(done_at=None).exists()
            wait_for(lambda: not Outbox.objects.filter(done_at=None).exists(), 2 * BACK)
            seconds = time.monotonic() - begun
            name = "clock set back by a day" if ahead else "clock set forward by a day"
            table[name] = {"back_s": round(seconds, 1)}
            assert seconds < BACK
        assert "the clock was set back" in beat.log.read_text()
    finally:
        end(beat)
        end(worker)
