"""What the product must not use, because it would answer who may see what past cases/access.py."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "agencies", "audit", "notifications", "cases", "mla", "figures", "exports")
APPS += ("backups", "exchange", "exercise")
NAMES = {
    "has_perm",
    "has_perms",
    "has_module_perms",
    "get_objects_for_user",
    "get_objects_for_group",
    "assign_perm",
    "remove_perm",
    "get_perms",
    "get_user_perms",
    "get_users_with_perms",
    "create_superuser",
    "with_perm",
    "permission_required",
    "PermissionRequiredMixin",
    "ObjectPermissionChecker",
    "ModelBackend",
    "csrf_exempt",
    "mark_safe",
}
MODULES = {
    "guardian.shortcuts",
    "guardian.backends",
    "guardian.mixins",
    "guardian.decorators",
    "guardian.core",
    "guardian.utils",
    "guardian.managers",
    "guardian.templatetags",
    "guardian.admin",
    "django.contrib.admin",
    "django.contrib.auth.backends",
}


def sources() -> list[Path]:
    """The product's own files, without what Django wrote of its models."""
    return [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def used(tree: ast.AST) -> Iterator[str]:
    """Each banned name or module in a file, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in NAMES:
            yield node.attr
        elif isinstance(node, ast.Name) and node.id in NAMES:
            yield node.id
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if banned(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from (name for name in full if banned(name))
            yield from (alias.name for alias in node.names if alias.name in NAMES)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in MODULES | NAMES:
            yield node.value


def banned(module: str) -> bool:
    """Whether a module, or one above it, is banned."""
    return any(module == one or module.startswith(f"{one}.") for one in MODULES)


def test_the_product_uses_none_of_it() -> None:
    """By name, by import, by dotted text."""
    found = [f"{path.relative_to(ROOT)}: {name}" for path in sources() for name in used(ast.parse(path.read_text()))]
    assert len(sources()) > 50 and not found


def locks(tree: ast.AST) -> Iterator[bool]:
    """Of each row lock in a file, whether it leaves the row's key free."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "select_for_update":
            yield any(one.arg == "no_key" and getattr(one.value, "value", None) is True for one in node.keywords)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "for update" in node.value.lower():
            yield False


def test_a_lock_leaves_the_key_free() -> None:
    """A row that points at a locked one is written at once: a lock on the key too would make two acts deadlock.

    A foreign key is checked at the commit, when its transaction holds numbers and rows for which the other waits.
    """
    found = {path.relative_to(ROOT): list(locks(ast.parse(path.read_text()))) for path in sources()}
    assert sum(map(len, found.values())) > 10
    assert not [path for path, free in found.items() if not all(free)]
    for line in ("rows.select_for_update()", "rows.select_for_update(of=('self',), no_key=False)", "'FOR UPDATE'"):
        assert list(locks(ast.parse(line))) == [False]


def test_templates_use_none_of_it() -> None:
    """No permission is asked for in a template, and nothing is put out unescaped but by the mail."""
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert "guardian" not in text and "perms." not in text, path
            assert "|safe" not in text, path
            assert "autoescape off" not in text or path.suffix == ".txt", path


@pytest.mark.parametrize(
    "line",
    [
        "from guardian.shortcuts import assign_perm",
        "import guardian.shortcuts as s",
        "from guardian import shortcuts",
        "user.has_perm('x')",
        "f = user.has_perm",
        "from django.contrib import admin",
        "B = 'guardian.backends'",
    ],
)
def test_the_search_finds(line: str) -> None:
    """Each way of using it is seen."""
    assert list(used(ast.parse(line)))


def test_settings() -> None:
    """No admin site, one way to sign in, no monkey patches, one hash."""
    assert not apps.is_installed("django.contrib.admin") and not apps.is_installed("allauth.socialaccount")
    assert settings.AUTHENTICATION_BACKENDS == ["accounts.backends.Backend"]
    assert settings.GUARDIAN_MONKEY_PATCH_USER is settings.GUARDIAN_MONKEY_PATCH_GROUP is False
    assert settings.ANONYMOUS_USER_NAME is None
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_ruff_says_so_too(tmp_path: Path) -> None:
    """The lint refuses it with the reason, before any test runs."""
    file = tmp_path / "bad.py"
    file.write_text("from guardian.shortcuts import get_objects_for_user\n\nprint(get_objects_for_user)\n")
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "check", "--config", ROOT / "pyproject.toml", "--select", "TID251", "--no-cache", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "cases/access.py" in done.stdout
