"""Load the exercise into an empty database and write the sign-ins to a file."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, transaction

from exercise.loading import is_empty, load

# Where nothing can be written, as in a container.
TERMINAL = Path("-")


class Command(BaseCommand):
    """Exit 0 when loaded, 1 when the database is not empty or the file cannot be written."""

    help = "Load the exercise (invented people, cases and requests) into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the sign-ins go."""
        where = "file for the sign-ins, mode 0600; - for the terminal"
        parser.add_argument("--accounts", type=Path, required=True, help=where)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing: the file is in place before the database says yes, and gone if it says no."""
        if not settings.EXERCISE:
            raise CommandError("This portal is no exercise: set EXERCISE to the name of one.")
        path: Path = options["accounts"]
        written = False
        try:
            with transaction.atomic():
                if not is_empty():
                    raise CommandError("The database is not empty: the exercise is loaded into an empty one only.")
                exercise = load()
                sign_ins = json.dumps(exercise.accounts, ensure_ascii=False, indent=1)
                if path != TERMINAL:
                    write_private(path, f"{sign_ins}\n")
                    written = True
        except BaseException as problem:
            if written:
                path.unlink(missing_ok=True)
            if isinstance(problem, OSError):
                raise CommandError(f"Cannot write the sign-ins to {path}: {problem.strerror}") from problem
            if isinstance(problem, OperationalError | ProgrammingError):
                raise CommandError(f"The database is not ready ({first_line(problem)}): migrate first.") from problem
            raise
        self.stdout.write(f"{len(exercise.people)} people, sign-ins in {path}" if written else sign_ins)


def first_line(problem: Exception) -> str:
    """What the database said, without its pointer into the SQL."""
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
