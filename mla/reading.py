"""What one reader reads of one request: by side, from the draft's row or from what was frozen.

The requesting side reads the row while its drafters have it, then what was submitted, then what crossed; of the answer
the frozen response. The requested side reads the newest transmitted version and its own results. Neither reads a
domestic step of the other.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import DateTimeField, UUIDField
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from accounts.kept import Kept
from accounts.models import User
from agencies.legal_basis import basis_name
from agencies.models import Agency, State
from agencies.standing import Standing
from audit.services import record
from cases.items import contents_of, headline
from cases.models import Case, CaseItem
from cases.readings import CASE
from mla import presentation
from mla.ball import Turn, awaited, ball, turn_of, waited
from mla.checks import Finding, gaps
from mla.due import ANSWERED, EXECUTING, Due, due_on
from mla.models import AssistanceRequest, InformationRound, Measure, RequestEvent, RequestItem, RequestVersion
from mla.policies import Bodies, Verdict, actions, bodies_of, executing_agency, may_edit, may_take_over, side_of
from mla.review import Review, reviews_for
from mla.timeline import lanes
from mla.versions import crossing_items, latest, letter_of
from mla.workflow import ENDED, RequestState, Side, facts_after, next_step, shown_state

Series = RequestVersion.Series

# The fields of a letter that a reader sees, in order; also those to which a question can be tied (UNTOC 18(16)).
LETTER = (
    "case_name",
    "case_number",
    "conducted_by",
    "offence",
    "statute",
    "damage",
    "facts",
    "purpose",
    "procedure",
    "deadline_reason",
    "confidentiality_reason",
)


# Parts of a letter that are no field of the request's own row.
PARTS = {
    "case_name": gettext_lazy("Name of the case"),
    "case_number": gettext_lazy("No. of the criminal case"),
    "measures": gettext_lazy("Assistance sought"),
    "attachments": gettext_lazy("Attachments"),
    "languages": gettext_lazy("Translation"),
}


def label_of(name: str) -> str:
    """The words of a part of the letter."""
    if name in PARTS:
        return str(PARTS[name])
    return capfirst(str(AssistanceRequest._meta.get_field(name).verbose_name))


@dataclass(slots=True)
class Reading:
    """A request as its reader may see it."""

    request: AssistanceRequest
    standing: Standing
    bodies: Bodies
    side: Side
    # The case, for those who see it too.
    case: Case | None
    content: dict[str, Any]
    # The legal basis in words.
    basis: str
    version: RequestVersion | None
    response: RequestVersion | None
    events: list[RequestEvent]
    state: RequestState = field(init=False)

    def __post_init__(self) -> None:
        self.state = shown_state(self.request.state, self.side)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen."""
        return self.state in ENDED

    @property
    def clock(self) -> int:
        """The version that this side's forms carry."""
        return self.request.clock(self.side)

    @property
    def look(self) -> dict[str, str]:
        """Word, tone and icon of the state."""
        return presentation.look(self.state)

    @property
    def text(self) -> list[tuple[str, str, str]]:
        """The letter's fields that say something: name, label, text."""
        return [(name, label_of(name), self.content[name]) for name in LETTER if self.content.get(name)]

    @property
    def measures(self) -> list[dict[str, Any]]:
        """Measures as they crossed (or as drafted), each with the result that this side may read."""
        results = self.results
        rows = []
        for row in self.content["measures"]:
            result, text = results.get(row["number"], ("", ""))
            measure = Measure(number=row["number"], kind=row["kind"])
            tone, icon = presentation.RESULT_LOOK[result]
            rows.append(
                {
                    **row,
                    "kind_label": measure.get_kind_display(),
                    "article": measure.article,
                    "result": {
                        "code": result,
                        "label": str(Measure.Result(result).label),
                        "tone": tone,
                        "icon": icon,
                        "text": text,
                    },
                }
            )
        return rows

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The items attached to the request: as chosen on the requesting side, as they crossed on the other."""
        return _with_kind(self.content.get("attachments", []))

    @property
    def answer_items(self) -> list[dict[str, Any]]:
        """The items of the answer: the requested side's own, or those that crossed with the response."""
        if self.side == Side.REQUESTED:
            return _with_kind(crossing_items(self.request, RequestItem.Role.ANSWER))
        return _with_kind(self.response.content["items"]) if self.response else []

    @property
    def answer_choices(self) -> list[tuple[str, str]]:
        """The items of the executing agency's file that the reader sees, to choose from."""
        if self.side != Side.REQUESTED or self.request.execution_case_id is None:
            return []
        return item_choices(self.standing, self.request.execution_case_id)

    @property
    def execution_case(self) -> Case | None:
        """The executing agency's own file, for those who see it."""
        pk = self.request.execution_case_id
        if self.side != Side.REQUESTED or pk is None:
            return None
        return Case.objects.visible_to(self.standing.user, now=self.standing.now).filter(pk=pk).first()

    @property
    def answered(self) -> int:
        """How many measures have a result."""
        return sum(1 for result, _text in self.results.values() if result)

    @property
    def turn(self) -> dict[str, str]:
        """Whose turn it is, for the chip: two codes, the half that holds, words and time."""
        return ball(self.held, self.bodies, self.standing)

    @property
    def held(self) -> Turn:
        """The body that holds it, as this side may know it, and since when."""
        return turn_of(self.events, self.bodies, self.side)

    @property
    def waits(self) -> dict[str, str]:
        """On one's own side, the role or the drafter that it waits for, and since the last step, as a desk says.

        Nothing when it is the other side's turn, whose offices are its own affair, or nobody's.
        """
        last = self.events[-1]
        step = next_step(self.state, facts_after(last.name))
        if step is None or step.acting_side != self.side:
            return {}
        drafter, role = awaited(step, self.request)
        return {"drafter": drafter, "role": role, "time": waited(last.at, self.standing)}

    @property
    def deadline(self) -> dict[str, str]:
        """The day that the letter asks for, with its tone and words."""
        day = self.request.deadline if self.side == Side.REQUESTING else _day(self.content.get("deadline"))
        return {"day": day, **presentation.due(day, timezone.localdate(), ended=self.state in ANSWERED)}

    @property
    def answer_due(self) -> dict[str, Any]:
        """The day by which the questions that were asked want an answer; nothing when none are open."""
        asked = None if self.has_ended else self.open_round
        if asked is None:
            return {}
        return {"day": asked.due, **presentation.due(asked.due, timezone.localdate(), ended=False)}

    @property
    def executing_agency(self) -> Agency | None:
        """Who executes, if this side may know it."""
        return executing_agency(self.bodies, self.side)

    @property
    def target(self) -> Due | None:
        """By when the executing agency is to report: between the requested side's own agencies."""
        assignment = self.bodies.assignment
        if not assignment or self.side != Side.REQUESTED:
            return None
        return due_on(assignment.target_date, timezone.localdate(), ended=self.state not in EXECUTING)

    @property
    def actions(self) -> list[Verdict]:
        """The steps to show."""
        return actions(self.bodies, self.standing, self.side)

    @property
    def may_edit(self) -> bool:
        """Whether the reader may change the draft."""
        return self.side == Side.REQUESTING and may_edit(self.bodies, self.standing, sees_case=self.case is not None)

    @property
    def may_take_over(self) -> bool:
        """Whether the reader may become the drafter."""
        return self.side == Side.REQUESTING and may_take_over(
            self.bodies, self.standing, sees_case=self.case is not None
        )

    @property
    def returned(self) -> RequestEvent | None:
        """The step that sent the draft back last, with the reviewer's words."""
        back = [event for event in self.events if event.to_state == RequestState.RETURNED]
        return back[-1] if back and self.side == Side.REQUESTING else None

    @property
    def reviews(self) -> list[Review]:
        """The returns with comments that the reader may see, newest first: one's own side's, and never the other's."""
        return reviews_for(self.request, self.standing) if self.side == Side.REQUESTING else []

    @property
    def gaps(self) -> list[Finding]:
        """What the draft still misses; asked only while it is one."""
        return gaps(self.request) if self.may_edit else []

    @property
    def open_round(self) -> InformationRound | None:
        """The questions that wait for an answer. The answer being written is the requesting side's own."""
        return next((one for one in self.request.rounds.all() if one.sent_at is None), None)

    @property
    def rounds(self) -> list[dict[str, Any]]:
        """Rounds of questions, each question with the answer that this side may read: sent, or its own unsent one."""
        return [
            {
                "due": one.due,
                "open": one.sent_at is None and not self.has_ended,
                "rows": [
                    {
                        "field": question["field"],
                        "label": label_of(question["field"]),
                        "question": question["question"],
                        "answer": self._answer(one, index),
                        "private": one.sent_at is None,
                    }
                    for index, question in enumerate(one.questions)
                ],
            }
            for one in self.request.rounds.all()
        ]

    def _answer(self, one: InformationRound, index: int) -> str:
        if one.sent_at is None and self.side != Side.REQUESTING:
            return ""
        return one.answers[index] if index < len(one.answers) else ""

    @property
    def own_state(self) -> State:
        """The reader's own state."""
        return self.request.requesting_state if self.side == Side.REQUESTING else self.request.requested_state

    @property
    def other_state(self) -> State:
        """The other state."""
        return self.request.requested_state if self.side == Side.REQUESTING else self.request.requesting_state

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """The steps that this side sees, in two lanes."""
        return lanes(self.events, self.bodies, self.side)

    @property
    def now(self) -> dict[str, str] | None:
        """The end of the timeline: who holds it today; nothing when it has ended."""
        turn = self.turn
        if turn["holder"] == "none":
            return None
        ours = (turn["holder"] == "left") == (self.side == Side.REQUESTING)
        return {"side": "ours" if ours else "theirs", "words": f"{turn['words']}, {turn['time']}"}

    @property
    def results(self) -> dict[int, tuple[str, str]]:
        """Each measure's result and its text, as far as this side may read them."""
        if self.side == Side.REQUESTED:
            return {row.number: (row.result, row.result_text) for row in self.request.measures.all()}
        if self.response is None:
            return {}
        return {row["number"]: (row["result"], row["text"]) for row in self.response.content["results"]}


REQUEST = Kept(
    lambda person, now, request: (
        AssistanceRequest.objects.visible_to(person, now=now)
        .filter(pk=request)
        .select_related("case", "drafter", "approver")
        .prefetch_related("measures", "rounds")
    ),
    person=UUIDField(),
    now=DateTimeField(),
    request=UUIDField(),
)


def _steps(side: Side) -> Kept:
    return Kept(
        lambda request: (
            RequestEvent.objects.filter(request=request).seen_by(side).select_related("actor", "actor_agency__state")
        ),
        request=UUIDField(),
    )


STEPS = {side: _steps(side) for side in (Side.REQUESTING, Side.REQUESTED)}


def read(user: User, standing: Standing, pk: uuid.UUID) -> Reading:
    """Fetch one request for its reader. Raises AssistanceRequest.DoesNotExist when it is not visible."""
    request = REQUEST.first(person=user.pk, now=standing.now, request=pk)
    if request is None:
        raise AssistanceRequest.DoesNotExist
    request.read_agencies()
    bodies = bodies_of(request)
    side = side_of(bodies, standing)
    version = latest(request, Series.TRANSMITTED)
    content = letter_of(request, version)
    return Reading(
        request=request,
        standing=standing,
        bodies=bodies,
        side=side,
        case=CASE.first(person=user.pk, now=standing.now, pk=request.case_id),
        content=content,
        basis=basis_name(content["basis"]),
        version=version,
        response=latest(request, Series.RESPONSE),
        events=STEPS[side](request=pk),
    )


def item_choices(standing: Standing, case_id: uuid.UUID) -> list[tuple[str, str]]:
    """The items of a case that the person sees, for a form to choose from."""
    items = list(
        CaseItem.objects.visible_to(standing.user, now=standing.now)
        .filter(case_id=case_id)
        .order_by("created_at", "pk")
    )
    contents = contents_of(items)
    return [
        (str(item.pk), f"{headline(contents[item.pk])} ({item.get_kind_display()}, {item.reference})") for item in items
    ]


def _with_kind(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"kind_label": str(CaseItem.Kind(row["kind"]).label)} for row in rows]


def note_reading(reading: Reading) -> None:
    """Another agency's request was shown: an event."""
    if reading.request.drafting_agency_id not in reading.standing.roles:
        agency = reading.standing.home
        record(
            "request.read",
            actor=reading.standing.user,
            subject_type="request",
            subject_id=reading.request.pk,
            agency=agency.code if agency else "",
        )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
