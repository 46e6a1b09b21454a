"""Marked words, hunted wherever somebody could come upon what is not theirs.

Every text of one agency's records is a word of its own (tests/security/story.py). `MAY` says who may ever read
which, and from which chapter of the story on; everything else that is found is a leak. What may be read must be
found, too: otherwise the hunt would be blind.
"""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache, reduce
from itertools import cycle, islice
from operator import or_
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import DeskView, User
from accounts.sheets import XLSX
from accounts.workdays import working_day_after
from agencies.models import Role
from agencies.standing import standing_of
from cases import finding
from cases.models import Share
from cases.searching import Wanted
from exports import store
from mla.drafting import STEPS
from mla.workflow import BY_NAME
from notifications.delivery import deliver, gather
from notifications.mail import send_all
from notifications.models import Letter, Mail, Outbox
from notifications.tasks import send
from tests.factories import World, agency, person, today
from tests.security.people import People, undone
from tests.security.story import CHAPTERS, Story, enter_on_paper, furnish, mark, marks_in, word
from tests.security.test_walker import ALIKE, FREE_OF_PEOPLE, Walk, ready_export, rows
from tests.servers import MailServer, start_worker, wait_for
from tests.thorough import THOROUGH

# Key, and for each body the chapter from which its people may read it; `-` never. A side's central authority
# reads the domestic steps of its own side. `given` is an agency with which a part of one item is shared.
MAY = """
key                     drafting         sending          receiving        executing        given   named
case.title              draft            passed           transmitted      assigned         -       -
case.proceedings_number draft            passed           transmitted      assigned         -       -
case.offences           draft            -                -                -                -       -
later.*                 signed           -                -                -                -       -
first.*                 draft            -                -                -                -       -
second.*                returned         passed           -                -                -       -
final.*                 returned.again   returned.again   transmitted      assigned         -       -
first.basis_reason      draft            -                -                -                -       -
second.basis_reason     returned         -                -                -                -       -
final.basis_reason      returned.again   -                -                -                -       -
gap.reason              draft            -                -                -                -       -
comment.return_to_drafter returned       -                -                -                -       -
comment.return_from_authority returned.again returned.again -              -                -       -
answered.second         returned         -                -                -                -       -
answered.final          returned.again   returned.again   -                -                -       -
attached.*              draft            passed           transmitted      assigned         -       -
language.*              draft            passed           transmitted      assigned         -       -
reason.return_to_drafter returned        passed           -                -                -       -
reason.return_from_authority returned.again returned.again -               -                -       -
number.transmit         transmitted      transmitted      transmitted      assigned         -       -
number.acknowledge      under.review     under.review     under.review     assigned         -       -
question                asked            asked            asked            assigned         -       -
answer.begun            answer.begun     answer.begun     -                -                -       -
answer.sent             answer.written   answer.written   answered         assigned         -       -
result.first            -                -                reported         reported         -       -
found.first.*           responded        responded        reported         reported         -       -
kept.*                  -                -                -                reported         -       -
reason.return_results   -                -                results.returned results.returned -       -
result.second           responded        responded        reported.again   reported.again   -       -
found.second.*          responded        responded        reported.again   reported.again   -       -
covering.first          responded        responded        responded        responded        -       -
missing.send_back       sent.back        sent.back        sent.back        sent.back        -       -
result.third            closed           closed           reported.at.last reported.at.last -       -
covering.last           closed           closed           closed           closed           -       -
org.name                draft            -                -                -                draft   -
share.purpose           draft            -                -                -                draft   -
org.withheld            draft            -                -                -                -       -
note.*                  draft            -                -                -                -       -
asked.*                 draft            -                -                -                -       -
paper.*                 draft            -                -                -                -       -
journal.*               -                draft            -                -                -       -
secret.*                -                -                -                -                -       draft
person.KG-MIA           draft            passed           -                -                -       -
person.KG-GPO           passed           draft            -                -                -       -
person.UZ-GPO           -                -                draft            assigned         -       -
person.UZ-MIA           -                -                assigned         draft            -       -
agency.KG-MIA           draft            draft            transmitted      assigned         draft   -
agency.KG-GPO           draft            draft            transmitted      assigned         -       -
agency.UZ-GPO           passed           passed           draft            assigned         -       -
agency.UZ-MIA           responded        responded        draft            draft            -       -
"""
# `named`: who is named in the need-to-know case, in which all words begin with `secret`.
BODIES: dict[str, tuple[str, ...]] = {
    "officer": ("drafting", "named"),
    "colleague": ("drafting",),
    "supervisor": ("drafting", "named"),
    "liaison": ("drafting",),
    "sender": ("sending",),
    "signatory": ("sending",),
    "addressee": ("receiving",),
    "executor": ("executing",),
    "given": ("given",),
    "auditor": ("auditing",),
}
# On pages that are open to all the names of agencies stand for all to see; a form names whom one can choose.
NAMES_AGENCIES = {"agencies:directory", "mla:draft", "cases:share", "shares:again", "join"}
# Pages of admins, who read names of agencies by their office.
OFFICES = ("onboarding:", "people:")
# Whose names a platform admin reads: of people who wait for a confirmation, of accounts; an invited one, who invited.
NAMES_PEOPLE = ("desk", "onboarding:", "people:proposals", "people:withdraw_role", "notifications:index", "join")
AUDITED = {"person", "agency"}
CHAPTER = {name.replace(" ", "."): number for number, name in enumerate(CHAPTERS)}


def table() -> dict[str, dict[str, float]]:
    """The table: for each key and body the number of a chapter."""
    head, *lines = map(str.split, MAY.strip().splitlines())
    never = float("inf")
    found = {
        key: {body: CHAPTER.get(cell, never) for body, cell in zip(head[1:], cells, strict=True)}
        for key, *cells in lines
    }
    # The auditor of the organisation that runs the portal reads who acted for which agency, and nothing else.
    for key, cells in found.items():
        cells["auditing"] = 0 if key.partition(".")[0] in AUDITED else never
    return found


TABLE = table()


def row_of(key: str) -> dict[str, float]:
    """The row of a key: its own, or that of its family, however large."""
    families = [f"{key.rsplit('.', cut)[0]}.*" for cut in range(1, key.count(".") + 1)]
    return next(TABLE[name] for name in (key, *families) if name in TABLE)


class Hunt:
    """Everybody, each with all pages, through the chapters of the story."""

    def __init__(self, world: World) -> None:
        self.story = Story(world)
        self.secret = Story(world, "secret.", need_to_know=True, members=[world.supervisor])
        # No third request: its page would rightly name agencies that the story does not show yet.
        self.walk = Walk(world, line=self.story, secret=self.secret, waits=self.story)
        self.people = self.walk.people
        self.name_people()
        drafter, liaison = world.drafter, self.people.users["liaison"]
        items, shares = furnish(self.story.case, drafter, liaison, agency("KZ-MIA"))
        self.walk.items |= items
        self.walk.shares |= shares
        self.walk.papers |= enter_on_paper(world)
        self.leaks: list[str] = []
        self.seen: dict[tuple[str, str], int] = {}

    def name_people(self) -> None:
        """Each person's name is their agency's mark."""
        for user in self.people.users.values():
            code = user.memberships.first().agency.code
            if f"person.{code}" in TABLE:
                User.objects.filter(pk=user.pk).update(name=mark(f"person.{code}"))

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every page of the portal, with everything that there is."""
        addresses = {address for address, method, _ in rows() if method == "GET"} - FREE_OF_PEOPLE
        for address in sorted(addresses):
            yield address, self.walk.url(address)
        for which, item in (self.walk.items | self.story.items | self.secret.items).items():
            kwargs = {"pk": item.case_id, "item_pk": item.pk}
            for name in ("cases:item", "cases:item_edit", "cases:file"):
                yield f"{name}/{which}", reverse(name, kwargs=kwargs)
            for name in ("api:item", "api:access"):
                yield f"{name}/{which}", reverse(name, args=[item.pk])
        for which in ("marked", "marked-asked"):
            for name in ("shares:detail", "shares:again", "api:share"):
                yield f"{name}/{which}", reverse(name, kwargs={"pk": self.walk.shares[which].pk})
        for share in Share.objects.filter(via_request=self.story.pk):
            for name in ("shares:detail", "api:share"):
                yield f"{name}/{share.via_step}", reverse(name, kwargs={"pk": share.pk})
        for one in STEPS:
            yield f"mla:draft_step/{one.name}", reverse("mla:draft_step", args=[self.story.pk, one.name])
        for which, entry in self.walk.papers.items():
            for name in ("register:paper", "register:paper_edit", "register:paper_void"):
                yield f"{name}/{which}", reverse(name, kwargs={"pk": entry.pk})
        yield "register:acknowledge/marked", f"{reverse('register:acknowledge')}?request={self.story.pk}"
        for name in BY_NAME:
            yield f"step {name}", reverse("mla:step", kwargs={"pk": self.story.pk, "name": name})

    def log(self) -> list[tuple[str, str]]:
        """The whole audit log, page by page, and as a file."""
        pages, query = [("audit:export", reverse("audit:export", args=["csv"]))], ""
        while True:
            pages.append(("audit:list", reverse("audit:list") + query))
            query = self.people.client("auditor").get(pages[-1][1]).context["older"]
            if not query:
                return pages

    def look(self, chapter: int, who: str, address: str, response: HttpResponse) -> None:
        """Note what is on a page, and what of it should not be there."""
        text = body_of(response) + json.dumps(dict(response.headers))
        for key in marks_in(text):
            family, _, code = key.partition(".")
            name = address.partition("/")[0]
            if family == "agency" and (name in NAMES_AGENCIES or name.startswith(OFFICES)):
                continue
            if family == "person" and address.startswith(NAMES_PEOPLE) and who in ("platform_admin", "anonymous"):
                continue
            may = [body for body in BODIES.get(who, ()) if row_of(key)[body] <= chapter]
            if not may and not self.is_own(who, family, code):
                self.leaks.append(f"{key} on {address} for {who} in chapter {list(CHAPTERS)[chapter]}")
            for body in may or BODIES.get(who, ())[:1]:
                self.seen.setdefault((body, key), chapter)

    def is_own(self, who: str, family: str, code: str) -> bool:
        """The frame of each page says who is signed in, and for which agency."""
        if family not in ("agency", "person") or who not in self.people.users:
            return False
        return self.people.users[who].memberships.filter(agency__code=code).exists()

    def go(self, chapter: int, who: str, pages: list[tuple[str, str]]) -> None:
        """One person looks at these pages."""
        for address, url in pages:
            self.look(chapter, who, address, self.walk.ask(who, "GET", url))
            if address == "desk":
                self.look(chapter, who, address, self.agencys_desk(who))

    def agencys_desk(self, who: str) -> HttpResponse:
        """The desk in its other view, which shows what waits for the person's colleagues too."""
        with undone():
            if who in self.people.users:
                User.objects.filter(pk=self.people.users[who].pk).update(desk_view=DeskView.AGENCY)
            return self.walk.ask(who, "GET", reverse("desk"))


def body_of(response: HttpResponse) -> str:
    """What a browser gets; of a spreadsheet, what it finds in it."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type") == XLSX:
        packed = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(packed.read(name) for name in packed.namelist())
    return content.decode("utf-8", "replace")


def ring() -> list[str]:
    """Everybody's bell is rung for what was told since; the mails that go at once."""
    open_rows = Outbox.objects.filter(done_at=None).values_list("pk", flat=True)
    return deliver([str(pk) for pk in open_rows], timezone.now())


@pytest.fixture
def hunt(world: World) -> Hunt:
    """The story at its beginning."""
    return Hunt(world)


FOUR = ("officer", "sender", "addressee", "executor")
# What may change with a chapter, for those who work on the request.
OFTEN = {
    "desk",
    "mla:list",
    "mla:detail",
    "mla:draft",
    "mla:draft_check",
    "mla:draft_step",
    "mla:draft_step/basis",
    "notifications:index",
    "cases:detail",
    "mla:step",
}
OFTEN |= {"cases:item/shared", "cases:item/hidden", "cases:item/document", "shares:list"}
OFTEN |= {"shares:detail/marked", "shares:detail/marked-asked"}
OFTEN |= {f"cases:item/{which}" for which in ("attached", "attached-file", "found-first", "found-second", "kept-first")}
# And what is looked at when all is done: the files, the shares by which things crossed.
AT_LAST = {"cases:file/attached-file", "cases:item/secret.attached", "cases:file/secret.attached-file"}
AT_LAST |= {f"shares:detail/{step}" for step in BY_NAME} | {"mla:print"}
AT_LAST |= {"register:export/xlsx", "register:paper/marked", "register:paper/marked-void"}
AT_LAST |= {"cases:detail/secret", "mla:detail/secret"}
OFTEN |= {"register:list", "register:export", "register:acknowledge/marked"}
# What programs read is told by the same readings: what changes with each chapter, and all of it once.
OFTEN |= {"api:requests", "api:request", "api:check", "api:item/attached"}
AT_LAST |= {f"api:share/{step}" for step in (*BY_NAME, "marked", "marked-asked")}
AT_LAST |= {"api:cases", "api:items", "api:shares", "api:request/secret", "api:item/shared", "api:access/attached"}
AT_LAST |= {"api:item/attached-file", "api:item/found-first", "api:item/found-second", "api:item/secret.attached"}


def test_nobody_reads_what_is_not_theirs(hunt: Hunt) -> None:
    """The whole story, by those whom it is about; and each word is found where it may be read."""
    for chapter, name in enumerate(CHAPTERS):
        hunt.story.chapter(name)
        ring()
        last = chapter == len(CHAPTERS) - 1
        # Drafts in each chapter; of the others, where what is there too early is there in the next one still, a half.
        often = [page for page in sorted(OFTEN) if not page.startswith("mla:d")]
        wanted = OFTEN - (set() if THOROUGH or last else set(often[chapter % 2 :: 2]))
        wanted |= relevant(name) | (AT_LAST if last else set())
        pages = [page for page in hunt.pages() if page[0] in wanted]
        for who in FOUR:
            hunt.go(chapter, who, pages)
    hunt.go(len(CHAPTERS) - 1, "given", [page for page in hunt.pages() if page[0] in OFTEN])
    hunt.go(len(CHAPTERS) - 1, "auditor", hunt.log())
    assert not hunt.leaks, "\n".join(sorted(set(hunt.leaks)))
    blind = [
        f"{key} was never found by {body}"
        for key, cells in TABLE.items()
        for body, first in cells.items()
        if first < len(CHAPTERS) and not found(hunt, body, key)
    ]
    assert not blind, "\n".join(blind)


def test_nobody_at_all(hunt: Hunt) -> None:
    """Every page of the portal, by everybody, when all words have been said and nothing is closed yet."""
    number = list(CHAPTERS).index("reported again")
    for name in list(CHAPTERS)[: number + 1]:
        hunt.story.chapter(name)
    ring()
    pages = list(hunt.pages())
    for who in hunt.people:
        if THOROUGH or who not in ALIKE:
            hunt.go(number, who, [page for page in pages if looks(who, page[0])])
    assert not hunt.leaks, "\n".join(sorted(set(hunt.leaks)))


# Texts that nobody searches: reasons and comments, a share's note, what is in a file, a journal's requests on paper,
# names of people and agencies. Of all others the last one that stands is found by whoever may read it.
NOT_SEARCHED = re.compile(
    r"(secret\.)?(reason\.|missing\.|comment\.|answered\.|gap\.|journal\.|asked\.note|(paper|attached)\.content"
    r"|person\.|agency\.|(first|second|final)\.basis_reason)"
)
SUPERSEDED = re.compile(r"first\.|second\.|answer\.begun|result\.(first|second)|covering\.first|case\.offences")
SEARCHED_IN = {"draft", "passed", "signed", "transmitted", "answer written", "reported", "responded", "closed"}


def searched_by(hunt: Hunt, who: str, keys: set[str]) -> bool:
    """Whether a person finds something by one of these words, exactly or nearly, in any list."""
    words = [Wanted.parse(word(key)) for key in sorted(keys)]
    match = reduce(or_, (one.exact | one.near for one in words), Q(pk__in=[]))
    standing = standing_of(hunt.people.users[who])
    return any(group.listing(standing, QueryDict()).matching(match) is not None for group in finding.groups())


def search(hunt: Hunt, chapter: int, who: str) -> set[str]:
    """One person looks for every word that was ever planted and is not theirs to find; returns what is."""
    planted = set().union(*marked_tables().values())
    bodies = BODIES.get(who, ())
    theirs = {
        key for key in planted if not NOT_SEARCHED.match(key) and any(row_of(key)[body] <= chapter for body in bodies)
    }
    hidden = planted - theirs
    if searched_by(hunt, who, hidden):
        for key in hidden:
            if searched_by(hunt, who, {key}):
                hunt.leaks.append(f"{key} is found by {who} in chapter {list(CHAPTERS)[chapter]}")
    return theirs


def test_nobody_finds_what_is_not_theirs(hunt: Hunt) -> None:
    """Every planted word is searched along the story; at its end each is found by all who may then read it."""
    last = len(CHAPTERS) - 1
    missed = []
    for chapter, name in enumerate(CHAPTERS):
        hunt.story.chapter(name)
        if name in SEARCHED_IN:
            for who in (*FOUR, "given"):
                theirs = search(hunt, chapter, who)
                if chapter == last:
                    stand = {key for key in theirs if not SUPERSEDED.match(key)}
                    assert stand, who
                    missed += [f"{key} by {who}" for key in stand if not searched_by(hunt, who, {key})]
    assert not hunt.leaks, "\n".join(sorted(set(hunt.leaks)))
    assert not missed, "\n".join(sorted(missed))


def test_nobody_at_all_finds_what_is_not_theirs(world: World) -> None:
    """The same for everybody who signs in, in the middle of the story."""
    hunt = Hunt(world)
    number = list(CHAPTERS).index("reported")
    for name in list(CHAPTERS)[: number + 1]:
        hunt.story.chapter(name)
    for who in hunt.people.users:
        # An auditor reads names beside events, and searches nothing.
        assert bool(search(hunt, number, who)) == (who in BODIES and who != "auditor"), who
    assert not hunt.leaks, "\n".join(sorted(set(hunt.leaks)))


def looks(who: str, address: str) -> bool:
    """Whether it is worth a look: that others are refused steps and the pages of admins is walked elsewhere.

    So is that a page is not there for somebody; of those, which are all alike, one in seven is looked at, and every
    one in the drill.
    """
    if address.startswith(OFFICES):
        return who in ("officer", "agency_admin", "platform_admin")
    if who in (*FOUR, "given") or THOROUGH:
        return who in FOUR or "step " not in address
    if "step " in address:
        return False
    return (address.partition("/")[0], who) not in closed_pages() or crc32(f"{address} {who}".encode()) % 7 == 0


@cache
def closed_pages() -> set[tuple[str, str]]:
    """Pages that the walker finds closed to somebody, whichever record they are of."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for address, method, answers in rows():
        if method == "GET":
            for who, answer in answers.items():
                found[address.partition("/")[0], who].add(answer)
    return {key for key, answers in found.items() if answers == {"404"}}


def found(hunt: Hunt, body: str, key: str) -> bool:
    """Whether the body's people came upon a key, or one of its family."""
    stem = key.removesuffix("*")
    return any(where == body and one.startswith(stem) for where, one in hunt.seen)


def relevant(chapter: str) -> set[str]:
    """The forms of the steps of this chapter and the next, where a reason could stand as typed; what they shared."""
    names = list(CHAPTERS)
    number = names.index(chapter)
    steps = {word.partition(":")[0] for one in names[number : number + 2] for word in CHAPTERS[one]}
    return {f"{page}{step}" for step in steps for page in ("step ", "shares:detail/")}


@pytest.mark.parametrize("chapter", ["transmitted", "reported", "closed"])
def test_an_export_holds_only_what_is_theirs(hunt: Hunt, chapter: str) -> None:
    """Every word in the file of each agency is one that its people may read by then; and the file is not empty."""
    names = list(CHAPTERS)
    number = names.index(chapter)
    for name in names[: number + 1]:
        hunt.story.chapter(name)
    hunt.walk.exports[""].delete()
    leaks, found = [], {}
    for body, code in {"drafting": "KG-MIA", "sending": "KG-GPO", "receiving": "UZ-GPO", "executing": "UZ-MIA"}.items():
        export = ready_export(person(agency(code), Role.SUPERVISOR), agency(code))
        with zipfile.ZipFile(store.path_of(export.file)) as made:
            text = "".join(name + made.read(name).decode("utf-8", "replace") for name in made.namelist())
        found[body] = marks_in(text)
        leaks += [f"{key} for {body}" for key in found[body] if row_of(key)[body] > number and key != f"agency.{code}"]
    assert not leaks, leaks
    whole = {"case.title", "later.case.offences", "note.text", "paper.content", "org.withheld", "second.facts"}
    whole |= {"gap.reason", "final.basis_reason", "comment.return_to_drafter", "comment.return_from_authority"}
    whole |= {"answered.second", "answered.final"}
    assert whole < found["drafting"]
    assert {"journal.number", "journal.subject", "journal.remark", "journal.reason"} < found["sending"]
    assert {"final.facts", "number.transmit"} < found["receiving"] and "first.facts" not in found["receiving"]
    result = {"transmitted": set(), "reported": {"result.first"}, "closed": {"result.third"}}[chapter]
    assert result <= found["receiving"] and result <= found["executing"]
    assert ("final.facts" in found["executing"]) == (chapter != "transmitted")


REFUSED = {
    "signed": ("addressee", "executor", "other_agency", "given"),
    "reported again": ("sender", "addressee", "other_state", "auditor", "ended"),
}


@pytest.mark.parametrize("chapter", REFUSED)
def test_refusals_say_nothing(hunt: Hunt, chapter: str) -> None:
    """Forms sent by those who may not, or too late: the answers hold no word of what was asked about."""
    names = list(CHAPTERS)
    number = names.index(chapter)
    for name in names[: number + 1]:
        hunt.story.chapter(name)
    forms = [(address, hunt.walk.url(address)) for address, method, _ in rows() if method == "POST"]
    kwargs = {"pk": hunt.story.pk}
    forms += [(f"step {name}", reverse("mla:step", kwargs=kwargs | {"name": name})) for name in BY_NAME]
    in_turn = cycle(REFUSED[chapter])
    for address, url in forms:
        for who in REFUSED[chapter] if THOROUGH else islice(in_turn, 2):
            response = hunt.walk.ask(who, "POST", url, {"version": 1, "reason": "x"})
            hunt.look(number, who, address, response)
    assert not hunt.leaks, "\n".join(sorted(set(hunt.leaks)))


def test_others_cannot_count(world: World) -> None:
    """The pages of an outsider are the same, letter by letter, whether there are records or none."""
    people = People(world)
    places = ["desk", "cases:list", "mla:list", "shares:list", "notifications:index", "agencies:directory"]
    places += ["register:list", "figures:index", "exports:index", "help", "api:cases", "api:requests", "api:shares"]
    outsiders = (
        "other_agency",
        "other_side",
        "other_state",
        "given",
        "agency_admin",
        "platform_admin",
        "auditor",
        "observer",
    )

    def snapshot() -> dict[tuple[str, str], str]:
        found = {(who, place): plain(people.client(who).get(reverse(place))) for who in outsiders for place in places}
        with undone():
            User.objects.update(desk_view=DeskView.AGENCY)
            return found | {(who, "agency's"): plain(people.client(who).get(reverse("desk"))) for who in outsiders}

    before = snapshot()
    story = Story(world)
    for name in list(CHAPTERS)[:10]:
        story.chapter(name)
    after = {key: text.replace(mark("agency.KG-MIA"), "Agency KG-MIA") for key, text in snapshot().items()}
    for code in ("KG-GPO", "UZ-GPO", "UZ-MIA"):
        after = {key: text.replace(mark(f"agency.{code}"), f"Agency {code}") for key, text in after.items()}
    assert after == before


def plain(response: HttpResponse) -> str:
    """A page without the tokens that differ from one showing to the next."""
    text = response.content.decode()
    token = response.context["csrf_token"] if response.context else ""
    return ONCE.sub("", text.replace(str(token), ""))


# The token by which a form counts once.
ONCE = re.compile(r'name="token" value="[0-9a-f-]{36}"')
# The tables that hold content. No other may: audit, outbox, bell, sessions, cache, submissions, queue.
HOLD_CONTENT = {
    "accounts_user",
    "agencies_agency",
    "cases_case",
    "cases_document",
    "cases_itemversion",
    "cases_note",
    "cases_organisation",
    "cases_savedfilter",
    "cases_search",
    "cases_share",
    "cases_shareitem",
    "cases_storedfile",
    "mla_assistancerequest",
    "mla_fieldcomment",
    "mla_gapreason",
    "mla_informationround",
    "mla_languageversion",
    "mla_measure",
    "mla_paperrequest",
    "mla_registernumber",
    "mla_requestevent",
    "mla_requestversion",
}


def marked_tables() -> dict[str, set[str]]:
    """Each table of the database with the marks in it, whatever its columns are called."""
    found_in: dict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        for table_name in connection.introspection.table_names(cursor):
            cursor.execute(f'select row_to_json(t)::text from "{table_name}" t')
            for (text,) in cursor.fetchall():
                found_in[table_name] |= marks_in(text)
                assert not marks_in(decoded(table_name, text)), table_name
    return {name: marks for name, marks in found_in.items() if marks}


def decoded(table_name: str, text: str) -> str:
    """What a session says once it is unpacked: it is stored signed and packed."""
    if table_name != "accounts_session":
        return ""
    from accounts.sessions import SessionStore

    return json.dumps(SessionStore().decode(json.loads(text)["session_data"]))


def test_nothing_leaves_with_messages(
    transactional_db: None,
    broker: Any,
    mail: MailServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Broker, worker, mails, summaries, logs, audit events, outbox, bell, sessions, cache hold no word of content."""
    hunt = Hunt(World())
    users = hunt.people.users
    day = today()
    typists = "officer", "sender", "addressee", "executor", "other_agency"
    for name, typist in zip(CHAPTERS, cycle(typists), strict=False):
        hunt.story.chapter(name)
        for who in typists if THOROUGH else (typist,):
            client = hunt.people.client(who)
            client.get(reverse("mla:detail", kwargs={"pk": hunt.story.pk}))
            url = reverse("mla:step", kwargs={"pk": hunt.story.pk, "name": "discard"})
            client.post(url, {"version": 999, "reason": mark("typed.reason")})
            client.get(client.post(reverse("search:begin"), {"term": mark("typed.search")})["Location"])
            kept = {"name": mark("typed.filter")[:60], "place": "requests", "query": "state=draft"}
            client.post(reverse("filters:save"), kept)
        # Each chapter's mails leave, and on a day of its own its summaries; those of the last one by the worker.
        day = working_day_after(day)
        mails = ring() + gather(datetime.combine(day, time(12), UTC))
        send_all(mails if name != list(CHAPTERS)[-1] else ())
    send.delay(mails)
    client = hunt.people.client("anonymous")
    client.post(reverse("account_login"), {"login": users["officer"].email, "password": mark("typed.password")})
    queued = [message.decode() for message in broker.lrange("celery", 0, -1)]
    assert len(queued) > len(CHAPTERS)
    assert not any(map(marks_in, unpacked(queued)))
    log = tmp_path / "worker.log"
    worker = start_worker(log, EMAIL_URL=mail.url)
    try:
        wait_for(lambda: not Mail.objects.filter(done_at=None).exists(), 60)
        wait_for(lambda: not Letter.objects.filter(done_at=None).exists(), 60)
    finally:
        worker.stop()
    letters = {f"<{pk}@comity>" for pk in Letter.objects.values_list("pk", flat=True)}
    notices = [message for message in mail.messages if str(message["Message-ID"]) not in letters]
    sent = Mail.objects.exclude(sent_at=None)
    assert len(notices) == sent.count()
    assert sent.filter(day=None).count() > 10 < sent.exclude(day=None).count()
    invitations = [message for message in mail.messages if str(message["Message-ID"]) in letters]
    assert invitations and {mark for one in invitations for mark in marks_in(str(one.get_content()))} == {
        "agency.KG-MIA"
    }
    # A mail speaks to its reader by name; that is all.
    names = {f"person.{code}" for code in ("KG-MIA", "KG-GPO", "UZ-GPO", "UZ-MIA")}
    for message in notices:
        said = marks_in(message.as_string()) | marks_in(str(message.get_content())) | marks_in(str(message["To"]))
        reader = User.objects.get(email=str(message["To"]))
        assert said <= marks_in(reader.name) <= names
    assert not marks_in(log.read_text()) and "Task" in log.read_text()
    assert not marks_in(caplog.text)
    assert set(marked_tables()) == HOLD_CONTENT
    stored = [str(path) for path in Path(settings.FILES_ROOT).rglob("*")]
    assert not any(map(marks_in, stored))


def unpacked(messages: list[str]) -> Iterator[str]:
    """Messages of the broker, with what they carry in base64."""
    import base64

    for message in messages:
        yield message
        yield base64.b64decode(json.loads(message)["body"]).decode()
