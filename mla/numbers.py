"""Numbers of journals: all of one line, folded to be found (cases/folding.py), and the one that follows. Pure text."""

import re
from collections.abc import Iterable

from cases.folding import folded


def searchable(numbers: Iterable[str]) -> str:
    """All the numbers of one line of a journal, folded, a line each: what a search looks through."""
    return "\n".join(dict.fromkeys(filter(None, map(folded, numbers))))


def following(number: str, year: int) -> str:
    """The number after one that was given in `year`: its last figures, unless they are the year, one higher.

    '14/3-218' is followed by '14/3-219', '218/26' of 2026 by '219/26'. Empty when there is nothing to count on.
    """
    runs = list(re.finditer(r"[0-9]+", number))
    if len(runs) > 1 and runs[-1][0] in {f"{year}", f"{year % 100:02d}"}:
        runs.pop()
    if not runs:
        return ""
    last = runs[-1]
    return f"{number[: last.start()]}{int(last[0]) + 1:0{len(last[0])}d}{number[last.end() :]}"
