"""docker-compose.yml and the Dockerfile, as far as they can be checked without an engine."""

import importlib.util
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_same_parts_as_the_demo() -> None:
    """Database, broker, web, worker, beat, and the one-shot migration."""
    assert set(SERVICES) == {"postgresql", "valkey", "migrate", "web", "worker", "beat"}


def test_only_the_web_is_published_and_only_here() -> None:
    """A proxy on the same machine reaches the portal; nothing else is reached from outside."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


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


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name: str) -> None:
    """Read-only, no capabilities, no new privileges."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_services_wait_for_what_they_need() -> None:
    """Nobody serves before the migration is done."""
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    """Programs are of locked packages, modules and scripts of the checkout."""
    default = re.search(r"^CMD (\[.*?\])", DOCKERFILE, re.M | re.S)
    assert default is not None
    command = SERVICES[name].get("command") or yaml.safe_load(default[1].replace("\\\n", ""))
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
    assert set(made) == set(COMPOSE["secrets"])
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
