"""What people type: normal forms of letters, and no hidden marks that make a text look like another."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Direction overrides and isolates, zero-width marks, other control characters. Line breaks and tabs may stay, and
# so may the zero-width joiners that an emoji or a script needs.
HIDDEN = re.compile(
    "[\u202a-\u202e\u2060\u2066-\u2069\u200b\u200e\u200f\u061c\ufeff\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]"
)


def no_hidden_marks(value: str) -> None:
    """Raise ValidationError for marks that hide or turn text: a name must be what it looks like."""
    if HIDDEN.search(value):
        raise ValidationError(
            _("This text has invisible control marks, perhaps from copying. Type it anew, or remove them."),
            code="hidden_marks",
        )


class TextField(forms.CharField):
    """One line or several, in Unicode's composed form, without hidden marks."""

    default_validators = [no_hidden_marks]

    def __init__(self, *args: Any, lines: int = 0, **kwargs: Any) -> None:
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": lines}))
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        """Compose letters and their marks, so that the same name is the same text."""
        return unicodedata.normalize("NFC", super().to_python(value) or "")


class DayField(forms.DateField):
    """A day, typed in the browser's own date field; works as text where there is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(*args, **kwargs)
