"""Bringing a backup back into an empty place, and comparing one with what is there.

The files come first and the database last, in one transaction: a portal that can start is there only when all is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from pyrage.x25519 import Identity

from backups import manifest, postgres, store
from backups.errors import BackupError, Misuse
from backups.manifest import Manifest
from backups.officer import open_archive
from backups.streams import Reads, Sum, decrypted, sum_of, sum_of_file, untar


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup whose parts are whole, and whose keys are at hand."""

    folder: Path
    keys: Sequence[Identity]
    manifest: Manifest

    def part(self, name: str) -> Path:
        """Where one part lies."""
        return self.folder / name


def open_backup(folder: Path, keys: Sequence[Identity]) -> Opened:
    """Look whether every part is whole, and read the manifest. Raises BackupError with what is wrong."""
    parts = manifest.parts_of(folder)
    for name, said in parts.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"{name} is missing from the backup: take another copy of it")
        if (size := path.stat().st_size) != said.bytes:
            raise BackupError(f"{name} has {size} bytes instead of {said.bytes}: take another copy of the backup")
        if sum_of_file(path) != said:
            raise BackupError(f"{name} is not the one that was written: take another copy of the backup")
    found = Manifest.of(open_archive(folder / manifest.INNER, keys))
    if {**found.parts, manifest.INNER: parts[manifest.INNER]} != parts:
        raise BackupError(f"the parts belong to different backups: {manifest.INNER} names others")
    return Opened(folder, keys, found)


def restore(backup: Opened, alias: str) -> list[str]:
    """Bring a backup into the empty database of an alias and the empty FILES_ROOT; returns what differs afterwards.

    Raises BackupError or OSError, and then nothing of it remains.
    """
    _must_fit(backup.manifest, alias)
    _must_be_empty(alias)
    brought: list[str] = []
    try:
        _bring_files(backup, brought)
        postgres.load(alias, backup.part(manifest.DATABASE), backup.keys)
    except BaseException:
        store.remove(brought)
        raise
    with transaction.atomic(using=alias):
        differ = list(manifest.compare_tables(backup.manifest.tables, dict(manifest.tables_of(alias))))
    there = {name: sum_of_file(path) for name, path in store.files()}
    differ += manifest.compare_files(backup.manifest.files, there)
    if not differ:
        # Gives the application's role its rights; brings an older schema up to this Comity's.
        call_command("migrate", database=alias, interactive=False, verbosity=0)
        with connections[alias].cursor() as cursor:
            cursor.execute("analyze")
    return differ


def verify(backup: Opened) -> None:
    """Read a whole backup, every file and every row, and write nothing; no server is asked. Raises BackupError."""
    postgres.read_through(backup.manifest.postgresql, backup.part(manifest.DATABASE), backup.keys)
    if _packed(backup, lambda _name, content, _changed: sum_of(content)) != backup.manifest.files:
        raise BackupError(f"{manifest.FILES} does not hold the files that the manifest names")


def check(backup: Opened, alias: str) -> list[str]:
    """How the database of an alias and FILES_ROOT differ from a backup, one sentence each."""
    verify(backup)
    said = backup.manifest
    with transaction.atomic(using=alias):
        found = dict(manifest.tables_of(alias))
        migrations = manifest.applied(alias)
    differ = []
    if migrations != said.migrations:
        differ.append(
            f"the schema is another one: {len(migrations)} migrations, and {len(said.migrations)} in the backup"
        )
    differ += manifest.compare_tables(said.tables, found)
    there = {name: sum_of_file(path) for name, path in store.files()}
    return differ + list(manifest.compare_files(said.files, there))


def _must_fit(said: Manifest, alias: str) -> None:
    newer = manifest.unknown_to_us(said.migrations)
    if newer:
        raise BackupError(
            f"the backup is of Comity {said.comity} and has a newer schema than this Comity {settings.VERSION} knows "
            f"({newer[0]}): install Comity {said.comity} or later, and restore with it"
        )
    if (major := postgres.server_major(alias)) < said.postgresql:
        raise BackupError(f"the backup is of PostgreSQL {said.postgresql}, and this server is {major}: use a later one")
    postgres.programs(major)


def _must_be_empty(alias: str) -> None:
    application = connections["default"].settings_dict["USER"]
    with connections[alias].cursor() as cursor:
        cursor.execute(
            """
            select exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind <> 'i'),
                   exists (select from pg_roles where rolname = %s), has_schema_privilege('public', 'create')
            """,
            [application],
        )
        full, known, may_create = cursor.fetchone()
    if full:
        raise Misuse("the database is not empty: a backup is restored into an empty one only. Make a new database")
    if not (known and may_create):
        raise Misuse("the database's roles are not there: run the SQL of `manage.py database_roles` on it first")
    if next(store.files(), None):
        raise Misuse(
            f"FILES_ROOT ({settings.FILES_ROOT}) is not empty: a backup is restored into an empty one only. If this is "
            "what a restore left that was broken off, empty it and begin again"
        )


def _bring_files(backup: Opened, brought: list[str]) -> None:
    """Write the files of a backup into FILES_ROOT, and note each. Raises BackupError unless they are the manifest's."""
    settings.FILES_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(name: str, content: Reads, changed: float) -> Sum:
        if (settings.FILES_ROOT / name).exists():
            raise BackupError(f"FILES_ROOT is not empty any more: somebody else writes there ({name})")
        brought.append(name)
        return store.write(name, content, changed)

    if _packed(backup, write) != backup.manifest.files:
        raise BackupError(f"{manifest.FILES} does not hold the files that the manifest names")
    os.sync()


def _packed(backup: Opened, take: Callable[[str, Reads, float], Sum]) -> dict[str, Sum]:
    """The sums of a backup's files, each handed on as it comes."""
    found: dict[str, Sum] = {}
    with decrypted(backup.part(manifest.FILES), backup.keys) as reader:
        for name, changed, content in untar(reader):
            # Only what the manifest names is handed on, and once.
            if name not in backup.manifest.files or name in found:
                raise BackupError(f"{manifest.FILES} holds a file that the manifest does not name")
            found[name] = take(name, content, changed)
    return found
