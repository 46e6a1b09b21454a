"""`make lint`: runs every check, so that one run shows all findings. Exit code 1 when there is any."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = (
    [str(BIN / "ruff"), "check", "."],
    [str(BIN / "ruff"), "format", "--check", "."],
    [str(BIN / "lint-imports")],
)


def main() -> int:
    codes = []
    for check in CHECKS:
        print("$", Path(check[0]).name, *check[1:], flush=True)
        codes.append(subprocess.call(check))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
