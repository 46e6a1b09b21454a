"""Forms of an agency's admin: invite, propose a role, decide, hand work over."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.text import DayField, TextField
from agencies.models import Membership, Role, RoleProposal

CONFIRM, DECLINE = "confirm", "decline"


class ReasonForm(OnceForm):
    """A decision, and why when it is a refusal."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[(CONFIRM, _("Confirm")), (DECLINE, _("Decline"))], widget=forms.RadioSelect
    )
    reason = TextField(label=_("Reason"), max_length=500, required=False, lines=3, help_text=_("Needed to decline."))

    @property
    def approves(self) -> bool:
        """Whether the decision is yes."""
        return bool(self.cleaned_data["decision"] == CONFIRM)


class InviteForm(OnceForm):
    """Whom to invite, and which roles they are to hold."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = TextField(
        label=_("Name"), max_length=150, help_text=_("As you know it; the person corrects the spelling when they join.")
    )
    post = TextField(label=_("Post"), max_length=150, required=False)
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, widget=forms.RadioSelect, initial="ru"
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Proposed when the person has joined; a second person confirms each. "
            "The power to sign has a last day: propose it afterwards."
        ),
    )

    def __init__(self, *args: Any, offered: Sequence[Role], only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, role.label) for role in offered]
        if only:
            self.fields["roles"].initial = [role.value for role in offered]


class RoleForm(OnceForm):
    """A role for a member: from when, until when, and as a deputy for whom."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    first = DayField(label=_("First day"), required=False, help_text=_("Empty: as soon as it is confirmed."))
    last = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: for good. Who signs, and who acts as a deputy, has a last day."),
    )
    acting_for = forms.ModelChoiceField(
        label=_("As deputy for"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("nobody: a role of their own"),
    )

    def __init__(self, *args: Any, offered: Iterable[Role], others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in offered]
        self.fields["acting_for"].queryset = others
        self.fields["acting_for"].label_from_instance = person_and_post


class ProposalsForm(ReasonForm):
    """Several proposed roles, decided at once."""

    proposals = forms.MultipleChoiceField(
        label=_("Proposed roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one."),
            "invalid_choice": _("One of these is no longer yours to decide. Look at the list again."),
        },
    )
    all_shown = forms.BooleanField(label=_("All on this page"), required=False)

    def __init__(self, *args: Any, rows: Sequence[RoleProposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = [row.pk for row in rows]
        self.fields["proposals"].choices = [(str(row.pk), row.membership.user.name) for row in rows]
        if self.is_bound and self.data.get("all_shown"):
            self.fields["proposals"].required = False

    @property
    def chosen(self) -> list[uuid.UUID]:
        """The proposals that the decision is about."""
        if self.cleaned_data.get("all_shown"):
            return self.shown
        return [uuid.UUID(pk) for pk in self.cleaned_data["proposals"]]


class HandoverForm(OnceForm):
    """Who takes the work over."""

    receiver = forms.ModelChoiceField(label=_("Who takes it over"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, receivers: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["receiver"]
        field.queryset = Membership.objects.filter(pk__in=[row.pk for row in receivers]).select_related("user")
        field.queryset = field.queryset.order_by("user__name", "pk")
        field.label_from_instance = person_and_post


def person_and_post(row: Membership) -> str:
    """A member in a list to choose from."""
    return f"{row.user.name}, {row.post}" if row.post else row.user.name
