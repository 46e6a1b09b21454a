"""A form sent from elsewhere, too late, twice, from an old page, or by two at once: nothing is lost, or done twice."""

import socket
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Session, User
from cases.models import Case
from mla.models import RequestEvent
from mla.workflow import Body
from tests.factories import Line, World
from tests.racing import race
from tests.security.pages import Form, form_of, forms_of
from tests.security.people import BACKEND, NOTE, ORIGIN, browser, form_data, put

FOREIGN = "http://evil.example"
TYPED = {
    "title": "Typed before midnight <script>",
    "proceedings_number": "7-2026",
    "offences": "\n\nFirst line after two empty ones\nand “quotes” & more",
}


def strict(user: User) -> Client:
    """A browser whose forms are checked as in production."""
    return browser(user, enforce_csrf_checks=True, raise_request_exception=False)


def new_case(client: Client) -> Form:
    """The form of a new case, filled in."""
    form = form_of(client.get(reverse("cases:create")).content.decode())
    form.data |= TYPED
    return form


def send(client: Client, form: Form, origin: str = "", to: str = "cases:create") -> HttpResponse:
    """Send a form, with the browser's Origin."""
    address = form.action or reverse(to)
    return client.post(address, form.data, headers={"origin": origin} if origin else {})


def number_of_cases() -> int:
    """How many cases there are."""
    return Case.objects.unscoped("a test counts").count()


def keeps(response: HttpResponse) -> bool:
    """Whether what was typed stands in the answer."""
    return "Typed before midnight" in response.content.decode()


def test_a_foreign_page_cannot_send(world: World) -> None:
    """Another site's form, sent by a signed-in person's browser: refused, and its words are shown to nobody."""
    client = strict(world.drafter)
    form = new_case(client)
    response = send(client, form, FOREIGN)
    assert response.status_code == 403
    assert not keeps(response) and not forms_of(response.content.decode())
    assert number_of_cases() == 0


@pytest.mark.parametrize(
    "origin", ["null", "http://testserver.evil.example", "https://testserver", "http://testserver:81"]
)
def test_almost_our_origin(world: World, origin: str) -> None:
    """Only the very same origin is ours."""
    client = strict(world.drafter)
    response = send(client, new_case(client), origin)
    assert response.status_code == 403 and number_of_cases() == 0


def test_without_a_token_nothing_is_done(world: World) -> None:
    """From our own page but without its token: what was typed is kept, nothing is done."""
    client = strict(world.drafter)
    form = new_case(client)
    del form.data["csrfmiddlewaretoken"]
    response = send(client, form, ORIGIN)
    assert response.status_code == 403 and keeps(response) and number_of_cases() == 0


def test_a_page_left_open_overnight(world: World) -> None:
    """The session has ended: the answer keeps every field, and after sign-in it can be sent again, once."""
    client = strict(world.drafter)
    form = new_case(client)
    Session.objects.all().delete()
    response = send(client, form, ORIGIN)
    assert response.status_code == 403 and number_of_cases() == 0
    page = response.content.decode()
    assert "<script>" not in page.partition("<main")[2]
    kept = form_of(page, reverse("cases:create"))
    for name, value in form.data.items():
        if name != "csrfmiddlewaretoken":
            assert as_typed(kept.data[name]) == as_typed(value), name
    # Signing in on another page gives this page a token that is too old: it is kept once more.
    client.force_login(world.drafter, backend=BACKEND)
    again = send(client, kept, ORIGIN)
    if again.status_code == 403:
        assert keeps(again) and world.drafter.name in again.content.decode()
        again = send(client, form_of(again.content.decode(), reverse("cases:create")), ORIGIN)
    assert again.status_code == 302 and number_of_cases() == 1
    case = Case.objects.unscoped("a test looks").get()
    assert (case.title, case.proceedings_number) == (TYPED["title"], TYPED["proceedings_number"])
    assert as_typed(case.offences) == TYPED["offences"].strip()


def as_typed(value: Any) -> str:
    """A field's text, whether it was one or a list of one, with the line breaks of this machine."""
    text = value[0] if isinstance(value, list) else value
    return str(text).replace("\r\n", "\n")


def test_overnight_and_a_foreign_page(world: World) -> None:
    """Nobody else's page gets its words put before our people."""
    client = strict(world.drafter)
    form = new_case(client)
    Session.objects.all().delete()
    for origin in (FOREIGN, "null", "", ORIGIN.replace("http:", "https:"), "ftp://testserver", f"{ORIGIN}:8000"):
        response = send(client, form, origin)
        assert response.status_code in (302, 403) and not keeps(response)
    assert number_of_cases() == 0


def test_an_old_token_after_sign_in(world: World) -> None:
    """The page is older than the sign-in: kept, and sent again it counts."""
    client = strict(world.drafter)
    form = new_case(client)
    client.logout()
    client.force_login(world.drafter, backend=BACKEND)
    response = send(client, form, ORIGIN)
    assert response.status_code == 403 and keeps(response)
    assert world.drafter.name in response.content.decode()
    response = send(client, form_of(response.content.decode(), reverse("cases:create")), ORIGIN)
    assert response.status_code == 302 and number_of_cases() == 1


def test_a_password_is_never_kept(world: World) -> None:
    """Sign-in is no form to be kept, whatever its Origin."""
    client = Client(enforce_csrf_checks=True)
    secret = "a secret of many words"
    for origin in (ORIGIN, FOREIGN):
        response = client.post(
            reverse("account_login"), {"login": "a@b.example", "password": secret}, headers={"origin": origin}
        )
        assert response.status_code == 403 and secret not in response.content.decode()


def test_an_own_form_of_somebody_else(world: World) -> None:
    """What one person left open is not sent by another who signs in on the same machine."""
    client = strict(world.drafter)
    form = new_case(client)
    client.logout()
    client.force_login(world.sender, backend=BACKEND)
    response = send(client, form, ORIGIN)
    assert response.status_code == 403
    assert world.sender.name in response.content.decode() and number_of_cases() == 0


def test_sent_twice(world: World) -> None:
    """The second sending of one form gets the first's page; a new form counts anew."""
    client = strict(world.drafter)
    form = new_case(client)
    first, second = send(client, form, ORIGIN), send(client, form, ORIGIN)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] and number_of_cases() == 1
    form.data["title"] = "Changed, but the same form"
    assert send(client, form, ORIGIN)["Location"] == first["Location"] and number_of_cases() == 1
    assert send(client, new_case(client), ORIGIN)["Location"] != first["Location"] and number_of_cases() == 2


def test_a_step_sent_twice(world: World) -> None:
    """A step is taken once, and the second sending is no error."""
    line = Line(world)
    client = strict(world.drafter)
    url = reverse("mla:step", kwargs={"pk": line.pk, "name": "submit"})
    form = form_of(client.get(url).content.decode())
    answers = [client.post(url, form.data, headers={"origin": ORIGIN}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert RequestEvent.objects.filter(request=line.pk, name="submit").count() == 1


def test_a_step_taken_in_two_tabs(world: World) -> None:
    """The second tab is told whose step came first and that its own was not taken; what was typed there stays."""
    line = Line(world).walk_to("info_requested")
    client = strict(world.drafter)
    url = reverse("mla:step", kwargs={"pk": line.pk, "name": "write_answer"})
    tabs = [form_of(client.get(url).content.decode()) for _ in range(2)]
    for number, form in enumerate(tabs):
        form.data |= {name: f"Written in tab {number}" for name in form.data if name.startswith("answers")}
    first, second = (client.post(url, form.data, headers={"origin": ORIGIN}) for form in tabs)
    page = second.content.decode()
    assert (first.status_code, second.status_code) == (302, 409)
    assert "You have taken a step here yourself: " in page
    assert "something has happened meanwhile" in page and "Correct these" not in page
    assert "Written in tab 1" in page
    assert RequestEvent.objects.filter(request=line.pk, name="write_answer").count() == 1


def test_another_persons_token_is_a_new_one(world: World) -> None:
    """Nobody reaches another's page by their token."""
    colleague = world.new(Body.DRAFTING, "officer")
    ours, theirs = strict(world.drafter), strict(colleague)
    form, other = new_case(ours), new_case(theirs)
    other.data["token"] = form.data["token"]
    assert send(ours, form, ORIGIN)["Location"] != send(theirs, other, ORIGIN)["Location"]
    assert number_of_cases() == 2


@pytest.mark.parametrize("same", [True, False], ids=["one form twice", "two people"])
def test_two_approvers_at_once(transactional_db: None, same: bool) -> None:
    """One passes; the other gets the same page when it was the same form, or is told that it has moved on."""
    world = World()
    line = Line(world).walk_to("domestic_review")
    other = world.new(Body.DRAFTING, "supervisor")
    url = reverse("mla:step", kwargs={"pk": line.pk, "name": "pass_on"})
    clients = [browser(world.supervisor)] * 2 if same else [browser(world.supervisor), browser(other)]
    token = str(uuid.uuid4())
    forms = [form_data(line, "pass_on") | {"token": token if same else uuid.uuid4()} for _ in clients]
    if same:
        clients[1] = browser(world.supervisor)
    acts = [
        lambda client=client, form=form: client.post(url, form) for client, form in zip(clients, forms, strict=True)
    ]
    lock = ("select 1 from mla_assistancerequest where id = %s for update", line.pk)
    # Two sendings of one form wait for the claim of its token; two people, for the request's row.
    done = [act.value for act in race(lock, *acts)]
    assert sorted(answer.status_code for answer in done) == ([302, 302] if same else [302, 409])
    assert RequestEvent.objects.filter(request=line.pk, name="pass_on").count() == 1
    assert line.state == "at_central_authority"


Edit = Callable[[World, Line], tuple[str, dict[str, Any], Callable[[], Any], User]]


def case_meanwhile(world: World, line: Line) -> tuple[str, dict[str, Any], Callable[[], Any], User]:
    """A case that a colleague has changed."""
    url = reverse("cases:edit", kwargs={"pk": line.case.pk})
    mine = {"title": "Mine, not yet saved", "offences": "Mine", "version": 1}
    other = browser(world.supervisor)
    return url, mine, lambda: other.post(url, mine | {"title": "Theirs"}), world.drafter


def draft_meanwhile(world: World, line: Line) -> tuple[str, dict[str, Any], Callable[[], Any], User]:
    """A draft that a colleague has changed."""
    url = reverse("mla:draft_step", kwargs={"pk": line.pk, "name": "basis"})
    mine = {"title": "Mine, not yet saved", "requested_state": "UZ", "version": 0, "go": "on"}
    other = browser(world.new(Body.DRAFTING, "officer"))
    return url, mine, lambda: other.post(url, mine | {"title": "Theirs"}), world.drafter


def item_meanwhile(world: World, line: Line) -> tuple[str, dict[str, Any], Callable[[], Any], User]:
    """An item that a colleague has changed."""
    item = put(line.case, world.drafter)
    url = reverse("cases:item_edit", kwargs={"pk": line.case.pk, "item_pk": item.pk})
    mine = NOTE | {"title": "Mine, not yet saved", "version": 1}
    other = browser(world.supervisor)
    return url, mine, lambda: other.post(url, mine | {"title": "Theirs"}), world.drafter


def step_meanwhile(world: World, line: Line) -> tuple[str, dict[str, Any], Callable[[], Any], User]:
    """A request that has been passed on while the supervisor's colleague wrote why to return it."""
    line.walk_to("domestic_review")
    url = reverse("mla:step", kwargs={"pk": line.pk, "name": "return_to_drafter"})
    mine = form_data(line, "return_to_drafter") | {"reason": "Mine, not yet saved"}
    return url, mine, lambda: line.take("pass_on"), world.new(Body.DRAFTING, "supervisor")


@pytest.mark.parametrize("make", [case_meanwhile, draft_meanwhile, item_meanwhile, step_meanwhile])
def test_changed_meanwhile(world: World, make: Edit) -> None:
    """409, with what was typed still there; nothing of it is saved."""
    line = Line(world)
    url, mine, meanwhile, user = make(world, line)
    client = browser(user)
    answer = meanwhile()
    assert getattr(answer, "status_code", 302) == 302
    response = client.post(url, mine)
    assert response.status_code == 409
    page = response.content.decode()
    assert escape("Mine, not yet saved") in page
    form = form_of(page)
    assert "Mine, not yet saved" in form.data.values()
    if make is not step_meanwhile:
        # The page that said so carries the present version: who still wants it saves it.
        assert client.post(url, {**mine, **form.data}).status_code == 302


def test_two_gigabytes_are_not_read(portal: Callable[..., str]) -> None:
    """The length alone is refused, at the real server, before one byte of the body has come."""
    site = urlsplit(portal())
    for length in (2 * 1024**3, 10**30, "9" * 30):
        with socket.create_connection((site.hostname, site.port), timeout=20) as client:
            head = f"POST /cases/new/ HTTP/1.1\r\nHost: {site.netloc}\r\nContent-Length: {length}\r\n"
            client.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\ntitle=".encode())
            began = time.monotonic()
            answer = client.recv(4096).decode(errors="replace")
            assert answer.startswith("HTTP/1.1 413") and time.monotonic() - began < 10


def test_a_length_that_is_none(portal: Callable[..., str]) -> None:
    """A negative or unreadable length gets an answer below 500."""
    site = urlsplit(portal())
    for length in ("-1", "abc", "1, 2"):
        with socket.create_connection((site.hostname, site.port), timeout=20) as client:
            head = f"POST /cases/new/ HTTP/1.1\r\nHost: {site.netloc}\r\nContent-Length: {length}\r\n\r\n"
            client.sendall(head.encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 4")
