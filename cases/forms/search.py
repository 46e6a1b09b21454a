"""Forms of searching and of saved filters: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import OnceForm
from accounts.text import TextField
from cases.browsing import LISTINGS
from cases.models import SavedFilter, Search


class SearchForm(OnceForm):
    """What to look for; from which list, and with which of its filters."""

    term = TextField(
        label=_("Name in any spelling, serial number, reference, word"),
        max_length=Search._meta.get_field("term").max_length,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    place = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def clean_place(self) -> str:
        """A list's code, or none for everywhere."""
        place = self.cleaned_data["place"]
        return place if place in LISTINGS else ""


class FilterForm(OnceForm):
    """A saved filter's name, and whether its list opens with it."""

    name = TextField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=SavedFilter._meta.get_field("name").max_length,
        help_text=_("Your own words: nobody else sees them."),
    )
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)


class SaveForm(FilterForm):
    """The filters and the order of a list, to be kept."""

    place = forms.CharField(max_length=20, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "save_%s")
        super().__init__(*args, **kwargs)
