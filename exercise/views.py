"""Signing in, where an exercise offers its people; and its guided paths. Without an exercise there is neither."""

import uuid
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from exercise.guide import cast, paths, speak


class SignIn(LoginView):  # type: ignore[misc]
    """django-allauth's sign-in; in an exercise the page offers its people, and a choice fills in the address."""

    def get_initial(self) -> dict[str, Any]:
        """The address of the person whose part is to be taken: named by the account's key, never by the address."""
        found = super().get_initial()
        if settings.EXERCISE and (chosen := _key(self.request.GET.get("person", ""))):
            accounts = {part.account: part.player.email for parts in cast().values() for part in parts}
            found["login"] = accounts.get(chosen, "")
        return found

    def form_valid(self, form: Any) -> HttpResponse:
        """In an exercise whoever takes a part goes on in the language that they chose at the door."""
        response = super().form_valid(form)
        chosen = self.request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if settings.EXERCISE and chosen in dict(settings.LANGUAGES):
            speak(self.request.user, chosen)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the exercise's people by role."""
        return super().get_context_data(**kwargs) | {"cast": cast() if settings.EXERCISE else {}}


# allauth's own view would take a PUT for a POST.
sign_in = require_http_methods(["GET", "HEAD", "POST"])(SignIn.as_view())


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """'Play this in ten minutes', for each role that a stranger may take; open to all who can reach the sign-in."""
    if not settings.EXERCISE:
        raise Http404
    reader = request.user if request.user.is_authenticated else None
    return render(request, "exercise/guide.html", {"paths": paths(reader)})


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
