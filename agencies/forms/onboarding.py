"""Forms of a platform admin: a new agency with its designations, a decision, an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import OnceForm
from accounts.formsets import RowsFormSet
from accounts.text import DayField, TextField
from agencies.forms.people import ReasonForm
from agencies.legal_basis import designation_names
from agencies.models import AccountChange, Agency, Designation, State


class ApplicationForm(OnceForm):
    """A new agency and its first admin."""

    code = TextField(
        label=_("Code"),
        max_length=20,
        help_text=_("The state's code, a hyphen, and letters: TM-BOR. It stands in every reference and never changes."),
    )
    home_state = forms.ModelChoiceField(
        label=pgettext_lazy("country", "State"),
        queryset=State.objects.all(),
        required=False,
        empty_label=_("none: an organisation"),
        help_text=_("Only an organisation belongs to no state."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("choose")), *Agency.Kind.choices])
    name_en = TextField(label=_("Name in English"), max_length=200)
    name_ru = TextField(label=_("Name in Russian"), max_length=200)
    name_state = TextField(label=_("Name in the state language"), max_length=200, required=False)
    source = TextField(
        label=_("Source"),
        max_length=300,
        help_text=_("What these particulars were taken from: a note, an official list, with its number and date."),
    )
    admin_name = TextField(label=_("Name of the first agency admin"), max_length=150)
    admin_email = forms.EmailField(label=_("E-mail address of the first agency admin"), max_length=254)
    admin_post = TextField(label=_("Post of the first agency admin"), max_length=150, required=False)
    admin_language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, widget=forms.RadioSelect, initial="ru"
    )

    def clean_code(self) -> str:
        """In capitals, however it was typed."""
        return str(self.cleaned_data["code"]).upper()

    @property
    def content(self) -> dict[str, Any]:
        """The fields of the application, as far as they could be read."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("token", "version")}


def _rules() -> list[tuple[str, Any]]:
    """What a designation may rest on; none is chosen beforehand, so that none is taken over by mistake."""
    return [("", _("choose")), *designation_names().items()]


class DesignationForm(forms.Form):
    """One designation: by which rule, for what, when, said where."""

    basis = forms.ChoiceField(label=_("Treaty or domestic rule"), choices=_rules)
    function = forms.ChoiceField(label=_("Function"), choices=[("", _("choose")), *Designation.Function.choices])
    stage = forms.ChoiceField(label=_("Stage"), choices=Designation.Stage.choices, initial=Designation.Stage.ANY)
    starts = DayField(label=pgettext_lazy("time", "From"))
    ends = DayField(label=pgettext_lazy("time", "To"), required=False)
    source = TextField(label=_("Source"), max_length=300)

    def has_changed(self) -> bool:
        """A row in which only choices stand says nothing yet."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("starts", "ends", "source"))

    def clean(self) -> dict[str, Any]:
        """The end does not lie before the beginning."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("ends") and found.get("starts") and found["ends"] < found["starts"]:
            raise ValidationError({"ends": _("The end lies before the beginning.")})
        return found


class _Designations(RowsFormSet):
    @property
    def content(self) -> list[dict[str, Any]]:
        """The rows that say something."""
        return [form.cleaned_data for form in self.forms if form.has_changed() and form.cleaned_data]


DesignationFormSet = forms.formset_factory(
    DesignationForm, formset=_Designations, extra=1, max_num=40, validate_max=True, absolute_max=41
)


class ApprovalForm(ReasonForm):
    """Approve what one has compared, or decline."""

    looked = forms.BooleanField(
        label=_("I have compared code, names, designations and the admin's address with the source named."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Whoever approves says that they looked."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("decision") == "confirm" and not found.get("looked"):
            self.add_error("looked", _("Compare first, then tick this."))
        return found


class AddressForm(forms.Form):
    """Looks an account up by its whole address."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class ChangeForm(OnceForm):
    """What is to happen to an account."""

    wanted = forms.ChoiceField(choices=AccountChange.Wanted.choices, widget=forms.HiddenInput)
