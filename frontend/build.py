"""Builds everything a page loads into static/build/: one style sheet, htmx, the icon sprite and cut fonts.

Run with the project's Python from the checkout: ``python frontend/build.py``. Needs Node 20 or newer on PATH
or in the folder named by NODE_BIN_DIR. The same inputs give the same bytes. ``--print-inputs`` lists the
files the result depends on, so that a caller can skip an unchanged build.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "static" / "build"
MODULES = HERE / "node_modules"
STAMP = MODULES / ".comity-lock"
LOCK_FILES = ("package.json", "package-lock.json", ".npmrc")
SASS_QUIET = "--silence-deprecation=import,global-builtin,color-functions"
BUDGET = 140 * 1024  # design: aim of a first visit, HTML included

# Layout features the pages need; the rest of Source Sans (small capitals, swashes, ...) is cut away.
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]
SANS = "@fontsource-variable/source-sans-3/files/source-sans-3-{}-wght-normal.woff2"
MONO = "@fontsource/ibm-plex-mono/files/ibm-plex-mono-{}-400-normal.woff2"
CENTRAL_ASIAN = (
    "U+0472-0473,U+0492-0493,U+0496-0497,U+049A-049B,U+04A2-04A3,U+04AE-04B3,U+04B6-04B7,U+04BA-04BB,"
    "U+04D8-04D9,U+04E2-04E3,U+04E8-04E9,U+04EE-04EF"
)
LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-200F,U+2010-2026,U+202F-203A,"
    "U+2044,U+20AC,U+2122,U+2212"
)
CYRILLIC = "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116"
# (family, file, source in node_modules, unicode range)
FONTS = (
    ("Source Sans 3", "sans-latin", SANS.format("latin"), LATIN),
    ("Source Sans 3", "sans-cyrillic", SANS.format("cyrillic"), CYRILLIC),
    ("Source Sans 3", "sans-central-asian", SANS.format("cyrillic-ext"), CENTRAL_ASIAN),
    ("Source Sans 3", "sans-latin-more", SANS.format("latin-ext"), "U+0100-0130,U+0132-0151,U+0154-017F"),
    ("IBM Plex Mono", "mono-latin", MONO.format("latin"), "U+0020-007E,U+00A0-00FF,U+2010-2026"),
    ("IBM Plex Mono", "mono-cyrillic", MONO.format("cyrillic"), "U+0400-045F,U+2116"),
)


class BuildError(Exception):
    """A build that cannot go on; its text is the one line for the reader."""


def say(line: str) -> None:
    """Write one line to the terminal."""
    sys.stdout.write(f"{line}\n")


def input_paths() -> list[Path]:
    """Return every file in the checkout that the result depends on, in a stable order."""
    own = [HERE / name for name in (*LOCK_FILES, "build.py", "icons.txt")]
    return [*own, *sorted((HERE / "scss").glob("*.scss"))]


def icon_names() -> list[str]:
    """Return the names in icons.txt, in order, without comments."""
    lines = (HERE / "icons.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def build_environment() -> dict[str, str]:
    """Return the environment for Node: NODE_BIN_DIR first on PATH, and a writable home for npm's cache."""
    env = dict(os.environ)
    folder = env.get("NODE_BIN_DIR")
    if folder:
        env["PATH"] = os.pathsep.join([folder, env.get("PATH", "")])
    env["npm_config_update_notifier"] = "false"
    return env


def find_tool(name: str, env: dict[str, str]) -> str:
    """Return the path of a program.

    Raises BuildError when it is missing.
    """
    found = shutil.which(name, path=env.get("PATH"))
    if found is None:
        raise BuildError(f"{name} was not found: install Node 20 or newer, or set NODE_BIN_DIR")
    return found


def run(command: list[str], env: dict[str, str]) -> bytes:
    """Run a program in frontend/ and return its output.

    Raises BuildError with the end of its messages when it fails.
    """
    done = subprocess.run(command, cwd=HERE, env=env, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise BuildError(f"{Path(command[0]).name} failed:\n{said[-1500:]}")
    return done.stdout


def install_packages(env: dict[str, str]) -> None:
    """Fetch the packages of the lock file, unless the very same lock is installed already."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in LOCK_FILES)).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == digest:
        return
    npm = find_tool("npm", env)
    # A cache of our own: the home folder may be missing, empty or not ours.
    with tempfile.TemporaryDirectory(prefix="comity-npm-") as cache:
        run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--cache", cache], env)
    STAMP.write_text(digest, encoding="ascii")


def build_styles(env: dict[str, str], out: Path) -> None:
    """Compile the style sheet and put the font faces before it."""
    node = find_tool("node", env)
    sass = str(MODULES / "sass" / "sass.js")
    compiled = run(
        [
            node,
            sass,
            "--load-path=node_modules",
            "--no-source-map",
            "--style=compressed",
            "--quiet-deps",
            SASS_QUIET,
            "scss/comity.scss",
        ],
        env,
    ).decode("utf-8")
    (out / "comity.css").write_text(font_faces() + compiled.lstrip("\ufeff"), encoding="utf-8")


def font_faces() -> str:
    """Return the @font-face rules of all cut fonts."""
    faces = []
    for family, name, _, ranges in FONTS:
        weight = "400 700" if family.startswith("Source") else "400"
        faces.append(
            f'@font-face{{font-family:"{family}";font-style:normal;font-weight:{weight};font-display:swap;'
            f'src:url("{name}.woff2") format("woff2");unicode-range:{ranges}}}'
        )
    return "\n".join(faces) + "\n"


def code_points(ranges: str) -> set[int]:
    """Return the code points of a CSS unicode-range."""
    points: set[int] = set()
    for part in ranges.split(","):
        first, _, last = part.removeprefix("U+").partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


def cut_font(source: Path, target: Path, ranges: str) -> None:
    """Write the letters of `ranges`, weights 400 to 700 and the features the pages need, as woff2."""
    # No new time stamp: the same inputs must give the same bytes.
    font = TTFont(source, recalcTimestamp=False)
    options = Options(layout_features=FEATURES, hinting=False, notdef_outline=True, drop_tables=["DSIG"])
    options.flavor = "woff2"
    cutter = Subsetter(options)
    cutter.populate(unicodes=code_points(ranges))
    cutter.subset(font)
    if "fvar" in font:
        instantiateVariableFont(font, {"wght": (400, 700)}, inplace=True)
    font.flavor = "woff2"
    font.save(target, reorderTables=True)


def build_sprite(out: Path) -> None:
    """Write one SVG with a symbol for each icon of icons.txt.

    Raises BuildError for a name that the icon set does not hold.
    """
    symbols = []
    for name in icon_names():
        source = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
        if not source.exists():
            raise BuildError(f"icons.txt names '{name}', which Tabler's outline set does not hold")
        body = re.sub(r"^.*?<svg[^>]*>|</svg>.*$", "", source.read_text(encoding="utf-8"), flags=re.DOTALL)
        shapes = re.findall(r"<[^>]+/>", body)
        drawn = "".join(re.sub(r"\s*/>", "/>", shape) for shape in shapes if 'stroke="none"' not in shape)
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'
        )
    text = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'
    (out / "icons.svg").write_text(text, encoding="utf-8")


def copy_htmx(out: Path) -> None:
    """Copy htmx as its makers ship it."""
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "htmx.min.js", out / "htmx.min.js")


def report(out: Path) -> None:
    """Print what each file weighs on the wire (gzip -9; fonts are compressed already)."""
    total = 0
    for path in sorted(out.iterdir()):
        data = path.read_bytes()
        size = len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 9, mtime=0))
        total += size
        say(f"  {path.name:<26}{size / 1024:6.1f} KB")
    say(f"  {'all, compressed':<26}{total / 1024:6.1f} KB of {BUDGET // 1024}")


def build() -> None:
    """Build into a fresh folder, then swap: a failed build leaves the old one whole."""
    env = build_environment()
    install_packages(env)
    OUT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=OUT.parent) as fresh:
        out = Path(fresh) / "build"
        out.mkdir()
        build_styles(env, out)
        copy_htmx(out)
        build_sprite(out)
        for _, name, source, ranges in FONTS:
            cut_font(MODULES / source, out / f"{name}.woff2", ranges)
        shutil.rmtree(OUT, ignore_errors=True)
        out.rename(OUT)
    report(OUT)


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit status."""
    if arguments == ["--print-inputs"]:
        say("\n".join(str(path.relative_to(ROOT)) for path in input_paths()))
        return 0
    if arguments:
        sys.stderr.write("usage: python frontend/build.py [--print-inputs]\n")
        return 2
    try:
        build()
    except (BuildError, OSError) as error:
        sys.stderr.write(f"front end: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
