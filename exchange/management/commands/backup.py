"""Make an encrypted backup of database, files and keys: docs/backup.md."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections
from django.utils import timezone

from backups.errors import BackupError, in_words
from backups.making import make
from backups.officer import recipients


class Command(BaseCommand):
    """Exit 0 when made; 1 when it could not be, or when files of documents are missing or changed; 2 for misuse."""

    help = "An encrypted backup of database and files, and the keys in an archive of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and who may open it."""
        parser.add_argument("into", type=Path, metavar="FOLDER", help="the backup becomes a folder in it")
        parser.add_argument("--to", action="append", default=[], metavar="AGE1...", help="an officer's public key")
        parser.add_argument("--to-file", action="append", default=[], type=Path, metavar="FILE", help="a file of them")
        parser.add_argument("--keys-into", type=Path, metavar="FOLDER", help="another place for the archive of keys")
        parser.add_argument("--keys-to", action="append", default=[], metavar="AGE1...", help="others who may open it")
        parser.add_argument("--json", action="store_true", help="one object, and nothing else, on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say what is in it. Raises SystemExit(1) with findings."""
        if "owner" not in connections.settings:
            raise CommandError("Set DATABASE_OWNER_URL: the role that may read every table.", returncode=2)
        try:
            to = recipients(options["to"], options["to_file"])
            keys_to = recipients(options["keys_to"], []) if options["keys_to"] else to
            keys_into = options["keys_into"] or options["into"]
            made = make("owner", options["into"], to, keys_into, keys_to, timezone.now())
        except BackupError as problem:
            raise CommandError(str(problem), returncode=problem.code) from None
        except OSError as problem:
            raise CommandError(in_words(problem)) from None
        except DatabaseError as problem:
            raise CommandError(f"the database cannot be read: {str(problem).splitlines()[0]}") from None
        for few, what in ((to, "the backup"), (keys_to, "the archive of keys")):
            if len(few) == 1:
                self.stderr.write(f"Only one officer can open {what}: when that key is lost, so is it. Name two.")
        if keys_into.resolve() == options["into"].resolve():
            self.stderr.write("The keys lie beside the backup: take them to another place, or name one by --keys-into.")
        said = made.manifest
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "backup": str(made.folder),
                        "keys": str(made.keys),
                        "tables": len(said.tables),
                        "rows": sum(one.rows for one in said.tables.values()),
                        "audit_events": said.audit.events,
                        "files": len(said.files),
                        "bytes": sum(one.bytes for one in said.files.values()),
                        "findings": made.findings,
                    }
                )
            )
        else:
            self.stdout.write(f"{made.folder}: {len(said.tables)} tables, {len(said.files)} files")
            self.stdout.write(f"{made.keys}: the keys; keep them in another place")
            for one in made.findings:
                self.stdout.write(one)
        if made.findings:
            raise SystemExit(1)
