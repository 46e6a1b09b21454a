"""Numbers of journals as people write them: folded to be found and compared, and the one that follows. Pure text.

The same number is typed with every kind of dash, with spaces around a slash, with Cyrillic letters for Latin ones.
"""

import re
import unicodedata
from collections.abc import Iterable

# What a folded number may take in the index; a journal's number has at most 60 letters as typed.
LONGEST = 120
# Dashes that Unicode does not call dashes, and slashes that it does not take for one.
DASHES = dict.fromkeys("\u2212\u2043\u02d7\u2500\u30fc", "-")
SLASHES = dict.fromkeys("\\\u2044\u2215\u29f8\u2571", "/")
# Capital Cyrillic letters that look like a Latin one on paper.
LOOKALIKES = dict(zip("АВЕЁКМНОРСТУҮХҺІЈЅ", "ABEEKMHOPCTYYXHIJS", strict=True))
FOLDS = str.maketrans({**DASHES, **SLASHES, **LOOKALIKES, "№": "", "#": ""})


def folded(text: str) -> str:
    """A number without what people write differently: kinds of dash and slash, spaces, script and case of letters."""
    # № first: Unicode would make two letters of it.
    plain = unicodedata.normalize("NFKC", text.replace("№", "")).upper().translate(FOLDS)
    kept = ("-" if unicodedata.category(one) == "Pd" else one for one in plain if not _is_nothing(one))
    # A letter and a mark between which a blank stood are one now.
    return unicodedata.normalize("NFC", "".join(kept))[:LONGEST]


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


def _is_nothing(letter: str) -> bool:
    """Whether a sign is a blank, or is not seen at all."""
    return unicodedata.category(letter)[0] in "ZC"
