"""The one form that serves every step of the table, made from what the table says it requires."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.text import DayField, TextField
from agencies.models import Agency
from mla.directory import receiving_authorities
from mla.models import Measure
from mla.models.request import Outcome
from mla.number_fields import AgainField, number_date_field, number_field
from mla.presentation import rule_words
from mla.reading import LETTER, Reading, label_of
from mla.review import COMMENTED, ticks_for
from mla.workflow import Transition

# So many words of a part of the letter stand under the label of what is said about it.
SAID = 50
# Parts of the letter that are no text of their own, to be repeated under a comment's label.
NOT_TEXT = frozenset({"basis", "measures", "deadline", "confidential", "attachments", "languages"})


class AgencyChoice(forms.ModelChoiceField):
    """An agency, shown with its code."""

    def label_from_instance(self, agency: Agency) -> str:
        """Name and code."""
        return f"{agency.name} ({agency.code})"


def long_text(label: Any, help_text: Any = "", required: bool = True) -> Callable[[Reading], dict[str, forms.Field]]:
    """A field of several lines, under the name of its requirement."""
    return lambda _reading: {
        "": TextField(label=label, help_text=help_text, required=required, max_length=10000, lines=5)
    }


def tick(label: Any, help_text: Any = "", required: bool = True) -> Callable[[Reading], dict[str, forms.Field]]:
    """A box to tick."""
    return lambda _reading: {"": forms.BooleanField(label=label, help_text=help_text, required=required)}


def addressee(reading: Reading) -> dict[str, forms.Field]:
    """The authorities that the directory names for the requested state."""
    found = receiving_authorities(reading.request.requested_state_id)
    queryset = Agency.objects.filter(pk__in=[agency.pk for agency in found])
    initial = found[0] if len(found) == 1 else None
    return {"": AgencyChoice(label=_("Addressee"), queryset=queryset, initial=initial)}


def executor(reading: Reading) -> dict[str, forms.Field]:
    """The agencies of the requested state."""
    queryset = Agency.objects.filter(state=reading.request.requested_state_id)
    return {"": AgencyChoice(label=_("Executing agency"), queryset=queryset)}


def number(_reading: Reading) -> dict[str, forms.Field]:
    """The agency's own number in its journal."""
    return {"": number_field()}


def number_date(_reading: Reading) -> dict[str, forms.Field]:
    """Its date: today unless said otherwise, and never ahead."""
    return {"": number_date_field()}


def number_again(_reading: Reading) -> dict[str, forms.Field]:
    """Whether a number that is given already is meant to be given again."""
    return {"": AgainField()}


def questions(reading: Reading) -> dict[str, forms.Field]:
    """One question beside each field of the letter, so that each is tied to one; below the label what it says now."""
    measures = " ".join(f"{row['number']}. {row['description']}" for row in reading.measures)
    found = {}
    for name in (*LETTER, "measures"):
        said = Truncator(measures if name == "measures" else reading.content.get(name) or "").words(SAID)
        found[name] = TextField(label=label_of(name), required=False, max_length=5000, lines=1, help_text=said)
        found[name].optional_note = ""
    return found


def comments(reading: Reading) -> dict[str, forms.Field]:
    """A comment beside each part of the letter that says something or should; the drafter finds it there."""
    found = {}
    for name in COMMENTED:
        said = Truncator(str(reading.content.get(name) or "") if name not in NOT_TEXT else "").words(SAID)
        found[name] = TextField(label=label_of(name), required=False, max_length=5000, lines=1, help_text=said)
        found[name].optional_note = ""
    return found


def legality(reading: Reading) -> dict[str, forms.Field]:
    """The reviewer's list: each point to be ticked off, with the rule that it comes from."""
    return {
        tick.code: forms.BooleanField(label=tick.words, help_text=source_words(tick.source))
        for tick in ticks_for(reading.request)
    }


def source_words(source: str) -> str:
    """Where a rule comes from: a treaty with its article, the house, or domestic law."""
    return str({"house": _("house rule"), "domestic": _("domestic law")}.get(source) or rule_words(source))


def answers(reading: Reading) -> dict[str, forms.Field]:
    """One answer to each question of the open round."""
    one = reading.open_round
    written = one.answers if one else []
    return {
        str(index): TextField(
            label=f"{label_of(question['field'])}: {question['question']}",
            max_length=20000,
            lines=4,
            initial=written[index] if index < len(written) else "",
        )
        for index, question in enumerate(one.questions if one else [])
    }


def results(reading: Reading) -> dict[str, forms.Field]:
    """A result and its words for each measure."""
    found: dict[str, forms.Field] = {}
    choices = [(value, label) for value, label in Measure.Result.choices if value]
    for row in reading.measures:
        found[f"{row['number']}_result"] = forms.ChoiceField(
            label=f"{row['number']}. {row['description'][:200]}",
            choices=choices,
            widget=forms.RadioSelect,
        )
        found[f"{row['number']}_text"] = TextField(
            label=_("What was done, or why not"), max_length=20000, lines=3, required=False
        )
        found[f"{row['number']}_text"].optional_note = _("(needed unless wholly done)")
    return found


def answer_items(reading: Reading) -> dict[str, forms.Field]:
    """The items of the executing agency's own file."""
    return {
        "": forms.TypedMultipleChoiceField(
            label=_("Items of your file that go with the answer"),
            required=False,
            coerce=uuid.UUID,
            choices=reading.answer_choices,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Put documents and other items into your agency's file first; they go whole."),
        )
    }


def feedback(_reading: Reading) -> dict[str, forms.Field]:
    """How useful the answer was."""
    choices = [("", _("no answer")), *[(str(value), str(value)) for value in range(1, 6)]]
    return {
        "": forms.TypedChoiceField(
            label=_("Usefulness, 1 to 5"), choices=choices, coerce=int, empty_value=None, required=False
        )
    }


def outcome(_reading: Reading) -> dict[str, forms.Field]:
    """What the answer was used for."""
    return {"": forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)}


def ahead(value: Any) -> None:
    """A day for the other side lies ahead."""
    if value < timezone.localdate():
        raise forms.ValidationError(_("This day has passed. Choose a later one."))


def later_day(label: Any) -> Callable[[Reading], dict[str, forms.Field]]:
    """A day that has not passed."""

    def field(_reading: Reading) -> dict[str, forms.Field]:
        made = DayField(label=label)
        made.validators.append(ahead)
        return {"": made}

    return field


# Requirements of which a field stands beside each part of the request.
BESIDE = ("questions_", "comments_")
# What each requirement of the table asks for: the fields by the part of their name that follows the requirement's.
REQUIREMENTS: dict[str, Callable[[Reading], dict[str, forms.Field]]] = {
    "reason": long_text(_("Reason"), _("Say what to do, or why: it stays on record.")),
    "missing": long_text(_("What is missing"), _("Name the measure and what its result lacks.")),
    "covering_note": long_text(_("Covering note"), _("With what could not be followed, and why (UNTOC 18(17)).")),
    "legality": legality,
    "comments": comments,
    "signature": tick(_("I sign this version, as it stands on this page")),
    "integrity": tick(_("The response is whole: I have checked it against its list")),
    "addressee": addressee,
    "executor": executor,
    "number": number,
    "number_date": number_date,
    "number_again": number_again,
    "original_required": tick(
        _("The other side needs the signed original on paper"),
        _("Some treaties give results only then."),
        required=False,
    ),
    "disclose_executor": tick(_("Tell the other side which agency executes"), required=False),
    "questions": questions,
    "due": later_day(_("Answer needed by")),
    "target_date": later_day(_("Target date")),
    "answers": answers,
    "results": results,
    "answer_items": answer_items,
    "outcome": outcome,
    "feedback": feedback,
}


class StepForm(OnceForm):
    """The form of one step, made from what the table says it requires."""

    def __init__(self, *args: Any, transition: Transition, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.transition = transition
        self.reading = reading
        for requirement in transition.requires:
            for part, field in REQUIREMENTS[requirement](reading).items():
                self.fields[f"{requirement}_{part}" if part else requirement] = field

    def clean(self) -> dict[str, Any]:
        """What was not done says why (UNTOC 18(24))."""
        data = super().clean() or {}
        for name, value in list(data.items()):
            if name.endswith("_result") and value != Measure.Result.DONE:
                text = name.removesuffix("_result") + "_text"
                if not data.get(text):
                    self.add_error(text, _("Say why it was not done, or not wholly."))
        return data

    @property
    def beside_letter(self) -> list[BoundField]:
        """The fields that stand beside the parts of the request; each may stay empty."""
        return [field for field in self.visible_fields() if field.name.startswith(BESIDE)]

    @property
    def others(self) -> list[BoundField]:
        """All other fields that the person sees."""
        return [field for field in self.visible_fields() if not field.name.startswith(BESIDE)]

    @property
    def data_for_service(self) -> dict[str, Any]:
        """What the step's effect takes: single values as they are, groups as lists."""
        found = {name: self.cleaned_data[name] for name in self.transition.requires if name in self.cleaned_data}
        if "questions" in self.transition.requires:
            asked = {name: self.cleaned_data[f"questions_{name}"] for name in (*LETTER, "measures")}
            found["questions"] = [{"field": name, "question": text} for name, text in asked.items() if text]
        if "comments" in self.transition.requires:
            said = {name: self.cleaned_data[f"comments_{name}"] for name in COMMENTED}
            found["comments"] = [{"field": name, "text": text} for name, text in said.items() if text]
        if "legality" in self.transition.requires:
            found["legality"] = [tick.code for tick in ticks_for(self.reading.request)]
        if "answers" in self.transition.requires:
            names = [name for name in self.fields if name.startswith("answers_")]
            found["answers"] = [self.cleaned_data[name] for name in names]
        if "results" in self.transition.requires:
            found["results"] = {
                row["number"]: {
                    "result": self.cleaned_data[f"results_{row['number']}_result"],
                    "text": self.cleaned_data[f"results_{row['number']}_text"],
                }
                for row in self.reading.measures
            }
        return found
