"""A first visit over a slow link: what it weighs, as it travels."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import with_password
from tests.e2e.visitor import Visitor
from tests.factories import Line, World

pytestmark = pytest.mark.django_db(transaction=True)

BUDGET = 200_000


@pytest.mark.parametrize("language", ["en", "ru"])
def test_first_visit(world: World, line: Line, visit: Callable[..., Visitor], language: str) -> None:
    """Sign-in, desk and one request, with style, script, fonts and icons: under 200 KB, most of it once."""
    world.drafter.language = language
    person = with_password(world.drafter)
    person.save(update_fields=["language"])
    visitor = visit(language=language)
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    weights: dict[str, int] = {}
    names: dict[str, str] = {}
    session.on("Network.responseReceived", lambda one: names.update({one["requestId"]: one["response"]["url"]}))
    session.on("Network.loadingFinished", lambda one: weights.update({one["requestId"]: one["encodedDataLength"]}))
    visitor.sign_in(person.email).go(f"/requests/{line.pk}/")
    visitor.page.evaluate("() => document.fonts.ready")
    visitor.page.wait_for_load_state("networkidle")
    listed = sorted(((int(size), names.get(key, "?")) for key, size in weights.items()), reverse=True)
    total = sum(size for size, _name in listed)
    assert total < BUDGET, f"{total} bytes: {listed}"
    kinds = " ".join(name for _size, name in listed)
    assert all(part in kinds for part in (".css", ".js", ".woff2", ".svg")), kinds
