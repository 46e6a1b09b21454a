"""The forms of an export."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from agencies.models import Agency
from exports.models import AgencyExport


class AskForm(OnceForm):
    """Ask for an export: of which agency, what for, and that one has read what it is."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.none(), empty_label=None)
    reason = forms.ChoiceField(label=_("What it is for"), choices=[("", _("Choose")), *AgencyExport.Reason.choices])
    understood = forms.BooleanField(
        label=_("I know that the file leaves the portal, and that nothing protects it there but my own care")
    )

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        field.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies]).order_by("code")
        if len(agencies) == 1:
            field.widget, field.initial = forms.HiddenInput(), agencies[0].pk


class StepForm(OnceForm):
    """Confirm, decline or cancel: nothing to fill in."""
