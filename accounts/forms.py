"""What every form that changes something has: it counts once, and knows which version of the record it was made for."""

import uuid

from django import forms
from django.http import QueryDict

from accounts.models import DeskView


class OnceForm(forms.Form):
    """A form that counts once, and knows which version of the record was on the page."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def take(self, errors: dict[str, list[str]]) -> None:
        """Put a service's errors where they belong; what has no field of its own stands above the form."""
        for name, messages in errors.items():
            at = name if name in self.fields else next((one for one in self.fields if one.startswith(f"{name}_")), None)
            for message in messages:
                self.add_error(at, message)


class DeskViewForm(OnceForm):
    """Which of its views a desk shows from now on."""

    view = forms.ChoiceField(choices=DeskView.choices)


def carried_on(typed: QueryDict, version: int, prefix: str = "") -> QueryDict:
    """What was typed, to be sent once more: for the version that the record has now, and as a sending of its own.

    `prefix`: of the one form among several on the page.
    """
    data = typed.copy()
    start = f"{prefix}-" if prefix else ""
    data[f"{start}version"], data[f"{start}token"] = str(version), str(uuid.uuid4())
    return data
