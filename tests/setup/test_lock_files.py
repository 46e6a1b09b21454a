"""The lock files: every package with hashes, none with an address."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements" / "base.txt", ROOT / "requirements" / "dev.txt", ROOT / "requirements" / "drills.txt"]


def packages(lock: Path) -> dict[str, str]:
    """Name and version to the lines of each package."""
    entries = re.split(r"(?m)^(?=[a-z])", lock.read_text())
    return {entry.split()[0]: entry for entry in entries if entry[:1].isalpha()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_hashes(lock: Path) -> None:
    """A version and at least one hash stand with each name."""
    for name, entry in packages(lock).items():
        assert "==" in name, name
        assert "--hash=sha256:" in entry, name


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_address_is_named(lock: Path) -> None:
    """Where packages come from is the machine's business."""
    assert "://" not in lock.read_text()
    assert "--index-url" not in lock.read_text()


def test_run_time_packages_are_the_same_in_both() -> None:
    """What is tested is what is shipped."""
    base, dev, _drills = (packages(lock).keys() for lock in LOCKS)
    assert base <= dev


def test_drills_take_the_same_packages_as_everything_else() -> None:
    """They are installed beside the others: what both need is of one version."""
    _base, dev, drills = (dict(name.split("==") for name in packages(lock)) for lock in LOCKS)
    shared = drills.keys() & dev.keys()
    assert "locust" in drills and "locust" not in dev
    assert {name: drills[name] for name in shared} == {name: dev[name] for name in shared}


def test_front_end_lock_names_no_address() -> None:
    """npm's lock file holds hashes and no download address."""
    text = (ROOT / "frontend" / "package-lock.json").read_text()
    assert '"integrity"' in text
    assert '"resolved"' not in text
