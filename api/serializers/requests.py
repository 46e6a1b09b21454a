"""Requests: as the side of the reader sees them, drafted by the page's own forms."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.refusals import Incomplete
from agencies.models import State
from api.fields import Body, Day, Key, Moment, Several, StateCode, Text, body, from_form
from api.serializers.items import fill_rows, rows_errors
from api.serializers.shares import Action
from cases.models import Case, CaseItem
from mla import drafting
from mla.ball import Turn
from mla.checks import Finding, findings
from mla.forms import DraftStepForms, ReasonsForm
from mla.forms.draft import FIELDS, ROWS, ROWS_AT_MOST
from mla.listing import Row
from mla.models import Measure, RegisterNumber
from mla.policies import Bodies
from mla.reading import LETTER, PARTS, Reading
from mla.workflow import BODY_SIDE, RequestState, Side

SIDES = [(Side.REQUESTING.value, _("the requesting side")), (Side.REQUESTED.value, _("the requested side"))]


# --- out -------------------------------------------------------------------------------------------------------------


class Holder(serializers.Serializer):
    """Whose turn it is."""

    side = serializers.ChoiceField(choices=SIDES, help_text=_("Which side has to act."))
    agency = serializers.CharField(
        help_text=_("The code of its agency; of the other side its central authority, unless more was disclosed.")
    )
    since = Moment(allow_null=True, help_text=_("Since when (UTC)."))


class RequestRow(serializers.Serializer):
    """A request in a list."""

    id = serializers.UUIDField(help_text=_("Its id, as it stands in addresses."))
    reference = serializers.CharField(help_text=_("Its registration number, given by the portal."))
    title = serializers.CharField(help_text=_("Its subject."))
    state = serializers.ChoiceField(
        choices=RequestState.choices,
        help_text=_("Its state as your side sees it: domestic steps of the other do not show."),
    )
    version = serializers.IntegerField(
        help_text=_("Goes up when your side could see something change; sent along with the next step.")
    )
    side = serializers.ChoiceField(choices=SIDES, help_text=_("The side on which you stand."))
    requesting_state = serializers.CharField(help_text=_("The code of the state that asks."))
    requested_state = serializers.CharField(help_text=_("The code of the state that is asked."))
    deadline = Day(allow_null=True, help_text=_("The day by which an answer is asked for."))
    holder = Holder(allow_null=True, help_text=_("Whose turn it is; null when it has ended."))


class RequestAction(Action):
    """A step of a request."""

    requires = serializers.ListField(child=serializers.CharField(), help_text=_("What its data must say, by name."))
    article = serializers.CharField(
        allow_blank=True, help_text=_("The article of the treaty by which it is taken; empty for other rules.")
    )


class Event(serializers.Serializer):
    """A step that was taken."""

    at = Moment(help_text=_("When (UTC)."))
    name = serializers.CharField(help_text=_("The step, by its name."))
    side = serializers.ChoiceField(choices=SIDES, help_text=_("The side that took it."))
    actor_agency = serializers.CharField(
        allow_null=True,
        help_text=_("The code of the agency that took it; of the other side its central authority, unless disclosed."),
    )
    domestic = serializers.BooleanField(help_text=_("Whether only your side sees it."))
    text = serializers.CharField(allow_blank=True, help_text=_("What was written with it: a reason, a covering note."))


class Number(serializers.Serializer):
    """A number in the journal of an authority."""

    agency = serializers.CharField(help_text=_("The code of the agency that gave it."))
    direction = serializers.ChoiceField(choices=RegisterNumber.Direction.choices, help_text=_("In which journal."))
    number = serializers.CharField(help_text=_("The number."))
    date = Day(help_text=_("Its date."))


class MeasureOut(serializers.Serializer):
    """One act of assistance sought, with what became of it."""

    number = serializers.IntegerField(help_text=_("Its place in the request, from 1."))
    kind = serializers.ChoiceField(
        choices=Measure.Kind.choices, help_text=_("The kind, by the letters of UNTOC 18(3).")
    )
    description = serializers.CharField(help_text=_("What is sought."))
    about = serializers.UUIDField(allow_null=True, help_text=_("The id of the item whom it concerns."))
    questions = serializers.CharField(allow_blank=True, help_text=_("Questions to be put."))
    procedure = serializers.CharField(allow_blank=True, help_text=_("A particular procedure to be followed."))
    attendance = serializers.BooleanField(help_text=_("Whether an officer of the requesting side asks to attend."))
    result = serializers.ChoiceField(
        choices=Measure.Result.choices, help_text=_("What became of it, once your side may know.")
    )
    result_text = serializers.CharField(allow_blank=True, help_text=_("What was done, or why not."))


class Crossing(serializers.Serializer):
    """An item that goes with a request or its answer."""

    item = serializers.UUIDField(help_text=_("The item's id."))
    reference = serializers.CharField(help_text=_("The item's registration number."))
    kind = serializers.ChoiceField(choices=CaseItem.Kind.choices, help_text=_("What it is about."))
    sha256 = serializers.CharField(
        allow_blank=True, help_text=_("The checksum of the version that crosses; empty while none is frozen.")
    )


class Question(serializers.Serializer):
    """A question of the requested side, tied to a part of the letter."""

    field = serializers.CharField(help_text=_("The part of the letter that it is about."))
    question = serializers.CharField(help_text=_("The question."))
    answer = serializers.CharField(allow_blank=True, help_text=_("The answer, once your side may read it."))


class Round(serializers.Serializer):
    """A round of questions."""

    due = Day(help_text=_("The day by which an answer is needed."))
    open = serializers.BooleanField(help_text=_("Whether it waits for an answer."))
    questions = Question(many=True, help_text=_("The questions, in order."))


Letter = body(
    "Letter",
    {
        name: serializers.CharField(required=False, help_text=words)
        for name, words in {name: PARTS.get(name) or FIELDS[name]().label for name in LETTER}.items()
    },
    "The letter",
)


class RequestOut(RequestRow):
    """One request, as the reader's side may see it."""

    case = serializers.UUIDField(allow_null=True, help_text=_("The id of the case, for who sees it."))
    basis = serializers.CharField(
        allow_blank=True, help_text=_("The code of the treaty on which it rests, or reciprocity.")
    )
    confidential = serializers.BooleanField(help_text=_("Whether its fact and substance are to be kept confidential."))
    letter = Letter(help_text=_("What the letter says; parts that say nothing are left out."))
    measures = MeasureOut(many=True, help_text=_("What is sought, in order."))
    attachments = Crossing(many=True, help_text=_("Items that go with the request."))
    answer_items = Crossing(many=True, help_text=_("Items that came with the answer, once your side may know."))
    rounds = Round(many=True, help_text=_("Rounds of questions, oldest first."))
    actions = RequestAction(many=True, help_text=_("Steps of your side: open ones first."))
    timeline = Event(many=True, help_text=_("The steps that your side sees, oldest first."))
    numbers = Number(many=True, help_text=_("Numbers in the journals of both authorities."))


def list_row(row: Row) -> dict[str, Any]:
    """A row of a list as it goes out."""
    request = row.request
    return {
        "id": request.pk,
        "reference": request.reference,
        "title": row.title,
        "state": row.state,
        "version": request.clock(row.side),
        "side": row.side,
        "requesting_state": request.requesting_state_id,
        "requested_state": request.requested_state_id,
        "deadline": row.deadline,
        "holder": _holder(row.turn, row.bodies),
    }


def detail_of(reading: Reading) -> dict[str, Any]:
    """One request as it goes out."""
    request, content = reading.request, reading.content
    return {
        "id": request.pk,
        "reference": request.reference,
        "title": content["title"],
        "state": reading.state,
        "version": reading.clock,
        "side": reading.side,
        "requesting_state": request.requesting_state_id,
        "requested_state": request.requested_state_id,
        "deadline": reading.deadline["day"],
        "holder": _holder(reading.held, reading.bodies),
        "case": reading.case.pk if reading.case else None,
        "basis": content["basis"],
        "confidential": content["confidential"],
        "letter": {name: text for name, _label, text in reading.text},
        "measures": [
            row | {"result": row["result"]["code"], "result_text": row["result"]["text"]} for row in reading.measures
        ],
        "attachments": reading.attachments,
        "answer_items": reading.answer_items,
        "rounds": [{"due": one["due"], "open": one["open"], "questions": one["rows"]} for one in reading.rounds],
        "actions": [
            {
                "name": one.transition.name,
                "label": str(one.transition.label),
                "allowed": one.allowed,
                "reason": one.reason,
                "requires": list(one.transition.requires),
                "article": one.transition.article,
            }
            for one in reading.actions
        ],
        "timeline": [
            {
                "at": row["event"].at,
                "name": row["event"].name,
                "side": row["event"].acting_side,
                "actor_agency": row["agency"].code if row["agency"] else None,
                "domestic": row["private"],
                "text": row["text"],
            }
            for row in reading.timeline
        ],
        "numbers": [
            {"agency": one.agency.code, "direction": one.direction, "number": one.number, "date": one.date}
            for one in request.numbers.select_related("agency")
        ],
    }


def _holder(turn: Turn, bodies: Bodies) -> dict[str, Any] | None:
    agency = bodies.agencies[turn.body] if turn.body else None
    if turn.body is None or agency is None:
        return None
    return {"side": BODY_SIDE[turn.body], "agency": agency.code, "since": turn.since}


class Gap(serializers.Serializer):
    """A point that a draft does not meet."""

    field = serializers.CharField(help_text=_("The part of the request in which it is mended."))
    article = serializers.CharField(
        allow_blank=True, help_text=_("The article that asks for it; empty where a law or a house rule does.")
    )
    basis = serializers.CharField(
        allow_blank=True, help_text=_("The code of the treaty of that article: the basis chosen, or another one.")
    )
    hard = serializers.BooleanField(help_text=_("Whether the request cannot be submitted without it."))
    message = serializers.CharField(help_text=_("What is missing, in words."))
    point = serializers.CharField(help_text=_("The point, by the name under which its reason is given."))
    recommended = serializers.BooleanField(
        help_text=_("Whether only another treaty asks for it: then it may stay without a reason.")
    )
    reason = serializers.CharField(allow_blank=True, help_text=_("Why it is left out, when that was said."))


def gap_of(one: Finding) -> dict[str, Any]:
    """A finding as it goes out."""
    return {
        "field": one.field,
        "article": one.article,
        "basis": one.basis,
        "hard": one.hard,
        "message": one.message,
        "point": one.point,
        "recommended": one.recommended,
        "reason": one.reason,
    }


# --- in --------------------------------------------------------------------------------------------------------------

ROW_WORDS = {"measures": _("What is sought, in order."), "languages": _("Attached documents that are translations.")}
# A row of the page may be empty; one that is sent says what makes it one.
NEEDED_IN_ROWS = {"kind", "description", "item", "language", "translator"}
ITEM_FIELDS = {"about", "item"}


def _row(name: str, kind: str) -> serializers.Field:
    fields: dict[str, serializers.Field] = {}
    for one, field in ROWS[name].form.base_fields.items():
        required = one in NEEDED_IN_ROWS
        if one in ITEM_FIELDS:
            said = {"required": required, "allow_null": not required}
            fields[one] = Key(help_text=field.label, **said)
        else:
            fields[one] = from_form(field, required=required)
    return Several(
        child=body(kind, fields, str(ROWS[name].form.__doc__))(),
        required=False,
        max_length=ROWS_AT_MOST,
        help_text=ROW_WORDS[name],
    )


def _reasons() -> serializers.Field:
    return serializers.DictField(
        child=Text(max_length=300, allow_blank=True),
        help_text=_(
            "Why points of the check are left out: by the name of the point a reason, or nothing to take it back."
        ),
    )


_drafted = {name: from_form(make()) for name, make in FIELDS.items() if name not in {"requested_state", "basis"}}

NewRequest = body(
    "NewRequest",
    {
        "case": Key(help_text=_("The id of the case in which the request stands.")),
        "requested_state": StateCode(help_text=_("The code of the state that is asked.")),
        "basis": Text(
            required=False,
            allow_blank=True,
            max_length=40,
            help_text=_(
                "The code of the treaty on which it rests, one that is offered for the two states; or reciprocity."
            ),
        ),
        **_drafted,
        "items": Several(
            child=Key(),
            required=False,
            max_length=500,
            help_text=_(
                "Ids of items of the case that go with it: persons, organisations, firearms, documents, notes."
            ),
        ),
        "measures": _row("measures", "NewMeasure"),
        "languages": _row("languages", "NewLanguageVersion"),
    },
    "A draft",
)


class Reasons(Body):
    """Why points are left out."""

    reasons = _reasons()


def reasons_for(given: dict[str, str], reading: Reading) -> dict[str, str]:
    """The reasons of a body, by the form of the check's page. Raises Incomplete for a point that wants none."""
    wanted = [one for one in findings(reading.request) if one.wants_reason]
    strange = set(given) - {one.point for one in wanted}
    if strange:
        words = str(_("No reason is asked for this point."))
        raise Incomplete(_("Something is missing or wrong."), {f"reasons.{one}": [words] for one in sorted(strange)})
    form = ReasonsForm({f"reason_{point}": text for point, text in given.items()}, findings=wanted)
    if not form.is_valid():
        errors = {f"reasons.{name.removeprefix('reason_')}": list(said) for name, said in form.errors.items()}
        raise Incomplete(_("Something is missing or wrong."), errors)
    return form.reasons


class Drafted:
    """The page's forms of all steps of a new draft, filled from a body. Raises Incomplete with the fields' paths."""

    def __init__(self, given: dict[str, Any], case: Case, items: list[CaseItem]) -> None:
        self.chosen: list[uuid.UUID] = list(dict.fromkeys(given.get("items", [])))
        self.requested_state: State = given["requested_state"]
        by_id = {one.pk: one for one in items}
        errors: dict[str, list[str]] = {}
        if set(self.chosen) - set(by_id):
            errors["items"] = [str(_("Choose items of this case only."))]
        attached = [(str(pk), by_id[pk].reference) for pk in self.chosen if pk in by_id]
        data = _typed(given)
        self.content: dict[str, Any] = {}
        for step in drafting.STEPS:
            forms = DraftStepForms(step, own_state=case.owner.state_id, items=attached, about=attached, data=data)
            if forms.is_valid():
                self.content |= forms.values
            else:
                errors |= dict(_step_errors(step, forms))
        if errors:
            raise Incomplete(_("Something is missing or wrong."), errors)
        self.measures = self.content.pop("measures")
        self.languages = self.content.pop("languages")
        for name in ("items", "requested_state"):
            self.content.pop(name, None)


def _typed(given: dict[str, Any]) -> QueryDict:
    """A body as the pages of its steps would send it."""
    data = QueryDict(mutable=True)
    for name in FIELDS:
        value = given.get(name)
        if isinstance(value, State):
            data[name] = value.pk
        elif isinstance(value, bool):
            data.update({name: "on"} if value else {})
        elif value is not None:
            data[name] = str(value)
    for name in ROWS:
        data.update(fill_rows(name, given.get(name, [])))
    return data


def _step_errors(step: drafting.Step, forms: DraftStepForms) -> Iterator[tuple[str, list[str]]]:
    for name, messages in forms.form.errors.items():
        yield ("" if name == "__all__" else name), list(messages)
    if forms.rows is not None:
        yield from rows_errors(step.rows, forms.rows)
