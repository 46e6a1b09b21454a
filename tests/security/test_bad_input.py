"""Wrong, missing, huge and hostile input: a clear answer, what was typed is kept, nothing half done, no 5xx."""

import uuid
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from math import ceil
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from mla.drafting import STEPS
from mla.workflow import BY_NAME
from tests.factories import Line, World
from tests.security.pages import Form, form_of
from tests.security.people import browser, form_data, undone
from tests.security.test_walker import Walk
from tests.thorough import THOROUGH

SCRIPT = "<script>alert(1)</script>"
HOSTILE: dict[str, str] = {
    "script": SCRIPT,
    "attribute": "\" autofocus onfocus='alert(1)",
    "template": "{{ request.user }}{% debug %}${7*7}",
    "turned": "invoice\u202egnp.exe",
    "isolate": "\u2067abc\u2069",
    "NUL": "a\x00b",
    "emoji": "👩‍👩‍👧 🇰🇬 e\u0301",
    "500": "щ" * 500,
    "digits": "9" * 400,
    "infinite": "1e400",
    "negative": "-1",
    "id": "not-an-id",
    "other id": str(uuid.UUID(int=7)),
    "day": "31.02.2026",
    "no day": "99999-01-01",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "empty": "",
    "spaces": " \u00a0\u2003 ",
}
FEW = {key: HOSTILE[key] for key in ("script", "turned", "NUL", "digits", "id", "no day", "last day", "emoji")}
# So many values are tried on each field; every field of a kind is read by the same code. The drill tries each on each.
AT_LEAST = len(HOSTILE) if THOROUGH else 1
# What no browser sends of a form as it stands: a field that is missing, and one that comes twice.
UNASKED: dict[str, list[str] | None] = {"missing": None, "twice": ["x", SCRIPT]}
# What a person typed may be shown anew as Unicode composes it; NUL and carriage returns have no place in HTML.
NOT_SHOWN = {"NUL", "empty", "spaces"}

# Who sends it, where the form stands, and where it goes when that is elsewhere.
FORMS: dict[str, tuple[str, str, str]] = {
    "open a case": ("officer", "cases:create", ""),
    "change a case": ("officer", "cases:edit", ""),
    "name a person": ("officer", "cases:detail/secret", "cases:name/secret"),
    "take a name out": ("officer", "cases:unname/secret", ""),
    "add a note": ("officer", "cases:item_create", ""),
    "change a note": ("officer", "cases:item_edit", ""),
    "ask to share": ("officer", "cases:share", ""),
    "ask again": ("officer", "shares:again/asked", ""),
    "decide": ("liaison", "shares:detail/asked", "shares:decide/asked"),
    "revoke": ("liaison", "shares:step", ""),
    "cancel": ("officer", "shares:step/asked", ""),
    "begin a request": ("officer", "mla:create", ""),
    **{f"draft: {step.name}": ("officer", f"mla:draft_step/secret-{step.name}", "") for step in STEPS},
    "copy a request": ("officer", "mla:copy/secret", ""),
    "check a draft": ("officer", "mla:draft_check/secret", ""),
    "add a document": ("officer", "cases:document_create", ""),
    "choose what goes by mail": ("officer", "notifications:settings", ""),
    "take a draft over": ("officer", "mla:take_over/left", ""),
    "invite a person": ("agency_admin", "people:invite", ""),
    "propose a role": ("agency_admin", "people:role", ""),
    "end a role": ("agency_admin", "people:end_role", ""),
    "end a membership": ("agency_admin", "people:dismiss", ""),
    "hand work over": ("agency_admin", "people:hand_over/drafts", ""),
    "send a list": ("agency_admin", "people:send_roster", ""),
    "correct a list": ("agency_admin", "people:roster", ""),
    "send an invitation back": ("agency_admin", "people:invitation", ""),
    "confirm roles": ("platform_admin", "people:proposals", ""),
    "take work over": ("colleague", "people:handover", ""),
    "enter an agency": ("platform_admin", "onboarding:enter", ""),
    "change an application": ("platform_admin", "onboarding:change/own", ""),
    "approve an agency": ("platform_admin", "onboarding:detail", ""),
    "close an account": ("platform_admin", "onboarding:account", ""),
    "change a password": ("officer", "password_change", ""),
    "search": ("officer", "search:begin", ""),
    "search in a list": ("officer", "cases:list", "search:begin"),
    "change a saved filter": ("officer", "filters:change", ""),
    "enter a request on paper": ("sender", "register:paper_create", ""),
    "change an entry": ("sender", "register:paper_edit", ""),
    "mark an entry void": ("sender", "register:paper_void", ""),
    "acknowledge several": ("addressee", "register:acknowledge/waits", ""),
    "confirm an export": ("liaison", "exports:detail", "exports:step"),
    "cancel an export": ("supervisor", "exports:detail", "exports:step/cancel"),
}
# Forms of people who are not signed in.
OPEN = {"join": "join", "ask for a link": "password_forgotten", "renew a password": "password_new"}
KINDS = ("person", "organisation", "firearm")


# Files that wait for their form are kept on purpose.
NOT_TRACED = {"cases_storedfile"}


def trace() -> str:
    """What stands in the database, as one checksum; sessions, events of refusals and claims left out."""
    with connection.cursor() as cursor:
        names = [
            name
            for name in sorted(connection.introspection.table_names(cursor))
            if name.startswith(("cases_", "mla_", "agencies_", "notifications_")) and name not in NOT_TRACED
        ]
        sums = (f"(select md5(string_agg(t::text, '' order by t::text)) from \"{name}\" t)" for name in names)
        cursor.execute(f"select concat_ws(' ', {', '.join(sums)})")
        return str(cursor.fetchone()[0])


class Assault:
    """One form, sent with each of its fields spoiled in each way."""

    def __init__(self, client: Client, page: str, target: str, good: dict[str, Any]) -> None:
        self.client, self.target = client, target
        shown = client.get(page)
        assert shown.status_code == 200, page
        self.form: Form = form_of(shown.content.decode(), "" if page == target else target)
        self.good = {**self.form.data, **good}
        self.before = trace()
        self.problems: list[str] = []

    def go(self, hostile: dict[str, str]) -> None:
        """Each field: left out or sent twice, and spoiled; each value on some field of the form, in turn."""
        names = [name for name in dict.fromkeys(self.form.names) if name != "csrfmiddlewaretoken"]
        values, unasked = cycle(hostile.items()), cycle(UNASKED)
        each = max(AT_LEAST, ceil(len(hostile) / len(names)))
        for name in names:
            for what, value in islice(values, each):
                self.send(f"{name}: {what}", {**self.good, name: value}, name, what, value)
            for what in UNASKED if THOROUGH else [next(unasked)]:
                self.send(f"{name}: {what}", {**self.good, name: UNASKED[what]}, name, "empty", "")
        self.send("nothing at all", {}, "", "empty", "")

    def send(self, label: str, data: dict[str, Any], name: str, what: str, value: str) -> None:
        """One sending; what is wrong about its answer is noted."""
        with undone():
            response = self.client.post(self.target, {key: item for key, item in data.items() if item is not None})
            self.problems += [f"{label}: {problem}" for problem in self.judge(response, name, what, value)]

    def judge(self, response: HttpResponse, name: str, what: str, value: str) -> Iterator[str]:
        """Never 5xx; never raw; refused: nothing done, the typed text kept; taken: it stands escaped on its page."""
        status = response.status_code
        if status >= 500:
            yield f"{status}"
            return
        if status == 302:
            response = self.client.get(response["Location"])
            if response.status_code != 200:
                yield f"led to a page that says {response.status_code}"
        elif status not in (200, 403, 409):
            yield f"answered {status}"
        elif trace() != self.before:
            yield "half done"
        page = response.content.decode()
        if SCRIPT in page or "onfocus='alert" in page:
            yield "unescaped"
        if status == 200 and 'role="alert"' not in page and "error" not in page:
            yield "no message"
        kept = status == 200 and name in self.form.typed and what not in NOT_SHOWN
        # A day that is known in part is shown as people write it.
        written = ".".join(reversed(value.split("-")))
        if kept and not any(escape(one) in page for one in (composed(value), value, written)):
            yield "what was typed is lost"


def composed(text: str) -> str:
    """Letters and their marks as one."""
    import unicodedata

    return unicodedata.normalize("NFC", text)


@pytest.fixture
def walk(world: World) -> Walk:
    """Something of everything."""
    return Walk(world)


# What has to be there first: a draft that can be handed over.
BEFORE: dict[str, Callable[[World], object]] = {"hand work over": Line}
AREAS = sorted({page.partition(":")[0] for _, page, _ in FORMS.values()})


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("area", AREAS)
def test_every_form(walk: Walk, area: str) -> None:
    """The forms of one area, each on the same records: what a form does is taken back."""
    problems = []
    for name, (who, page, target) in FORMS.items():
        if page.partition(":")[0] == area:
            with undone():
                if name in BEFORE:
                    BEFORE[name](walk.world)
                url = walk.url(target or page)
                good = {key: item for key, item in walk.form(target or page).items() if key != "version"}
                client = browser(walk.people.users[who], raise_request_exception=False)
                assault = Assault(client, walk.url(page), url, good)
                assault.go(HOSTILE if THOROUGH else FEW)
            problems += [f"{name}: {problem}" for problem in assault.problems]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", OPEN)
def test_every_form_without_sign_in(walk: Walk, name: str) -> None:
    """The pages behind mailed links, and the one that asks for a link."""
    url = walk.url(OPEN[name])
    assault = Assault(Client(raise_request_exception=False), url, url, walk.form(OPEN[name]))
    assault.go(HOSTILE)
    assert not assault.problems, "\n".join(assault.problems)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_item(walk: Walk, kind: str) -> None:
    """The larger forms, with rows."""
    url = reverse("cases:item_create", kwargs={"pk": walk.line.case.pk, "kind": kind})
    assault = Assault(browser(walk.people.users["officer"], raise_request_exception=False), url, url, {})
    assault.go(HOSTILE if THOROUGH else FEW)
    assert not assault.problems, "\n".join(assault.problems)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_step(world: World, name: str) -> None:
    """The one form of all steps, made from the table."""
    line = Line(world).ready_for(name)
    url = reverse("mla:step", kwargs={"pk": line.pk, "name": name})
    good = {key: item for key, item in form_data(line, name).items() if key != "version"}
    assault = Assault(browser(line.holder(name), raise_request_exception=False), url, url, good)
    assault.go(HOSTILE if THOROUGH else FEW)
    assert not assault.problems, "\n".join(assault.problems)


HUGE = "щ" * 300_000


@pytest.mark.parametrize("name", ["open a case", "add a note", "ask to share", "draft: facts", "revoke", "search"])
def test_huge_text(walk: Walk, name: str) -> None:
    """300,000 letters: too long, said so, and still there to be shortened."""
    who, page, target = FORMS[name]
    url = walk.url(target or page)
    good = {key: item for key, item in walk.form(target or page).items() if key != "version"}
    assault = Assault(browser(walk.people.users[who], raise_request_exception=False), walk.url(page), url, good)
    for field in assault.form.typed:
        assault.send(f"{field}: huge", {**assault.good, field: HUGE}, field, "huge", HUGE)
    assert assault.form.typed and not assault.problems, "\n".join(assault.problems)


ROWS: dict[str, Any] = {
    "no management form": {"measures-TOTAL_FORMS": "", "measures-INITIAL_FORMS": ""},
    "ten thousand rows": {"measures-TOTAL_FORMS": 10_000, "measures-INITIAL_FORMS": 0},
    "fewer than none": {"measures-TOTAL_FORMS": -1, "measures-INITIAL_FORMS": -5},
    "no number": {"measures-TOTAL_FORMS": "<b>", "measures-INITIAL_FORMS": "NaN"},
    "beyond any number": {"measures-TOTAL_FORMS": "9" * 5000, "measures-INITIAL_FORMS": 0},
    "one more, of no number": {"measures-TOTAL_FORMS": "9" * 5000, "measures-INITIAL_FORMS": 0, "add_row": "measures"},
    "one more, of none": {"measures-TOTAL_FORMS": -9, "add_row": "measures"},
    "one more of something else": {"add_row": SCRIPT},
}
# No lie that matters: the step is saved as it was typed.
HARMLESS = {"fewer than none", "one more of something else"}


@pytest.mark.parametrize("rows", ROWS)
def test_rows_that_lie(walk: Walk, rows: str) -> None:
    """What the page says about its own rows is not believed."""
    client = browser(walk.people.users["officer"], raise_request_exception=False)
    url = walk.url("mla:draft_step/secret-measures")
    form = form_of(client.get(url).content.decode(), "")
    before = trace()
    kept = {"purpose": f"Kept {SCRIPT}", "measures-0-description": "Kept too"}
    response = client.post(url, form.data | kept | ROWS[rows])
    if rows in HARMLESS:
        assert response.status_code == 302
        response = client.get(url)
    else:
        assert response.status_code in (200, 400)
        assert trace() == before
    page = response.content.decode()
    assert SCRIPT not in page
    if response.status_code == 200:
        assert escape(kept["purpose"]) in page


def test_more_fields_than_any_form(walk: Walk) -> None:
    """Ten thousand typed rows: refused in a sentence, before they are read."""
    client = browser(walk.people.users["officer"], raise_request_exception=False)
    rows = {f"measures-{number}-description": "x" for number in range(10_000)}
    response = client.post(walk.url("mla:create"), {"title": "Too much", "requested_state": "UZ"} | rows)
    assert response.status_code == 400
    assert "<h1" in response.content.decode()


ADDRESSES = (
    "?after=%00",
    "?after=9_9",
    "?after=%FF%FE",
    "?after=" + "9" * 5000,
    "?after=2026-11-20T12:00:00%2B00:00_x",
    "?before=%00&sort=due",
    "?sort=ending&after=9999-12-31_x",
    "?state=%00&access=%FF&state=draft&sort=" + "9" * 5000,
    "?search=%00",
    "?search=00000000-0000-0000-0000-000000000001&turn='--",
)


@pytest.mark.parametrize("place", ["cases:list", "mla:list", "shares:list", "register:list", "notifications:index"])
def test_addresses_that_lie(world: World, place: str) -> None:
    """A cursor that is none leads to the first page."""
    client = browser(world.drafter, raise_request_exception=False)
    for query in (*ADDRESSES, "?after=9999-12-31T23:59:59%2B00:00_00000000-0000-0000-0000-000000000001"):
        assert client.get(reverse(place) + query).status_code == 200
    for query in ("", "?case=", "?case=%00", "?case=" + "9" * 3000, f"?case={uuid.UUID(int=1)}"):
        assert client.get(reverse("mla:create") + query).status_code == 404


Sender = Callable[[Client], HttpResponse]
ODD: dict[str, Sender] = {
    "a body of another kind": lambda client: client.post(
        reverse("cases:create"), "{}", content_type="application/json"
    ),
    "a broken multipart": lambda client: client.post(
        reverse("cases:create"), b"--x\r\nbroken", content_type="multipart/form-data; boundary=y"
    ),
    "a multipart without boundary": lambda client: client.post(
        reverse("cases:create"), b"x", content_type="multipart/form-data"
    ),
    "bytes that are no text": lambda client: client.post(
        reverse("cases:create"),
        b"title=%ED%A0%80%FF&offences=\xff\xfe",
        content_type="application/x-www-form-urlencoded",
    ),
    "an unknown charset": lambda client: client.generic(
        "POST", reverse("cases:create"), b"title=x", "application/x-www-form-urlencoded; charset=nonsense"
    ),
    "a session of nothing": lambda client: Client(
        raise_request_exception=False, headers={"cookie": "sid=\x01; csrf=\x02"}
    ).get("/"),
    "a session with NUL": lambda client: Client(
        raise_request_exception=False, headers={"cookie": r'sid="abcdefghij\000"'}
    ).get("/"),
    "languages without end": lambda client: client.get("/", headers={"accept-language": "en," * 3000}),
    "a foreign host": lambda client: client.get("/", headers={"host": "evil.example"}),
    "an origin that is none": lambda client: client.post(reverse("cases:create"), {}, headers={"origin": "http://["}),
    "sign-in with NUL": lambda client: Client(raise_request_exception=False).post(
        reverse("account_login"), {"login": "a\x00@b.example", "password": "\x00"}
    ),
    "sign-in with letters without end": lambda client: Client(raise_request_exception=False).post(
        reverse("account_login"), {"login": "щ" * 50_000, "password": HUGE, "next": "//evil.example"}
    ),
    "a language with NUL": lambda client: client.post(
        reverse("language"), {"language": "\x00", "next": "http://[\x00"}
    ),
}


@pytest.mark.parametrize("how", ODD)
def test_odd_requests(world: World, how: str) -> None:
    """What no browser of ours sends gets an answer below 500."""
    response = ODD[how](browser(world.drafter, raise_request_exception=False))
    assert response.status_code < 500
    assert "evil.example" not in response.headers.get("Location", "")
