"""The exercise's people with requests in many states, and every page of the portal with the person who opens it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import DeskView, PasswordLink, User
from agencies.models import Agency, Role, State
from agencies.services import accounts, applications, handovers, invitations, roles, rosters
from cases.models import Case, CaseItem, SavedFilter, Share
from cases.services import ask_share, decide_share
from cases.services.saved import save_filter
from cases.services.search import look_for
from cases.services.shares import Chosen
from exercise.loading import load
from exercise.scenes import beside, crate
from exercise.stage import Stage
from exports import services as exports
from exports.models import AgencyExport
from figures.services import renew
from mla import drafting
from mla.models import AssistanceRequest, PaperRequest
from mla.papers import void_paper
from mla.services import create_request
from mla.workflow import BY_NAME, TRANSITIONS, Body
from notifications import delivery
from notifications.models import Outbox
from tests.agencies import offices
from tests.e2e.visitor import PASSWORD, Visitor
from tests.factories import BEFORE, MAIN, WAYS, Line, World, explain, later, paper, person, today
from tests.security.people import Paper, ask, give, put, put_paper

# What an official would write, at an official's length.
SAID: dict[str, Any] = {
    "reason": "В изложении фактов не названы дата досмотра и номер накладной. Дополните и представьте снова.",
    "questions": [
        {"field": "facts", "question": "Какие знаки читаются на ствольной коробке и кем они восстановлены?"},
        {"field": "offence", "question": "Просим направить полный текст статей УК с переводом."},
    ],
    "answers": ["Знаки «АЕ 4471», заключение эксперта от 14 октября.", "Тексты статей направлены с переводом."],
    "covering_note": "Направляем исполненное. Допрос проведён без участия следователя: он не прибыл в срок.",
    "missing": "По пункту 2 нет фотографий маркировочных обозначений.",
}


# The exercise's letter, with its days written out; its measures and items are given apart.
LETTER = Stage().said(
    {name: value for name, value in crate.TRANSMITTED.items() if name not in {"measures", "attachments", "due"}}
)


class Village(World):
    """The exercise loaded, its players in the offices of a world; others beside them where the line needs more."""

    def __init__(self) -> None:
        with transaction.atomic():
            self.exercise: Stage = load([crate.opening, beside.paper])
        agencies = self.exercise.agencies
        self.bodies = {
            Body.DRAFTING: agencies["KG-GPO"],
            Body.SENDING: agencies["KG-GPO"],
            Body.RECEIVING: agencies["UZ-GPO"],
            Body.EXECUTING: agencies["UZ-MIA"],
        }
        who = self.exercise.who
        self.drafter, self.supervisor = who("officer"), who("supervisor")
        self.sender, self.signatory = who("ca_officer"), who("ca_signatory")
        self.receiver, self.executor = who("ca_officer", "UZ-GPO"), who("officer", "UZ-MIA")
        self.auditor, self.observer = who("auditor", "ORG-SEC"), who("observer", "ORG-OBS")
        self.liaison = who("liaison")
        self.holders = {
            (Body.DRAFTING, Role.OFFICER): self.drafter,
            (Body.DRAFTING, Role.SUPERVISOR): self.supervisor,
            (Body.SENDING, Role.CA_OFFICER): self.sender,
            (Body.SENDING, Role.CA_SIGNATORY): self.signatory,
            (Body.RECEIVING, Role.CA_OFFICER): self.receiver,
            (Body.EXECUTING, Role.OFFICER): self.executor,
        }
        self.people_admin, self.other_people_admin = (
            self.exercise.who("agency_admin", number=number) for number in (0, 1)
        )
        self.admin, self.other_admin = (self.exercise.who("platform_admin", "ORG-SEC", number) for number in (0, 1))
        self.others: list[User] = []
        # An agency that has nothing yet.
        self.newcomer = person(agencies["KG-BOR"], Role.OFFICER, Role.SUPERVISOR)
        # The drafter's colleague, to whom work can be handed.
        self.colleague = person(agencies["KG-GPO"], Role.OFFICER)
        self.case = Case.objects.unscoped("tests").filter(need_to_know=False).earliest("created_at")
        self.named_case = Case.objects.unscoped("tests").filter(need_to_know=True).earliest("created_at")
        self.draft = AssistanceRequest.objects.unscoped("tests").get(state="draft")

    def searched(self, who: User, term: str, place: str = "all", query: str = "") -> str:
        """The address of what a person has searched for, everywhere or in one list with filters."""
        search = look_for(actor=who, term=term, place=place).search
        return f"/search/{search.pk}/" if place == "all" else f"/{place}/?{query}&search={search.pk}"

    def kept(self, who: User) -> SavedFilter:
        """A filter that a person has saved."""
        return save_filter(actor=who, place="requests", query="turn=ours&sort=due", name="За нами, по сроку")

    def speak(self, language: str) -> None:
        """Everybody reads the portal in this language."""
        for one in (*self.exercise.people.values(), self.newcomer, self.colleague, *self.others):
            one.language = language
            one.save(update_fields=["language"])
        # Somebody keeps the other view of the desk.
        User.objects.filter(pk=self.supervisor.pk).update(desk_view=DeskView.AGENCY)

    def ring(self) -> None:
        """Deliver what was told so far, as the worker does."""
        delivery.deliver([str(pk) for pk in Outbox.objects.values_list("pk", flat=True)], timezone.now())

    def line(self, *steps: str, content: dict[str, Any] | None = None, measures: Any = None) -> "Street":
        """A request of the exercise's case, taken through these steps with an official's words."""
        return Street(self, content or LETTER, measures or crate.TRANSMITTED["measures"]).walk(*steps)


class Street(Line):
    """A line that begins in the exercise's own case, with the exercise's papers."""

    def __init__(self, village: Village, content: dict[str, Any], measures: Any) -> None:
        self.world = village
        self.pk: uuid.UUID = create_request(
            actor=village.drafter,
            case_id=village.case.pk,
            requested_state=State.objects.get(pk="UZ"),
            content=content | {"deadline": later(crate.TRANSMITTED["due"])},
            measures=[{name: value for name, value in row.items() if name != "about"} for row in measures],
        ).pk
        explain(village.drafter, self.pk)

    def data(self, name: str) -> dict[str, Any]:
        """As an official would fill it in."""
        said = {key: value for key, value in SAID.items() if key in BY_NAME[name].requires}
        found = super().data(name) | said
        if "results" in found:
            words = {1: ("done", "Копии записей склада за 1987–2004 годы заверены и приложены: 12 листов.")}
            words[2] = ("partly", "Выписка приложена; заключение эксперта ожидается.")
            words[3] = ("not_done", "Хамидов выехал.")
            found["results"] = {
                number: dict(zip(("result", "text"), words.get(number, ("done", "")), strict=True))
                for number in found["results"]
            }
        return found


@dataclass(frozen=True)
class Place:
    """A page: its name, who opens it (nobody: signed out), where, and with which status it answers."""

    name: str
    who: User | None
    path: str
    status: int = 200


LONG = (*WAYS["in_execution"][:6], "ask_information", "write_answer", "answer_information", *MAIN[6:11], "send_back")
LONG = ("submit", "return_to_drafter", *LONG, "report_results", "send_response", "receive_response")


def places(village: Village) -> list[Place]:
    """Every page of the portal, in the states that look different."""
    drafter, case = village.drafter, village.case.pk
    crossed = AssistanceRequest.objects.unscoped("tests").get(state="transmitted").pk
    found = [
        Place("sign-in", None, "/accounts/login/"),
        Place("guide", drafter, "/exercise/"),
        Place("guide-signed-out", None, "/exercise/"),
        Place("desk", drafter, "/"),
        Place("desk-other-side", village.receiver, "/"),
        Place("desk-empty", village.newcomer, "/"),
        Place("desk-authority", village.sender, "/"),
        Place("desk-agency", village.supervisor, "/"),
        Place("desk-liaison", village.exercise.who("liaison"), "/"),
        Place("desk-admin", village.admin, "/"),
        Place("api-docs", drafter, "/api/v1/docs/"),
        Place("cases", drafter, "/cases/"),
        Place("cases-empty", village.newcomer, "/cases/"),
        Place("cases-nothing", drafter, village.searched(drafter, "AE 0000-77", "cases", "access=named")),
        Place("shares", drafter, "/shares/"),
        Place("search", drafter, "/search/"),
        Place("search-results", drafter, village.searched(drafter, "касымов")),
        Place("search-nothing", drafter, village.searched(drafter, "Nobody of that name")),
        Place("filters", drafter, "/filters/"),
        Place("filter-change", drafter, f"/filters/{village.kept(drafter).pk}/"),
        Place("case", drafter, f"/cases/{case}/"),
        Place("case-need-to-know", drafter, f"/cases/{village.named_case.pk}/"),
        Place("case-new", drafter, "/cases/new/"),
        Place("case-edit", drafter, f"/cases/{case}/edit/"),
        Place("requests", drafter, "/requests/"),
        Place("requests-other-side", village.receiver, "/requests/"),
        Place("requests-filtered", drafter, "/requests/?state=draft&state=in_execution&direction=outgoing&sort=due"),
        Place("requests-searched", drafter, village.searched(drafter, "склад", "requests")),
        Place("requests-empty", village.newcomer, "/requests/"),
        Place("draft-new", drafter, f"/requests/new/?case={case}"),
        Place("draft", drafter, f"/requests/{village.draft.pk}/"),
        Place("draft-steps", drafter, f"/requests/{village.draft.pk}/draft/"),
        *[
            Place(f"draft-{step.name}", drafter, f"/requests/{village.draft.pk}/draft/{step.name}/")
            for step in drafting.STEPS
        ],
        Place("draft-check", drafter, f"/requests/{village.draft.pk}/draft/check/"),
        Place("draft-copy", drafter, f"/requests/{village.draft.pk}/copy/"),
        Place("request-transmitted", drafter, f"/requests/{crossed}/"),
        Place("request-transmitted-other-side", village.receiver, f"/requests/{crossed}/"),
        Place("request-print", drafter, f"/requests/{crossed}/print/"),
        Place("request-print-other-side", village.receiver, f"/requests/{crossed}/print/"),
        Place("directory", drafter, "/directory/"),
        Place("notifications", drafter, "/notifications/"),
        Place("notifications-authority", village.receiver, "/notifications/"),
        Place("notifications-empty", village.newcomer, "/notifications/"),
        Place("notifications-settings", drafter, "/notifications/settings/"),
        Place("notifications-settings-admin", village.admin, "/notifications/settings/"),
        Place("signing-out", drafter, "/accounts/logout/"),
        Place("not-open", village.receiver, f"/requests/{crossed}/steps/sign/", 403),
        Place("not-found", drafter, f"/requests/{uuid.uuid4()}/", 404),
        Place("parts", drafter, "/parts/"),
        Place("audit", village.auditor, "/audit/"),
        Place("audit-filtered", village.auditor, "/audit/?agency=KG-GPO&event=request.transmit"),
        Place("audit-refused", village.auditor, "/audit/?refused=on"),
        Place("audit-errors", village.auditor, "/audit/?subject=x&since=2026-03-02&until=2026-03-01"),
        Place("audit-not-open", drafter, "/audit/", 403),
        Place("help", drafter, "/help/"),
        Place("help-observer", village.observer, "/help/"),
        Place("help-signed-out", None, "/help/"),
        Place("limits", drafter, "/help/limits/"),
    ]
    found += item_places(village)
    found += register_places(village)
    whole = village.line(*LONG)
    found += [
        Place("request-response", drafter, f"/requests/{whole.pk}/"),
        Place("request-response-other-side", village.receiver, f"/requests/{whole.pk}/"),
        Place("request-response-executor", village.executor, f"/requests/{whole.pk}/"),
    ]
    asked = village.line(*WAYS["info_requested"], "write_answer")
    found += [
        Place("request-asked", drafter, f"/requests/{asked.pk}/"),
        Place("request-asked-authority", village.sender, f"/requests/{asked.pk}/"),
        Place("request-asked-other-side", village.receiver, f"/requests/{asked.pk}/"),
    ]
    found += staff_places(village)
    closed = village.line(*MAIN)
    found.append(Place("request-closed", drafter, f"/requests/{closed.pk}/"))
    for transition in TRANSITIONS:
        street = village.line(*(BEFORE.get(transition.name) or WAYS[transition.from_[0]]))
        path = f"/requests/{street.pk}/steps/{transition.name}/"
        found.append(Place(f"step-{transition.name.replace('_', '-')}", street.holder(transition.name), path))
    village.ring()
    return found + edges(village)


def edges(village: Village) -> list[Place]:
    """Figures of all these requests, and exports in each state that looks different."""
    renew(anew=True)
    asker, agency = village.supervisor, village.bodies[Body.DRAFTING]
    found = [
        Place("figures", village.observer, "/figures/"),
        Place("figures-case-worker", village.drafter, "/figures/"),
        Place("exports-empty", village.liaison, "/export/"),
        Place("exports", asker, "/export/"),
    ]
    states: dict[str, dict[str, Any]] = {
        "confirmed": {},
        "building": {"step": 2, "done": 310, "total": 1200, "claim": uuid.uuid4()},
        "ready": {
            "file": uuid.uuid4(),
            "size": 48_000_000,
            "sha256": "7a3e51bb" * 8,
            "expires_at": timezone.now() + timedelta(hours=20),
        },
        "failed": {},
    }
    others = [person(agency, Role.SUPERVISOR) for _ in states]
    for (state, more), other in zip(states.items(), others, strict=True):
        export = exports.ask(actor=other, agency=agency, reason="archive")
        decided = {"decided_by": village.liaison, "decided_at": export.asked_at}
        AgencyExport.objects.filter(pk=export.pk).update(state=state, **decided, **more)
        found.append(Place(f"export-{state}", other, f"/export/{export.pk}/"))
    asked = exports.ask(actor=asker, agency=agency, reason="proceedings")
    found += [
        Place("export-asked", asker, f"/export/{asked.pk}/"),
        Place("export-to-confirm", village.liaison, f"/export/{asked.pk}/"),
        Place("exports-list", village.liaison, "/export/"),
    ]
    village.others = others
    return found


LIST = """ФИО;Электронная почта;Должность;Роли
Кадырова Нургүл;nurgul.kadyrova@kg-gpo.example;Прокурор отдела;сотрудник
Эсенов Тилек;tilek.esenov@kg-gpo;Следователь;офицер
Жээнбаева Асель;asel.zheenbaeva@kg-gpo.example;Начальник отдела;руководитель подразделения
"""


def staff_places(village: Village) -> list[Place]:
    """Pages of people and agencies: of admins, of those who join, and of one's own account."""
    admin, other, platform, second = (
        village.people_admin,
        village.other_people_admin,
        village.admin,
        village.other_admin,
    )
    agency = village.bodies[Body.DRAFTING]
    drafter = village.drafter.memberships.get()
    invited = [
        invitations.invite(
            actor=admin,
            agency_id=agency.pk,
            email=email,
            name=name,
            post_held="Прокурор отдела",
            language="ru",
            roles=["officer"],
        )
        for email, name in (("baktygul@kg-gpo.example", "Осмонова Бактыгүл"), (village.newcomer.email, "Person"))
    ]
    used = invitations.invite(
        actor=admin,
        agency_id=agency.pk,
        email="talant@kg-gpo.example",
        name="Эшимов Талант",
        post_held="Следователь",
        language="ru",
        roles=["officer", "liaison"],
    )
    invitations.accept_as_new(token=used.token(), name="Эшимов Талант", language="ru", password=PASSWORD)
    head = village.signatory.memberships.get()
    role = roles.propose_role(
        actor=admin,
        membership_id=village.sender.memberships.get().pk,
        role="ca_signatory",
        last=later(20),
        acting_for=head.pk,
    )
    roster = rosters.send_roster(actor=admin, agency_id=agency.pk, content=LIST.encode())
    receiver = village.colleague
    handover = handovers.hand_over(actor=admin, giver_id=drafter.pk, receiver_id=receiver.memberships.get().pk)
    content = offices.APPLICATION | {
        "home_state": State.objects.get(pk="TM"),
        "code": "TM-BOR",
        "name_en": "State Border Service of Turkmenistan",
        "name_ru": "Государственная пограничная служба Туркменистана",
        "name_state": "Türkmenistanyň Döwlet serhet gullugy",
    }
    starts = today().replace(month=1, day=1)
    rows = [offices.DESIGNATION | {"basis": "untoc", "function": "executes", "starts": starts}]
    waits = applications.enter_application(actor=second, content=content, designations=rows)
    mine = applications.enter_application(actor=platform, content=content | {"code": "TM-CUS"}, designations=[])
    change = accounts.propose_change(actor=second, person_id=village.newcomer.pk, wanted="deactivate")
    link = PasswordLink.objects.create(person=village.drafter, expires_at=timezone.now() + timedelta(hours=4))
    return [
        Place("people", admin, "/people/"),
        Place("people-ended", admin, "/people/?show=ended"),
        Place("people-member", admin, f"/people/{village.sender.memberships.get().pk}/"),
        Place("people-own", admin, f"/people/{admin.memberships.get().pk}/"),
        Place("people-invite", admin, "/people/invite/"),
        Place("people-invitation-again", admin, f"/people/invitations/{invited[0].pk}/again/"),
        Place("people-role", admin, f"/people/{drafter.pk}/role/"),
        Place("people-end-role", admin, f"/people/roles/{drafter.roles.get().pk}/end/"),
        Place("people-dismiss", admin, f"/people/{drafter.pk}/end/"),
        Place("people-hand-over", admin, f"/people/{drafter.pk}/hand-over/"),
        Place("people-handover-decide", receiver, f"/people/hand-overs/{handover.pk}/"),
        Place("people-proposals", other, "/people/proposals/"),
        Place("people-proposals-own", admin, "/people/proposals/"),
        Place("people-withdraw", admin, f"/people/proposals/{role.pk}/withdraw/"),
        Place("people-list-send", admin, "/people/list/"),
        Place("people-list", admin, f"/people/list/{roster.pk}/"),
        Place("people-closed", village.drafter, "/people/", 403),
        Place("onboarding", platform, "/onboarding/"),
        Place("onboarding-enter", platform, "/onboarding/new/"),
        Place("onboarding-decide", platform, f"/onboarding/{waits.pk}/"),
        Place("onboarding-own", platform, f"/onboarding/{mine.pk}/"),
        Place("onboarding-agencies", platform, "/onboarding/agencies/"),
        Place("onboarding-accounts", platform, "/onboarding/accounts/"),
        Place("onboarding-account-decide", platform, f"/onboarding/accounts/{change.person_id}/"),
        Place("onboarding-account", platform, f"/onboarding/accounts/{village.drafter.pk}/"),
        Place("join", None, f"/join/?token={invited[0].token()}"),
        Place("join-account", None, f"/join/?token={invited[1].token()}"),
        Place("join-used", None, f"/join/?token={used.token()}", 410),
        Place("join-consent", village.newcomer, f"/join/?token={invited[1].token()}"),
        Place("password-forgotten", None, "/accounts/forgotten/"),
        Place("password-new", None, f"/accounts/password/new/?token={link.token()}"),
        Place("password-change", village.drafter, "/accounts/password/"),
        Place("sign-ins", village.drafter, "/accounts/sign-ins/"),
    ]


# As a scanner writes it: nowhere to break a line.
UNBROKEN = f"Протокол_{'осмотра_' * 16}2026.txt"


def item_places(village: Village) -> list[Place]:
    """Pages of items, of shares in each of their phases, and of the people named in a case."""
    drafter, reader, liaison = village.drafter, village.executor, village.exercise.who("liaison")
    case, recipient = village.case, village.bodies[Body.EXECUTING]
    note, other = (put(case, drafter, title=f"Справка {number}", text="Две машины.") for number in (1, 2))
    scan = put_paper(case, drafter, Paper(UNBROKEN))
    for item in (note, scan):
        crossing = give(ask(item, recipient, by=drafter), liaison)
    waiting = ask_for(case, drafter, recipient, note, other, scan)
    partly, revoked, cancelled = (ask_for(case, drafter, recipient, note, scan) for _ in range(3))
    decide(partly, liaison, "approve", items={note.pk})
    decide(revoked, liaison, "approve")
    decide(revoked, liaison, "revoke", reason="Дело прекращено.")
    decide(cancelled, drafter, "cancel")
    return [
        Place("shares", drafter, "/shares/"),
        Place("shares-received", reader, "/shares/"),
        Place("share-ask", drafter, f"/cases/{case.pk}/share/"),
        Place("share-to-decide", liaison, f"/shares/{waiting.pk}/"),
        Place("share-waiting", drafter, f"/shares/{waiting.pk}/"),
        Place("share-again", drafter, f"/shares/{waiting.pk}/again/"),
        Place("share-partly", drafter, f"/shares/{partly.pk}/"),
        Place("share-revoked", drafter, f"/shares/{revoked.pk}/"),
        Place("share-revoke", liaison, f"/shares/{partly.pk}/steps/revoke/"),
        Place("share-cancelled", drafter, f"/shares/{cancelled.pk}/"),
        Place("share-received", reader, f"/shares/{crossing.pk}/"),
        Place("item", drafter, f"/cases/{case.pk}/items/{scan.pk}/"),
        Place("item-received", reader, f"/cases/{case.pk}/items/{scan.pk}/"),
        Place("item-new", drafter, f"/cases/{case.pk}/items/new/person/"),
        Place("item-edit", drafter, f"/cases/{case.pk}/items/{note.pk}/edit/"),
        Place("document-new", drafter, f"/cases/{case.pk}/items/new/document/"),
        Place("take-out-oneself", drafter, f"/cases/{village.named_case.pk}/people/{drafter.pk}/unname/"),
    ]


def ask_for(case: Case, by: User, recipient: Agency, *items: CaseItem) -> Share:
    """Ask that items go."""
    return ask_share(
        actor=by,
        case_id=case.pk,
        chosen=[Chosen(item.pk, ("text",) if item.kind == "note" else ()) for item in items],
        recipient=recipient,
        purpose="Доказывание по уголовному делу.",
        until=later(),
    )


def decide(share: Share, by: User, name: str, **more: Any) -> None:
    """One step of a share."""
    share.refresh_from_db()
    decide_share(actor=by, pk=share.pk, name=name, version=share.version, **more)


def register_places(village: Village) -> list[Place]:
    """The register from both sides, and requests on paper."""
    sender, receiver = village.sender, village.receiver
    more = [village.line(*WAYS["transmitted"]), village.line(*WAYS["transmitted"])]
    village.line(*MAIN)
    entry = PaperRequest.objects.order_by("crossed_on").last()
    assert entry is not None
    gone = void_paper(
        actor=sender,
        pk=paper(sender, entry.owner, authority="Вымышленное министерство", subject="Внесено дважды").pk,
        version=1,
        reason="Внесено дважды: см. предыдущую запись.",
    )
    chosen = "&".join(f"request={one.pk}" for one in more)
    return [
        Place("register", sender, "/register/"),
        Place("register-filtered", sender, "/register/?q=14/3&year=1999&other=UZ"),
        Place("register-nothing", sender, "/register/?q=no-such-number"),
        Place("register-other-side", receiver, "/register/"),
        Place("register-incoming", receiver, "/register/?direction=incoming"),
        Place("register-empty", village.newcomer, "/register/"),
        Place("acknowledge", receiver, f"/register/acknowledge/?{chosen}"),
        Place("paper-new", sender, "/register/paper/new/?direction=outgoing"),
        Place("paper", sender, f"/register/paper/{entry.pk}/"),
        Place("paper-for-others", village.drafter, f"/register/paper/{entry.pk}/"),
        Place("paper-edit", sender, f"/register/paper/{entry.pk}/edit/"),
        Place("paper-void", sender, f"/register/paper/{entry.pk}/void/"),
        Place("paper-voided", sender, f"/register/paper/{gone.pk}/"),
    ]


def odd_pages(visitors: dict[str, Visitor], found: list[Place]) -> Iterator[tuple[str, Visitor]]:
    """Pages that only a slip brings about: a form with errors, a text that moved on meanwhile, a session that ended."""
    edit = next((one for one in found if one.name == "draft-basis"), None)
    if edit is None or edit.who is None:
        return
    visitor = visitors[edit.who.email].go(edit.path)
    visitor.fill(title="")
    send(visitor)
    yield "draft-errors", visitor
    facts = edit.path.replace("basis", "facts")
    visitor.go(facts)
    # The same person saves the same step in another window.
    other = visitor.context.new_page()
    other.goto(visitor.page.url)
    other.locator("main [name=facts]").fill("Дополнено по заключению эксперта.")
    other.locator("main form .btn-main").click()
    other.wait_for_url(lambda url: "facts" not in url)
    other.close()
    visitor.fill(facts="Дополнено по протоколу осмотра.")
    send(visitor)
    yield "draft-conflict", visitor
    visitor.go(facts).fill(facts="Написано в пятницу вечером, до конца сеанса.")
    visitor.context.clear_cookies(name="sid")
    send(visitor)
    yield "kept", visitor


def send(visitor: Visitor) -> None:
    """Press the main button of the form and wait for the answer."""
    with visitor.page.expect_navigation():
        visitor.page.locator("main form .btn-main").last.click()
