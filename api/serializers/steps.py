"""The data of a step, by the name of what the table asks for. Limits and rules are those of the step's form."""

from collections.abc import Callable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from api.fields import AgencyCode, Body, Choice, Key, Several, Text, Whole, body, from_form
from mla.forms.steps import REQUIREMENTS
from mla.models import Measure
from mla.reading import LETTER
from mla.requirements import OPTIONAL, SCORES
from mla.review import COMMENTED, TICKS
from mla.workflow import BY_NAME, Transition

QUESTIONED = (*LETTER, "measures")
RESULTS = [(value, label) for value, label in Measure.Result.choices if value]


def formed(name: str) -> Callable[[bool], serializers.Field]:
    """What the step's own form asks for by one field that is the same for every request."""
    return lambda required: from_form(REQUIREMENTS[name](None)[""], required=required)  # type: ignore[arg-type]


def rows(name: str, fields: dict[str, serializers.Field], words: Any) -> Callable[[bool], serializers.Field]:
    """A list of rows."""
    row = body(name, fields, f"One row of {name}.")
    return lambda required: Several(child=row(), required=required, max_length=200, help_text=words)


def choice(choices: Any, words: Any, **more: Any) -> Callable[[bool], serializers.Field]:
    """One of a closed list."""
    return lambda required: Choice(choices=choices, required=required, help_text=words, **more)


# One line for each requirement of `mla/workflow.py`; whether it is needed says `mla/requirements.py`.
DATA: dict[str, Callable[[bool], serializers.Field]] = {
    **{
        name: formed(name)
        for name in (
            "reason",
            "missing",
            "covering_note",
            "signature",
            "integrity",
            "number",
            "number_date",
            "number_again",
            "original_required",
            "disclose_executor",
            "due",
            "target_date",
        )
    },
    "addressee": lambda required: AgencyCode(
        required=required, help_text=_("The code of the authority that receives it: the directory names it.")
    ),
    "executor": lambda required: AgencyCode(
        required=required, help_text=_("The code of the agency of your state that executes it.")
    ),
    "legality": lambda required: Several(
        child=Choice(choices=[(tick.code, tick.words) for tick in TICKS]),
        required=required,
        max_length=len(TICKS),
        help_text=_("Every point of the reviewer's list that applies, by its code."),
    ),
    "comments": rows(
        "Comment",
        {
            "field": Choice(choices=[(name, name) for name in COMMENTED], help_text=_("The part of the letter.")),
            "text": Text(max_length=5000, help_text=_("The comment.")),
        },
        _("Comments at parts of the letter, which the drafter must meet or answer."),
    ),
    "questions": rows(
        "NewQuestion",
        {
            "field": Choice(choices=[(name, name) for name in QUESTIONED], help_text=_("The part of the letter.")),
            "question": Text(max_length=5000, help_text=_("The question.")),
        },
        _("Questions, each tied to a part of the letter (UNTOC 18(16))."),
    ),
    "answers": lambda required: Several(
        child=Text(max_length=20000),
        required=required,
        max_length=200,
        help_text=_("One answer to each question of the open round, in order."),
    ),
    "results": rows(
        "Result",
        {
            "number": Whole(min_value=1, max_value=1000, help_text=_("The number of the measure.")),
            "result": Choice(choices=RESULTS, help_text=_("What became of it.")),
            "text": Text(
                required=False,
                allow_blank=True,
                max_length=20000,
                help_text=_("What was done, or why not: needed unless wholly done."),
            ),
        },
        _("A result for each measure (UNTOC 18(24))."),
    ),
    "answer_items": lambda required: Several(
        child=Key(),
        required=required,
        max_length=500,
        help_text=_("Ids of items of the executing agency's file that go with the answer."),
    ),
    "outcome": lambda required: Choice(
        choices=REQUIREMENTS["outcome"](None)[""].choices,  # type: ignore[arg-type]
        required=required,
        help_text=_("What the answer was used for."),
    ),
    "feedback": lambda required: Choice(
        choices=[(score, str(score)) for score in sorted(one for one in SCORES if one)],
        required=required,
        allow_null=True,
        help_text=_("How useful the answer was, from 1 (of no use) to 5."),
    ),
}


def _step(transition: Transition) -> type[Body]:
    """The body of one step."""
    camel = "".join(map(capfirst, transition.name.split("_")))
    fields: dict[str, serializers.Field] = {
        "transition": Choice(choices=[(transition.name, transition.label)], help_text=_("The step, by its name.")),
        "version": Whole(
            min_value=0, max_value=2**31 - 1, help_text=_("The version of the request that your side has read.")
        ),
    }
    needed = [name not in OPTIONAL for name in transition.requires]
    data = body(
        f"{camel}Data",
        {name: DATA[name](required) for name, required in zip(transition.requires, needed, strict=True)},
        f"What the step {transition.name} asks for.",
    )
    fields["data"] = data(required=any(needed), help_text=_("What the step asks for."))
    return body(camel, fields, f"The step {transition.name}.")


STEPS: dict[str, type[Body]] = {name: _step(transition) for name, transition in BY_NAME.items()}
STEP_IN = PolymorphicProxySerializer(
    component_name="RequestStep", serializers=list(STEPS.values()), resource_type_field_name=None
)


def step_in(data: Any) -> Body:
    """The body of whichever step it names. Raises ValidationError when it names none."""
    name = data.get("transition") if isinstance(data, dict) else None
    if not isinstance(name, str) or name not in STEPS:
        raise serializers.ValidationError(
            {"transition": [serializers.ErrorDetail(_("There is no step of this name."), "invalid_choice")]}
        )
    return STEPS[name](data=data)


def for_service(given: dict[str, Any]) -> dict[str, Any]:
    """The data as `mla.services.perform` takes it."""
    found = dict(given.get("data", {}))
    if "results" in found:
        found["results"] = {
            row["number"]: {"result": row["result"], "text": row.get("text", "")} for row in found["results"]
        }
    return found
