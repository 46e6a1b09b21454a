"""The example that others begin with works against a running portal, as it stands in docs/."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from accounts.models import User
from agencies.models import Role
from mla.workflow import Body
from tests.factories import World

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "api_example.py"
PASSWORD = "a long and invented sentence"


def accounts(world: World) -> list[dict[str, object]]:
    """The people of a world as `.demo/accounts.json` names those of the demo."""
    liaison = world.new(Body.DRAFTING, Role.LIAISON)
    people = [*world.holders.values(), liaison]
    liaison.set_password(PASSWORD)
    User.objects.filter(pk__in=[one.pk for one in people]).update(password=liaison.password)
    found = []
    for user in people:
        membership = user.memberships.get()
        found.append(
            {
                "email": user.email,
                "password": PASSWORD,
                "name": user.name,
                "roles": list(membership.roles.values_list("role", flat=True)),
                "agency": membership.agency.code,
                "state": membership.agency.state_id,
                "language": user.language,
            }
        )
    return found


def test_from_draft_to_closed(portal: Callable[..., str], tmp_path: Path) -> None:
    """Draft to closed, every wrong actor refused; shared, read, revoked and gone; by the standard library alone."""
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps(accounts(World())))
    done = subprocess.run(
        [sys.executable, "-I", EXAMPLE, portal(), file], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "close: closed" in done.stdout and "gone" in done.stdout


def test_it_says_how_it_is_used() -> None:
    """Without a portal it ends with 2."""
    done = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "accounts.json" in done.stderr
