"""Whether a step has what the table asks for. Forms ask first; this decides, for the API and commands too."""

from collections.abc import Callable
from typing import Any

from django.forms import Field, ModelChoiceField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mla.models import AssistanceRequest, Measure
from mla.models.request import Outcome
from mla.review import COMMENTED, ticks_for
from mla.workflow import Transition

# A box left open, a mark not given and no item chosen are answers too.
OPTIONAL: dict[str, Any] = {
    "original_required": False,
    "number_again": False,
    "disclose_executor": False,
    "feedback": None,
    "answer_items": (),
    "comments": (),
}
# What to do, where Django's own words would not say it.
MISSING = {
    "questions": gettext_lazy("Write at least one question, beside the field it is about."),
    "legality": gettext_lazy("Tick off each point, or return it."),
}
SCORES = frozenset({None, 1, 2, 3, 4, 5})
Errors = dict[str, list[str]]


def needed() -> str:
    """Django's own words."""
    return str(Field.default_error_messages["required"])


def not_offered() -> str:
    """Django's own words."""
    return str(ModelChoiceField.default_error_messages["invalid_choice"])


def lacking(transition: Transition, request: AssistanceRequest, data: dict[str, Any]) -> Errors:
    """What is missing or wrong in the data of a step, by the name of its requirement."""
    errors: Errors = {}
    for name in transition.requires:
        value = data.get(name, OPTIONAL.get(name))
        if isinstance(value, str):
            value = value.strip()
        if not value and name not in OPTIONAL:
            errors[name] = [str(MISSING.get(name, needed()))]
        elif problem := CHECKS.get(name, nothing)(request, value):
            errors[name] = [problem]
    return errors


def nothing(_request: AssistanceRequest, _value: Any) -> str:
    """No further rule."""
    return ""


def results(request: AssistanceRequest, value: dict[int, dict[str, str]]) -> str:
    """Every measure has a result, and what was not done says why (UNTOC 18(24))."""
    offered = {choice for choice in Measure.Result.values if choice}
    for measure in request.measures.all():
        row = value.get(measure.number) or {}
        if row.get("result") not in offered:
            return needed()
        if row["result"] != Measure.Result.DONE and not row.get("text", "").strip():
            return _("Say why it was not done, or not wholly.")
    return ""


def answers(request: AssistanceRequest, value: list[str]) -> str:
    """One answer to each question of the open round."""
    asked = request.rounds.get(sent_at=None).questions
    return "" if len(value) == len(asked) and all(answer.strip() for answer in value) else needed()


def questions(_request: AssistanceRequest, value: list[dict[str, str]]) -> str:
    """Each says something and is tied to a field (UNTOC 18(16))."""
    return "" if all(one.get("field") and one.get("question", "").strip() for one in value) else needed()


def comments(_request: AssistanceRequest, value: list[dict[str, str]]) -> str:
    """Each says something and stands at a field of the letter."""
    known = all(one.get("field") in COMMENTED and one.get("text", "").strip() for one in value)
    return "" if known else needed()


def legality(request: AssistanceRequest, value: list[str]) -> str:
    """Everything on the reviewer's list is ticked off."""
    return "" if set(value) == {tick.code for tick in ticks_for(request)} else _("Tick off each point, or return it.")


CHECKS: dict[str, Callable[[AssistanceRequest, Any], str]] = {
    "results": results,
    "answers": answers,
    "questions": questions,
    "comments": comments,
    "legality": legality,
    "outcome": lambda _request, value: "" if value in Outcome.values else not_offered(),
    "feedback": lambda _request, value: "" if value in SCORES else not_offered(),
}
