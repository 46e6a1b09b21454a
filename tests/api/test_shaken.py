"""The whole schema shaken by three different people: no answer above 499, and none that the schema does not name.

100 cases an operation, spread over the three; `make drill-api` sends more as each of them.
"""

import pytest

from tests.api.shaking import Ground, Shaken, operations, shake

CASES = 100
# They have nothing to be shaken: neither parameter nor body.
BARE = {"GET /api/v1/me/", "GET /api/v1/schema/"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(1200)
def test_nothing_undocumented() -> None:
    """Examples, coverage, fuzzing and stateful, with ids that are there and ids that are not."""
    ground, found = Ground(), Shaken()
    for number, user in enumerate(ground.people.values()):
        edges = set(sorted(operations())[number :: len(ground.people)])
        found += shake(ground, user, cases=CASES // len(ground.people) + 1, seed=number, edges=edges)
    assert not found.problems, found.told()
    # That it reached something: every operation often enough, and every kind of answer.
    assert set(found.sent) == operations()
    assert not [label for label, sent in found.sent.items() if sent < CASES and label not in BARE], found.sent
    assert {200, 201, 400, 403, 404, 409} <= found.statuses and max(found.statuses) < 500, found.statuses
