"""The portal's files, below FILES_ROOT."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from backups.streams import PIECE, Reads, Source, Sum, private


def files() -> Iterator[tuple[str, Path]]:
    """Each regular file, in order: its name below FILES_ROOT, and where it is. The portal's switch is none of them."""
    for root, folders, names in os.walk(settings.FILES_ROOT):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            if path != settings.MAINTENANCE_FILE and path.is_file() and not path.is_symlink():
                yield path.relative_to(settings.FILES_ROOT).as_posix(), path


def write(name: str, content: Reads, changed: float) -> Sum:
    """Write one file, with the time of its last change: the portal sweeps what is old and has no row."""
    path = settings.FILES_ROOT / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = Source(content)
    with private(path) as file:
        while piece := source.read(PIECE):
            file.write(piece)
    os.utime(path, (changed, changed))
    return source.sum


def remove(names: Iterable[str]) -> None:
    """Take away these files, and every folder that is empty then; what somebody else wrote meanwhile stays."""
    for name in names:
        (settings.FILES_ROOT / name).unlink(missing_ok=True)
    for root, folders, _names in os.walk(settings.FILES_ROOT, topdown=False):
        for name in folders:
            with contextlib.suppress(OSError):
                Path(root, name).rmdir()
