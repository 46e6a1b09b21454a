"""The forms of a draft: one short form for each step of `mla/drafting.py`, with its rows."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.forms import OnceForm
from accounts.formsets import RowsFormSet, one_row_more, wants_row
from accounts.text import DayField, TextField
from agencies.legal_basis import Basis, choices
from agencies.models import State
from cases.models import CaseItem
from mla.checks import Finding, needed_on
from mla.drafting import Step
from mla.models import LanguageVersion, Measure
from mla.review import NO_ANSWER

ROWS_AT_MOST = 50
# Choices of an item: its id and how it is listed.
Choices = list[tuple[str, str]]


class BasisField(forms.ChoiceField):
    """The legal basis: what is offered for the two states, each with its mark and the reason why."""

    widget = forms.RadioSelect
    default_error_messages = {
        "invalid_choice": _("This is not offered for these two states today. Choose one of those that are.")
    }

    def offer(self, bases: list[Basis]) -> None:
        """Let the person choose from these, in this order."""
        self.choices = [(one.treaty, basis_label(one, proposed=not index)) for index, one in enumerate(bases)]
        if bases:
            self.help_text = ""


def basis_label(basis: Basis, *, proposed: bool = False) -> SafeString:
    """The treaty with its article and mark, and whether it is the one proposed; below it the reason."""
    mark = pgettext("treaty", "verified") if basis.verified else pgettext("treaty", "not verified")
    if proposed:
        mark = " · ".join((mark, pgettext("treaty", "proposed")))
    return format_html('{} · {} <span class="second">{}</span>', basis.cited, mark, basis.why)


# Shows the bases of the chosen pair while the rest of the form stays as typed; with htmx as soon as it is chosen.
SHOW_BASES = {"show": "bases"}
ON_CHOICE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": json.dumps(SHOW_BASES),
    "hx-select": "#bases",
    "hx-target": "#bases",
    "hx-swap": "outerHTML",
}


def long_text(label: Any, length: int, lines: int, help_text: Any = "") -> Callable[[], forms.Field]:
    """A text of several lines that may still be missing."""
    return lambda: TextField(label=label, required=False, max_length=length, lines=lines, help_text=help_text)


def line(label: Any, length: int, help_text: Any = "") -> Callable[[], forms.Field]:
    """A line of text that may still be missing."""
    return lambda: TextField(label=label, required=False, max_length=length, help_text=help_text)


# The fields of the request that a draft writes, each as its form asks for it.
FIELDS: dict[str, Callable[[], forms.Field]] = {
    "title": lambda: TextField(
        label=_("Subject"), min_length=3, max_length=200, help_text=_("A few words, by which both sides find it.")
    ),
    "requested_state": lambda: forms.ModelChoiceField(
        label=_("Requested state"), queryset=State.objects.none(), widget=forms.Select(attrs=ON_CHOICE)
    ),
    "basis": lambda: BasisField(
        label=_("Legal basis"),
        required=False,
        help_text=_("Choose the requested state: then the treaties that bind the two states are offered."),
    ),
    "basis_reason": line(_("Reason for this basis"), 300, _("Only when you choose another one than is proposed.")),
    "conducted_by": line(
        _("Authority conducting the proceedings, and its functions"), 300, _("With the official in charge.")
    ),
    "offence": long_text(
        _("Offence and its legal qualification"), 10000, 4, _("With the articles of the criminal code.")
    ),
    "statute": long_text(
        _("Text of these articles"), 50000, 6, _("Word for word, as in force when the act was committed.")
    ),
    "damage": line(_("Amount of damage"), 300, _("With the currency, or in words.")),
    "facts": long_text(
        _("Summary of the facts"),
        200000,
        16,
        _("What happened, when, where, who; and why what you seek is to be found in the other state."),
    ),
    "purpose": long_text(_("Purpose for which the assistance is sought"), 10000, 3),
    "procedure": long_text(
        _("Procedure to be followed in all measures"),
        5000,
        3,
        _("The other side follows it where its law allows (UNTOC 18(17), Minsk and Chisinau 8)."),
    ),
    "deadline": lambda: DayField(label=_("Answer asked by"), required=False),
    "deadline_reason": line(
        _("Reason for the deadline"), 300, _("The other side weighs the date by its reason (UNTOC 18(24)).")
    ),
    "confidential": lambda: forms.BooleanField(
        label=_("Keep the request confidential"),
        required=False,
        help_text=_("Its fact and substance, except as needed to execute it (UNTOC 18(20), Chisinau 7)."),
    ),
    "confidentiality_reason": line(_("What must not become known, and to whom"), 300),
}
ITEM_LABELS = {
    "persons": _("Who goes with the request"),
    "firearms": _("Firearms that go with the request"),
    "attachments": _("Documents and notes that go with the request"),
}


class StepFieldsForm(OnceForm):
    """The fields and the chosen items of one step."""

    def __init__(
        self, *args: Any, step: Step, own_state: str | None, items: Choices, chosen: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        needed = needed_on(chosen)
        for name in step.fields:
            self.fields[name] = FIELDS[name]()
            if name in needed and not self.fields[name].required:
                self.fields[name].optional_note = _("(needed before submission)")
        if "requested_state" in self.fields:
            self.fields["requested_state"].queryset = State.objects.exclude(pk=own_state)
            self._offer_bases(own_state, chosen)
        if step.kinds:
            self.fields["items"] = forms.TypedMultipleChoiceField(
                label=ITEM_LABELS[step.name],
                required=False,
                coerce=uuid.UUID,
                choices=items,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Each goes whole, as it is when you submit the request."),
            )

    def _offer_bases(self, own_state: str | None, chosen: str) -> None:
        """What binds the two states today; what the draft says already may stay."""
        other = self["requested_state"].value()
        other = getattr(other, "pk", other)
        if own_state and other in {state.pk for state in self.fields["requested_state"].queryset}:
            today = timezone.localdate()
            self.fields["basis"].offer(choices(requesting=own_state, requested=other, on=today, chosen=chosen))

    def clean_deadline(self) -> Any:
        """A deadline lies ahead."""
        day = self.cleaned_data["deadline"]
        if day and "deadline" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed. Choose a later one."))
        return day

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        names = (*self.step.fields, "items")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class RowForm(forms.Form):
    """One row; left empty, it is none."""

    def __init__(self, *args: Any, items: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed in this row."""
        return not any(getattr(self, "cleaned_data", {}).values())


class MeasureForm(RowForm):
    """One measure: what is asked, about whom, with which questions and in which way."""

    kind = forms.ChoiceField(
        label=_("Kind of assistance"), required=False, choices=[("", _("choose")), *Measure.Kind.choices]
    )
    description = TextField(label=_("What is sought"), required=False, max_length=10000, lines=3)
    about = forms.TypedChoiceField(label=_("Whom it concerns"), required=False, coerce=uuid.UUID, empty_value=None)
    questions = TextField(
        label=_("Questions to be put"),
        required=False,
        max_length=20000,
        lines=4,
        help_text=_("One a line. Without them the other authority has to guess, or to ask back."),
    )
    procedure = TextField(label=_("Particular procedure to be followed"), required=False, max_length=5000, lines=2)
    attendance = forms.BooleanField(
        label=_("Our officer asks to attend"),
        required=False,
        help_text=_("Then time and place are told beforehand (Minsk and Chisinau 8)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", _("nobody in particular")), *self.items]
        for name in ("kind", "description"):
            self.fields[name].optional_note = _("(needed before submission)")

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


class LanguageForm(RowForm):
    """One language version: which attached document it is, in which language, by whom, certified how."""

    item = forms.TypedChoiceField(label=_("Document"), required=False, coerce=uuid.UUID, empty_value=None)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("choose")), *LanguageVersion.Language.choices]
    )
    translator = TextField(label=_("Translator"), required=False, max_length=150)
    certification = TextField(
        label=_("Certified by, and how"),
        required=False,
        max_length=300,
        help_text=_("Notary, translation bureau or the authority itself, with date and number."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("choose")), *self.items]

    def clean(self) -> dict[str, Any]:
        """A row says which document, which language and who translated."""
        data = super().clean() or {}
        if self.is_blank:
            return data
        for name, words in (
            ("item", _("Choose the document, or empty the whole row.")),
            ("language", _("Choose the language, or empty the whole row.")),
            ("translator", _("Name the translator, or empty the whole row.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        return data


class BaseRows(RowsFormSet):
    """The rows of one step."""

    @property
    def values(self) -> list[dict[str, Any]]:
        """The rows that say something, in order."""
        return [form.cleaned_data for form in self.forms if not form.is_blank]


def rows_of(form: type[RowForm]) -> type[BaseRows]:
    """The formset of a kind of row."""
    return forms.formset_factory(
        form, formset=BaseRows, extra=1, max_num=ROWS_AT_MOST, validate_max=True, absolute_max=ROWS_AT_MOST + 1
    )


ROWS = {"measures": rows_of(MeasureForm), "languages": rows_of(LanguageForm)}
# Which attached items a row can be about.
ABOUT = {"measures": (CaseItem.Kind.PERSON, CaseItem.Kind.ORGANISATION), "languages": (CaseItem.Kind.DOCUMENT,)}


class DraftStepForms:
    """The form of one step and, where it has any, its rows."""

    def __init__(
        self,
        step: Step,
        *,
        own_state: str | None,
        items: Choices = (),
        about: Choices = (),
        data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
        chosen: str = "",
    ) -> None:
        self.step = step
        initial = initial or {}
        given: dict[str, Any] = {"step": step, "own_state": own_state, "items": list(items), "chosen": chosen}
        showing = data is not None and SHOW_BASES.items() <= data.dict().items()
        # What was typed comes back unjudged while the page only changes.
        self.form = StepFieldsForm(None if showing else data, initial=data.dict() if showing else initial, **given)
        self.rows: Any = None
        if step.rows:
            kind, prefix, more = ROWS[step.rows], step.rows, {"form_kwargs": {"items": list(about)}}
            if data is not None and wants_row(data, prefix):
                self.rows = one_row_more(kind, data, prefix, **more)
                self.form = StepFieldsForm(initial=data.dict(), **given)
            elif data is not None:
                self.rows = kind(data, prefix=prefix, **more)
            else:
                rows = initial.get(step.rows, [])
                self.rows = kind(prefix=prefix, initial=rows, **more)
                self.rows.extra = 0 if rows else 1

    def is_valid(self) -> bool:
        """Whether all that was typed has its shape."""
        return self.form.is_valid() and (self.rows is None or self.rows.is_valid())

    @property
    def is_bound(self) -> bool:
        """Whether it was sent; false also while one more row is asked for."""
        return bool(self.form.is_bound)

    @property
    def token(self) -> uuid.UUID | None:
        """The page that sent it."""
        return self.form.cleaned_data.get("token") if self.form.is_bound and self.form.is_valid() else None

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return self.form.values | ({self.step.rows: self.rows.values} if self.rows is not None else {})


class ReasonsForm(OnceForm):
    """Why points are left out: one line for each that may be. A line that was not sent stays as it was."""

    def __init__(self, *args: Any, findings: list[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in findings:
            self.fields[f"reason_{one.point}"] = TextField(
                label=one.message, required=False, max_length=300, initial=one.reason
            )

    def of(self, point: str) -> BoundField | None:
        """The line of a point."""
        name = f"reason_{point}"
        return self[name] if name in self.fields else None

    @property
    def reasons(self) -> dict[str, str]:
        """What the service takes."""
        sent = [name for name in self.fields if name.startswith("reason_") and name in self.data]
        return {name.removeprefix("reason_"): " ".join(self.cleaned_data[name].split()) for name in sent}


class AnswerForm(forms.Form):
    """The answer to one comment."""

    answer = TextField(
        label=pgettext_lazy("to a comment", "Answer"),
        max_length=5000,
        lines=2,
        error_messages={"required": NO_ANSWER},
    )


class CopyForm(OnceForm):
    """Begin drafts from a request: in which case, and for which states."""

    case = forms.TypedChoiceField(label=_("Case"), coerce=uuid.UUID)
    requested_states = forms.ModelMultipleChoiceField(
        label=_("Requested states"),
        queryset=State.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One draft for each."),
    )

    def __init__(self, *args: Any, own_state: str | None, cases: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = cases
        self.fields["requested_states"].queryset = State.objects.exclude(pk=own_state)
