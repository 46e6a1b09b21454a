"""What an auditor looks for; sent by GET, so that a page can be bookmarked and sent on."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.text import DayField
from audit import registry
from audit.registry import Reach


class FilterForm(forms.Form):
    """Period, agency, person, kind of event, subject, refusals."""

    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    event = forms.ChoiceField(label=_("Event"), required=False)
    subject = forms.UUIDField(
        label=_("Id of the record"),
        required=False,
        help_text=_("As it stands in the address of the record's page; who works on the record can tell it."),
        error_messages={"invalid": _("An id looks like 0b5c7a12-3f4d-4e6a-9b8c-1d2e3f4a5b6c.")},
    )
    refused = forms.BooleanField(label=_("Refused attempts only"), required=False)

    def __init__(self, data: Any, *, reach: Reach) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.optional_note = ""
        agencies = registry.agencies().choices(reach)
        chosen = self.data.get("agency", "") or (agencies[0][0] if len(agencies) == 1 else "")
        known = chosen in dict(agencies)
        people = registry.agencies().people_of(chosen) if known else []
        self._set("agency", _("All agencies"), [(code, f"{code} · {name}") for code, name in agencies])
        self._set("person", _("All people") if known else _("Choose an agency first"), people)
        self._set("event", _("All events"), registry.events())

    def _set(self, name: str, nothing: Any, choices: list[Any]) -> None:
        field = self.fields[name]
        field.choices = [("", nothing), *choices]
        field.error_messages["invalid_choice"] = _("This is not among the choices. Choose again.")

    def clean(self) -> dict[str, Any]:
        """The period has a beginning before its end."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return cleaned

    @property
    def wanted(self) -> dict[str, Any]:
        """What was asked, for the query: days become moments in the reader's time zone."""
        data = dict(self.cleaned_data)
        since, until = data.pop("since"), data.pop("until")
        if since:
            data["since"] = _midnight(since)
        # The calendar's last day has no day after it, and nothing to end.
        if until and until < date.max:
            data["before"] = _midnight(until + timedelta(days=1))
        return data


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
