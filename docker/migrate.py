"""The one-shot service `migrate`: makes the two database roles as the server's administrator, then migrates.

Both steps change nothing when there is nothing to change. Only this service knows DATABASE_OWNER_URL and the
administrator's password (DATABASE_ADMIN_PASSWORD).
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlsplit

import psycopg2


def manage(*arguments: str) -> str:
    """The output of a management command. Raises CalledProcessError when it fails."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def make_roles() -> None:
    """Run the SQL of `database_roles` as the administrator."""
    place = urlsplit(os.environ["DATABASE_OWNER_URL"])
    connection = psycopg2.connect(
        host=place.hostname,
        port=place.port or 5432,
        dbname=place.path.lstrip("/"),
        user=os.environ.get("DATABASE_ADMIN", "postgres"),
        password=os.environ.pop("DATABASE_ADMIN_PASSWORD"),
        connect_timeout=10,
    )
    with closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(manage("database_roles"))


if __name__ == "__main__":
    make_roles()
    sys.stdout.write(manage("migrate", "--no-input"))
