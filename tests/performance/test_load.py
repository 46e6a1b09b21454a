"""The load of `make drill-load`, without the load: how forms are read, how memory and times are judged."""

import pytest

from benchmarks.forms import Forms
from benchmarks.load import GROWTH_PERCENT, LONG_ENOUGH, P95_MS, grown, judged, table

PAGE = """
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="a"><input name="term"></form>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="b"><input name="title" value="&quot;x&quot;">
<input type="checkbox" name="no" value="1"><input type="checkbox" name="yes" value="2" checked>
<select name="kind"><option value="first">1<option value="second" selected>2</select>
<select name="other"><option value="only">1</select>
<textarea name="text">
two
lines</textarea><button name="go">Save</button></form>
"""


def test_a_form_is_read_as_a_browser_sends_it() -> None:
    """The one with the wanted field, hidden fields and all; what is not ticked is not sent."""
    assert Forms(PAGE, "term").found == {"csrfmiddlewaretoken": "a", "term": ""}
    found = {"csrfmiddlewaretoken": "b", "title": '"x"', "yes": "2", "kind": "second", "other": "only"}
    assert Forms(PAGE, "title").found == found | {"text": "two\nlines"}
    assert Forms(PAGE, "nothing").found == {}


@pytest.mark.parametrize(
    ("held", "percent"),
    [
        (lambda at: 100.0, 0),
        # Caches that fill in the first half are no leak.
        (lambda at: min(100.0, 50 + at), 0),
        (lambda at: 100 + 0.1 * at, 4.1),
        # Up and down, and at its end where it was.
        (lambda at: 100 + 5 * (at % 2), 0),
    ],
)
def test_memory_is_judged_by_its_second_half(held: object, percent: float) -> None:
    """By a line through the samples, in parts of what the process holds."""
    row = grown("web", [(float(at), held(at)) for at in range(0, 100)])  # type: ignore[operator]
    assert row["grown_percent"] == pytest.approx(percent, abs=0.7)


def page(**more: float) -> dict[str, float]:
    """A row of locust's."""
    return {"p95_ms": 100, "median_ms": 40, "failures": 0} | more


@pytest.mark.parametrize(
    ("target", "pages", "growth"),
    [("p95_ms", page(p95_ms=P95_MS), 0), ("failures", page(failures=1), 0), ("memory_grown_percent", page(), 6)],
)
def test_each_target_can_be_missed(target: str, pages: dict[str, float], growth: float) -> None:
    """And is, by a whole run; a short one is judged by its failures alone."""
    memory = [{"grown_percent": 0.0}, {"grown_percent": float(growth)}]
    whole = judged([pages], [page(median_ms=4)], memory, LONG_ENOUGH)
    assert [name for name, row in whole.items() if row["met"] is False] == [target]
    short = judged([pages], [page(median_ms=4)], memory, LONG_ENOUGH - 1)
    assert [name for name, row in short.items() if row["met"] is False] == [target] * (target == "failures")
    assert whole["times_the_bare_page"]["is"] == 10 and GROWTH_PERCENT < 6
    assert "p95_ms" in table([{"target": name, **row} for name, row in whole.items()])
