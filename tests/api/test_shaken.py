"""The whole schema shaken by three different people: no answer above 499, and none that the schema does not name.

`make drill-api` sends more, and every edge of the schema as each of them.
"""

import os

import pytest

from api.views.reference import schema
from tests.api.shaking import Ground, shake

CASES = int(os.environ.get("CASES", "") or 4)
DRILL = "CASES" in os.environ
SEED = int(os.environ.get("SEED", "") or 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(0)
@pytest.mark.parametrize("who", ["drafter", "liaison", "executor"])
def test_nothing_undocumented(who: str) -> None:
    """Examples, coverage, fuzzing and stateful, with ids that are there and ids that are not."""
    ground = Ground()
    found = shake(ground, ground.people[who], cases=CASES, seed=SEED, coverage=DRILL or who == "drafter")
    assert not found.problems, "\n\n".join(sorted(set(found.problems))[:40])
    # That it reached something: every operation, and every kind of answer.
    operations = {f"{method.upper()} {path}" for path, methods in schema("en")["paths"].items() for method in methods}
    assert set(found.sent) == operations, found.sent
    assert {200, 400, 404} <= found.statuses and max(found.statuses) < 500, found.statuses
