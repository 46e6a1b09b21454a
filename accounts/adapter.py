"""django-allauth, closed: nobody signs up, and a deactivated person gets the same answer as a wrong password."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited by their agency's admin; there is no sign-up."""
        return False

    def can_delete_email(self, email_address: object) -> bool:
        """The address is the account's name; an admin changes it."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """The same words as for a wrong password, so that nobody learns who has an account."""
        messages.error(request, _("The e-mail address or the password is not correct."))
        return HttpResponseRedirect(reverse("account_login"))

    def login(self, request: HttpRequest, user: User) -> None:
        """Note when and with which browser, so that people know their own sign-ins again."""
        super().login(request, user)
        request.session["began"] = timezone.now().isoformat()
        request.session["browser"] = self.get_http_user_agent(request)[:200]

    def add_message(self, request: HttpRequest, level: int, *args: object, **kwargs: object) -> None:
        """Keep quiet: 'you have signed in' says nothing that the page does not show."""
