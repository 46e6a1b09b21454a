"""What came out: one line for each comparison, for people and for scripts."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.asking import Question


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison of medians. Without `wanted` it is told and not judged; without `floor_ms` nothing is compared.

    `least_ratio` compares the fastest times: the truer one on a busy machine, where waiting makes all things alike.
    """

    name: str
    cases: int
    ms: float
    floor_ms: float | None
    ratio: float | None
    wanted: float | None
    ok: bool
    least_ratio: float | None
    # Of what a worker does again and again: how often in a second.
    per_second: int | None = None


def line(name: str, question: Question, floor: Question | None, wanted: float | None) -> Line:
    """One question against its floor."""
    ratio = question.ms / floor.ms if floor else None
    return Line(
        name=name,
        cases=question.cases,
        ms=round(question.ms, 3),
        floor_ms=round(floor.ms, 3) if floor else None,
        ratio=round(ratio, 2) if ratio else None,
        wanted=wanted,
        ok=ratio is None or wanted is None or ratio <= wanted,
        least_ratio=round(question.least_ms / floor.least_ms, 2) if floor else None,
    )


def lines(questions: list[Question]) -> Iterator[Line]:
    """Each question against its floor, and against itself in the smallest database."""
    found = {(question.name, question.cases): question for question in questions}
    smallest = min(question.cases for question in questions)
    for question in questions:
        yield line(question.name, question, found.get((question.floor, question.cases)), question.wanted)
        if question.growth and question.cases != smallest:
            name = f"{question.name}, against {smallest:,} cases"
            yield line(name, question, found[question.name, smallest], question.growth)


def save(results: list[Line], path: Path) -> None:
    """Write what scripts read."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in results], indent=1) + "\n")


def table(results: list[Line]) -> str:
    """What people read."""
    wide = max(len(one.name) for one in results)
    head = f"{'':{wide}} {'cases':>9} {'ms':>9} {'floor':>9} {'ratio':>7} {'least':>7} {'wanted':>7}"
    rows = [head]
    for one in results:
        floor = f"{one.floor_ms:9.2f}" if one.floor_ms is not None else " " * 9
        ratio = f"{one.ratio:7.2f}" if one.ratio is not None else " " * 7
        least = f"{one.least_ratio:7.2f}" if one.least_ratio is not None else " " * 7
        wanted = f"{one.wanted:7.1f}" if one.wanted is not None else " " * 7
        often = f"  {one.per_second:,} a second" if one.per_second else ""
        row = f"{one.name:{wide}} {one.cases:9,} {one.ms:9.2f} {floor} {ratio} {least} {wanted}{often}"
        rows.append(row if one.ok else f"{row}  MISSED")
    return "\n".join(rows)
