"""The shape of what is typed about a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.models import User
from accounts.text import TextField
from agencies.models import Agency
from cases.services.case import CASE_FIELDS, case_workers


class CaseForm(OnceForm):
    """A case: what it is about."""

    title = TextField(
        label=_("Title"), min_length=3, max_length=200, help_text=_("A few words, by which your colleagues find it.")
    )
    proceedings_number = TextField(label=_("No. of the criminal case"), required=False, max_length=60)
    offences = TextField(
        label=_("Offences"), max_length=4000, lines=3, help_text=_("With the articles of the criminal code.")
    )

    @property
    def content(self) -> dict[str, str]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in CASE_FIELDS if name in self.cleaned_data}


class PeopleChoice(forms.ModelMultipleChoiceField):
    """People of one agency, by name."""

    def label_from_instance(self, person: User) -> str:
        """The name."""
        return person.name


class NewCaseForm(CaseForm):
    """A new case: also for which agency, and whether only named people may see it."""

    agency = forms.ModelChoiceField(label=_("Owner agency"), queryset=Agency.objects.none(), empty_label=None)
    need_to_know = forms.BooleanField(
        label=_("Need-to-know: only the people named below see this case"),
        required=False,
        help_text=_("It cannot be undone. Name the supervisor and the liaison officer who will have to decide."),
    )
    members = PeopleChoice(
        label=_("Named people"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You are named yourself. For a case that is open to the whole agency, name nobody."),
    )

    def __init__(self, *args: Any, agencies: list[Agency], actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies])
        if len(agencies) == 1:
            self.fields["agency"].initial = agencies[0]
        colleagues = {person.pk for agency in agencies for person in case_workers(agency)} - {actor.pk}
        self.fields["members"].queryset = User.objects.filter(pk__in=colleagues).order_by("name")

    def clean(self) -> dict[str, Any]:
        """Named people without need-to-know are a slip: the whole agency would see the case."""
        data = super().clean() or {}
        if data.get("members") and not data.get("need_to_know"):
            self.add_error(
                "need_to_know", _("Tick need-to-know, or name nobody: without it the whole agency sees the case.")
            )
        return data


class NamePersonForm(OnceForm):
    """Name one more person in a need-to-know case."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("name")
