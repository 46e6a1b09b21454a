"""The fields in which an agency's own number is typed, wherever one is given: a step, several at once, on paper."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.text import DayField, TextField


def number_field() -> TextField:
    """The number in the agency's own journal."""
    return TextField(label=_("Own number in the register"), max_length=60)


def number_date_field() -> DayField:
    """The number's day: today unless said otherwise, and never ahead."""
    return past_day_field(label=_("Date of the number"), initial=timezone.localdate)


def past_day_field(**kwargs: Any) -> DayField:
    """A day that is today or has passed."""
    field = DayField(**kwargs)
    field.validators.append(not_ahead)
    return field


def not_ahead(value: Any) -> None:
    """What is in a journal is done today or was done before."""
    if value > timezone.localdate():
        raise forms.ValidationError(_("This day is still to come."))


class AskedOnly(BoundField):
    """A tick that is not on the page until a first sending was answered by asking for it."""

    @property
    def is_hidden(self) -> bool:
        """Left out by who shows the visible fields; once asked for it stays."""
        return not (self.errors or self.value())


class AgainField(forms.BooleanField):
    """Whether a number that is given already is meant to be given again."""

    def __init__(self) -> None:
        super().__init__(label=_("Give this number again"), required=False)

    def get_bound_field(self, form: Any, field_name: str) -> AskedOnly:
        """Hidden until asked for."""
        return AskedOnly(form, self, field_name)
