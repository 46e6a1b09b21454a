"""Bring a backup back into an empty place, or compare it with what is there: docs/backup.md."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from backups import restoring
from backups.errors import BackupError, in_words
from backups.officer import identities
from backups.restoring import Opened, open_backup


class Command(BaseCommand):
    """Exit 0 when all is as in the backup; 1 for a difference, or a backup that does not serve; 2 for misuse."""

    help = "Bring a backup into an empty database and an empty FILES_ROOT."
    # There is no table yet that a check could ask.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, with whose key, and how far to go."""
        parser.add_argument("backup", type=Path, metavar="BACKUP", help="the folder that holds manifest.json")
        parser.add_argument("--identity", action="append", default=[], type=Path, metavar="FILE", help="secret key")
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--verify", action="store_true", help="read all of the backup, and change nothing")
        only.add_argument("--check", action="store_true", help="the same, and compare it with what is there")
        parser.add_argument("--json", action="store_true", help="one object, and nothing else, on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what differs. Raises SystemExit(1) with findings."""
        if "owner" not in connections.settings and not options["verify"]:
            raise CommandError("Set DATABASE_OWNER_URL: the role that will own the tables.", returncode=2)
        begun = time.monotonic()
        try:
            backup = open_backup(options["backup"], identities(options["identity"]))
            findings = self.do(backup, options)
        except BackupError as problem:
            raise CommandError(str(problem), returncode=problem.code) from None
        except OSError as problem:
            raise CommandError(in_words(problem)) from None
        except DatabaseError as problem:
            raise CommandError(f"the database cannot be used: {str(problem).splitlines()[0]}") from None
        self.tell(backup, findings, time.monotonic() - begun, options)
        if findings:
            raise SystemExit(1)

    def do(self, backup: Opened, options: dict[str, Any]) -> list[str]:
        """What was asked for; returns what differs."""
        if options["verify"]:
            restoring.verify(backup)
            return []
        return restoring.check(backup, "owner") if options["check"] else restoring.restore(backup, "owner")

    def tell(self, backup: Opened, findings: list[str], seconds: float, options: dict[str, Any]) -> None:
        """In words, or as data."""
        said = backup.manifest
        if options["json"]:
            told = {
                "backup": said.name,
                "made_at": said.made_at,
                "tables": len(said.tables),
                "rows": sum(one.rows for one in said.tables.values()),
                "files": len(said.files),
                "seconds": round(seconds, 1),
                "findings": findings,
            }
            self.stdout.write(json.dumps(told))
            return
        for one in findings:
            self.stdout.write(one)
        done = "read whole" if options["verify"] else "compared" if options["check"] else "restored"
        word = f"{len(findings)} differences" if findings else "all as in the backup"
        self.stdout.write(f"{said.name} {done}: {word}; {len(said.tables)} tables, {len(said.files)} files")
        if findings and not (options["verify"] or options["check"]):
            self.stderr.write("What was restored is not what was saved: do not open it. Begin again in an empty place.")
