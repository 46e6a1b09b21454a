"""Pages of failure: in the reader's language, or both; without database, session or list of static files."""

import errno
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path, reverse

from exchange import errors
from exchange.errors import ERRORS, RETRY_AFTER, languages_of
from exchange.limits import sign_in_limits
from exchange.logs import Line, request_id
from exchange.urls import handler400, handler403, handler404, handler500  # noqa: F401 - those of this URLconf too
from tests.factories import World, person
from tests.security.people import browser

SECRET = "What a person typed"


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake of ours, with content in its words."""
    try:
        raise KeyError(SECRET)
    except KeyError as cause:
        raise IntegrityError(f"duplicate: ({SECRET})") from cause


def away(request: HttpRequest) -> HttpResponse:
    """The database does not answer."""
    raise OperationalError(f"connection refused, {SECRET}")


def full(request: HttpRequest) -> HttpResponse:
    """The disk of files on their way is full."""
    raise OSError(errno.ENOSPC, SECRET)


def strange(request: HttpRequest) -> HttpResponse:
    """What was sent cannot be read."""
    raise SuspiciousOperation(SECRET)


for view in (broken, away, full, strange):
    view.login_required = False  # type: ignore[attr-defined]
urlpatterns = [
    path("broken/", broken),
    path("away/", away),
    path("full/", full),
    path("strange/", strange),
    path("", include("exchange.urls")),
]


def page(name: str, **headers: str) -> HttpResponse:
    """A page of failure, for a browser with these headers."""
    return errors.page(RequestFactory(headers=headers).get("/"), name, limit=25, minutes=30)


# No test up to the line below may ask the database: pytest-django refuses it.


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize(("accepts", "language"), [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("fr, en-GB;q=0.5", "en")])
def test_in_the_readers_language(name: str, accepts: str, language: str) -> None:
    """What happened, what became of it and what to do; in one language; no database is asked."""
    response = page(name, **{"accept-language": accepts})
    text = response.content.decode()
    assert response.status_code == ERRORS[name].status
    assert f'<html lang="{language}">' in text and text.count("<section") == text.count("<h1") == 1
    assert len(re.findall("<p>", text)) >= 4
    assert ("Кыргыз" in text or bool(re.search("[а-я]{4}", text))) == (language == "ru")
    assert "%(" not in text and "style=" not in text and "<script" not in text
    assert (f'class="mono">{request_id()}<' in text) == ERRORS[name].numbered


@pytest.mark.parametrize("name", ERRORS)
def test_in_both_languages_when_neither_is_known(name: str) -> None:
    """Both stand on the page, each marked with its language, one heading first."""
    text = page(name).content.decode()
    assert re.findall('<section class="stack" lang="(..)">', text) == ["en", "ru"]
    assert text.count("<h1>") == text.count("<h2>") == 1
    assert str(ERRORS[name].title) in text


def test_the_language_is_guessed_without_asking() -> None:
    """The person's own, once it is known; then the cookie, then the browser."""
    request = RequestFactory(headers={"accept-language": "en"}).get("/")
    assert languages_of(request) == ["en"]
    request.COOKIES["django_language"] = "ru"
    assert languages_of(request) == ["ru"]
    request.LANGUAGE_CODE = "en"
    assert languages_of(request) == ["en"]
    odd = RequestFactory(headers={"accept-language": "tlh, *;q=0.1, \x00"}).get("/")
    odd.COOKIES["django_language"] = "../../etc"
    assert languages_of(odd) == ["en", "ru"]


def test_without_the_list_of_static_files(settings: Any, tmp_path: Path) -> None:
    """Nothing collected: the frame's pages cannot be made, these can."""
    settings.STATIC_ROOT = tmp_path
    text = page("failed").content.decode()
    assert 'href="/static/build/comity.css"' in text


def test_when_to_come_again() -> None:
    """Answers that say 'not now' say when."""
    for name, seconds in RETRY_AFTER.items():
        assert page(name)["Retry-After"] == str(seconds)
    request = RequestFactory().get("/")
    assert errors.page(request, "maintenance", retry_after=1800, minutes=30)["Retry-After"] == "1800"
    assert not page("failed").has_header("Retry-After")


def test_the_exercise_is_named(settings: Any) -> None:
    """As on every other page."""
    settings.EXERCISE = "Saffron Crate"
    assert "Saffron Crate" in page("failed").content.decode()


def line(message: str, *args: object, exc: BaseException | None = None, words: bool = False) -> str:
    """A log line."""
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logging.LogRecord("comity", logging.ERROR, __file__, 1, message, args, info)
    return Line(words=words).format(record)


def test_a_line_is_one_line() -> None:
    """UTC, level, logger, number; nobody begins a second line, or moves the cursor, by an address."""
    text = line("asked for %s", "/a\r\n2026-01-01 INFO forged\x1b[2J\u2028")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ERROR comity - asked for /a\\r\\n", text)
    assert len(text.splitlines()) == 1 and "\x1b" not in text


def test_a_failure_in_the_log_says_where_and_not_what() -> None:
    """Places and classes of the whole chain, never a message; developers read it too."""
    try:
        broken(HttpRequest())
    except IntegrityError as raised:
        text, whole = line("failed", exc=raised), line("failed", exc=raised, words=True)
    assert SECRET not in text and SECRET in whole
    assert "test_errors.py" in text and text.index("KeyError") < text.index("django.db.utils.IntegrityError")


# --- through the whole portal -------------------------------------------------------------------------------------


@pytest.fixture
def broken_portal(db: None, settings: Any) -> Client:
    """A portal with addresses that fail, and somebody signed in who reads Russian."""
    settings.ROOT_URLCONF = __name__
    reader = World().drafter
    reader.language = "ru"
    reader.save(update_fields=["language"])
    return browser(reader, raise_request_exception=False)


@pytest.mark.parametrize(("address", "status"), [("broken", 500), ("away", 503), ("full", 503), ("strange", 400)])
def test_a_failure_is_found_by_its_number(
    broken_portal: Client, address: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Page, header and log line bear one number; neither page nor log says what the failure said."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    watched = [logging.getLogger("django.request"), logging.getLogger("django.security.SuspiciousOperation")]
    for logger in watched:
        logger.addHandler(handler)
    try:
        response = broken_portal.get(f"/{address}/")
    finally:
        for logger in watched:
            logger.removeHandler(handler)
    number, text = response["X-Request-ID"], response.content.decode()
    assert response.status_code == status and re.fullmatch("[0-9a-f]{12}", number)
    assert f">{number}<" in text and '<html lang="ru">' in text and SECRET not in text
    logged = capsys.readouterr().err
    assert f" {number} " in logged
    assert SECRET not in logged and f"/{address}/" not in logged


def test_each_click_has_another_number(broken_portal: Client) -> None:
    """And outside a click there is none."""
    seen = {broken_portal.get("/healthz")["X-Request-ID"] for _ in range(5)}
    assert len(seen) == 5 and request_id() == "-"


def test_a_host_that_is_not_ours(db: None) -> None:
    """400, before anything is known of the reader."""
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
    assert response.status_code == 400 and response.content.decode().count("<section") == 2


@pytest.mark.django_db
def test_a_method_that_is_not_known() -> None:
    """405 in words, with what the address allows; the same for nobody and for a signed-in person."""
    for client in (browser(World().drafter), Client()):
        response = client.put(reverse("account_login"))
        assert response.status_code == 405 and response["Allow"] == "GET, HEAD, POST"
        assert "Nothing was changed." in response.content.decode()


@pytest.mark.django_db
def test_too_many_attempts(settings: Any) -> None:
    """django-allauth's limit answers with our page, and says when to come again."""
    settings.ACCOUNT_RATE_LIMITS = sign_in_limits(6)
    client = Client(headers={"accept-language": "en"})
    form = {"login": person().email, "password": "wrong"}
    statuses = [client.post(reverse("account_login"), form) for _ in range(7)]
    assert statuses[-2].status_code == 200
    assert statuses[-1].status_code == 429 and statuses[-1]["Retry-After"] == "300"
    assert "Your account is not blocked." in statuses[-1].content.decode()


@pytest.mark.django_db
def test_too_large() -> None:
    """413 with the limit, before the body is read."""
    client = Client(headers={"accept-language": "en"})
    response = client.post("/", data=b"x", content_type="text/plain", CONTENT_LENGTH=str(2**40))
    assert response.status_code == 413
    assert f"({settings.UPLOAD_LIMIT_MB} MB)" in response.content.decode()


@pytest.mark.django_db
def test_a_form_from_elsewhere() -> None:
    """The page of a form that is too old says what became of it and what to do."""
    client = browser(World().drafter, enforce_csrf_checks=True)
    response = client.post(reverse("cases:create"), {"title": SECRET}, headers={"origin": "http://evil.example"})
    text = response.content.decode()
    assert response.status_code == 403 and SECRET not in text
    assert str(ERRORS["csrf"].title) in text and str(ERRORS["csrf"].then) in text
