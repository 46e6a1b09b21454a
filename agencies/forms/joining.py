"""Forms of people about their own account: join by an invitation, change or renew a password."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from accounts.text import TextField

LONGEST = 1000


def secret(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    """A password field: taken as typed, never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST, widget=widget, **kwargs)


class TwiceForm(forms.Form):
    """A new password, typed twice."""

    password = secret(
        _("New password"), "new-password", help_text=_("At least 15 letters: several words that nobody would guess.")
    )
    password_again = secret(_("The same again"), "new-password")

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("password") and found.get("password") != found.get("password_again"):
            raise ValidationError({"password_again": _("The two are not the same.")})
        return found

    def take(self, errors: dict[str, list[str]]) -> None:
        """Put a service's errors where they belong."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class JoinForm(TwiceForm):
    """Who has no account yet: name, language, password."""

    name = TextField(label=_("Your name, as it is to be written"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    field_order = ["name", "language", "password", "password_again"]


class ProveForm(forms.Form):
    """Who has an account: its password shows that it is theirs."""

    password = secret(_("Your password"), "current-password")


class ForgottenForm(forms.Form):
    """To which address the link goes."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class ChangePasswordForm(TwiceForm, OnceForm):
    """The present password, and the new one."""

    present_password = secret(_("Present password"), "current-password")

    field_order = ["token", "version", "present_password", "password", "password_again"]


class SignInForm(OnceForm):
    """Which sign-in is to end."""

    name = forms.CharField(max_length=40, widget=forms.HiddenInput)
