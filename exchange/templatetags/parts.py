"""What the page `parts` shows of forms and names: one field of each kind, some with an error."""

from __future__ import annotations

from django import forms, template
from django.utils.translation import gettext_lazy as _

register = template.Library()

CHOICES = [
    ("approve", _("Approve")),
    ("send_back", _("Send back with a question")),
    ("decline", _("Decline")),
]


class SampleForm(forms.Form):
    """One field of each kind of control."""

    title = forms.CharField(label=_("Title"), help_text=_("What the request is about, in one line."))
    deadline_reason = forms.CharField(label=_("Reason for the deadline"), widget=forms.Textarea(attrs={"rows": 3}))
    basis = forms.ChoiceField(label=_("Legal basis"), choices=[("", "-"), ("untoc", "UNTOC")], required=False)
    until = forms.DateField(label=_("Deadline"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    decision = forms.ChoiceField(label=_("Decision"), choices=CHOICES, widget=forms.RadioSelect)
    parts = forms.MultipleChoiceField(
        label=_("Stays hidden"), choices=CHOICES[:2], widget=forms.CheckboxSelectMultiple, required=False
    )
    looked = forms.BooleanField(label=_("I have looked at each item and its handling code"))
    attachment = forms.FileField(label=_("Attach file"), required=False)


class SampleRow(forms.Form):
    """A row of the sample formset."""

    description = forms.CharField(label=_("Description"))


@register.simple_tag
def sample_form() -> SampleForm:
    """Return a form as it comes back with errors."""
    return SampleForm({"title": "Records for one rifle"}, auto_id="sample_%s")


@register.simple_tag
def sample_formset() -> forms.BaseFormSet:
    """Return a formset of two empty rows."""
    return forms.formset_factory(SampleRow, extra=2)(prefix="sample")


@register.simple_tag
def sample_spellings() -> list[dict[str, str]]:
    """Return other spellings of one invented name, each with where it comes from."""
    return [
        {"text": "Kasymov Ruslan", "lang": "ky-Latn", "source": str(_("passport"))},
        {"text": "Qosimov Ruslan Odil oʻgʻli", "lang": "uz", "source": str(_("Uzbek file"))},
    ]
