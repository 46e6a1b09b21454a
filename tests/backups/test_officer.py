"""An officer's key, and the archive of keys, without a portal; and parts of any size, in little memory."""

import stat
import subprocess
import sys
import tarfile
import tomllib
from io import BytesIO
from pathlib import Path

import pyrage
import pytest
from django.conf import settings

from backups.errors import BackupError
from backups.making import SECRETS, secrets_of
from backups.officer import identities, recipients
from backups.streams import Pieces, Sum, decrypted, encrypt, tar, untar
from tests.backups.conftest import Officer

ROOT = Path(__file__).resolve().parents[2]
Officers = tuple[Officer, Officer, Officer]


def officer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the officer's program as an officer does, in an environment that knows no portal."""
    argv = [sys.executable, "-m", "backups.officer", *map(str, arguments)]
    return subprocess.run(argv, cwd=ROOT, env={}, capture_output=True, text=True)


def test_a_key_of_ones_own(tmp_path: Path) -> None:
    """Made once, readable by its owner only, in the form of age-keygen, and never written over."""
    key = tmp_path / "key.txt"
    made = officer("new", key)
    assert made.returncode == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    remarks, public, secret = key.read_text().splitlines()
    assert remarks.startswith("# created: ") and public == f"# public key: {made.stdout.strip()}"
    assert secret.startswith("AGE-SECRET-KEY-1")
    again = officer("new", key)
    assert again.returncode == 2 and "never written over" in again.stderr
    assert key.read_text().splitlines()[2] == secret


def test_the_archive_of_keys_is_opened(tmp_path: Path, officers: Officers) -> None:
    """By the officer's key; not by another's; a damaged one is told from a foreign one."""
    archive = tmp_path / "archive.age"
    archive.write_bytes(pyrage.encrypt(b"SECRET_KEY=invented\n", recipients([officers[0].public], [])))
    assert officer("open", archive, "--identity", officers[0].key).stdout == "SECRET_KEY=invented\n"
    other = officer("open", archive, "--identity", officers[1].key)
    assert other.returncode == 2 and "encrypted to other officers" in other.stderr and not other.stdout
    archive.write_bytes(archive.read_bytes()[:-3])
    damaged = officer("open", archive, "--identity", officers[0].key)
    assert damaged.returncode == 1 and "damaged or cut short" in damaged.stderr
    missing = officer("open", tmp_path / "none", "--identity", officers[0].key)
    assert missing.returncode == 1 and missing.stderr.startswith("comity: No such file or directory")


def test_a_list_of_officers(tmp_path: Path, officers: Officers) -> None:
    """A file with remarks and empty lines; somebody who is named twice counts once."""
    listed = tmp_path / "officers"
    listed.write_text(f"# duty officers\n\n{officers[0].public}\n  {officers[1].public}  \n")
    assert [str(one) for one in recipients([officers[1].public], [listed])] == [officers[1].public, officers[0].public]


def test_the_same_secrets_as_in_a_container() -> None:
    """What docker/entrypoint.py reads from files is what is kept."""
    said = (ROOT / "docker" / "entrypoint.py").read_text()
    assert all(f'"{name}"' in said for name in SECRETS)
    assert said.count('_URL"') + said.count('_KEY"') + said.count('_PASSWORD"') == len(SECRETS)


def test_keys_that_follow_each_other_are_one_line() -> None:
    """The portal reads several from SECRET_KEY; whoever reads the archive gets them all."""
    assert secrets_of({"SECRET_KEY": "new\nold\n", "HOME": "/"}) == b"SECRET_KEY=new old\n"


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/out", "a\\..\\out"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    """Whoever can write where backups lie can make one: age does not say who did."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = 1
        archive.addfile(info, BytesIO(b"x"))
    with pytest.raises(BackupError, match="no backup of ours"):
        list(untar(BytesIO(packed.getvalue())))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_link_is_refused(kind: bytes) -> None:
    """Only files are in a backup."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("a")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(BackupError, match="no backup of ours"):
        list(untar(BytesIO(packed.getvalue())))


def test_the_version_is_that_of_the_project() -> None:
    """A backup names the version that made it."""
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == settings.VERSION


@pytest.fixture
def packed(tmp_path: Path, officers: Officers) -> Path:
    """A part with two files: an empty one, and one of three megabytes and a bit."""
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(b"comity" * 600_001)
    sums: dict[str, Sum] = {}
    files = [("a/empty", tmp_path / "empty"), ("b/large", tmp_path / "large"), ("b/gone", tmp_path / "gone")]
    encrypt(Pieces(tar(files, sums)), tmp_path / "part.age", recipients([officers[0].public], []))
    assert {name: one.bytes for name, one in sums.items()} == {"a/empty": 0, "b/large": 3_600_006}
    return tmp_path / "part.age"


def read(part: Path, officer: Officer) -> dict[str, int]:
    """The files of a part, and how long each is."""
    with decrypted(part, identities([officer.key])) as reader:
        return {name: len(content.read()) for name, _changed, content in untar(reader)}


def test_files_in_a_part(packed: Path, officers: Officers) -> None:
    """They come out as they went in; any tar reads what is in there; one that is gone meanwhile is not in it."""
    assert read(packed, officers[0]) == {"a/empty": 0, "b/large": 3_600_006}
    with decrypted(packed, identities([officers[0].key])) as reader, tarfile.open(fileobj=reader, mode="r|") as archive:
        assert archive.getnames() == ["a/empty", "b/large"]


@pytest.mark.parametrize("length", [0, 100, 70_000, 2_000_000, -1])
def test_a_part_that_was_cut(packed: Path, officers: Officers, length: int) -> None:
    """Wherever it was cut, whoever reads it hears so."""
    packed.write_bytes(packed.read_bytes()[:length])
    with pytest.raises(BackupError, match=r"part\.age is damaged or cut short"):
        read(packed, officers[0])
