"""The tests are tested: with one condition taken out of the door, the test that watches it goes red."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a copy needs to run: the product and its tests, with what Python made of them already.
LEFT_OUT = shutil.ignore_patterns(
    ".*", "*.pyc.*", "node_modules", "docs", "frontend", "e2e", "benchmarks", "docker", "static", "security"
)
TESTS = "tests/cases/test_access.py::test_"

# What is taken out of cases/access.py, what stands there instead, and the test that must see it.
WITHOUT: dict[str, tuple[str, str, str]] = {
    "active": ("where u.is_active\n", "where true\n", "inactive_person_sees_nothing[case]"),
    "role": ("and r.role = any(:roles)\n", "\n", "only_case_roles_open[auditor]"),
    "role dates": (
        "and r.starts <= :now and (r.ends is null or r.ends > :now)\n",
        "\n",
        "end_to_the_microsecond[case-role]",
    ),
    "membership dates": (
        "and m.starts <= :now and (m.ends is null or m.ends > :now)\n",
        "\n",
        "end_to_the_microsecond[case-membership]",
    ),
    "expiry": (
        'UNEXPIRED = "(g.expires_at is null or g.expires_at > :now)"',
        'UNEXPIRED = "true"',
        "expiry_to_the_microsecond[case]",
    ),
    "agency of a group": (
        '"g.group_id in (" + DESKS.format(columns="a.group_id") + MINE + ")"',
        '"exists (" + DESKS.format(columns="a.group_id") + MINE + ")"',
        "agency_grant_opens_to_its_case_workers[case]",
    ),
    "agency of a named person": (
        'g.agency_id in (" + DESKS.format(columns="a.id") + MINE + ")"',
        'exists (" + DESKS.format(columns="a.id") + MINE + ")"',
        "named_person_who_left_the_agency[case]",
    ),
}
SELECTION = [TESTS + name for _, _, name in WITHOUT.values()]
GREEN, RED = 0, 1
# The copies work beside this run, on its migrated template, each in a database of its own name.
BESIDE = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    config.workerinput = {"workerid": "gw%d"}
"""


def run_without(number: int, name: str, folder: Path) -> tuple[int, str]:
    """The selection, run in a copy of the product that lacks one condition."""
    home = folder / f"copy{number}"
    shutil.copytree(ROOT, home, ignore=LEFT_OUT)
    (home / "beside.py").write_text(BESIDE % (900 + os.getpid() % 1000 * 100 + number))
    if name:
        old, new, _ = WITHOUT[name]
        door = home / "cases" / "access.py"
        text = door.read_text()
        assert text.count(old) == 1, f"the condition '{name}' stands elsewhere now: mend this test"
        door.write_text(text.replace(old, new))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider", "-p", "beside", *SELECTION],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.timeout(900)
def test_the_door_is_watched(db: None, tmp_path: Path) -> None:
    """Whole, the selection is green; with any one condition taken out, the test meant for it fails."""
    names = ["", *WITHOUT]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda number: run_without(number, names[number], tmp_path), range(len(names)))
        results = dict(zip(names, answers, strict=True))
    code, output = results.pop("")
    assert code == GREEN, output
    for name, (code, output) in results.items():
        wanted = TESTS + WITHOUT[name][2]
        failed = [line for line in output.splitlines() if line.startswith(f"FAILED {wanted}")]
        assert code == RED and failed, f"without '{name}', {wanted} stays green:\n{output}"
        # Red for the right reason: the door opens too wide, it does not break.
        assert not re.search("ProgrammingError|SyntaxError|ImportError", output), output
