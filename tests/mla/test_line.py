"""The whole line, step by step, through the one service."""

import pytest

from tests.factories import WAYS, Line, World


@pytest.mark.parametrize("state", WAYS)
def test_every_state_is_reached(world: World, state: str) -> None:
    """Six people in their offices take a request to each state of the line."""
    assert Line(world).walk_to(state).state == state
