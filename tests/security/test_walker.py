"""Every address and every method, tried by everybody, in the states of a request: against one table.

A new address fails until it has a row below. To add one: a line in `TABLE`; if it takes arguments, a line in
`ABOUT`; if it has a form, a line in `FORMS`. A method that has no row is answered by 405.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.forms import BaseForm, BaseFormSet
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.models import Share
from mla.models import InformationRound
from mla.papers import void_paper
from mla.workflow import BY_NAME, Body
from tests import factories
from tests.factories import Line, World, agency, paper
from tests.security.people import (
    NOTE,
    SIGNED_OUT,
    Paper,
    People,
    ask,
    expire,
    form_data,
    give,
    put,
    put_paper,
    undone,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# The columns. `nobody` stands for all who are signed out: never signed in, deactivated with a live session,
# membership ended yesterday, role ended; they are walked one by one. `admins`: agency admin, platform admin,
# auditor, observer.
# `others`: officers of another agency of the state, of another agency of the other state, of a third state.
# `given`: receiver of a share of one item; `late`: the same, whose share expired a second ago.
COLUMNS: dict[str, tuple[str, ...]] = {
    "nobody": SIGNED_OUT,
    "admins": ("agency_admin", "platform_admin", "auditor", "observer"),
    "others": ("other_agency", "other_side", "other_state"),
    "offic": ("officer",),
    "colle": ("colleague",),
    "super": ("supervisor",),
    "liais": ("liaison",),
    "sendr": ("sender",),
    "signa": ("signatory",),
    "addre": ("addressee",),
    "execu": ("executor",),
    "given": ("given",),
    "late": ("given_late",),
}

# An answer is a status, or: `in` on to sign-in; `ok` done, and on to another page; `bad` the form again, with
# its errors. The request of `mla:*` is in execution; its other states follow further below.
TABLE = """
address                 method nobody admins others offic colle super liais sendr signa addre execu given late
desk                    GET    in     200    200    200   200   200   200   200   200   200   200   200   200
healthz                 GET    200    200    200    200   200   200   200   200   200   200   200   200   200
parts                   GET    in     200    200    200   200   200   200   200   200   200   200   200   200
account_login           GET    200    ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
account_login           POST   bad    ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
account_logout          GET    in     200    200    200   200   200   200   200   200   200   200   200   200
account_logout          POST   in     in     in     in    in    in    in    in    in    in    in    in    in
language                POST   ok     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
desk_view               POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
agencies:directory      GET    in     200    200    200   200   200   200   200   200   200   200   200   200
notifications:index     GET    in     200    200    200   200   200   200   200   200   200   200   200   200
notifications:mark_read POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
cases:list              GET    in     200    200    200   200   200   200   200   200   200   200   200   200
cases:create            GET    in     403    -      200   200   200   403   403   403   403   200   200   200
cases:create            POST   in     403    -      ok    ok    ok    403   403   403   403   bad   bad   bad
cases:detail            GET    in     404    404    200   200   200   200   404   404   404   404   404   404
cases:edit              GET    in     404    404    200   200   200   403   404   404   404   404   404   404
cases:edit              POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:name              POST   in     404    404    403   403   403   403   404   404   404   404   404   404
cases:unname            GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:unname            POST   in     404    404    404   404   404   404   404   404   404   404   404   404
cases:detail/secret     GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:edit/secret       GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:edit/secret       POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:name/secret       POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:unname/secret     GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:unname/secret     POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
mla:list                GET    in     200    200    200   200   200   200   200   200   200   200   200   200
mla:create              GET    in     404    404    200   200   403   403   404   404   404   404   404   404
mla:create              POST   in     404    404    ok    ok    403   403   404   404   404   404   404   404
mla:create/secret       GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:create/secret       POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:detail              GET    in     404    404    200   200   200   200   200   200   200   200   404   404
mla:draft               GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_check         GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_check         POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_step          GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_step          POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_step/unknown  GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:draft_here          POST   in     404    404    200   200   200   200   200   200   200   200   404   404
mla:draft_here/unknown  POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:comment             POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:copy                GET    in     404    404    200   200   403   403   403   403   403   403   404   404
mla:copy                POST   in     404    404    ok    ok    403   403   403   403   403   403   404   404
mla:changes             GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:print               GET    in     404    404    200   200   200   200   200   200   200   200   404   404
mla:print/secret        GET    in     404    404    200   404   200   404   404   404   404   404   404   404
mla:step                GET    in     404    404    403   403   403   403   403   403   403   200   404   404
mla:step                POST   in     404    404    403   403   403   403   403   403   403   ok    404   404
mla:step/unknown        GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:step/unknown        POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:detail/none         GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:draft_step/none     POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:draft_here/none     POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:step/none           POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:detail/secret       GET    in     404    404    200   404   200   404   404   404   404   404   404   404
mla:draft/secret        GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:draft_step/secret   GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:draft_step/secret   POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:draft_check/secret  GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:draft_check/secret  POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:draft_here/secret   POST   in     404    404    200   404   200   404   404   404   404   404   404   404
mla:comment/secret      POST   in     404    404    404   404   403   404   404   404   404   404   404   404
mla:copy/secret         GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:copy/secret         POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:step/secret         POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
cases:detail/none       GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:edit/none         POST   in     404    404    404   404   404   404   404   404   404   404   404   404
cases:item              GET    in     404    404    200   200   200   200   404   404   404   404   200   404
cases:item/hidden       GET    in     404    404    200   200   200   200   404   404   404   404   404   404
cases:item/secret       GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:item/astray       GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:item_create       GET    in     404    404    200   200   200   403   404   404   404   404   404   404
cases:item_create       POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:item_create/secret POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:item_edit         GET    in     404    404    200   200   200   403   404   404   404   404   403   404
cases:item_edit         POST   in     404    404    ok    ok    ok    403   404   404   404   404   403   404
cases:item_edit/hidden  POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:item_edit/secret  POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:share             GET    in     404    404    200   200   403   403   404   404   404   404   404   404
cases:share             POST   in     404    404    ok    ok    403   403   404   404   404   404   404   404
cases:share/secret      GET    in     404    404    200   404   403   404   404   404   404   404   404   404
cases:share/secret      POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
shares:list             GET    in     200    200    200   200   200   200   200   200   200   200   200   200
shares:detail           GET    in     404    404    200   200   200   200   404   404   404   404   200   404
shares:detail/late      GET    in     404    404    200   200   200   200   404   404   404   404   404   404
shares:detail/asked     GET    in     404    404    200   200   200   200   404   404   404   404   404   404
shares:again            GET    in     404    404    403   403   403   403   404   404   404   404   404   404
shares:again/asked      GET    in     404    404    200   403   403   403   404   404   404   404   404   404
shares:again/asked      POST   in     404    404    ok    403   403   403   404   404   404   404   404   404
shares:decide           POST   in     404    404    403   403   403   409   404   404   404   404   404   404
shares:decide/asked     POST   in     404    404    403   403   403   ok    404   404   404   404   404   404
shares:step             GET    in     404    404    403   403   403   200   404   404   404   404   404   404
shares:step             POST   in     404    404    403   403   403   ok    404   404   404   404   404   404
shares:step/late        POST   in     404    404    403   403   403   409   404   404   404   404   404   404
shares:step/asked       GET    in     404    404    200   403   403   403   404   404   404   404   404   404
shares:step/asked       POST   in     404    404    ok    403   403   403   404   404   404   404   404   404
shares:detail/secret    GET    in     404    404    200   404   200   404   404   404   404   404   404   404
shares:decide/secret    POST   in     404    404    403   404   403   404   404   404   404   404   404   404
shares:again/secret     GET    in     404    404    200   404   403   404   404   404   404   404   404   404
shares:again/secret     POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
shares:step/secret      GET    in     404    404    200   404   403   404   404   404   404   404   404   404
shares:step/secret      POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
shares:step/unknown     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:item/doc          GET    in     404    404    200   200   200   200   404   404   404   404   200   404
cases:file/doc          GET    in     404    404    200   200   200   200   404   404   404   404   200   404
cases:file/paper        GET    in     404    404    200   200   200   200   404   404   404   404   404   404
cases:file              GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:document_create   GET    in     404    404    200   200   200   403   404   404   404   404   404   404
cases:document_create   POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:document_create/secret POST in 404    404    ok    404   ok    404   404   404   404   404   404   404
register:list           GET    in     200    200    200   200   200   200   200   200   200   200   200   200
register:export         GET    in     403    200    200   200   200   200   200   200   200   200   200   200
register:export/xlsx    GET    in     403    200    200   200   200   200   200   200   200   200   200   200
register:export/pdf     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
register:acknowledge    GET    in     404    404    403   403   403   403   403   403   200   403   404   404
register:acknowledge    POST   in     404    404    403   403   403   403   403   403   409   403   404   404
register:acknowledge/waits GET in     404    404    403   403   403   403   403   403   200   404   404   404
register:acknowledge/waits POST in    404    404    403   403   403   403   403   403   ok    404   404   404
register:acknowledge/secret POST in   404    404    403   404   403   404   404   404   404   404   404   404
register:acknowledge/none GET  in     404    404    404   404   404   404   404   404   404   404   404   404
register:paper_create   GET    in     403    -      403   403   403   403   200   403   200   403   403   403
register:paper_create   POST   in     403    -      403   403   403   403   ok    403   ok    403   403   403
register:paper          GET    in     404    404    404   404   404   404   200   200   404   404   404   404
register:paper/none     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
register:paper_edit     GET    in     404    404    404   404   404   404   200   403   404   404   404   404
register:paper_edit     POST   in     404    404    404   404   404   404   ok    403   404   404   404   404
register:paper_edit/void GET   in     404    404    404   404   404   404   403   403   404   404   404   404
register:paper_edit/void POST  in     404    404    404   404   404   404   409   403   404   404   404   404
register:paper_void     GET    in     404    404    404   404   404   404   200   403   404   404   404   404
register:paper_void     POST   in     404    404    404   404   404   404   ok    403   404   404   404   404
register:paper_void/void POST  in     404    404    404   404   404   404   409   403   404   404   404   404
"""
# Where the three of `others` differ, in the order of COLUMNS.
OTHERS = {
    ("cases:create", "GET"): ("200", "200", "403"),
    ("cases:create", "POST"): ("bad", "bad", "403"),
    ("register:paper_create", "GET"): ("403", "403", "200"),
    ("register:paper_create", "POST"): ("403", "403", "ok"),
}
# Answered slowly, and by 503 while a part of the portal is missing: see test_readyz.
APART = {"readyz"}
# Pages that know nobody and nothing.
FREE_OF_PEOPLE = {"healthz", "parts", "account_login", "account_logout"}


class Walk:
    """A world in which there is something of each kind to be found."""

    def __init__(
        self,
        world: World,
        state: str = "in_execution",
        line: Line | None = None,
        secret: Line | None = None,
        waits: Line | None = None,
    ) -> None:
        self.world = world
        self.people = People(world)
        self.line = line or Line(world).walk_to(state)
        self.secret = secret or Line(world, need_to_know=True, members=[world.supervisor])
        self.waits = waits or Line(world).walk_to("transmitted")
        self.papers = {which: paper(world.sender, world.bodies[Body.SENDING]) for which in ("", "void")}
        void_paper(actor=world.sender, pk=self.papers["void"].pk, version=1, reason="Entered twice.")
        officer, liaison = world.drafter, self.people.users["liaison"]
        self.items = {
            "": put(self.line.case, officer),
            "hidden": put(self.line.case, officer),
            "secret": put(self.secret.case, officer),
            "doc": put_paper(self.line.case, officer),
            "paper": put_paper(self.line.case, officer),
        }
        self.items["astray"] = self.items["hidden"]
        self.shares = {
            "": give(ask(self.items[""], agency("KZ-MIA"), by=officer), liaison),
            "doc": give(ask(self.items["doc"], agency("KZ-MIA"), by=officer), liaison),
            "late": expire(give(ask(self.items[""], agency("KZ-CUS"), by=officer), liaison)),
            "asked": ask(self.items["hidden"], agency("KZ-MIA"), by=officer),
            "secret": ask(self.items["secret"], agency("KZ-MIA"), by=officer),
        }

    def url(self, address: str) -> str:
        """The address of a row, with what it is about."""
        name, _, which = address.partition("/")
        about = ABOUT.get(address) or ABOUT.get(name)
        kwargs, query = about(self, which) if about else ({}, "")
        return reverse(name, kwargs=kwargs) + query

    def form(self, address: str) -> dict[str, Any]:
        """A form that is filled in whole."""
        name, _, which = address.partition("/")
        return FORMS[name](self, which) if name in FORMS else {}

    def of(self, which: str) -> Line:
        """The request and case that all of the agency see, those that only named people see, or one on its way."""
        return {"secret": self.secret, "waits": self.waits}.get(which, self.line)

    def case(self, which: str) -> Any:
        """The case that all of its agency sees, the one that only named people see, or none."""
        if which == "none":
            return uuid.UUID(int=1)
        return self.of("secret" if which == "astray" else which).case.pk

    def share(self, which: str) -> Share:
        """An approved share, one that has ended, one that waits, one of the need-to-know case that waits."""
        return self.shares.get(which) or self.shares[""]

    def request(self, which: str) -> Any:
        """The request in each of them."""
        if which == "none":
            return uuid.UUID(int=1)
        return self.of(which).pk

    def compare(self, address: str, method: str, url: str, form: dict[str, Any], who: str, wanted: str) -> list[str]:
        """One click; what is to be said when its answer is not the wanted one."""
        got = word(self.ask(who, method, url, form))
        return [] if got == wanted else [f"{method} {address} by {who}: {got}, wanted {wanted}"]

    def ask(self, who: str, method: str, url: str, data: dict[str, Any] | None = None) -> HttpResponse:
        """One click, which leaves no trace."""
        with undone():
            client = self.people.client(who, raise_request_exception=False)
            return getattr(client, method.lower())(url, **({"data": data} if method == "POST" else {}))


About = Callable[[Walk, str], tuple[dict[str, Any], str]]
STEP = {"secret": "submit", "unknown": "no_such_step"}
SHARE_STEP = {"asked": "cancel", "secret": "cancel", "unknown": "approve"}


def case_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a case."""
    return {"pk": walk.case(which)}, ""


def item_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an item: in its case, or astray in another."""
    return {"pk": walk.case(which), "item_pk": walk.items[which].pk}, ""


def share_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a share."""
    return {"pk": walk.share(which).pk}, ""


def request_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a request."""
    return {"pk": walk.request(which)}, ""


def draft_step_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """A step of the draft: its facts, or the one that is named."""
    which, _, name = which.partition("-")
    return {"pk": walk.request(which), "name": "no_such_step" if which == "unknown" else name or "facts"}, ""


def paper_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a request on paper."""
    return {"pk": uuid.UUID(int=1) if which == "none" else walk.papers[which].pk}, ""


ABOUT: dict[str, About] = {
    "cases:detail": case_of,
    "cases:document_create": case_of,
    "cases:edit": case_of,
    "cases:file": item_of,
    "cases:item": item_of,
    "cases:item_create": lambda walk, which: ({"pk": walk.case(which), "kind": "note"}, ""),
    "cases:item_edit": item_of,
    "cases:name": case_of,
    "cases:share": case_of,
    "cases:unname": lambda walk, which: ({"pk": walk.case(which), "person": walk.world.supervisor.pk}, ""),
    "mla:create": lambda walk, which: ({}, f"?case={walk.case(which)}"),
    "mla:detail": request_of,
    "mla:changes": request_of,
    "mla:print": request_of,
    "mla:comment": lambda walk, which: ({"pk": walk.request(which), "comment": uuid.UUID(int=1)}, ""),
    "mla:copy": request_of,
    "mla:draft": request_of,
    "mla:draft_check": request_of,
    "mla:draft_here": draft_step_of,
    "mla:draft_step": draft_step_of,
    "mla:step": lambda walk, which: (
        {"pk": walk.request(which), "name": STEP.get(which, "report_results")},
        "",
    ),
    "register:acknowledge": lambda walk, which: ({}, f"?request={walk.request(which)}"),
    "register:export": lambda walk, which: ({"kind": which or "csv"}, ""),
    "register:paper": paper_of,
    "register:paper_edit": paper_of,
    "register:paper_void": paper_of,
    "shares:again": share_of,
    "shares:decide": share_of,
    "shares:detail": share_of,
    "shares:step": lambda walk, which: (
        {"pk": walk.share(which).pk, "name": SHARE_STEP.get(which, "revoke")},
        "",
    ),
}
CASE_FORM = {"title": "Another title", "offences": "Another article", "proceedings_number": "1-002"}
DRAFT_FORM = {"title": "Another hearing", "requested_state": "UZ", "basis": "chisinau-2002"}


PAPER_FORM = {
    "direction": "incoming",
    "number": "P-1/walked",
    "number_date": "2026-01-05",
    "other_state": "MN",
    "authority": "Invented ministry",
    "subject": "Service of an invented summons",
    "crossed_on": "2026-01-05",
}


def receipt_form(walk: Walk, which: str) -> dict[str, Any]:
    """The number of one request."""
    line = walk.of(which)
    said = {"version": line.request.requested_clock, "number": "A-1/walked", "number_date": "2026-01-05"}
    return {f"{line.pk}-{name}": value for name, value in said.items()}


def share_form(walk: Walk, which: str) -> dict[str, Any]:
    """Ask for one item, for an agency that has nothing yet."""
    item = walk.items[{"asked": "hidden"}.get(which, which)]
    words = {"purpose": "Evidence.", "until": factories.later(20), "version": walk.share(which).version}
    return words | {"recipient": agency("KZ-GPO").pk, f"item_{item.pk}": "on"}


def decision_form(walk: Walk, which: str) -> dict[str, Any]:
    """Approve what was asked, or give a reason for any other step."""
    share = walk.share(which)
    items = [str(row.item_id) for row in share.share_items.all()]
    words = {"decision": "approve", "looked": "on", "reason": "For a reason.", "until": share.until}
    return words | {"items": items, "version": share.version}


FORMS: dict[str, Callable[[Walk, str], dict[str, Any]]] = {
    "account_login": lambda walk, which: {"login": "nobody@comity.example", "password": "wrong"},
    "cases:create": lambda walk, which: CASE_FORM | {"agency": walk.line.case.owner_id},
    "cases:edit": lambda walk, which: CASE_FORM | {"version": walk.of(which).case.version},
    "cases:document_create": lambda walk, which: {"file": Paper(), "marking": "unmarked"},
    "cases:item_create": lambda walk, which: NOTE,
    "cases:item_edit": lambda walk, which: NOTE | {"version": 1},
    "cases:name": lambda walk, which: {"person": walk.people.users["liaison"].pk},
    "cases:share": share_form,
    "desk_view": lambda walk, which: {"view": "agency"},
    "language": lambda walk, which: {"language": "ru"},
    "mla:create": lambda walk, which: DRAFT_FORM,
    "mla:comment": lambda walk, which: {"answer": "As asked."},
    "mla:copy": lambda walk, which: {"case": walk.of(which).case.pk, "requested_states": ["KZ"]},
    "mla:draft_step": lambda walk, which: {"facts": "Other facts.", "version": 0, "go": "on"},
    "mla:step": lambda walk, which: (
        form_data(walk.of(which), STEP.get(which, "report_results")) if which != "unknown" else {}
    ),
    "register:acknowledge": receipt_form,
    "register:paper_create": lambda walk, which: PAPER_FORM,
    "register:paper_edit": lambda walk, which: PAPER_FORM | {"version": walk.papers[which].version},
    "register:paper_void": lambda walk, which: {"reason": "Entered twice.", "version": walk.papers[which].version},
    "shares:again": share_form,
    "shares:decide": decision_form,
    "shares:step": decision_form,
}


def rows() -> Iterator[tuple[str, str, dict[str, str]]]:
    """The table: address, method, and what each person is answered."""
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    for line in lines:
        assert len(line) == len(head), line
        answers = dict(zip(head[2:], line[2:], strict=True))
        expected = {}
        for column, people in COLUMNS.items():
            several = OTHERS[line[0], line[1]] if answers[column] == "-" else [answers[column]] * len(people)
            expected |= dict(zip(people, several, strict=True))
        yield line[0], line[1], expected


def names(patterns: list[Any] | None = None, space: str = "") -> Iterator[str]:
    """Every name of the URLconf with its namespaces; of an address without a name, the pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{space}{pattern.name or pattern.pattern}"


def word(response: HttpResponse) -> str:
    """The answer in a word of the table."""
    if response.status_code in (301, 302, 303):
        return "in" if response["Location"].startswith(reverse(settings.LOGIN_URL)) else "ok"
    sent = response.request["REQUEST_METHOD"] == "POST"
    if sent and response.status_code == 200 and any(form_errors(response)):
        return "bad"
    return str(response.status_code)


def form_errors(response: HttpResponse) -> Iterator[bool]:
    """Whether each form of the page was sent and has errors."""
    found = response.context or []
    # Of a page without parts Django keeps the one context, not a list of one.
    for context in found if isinstance(found, list) else [found]:
        for form in context.flatten().values():
            if isinstance(form, BaseForm | BaseFormSet) and form.is_bound:
                yield not form.is_valid()


@pytest.fixture
def walk(world: World) -> Walk:
    """Everybody, and a request in execution."""
    return Walk(world)


def test_every_address_has_a_row() -> None:
    """And every row an address: what nobody thought about cannot be reached."""
    assert set(names()) - APART == {address.partition("/")[0] for address, _, _ in rows()}


def test_every_person_has_a_column(walk: Walk) -> None:
    """Nobody is left out of the walk."""
    assert set(walk.people) == {person for column in COLUMNS.values() for person in column}


# These answer people who are not signed in, and say themselves what method they take.
OPEN = {"account_login", "account_logout", "healthz", "language"}


@pytest.mark.timeout(1200)
def test_everybody_everywhere(walk: Walk) -> None:
    """All rows; and for each address, all methods that have none."""
    differs = []
    given: dict[str, set[str]] = {}
    for address, method, expected in rows():
        given.setdefault(address.partition("/")[0], set()).add(method)
        url, form = walk.url(address), walk.form(address)
        for who, answer in expected.items():
            differs += walk.compare(address, method, url, form, who, closed(who) or answer)
    for address, methods in given.items():
        for method in sorted(set(METHODS) - methods):
            for who in walk.people:
                answer = "in" if who in SIGNED_OUT and address not in OPEN else "405"
                differs += walk.compare(address, method, walk.url(address), {}, who, closed(who) or answer)
    assert not differs, "\n".join(differs)


def closed(who: str) -> str:
    """A live session whose access has ended is ended by its first click, wherever that goes."""
    return "in" if who in ("ended", "role_ended") else ""


# Who sees a request in each state that is walked, beside its drafters.
DRAFTERS = ("officer", "colleague", "supervisor", "liaison")
SEES = {
    "draft": (),
    "at_central_authority": ("sender", "signatory"),
    "transmitted": ("sender", "signatory", "addressee"),
    "in_execution": ("sender", "signatory", "addressee", "executor"),
    "results_reported": ("sender", "signatory", "addressee", "executor"),
    "closed": ("sender", "signatory", "addressee", "executor"),
}
# Who may take each step, and in which of these states. Elsewhere they are told that it has moved on.
STEPS = """
submit                officer    draft
return_to_drafter     supervisor -
pass_on               supervisor -
return_from_authority sender     at_central_authority
sign                  signatory  at_central_authority
transmit              sender     -
discard               officer    draft at_central_authority
acknowledge           addressee  transmitted
start_review          addressee  -
ask_information       addressee  in_execution
write_answer          officer    -
answer_information    sender     -
accept_and_assign     addressee  -
start_execution       executor   -
report_results        executor   in_execution
return_results        addressee  results_reported
send_response         addressee  results_reported
receive_response      sender     -
send_back             officer    -
close                 officer    -
withdraw              sender     transmitted in_execution results_reported
"""
# The drafter's colleagues hold the same role: these steps are theirs too, except what is the drafter's alone.
ALONE = {"submit", "discard"}


def steps() -> dict[str, tuple[str, set[str]]]:
    """The table of steps: who, and in which states."""
    return {name: (who, set(states)) for name, who, *states in map(str.split, STEPS.strip().splitlines())}


def test_every_step_has_a_row() -> None:
    """The walk knows all steps of the line."""
    assert set(steps()) == set(BY_NAME)


def wanted(state: str, name: str, who: str, method: str) -> str:
    """The answer to one step in one state."""
    if who not in (*DRAFTERS, *SEES[state]):
        return "404"
    holder, states = steps()[name]
    takes = who == holder or (holder == "officer" and who == "colleague")
    if not takes:
        return "403"
    if state in states:
        alone = name in ALONE and who != "officer"
        return "403" if alone else "200" if method == "GET" else "ok"
    if method == "GET" or (name == "transmit" and state == "at_central_authority"):
        # Not signed yet: right person, right state, and still not open.
        return "403"
    return "409"


@pytest.mark.parametrize("state", SEES)
def test_request_in_each_state(world: World, state: str) -> None:
    """One request, each of its steps, by everybody who might be near it."""
    walk = Walk(world, state)
    near = ["other_agency", *DRAFTERS, "sender", "signatory", "addressee", "executor", "given"]
    forms = {name: full_form(walk.line, name) for name in steps()}
    differs = []
    for who in near:
        sees = who in (*DRAFTERS, *SEES[state])
        differs += walk.compare("mla:detail", "GET", walk.url("mla:detail"), {}, who, "200" if sees else "404")
        editable = state == "draft" and who in ("officer", "colleague")
        answer = "200" if editable else "403" if sees else "404"
        differs += walk.compare("mla:draft_step", "GET", walk.url("mla:draft_step"), {}, who, answer)
        for name, form in forms.items():
            url = reverse("mla:step", kwargs={"pk": walk.line.pk, "name": name})
            # That nobody looks at a page of what they do not see is walked by `test_everybody_everywhere`.
            for method in ("GET", "POST") if sees else ("POST",):
                answer = wanted(state, name, who, method)
                differs += walk.compare(f"{name} in {state}", method, url, form, who, answer)
    assert not differs, "\n".join(differs)


def full_form(line: Line, name: str) -> dict[str, Any]:
    """The form of a step, filled in; where no questions are open, without answers to them."""
    try:
        return form_data(line, name)
    except InformationRound.DoesNotExist:
        return {"version": line.clock(name)}


def test_readyz(walk: Walk) -> None:
    """Open to all who watch over the portal; 503 while a part is missing, here the worker."""
    for who in ("anonymous", "officer"):
        response = walk.people.client(who).get(reverse("readyz"))
        assert (response.status_code, set(response.json())) == (
            503,
            {"status", "database", "broker", "migrations", "worker"},
        )
    for method in set(METHODS) - {"GET"}:
        assert walk.ask("officer", method, reverse("readyz")).status_code == 405
