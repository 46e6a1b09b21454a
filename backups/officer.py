"""What an officer does with a key, without a portal: `python -m backups.officer new KEY`, `... open ARCHIVE`.

Needs Python and pyrage only. The keys and archives are those of age (age-encryption.org): `age-keygen` makes such a
key as well, and `age --decrypt` opens such an archive.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from backups.errors import BackupError, Misuse, in_words


def recipients(given: Sequence[str], files: Sequence[Path]) -> list[Recipient]:
    """The public keys that were named, each once. Raises Misuse for none, or for what is none."""
    named = [*given, *(line for path in files for line in _lines(_text_of(path)))]
    found: dict[str, Recipient] = {}
    for text in named:
        try:
            found[text.strip()] = Recipient.from_str(text.strip())
        except pyrage.RecipientError:
            # Not repeated: it may be a secret key, pasted by mistake.
            raise Misuse("one of the recipients is no public key of age: such a key begins with age1") from None
    if not found:
        raise Misuse("name whoever may open the backup: --to age1... or --to-file FILE; two officers at least")
    return list(found.values())


def identities(paths: Sequence[Path]) -> list[Identity]:
    """The secret keys in these files; `-` is standard input. Raises Misuse for none, or for what is none."""
    found = []
    for path in paths:
        for line in _lines(sys.stdin.read() if str(path) == "-" else _text_of(path)):
            try:
                found.append(Identity.from_str(line))
            except pyrage.IdentityError:
                raise Misuse(f"{path} holds no secret key of age: such a key begins with AGE-SECRET-KEY-1") from None
    if not found:
        raise Misuse("name the file with an officer's secret key: --identity FILE")
    return found


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Misuse(f"{path} is no file of keys") from None
    except OSError as problem:
        raise Misuse(f"cannot read {path}: {problem.strerror}") from None


def _lines(text: str) -> Iterator[str]:
    """Lines that say something: not empty, no remark."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def new_key(path: Path) -> str:
    """Write a new secret key, which only its owner can read, and return its public key; never over another."""
    identity = Identity.generate()
    public, made = identity.to_public(), datetime.now(UTC).isoformat(timespec="seconds")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misuse(f"{path} is there already: a key is never written over") from None
    with open(handle, "w", encoding="ascii") as file:
        file.write(f"# created: {made}\n# public key: {public}\n{identity}\n")
    return str(public)


def open_archive(path: Path, keys: Sequence[Identity]) -> bytes:
    """What a small archive holds. Raises BackupError when it is damaged, Misuse when these keys do not open it."""
    try:
        return pyrage.decrypt(path.read_bytes(), keys)
    except pyrage.DecryptError as problem:
        raise refusal(path, str(problem)) from None


def refusal(path: Path, said: str) -> BackupError:
    """Why an archive did not open: the wrong key, or a damaged archive."""
    if "No matching keys" in said:
        return Misuse(f"none of these keys opens {path.name}: it was encrypted to other officers")
    return BackupError(f"{path.name} is damaged or cut short: take another copy of the backup")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point. Exit code 0 when done, 1 for a damaged archive, 2 for misuse."""
    parser = argparse.ArgumentParser(prog="python -m backups.officer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="make a key; its public half is printed")
    new.add_argument("key", type=Path)
    opening = commands.add_parser("open", help="print what an archive of keys holds")
    opening.add_argument("archive", type=Path)
    opening.add_argument("--identity", type=Path, action="append", default=[], metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        if options.command == "new":
            print(new_key(options.key))
        else:
            sys.stdout.write(open_archive(options.archive, identities(options.identity)).decode())
    except BackupError as problem:
        print(f"comity: {problem}", file=sys.stderr)
        return problem.code
    except OSError as problem:
        print(f"comity: {in_words(problem)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
