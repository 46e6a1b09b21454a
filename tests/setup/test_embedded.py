"""PostgreSQL and Valkey from wheels: closed to others, on 127.0.0.1 only, back after a crash."""

import contextlib
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from exchange.embedded import (
    FAST_AND_FORGETFUL,
    PostgresServer,
    ValkeyServer,
    explain_failure,
    new_password,
    remove_server_home,
    server_home,
    service_account,
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running cluster with the project's database."""
    folder = tmp_path_factory.mktemp("cluster")
    server = PostgresServer(folder / "pg", folder / "pg.log", new_password(), options=FAST_AND_FORGETFUL)
    try:
        server.start()
        server.make_database()
        yield server
    finally:
        server.stop()
        remove_server_home(server.folder)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A running Valkey."""
    server = ValkeyServer(tmp_path / "valkey", tmp_path / "valkey.log", new_password())
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_cluster_wants_a_password(cluster: PostgresServer) -> None:
    """Nobody gets in without the password, not even from this machine."""
    for password in ("", "wrong"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(
                host="127.0.0.1", port=cluster.port, user="comity_admin", password=password, dbname="comity"
            )


def test_cluster_folder_is_closed_to_others(cluster: PostgresServer) -> None:
    """Only the server's account can enter its folder."""
    assert stat.S_IMODE(cluster.home.stat().st_mode) == 0o700
    assert cluster.home.stat().st_uid == (cluster.account.uid if cluster.account else os.getuid())


def test_cluster_knows_cyrillic_case(cluster: PostgresServer) -> None:
    """The locale is the same on every machine and folds Central Asian letters."""
    with contextlib.closing(cluster.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("select lower('ӘҒҚҢӨҰҮҺІ')")
        assert cursor.fetchone() == ("әғқңөұүһі",)


def test_cluster_log_holds_nothing_of_a_statement(cluster: PostgresServer) -> None:
    """A failed statement leaves neither its text nor its values in the log."""
    with pytest.raises(psycopg2.Error):
        cluster.run("create table marked (a text unique); insert into marked values ('MARKER-1'), ('MARKER-1')")
    assert "MARKER-1" not in cluster.log.read_text()


def test_cluster_comes_back_with_its_data_after_a_crash(tmp_path: Path) -> None:
    """Killed, it starts again on the same folder, and what was committed is there."""
    password = new_password()
    server = PostgresServer(tmp_path / "pg", tmp_path / "pg.log", password)
    try:
        server.start()
        server.make_database()
        server.run("create table kept (a int); insert into kept values (7)")
        os.kill(server.child.pid, signal.SIGKILL)
        server.child.process.wait()
        again = PostgresServer(tmp_path / "pg", tmp_path / "pg.log", password)
        again.start()
        server = again
        assert not again.fresh
        with contextlib.closing(again.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("select a from kept")
            assert cursor.fetchone() == (7,)
    finally:
        server.stop()
        remove_server_home(server.folder)
    assert not server.home.exists()


def test_root_never_takes_over_a_strangers_folder(tmp_path: Path) -> None:
    """A remembered folder that does not belong to the account any more is not used."""
    account = service_account()
    if account is None:
        assert server_home(tmp_path / "pg", None) == tmp_path / "pg"
        return
    folder = tmp_path / "pg"
    folder.mkdir()
    (folder / "moved-to").write_text(str(tmp_path))
    home = server_home(folder, account)
    try:
        assert home.parent == Path("/var/tmp")
        assert home.stat().st_uid == account.uid
    finally:
        remove_server_home(folder)


def test_valkey_wants_a_password_and_listens_here_only(valkey: ValkeyServer) -> None:
    """Without the password nothing is answered; the port is open on 127.0.0.1 alone."""
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(host="127.0.0.1", port=valkey.port).ping()
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", valkey.port)) != 0
    arguments = " ".join(valkey.child.argv)
    assert valkey.password not in arguments


def test_valkey_keeps_its_queue_over_a_restart(valkey: ValkeyServer) -> None:
    """What was queued is there after a stop and a start."""
    redis.Redis.from_url(valkey.url).rpush("celery", "one")
    valkey.stop()
    valkey.start()
    assert redis.Redis.from_url(valkey.url).lrange("celery", 0, -1) == [b"one"]


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("npm error ENOSPC: no space left on device", "the disk is full: npm could not write"),
        ("ERROR: role is missing\nType 'help' for usage.", "npm failed: ERROR: role is missing"),
        ("", "npm failed: it said nothing"),
    ],
)
def test_a_failure_is_one_clear_line(output: str, line: str) -> None:
    """Whatever a program printed, the person reads one line."""
    assert explain_failure("npm", output) == line
