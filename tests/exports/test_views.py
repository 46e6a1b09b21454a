"""The pages of an export: ask, watch, confirm, fetch; each in its states, for each who may see it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agencies.models import Role
from audit.models import AuditEvent
from exports import building, services, store
from exports.models import AgencyExport, ExportState
from mla.workflow import Body
from tests.factories import Line, World, agency
from tests.security.pages import form_of
from tests.security.people import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Any) -> None:
    """Files of this test alone."""
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def liaison(world: World) -> User:
    """The second person."""
    return world.new(Body.DRAFTING, Role.LIAISON)


@pytest.fixture
def asker(world: World) -> Client:
    """The supervisor's browser."""
    return browser(world.supervisor)


def asked(world: World) -> AgencyExport:
    """An export that was asked for."""
    return services.ask(actor=world.supervisor, agency=agency("KG-MIA"), reason="archive")


def confirmed(world: World, liaison: User) -> AgencyExport:
    """One that waits for a worker."""
    return services.take(actor=liaison, pk=asked(world).pk, step="confirm")


def page(client: Client, export: AgencyExport, **headers: str) -> str:
    """Its page."""
    response = client.get(reverse("exports:detail", args=[export.pk]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, export: AgencyExport, step: str, **data: Any) -> Any:
    """A step, sent."""
    return client.post(reverse("exports:step", args=[export.pk, step]), data)


def test_from_asking_to_fetching(world: World, liaison: User, asker: Client) -> None:
    """By the forms that stand on the pages, as a browser sends them."""
    Line(world)
    form = form_of(asker.get(reverse("exports:index")).content.decode())
    response = asker.post(reverse("exports:index"), form.data | {"reason": "archive", "understood": "on"})
    export = AgencyExport.objects.get()
    assert response["Location"] == reverse("exports:detail", args=[export.pk])
    assert "They have been told" in page(asker, export)
    second = browser(liaison)
    assert "Confirm the export" in page(second, export)
    form = form_of(page(second, export), reverse("exports:step", args=[export.pk, "confirm"]))
    assert second.post(form.action, form.data).status_code == 302
    assert "as soon as the portal has time" in page(asker, export)
    building.build(export.pk)
    text = page(asker, export)
    assert "Download the file" in text and 'id="progress"' not in text
    response = asker.get(reverse("exports:file", args=[export.pk]))
    assert response.status_code == 200
    assert re.search(r'attachment; filename="KG-MIA-\d{4}-\d\d-\d\d\.zip"', response["Content-Disposition"])
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    export.refresh_from_db()
    data = b"".join(response.streaming_content)
    assert len(data) == export.size and data.startswith(b"PK")


def test_a_form_counts_once(world: World, asker: Client) -> None:
    """Sent twice, one export is asked for, and both lead to it."""
    form = form_of(asker.get(reverse("exports:index")).content.decode())
    data = form.data | {"reason": "archive", "understood": "on"}
    first, second = (asker.post(reverse("exports:index"), data)["Location"] for _ in range(2))
    assert first == second and AgencyExport.objects.count() == 1
    export = AgencyExport.objects.get()
    token = {"token": form_of(page(asker, export)).data["token"]}
    locations = {send(asker, export, "cancel", **token)["Location"] for _ in range(2)}
    assert len(locations) == 1 and AuditEvent.objects.filter(name="export.cancel").count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reason": "archive"}, "understood"),
        ({"understood": "on"}, "reason"),
        ({"reason": "for fun", "understood": "on"}, "reason"),
        ({"reason": "archive", "understood": "on", "agency": "KG-GPO"}, "agency"),
        ({"reason": "archive", "understood": "on", "agency": "00000000-0000-0000-0000-000000000001"}, "agency"),
    ],
)
def test_what_is_missing_is_said(world: World, asker: Client, data: dict[str, str], field: str) -> None:
    """At its field; nothing is asked for."""
    response = asker.post(reverse("exports:index"), {"agency": agency("KG-MIA").pk} | data)
    assert response.status_code == 200 and response.context["form"].has_error(field)
    assert not AgencyExport.objects.exists()


def test_a_second_one_waits(world: World, asker: Client) -> None:
    """The form is gone while one is open; sent all the same, it says why not."""
    asked(world)
    assert "I know that the file leaves" not in asker.get(reverse("exports:index")).content.decode()
    data = {"agency": agency("KG-MIA").pk, "reason": "archive", "understood": "on"}
    response = asker.post(reverse("exports:index"), data)
    assert "You have asked for one already" in response.content.decode()


def test_progress_is_the_askers(world: World, liaison: User, asker: Client) -> None:
    """Step, done and total, with a way to look again without script. The second person is told no number."""
    export = confirmed(world, liaison)
    AgencyExport.objects.filter(pk=export.pk).update(
        state=ExportState.BUILDING, step=2, done=310, total=1200, claim=export.pk
    )
    text = page(asker, export)
    assert "Step 2 of 5: items, 310 of 1,200" in text and 'max="1200" value="310"' in text
    assert "You may close this page" in text and "Look again" in text and "every 3s" in text
    other = page(browser(liaison), export)
    assert "310 of" not in other and "1,200" not in other and "<progress" not in other


def test_the_watching_page_ends_by_itself(world: World, liaison: User, asker: Client) -> None:
    """Ready: the part that asks is told to show the page anew; while it is made, it is not."""
    export = confirmed(world, liaison)
    url = reverse("exports:detail", args=[export.pk])
    watching = {"HX-Request": "true"}
    assert not asker.get(url, headers=watching).has_header("HX-Refresh")
    building.build(export.pk)
    assert asker.get(url, headers=watching)["HX-Refresh"] == "true"
    assert not asker.get(url).has_header("HX-Refresh")


@pytest.mark.parametrize("state", list(ExportState))
def test_each_state_has_its_page(world: World, liaison: User, asker: Client, state: str) -> None:
    """In words, for both; only open ones can be cancelled."""
    export = asked(world)
    more = {"decided_by": liaison, "decided_at": export.asked_at}
    if state == ExportState.READY:
        more |= {"file": export.pk, "size": 5_000_000, "sha256": "ab" * 32, "expires_at": export.asked_at}
    AgencyExport.objects.filter(pk=export.pk).update(state=state, **(more if state != ExportState.ASKED else {}))
    for client in (asker, browser(liaison)):
        assert str(ExportState(state).label) in page(client, export)
        assert str(ExportState(state).label) in client.get(reverse("exports:index")).content.decode()
    export.refresh_from_db()
    assert ("Cancel the export" in page(asker, export)) == export.is_open
    assert "Download the file" not in page(asker, export), "its day is over"


def test_too_late(world: World, liaison: User, asker: Client) -> None:
    """Somebody was faster: 409, with how far it is; nothing changes."""
    export = asked(world)
    second = browser(liaison)
    services.take(actor=world.supervisor, pk=export.pk, step="cancel")
    response = send(second, export, "confirm")
    assert response.status_code == 409 and "has moved on: Cancelled" in response.content.decode()
    assert AuditEvent.objects.filter(name="export.confirm", outcome="refused").exists()


def test_one_who_may_not(world: World, asker: Client) -> None:
    """403 with the reason and the way back; the attempt is recorded under the agency."""
    export = asked(world)
    response = send(asker, export, "confirm")
    assert response.status_code == 403 and "Nothing was changed." in response.content.decode()
    assert AuditEvent.objects.get(name="export.confirm").agency == "KG-MIA"
    assert send(asker, export, "no_such").status_code == 404


def test_a_file_that_is_not_as_it_was(world: World, liaison: User, asker: Client) -> None:
    """Cut short or gone: it is not given out, and the page says what to do."""
    export = confirmed(world, liaison)
    building.build(export.pk)
    export.refresh_from_db()
    path, url = store.path_of(export.file), reverse("exports:file", args=[export.pk])  # type: ignore[arg-type]
    path.write_bytes(path.read_bytes()[:-10])
    response = asker.get(url)
    assert response.status_code == 403 and "damaged" in response.content.decode()
    path.unlink()
    assert asker.get(url).status_code == 403
    assert asker.head(url).status_code == 405


def test_the_bell_leads_there(world: World, liaison: User, asker: Client) -> None:
    """To the page of the export, by the agency's code, for whoever sees it."""
    from notifications.models import Notification, Outbox
    from notifications.tasks import deliver

    export = confirmed(world, liaison)
    building.build(export.pk)
    deliver([str(pk) for pk in Outbox.objects.values_list("pk", flat=True)])
    text = asker.get(reverse("notifications:index")).content.decode()
    assert "The export of your agency&#x27;s data is ready" in text
    entry = Notification.objects.get(event="export.ready")
    opened = asker.post(reverse("notifications:open_one", args=[entry.pk]))
    assert opened["Location"] == reverse("exports:detail", args=[export.pk])
    text = browser(liaison).get(reverse("notifications:index")).content.decode()
    assert "waits for a second person" in text


def test_it_waits_on_the_desk_of_the_second_person(world: World, liaison: User) -> None:
    """Of whoever may confirm it, until it is decided; not of its asker, nor of an officer."""
    export = asked(world)
    link = reverse("exports:detail", args=[export.pk])
    desk = browser(liaison).get("/").content.decode()
    assert link in desk and "Nothing else waits for you" in desk
    for other in (world.supervisor, world.drafter, world.receiver):
        assert link not in browser(other).get("/").content.decode()
    services.take(actor=liaison, pk=export.pk, step="decline")
    assert link not in browser(liaison).get("/").content.decode()
