"""Pages of a person about their own account: change or renew the password, see and end sign-ins."""

import uuid

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import PasswordLink
from accounts.refusals import Incomplete, NotAllowed
from accounts.sessions import sign_ins
from agencies.forms.joining import ChangePasswordForm, ForgottenForm, SignInForm, TwiceForm
from agencies.services import accounts
from agencies.views.acting import FORM, act_once, sent
from agencies.views.links import by_link, not_working


@require_http_methods(FORM)
def change_password(request: HttpRequest) -> HttpResponse:
    """Set another password; all other sign-ins end."""
    form = ChangePasswordForm(sent(request), initial={"token": uuid.uuid4()})

    def page(form: ChangePasswordForm, status: int = 200) -> HttpResponse:
        return render(request, "agencies/password_change.html", {"form": form}, status=status)

    if request.method != "POST":
        return page(form)
    if not ratelimit.consume(request, app="allauth.account", action="change_password", user=request.user):
        return ratelimit.respond_429(request)
    if not form.is_valid():
        return page(form)

    def act() -> str:
        data = form.cleaned_data
        key = request.session.session_key
        person = accounts.change_password(
            actor=request.user, present=data["present_password"], new=data["password"], session_key=key
        )
        update_session_auth_hash(request, person)
        return reverse("sign_ins")

    return act_once(request, form, act, page, _("Changed. Your other sign-ins have ended."))


@require_http_methods(FORM)
def own_sign_ins(request: HttpRequest) -> HttpResponse:
    """Where one is signed in now; each can be ended."""
    form = SignInForm(sent(request))

    def page(form: SignInForm, status: int = 200) -> HttpResponse:
        rows = sign_ins(request.user, request.session.session_key)
        for row in rows:
            row["form"] = SignInForm(initial={"token": uuid.uuid4(), "name": row["name"]}, auto_id=False)
        return render(request, "agencies/sign_ins.html", {"rows": rows, "form": form}, status=status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        accounts.end_own_sign_in(actor=request.user, name=form.cleaned_data["name"])
        return reverse("sign_ins")

    return act_once(request, form, act, page, _("That sign-in has ended."))


@login_not_required
@require_http_methods(FORM)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password: the answer is the same for every address."""
    form = ForgottenForm(sent(request))
    if not form.is_valid():
        return render(request, "agencies/password_forgotten.html", {"form": form})
    email = form.cleaned_data["email"].lower()
    if not ratelimit.consume(request, app="allauth.account", action="ask_password_link", key=email):
        return ratelimit.respond_429(request)
    accounts.ask_password_link(email=email)
    return render(request, "agencies/password_asked.html")


@login_not_required
@require_http_methods(FORM)
@by_link(accounts.password_link_of, PasswordLink.DoesNotExist)
def new_password(request: HttpRequest, token: str, row: PasswordLink) -> HttpResponse:
    """Set a new password by a mailed link, once. Nobody is signed in by it."""
    if not row.runs(request.standing.now) or not row.person.is_active:
        return not_working(request, _("This link has been used, or has run out. Ask for another one."))
    form = TwiceForm(sent(request))
    if not form.is_valid():
        return render(request, "agencies/password_new.html", {"form": form})
    try:
        accounts.renew_password(token=token, new=form.cleaned_data["password"])
    except PasswordLink.DoesNotExist:
        return not_working(request, status=404)
    except NotAllowed as refused:
        return not_working(request, str(refused.reason))
    except Incomplete as gap:
        form.take(gap.errors)
        return render(request, "agencies/password_new.html", {"form": form})
    messages.success(request, _("The new password is set: sign in with it."))
    return redirect("account_login")
