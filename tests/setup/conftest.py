"""A newcomer's machine: few programs, a copy of the checkout."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.embedded import remove_server_home

ROOT = Path(__file__).resolve().parents[2]
# All that a machine needs beside python3, git and make: no node, no gettext, no database, no curl.
COREUTILS = """
    basename cat chmod chown cp cut date dd df dirname du env expr false head id install ln ls mkdir mktemp mv nproc
    od pwd readlink realpath rm rmdir seq sleep sort stat sync tail tee test timeout touch tr true uname uniq wc whoami
"""


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A newcomer's environment: a PATH of these programs alone, an empty HOME, and nothing else."""
    programs, home = tmp_path_factory.mktemp("programs"), tmp_path_factory.mktemp("home")
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    for name in ("git", "make", *COREUTILS.split()):
        found = shutil.which(name)
        if found:
            (programs / name).symlink_to(found)
    return {"PATH": str(programs), "HOME": str(home)}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the checkout, with its packages and builds, which need not be made again."""
    copy = tmp_path_factory.mktemp("demo") / "check out"  # a blank in the path must not matter
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    made = ["static/build", ".static", ".cache"]
    names = [
        *filter(None, listed.split("\0")),
        *(str(p.relative_to(ROOT)) for p in ROOT.glob("locale/**/*.mo")),
    ]
    for name in names:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for name in made:
        shutil.copytree(ROOT / name, copy / name, dirs_exist_ok=True)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    yield copy
    remove_server_home(copy / ".demo" / "postgresql")
