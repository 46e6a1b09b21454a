"""Writes the secrets that docker-compose.yml reads, each into a file of a folder that only we can enter.

Keeps what is there. Passwords need no quoting in a URL.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"


def contents() -> dict[str, str]:
    """New secrets by the names of docker-compose.yml."""
    admin, owner, application, broker = (secrets.token_urlsafe(32) for _ in range(4))
    return {
        "database_admin_password": admin,
        "database_owner_url": f"postgresql://comity_owner:{owner}@postgresql:5432/comity",
        "database_url": f"postgresql://comity_app:{application}@postgresql:5432/comity",
        "redis_url": f"redis://:{broker}@valkey:6379/0",
        "valkey_conf": f"requirepass {broker}\n",
        "secret_key": secrets.token_urlsafe(60),
    }


def main() -> int:
    made = contents()
    if any((FOLDER / name).exists() for name in made):
        print("comity: docker/secrets holds secrets already; nothing was changed", file=sys.stderr)
        return 1
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    for name, text in made.items():
        # The containers run as accounts of their own and see the mode; the folder keeps others out.
        with open(os.open(FOLDER / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as handle:
            os.fchmod(handle.fileno(), 0o644)
            handle.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
