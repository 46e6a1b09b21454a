"""Where the files of exports lie: under random names, in a folder of their own of the files' store."""

import time
import uuid
from pathlib import Path

from django.conf import settings

from cases.uploads import to_disk

FOLDER = "exports"
# What no export names is removed when nobody has written to it for so long.
LEFT_ALONE = 60 * 60


def folder() -> Path:
    """The folder, there and closed to others."""
    path = settings.FILES_ROOT / FOLDER
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(file: uuid.UUID) -> Path:
    """The finished file of an export."""
    return folder() / f"{file.hex}.zip"


def part_of(file: uuid.UUID) -> Path:
    """The same while it is being written."""
    return folder() / f"{file.hex}.part"


def finish(file: uuid.UUID) -> Path:
    """Make a written part the finished file, whole on the disk before anybody can name it."""
    part, whole = part_of(file), path_of(file)
    to_disk(part)
    part.replace(whole)
    to_disk(whole.parent)
    return whole


def remove(file: uuid.UUID | None) -> None:
    """Remove a file, finished or not, if it is there."""
    if file is not None:
        path_of(file).unlink(missing_ok=True)
        part_of(file).unlink(missing_ok=True)


def sweep(named: set[str]) -> int:
    """Remove what is left of exports that were stopped: files that none of `named` (hex ids) names, left alone."""
    gone = 0
    for path in folder().iterdir():
        if path.stem not in named and time.time() - path.stat().st_mtime > LEFT_ALONE:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
