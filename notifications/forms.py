"""The shape of what a person chooses about mail."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.text import DayField
from notifications.models import ByMail, MailSettings
from notifications.registry import Kind

HOURS = range(5, 22)
# A leave that lasts longer is no leave: who acts meanwhile would have to be settled anyway.
LONGEST = timedelta(days=366)


class SettingsForm(OnceForm):
    """One choice for each kind of event; the hour of the summary; a pause."""

    digest_hour = forms.TypedChoiceField(
        label=_("Daily summary at"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in HOURS],
        help_text=_("On working days, in your agency's time zone. Nothing new, no summary."),
    )
    paused_until = DayField(
        label=_("No mail up to and including"),
        required=False,
        help_text=_("For a leave. What comes meanwhile stands under the bell, and in the first summary after it."),
    )

    def __init__(self, *args: Any, chosen: MailSettings, kinds: list[Kind], **kwargs: Any) -> None:
        pause = chosen.paused_until if chosen.paused(timezone.now()) else None
        initial = {
            "digest_hour": chosen.digest_hour,
            # The pause ends with its last day.
            "paused_until": timezone.localdate(pause - timedelta(seconds=1)) if pause else None,
        }
        initial |= {_name(kind): chosen.way(kind) for kind in kinds}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.kinds = kinds
        ways = {
            _name(kind): forms.ChoiceField(
                label=kind.label,
                choices=[(way.value, ByMail(way).label) for way in kind.offered],
                widget=forms.RadioSelect,
            )
            for kind in kinds
        }
        self.fields = {**ways, **self.fields}

    def clean_paused_until(self) -> datetime | None:
        """The moment at which the day ends, in the zone of the person's agency."""
        day = self.cleaned_data["paused_until"]
        if day is None:
            return None
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("This day has passed. Choose a later one, or leave it empty."))
        if day > today + LONGEST:
            raise forms.ValidationError(_("Choose a day within a year."))
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))

    @property
    def ways(self) -> dict[str, str]:
        """The way chosen for each kind."""
        return {kind.code: self.cleaned_data[_name(kind)] for kind in self.kinds}


def _name(kind: Kind) -> str:
    """A field's name: the kind's code without its dot."""
    return kind.code.replace(".", "_")
