"""Every page that lists something asks the database as often for 200 rows as for 10."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import DeskView, User
from agencies.models import Agency, Designation, Handover, Membership, Role
from agencies.services import create_agency
from agencies.services.accounts import propose_change
from agencies.services.handovers import hand_over, withdraw_handover
from audit.services import record
from cases.grants import give_to_agency
from cases.models import GrantSource, SavedFilter, Share, ShareItem
from cases.services import name_person
from cases.services.items import freeze
from cases.services.saved import save_filter
from cases.services.search import look_for
from cases.workflow import ShareState
from exports import services as exports
from exports.models import AgencyExport
from figures.services import renew
from mla.models import Assignment, AssistanceRequest, RegisterNumber, RequestEvent, RequestVersion
from mla.services import create_request
from mla.workflow import Body
from notifications.models import Notification
from tests.agencies.offices import Office
from tests.cases.sharing import FIREARM, MARK, NAMES, NOTE, PASSPORT, PERSON, Sharing, browser
from tests.factories import CONTENT, MEASURES, Line, World, case, designate, later, paper, person, state
from tests.mla.test_crossing import Papers, note
from tests.security.people import secretariat

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

FEW, MANY = 10, 110
KINDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("person", PERSON, {"names": NAMES, "documents": [PASSPORT]}),
    ("firearm", FIREARM, {"marks": [MARK]}),
    ("organisation", {"name": "Invented wares ltd"}, {}),
    ("note", NOTE, {}),
]


def queries(client: Client, url: str, *, first: bool = True) -> int:
    """How often the page asks. A first look fills caches that last, such as content types."""
    if first:
        client.get(url)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(asked)


class Growing:
    """A portal of which every list grows."""

    def __init__(self) -> None:
        self.it = Sharing()
        self.closed = Sharing(need_to_know=True)
        self.size = 0
        self.handover: Handover | None = None
        # One share of all items, pending, and one of all items that is open.
        self.pending, self.opened = self.it.ask(), self.it.shared(self.it.note)
        self.officer, self.liaison = browser(self.it.officer), browser(self.it.liaison)
        self.reader = browser(self.it.reader)
        User.objects.filter(pk=self.it.colleague.pk).update(desk_view=DeskView.AGENCY)
        self.colleague = browser(self.it.colleague)
        self.named = browser(self.closed.officer)
        came = paper(person(self.it.owner, Role.CA_OFFICER), self.it.owner)
        self.notifications = [
            ("share", "share.ask", self.pending.pk),
            ("case", "case.name", self.it.case.pk),
            ("paper", "deadline.near", came.pk),
        ]
        self.office = Office()
        self.admin, self.other_admin = browser(self.office.admin), browser(self.office.other_admin)
        self.platform, self.second = browser(self.office.platform), browser(self.office.second)

        self.auditor = browser(person(secretariat(), Role.AUDITOR))
        self.asker = person(self.it.owner, Role.SUPERVISOR)
        self.supervisor = browser(self.asker)
        self.export = exports.ask(actor=self.asker, agency=self.it.owner, reason="archive")

    @property
    def giver(self) -> Membership:
        """Whose work is handed over again and again."""
        return self.office.membership(self.office.officer)

    def grow(self, size: int) -> None:
        """Add to each list until it has that many."""
        for number in range(self.size, size):
            self._add(number)
        self.size = size

    def _add(self, number: int) -> None:
        it = self.it
        kind, values, rows = KINDS[number % len(KINDS)]
        item = it.add(kind, values, **rows)
        version = freeze(item, it.officer)
        more = {"version": version, "content": version.content, "sha256": version.sha256}
        ShareItem.objects.create(share=self.pending, item=item, **more)
        ShareItem.objects.create(share=self.opened, item=item, approved=True, **more)
        give_to_agency([item], it.recipient, GrantSource.SHARE, expires_at=self.opened.ends_at, share_id=self.opened.pk)
        self._agency(number)
        AgencyExport.objects.create(agency=it.owner, asked_by=self.asker, reason="archive", state="expired")
        case(it.officer, it.owner)
        request = create_request(
            actor=it.officer, case_id=it.case.pk, requested_state=state("UZ"), content=CONTENT, measures=MEASURES
        )
        subject = [*self.notifications, ("request", "request.submit", request.pk)][number % 4]
        for user in (it.officer, it.reader):
            Notification.objects.create(
                id=uuid.uuid4(),
                created_at=timezone.now(),
                person=user,
                subject_type=subject[0],
                event=subject[1],
                subject_id=subject[2],
                urgency=["action", "news"][number // 4 % 2],
            )
        self._staff(number)
        colleague = person(self.closed.owner, Role.OFFICER)
        name_person(actor=self.closed.officer, pk=self.closed.case.pk, person=colleague)
        if number < SavedFilter.AT_MOST:
            save_filter(actor=it.officer, place="cases", query="sort=oldest", name=f"Filter {number}")

    def _staff(self, number: int) -> None:
        """A member with a role and a proposed one, an invitation, an application, a closed account, a hand-over."""
        office = self.office
        newcomer = person(office.agency, Role.OFFICER)
        proposal = office.propose(newcomer)
        office.invite(f"invited{number}@kg-mia.example")
        application = office.enter(code=f"KG-A{number}", by=[office.platform, office.second][number % 2])
        invitation = office.invite(f"admin{number}@kg-mia.example", by=office.platform, roles=[Role.AGENCY_ADMIN])
        propose_change(actor=office.second, person_id=newcomer.pk, wanted="deactivate")
        if self.handover:
            withdraw_handover(actor=office.admin, pk=self.handover.pk)
        giver = office.membership(office.officer)
        self.handover = hand_over(actor=office.admin, giver_id=giver.pk, receiver_id=office.membership(newcomer).pk)
        browser(office.officer)
        for user, kind, pk in (
            (office.other_admin, "role_proposal", proposal.pk),
            (office.admin, "membership", office.membership(newcomer).pk),
            (office.platform, "application", application.pk),
            (office.admin, "handover", self.handover.pk),
        ):
            Notification.objects.create(
                id=uuid.uuid4(), created_at=timezone.now(), person=user, subject_type=kind, event="x", subject_id=pk
            )
        assert invitation.by_platform

    def _agency(self, number: int) -> None:
        """An agency in the directory, to which a share of the same note is open, and which has read it."""
        it = self.it
        body = create_agency(
            code=f"KZ-X{number}",
            state=state("KZ"),
            kind=Agency.Kind.CUSTOMS,
            name_en=f"X{number}",
            name_ru=f"X{number}",
        )
        designate(body, Designation.Function.SENDS)
        designate(body, Designation.Function.RECEIVES)
        share = it.ask(to=body)
        Share.objects.filter(pk=share.pk).update(
            state=[ShareState.APPROVED, ShareState.DECLINED, ShareState.PENDING][number % 3], decided_by=it.liaison
        )
        give_to_agency([it.note], body, GrantSource.SHARE, expires_at=share.ends_at, share_id=share.pk)
        their_officer = person(body, Role.OFFICER)
        record("item.read", actor=their_officer, subject_type="item", subject_id=it.note.pk, agency=body.code)
        theirs = it.ask()
        Share.objects.filter(pk=theirs.pk).update(state=ShareState.APPROVED, decided_by=it.liaison)
        theirs.share_items.update(approved=True)
        give_to_agency([it.note], it.recipient, GrantSource.SHARE, expires_at=theirs.ends_at, share_id=theirs.pk)

    def searched(self, user: User, term: str, place: str = "") -> str:
        """The address of a search, everywhere or in one list with a filter."""
        pk = look_for(actor=user, term=term).search.pk
        return f"{reverse(place)}?search={pk}&sort=oldest" if place else reverse("search:results", args=[pk])

    def pages(self) -> dict[str, int]:
        """How often each page asks."""
        renew(anew=True)
        of_case = reverse("cases:detail", args=[self.it.case.pk])
        of_share = reverse("shares:detail", args=[self.pending.pk])
        it = self.it
        looks: dict[str, tuple[Client, str]] = {
            "desk": (self.officer, reverse("desk")),
            "desk of the agency": (self.colleague, reverse("desk")),
            "desk of a liaison officer": (self.liaison, reverse("desk")),
            "desk of a receiver": (self.reader, reverse("desk")),
            "cases": (self.officer, reverse("cases:list")),
            "case": (self.officer, of_case),
            "case, need-to-know": (self.named, reverse("cases:detail", args=[self.closed.case.pk])),
            "ask to share": (self.officer, reverse("cases:share", args=[self.it.case.pk])),
            "item": (self.officer, self.it.page(self.it.note)),
            "item, received": (self.reader, self.it.page(self.it.note)),
            "shares": (self.officer, reverse("shares:list")),
            "shares, received": (self.reader, reverse("shares:list")),
            "share": (self.officer, of_share),
            "share, to decide": (self.liaison, of_share),
            "share, open": (self.officer, reverse("shares:detail", args=[self.opened.pk])),
            "share, received": (self.reader, reverse("shares:detail", args=[self.opened.pk])),
            "ask again": (self.officer, reverse("shares:again", args=[self.pending.pk])),
            "requests": (self.officer, reverse("mla:list")),
            "requests, filtered": (self.officer, f"{reverse('mla:list')}?state=draft&turn=ours&sort=due"),
            "cases, filtered": (self.officer, f"{reverse('cases:list')}?access=agency&requests=open&sort=oldest"),
            "shares, filtered": (self.officer, f"{reverse('shares:list')}?direction=given&state=pending&sort=ending"),
            "shares received, filtered": (self.reader, f"{reverse('shares:list')}?direction=received&sort=ending"),
            "requests, searched": (self.officer, self.searched(it.officer, "witness", "mla:list")),
            "cases, searched": (self.officer, self.searched(it.officer, "invented", "cases:list")),
            "shares, searched": (self.officer, self.searched(it.officer, "trial", "shares:list")),
            "search": (self.officer, self.searched(it.officer, "invented")),
            "search of a receiver": (self.reader, self.searched(it.reader, "lorries")),
            "saved filters": (self.officer, reverse("filters:list")),
            "new request": (self.officer, f"{reverse('mla:create')}?case={self.it.case.pk}"),
            "notifications": (self.officer, reverse("notifications:index")),
            "notifications of a receiver": (self.reader, reverse("notifications:index")),
            "what goes by mail": (self.officer, reverse("notifications:settings")),
            "audit log": (self.auditor, reverse("audit:list")),
            "audit log, filtered": (
                self.auditor,
                f"{reverse('audit:list')}?agency={self.it.owner.code}&event=item.create",
            ),
            "figures": (self.officer, reverse("figures:index")),
            "exports": (self.supervisor, reverse("exports:index")),
            "exports, to confirm": (self.liaison, reverse("exports:index")),
            "export": (self.supervisor, reverse("exports:detail", args=[self.export.pk])),
            "help": (self.officer, reverse("help")),
            "cases, by a program": (self.officer, reverse("api:cases")),
            "cases, need-to-know, by a program": (self.named, reverse("api:cases")),
            "items, by a program": (self.officer, reverse("api:items", args=[self.it.case.pk])),
            "item, by a program": (self.officer, reverse("api:item", args=[self.it.note.pk])),
            "item, received by a program": (self.reader, reverse("api:item", args=[self.it.note.pk])),
            "access, by a program": (self.officer, reverse("api:access", args=[self.it.note.pk])),
            "shares, by a program": (self.officer, reverse("api:shares")),
            "shares, received by a program": (self.reader, reverse("api:shares")),
            "share, by a program": (self.liaison, reverse("api:share", args=[self.pending.pk])),
            "requests, by a program": (self.officer, reverse("api:requests")),
            "directory": (self.officer, reverse("agencies:directory")),
            "desk of an admin": (self.other_admin, reverse("desk")),
            "desk of a platform admin": (self.second, reverse("desk")),
            "people": (self.admin, reverse("people:index")),
            "member": (self.admin, reverse("people:member", args=[self.giver.pk])),
            "propose a role": (self.admin, reverse("people:role", args=[self.giver.pk])),
            "hand work over": (self.admin, reverse("people:hand_over", args=[self.giver.pk])),
            "proposed roles": (self.other_admin, reverse("people:proposals")),
            "own proposals": (self.admin, reverse("people:proposals")),
            "applications": (self.platform, reverse("onboarding:index")),
            "agencies and their admins": (self.platform, reverse("onboarding:agencies")),
            "accounts": (self.platform, reverse("onboarding:find_account")),
            "notifications of an admin": (self.admin, reverse("notifications:index")),
            "notifications of another": (self.other_admin, reverse("notifications:index")),
            "notifications of a platform admin": (self.platform, reverse("notifications:index")),
            "sign-ins": (browser(self.office.officer), reverse("sign_ins")),
        }
        return {name: queries(client, url, first=False) for name, (client, url) in looks.items()}


def test_lists_ask_as_often_for_many_rows_as_for_few() -> None:
    """On both sides of a share, on the pages of a case and its items, on the desk and behind the bell."""
    portal = Growing()
    portal.grow(FEW)
    # A first round: from now on somebody has read what was shared.
    portal.pages()
    few = portal.pages()
    portal.grow(MANY)
    many = portal.pages()
    assert many == few, {name: (few[name], many[name]) for name in few if few[name] != many[name]}
    # An upper bound too: a constant of hundreds would pass as well. A search everywhere asks for five lists.
    assert many.pop("search") < 70 and max(many.values()) < 45, many


STATES = ["transmitted", "acknowledged", "accepted", "response_sent", "closed", "in_execution"]
SOURCES = {
    Body.DRAFTING: GrantSource.DRAFTER,
    Body.SENDING: GrantSource.CENTRAL_AUTHORITY,
    Body.RECEIVING: GrantSource.REQUESTED,
    Body.EXECUTING: GrantSource.ASSIGNMENT,
}
LISTS = ("desk", "mla:list", "register:list", "api:requests")
QUERIES = ("", "?q=26", "?direction=outgoing", "?state=open&kind=paper&year=2026", "?direction=incoming")


def test_requests_on_their_way_ask_as_often(world: World) -> None:
    """Requests in all states, from each office's side."""
    offices = [browser(user) for user in (world.drafter, world.sender, world.receiver, world.executor)]

    def walk() -> Line:
        for number in range(FEW):
            line = Line(world).walk_to(STATES[number % len(STATES)])
        return line

    def look() -> list[int]:
        filtered = f"{reverse('mla:list')}?state=closed&state=in_execution&turn=others&turn=nobody&sort=due"
        urls = [*map(reverse, LISTS), filtered]
        found = [queries(client, url) for client in offices for url in urls]
        User.objects.update(desk_view=DeskView.AGENCY)
        found += [queries(client, reverse("desk")) for client in offices]
        User.objects.update(desk_view=DeskView.MINE)
        return found

    last = walk()
    few = look()
    copy(last, MANY - 2 * FEW)
    # The newest are of every state again.
    walk()
    seen = [AssistanceRequest.objects.visible_to(user).count() for user in (world.receiver, world.executor)]
    assert seen[0] == MANY and seen[1] > MANY - FEW
    assert look() == few
    assert max(few) < 45, few


def copy(line: Line, number: int) -> None:
    """As many requests more that say the same, with all that their lists read; faster than walking each."""
    for _ in range(number):
        more = line.request
        more.pk = uuid.uuid4()
        more.reference, more.created_at = f"X-R-{more.pk}", timezone.now()
        more.save(force_insert=True)
        for kind in (RequestEvent, RequestVersion, Assignment, RegisterNumber):
            rows = list(kind._default_manager.filter(request=line.pk))
            for row in rows:
                row.pk, row.request = kind._meta.pk.get_default(), more
            kind._default_manager.bulk_create(rows)
        for body, source in SOURCES.items():
            give_to_agency([more], line.world.bodies[body], source)


def test_a_request_that_crossed_with_much_asks_as_often(world: World) -> None:
    """Its page, its steps and what crossed with it, on both sides: attachments, and rounds of questions."""

    def look(attachments: int, rounds: int) -> dict[str, int]:
        papers = Papers(world)
        papers.attach(*(note(papers.case, world.drafter) for _ in range(attachments)))
        papers.walk_to("under_review")
        for _ in range(rounds):
            papers.walk("ask_information", "write_answer", "answer_information")
        found = {}
        for who in ("drafter", "sender", "receiver"):
            client = browser(getattr(world, who))
            found[f"request, {who}"] = queries(client, reverse("mla:detail", args=[papers.pk]))
            found[f"request, {who}, by a program"] = queries(client, reverse("api:request", args=[papers.pk]))
            shares = [share for share in papers.shares("transmit") if who != "sender"]
            found |= {f"share, {who}": queries(client, reverse("shares:detail", args=[one.pk])) for one in shares}
        step = reverse("mla:step", args=[papers.pk, "accept_and_assign"])
        return found | {"step": queries(browser(world.receiver), step)}

    few, many = look(FEW, 1), look(MANY, FEW)
    assert many == few, {name: (few[name], many[name]) for name in few if few[name] != many[name]}
    assert len(few) == 9 and max(many.values()) < 45, many


def test_the_register_asks_as_often(world: World) -> None:
    """Lines of all kinds, on both sides: for one page's worth and for four; with filters and without."""
    registrars = {world.sender: world.bodies[Body.SENDING], world.receiver: world.bodies[Body.RECEIVING]}
    clients = [browser(user) for user in registrars]

    def enter(number: int) -> None:
        # Dated before the others, so that there are some of both kinds on the page.
        for user, body in registrars.items():
            paper(user, body, direction=["incoming", "outgoing"][number % 2], number_date=later(-1))

    def look() -> list[int]:
        return [queries(client, reverse("register:list") + query) for client in clients for query in QUERIES]

    for name in STATES:
        Line(world).walk_to(name)
    for number in range(FEW):
        enter(number)
    few = look()
    for name in STATES:
        Line(world).walk_to(name)
    for number in range(FEW, MANY):
        enter(number)
    assert look() == few
    assert max(few) < 30, few


def test_readings_of_one_person_are_counted_in_one_question() -> None:
    """A reader who came back a thousand times costs what one who came once does."""
    it = Sharing()
    it.shared(it.note)
    client = browser(it.officer)
    record("item.read", actor=it.reader, subject_type="item", subject_id=it.note.pk, agency="UZ-MIA")
    few = queries(client, it.page(it.note))
    for _ in range(300):
        record("item.read", actor=it.reader, subject_type="item", subject_id=it.note.pk, agency="UZ-MIA")
    assert queries(client, it.page(it.note)) == few
