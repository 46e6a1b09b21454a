"""The forms of a share: what is asked for, item by item, and what is decided."""

import uuid
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.text import DayField, TextField
from agencies.models import Agency
from cases.items import KINDS, Content, headline, parts_of, second_line
from cases.models import CaseItem, Share
from cases.services.shares import Chosen


class RecipientField(forms.ModelChoiceField):
    """An agency, its code in front: names are long and begin alike, and a narrow page cuts them off."""

    def label_from_instance(self, agency: Agency) -> str:
        """Code, which begins with the state's, and name."""
        return f"{agency.code} · {agency.name}"


class AskForm(OnceForm):
    """Which items go, without which of their parts, to whom, for what, until when."""

    recipient = RecipientField(label=_("Recipient"), queryset=Agency.objects.none())
    purpose = TextField(
        label=_("Permitted purpose"),
        max_length=5000,
        lines=3,
        help_text=_("The recipient reads this. Any other use needs your agency's consent (UNTOC 18(19))."),
    )
    until = DayField(label=_("Access until"), help_text=_("To the end of this day in your agency's time zone."))

    def __init__(
        self, *args: Any, owner: Agency, items: list[CaseItem], contents: dict[uuid.UUID, Content], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        others = Agency.objects.exclude(pk=owner.pk).exclude(state=None).select_related("state")
        self.fields["recipient"].queryset = others.order_by("state__code", "code")
        self.rows: list[dict[str, Any]] = []
        for item in items:
            content = contents[item.pk]
            tick, out = f"item_{item.pk}", f"out_{item.pk}"
            self.fields[tick] = forms.BooleanField(label=headline(content), required=False)
            choices = [(part.name, part.label) for part in parts_of(content) if part.name not in KINDS[item.kind].fixed]
            self.fields[out] = forms.MultipleChoiceField(
                label=_("Stays out"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )
            self.rows.append(
                {"item": item, "tick": tick, "out": out, "second": second_line(content), "parts": parts_of(content)}
            )

    @property
    def item_rows(self) -> list[dict[str, Any]]:
        """The rows with their bound fields, for the page."""
        return [row | {"tick_field": self[row["tick"]], "out_field": self[row["out"]]} for row in self.rows]

    @property
    def chosen(self) -> list[Chosen]:
        """What the service takes."""
        return [
            Chosen(item_id=row["item"].pk, withheld=tuple(self.cleaned_data.get(row["out"], ())))
            for row in self.rows
            if self.cleaned_data.get(row["tick"])
        ]

    def clean(self) -> dict[str, Any]:
        """At least one item goes."""
        data = super().clean() or {}
        if not any(data.get(row["tick"]) for row in self.rows):
            self.add_error(None, _("Tick at least one item."))
        return data


class DecisionForm(OnceForm):
    """What a liaison officer decides: approve all or some or for a shorter time, send back, or decline."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("approve", _("Approve the ticked items")),
            ("send_back", _("Send back with a question")),
            ("decline", _("Decline")),
        ],
        widget=forms.RadioSelect,
    )
    until = DayField(label=_("Access until"), required=False)
    reason = TextField(
        label=_("Question or reason"),
        required=False,
        max_length=5000,
        lines=3,
        help_text=_("Needed to send back or decline. Only your agency reads it."),
    )
    looked = forms.BooleanField(label=_("I have looked at each item, as the recipient will see it"), required=False)
    items = forms.MultipleChoiceField(choices=[], required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, share: Share, item_ids: list[uuid.UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [(str(pk), str(pk)) for pk in item_ids]
        self.fields["until"].initial = share.until
        if share.until:
            words = gettext("Any day from today to %(day)s, which was asked for.")
            self.fields["until"].help_text = words % {"day": date_format(share.until)}
        self.fields["reason"].optional_note = _("(needed unless you approve)")

    def clean(self) -> dict[str, Any]:
        """Approving wants a look at each item; the others want words."""
        data = super().clean() or {}
        if data.get("decision") == "approve":
            if not data.get("looked"):
                self.add_error("looked", _("Look at each item first, then tick this."))
            if not data.get("items"):
                self.add_error(None, _("Tick at least one item, or decline the share."))
        elif data.get("decision") and not data.get("reason"):
            self.add_error("reason", _("Say why, in your own words."))
        return data


class ReasonForm(OnceForm):
    """A step that wants a reason, or may have one."""

    reason = TextField(
        label=_("Reason"), required=False, max_length=5000, lines=3, help_text=_("Only your agency reads it.")
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed
