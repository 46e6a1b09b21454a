"""The first thing that `make demo` and `make test` run, with whatever Python 3.11 or newer the machine has.

Makes `.venv` and installs the locked packages into it when the lock file changed, then becomes the program
asked for, run by that `.venv`. Uses the standard library only, and says every hindrance in one line.

    python3 tools/bootstrap.py demo|demo-reset|run|drill [command ...]

`drill` is `run` with the packages of requirements/drills.txt too, which nothing else needs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What is installed, each with the note of what it was installed from.
EVERYTHING = (ROOT / "requirements" / "dev.txt", VENV / "comity-installed")
DRILLS = (ROOT / "requirements" / "drills.txt", VENV / "comity-installed-drills")
LOG = ROOT / ".cache" / "install.log"
# What the packages, the front end's packages and a first cluster take.
FIRST_START_MB = 1500
LATER_MB = 200
DEFAULT_PORT = 8000
# Those below are root's, who may start the demo too: elsewhere it would not start.
FIRST_PORT = 1024


def fail(text: str) -> NoReturn:
    """End with one line for the person at the terminal."""
    sys.stderr.write(f"comity: {text}\n")
    sys.exit(1)


def say(text: str) -> None:
    sys.stderr.write(f"comity: {text}\n")
    sys.stderr.flush()


def lock_hash(lock_file: Path) -> str:
    """What an up-to-date `.venv` was made from."""
    return hashlib.sha256(lock_file.read_bytes()).hexdigest()


def installed(lock_file: Path = EVERYTHING[0], stamp: Path = EVERYTHING[1]) -> bool:
    return PYTHON.exists() and stamp.is_file() and stamp.read_text().strip() == lock_hash(lock_file)


def check_disk() -> None:
    """Refuse to begin what cannot end."""
    places = [ROOT] + ([Path("/var/tmp")] if os.geteuid() == 0 else [])
    need = LATER_MB if installed() else FIRST_START_MB
    for place in places:
        free = shutil.disk_usage(place).free // 1_000_000
        if free < need:
            fail(f"the disk is full: {place} has {free} MB free and {need} MB are needed")


def chosen_port() -> int:
    """PORT, or the usual one. Ends with a line when it is no port or cannot be had."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and FIRST_PORT <= int(text) < 65536):
        fail(f"PORT={text} is no port: choose a number from {FIRST_PORT} to 65535, such as make demo PORT=8080")
    return int(text)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fail(f"port {port} is taken: choose another, such as make demo PORT=8080")
    # Browsers may ask ::1 for localhost first: somebody else's server there would answer in our place.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("::1", port)) == 0:
            fail(f"port {port} is taken: choose another, such as make demo PORT=8080")


def take_demo_lock() -> int:
    """Become the one demo of this checkout; the lock goes over to the program that we become."""
    folder = ROOT / ".demo"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        who = os.read(lock, 200).decode(errors="replace").strip()
        fail(f"a demo of this checkout runs already{f' ({who})' if who else ''}: end it first with Ctrl-C")
    return lock


def run_logged(what: str, argv: list[str], env: dict[str, str]) -> None:
    """Run a program, its output into the log. Ends with a line when it fails."""
    LOG.parent.mkdir(exist_ok=True)
    with open(LOG, "a") as log:
        log.write(f"$ {what}\n")
        log.flush()
        start = log.tell()
        code = subprocess.call(argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    if code == 0:
        return
    with open(LOG, errors="replace") as log:
        log.seek(start)
        output = log.read()
    if "no space left on device" in output.lower():
        fail(f"the disk is full: {what} could not write")
    if "ensurepip" in output and "pip" not in argv:
        fail(
            f"this Python ({sys.executable}) cannot make a virtual environment: install its venv package "
            "(Debian, Ubuntu: apt install python3-venv)"
        )
    lines = [line.strip() for line in output.splitlines() if "ERROR" in line] or output.splitlines()[-1:] or [""]
    fail(f"{what} failed: {lines[-1]} (more in {LOG})")


def pip_environment() -> dict[str, str]:
    env = dict(os.environ)
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env["PIP_ROOT_USER_ACTION"] = "ignore"
    # A full disk shows here, not in the small /tmp of some machines, and an empty HOME does not matter.
    home = env.get("HOME", "")
    if not (home and os.access(home, os.W_OK)):
        env["PIP_NO_CACHE_DIR"] = "1"
    return env


def usable_venv() -> bool:
    """Whether `.venv` is there and its Python runs and is new enough."""
    with contextlib.suppress(OSError):
        probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return subprocess.call([str(PYTHON), "-c", probe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    return False


def install(lock_file: Path = EVERYTHING[0], stamp: Path = EVERYTHING[1]) -> None:
    """Bring `.venv` to the state of the lock file; quick when it is there."""
    if installed(lock_file, stamp):
        return
    if sysconfig.get_platform().startswith("win"):
        fail("Linux or macOS is needed (on Windows: WSL)")
    LOG.parent.mkdir(exist_ok=True)
    with open(LOG.parent / "install.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed(lock_file, stamp):
            return
        LOG.unlink(missing_ok=True)
        if not usable_venv():
            say("making .venv")
            run_logged("python -m venv", [sys.executable, "-m", "venv", "--clear", str(VENV)], dict(os.environ))
        stamp.unlink(missing_ok=True)
        say("installing the locked packages (once; a minute or two)")
        run_logged(
            "installing the locked packages",
            [
                str(PYTHON),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "-r",
                str(lock_file),
            ],
            pip_environment(),
        )
        stamp.write_text(lock_hash(lock_file) + "\n")


def become(*argv: str) -> NoReturn:
    """Replace this process by the `.venv`'s Python, so that signals reach the program itself."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *argv])


def main(arguments: list[str]) -> None:
    match arguments:
        case ["demo" | "demo-reset" as target]:
            lock = take_demo_lock()
            port = chosen_port()
            check_port(port)
            check_disk()
            install()
            os.set_inheritable(lock, True)
            become(
                "-m",
                "exchange.demo",
                "--port",
                str(port),
                "--lock",
                str(lock),
                *(["--reset"] if target == "demo-reset" else []),
            )
        case ["run" | "drill" as target, *command] if command:
            check_disk()
            install()
            if target == "drill":
                install(*DRILLS)
            become(*command)
        case _:
            fail("bootstrap.py is run by make: see `make help`")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        full = problem.errno == 28
        fail("the disk is full" if full else f"{problem.strerror}: {problem.filename}")
