"""Writes the exercise's documents and pictures anew: `python tools/papers`, with the typst of requirements/drills.txt.

What it writes is kept in the repository: the exercise is loaded where nothing can be drawn. The same source gives the
same bytes.
"""

from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "exercise" / "documents"
PICTURES = {"marking", "camera", "scan"}
# Dots an inch: a picture is at most some 1,200 points wide.
SHARP = 140


def main() -> None:
    """One file for each source, but for the form that they share."""
    OUT.mkdir(exist_ok=True)
    for source in sorted(HERE.glob("*.typ")):
        if source.stem == "form":
            continue
        kind = "png" if source.stem in PICTURES else "pdf"
        target = OUT / f"{source.stem}.{kind}"
        options = {"ppi": SHARP} if kind == "png" else {"pdf_standards": "a-2b"}
        typst.compile(str(source), output=str(target), format=kind, root=str(HERE), **options)


if __name__ == "__main__":
    main()
