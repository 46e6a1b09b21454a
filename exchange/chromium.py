"""Finds the Chromium of the browser tests: installed, else Playwright's, else Debian's when root."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from exchange.processes import RunnerError

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ROOT / ".venv" / "browsers"
# The shell is Chromium without the windows that nobody sees in a test: it opens a page for a fifth of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# In this order: older releases have no shell.
PACKAGES = ("chromium-headless-shell", "chromium")
# Where systems put it, for a PATH that leaves these out.
FOLDERS = (
    "/usr/bin",
    "/usr/local/bin",
    "/snap/bin",
    "/opt/google/chrome",
    "/Applications/Chromium.app/Contents/MacOS",
    "/Applications/Google Chrome.app/Contents/MacOS",
)
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def works(program: Path) -> bool:
    """Whether the program says its version: an unmet library shows here."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return (
            subprocess.run(
                [program, "--version"],
                env=os.environ | {"PATH": SYSTEM_PATH},
                capture_output=True,
                timeout=60,
            ).returncode
            == 0
        )
    return False


def installed(path: str, folders: Iterable[str] = FOLDERS) -> Path | None:
    """A working Chromium on PATH or in the usual folders."""
    names = (*NAMES, "Chromium", "Google Chrome")
    for name in names:
        found = shutil.which(name, path=os.pathsep.join([path, *folders]))
        if found and works(Path(found)):
            return Path(found)
    return None


def playwrights(env: Mapping[str, str]) -> Path | None:
    """The Chromium that Playwright would start, when it is there and works."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=dict(env), capture_output=True, text=True)
    program = Path(done.stdout.strip() or "/nonexistent")
    return program if done.returncode == 0 and program.exists() and works(program) else None


def find_or_install(say: Callable[[str], None], env: Mapping[str, str]) -> Path:
    """The path of a Chromium that works. Raises RunnerError when there is none and none can be had."""
    given = env.get("CHROMIUM")
    if given:
        if works(Path(given)):
            return Path(given)
        raise RunnerError(f"CHROMIUM names {given}, which does not run")
    own = dict(env) | {"PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}
    if program := installed(env.get("PATH", "")) or playwrights(own):
        return program
    say("there is no Chromium here; asking Playwright for its own")
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        env=own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    if program := playwrights(own):
        return program
    if os.geteuid() == 0 and shutil.which("apt-get", path=SYSTEM_PATH):
        say("Playwright's cannot be had; installing Debian's")
        apt = own | {"PATH": SYSTEM_PATH, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], *(["install", "--yes", "--no-install-recommends", one] for one in PACKAGES)):
            subprocess.run(["apt-get", *arguments], env=apt, stdin=subprocess.DEVNULL, capture_output=True)
            if program := installed(env.get("PATH", "")):
                return program
    raise RunnerError("the browser tests need Chromium and none could be had: install chromium, or set CHROMIUM to it")
