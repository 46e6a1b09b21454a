"""At the edges: the portal at rest, a host that is not ours, an export watched as it is made, a file of the log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from agencies.models import Role
from exports import services
from mla.workflow import Body
from tests.e2e.conftest import with_password
from tests.e2e.test_reach import violations
from tests.e2e.visitor import Visitor, visitors
from tests.factories import Line, World, person
from tests.security.people import put_paper, secretariat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def resting(browser: Browser, portal: Callable[..., str], tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Call it for a visitor of a portal that is being maintained."""
    file = tmp_path / "maintenance"
    file.write_text("45")
    with visitors(browser, portal(EXERCISE="Saffron Crate", MAINTENANCE_FILE=str(file))) as make:
        yield make


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_portal_at_rest(resting: Callable[..., Visitor], language: str) -> None:
    """The page reads well in each language, wide and narrow; axe finds nothing, nothing sticks out."""
    visitor = resting(language=language)
    response = visitor.page.goto(f"{visitor.url}/cases/")
    assert response is not None and response.status == 503
    visitor.problems.clear()  # the 503 was asked for
    assert "45" in visitor.words and visitor.page.locator("html").get_attribute("lang") == language
    bar = visitor.page.locator("header.bar").evaluate("one => getComputedStyle(one).backgroundColor")
    assert bar != "rgba(0, 0, 0, 0)", "the style sheet has come"
    for width in (1440, 360):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert not violations(visitor.page) and not visitor.sideways()


def test_an_export_from_asking_to_the_file(world: World, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    """Two people at two browsers, and a real worker; the page that watches shows the file by itself."""
    line = Line(world)
    put_paper(line.case, world.drafter)
    liaison = world.new(Body.DRAFTING, Role.LIAISON)
    with_password(world.supervisor, liaison)
    asker, second = visit().sign_in(world.supervisor.email), visit().sign_in(liaison.email)
    asker.go("/export/").fill(reason="archive", understood=True).press("Ask for an export")
    asker.page.wait_for_selector("text=Waits for a second person")
    second.go("/notifications/")
    second.page.wait_for_timeout(500)
    second.go("/notifications/").page.locator("main button:has-text('second person')").first.click()
    second.press("Confirm the export")
    second.page.wait_for_selector("text=Confirmed.")
    asker.page.reload()
    asker.page.wait_for_selector("text=Download the file", timeout=60_000)
    with asker.page.expect_download() as waiting:
        asker.press("Download the file", "link")
    waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
    (saved,) = tmp_path.glob("KG-MIA-*.zip")
    assert saved.read_bytes().startswith(b"PK")
    assert services.AgencyExport.objects.get().size == saved.stat().st_size


def test_the_log_as_a_file(world: World, visit: Callable[..., Visitor]) -> None:
    """An auditor narrows the list by the keyboard's own controls, and takes what it shows."""
    person(secretariat(), Role.PLATFORM_ADMIN)
    auditor = with_password(person(secretariat(), Role.AUDITOR))
    Line(world).walk_to("transmitted")
    visitor = visit().sign_in(auditor.email)
    visitor.page.get_by_role("link", name="Audit log").first.click()
    visitor.page.wait_for_url("**/audit/")
    visitor.fill(agency="KG-MIA", event="request.submit").press("Show")
    visitor.page.wait_for_url("**agency=KG-MIA**")
    assert visitor.page.locator("main tbody tr").count() == 1
    with visitor.page.expect_download() as waiting:
        visitor.press("Export CSV", "link")
    assert "Submitted for review" in Path(waiting.value.path()).read_text(encoding="utf-8-sig")
