"""`make drill-restore`: a portal is saved, brought back elsewhere, and used; a database is taken back in time.

Prints how long each step took, and writes it to .bench/restore.json.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from exchange.demo import EXERCISE
from exchange.embedded import APPLICATION, OWNER, PostgresServer, new_password, postgres_programs, server_home
from exchange.preparation import make_database, run_step
from exchange.processes import Child, free_port
from tests.backups.conftest import Officer
from tests.backups.places import ROOT, Place, place
from tests.browsing import Browser
from tests.databases import Databases
from tests.servers import answers, wait_for

Officers = tuple[Officer, Officer, Officer]
pytestmark = pytest.mark.timeout(900)
GIGABYTE = 1024**3
# A command's largest memory, in kilobytes, as the last line of what it says to the terminal.
MEASURED = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
)


@pytest.fixture(scope="session")
def figures() -> Iterator[dict[str, float]]:
    """What was measured: printed and written at the end."""
    found: dict[str, float] = {}
    yield found
    (ROOT / ".bench").mkdir(exist_ok=True)
    (ROOT / ".bench" / "restore.json").write_text(json.dumps(found, indent=1) + "\n")
    width = max(map(len, found))
    print("\n" + "\n".join(f"{name.ljust(width)}  {value:10.1f}" for name, value in found.items()))


@pytest.fixture(scope="session", autouse=True)
def named() -> Iterator[None]:
    """The exercise loads only where one was named, in whichever process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXERCISE", EXERCISE)
        yield


@pytest.fixture(scope="session")
def exercise(django_db_setup: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A migrated place with the exercise in it."""
    folder = tmp_path_factory.mktemp("exercise")
    with place(f"{django_db_setup.template}_{uuid4().hex[:8]}", folder / "files", django_db_setup.template) as found:
        done = found.manage("load_exercise", "--accounts", folder / "accounts.json")
        assert done.returncode == 0, done.stderr
        yield found


@contextlib.contextmanager
def timed(figures: dict[str, float], what: str) -> Iterator[None]:
    """Note how many seconds something takes."""
    begun = time.monotonic()
    yield
    figures[f"{what}, s"] = round(time.monotonic() - begun, 2)


def measured(place: Place, *arguments: object) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run a command, and say how many megabytes it needed at most."""
    done = place.manage(*arguments, prefix=(sys.executable, "-c", MEASURED))
    return done, int(done.stderr.splitlines()[-1]) / 1024


@contextlib.contextmanager
def web(place: Place, log: Path) -> Iterator[str]:
    """The portal of a place; its address."""
    port = free_port()
    environment = place.environment | {"SITE_URL": f"http://localhost:{port}"}
    environment.pop("DATABASE_OWNER_URL")
    argv = [sys.executable, "-m", "gunicorn", "exchange.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    child = Child("web", argv, log, env=environment, cwd=ROOT)
    child.start()
    try:
        wait_for(lambda: answers(f"http://localhost:{port}/healthz") or not child.alive, 60)
        assert child.alive, child.last_words(20)
        yield f"http://localhost:{port}"
    finally:
        child.stop()


def use(url: str, accounts: list[dict[str, Any]], files: dict[str, bytes]) -> int:
    """Sign in somebody of each agency, open each case and item that they find, fetch each document; returns how many.

    Not everybody: the portal takes thirty attempts a minute from one address.
    """
    fetched = 0
    officers = {one["agency"]: one for one in accounts if {"officer", "ca_officer"} & set(one["roles"])}
    for one in officers.values():
        browser = Browser(url)
        browser.sign_in(one["email"], one["password"])
        cases = {link for link in browser.get("/cases/").links if re.fullmatch(r"/cases/[0-9a-f-]{36}/", link)}
        for case in sorted(cases):
            page = browser.get(case)
            assert page.status == 200
            for item in {link for link in page.links if re.fullmatch(rf"{case}items/[0-9a-f-]{{36}}/", link)}:
                page = browser.get(item)
                assert page.status == 200
                for link in {link for link in page.links if link.endswith("/file/")}:
                    assert browser.get(link).content in files.values()
                    fetched += 1
    return fetched


def test_a_portal_is_brought_back(
    exercise: Place, officers: Officers, empty: Callable[[], Place], tmp_path: Path, figures: dict[str, float]
) -> None:
    """With a gigabyte of files beside the exercise's: saved and brought back in little memory, equal, and at work."""
    large = exercise.files / "ff" / ("f" * 32)
    large.parent.mkdir(exist_ok=True)
    with large.open("wb") as file:
        piece = os.urandom(16 * 1024 * 1024)
        for _each in range(GIGABYTE // len(piece)):
            file.write(piece)
    to = ("--to", officers[0].public, "--to", officers[1].public)
    with timed(figures, "backup of 1 GB of files"):
        done, megabytes = measured(exercise, "backup", tmp_path, *to, "--json")
    assert done.returncode == 0, done.stderr
    figures["memory of backup, MB"] = round(megabytes, 1)
    backup, key = json.loads(done.stdout)["backup"], ("--identity", officers[1].key)
    with timed(figures, "verify"):
        assert exercise.told("restore", backup, "--verify", *key)["findings"] == []

    restored = empty()
    with timed(figures, "restore"):
        done, megabytes = measured(restored, "restore", backup, *key)
    assert done.returncode == 0, done.stderr
    figures["memory of restore, MB"] = round(megabytes, 1)
    with timed(figures, "check"):
        assert restored.told("restore", backup, "--check", *key)["findings"] == []
    assert restored.shape() == exercise.shape()
    assert restored.rows() == exercise.rows() | {"accounts_session": [], "exchange_cache": []}
    assert restored.contents() == exercise.contents()
    assert restored.told("check_grants") == []
    assert restored.told("search_index", "--check") == {"texts": 0, "faces": 0}
    assert figures["memory of backup, MB"] < 300 and figures["memory of restore, MB"] < 300

    accounts = json.loads((exercise.files.parent / "accounts.json").read_text())
    with timed(figures, "start, and people at work"), web(restored, tmp_path / "web.log") as url:
        assert use(url, accounts, restored.contents()) > 0
    large.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[bool]:
    """A disk of this size; False on a machine where we may not make one."""
    folder.mkdir()
    made = os.geteuid() == 0 and bool(shutil.which("mount"))
    made = made and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "comity", folder]).returncode == 0
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", folder], check=True)


def test_a_full_disk(
    exercise: Place, officers: Officers, empty: Callable[[], Place], tmp_path: Path, figures: dict[str, float]
) -> None:
    """While it is saved, and while it is brought back: one sentence, and nothing of it remains."""
    with small_disk(tmp_path / "disk", "128k") as made:
        figures["full disk tried (1) or no right to make one (0)"] = float(made)
        if not made:
            return
        done = exercise.manage("backup", tmp_path / "disk", "--to", officers[0].public)
        assert (done.returncode, done.stderr.strip()) == (1, "CommandError: the disk is full")
        assert list((tmp_path / "disk").iterdir()) == []
    large = exercise.files / "ff" / ("f" * 32)
    large.parent.mkdir(exist_ok=True)
    large.write_bytes(os.urandom(1024 * 1024))
    backup = exercise.told("backup", tmp_path, "--to", officers[0].public)["backup"]
    large.unlink()
    with small_disk(tmp_path / "files", "512k"):
        place = empty()
        place.files = tmp_path / "files"
        done = place.manage("restore", backup, "--identity", officers[0].key)
        assert (done.returncode, done.stderr.strip()) == (1, "CommandError: the disk is full")
        assert place.contents() == {} and place.rows() == {}


# --- back in time -------------------------------------------------------------------------------------------------


class Archived:
    """A PostgreSQL server that keeps its log of changes in an archive, as docs/backup.md describes it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.password = folder, new_password()
        self.server = PostgresServer(folder / "first", folder / "first.log", self.password)
        home = server_home(folder / "first", self.server.account)
        self.archive, self.base = home / "archive", home / "base"
        self.programs = postgres_programs(home, self.server.account)
        self.archive.mkdir(mode=0o700)
        self.give(self.archive)
        self.server.options = {
            "wal_level": "replica",
            "archive_mode": "on",
            "archive_command": f'test ! -f "{self.archive}/%f" && cp "%p" "{self.archive}/%f"',
        }

    def give(self, path: Path) -> None:
        """Let the account that PostgreSQL runs as have a file."""
        if self.server.account is not None:
            os.chown(path, self.server.account.uid, self.server.account.gid)

    def run(self, program: str, *arguments: object) -> str:
        """Run one of PostgreSQL's programs as its account. Fails when it does."""
        account = self.server.account
        identity: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        done = subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd=self.server.home,
            env={"PATH": os.environ["PATH"], "PGPASSWORD": self.password, "PGUSER": "comity_admin", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            **identity,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def ask(self, question: str, database: str = "comity", server: PostgresServer | None = None) -> Any:
        """The only answer to a question."""
        with contextlib.closing((server or self.server).connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]

    def back_to(self, moment: datetime) -> PostgresServer:
        """A second server, made of the base backup and the archive, as it was at that moment."""
        second = PostgresServer(self.folder / "second", self.folder / "second.log", self.password)
        home = server_home(self.folder / "second", second.account)
        self.base.rename(home / "data")
        (home / "data" / "recovery.signal").touch()
        self.give(home / "data" / "recovery.signal")
        second.options = {
            "restore_command": f'cp "{self.archive}/%f" "%p"',
            "recovery_target_time": moment.isoformat(),
            "recovery_target_action": "promote",
        }
        return second


@pytest.fixture
def archived(tmp_path: Path) -> Iterator[Archived]:
    """The server with its archive."""
    found = Archived(tmp_path)
    yield found
    found.server.stop()
    for name in ("first", "second"):
        shutil.rmtree(server_home(tmp_path / name, found.server.account), ignore_errors=True)


ALL = """
    select md5(string_agg(md5(it::text), '' order by it::text)) from (
        select 'item' as what, row(it.*)::text as said from cases_caseitem it
        union all select 'event', row(it.*)::text from audit_auditevent it
        union all select 'request', row(it.*)::text from mla_assistancerequest it
        union all select 'grant', row(it.*)::text from cases_itemgroupgrant it) it
"""
# As the administrator, past every trigger: a mistake that no rule of the portal stops.
MISTAKE = "set session_replication_role = replica; delete from cases_caseitem; delete from cases_itemgroupgrant"


def test_back_to_a_moment(archived: Archived, officers: Officers, tmp_path: Path, figures: dict[str, float]) -> None:
    """Somebody deletes what no button deletes: the database is taken back to the moment before, and is whole.

    On the way a role that can only read makes a backup.
    """
    server = archived.server
    server.start()
    environment = os.environ | {
        "DATABASE_URL": server.url(APPLICATION, new_password()),
        "DATABASE_OWNER_URL": server.url(OWNER, new_password()),
        "FILES_ROOT": str(tmp_path / "files"),
    }
    make_database(server, environment, tmp_path / "setup.log")
    manage = [sys.executable, "manage.py"]
    run_step("migrate", [*manage, "migrate", "--verbosity", "0"], environment, tmp_path / "setup.log")
    with timed(figures, "base backup"):
        place = ("--host=127.0.0.1", f"--port={server.port}")
        archived.run("pg_basebackup", *place, f"--pgdata={archived.base}", "--checkpoint=fast", "--wal-method=none")
    accounts = str(tmp_path / "accounts.json")
    run_step("load", [*manage, "load_exercise", "--accounts", accounts], environment, tmp_path / "setup.log")

    reading = new_password()
    server.run(f"create role comity_reader login password '{reading}' in role pg_read_all_data")
    server.run("grant connect on database comity to comity_reader")
    reader = environment | {"DATABASE_OWNER_URL": server.url("comity_reader", reading)}
    run_step("backup", [*manage, "backup", str(tmp_path), "--to", officers[0].public], reader, tmp_path / "setup.log")

    before, moment = archived.ask(ALL), archived.ask("select clock_timestamp()")
    time.sleep(0.2)
    server.run(MISTAKE)
    assert archived.ask("select count(*) from cases_caseitem") == 0
    last = archived.ask("select pg_walfile_name(pg_switch_wal())")
    wait_for(lambda: (archived.archive / last).exists(), 30)
    server.stop()

    with timed(figures, "pg_verifybackup"):
        archived.run("pg_verifybackup", f"--wal-directory={archived.archive}", archived.base)
    with timed(figures, "back in time"):
        second = archived.back_to(moment)
        second.start()
        wait_for(lambda: not archived.ask("select pg_is_in_recovery()", server=second), 60)
    try:
        assert archived.ask(ALL, server=second) == before
        assert archived.ask("select count(*) from cases_caseitem", server=second) > 0
        with timed(figures, "pg_amcheck"):
            place = ("--host=127.0.0.1", f"--port={second.port}")
            archived.run("pg_amcheck", *place, "--install-missing", "--heapallindexed", "--database=comity")
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            environment[name] = environment[name].replace(f":{server.port}/", f":{second.port}/")
        done = subprocess.run([*manage, "check_grants", "--json"], cwd=ROOT, env=environment, capture_output=True)
        assert done.returncode == 0 and json.loads(done.stdout) == []
    finally:
        second.stop()
