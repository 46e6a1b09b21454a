"""Encrypted parts, written and read piece by piece: nothing of any size is held in memory or lies on a disk in plain.

Files go into a part as a tar archive, whose blocks are made as they are asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tarfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

from backups.errors import BackupError
from backups.officer import refusal

PIECE = 1024 * 1024


class Reads(Protocol):
    """What can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""


class Writes(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> Any:
        """Take these bytes."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How large something is, and its SHA-256."""

    bytes: int
    sha256: str


class _Passing:
    """Counts and hashes what passes, and keeps what goes wrong: pyrage makes a sentence of its own of it."""

    def __init__(self) -> None:
        self.digest, self.bytes = hashlib.sha256(), 0
        self.problem: BaseException | None = None

    @property
    def sum(self) -> Sum:
        """Of what has passed so far."""
        return Sum(self.bytes, self.digest.hexdigest())

    def _counted(self, data: bytes) -> bytes:
        self.digest.update(data)
        self.bytes += len(data)
        return data


class Source(_Passing):
    """Passes on what is read."""

    def __init__(self, reader: Reads) -> None:
        super().__init__()
        self.reader = reader

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        try:
            return self._counted(self.reader.read(size))
        except BaseException as problem:
            self.problem = problem
            raise


class Target(_Passing):
    """Passes on what is written."""

    def __init__(self, writer: Writes) -> None:
        super().__init__()
        self.writer = writer

    def write(self, data: bytes) -> int:
        """Take these bytes."""
        try:
            self.writer.write(data)
        except BaseException as problem:
            self.problem = problem
            raise
        return len(self._counted(data))

    def flush(self) -> None:
        """Nothing is held back here."""


def private(path: Path) -> IO[bytes]:
    """A new file that only its owner can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def encrypt(reader: Reads, path: Path, to: Sequence[Recipient]) -> Sum:
    """Write an encrypted part of what is read, and wait until it is on the disk."""
    with private(path) as file:
        source, target = Source(reader), Target(file)
        try:
            pyrage.encrypt_io(source, target, to)
        except pyrage.EncryptError as problem:
            raise source.problem or target.problem or problem from None
        file.flush()
        os.fsync(file.fileno())
    return target.sum


def decrypt(path: Path, keys: Sequence[Identity], writer: Writes) -> None:
    """Write out what an encrypted part holds. Raises BackupError, or what the writer raised.

    A part that was cut short is noticed at its end: whoever writes must be able to take it all back.
    """
    with path.open("rb") as file:
        target = Target(writer)
        try:
            pyrage.decrypt_io(file, target, keys)
        except (pyrage.DecryptError, OSError) as problem:
            raise target.problem or refusal(path, str(problem)) from None


@contextlib.contextmanager
def decrypted(path: Path, keys: Sequence[Identity]) -> Iterator[IO[bytes]]:
    """The same to be read from. What is wrong with the part is raised at the end, also when the reader was content."""
    outlet, inlet = os.pipe()
    problems: list[BaseException] = []

    def pour() -> None:
        try:
            with open(inlet, "wb") as writer:
                decrypt(path, keys, writer)
        except BrokenPipeError:  # the reader left, and says itself why
            pass
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=pour, name=f"decrypt {path.name}")
    with open(outlet, "rb") as reader:
        thread.start()
        try:
            yield reader
            while reader.read(PIECE):
                pass
        except tarfile.TarError:
            reader.close()
            thread.join()
            raise (problems or [BackupError(f"{path.name} is damaged: take another copy of the backup")])[0] from None
        finally:
            reader.close()
            thread.join()
    if problems:
        raise problems[0]


def sum_of(reader: Reads) -> Sum:
    """Size and SHA-256 of all that is read."""
    source = Source(reader)
    while source.read(PIECE):
        pass
    return source.sum


def sum_of_file(path: Path) -> Sum:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        return sum_of(file)


# --- tar ----------------------------------------------------------------------------------------------------------


class Pieces:
    """Reads from an iterator of bytes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.rest = iter(pieces), b""

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; all of the rest for -1."""
        while not self.rest or size < 0:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.rest += piece
        taken, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        return taken


def tar(files: Iterable[tuple[str, Path]], packed: dict[str, Sum]) -> Iterator[bytes]:
    """The blocks of a tar archive of these files; what has been packed is noted. One that is gone meanwhile is not."""
    for name, path in files:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            state = os.fstat(file.fileno())
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
            yield info.tobuf(tarfile.PAX_FORMAT)
            passing = Source(file)
            # One that is being written meanwhile is packed as far as its header says; no row names it yet.
            while left := info.size - passing.bytes:
                piece = passing.read(min(PIECE, left))
                if not piece:
                    raise BackupError("a file of the store was cut while it was read: begin again")
                yield piece
            yield bytes(-info.size % tarfile.BLOCKSIZE)
            packed[name] = passing.sum
    yield bytes(2 * tarfile.BLOCKSIZE)


def untar(reader: IO[bytes]) -> Iterator[tuple[str, float, IO[bytes]]]:
    """Each file of a tar archive: name, time of its last change, content. Raises tarfile.TarError, BackupError.

    age does not say who wrote a backup: a name that leads out of the folder, or a link, is refused.
    """
    with tarfile.open(fileobj=reader, mode="r|") as archive:
        for info in archive:
            name = PurePosixPath(info.name)
            content = archive.extractfile(info) if info.isreg() else None
            if content is None or name.is_absolute() or ".." in name.parts or "\\" in info.name:
                raise BackupError("the archive of files holds what no backup of ours does: restore nothing of it")
            yield info.name, info.mtime, content
