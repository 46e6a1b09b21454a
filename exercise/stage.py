"""The stage on which the exercise is played: its agencies and people, and what they do, through the services.

A story tells when each of its acts happens and does it: a generator that yields the moment of its next act. The
stage moves the clock there, so that numbers, dates and delays are what the services themselves write on that day.
"""

import heapq
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.workdays import working_day_before
from agencies.models import Agency, State
from agencies.standing import standing_of
from cases.models import Case, CaseItem, Share
from cases.readings import note_reading, read_item
from cases.services import ask_share, create_case, create_document, create_item, decide_share
from cases.services.shares import Chosen
from cases.uploads import take_in
from exercise.people import PLAYERS
from mla.checks import findings
from mla.models import AssistanceRequest
from mla.papers import enter_paper
from mla.review import ticks_for
from mla.services import answer_comment, create_request, give_reasons, perform
from mla.workflow import BY_NAME, Body
from notifications import delivery
from notifications.models import Mail, Outbox
from notifications.services import read_all

DOCUMENTS = Path(__file__).parent / "documents"
# Where the exercise's working day is counted.
ZONE = ZoneInfo("Asia/Bishkek")
# Of the bell: what is older than so many working days has been read.
READ_AFTER = 3
# Why a point is left out that one of the treaties asks for.
REASONS = {
    "default": "Сведения устанавливаются; будут сообщены дополнительно.",
    "translation": "Запрос составлен на русском языке, рабочем для обеих сторон.",
}
# In a text: a day so many working days before today, as an official writes it, or in ISO's form.
DAY = re.compile(r"\[(\d+)(:iso)?\]")

Values = dict[str, Any]
Story = Iterator[datetime]
Scene = Callable[["Stage"], Story]


@dataclass(slots=True)
class Stage:
    """What has been made so far: agencies by code, people by address, cases and requests by the name of the story."""

    today: date = field(default_factory=lambda: timezone.localdate(timezone=ZONE))
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    items: dict[str, CaseItem] = field(default_factory=dict)
    password: str = ""

    def who(self, role: str, agency: str = "KG-GPO", number: int = 0) -> User:
        """The player of a role at an agency; `number` counts those who play the same."""
        found = [player.email for player in PLAYERS if (player.role, player.agency) == (role, agency)]
        return self.people[found[number]]

    @property
    def accounts(self) -> list[Values]:
        """The sign-ins, in the form that docs and checks rely on."""
        return [
            {
                "email": player.email,
                "password": self.password,
                "name": player.name,
                "roles": [player.role],
                "agency": player.agency,
                "state": self.agencies[player.agency].state_id,
                "language": player.language,
            }
            for player in PLAYERS
        ]

    # --- when

    def day(self, ago: int) -> date:
        """A working day so many working days before today; a weekend counts to the Friday before it."""
        day = self.today
        for _one in range(ago):
            day = working_day_before(day)
        return day

    def ago(self, days: int, clock: str) -> datetime:
        """A moment on a working day of the past: at least one before today, so that it is over in every zone."""
        assert days > 0
        return datetime.combine(self.day(days), time.fromisoformat(clock), tzinfo=ZONE)

    def ahead(self, days: int) -> date:
        """A day to come, in days of the calendar."""
        return self.today + timedelta(days=days)

    def said(self, value: Any) -> Any:
        """The same with the days of its texts written out: `[210]` is the day 210 working days before today."""
        if isinstance(value, str):
            return DAY.sub(
                lambda found: self.day(int(found[1])).strftime("%Y-%m-%d" if found[2] else "%d.%m.%Y"), value
            )
        if isinstance(value, dict):
            return {name: self.said(one) for name, one in value.items()}
        return [self.said(one) for one in value] if isinstance(value, list | tuple) else value

    # --- what

    def open_case(self, key: str, by: User, agency: str, content: Values, named: Iterable[User] = ()) -> Case:
        """Open a case; with named people it is need-to-know."""
        members = list(named)
        self.cases[key] = create_case(
            actor=by,
            agency=self.agencies[agency],
            content=self.said(content),
            need_to_know=bool(members),
            members=members or None,
        )
        return self.cases[key]

    def put(self, key: str, case: Case, by: User, item: tuple[str, Values, dict[str, list[Values]]]) -> CaseItem:
        """Put an item into a case."""
        kind, values, rows = item
        self.items[key] = create_item(
            actor=by, case_id=case.pk, kind=kind, values=self.said(values), rows=self.said(rows)
        )
        return self.items[key]

    def put_paper(self, key: str, case: Case, by: User, name: str, file: str, description: str) -> CaseItem:
        """Put one of the exercise's papers or pictures into a case, under the name that its official gave it."""
        upload = SimpleUploadedFile(name, (DOCUMENTS / file).read_bytes())
        values = {"marking": "unmarked", "description": description}
        stored = take_in(upload, by)
        self.items[key] = create_document(actor=by, case_id=case.pk, file_id=stored.pk, values=values)
        return self.items[key]

    def share(
        self, case: Case, by: User, items: dict[str, tuple[str, ...]], to: str, purpose: str, until: date
    ) -> Share:
        """Ask that items go to an agency; with each, the parts that stay out."""
        return ask_share(
            actor=by,
            case_id=case.pk,
            chosen=[Chosen(self.items[key].pk, withheld) for key, withheld in items.items()],
            recipient=self.agencies[to],
            purpose=purpose,
            until=until,
        )

    def decide(self, share: Share, by: User, name: str, reason: str = "", **more: Any) -> Share:
        """One step of a share."""
        return decide_share(actor=by, pk=share.pk, name=name, version=share.version, reason=reason, **more)

    def look(self, reader: User, *keys: str, event: str = "item.read") -> None:
        """Somebody opens items, or takes a file: of another agency's item that is an event, which its owner reads."""
        standing = standing_of(reader)
        for key in keys:
            note_reading(read_item(reader, standing, None, self.items[key].pk), standing, event)

    def draft(self, case: Case, by: User, state: str, letter: Values) -> "Course":
        """Begin a request, with a reason for each point that it leaves out. `due`: days from today to the deadline."""
        content = {**letter}
        measures, attachments = content.pop("measures"), content.pop("attachments", ())
        due, reasoned = content.pop("due", None), content.pop("reasoned", True)
        if due is not None:
            content["deadline"] = self.ahead(due)
        request = create_request(
            actor=by,
            case_id=case.pk,
            requested_state=State.objects.get(pk=state),
            content=self.said(content),
            measures=[
                self.said({**row, "about": self.items[row["about"]].pk} if "about" in row else row) for row in measures
            ],
            attachments=[self.items[key].pk for key in attachments],
        )
        course = Course(self, request)
        if reasoned:
            course.explain()
        return course

    def on_paper(self, by: User, agency: str, content: Values) -> None:
        """Enter a request on paper in an agency's journal; `days` before today to each of its dates, or after it."""
        dated = {name: self.ahead(-days) if days < 0 else self.day(days) for name, days in content["days"].items()}
        enter_paper(actor=by, agency=self.agencies[agency], content=self.said(content) | dated)

    # --- how it is played

    def play(self, scenes: Iterable[Scene]) -> None:
        """Play all stories at once, act by act in the order of time; then the clock is the machine's again."""
        waiting: list[tuple[datetime, int, Story]] = []
        for number, scene in enumerate(scenes):
            story = scene(self)
            heapq.heappush(waiting, (next(story), number, story))
        while waiting:
            moment, number, story = heapq.heappop(waiting)
            # It goes on from there, so that what is done one after the other is told apart.
            with time_machine.travel(moment):
                following = next(story, None)
                self._post(moment)
            if following is not None:
                assert following > moment, f"{story} goes back to {following}"
                heapq.heappush(waiting, (following, number, story))
        for person in self.people.values():
            read_all(person=person, up_to=self.ago(READ_AFTER, "00:00"), now=self.ago(READ_AFTER, "18:00"))

    def _post(self, moment: datetime) -> None:
        """What was told reaches the bell on its day. Its mails went then too: nobody is sent them months later."""
        told = Outbox.objects.filter(done_at=None).values_list("pk", flat=True)
        mails = delivery.deliver([str(pk) for pk in told], moment)
        Mail.objects.filter(pk__in=mails).update(claimed_at=moment, sent_at=moment, done_at=moment)


class Course:
    """One request under way: each step is taken by whoever holds the office for it."""

    def __init__(self, stage: Stage, request: AssistanceRequest) -> None:
        self.stage, self.request = stage, request
        self.executor = ""

    @property
    def pk(self) -> uuid.UUID:
        """Its key."""
        return self.request.pk

    def explain(self) -> None:
        """Give a reason for each point that it leaves out."""
        reasons = {
            one.point: REASONS.get(one.code, REASONS["default"]) for one in findings(self.request) if one.wants_reason
        }
        give_reasons(actor=self.request.drafter, pk=self.pk, reasons=reasons)
        self.request.refresh_from_db()

    def take(self, name: str, *, by: User | None = None, **data: Any) -> "Course":
        """Take one step on the day that the stage has, with what its form asks for."""
        transition = BY_NAME[name]
        if name == "accept_and_assign":
            self.executor = data["executor"]
            data["executor"] = self.stage.agencies[self.executor]
        if name == "transmit":
            data = {"original_required": True} | data
            data["addressee"] = self.stage.agencies[data["addressee"]]
        if "legality" in transition.requires:
            data["legality"] = [tick.code for tick in ticks_for(self.request)]
        if "number_date" in transition.requires:
            data["number_date"] = timezone.localdate(timezone=self._body(transition.body).tz)
        for agreed in ("signature", "integrity"):
            if agreed in transition.requires:
                data[agreed] = True
        self.request = perform(
            actor=by or self.holder(name),
            pk=self.pk,
            name=name,
            version=self.request.clock(transition.acting_side),
            data=self.stage.said(data),
        )
        return self

    def holder(self, name: str) -> User:
        """Who takes a step: the drafter, or the player of its role at its body."""
        transition = BY_NAME[name]
        if transition.body == Body.DRAFTING and transition.role == "officer":
            return self.request.drafter
        return self.stage.who(transition.role, self._body(transition.body).code)

    def answer(self, text: str) -> None:
        """Answer the reviewer's comments, each by the same words."""
        for comment in self.request.comments.filter(answer=""):
            answer_comment(actor=self.request.drafter, pk=self.pk, comment_id=comment.pk, text=text)
        self.request.refresh_from_db()

    def find(self, key: str, item: tuple[str, Values, dict[str, list[Values]]]) -> uuid.UUID:
        """What the executing agency finds, put into its own file."""
        return self.stage.put(key, self._file(), self.holder("report_results"), item).pk

    def find_paper(self, key: str, name: str, file: str, description: str) -> uuid.UUID:
        """A paper that the executing agency makes, put into its own file."""
        return self.stage.put_paper(key, self._file(), self.holder("report_results"), name, file, description).pk

    def _file(self) -> Case:
        assert self.request.execution_case is not None
        return self.request.execution_case

    def _body(self, body: Body) -> Agency:
        found = {
            Body.DRAFTING: self.request.drafting_agency,
            Body.SENDING: self.request.sending_authority,
            Body.RECEIVING: self.request.receiving_authority,
            Body.EXECUTING: self.stage.agencies.get(self.executor),
        }[body]
        assert found is not None
        return found
