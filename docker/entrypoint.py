"""The container's first process: turns secrets into settings, then becomes the command.

For each secret NAME with a variable NAME_FILE the variable NAME gets what that file holds, so that no
password stands in docker-compose.yml, in the image or in `docker inspect`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# A closed list: other programs have variables of that form too (SSL_CERT_FILE).
SECRETS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_ADMIN_PASSWORD",
    "REDIS_URL",
    "SECRET_KEY",
    "EMAIL_URL",
)


def with_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with NAME for each NAME_FILE. Raises OSError when a file cannot be read."""
    result = dict(environment)
    for name in SECRETS:
        if path := result.pop(f"{name}_FILE", None):
            result[name] = Path(path).read_text(encoding="utf-8").strip()
    return result


if __name__ == "__main__":
    try:
        environment = with_secrets(os.environ)
    except OSError as problem:
        sys.exit(f"comity: cannot read the secret {problem.filename}: {problem.strerror}")
    os.execvpe(sys.argv[1], sys.argv[1:], environment)
