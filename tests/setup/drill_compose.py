"""`make drill-compose`: each command of docker-compose.yml run outside a container, in the order of docs/operations.md.

The secrets are files, each program begins with docker/entrypoint.py and the environment of its service and nothing
else, PostgreSQL and Valkey stand in place of their images, and nginx (the machine's, with our configuration) ends TLS
in front of a real gunicorn. Only addresses and places are changed: `Stack.outside`. Needs nginx and openssl.
"""

import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docker.make_secrets import contents
from exchange.embedded import SUPERUSER, PostgresServer, ValkeyServer, private_folder, remove_server_home
from exchange.processes import Child, free_port
from tests.servers import wait_for
from tests.setup.test_compose import ROOT, SERVICES, command_of

SITE = "portal.example"
PROGRAMS = Path(sys.executable).parent


class Stack:
    """All services, each started by its own command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: str(free_port()) for name in ("8000", "9100", "9101", "8080", "8443")}
        self.children: dict[str, Child] = {}
        self.secrets = private_folder(folder / "secrets")
        made = contents()
        self.database = PostgresServer(
            folder / "postgresql", folder / "postgresql.log", made["database_admin_password"]
        )
        self.broker = ValkeyServer(folder / "valkey", folder / "valkey.log", made["valkey_conf"].split()[1])
        self.made = made

    def start_servers(self) -> None:
        """Database and broker, and the secrets that name them."""
        self.database.start()
        self.database.make_database()
        self.broker.start()
        place = self.database.url("role", "word").partition("@")[2]
        for name, text in self.made.items():
            text = text.replace("postgresql:5432/comity", place)
            text = text.replace("valkey:6379", f"127.0.0.1:{self.broker.port}")
            (self.secrets / name).write_text(text)
        argv = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=portal.example"
        argv += f" -addext subjectAltName=DNS:{SITE} -keyout {self.secrets}/tls_key -out {self.secrets}/tls_certificate"
        subprocess.run(shlex.split(argv), check=True, capture_output=True)

    def outside(self, text: str) -> str:
        """The same, where there is no container: addresses of this machine, places of this run."""
        places = {
            "/run/secrets": str(self.secrets),
            "/etc/nginx/pages": f"{ROOT}/docker/nginx/pages",
            "/var/lib/comity": str(self.folder),
            "/tmp/": f"{self.folder}/",
            "web:8000": f"127.0.0.1:{self.ports['8000']}",
            "0.0.0.0": "127.0.0.1",
            **self.ports,
        }
        return re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], text)

    def environment(self, name: str) -> dict[str, str]:
        """What the service has, and what any container has."""
        given = {key: str(value) for key, value in SERVICES[name].get("environment", {}).items()}
        chosen = {"SITE_URL": f"https://{SITE}", "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}", "EXERCISE": ""}
        own = {key: chosen.get(key, self.outside(value)) for key, value in given.items()}
        more = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "FILES_ROOT": str(self.folder / "files"), "HOME": str(self.folder)}
        # The administrator's name: in the image it is `postgres`.
        return own | more | {"DATABASE_ADMIN": SUPERUSER, "TMPDIR": str(self.folder), "HOSTNAME": socket.gethostname()}

    def argv(self, name: str, command: list[str] | None = None) -> list[str]:
        """The entry point and a command; the service's own unless one is given."""
        return ["python", "docker/entrypoint.py", *map(self.outside, command or command_of(name))]

    def run(self, name: str, command: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command in a service, to its end."""
        argv = self.argv(name, command)
        argv[0] = str(PROGRAMS / "python")
        env = self.environment(name)
        return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)

    def check(self, name: str) -> bool:
        """The service's own health check."""
        test = SERVICES[name]["healthcheck"]["test"]
        argv = test[1:] if test[0] == "CMD" else ["sh", "-c", test[1].replace("$$", "$")]
        argv = [self.outside(part).replace("find /tmp ", f"find {self.folder} ") for part in argv]
        env = self.environment(name)
        return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, timeout=60).returncode == 0

    def start(self, name: str) -> None:
        """Start a service and wait until its health check is content."""
        argv = self.argv(name)
        argv[0] = str(PROGRAMS / "python")
        self._start(name, argv, self.environment(name))

    def start_proxy(self) -> None:
        """Nginx of this machine, as whoever runs the drill, with our configuration."""
        conf = self.folder / "nginx.conf"
        conf.write_text(self.outside((ROOT / "docker" / "nginx" / "nginx.conf").read_text()))
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "nginx is not installed here (Debian, Ubuntu: apt install nginx-light)"
        argv = [program, "-c", str(conf), *SERVICES["proxy"]["entrypoint"][1:]]
        if os.geteuid() == 0:
            # Started by root it would become another account, which cannot enter this run's folder.
            argv[-1] += " user root;"
        self._start("proxy", argv, {"PATH": os.environ["PATH"]})

    def _start(self, name: str, argv: list[str], env: dict[str, str]) -> None:
        child = self.children[name] = Child(name, argv, self.log(name), env=env, cwd=ROOT)
        child.start()
        wait_for(lambda: self.check(name) or not child.alive, 90)
        assert child.alive, child.last_words(20)

    def log(self, name: str) -> Path:
        """What the service says."""
        return self.folder / f"{name}.log"

    def end(self) -> None:
        """End everything."""
        for child in self.children.values():
            child.stop()
        self.broker.stop()
        self.database.stop()
        remove_server_home(self.folder / "postgresql")

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Through the proxy, as a browser that knows its certificate: status, headers, text."""
        known = ssl.create_default_context(cafile=str(self.secrets / "tls_certificate"))
        line = http.client.HTTPSConnection(SITE, timeout=30, context=known)
        line.sock = known.wrap_socket(
            socket.create_connection(("127.0.0.1", int(self.ports["8443"])), 30), server_hostname=SITE
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body, {"Host": SITE, "Connection": "close"} | named)
        answer = line.getresponse()
        kept = {}
        for name, value in answer.getheaders():
            kept[name] = f"{kept[name]}\n{value}" if name in kept else value
        return answer.status, kept, answer.read().decode()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Servers and secrets; the tests below go on from each other, as an operator does."""
    made = Stack(tmp_path_factory.mktemp("compose"))
    try:
        made.start_servers()
        yield made
    finally:
        made.end()


def test_1_the_migration_runs_and_does_nothing_the_second_time(stack: Stack) -> None:
    """Roles, tables, rights; only this service knows the owner."""
    first, second = stack.run("migrate"), stack.run("migrate")
    assert first.returncode == 0, first.stderr
    assert "Applying" in first.stdout and second.returncode == 0 and "No migrations to apply" in second.stdout


def test_2_the_first_admins(stack: Stack) -> None:
    """As docs/operations.md has it: in a service that knows no owner."""
    text = (ROOT / "docs" / "operations.md").read_text()
    found = re.search(r"docker compose run --rm web (python manage\.py found_secretariat.+?)\n```", text, re.S)
    assert found
    # A portal over TLS takes no people of the papers for real ones: addresses that end in .example are an exercise's.
    command = found[1].replace("\\\n", " ").replace(".example>", ".invalid>")
    done = stack.run("web", shlex.split(command))
    assert done.returncode == 0, done.stderr
    assert "2 platform admins" in done.stdout


def test_3_the_proxy_while_the_portal_is_away(stack: Stack) -> None:
    """503 in both languages, kept by nobody; a program's is JSON; plain http leads to https; old TLS does not."""
    stack.start_proxy()
    status, headers, text = stack.ask("/cases/")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "30", "no-store")
    assert (
        "cannot be reached now" in text
        and "сейчас недоступен" in text
        and headers["Content-Type"].startswith("text/html")
    )
    assert "default-src 'none'" in headers["Content-Security-Policy"] and headers["Server"] == "nginx"
    assert stack.ask("/proxy-pages/page.css")[1]["Content-Type"] == "text/css"
    status, headers, text = stack.ask("/api/v1/cases/")
    assert status == 503 and headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(text)["status"] == 503
    plain = http.client.HTTPConnection("127.0.0.1", int(stack.ports["8080"]), timeout=30)
    plain.request("GET", "/cases/?state=open", headers={"Host": SITE})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{SITE}/cases/?state=open")
    for version, works in (
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ):
        assert handshake(int(stack.ports["8443"]), version) == works


def test_3_what_the_proxy_cannot_read(stack: Stack) -> None:
    """Its own page in both languages, whatever is wrong: the address, the head, or http where TLS is spoken."""
    answers = [stack.ask(f"/cases/?q={'x' * 20_000}"), stack.ask("/cases/", X_Long="x" * 20_000)]
    plain = http.client.HTTPConnection("127.0.0.1", int(stack.ports["8443"]), timeout=30)
    plain.request("GET", "/cases/", headers={"Host": SITE})
    answer = plain.getresponse()
    answers.append((answer.status, answer.headers, answer.read().decode()))
    assert [status for status, _headers, _text in answers] == [414, 400, 400]
    for _status, headers, text in answers:
        assert "This could not be read" in text and "Это не удалось прочитать" in text
        assert headers["Cache-Control"] == "no-store" and "default-src 'none'" in headers["Content-Security-Policy"]


def handshake(port: int, version: ssl.TLSVersion) -> bool:
    """Whether the proxy speaks this version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as line, context.wrap_socket(line):
            return True
    except (ValueError, OSError):
        return False


@pytest.mark.parametrize("name", ["web", "worker", "beat", "metrics"])
def test_4_each_service_starts_and_is_healthy(stack: Stack, name: str) -> None:
    """By its own command, until its own health check says so."""
    stack.start(name)


def test_5_the_portal_through_the_proxy(stack: Stack) -> None:
    """Secure, ready, with the portal's own headers; what a client says of itself does not pass."""
    status, headers, text = stack.ask("/accounts/login/", X_Forwarded_Proto="http", X_Forwarded_Host="evil.example")
    assert status == 200 and "csrfmiddlewaretoken" in text and "evil" not in text
    assert "__Host-csrf" in headers["Set-Cookie"] and "Secure" in headers["Set-Cookie"]
    assert "max-age=31536000" in headers["Strict-Transport-Security"] and headers["Server"] == "nginx"
    pages = (ROOT / "docker" / "nginx" / "pages" / "headers.conf").read_text()
    assert headers["Strict-Transport-Security"] in pages
    style = re.search(r'href="(/static/build/comity[^"]*\.css)"', text)
    assert style and stack.ask(style[1])[0] == 200
    wait_for(lambda: json.loads(stack.ask("/readyz")[2])["status"] == "ok", 30)
    assert stack.ask("/metrics")[0] == 404


def test_6_what_is_too_large(stack: Stack) -> None:
    """A little: the portal's own page, in the reader's language. Far: the proxy's, in both, and nothing is read."""
    upload = "/cases/00000000-0000-4000-8000-000000000000/items/new/document/"
    status, _headers, text = stack.ask(upload, "POST", b"x" * (31 * 1024 * 1024), Accept_Language="ru")
    assert status == 413 and "Слишком большой объём" in text and "25 MB" in text.replace("МБ", "MB")
    for path, megabytes in ((upload, 41), ("/cases/new/", 9)):
        status, headers, text = stack.ask(path, "POST", b"", Content_Length=str(megabytes * 1024 * 1024))
        assert status == 413 and "Too large" in text and "Слишком большой объём" in text
        assert headers["Cache-Control"] == "no-store"


def test_7_limits_count_people_and_not_the_proxy(stack: Stack) -> None:
    """Failed sign-ins of one address are slowed down, whatever it claims to pass on: 30 a minute may fail."""
    _status, headers, text = stack.ask("/accounts/login/")
    cookie = headers["Set-Cookie"].partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    answers = []
    for number in range(34):
        body = f"csrfmiddlewaretoken={token[1]}&login=nobody{number}@{SITE}&password=wrong-wrong-wrong"
        headers = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://{SITE}", "Cookie": cookie}
        sent = stack.ask("/accounts/login/", "POST", body, X_Forwarded_For=f"198.51.100.{number}", **headers)
        answers.append("Too many failed login attempts" in sent[2])
    assert answers.index(True) == 30 and all(answers[30:])


def test_8_no_log_holds_an_address(stack: Stack) -> None:
    """The portal's lines are JSON; the proxy's say from where and with which number, and not what."""
    stack.ask("/cases/?owner=Zq-never-in-a-log")
    for name in ("web", "proxy"):
        text = stack.log(name).read_text()
        assert "Zq-never-in-a-log" not in text and "/accounts/login/" not in text
        lines = [json.loads(line) for line in text.splitlines()]
        numbers = {line.get("request_id") for line in lines}
        assert len(numbers) > 5, name
    assert all({"from", "status", "seconds"} <= line.keys() for line in lines)


def test_9_the_portal_ends_and_comes_back(stack: Stack) -> None:
    """Each ends by itself when it is asked to, within its time; meanwhile the page; then all is as before."""
    for name in ("worker", "beat", "metrics", "web"):
        child = stack.children[name]
        child.ask_to_stop()
        assert child.process is not None
        child.process.wait(30)
    assert stack.ask("/accounts/login/")[0] == 503
    stack.start("web")
    assert stack.ask("/accounts/login/")[0] == 200
    assert not list(stack.folder.glob("comity-metrics-*"))[1:], "the counts of the one that ended are swept"
