"""The container's first process: turns secrets into settings, then becomes the command.

For every variable NAME_FILE the variable NAME gets what that file holds, so that no password stands in
docker-compose.yml, in the image or in `docker inspect`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def with_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with NAME for each NAME_FILE. Raises OSError when a file cannot be read."""
    result = dict(environment)
    for name, path in environment.items():
        if name.endswith("_FILE"):
            result[name.removesuffix("_FILE")] = Path(path).read_text(encoding="utf-8").strip()
            del result[name]
    return result


if __name__ == "__main__":
    try:
        environment = with_secrets(os.environ)
    except OSError as problem:
        sys.exit(f"comity: cannot read the secret {problem.filename}: {problem.strerror}")
    os.execvpe(sys.argv[1], sys.argv[1:], environment)
