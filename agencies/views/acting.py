"""What the pages of admins have in common: who may open them, and how a form is acted upon."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm, carried_on
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once
from agencies import policies
from agencies.models import Agency
from agencies.standing import Standing
from audit.models import Outcome
from audit.services import record

View = Callable[..., HttpResponse]
# The methods of a page with a form.
FORM = ["GET", "HEAD", "POST"]
PEOPLE_CLOSED = _("Only an admin looks after people: ask your agency's.")
AGENCIES_CLOSED = _("Only a platform admin looks after agencies and accounts.")


def only(allowed: Callable[[Standing], bool], reason: Promise) -> Callable[[View], View]:
    """Open a page to those whose standing allows it; others read why not, and what they sent is an event."""

    def wrap(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if allowed(request.standing):
                return view(request, *args, **kwargs)
            if request.method == "POST":
                record(
                    "page.refuse",
                    actor=request.user,
                    subject_type="page",
                    subject_id=None,
                    outcome=Outcome.REFUSED,
                    code="role",
                    source=request.resolver_match.view_name,
                )
            return refuse(request, reason)

        return asked

    return wrap


def manages_people(standing: Standing) -> bool:
    """Whether the person looks after some agency's people."""
    return bool(policies.managed(standing))


admins_only = only(manages_people, PEOPLE_CLOSED)
platform_admins_only = only(policies.is_platform_admin, AGENCIES_CLOSED)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, if something was: also a form without a single field."""
    return request.POST if request.method == "POST" else None


def chosen_agency(request: HttpRequest) -> Agency:
    """Whose people the page is about: the agency that the address names, else the first."""
    found = policies.managed(request.standing)
    code = request.GET.get("agency", "")
    return next((agency for agency in found if agency.code == code), found[0])


def act_once(
    request: HttpRequest,
    form: OnceForm,
    act: Callable[[], str],
    page: Callable[..., HttpResponse],
    done: str | Promise,
    *,
    version_now: Callable[[], int] | None = None,
) -> HttpResponse:
    """Do it once and lead on; or show the page again with what was typed and what is wrong.

    `page` takes the form and a status; `version_now` gives the version to which a form is carried on.
    """
    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except ObjectDoesNotExist:
        raise Http404 from None
    except NotAllowed as refused:
        return refuse(request, refused.reason)
    except Incomplete as gap:
        form.take(gap.errors or {"": [str(gap.reason)]})
        return page(form)
    except MovedOn as moved:
        if version_now is not None:
            form.data = carried_on(request.POST, version_now())
        form.add_error(None, str(moved.reason))
        return page(form, status=409)
    messages.success(request, str(done))
    return redirect(url)


def ask(
    request: HttpRequest, template: str, context: dict[str, Any], act: Callable[[], str], done: str | Promise
) -> HttpResponse:
    """A page that says what will happen, with one button; sent, it happens."""
    form = OnceForm(sent(request), initial={"token": uuid.uuid4()})

    def page(form: OnceForm, status: int = 200) -> HttpResponse:
        return render(request, template, context | {"form": form}, status=status)

    if not form.is_valid():
        return page(form)
    return act_once(request, form, act, page, done)
