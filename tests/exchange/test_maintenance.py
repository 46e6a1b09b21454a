"""The portal at rest, and the portal whose database is away: real processes, a real database that goes."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from exchange import maintenance
from tests.databases import HOME, connect
from tests.factories import World

PAGES = ("/", "/cases/", "/accounts/login/", "/no/such/page/")


def ask(url: str, body: bytes | None = None, *, signed_in: bool = False) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of one answer; for somebody who says to be signed in, the session is looked up."""
    headers = {"Accept-Language": "ru"} | ({"Cookie": f"sid={'x' * 32}"} if signed_in else {})
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, dict(answer.headers), answer.read().decode()


@contextmanager
def no_database() -> Iterator[None]:
    """Nobody can connect to the test's database, and who was connected no longer is."""
    name = connections.settings["default"]["NAME"]
    for alias in ("default", "owner"):
        connections[alias].close()
    with closing(connect("owner", HOME)) as owner, owner.cursor() as cursor:
        try:
            cursor.execute(f'alter database "{name}" with allow_connections false')
            with closing(connect("default", HOME)) as ours, ours.cursor() as theirs:
                theirs.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = user",
                    [name],
                )
            yield
        finally:
            cursor.execute(f'alter database "{name}" with allow_connections true')


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("", 10), ("30\n", 30), ("0", 1), ("soon", 10), ("-5", 10), ("9" * 19, 7 * 24 * 60), ("٣", 10), ("\xff", 10)],
)
def test_what_the_file_says(settings: Any, tmp_path: Path, written: str, minutes: int) -> None:
    """Minutes; whatever else is in it means ten."""
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    assert maintenance.minutes_left() is None
    settings.MAINTENANCE_FILE.write_text(written, encoding="utf-8")
    assert maintenance.minutes_left() == minutes


def test_a_file_that_cannot_be_read_counts(settings: Any, tmp_path: Path) -> None:
    """A folder in its place, say."""
    settings.MAINTENANCE_FILE = tmp_path
    assert maintenance.minutes_left() == 10


def test_the_portal_at_rest(portal: Callable[..., str], tmp_path: Path) -> None:
    """Every page and form says so while the file is there, with the database or without it; then all is as before."""
    World()
    file = tmp_path / "rest"
    url = portal(MAINTENANCE_FILE=str(file))
    assert ask(f"{url}/accounts/login/")[0] == 200
    file.write_text("20")
    with no_database():
        for page in PAGES:
            for body in (None, b"title=x"):
                status, headers, text = ask(url + page, body)
                assert (status, headers["Retry-After"]) == (503, "1200"), page
                assert "20 мин" in text and headers["Cache-Control"] == "no-store"
                assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert ask(f"{url}/healthz")[0] == 200
        assert ask(f"{url}/static/build/comity.css")[0] == 200
    status, _headers, text = ask(f"{url}/readyz")
    assert (status, json.loads(text)["status"], json.loads(text)["database"]) == (503, "maintenance", "ok")
    file.unlink()
    assert ask(f"{url}/accounts/login/")[0] == 200


def test_the_database_is_away(portal: Callable[..., str]) -> None:
    """503 with words, a number and when to come again; readyz says what is missing; then all is as before."""
    World()
    url = portal()
    assert ask(f"{url}/accounts/login/")[0] == 200
    with no_database():
        for page in PAGES[:3]:
            status, headers, text = ask(url + page, signed_in=True)
            assert status == 503 and headers["Retry-After"] == "120", page
            assert headers["X-Request-ID"] in text and '<html lang="ru">' in text
        assert ask(f"{url}/healthz")[0] == 200
        status, _headers, text = ask(f"{url}/readyz")
        assert (status, json.loads(text)["database"]) == (503, "unavailable")
    assert ask(f"{url}/accounts/login/")[0] == 200
