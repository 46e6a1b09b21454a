"""The shape of what is typed: the draft, its measures, and the one form that serves every step of the table."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.formsets import RowsFormSet
from accounts.text import DayField, TextField
from agencies.models import Agency, LegalBasis, State
from mla.directory import receiving_authorities
from mla.models import Measure
from mla.models.request import Outcome
from mla.number_fields import AgainField, number_date_field, number_field
from mla.reading import LETTER, Reading, label_of
from mla.services import DRAFT_FIELDS
from mla.workflow import Transition

MEASURES_AT_MOST = 50


def needed_later(form: forms.Form, *names: str) -> None:
    """Say of these fields that the draft may be saved without them, but not submitted."""
    for name in names:
        form.fields[name].optional_note = _("(needed before submission)")


class DraftForm(OnceForm):
    """The whole draft on one page. Only the subject and the requested state are needed to begin."""

    title = TextField(
        label=_("Subject"), min_length=3, max_length=200, help_text=_("A few words, by which both sides find it.")
    )
    requested_state = forms.ModelChoiceField(label=_("Requested state"), queryset=State.objects.none())
    basis = forms.ChoiceField(label=_("Legal basis"), required=False, choices=[("", _("choose")), *LegalBasis.choices])
    conducted_by = TextField(
        label=_("Authority conducting the proceedings, and its functions"), required=False, max_length=300
    )
    offence = TextField(
        label=_("Offence and its legal qualification"),
        required=False,
        max_length=10000,
        lines=4,
        help_text=_("With the articles of the criminal code."),
    )
    facts = TextField(label=_("Summary of the facts"), required=False, max_length=200000, lines=8)
    purpose = TextField(
        label=_("Purpose for which the assistance is sought"), required=False, max_length=10000, lines=3
    )
    deadline = DayField(label=_("Answer asked by"), required=False)
    deadline_reason = TextField(
        label=_("Reason for the deadline"),
        required=False,
        max_length=300,
        help_text=_("The other side weighs the date by its reason (UNTOC 18(24))."),
    )
    confidential = forms.BooleanField(
        label=_("Keep the request confidential"),
        required=False,
        help_text=_("Its fact and substance, except as needed to execute it (UNTOC 18(20))."),
    )

    attachments = forms.TypedMultipleChoiceField(
        label=_("Attachments"),
        required=False,
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Items of the case that go with the request, whole, as they are when you submit it."),
    )

    def __init__(
        self, *args: Any, own_state: str | None, items: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachments"].choices = items or []
        if not items:
            del self.fields["attachments"]
        self.fields["requested_state"].queryset = State.objects.exclude(pk=own_state)
        needed_later(self, "basis", "conducted_by", "offence", "facts", "purpose")

    def clean_deadline(self) -> Any:
        """A deadline lies ahead."""
        day = self.cleaned_data["deadline"]
        if day and "deadline" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed. Choose a later one."))
        return day

    @property
    def content(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in DRAFT_FIELDS if name in self.cleaned_data}

    @property
    def attachments_chosen(self) -> list[uuid.UUID]:
        """The items that go with the request."""
        return self.cleaned_data.get("attachments", [])


class MeasureForm(forms.Form):
    """One measure. A row left empty is no measure."""

    kind = forms.ChoiceField(
        label=_("Kind of assistance"), required=False, choices=[("", _("choose")), *Measure.Kind.choices]
    )
    description = TextField(label=_("What is sought"), required=False, max_length=10000, lines=3)
    procedure = TextField(label=_("Particular procedure to be followed"), required=False, max_length=5000, lines=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed_later(self, "kind", "description")

    def clean(self) -> dict[str, Any]:
        """Both or neither: a kind without words, or words without a kind, is no measure yet."""
        data = super().clean() or {}
        if self.is_blank:
            return data
        if not data.get("kind"):
            self.add_error("kind", _("Choose the kind of assistance, or empty the whole row."))
        if not data.get("description"):
            self.add_error("description", _("Describe what is sought, or empty the whole row."))
        return data

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed in this row."""
        data = getattr(self, "cleaned_data", {})
        return not any(data.get(name) for name in ("kind", "description", "procedure"))


class BaseMeasures(RowsFormSet):
    """The measures of one request."""

    @property
    def content(self) -> list[dict[str, str]]:
        """The rows that say something, in order."""
        return [form.cleaned_data for form in self.forms if not form.is_blank]


MeasureFormSet = forms.formset_factory(
    MeasureForm,
    formset=BaseMeasures,
    extra=1,
    max_num=MEASURES_AT_MOST,
    validate_max=True,
    absolute_max=MEASURES_AT_MOST + 1,
)


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
        said = Truncator(measures if name == "measures" else reading.content.get(name) or "").chars(300)
        found[name] = TextField(label=label_of(name), required=False, max_length=5000, lines=2, help_text=said)
        found[name].optional_note = ""
    return found


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


# What each requirement of the table asks for: the fields by the part of their name that follows the requirement's.
REQUIREMENTS: dict[str, Callable[[Reading], dict[str, forms.Field]]] = {
    "reason": long_text(_("Reason"), _("Say what to do, or why: it stays on record.")),
    "missing": long_text(_("What is missing"), _("Name the measure and what its result lacks.")),
    "covering_note": long_text(_("Covering note"), _("With what could not be followed, and why (UNTOC 18(17)).")),
    "legality": tick(_("I have checked that the request is lawful and proportionate, and authorised where it must be")),
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
    def data_for_service(self) -> dict[str, Any]:
        """What the step's effect takes: single values as they are, groups as lists."""
        found = {name: self.cleaned_data[name] for name in self.transition.requires if name in self.cleaned_data}
        if "questions" in self.transition.requires:
            asked = {name: self.cleaned_data[f"questions_{name}"] for name in (*LETTER, "measures")}
            found["questions"] = [{"field": name, "question": text} for name, text in asked.items() if text]
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
