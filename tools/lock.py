"""`make lock`: requirements/*.txt from requirements/*.in, with all platforms' hashes and no address.

Needs uv (`pip install uv`). Versions that are locked stay; `make lock ARGS=--upgrade` is `uv pip compile
--upgrade`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
    "--quiet",
]


def main() -> int:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        print("comity: make lock needs uv (.venv/bin/pip install uv)", file=sys.stderr)
        return 1
    for name in ("base", "dev", "drills"):
        argv = [
            uv,
            "pip",
            "compile",
            *OPTIONS,
            *sys.argv[1:],
            f"requirements/{name}.in",
            "-o",
            f"requirements/{name}.txt",
        ]
        if code := subprocess.call(argv, cwd=ROOT):
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
