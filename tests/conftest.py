"""What all tests share: databases, servers, people. PostgreSQL, Valkey, worker and mail are real."""

import contextlib
import gc
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.template.base import Template
from django.template.context import Context
from django.test import TransactionTestCase
from django.test.signals import template_rendered
from django.utils import translation
from pytest_django import DjangoDbBlocker
from whitenoise import WhiteNoise

from cases import browsing, searching
from exchange.celery import app as celery
from exchange.processes import Child, free_port
from tests import databases
from tests.cases.finding import WAYS
from tests.factories import Line, World
from tests.memory import memory
from tests.servers import Lasting, MailServer, end, start_web, start_worker

RUN = "COMITY_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    """Name the run, for all its workers; give each worker a database of Valkey's of its own."""
    if not databases.HOME:
        raise pytest.UsageError("DATABASE_OWNER_URL is not set: use `make test`, or -m exchange.testbed pytest")
    os.environ.setdefault(RUN, secrets.token_hex(4))
    number = int(worker_of(config).removeprefix("gw") or 0) % 8
    head, _, _ = django_settings.REDIS_URL.rpartition("/")
    url = f"{head}/{number}" if "://" in head else f"{django_settings.REDIS_URL}/{number}"
    django_settings.REDIS_URL = django_settings.CELERY_BROKER_URL = celery.conf.broker_url = url
    os.environ["REDIS_URL"] = url


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller takes away what its workers could not."""
    if not hasattr(config, "workerinput") and RUN in os.environ:
        databases.Databases(os.environ[RUN], "").sweep()


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: the garbage collector need not look through it each time."""
    gc.collect()
    gc.freeze()


def worker_of(config: pytest.Config) -> str:
    """This process's name under xdist, or gw0."""
    return getattr(config, "workerinput", {}).get("workerid", "gw0")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[databases.Databases]:
    """The worker's database: a copy of the template, used as the application's role."""
    ours = databases.Databases(os.environ[RUN], worker_of(request.config))
    case = TransactionTestCase
    before = case._fixture_teardown, case._should_reload_connections
    with django_db_blocker.unblock():
        ours.make_template()
        ours.renew()
        # A test that commits leaves its rows behind: the next one starts without them.
        case._fixture_teardown = lambda self: ours.renew()
        case._should_reload_connections = lambda self: False
    yield ours
    case._fixture_teardown, case._should_reload_connections = before
    with django_db_blocker.unblock():
        ours.drop_all()


@pytest.fixture(scope="session", autouse=True)
def static_files_are_read_once() -> Iterator[None]:
    """Each new client makes the middleware anew, which would read all static files again: for most, half their time."""
    read, known = WhiteNoise.update_files_dictionary, {}

    def once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in known:
            read(self, root, prefix)
            known[root, prefix] = dict(self.files)
        self.files.update(known[root, prefix])

    WhiteNoise.update_files_dictionary = once
    yield
    WhiteNoise.update_files_dictionary = read


@pytest.fixture(scope="session", autouse=True)
def only_the_pages_context_is_kept(django_test_environment: None) -> Iterator[None]:
    """Django copies for each response the context of every part of its page, which nobody asks for."""

    def render(self: Template, context: Context) -> str:
        if context.template is self:
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    before, Template._render = Template._render, render
    yield
    Template._render = before


@pytest.fixture(autouse=True)
def english() -> None:
    """Each test begins in English: a page that the test before asked for leaves its language behind."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def remembering() -> Iterator[None]:
    """What other tests began with need not be done again: see tests/memory.py."""
    with memory.awake():
        yield


@pytest.fixture
def owner_sql(db: None) -> Iterator[Any]:
    """A cursor as the owner of the tables; each statement commits. Sees only what the test has committed."""
    with contextlib.closing(databases.connect("owner")) as connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def world(db: None) -> World:
    """Two states, four agencies, six people: see tests/factories.py."""
    return World()


@pytest.fixture
def line(world: World) -> Line:
    """A request in its first state, complete enough to be submitted, and the means to take it on."""
    return Line(world)


@pytest.fixture(params=WAYS)
def reach(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """All ways in which a search's hits and a reader's grants are brought together."""
    if request.param != "few":
        monkeypatch.setattr(browsing, "FEW", 0)
    if request.param == "many and common":
        monkeypatch.setattr(searching, "RARE", 0)
    return request.param


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The worker's own part of Valkey, its queue empty."""
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    with contextlib.closing(client):
        client.delete("celery", "unacked", "unacked_index")
        yield client
        client.delete("celery", "unacked", "unacked_index")


@pytest.fixture(scope="session")
def mail_port() -> int:
    """Where this process's mail server listens, while a test has one."""
    return free_port()


@pytest.fixture
def mail(settings: Any, mail_port: int) -> Iterator[MailServer]:
    """A mail server that delivers to nobody; this process and the worker send through it."""
    with MailServer(mail_port) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def worker(transactional_db: None, broker: redis.Redis, mail: MailServer, tmp_path: Path) -> Iterator[Child]:
    """A real Celery worker over the test's database."""
    child = start_worker(tmp_path / "worker.log", EMAIL_URL=mail.url)
    yield child
    end(child)


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    """Servers that go on from test to test."""
    servers = Lasting(tmp_path_factory.mktemp("servers"))
    yield servers
    servers.end()


@pytest.fixture
def portal(
    transactional_db: None, broker: redis.Redis, lasting: Lasting, tmp_path: Path
) -> Iterator[Callable[..., str]]:
    """Call it for gunicorn over the test's database; it returns the address.

    One with settings of its own is started for this test, and logs to its `web.log`.
    """
    children: list[Child] = []

    def start(**more: str) -> str:
        if more.keys() <= {"EXERCISE", "REDIS_URL"}:
            return lasting.web(**more)
        child, url = start_web(tmp_path / "web.log", **more)
        children.append(child)
        return url

    yield start
    for child in children:
        end(child)
