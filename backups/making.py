"""Making a backup: the database as one snapshot sees it, then the files, then the keys apart.

A file is written before its row, and a row that names it goes before it does: so each file that a row of the snapshot
names is there when the files are read, which is later. docs/adr/0047-backups.md follows this through.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from pyrage.x25519 import Recipient

from backups import manifest, postgres, store
from backups.errors import Misuse
from backups.manifest import Manifest
from backups.streams import Pieces, Sum, encrypt, private, tar
from cases.models import StoredFile
from cases.uploads import stored_name, to_disk

# What the portal needs to run and nobody may read: docker/entrypoint.py reads the same ones from files.
SECRETS = ("SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_PASSWORD", "REDIS_URL", "EMAIL_URL")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: its folder, the archive of keys, the manifest, and what is wrong in the portal's own files."""

    folder: Path
    keys: Path
    manifest: Manifest
    findings: list[str]


def make(
    alias: str, into: Path, to: Sequence[Recipient], keys_into: Path, keys_to: Sequence[Recipient], now: datetime
) -> Made:
    """Make a backup of the database of an alias, of FILES_ROOT and of the secrets. Raises BackupError, OSError.

    It has its name when it is whole; what was begun and failed is removed.
    """
    name = f"comity-{now:%Y%m%dT%H%M%SZ}"
    folder, keys = into / name, keys_into / f"{name}.keys.age"
    for place in (into, keys_into):
        if not place.is_dir():
            raise Misuse(f"{place} is no folder")
        if place.resolve().is_relative_to(settings.FILES_ROOT.resolve()):
            raise Misuse(f"{place} lies in FILES_ROOT: a backup would hold the ones before it")
    for path in (folder, keys):
        if path.exists():
            raise Misuse(f"{path} is there already")
    begun, begun_keys = into / f".{name}.part", keys_into / f".{name}.keys.part"
    begun.mkdir(mode=0o700)
    try:
        found, findings = _write(alias, begun, name, to, now)
        encrypt(BytesIO(secrets_of(os.environ)), begun_keys, keys_to)
        begun_keys.rename(keys)
        begun.rename(folder)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        begun_keys.unlink(missing_ok=True)
        keys.unlink(missing_ok=True)
        raise
    for place in (folder, into, keys_into):
        to_disk(place)
    return Made(folder, keys, found, findings)


def _write(alias: str, folder: Path, name: str, to: Sequence[Recipient], now: datetime) -> tuple[Manifest, list[str]]:
    """The parts and both manifests; and which documents' files are not what their rows say."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        database = postgres.dump(alias, snapshot, folder / manifest.DATABASE, to)
        found = manifest.describe(alias, name, now)
        named = named_files(alias)
    packed: dict[str, Sum] = {}
    files = encrypt(Pieces(tar(store.files(), packed)), folder / manifest.FILES, to)
    found = replace(found, files=packed, parts={manifest.DATABASE: database, manifest.FILES: files})
    inner = encrypt(BytesIO(found.as_json()), folder / manifest.INNER, to)
    with private(folder / manifest.OUTER) as file:
        file.write(found.outer({manifest.INNER: inner}, [str(one) for one in to]))
        file.flush()
        os.fsync(file.fileno())
    return found, list(_amiss(named, packed))


def named_files(alias: str) -> dict[str, str]:
    """The files that documents name, each with the SHA-256 of its row."""
    rows = StoredFile.objects.using(alias).filter(document__isnull=False)
    return {stored_name(row): row.sha256 for row in rows.iterator()}


def _amiss(named: Mapping[str, str], packed: Mapping[str, Sum]) -> Iterator[str]:
    for name, sha256 in named.items():
        if name not in packed:
            yield f"the file {name} is missing: a document names it"
        elif packed[name].sha256 != sha256:
            yield f"the file {name} is not what its document says"


def secrets_of(environment: Mapping[str, str]) -> bytes:
    """The secrets that are set, one NAME=value a line; keys that follow each other stand in it with a blank between."""
    said = {name: " ".join(environment[name].split()) for name in SECRETS if environment.get(name)}
    return "".join(f"{name}={value}\n" for name, value in said.items()).encode()
