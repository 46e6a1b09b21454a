"""The shaking of tests/api/test_shaken.py, longer, and every edge of the schema as each person: `make drill-api`."""

import os

import pytest

from tests.api.shaking import Ground, operations, shake


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(0)
@pytest.mark.parametrize("who", ["drafter", "liaison", "executor"])
def test_nothing_undocumented(who: str) -> None:
    """So many cases an operation as one of the three."""
    ground = Ground()
    found = shake(ground, ground.people[who], cases=int(os.environ["CASES"]), seed=int(os.environ["SEED"]))
    assert not found.problems, found.told()
    assert set(found.sent) == operations()
    assert {200, 400, 404} <= found.statuses and max(found.statuses) < 500, found.statuses
