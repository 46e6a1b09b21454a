"""The shape of what is typed in the register: what to look for, a request on paper, numbers for several requests."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.text import DayField, TextField
from agencies.models import Agency
from mla.countries import other_states
from mla.models import RegisterNumber
from mla.number_fields import AgainField, number_date_field, number_field, past_day_field

YEARS = 10
# Fields of a form that say nothing of what is entered.
NOT_SAID = frozenset({"token", "version", "agency"})
Direction = RegisterNumber.Direction
WAYS = [(Direction.INCOMING, _("Incoming")), (Direction.OUTGOING, _("Outgoing"))]


class FilterForm(forms.Form):
    """What to look for in the register. Sent by GET; what is wrong narrows nothing and is said beside its field."""

    q = TextField(label=_("Any number"), required=False, max_length=120)
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=[("", _("both")), *WAYS])
    agency = forms.ChoiceField(label=_("Journal of"), required=False)
    other = forms.ChoiceField(label=_("Other state"), required=False)
    state = forms.ChoiceField(
        label=_("State of the request"),
        required=False,
        choices=[("", _("any")), ("open", _("open")), ("ended", _("ended"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("any")), ("portal", _("in the portal")), ("paper", _("on paper"))],
    )
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    since = DayField(label=_("Dated from"), required=False)
    until = DayField(label=_("Dated until"), required=False)

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states = other_states()
        this_year = timezone.localdate().year
        years = [(str(year), str(year)) for year in range(this_year, this_year - YEARS, -1)]
        self.fields["year"].choices = [("", _("any")), *years]
        self.fields["other"].choices = [("", _("any")), *self.states.items()]
        self.fields["agency"].choices = [("", _("all")), *((one.code, one.name) for one in agencies)]
        if len(agencies) < 2:
            del self.fields["agency"]
        for field in self.fields.values():
            field.optional_note = ""

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that can be followed: a year as its first and last day."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if year := found.pop("year", None):
            found["since"] = max(date(year, 1, 1), found.get("since", date.min))
            found["until"] = min(date(year, 12, 31), found.get("until", date.max))
        return found


class NumberForm(OnceForm):
    """The agency's own number of one request, and its day."""

    number = number_field()
    number_date = number_date_field()
    number_again = AgainField()

    @property
    def content(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in NOT_SAID}


class PaperForm(NumberForm):
    """A request on paper, as it stands in the journal."""

    direction = forms.ChoiceField(label=_("Direction"), choices=WAYS, widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(label=_("Journal of"), queryset=Agency.objects.none(), empty_label=None)
    other_state = forms.ChoiceField(label=_("Other state"))
    authority = TextField(label=_("Authority"), max_length=200, help_text=_("As it names itself on the paper."))
    their_number = TextField(label=_("Their number"), required=False, max_length=60)
    their_date = past_day_field(label=_("Date of their number"), required=False)
    subject = TextField(
        label=_("Subject"), min_length=3, max_length=200, help_text=_("A few words, by which your colleagues find it.")
    )
    crossed_on = past_day_field(label=_("Received or sent on"), initial=timezone.localdate)
    answer_due = DayField(label=_("Answer asked by"), required=False)
    answered_on = past_day_field(label=_("Answered on"), required=False)
    closed_on = past_day_field(label=_("Closed on"), required=False)
    remark = TextField(label=_("Remark"), required=False, max_length=2000, lines=3)

    # As on the page, for the summary of errors.
    field_order = (
        *("direction", "agency", "number", "number_date", "crossed_on", "number_again", "other_state", "authority"),
        *("their_number", "their_date", "subject", "answer_due", "answered_on", "closed_on", "remark"),
    )

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies])
        if len(agencies) < 2:
            del self.fields["agency"]
        self.fields["other_state"].choices = [("", _("choose")), *other_states().items()]


class VoidForm(OnceForm):
    """Why a request on paper is marked void."""

    reason = TextField(
        label=_("Reason"), max_length=300, help_text=_("Such as: entered twice. Its number stays given.")
    )
