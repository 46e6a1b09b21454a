"""What a backup says of itself: where it comes from, what is in it, and a mark of each table to compare with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from audit.models import AuditEvent
from backups import postgres
from backups.errors import BackupError, Misuse
from backups.streams import Sum

FORMAT = 1
OUTER, INNER, DATABASE, FILES = "manifest.json", "manifest.age", "database.age", "files.age"
# Of a row as text, so that a restored one can be compared; the order of rows does not count.
MARK = "select count(*), coalesce(sum(('x' || left(md5(it::text), 15))::bit(60)::bigint), 0)::text from {} it"
TABLES = """
    select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all(%s) order by relname
"""


@dataclass(frozen=True, slots=True)
class Table:
    """How many rows a table has, and a mark that changes with any of them."""

    rows: int
    mark: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How far the audit log goes."""

    events: int
    newest: int
    at: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole manifest, which lies encrypted in the backup; `outer` is what may be read beside it."""

    name: str
    made_at: str
    comity: str
    postgresql: int
    migrations: list[str]
    audit: AuditHead
    tables: dict[str, Table]
    files: dict[str, Sum] = field(default_factory=dict)
    parts: dict[str, Sum] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> bytes:
        """As it lies in the backup."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def of(cls, text: bytes) -> Self:
        """Read one. Raises BackupError for a manifest of another kind."""
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise BackupError(f"this is a backup of format {data['format']}, and this Comity reads format {FORMAT}")
            data["audit"] = AuditHead(**data["audit"])
            data["tables"] = {name: Table(**one) for name, one in data["tables"].items()}
            for name in ("files", "parts"):
                data[name] = {key: Sum(**one) for key, one in data[name].items()}
            return cls(**data)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupError("the manifest is not one that this Comity can read") from None

    def outer(self, more: Mapping[str, Sum], recipients: list[str]) -> bytes:
        """What lies beside the parts for everybody to read: no number of any table, no name of any file."""
        last = {one.partition(".")[0]: one.partition(".")[2] for one in self.migrations}
        said = {
            "format": self.format,
            "name": self.name,
            "made_at": self.made_at,
            "comity": self.comity,
            "postgresql": self.postgresql,
            "last_migrations": last,
            "audit_events": self.audit.events,
            "tables": len(self.tables),
            "rows": sum(one.rows for one in self.tables.values()),
            "files": {"number": len(self.files), "bytes": sum(one.bytes for one in self.files.values())},
            "recipients": recipients,
            "parts": {name: asdict(one) for name, one in {**self.parts, **more}.items()},
        }
        return json.dumps(said, indent=1).encode() + b"\n"


def parts_of(folder: Path) -> dict[str, Sum]:
    """The parts that a backup's readable manifest names. Raises Misuse when the folder holds no backup."""
    try:
        said = json.loads((folder / OUTER).read_bytes())
        if said["format"] != FORMAT:
            raise BackupError(f"this is a backup of format {said['format']}, and this Comity reads format {FORMAT}")
        parts = {name: Sum(**one) for name, one in said["parts"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Misuse(f"{folder} holds no backup of Comity: there is no readable {OUTER} in it") from None
    if set(parts) != {DATABASE, FILES, INNER}:
        raise BackupError(f"{folder / OUTER} does not name the parts of a backup")
    return parts


def describe(alias: str, name: str, made_at: datetime) -> Manifest:
    """The database of an alias, as the transaction that runs there sees it."""
    newest = AuditEvent.objects.using(alias).order_by("-pk").values_list("pk", "at").first()
    head, at = newest or (0, None)
    return Manifest(
        name=name,
        made_at=made_at.isoformat(timespec="seconds"),
        comity=settings.VERSION,
        postgresql=postgres.server_major(alias),
        migrations=applied(alias),
        audit=AuditHead(AuditEvent.objects.using(alias).count(), head, at.isoformat() if at else ""),
        tables=dict(tables_of(alias)),
    )


def applied(alias: str) -> list[str]:
    """The migrations that a database has had, as app.name."""
    return sorted(".".join(key) for key in MigrationRecorder(connections[alias]).applied_migrations())


def unknown_to_us(migrations: list[str]) -> list[str]:
    """Those that this Comity does not have."""
    ours = {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    return [one for one in migrations if one not in ours]


def tables_of(alias: str) -> Iterator[tuple[str, Table]]:
    """Each table whose rows are in a backup, with its mark."""
    with connections[alias].cursor() as cursor:
        # What a row looks like as text must not depend on who asks.
        cursor.execute("set local timezone to 'UTC'; set local datestyle to 'ISO'; set local bytea_output to 'hex'")
        cursor.execute(TABLES, [list(postgres.WITHOUT_ROWS)])
        for (name,) in cursor.fetchall():
            cursor.execute(MARK.format(connections[alias].ops.quote_name(name)))
            yield name, Table(*cursor.fetchone())


def compare_tables(said: Mapping[str, Table], found: Mapping[str, Table]) -> Iterator[str]:
    """How the tables of a database differ from those of a backup, one sentence each."""
    for name in sorted({*said, *found}):
        one, other = said.get(name), found.get(name)
        if one is None or other is None:
            yield f"the table {name} is only in the {'database' if one is None else 'backup'}"
        elif one.rows != other.rows:
            yield f"the table {name} has {other.rows} rows, and {one.rows} in the backup"
        elif one.mark != other.mark:
            yield f"the table {name} has as many rows as in the backup, and other contents"


def compare_files(said: Mapping[str, Sum], found: Mapping[str, Sum]) -> Iterator[str]:
    """The same of files."""
    for name in sorted({*said, *found}):
        one, other = said.get(name), found.get(name)
        if one is None or other is None:
            yield f"the file {name} is only in the {'file store' if one is None else 'backup'}"
        elif one != other:
            yield f"the file {name} is not the one of the backup"
