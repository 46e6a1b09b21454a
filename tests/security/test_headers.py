"""What every answer says about itself: kept by nobody, framed by nobody, no script but ours."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.databases import environment
from tests.factories import World
from tests.security.people import browser
from tests.security.test_walker import FREE_OF_PEOPLE, Walk, rows

ROOT = Path(__file__).resolve().parents[2]
LINKED = {"join", "password_new"}
PAGES = sorted({address for address, method, _ in rows() if method == "GET"})


def policy(header: str) -> dict[str, set[str]]:
    """A Content-Security-Policy by its directives."""
    parts = (part.split() for part in header.split(";") if part.strip())
    return {name: set(values) for name, *values in parts}


def test_every_page(world: World) -> None:
    """Pages, refusals, files: for the drafter, for a stranger, for nobody."""
    walk = Walk(world)
    for address in PAGES:
        for who in ("officer", "other_state", "anonymous"):
            response = walk.ask(who, "GET", walk.url(address))
            where = f"{address} for {who}"
            headers = response.headers
            assert headers["X-Content-Type-Options"] == "nosniff", where
            assert headers["X-Frame-Options"] == "DENY", where
            # Behind a mailed link not even our own next page learns the address.
            linked = address.partition("/")[0] in LINKED
            assert headers["Referrer-Policy"] == ("strict-origin" if linked else "same-origin"), where
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
            assert "camera=()" in headers["Permissions-Policy"], where
            if who != "anonymous" or address not in FREE_OF_PEOPLE:
                assert "no-store" in headers["Cache-Control"], where
            csp = policy(headers["Content-Security-Policy"])
            assert not any("unsafe" in value for values in csp.values() for value in values), where
            if "sandbox" in csp:
                assert headers["Content-Disposition"].startswith("attachment"), where
            else:
                assert csp["default-src"] == {"'none'"} and csp["script-src"] == {"'self'"}, where
                assert csp["frame-ancestors"] == csp["base-uri"] == {"'none'"}, where
                assert csp["form-action"] == {"'self'"}, where


def test_pages_hold_no_code(world: World) -> None:
    """What the policy would refuse is not there: no inline script, style or handler."""
    walk = Walk(world)
    for address in PAGES:
        response = walk.ask("officer", "GET", walk.url(address))
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        page = response.content.decode().lower()
        assert "<script>" not in page and "<style" not in page and " style=" not in page, address
        assert " onclick=" not in page and "javascript:" not in page and "hx-on" not in page, address


def test_cookies(world: World) -> None:
    """Not to be read by a script, not sent along from another site; gone with the browser."""
    world.drafter.set_password("a long and invented sentence")
    world.drafter.save()
    client = Client()
    client.get(reverse("account_login"))
    sent = {"login": world.drafter.email, "password": "a long and invented sentence"}
    assert client.post(reverse("account_login"), sent)["Location"] == "/"
    client.get(reverse("cases:create"))
    client.post(reverse("language"), {"language": "ru"})
    assert {"sid", "csrf"} < set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"], cookie
    assert not client.cookies["sid"]["max-age"]


ASK = """
import json, django
django.setup()
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY")}))
"""


def test_cookies_over_tls(db: None) -> None:
    """Wherever the portal is reached by https, cookies travel by it only and belong to this host alone."""
    more = {"SITE_URL": "https://comity.example", "DJANGO_SETTINGS_MODULE": "exchange.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment(**more), capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found.pop("SECURE_HSTS_SECONDS") >= 365 * 24 * 60 * 60
    assert found.pop("SESSION_COOKIE_NAME") == "__Host-sid" and found.pop("CSRF_COOKIE_NAME") == "__Host-csrf"
    assert all(found.values())


GOOD = {"SITE_URL": "https://comity.example", "SECRET_KEY": secrets.token_urlsafe(60), "DEBUG": "", "EXERCISE": ""}
UNSAFE = {
    "a demo key": ({"SECRET_KEY": "demo-" + "x" * 60}, "SECRET_KEY"),
    "a test key": ({"SECRET_KEY": "test-" + "x" * 60}, "SECRET_KEY"),
    "a demo key from before": ({"SECRET_KEY": GOOD["SECRET_KEY"] + "\ndemo-" + "x" * 60}, "SECRET_KEY"),
    "a short key": ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    "DEBUG": ({"DEBUG": "1"}, "DEBUG"),
    "plain http": ({"SITE_URL": "http://comity.example"}, "https"),
    "plain http for other hosts": (
        {"SITE_URL": "http://localhost:8000", "ALLOWED_HOSTS": "localhost,portal.gov.example"},
        "ALLOWED_HOSTS",
    ),
    "plain http for every host": ({"SITE_URL": "http://localhost:8000", "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    "the owner beside": ({"DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL", "")}, "DATABASE_OWNER_URL"),
    "the owner as application": ({"DATABASE_URL": "owner"}, "owns no table"),
    "an account of an exercise": ({}, "exercise's account"),
}
BOOT = "import exchange.wsgi; print('started')"


def start(**more: str) -> subprocess.CompletedProcess[str]:
    """Open the door that gunicorn opens."""
    found = environment() | more
    found["DJANGO_SETTINGS_MODULE"] = "exchange.settings"
    if found["DATABASE_URL"] == "owner":
        head, _, _ = os.environ["DATABASE_OWNER_URL"].rpartition("/")
        found["DATABASE_URL"] = f"{head}/{environment()['DATABASE_URL'].rpartition('/')[2]}"
    return subprocess.run(
        [sys.executable, "-c", BOOT], cwd=ROOT, env=found, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_safe_portal_starts(transactional_db: None) -> None:
    """The measure for the others."""
    done = start(**GOOD)
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr


def test_an_exercise_starts_over_tls(transactional_db: None) -> None:
    """Its people have random passwords, and every page names it: docs/adr/0028-what-starts.md."""
    World()
    done = start(**(GOOD | {"EXERCISE": "Saffron Crate"}))
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr


@pytest.mark.parametrize("how", UNSAFE)
def test_an_unsafe_portal_does_not_start(transactional_db: None, how: str) -> None:
    """Each unsafe setting ends the start, and is named."""
    more, named = UNSAFE[how]
    if how == "an account of an exercise":
        World()
    done = start(**(GOOD | more))
    assert done.returncode != 0 and named in done.stderr and "started" not in done.stdout
    key = (GOOD | more)["SECRET_KEY"]
    assert key == "short" or key not in done.stderr


CLOSED = (
    "/accounts/signup/",
    "/accounts/email/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/x/",
    "/accounts/password/change/",
    "/accounts/password/set/",
    "/accounts/password/reset/",
    "/accounts/reauthenticate/",
    "/accounts/inactive/",
    "/accounts/social/signup/",
    "/accounts/social/connections/",
    "/accounts/3rdparty/",
    "/accounts/google/login/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/_allauth/browser/v1/auth/signup",
    "/admin/",
    "/admin/login/",
    "/__debug__/",
    "/api/",
    "/media/",
    "/.env",
)


@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_doors(world: World, method: str) -> None:
    """Nobody signs up, changes an address, comes by another service, or finds an admin's site."""
    for client in (Client(), browser(world.drafter)):
        for url in CLOSED:
            assert getattr(client, method)(url).status_code == 404, url
