"""The person's own choices: the language, light or dark pages, and the view of the desk."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from accounts.forms import DeskViewForm
from accounts.models import Theme, User
from accounts.submissions import once


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language: with the person when signed in, else in a cookie. Then go back."""
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep whether the person's pages are light or dark. Then go back. What is no theme changes nothing."""
    chosen = request.POST.get("theme", "")
    if chosen in Theme.values:
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return _back(request)


@require_POST
def desk_view(request: HttpRequest) -> HttpResponse:
    """Keep which view of the desk the person chose, until they choose another. What is no view changes nothing."""
    form = DeskViewForm(request.POST)
    if not form.is_valid():
        return redirect("desk")

    def act() -> str:
        User.objects.filter(pk=request.user.pk).update(desk_view=form.cleaned_data["view"])
        return reverse("desk")

    return redirect(once(person=request.user, token=form.cleaned_data["token"], act=act))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page on which the choice was made, when it is one of ours."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return HttpResponseRedirect(target)
