#!/usr/bin/env python
"""Django's command line. In a checkout whose demo has been started it talks to the demo's database."""

import os
import sys
from pathlib import Path


def demo_environment() -> None:
    """Take what the running demo wrote down, unless the caller named a database."""
    written = Path(__file__).resolve().parent / ".demo" / "environment"
    if "DATABASE_URL" in os.environ or not written.is_file():
        return
    for line in written.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator:
            os.environ.setdefault(name, value)


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    demo_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
