"""The page behind an invitation's link: who invites, and how one joins. Also for people who are not signed in."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.forms.joining import JoinForm, ProveForm
from agencies.models import Invitation
from agencies.services import invitations
from agencies.views.acting import FORM, sent
from agencies.views.links import by_link, not_working


@login_not_required
@require_http_methods(FORM)
@by_link(invitations.invitation_of, Invitation.DoesNotExist)
def join(request: HttpRequest, token: str, row: Invitation) -> HttpResponse:
    """Accept an invitation: make an account, or show that the one with this address is one's own.

    Whether the address has an account is told to nobody but whoever holds the link. Nobody is signed in by it.
    """
    state = row.state_at(request.standing.now)
    if state != Invitation.State.OPEN:
        return not_working(request, invitations.no_longer(state))
    account = invitations.account_of(row)
    if request.user.is_authenticated and request.user != account:
        words = _("You are signed in as %(name)s, and this invitation is for another address. Sign out, then open it.")
        return not_working(request, words % {"name": request.user.name}, status=403)
    try:
        return _make(request, token, row) if account is None else _add(request, token, row, account)
    except Invitation.DoesNotExist:
        return not_working(request, status=404)
    except NotAllowed as refused:
        return not_working(request, str(refused.reason), status=410 if refused.code in Invitation.State.values else 403)


def _make(request: HttpRequest, token: str, row: Invitation) -> HttpResponse:
    """Who has no account: name, language, password."""
    form = JoinForm(sent(request), initial={"name": row.name, "language": request.LANGUAGE_CODE})
    if not form.is_valid():
        return _page(request, row, form)
    try:
        data = form.cleaned_data
        invitations.accept_as_new(token=token, name=data["name"], language=data["language"], password=data["password"])
    except Incomplete as gap:
        form.take(gap.errors)
        return _page(request, row, form)
    except MovedOn as moved:
        form = ProveForm()
        return _page(request, row, form, said=str(moved.reason), status=409)
    return _joined(request, row)


def _add(request: HttpRequest, token: str, row: Invitation, account: User) -> HttpResponse:
    """Who has one: signed in, they agree; else their password shows that it is theirs."""
    signed_in = request.user == account
    form = forms.Form(sent(request)) if signed_in else ProveForm(sent(request))
    if not form.is_valid():
        return _page(request, row, form, account=account)
    if not signed_in and not _proves(request, form, account):
        return _page(request, row, form, account=account)
    invitations.accept_as(token=token, person=account)
    return _joined(request, row)


def _proves(request: HttpRequest, form: forms.Form, account: User) -> bool:
    """Whether the password is the account's, within the limits of sign-in."""
    try:
        found = get_adapter().authenticate(request, email=account.email, password=form.cleaned_data["password"])
    except ValidationError as limit:
        form.add_error(None, limit)
        return False
    if found is None or not found.is_active:
        form.add_error("password", _("The password is not correct."))
        return False
    return True


def _joined(request: HttpRequest, row: Invitation) -> HttpResponse:
    if row.confirmed_by_id:
        words = _("You have joined %(agency)s.")
    else:
        words = _("You have joined %(agency)s. Your role runs as soon as a second person has confirmed it.")
    messages.success(request, words % {"agency": row.agency.name})
    return redirect(reverse("desk") if request.user.is_authenticated else reverse("account_login"))


def _page(
    request: HttpRequest,
    row: Invitation,
    form: forms.Form,
    *,
    account: User | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "proves": isinstance(form, ProveForm),
        "consents": account is not None and request.user == account,
        "said": said,
    }
    return render(request, "agencies/join.html", context, status=status)
