"""docker-compose.yml and the Dockerfile, as far as they can be checked without an engine."""

import importlib.util
import json
import os
import re
import stat
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from exchange.errors import ERRORS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "metrics")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "docker" / "nginx" / "nginx.conf").read_text()


def test_the_same_parts_as_the_demo() -> None:
    """Database, broker, web, worker, beat, the one-shot migration; and the door, and who tells of them."""
    assert set(SERVICES) == {"proxy", "postgresql", "valkey", "migrate", "web", "worker", "beat", "metrics"}


def test_only_the_proxy_is_published() -> None:
    """It reaches the portal and nothing else: database, broker and metrics are in a network that it is not in."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"proxy": ["80:8080", "443:8443"]}
    assert {name for name, service in SERVICES.items() if "front" in service["networks"]} == {"proxy", "web"}
    assert {name for name, service in SERVICES.items() if "inside" not in service["networks"]} == {"proxy"}
    # Mail leaves by the worker.
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {"proxy", "worker"}
    assert all(COMPOSE["networks"][name] == {"internal": True} for name in ("inside", "front"))
    assert "9100" not in NGINX and "9101" not in NGINX


def test_the_proxy_fits_the_portal() -> None:
    """Its limit is above the portal's, whose page has the words; it sets what says that a click came by TLS."""
    form_mb = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
    forms, files = (int(limit) for limit in re.findall(r"client_max_body_size (\d+)m;", NGINX))
    assert form_mb < forms <= 2 * form_mb
    assert settings.UPLOAD_LIMIT_MB + form_mb < files <= 2 * settings.UPLOAD_LIMIT_MB
    (place,) = re.findall(r"location ~ (\S+) \{", NGINX)
    assert re.search(place, reverse("cases:document_create", args=[uuid.uuid4()]))
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in NGINX and "server_tokens off;" in NGINX
    for header, value in (("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "$remote_addr")):
        assert f"proxy_set_header {header} {value};" in NGINX
    assert SERVICES["web"]["environment"]["BEHIND_TLS_PROXY"] == "true"
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "1"
    mounted = {volume.split(":")[0] for volume in SERVICES["proxy"]["volumes"]}
    assert all((ROOT / place).exists() for place in mounted)
    # Addresses stay out of its logs.
    form = re.search(r"log_format click.+?;\n", NGINX, re.S)
    assert form and not re.search(r"\$(request|uri|request_uri|args|http_\w+|query_string)\b", form[0])


def test_the_proxys_pages_speak_as_the_portal_does() -> None:
    """In both languages, in the words of exchange/errors.py, without script or style in the page."""
    for file, name in (("away", "away"), ("bad", "bad_request"), ("large", "too_large")):
        text = (ROOT / "docker" / "nginx" / "pages" / f"{file}.html").read_text()
        for language in ("en", "ru"):
            with translation.override(language):
                assert f"<h1>{ERRORS[name].title}</h1>" in text
        assert "<script" not in text and "style=" not in text and "<style" not in text
    json.loads((ROOT / "docker" / "nginx" / "pages" / "away.json").read_text())


def test_all_that_stays_up_has_a_health_check() -> None:
    """The one-shot service ends; all others are watched."""
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate"}


def test_no_secret_stands_in_the_file() -> None:
    """Passwords, keys and addresses that hold one come from files."""
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|KEY|DATABASE|REDIS", variable):
                given = variable == "POSTGRES_DB" or str(value).startswith("/run/secrets/")
                assert given, f"{name}: {variable}"
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    assert not re.search(r"://[^/\s]*:[^/\s]*@", (ROOT / "docker-compose.yml").read_text())


def test_every_secret_that_is_read_is_mounted() -> None:
    """A service's *_FILE variables name secrets that it has, and that the file declares."""
    for name, service in SERVICES.items():
        read = {
            str(v).removeprefix("/run/secrets/")
            for v in service.get("environment", {}).values()
            if str(v).startswith("/run/secrets/")
        }
        assert read <= set(service["secrets"]), name
        assert set(service["secrets"]) <= set(COMPOSE["secrets"]), name


def test_only_the_migration_knows_the_owner() -> None:
    """Web, worker and beat have neither the owner's address nor the administrator's password."""
    knows_owner = {name for name, service in SERVICES.items() if "database_owner_url" in service["secrets"]}
    knows_admin = {name for name, service in SERVICES.items() if "database_admin_password" in service["secrets"]}
    assert knows_owner == {"migrate"}
    assert knows_admin == {"migrate", "postgresql"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_containers_may_do_little(name: str) -> None:
    """Read-only, no capabilities, no new privileges, no root; their lines do not fill the disk."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert name in OURS or re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert name == "migrate" or "memory" in service["deploy"]["resources"]["limits"]


def test_services_wait_for_what_they_need() -> None:
    """Nobody serves before the migration is done."""
    for name in ("web", "worker", "beat", "metrics"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def command_of(name: str) -> list[str]:
    """What a service of our image runs: its own command, or that of the image."""
    default = re.search(r"^CMD (\[.*?\])", DOCKERFILE, re.M | re.S)
    assert default is not None
    return SERVICES[name].get("command") or yaml.safe_load(default[1].replace("\\\n", ""))


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    """Programs are of locked packages, modules and scripts of the checkout."""
    command = command_of(name)
    if command[0] == "python":
        assert (ROOT / command[1]).is_file()
    else:
        assert importlib.util.find_spec(command[0]) is not None
        assert re.search(rf"^{command[0]}==", (ROOT / "requirements" / "base.txt").read_text(), re.M)
    if command[0] == "gunicorn":
        assert command[1].replace(":", ".") == settings.WSGI_APPLICATION


def test_what_the_dockerfile_copies_is_there() -> None:
    """Each copied path is in the checkout and is not kept out by .dockerignore."""
    ignored = (ROOT / ".dockerignore").read_text().split()
    for sources in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M):
        for source in sources.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source == "." or source not in ignored, source


def test_every_app_is_in_the_image() -> None:
    """Whoever adds an app must copy it too."""
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.M))
    assert apps <= copied


def test_the_image_does_not_run_as_root() -> None:
    """The last stage names an account by number, as Kubernetes wants it."""
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.M)


def test_secrets_are_made_once_and_closed(tmp_path: Path) -> None:
    """All that the compose file names is made; a second run changes nothing."""
    script = tmp_path / "make_secrets.py"
    script.write_bytes((ROOT / "docker" / "make_secrets.py").read_bytes())
    assert subprocess.run([sys.executable, script]).returncode == 0
    folder = tmp_path / "secrets"
    made = {path.name: path.read_text() for path in folder.iterdir()}
    # The certificate comes from whoever the operator has it from.
    assert set(made) == set(COMPOSE["secrets"]) - {"tls_certificate", "tls_key"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(made["secret_key"]) >= 50
    assert subprocess.run([sys.executable, script], capture_output=True).returncode == 1
    assert made == {path.name: path.read_text() for path in folder.iterdir()}


def test_entrypoint_turns_secrets_into_settings(tmp_path: Path) -> None:
    """NAME_FILE becomes NAME, and a missing secret is one clear line."""
    secret = tmp_path / "key"
    secret.write_text("of-a-file\n")
    code = "import os; print(os.environ['SECRET_KEY'], 'SECRET_KEY_FILE' in os.environ)"
    argv = [sys.executable, ROOT / "docker" / "entrypoint.py", sys.executable, "-c", code]
    done = subprocess.run(argv, env=os.environ | {"SECRET_KEY_FILE": str(secret)}, capture_output=True, text=True)
    assert done.stdout == "of-a-file False\n"
    missing = os.environ | {"SECRET_KEY_FILE": str(tmp_path / "none")}
    done = subprocess.run(argv, env=missing, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"comity: cannot read the secret {tmp_path / 'none'}: No such file or directory\n"
