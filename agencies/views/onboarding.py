"""Pages of a platform admin: applications of new agencies, the agencies and their admins, accounts."""

import uuid
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.formsets import one_row_more, wants_row
from accounts.models import User
from accounts.refusals import refuse
from agencies.forms.onboarding import (
    AddressForm,
    ApplicationForm,
    ApprovalForm,
    ChangeForm,
    DesignationFormSet,
)
from agencies.forms.people import ReasonForm
from agencies.legal_basis import designation_names
from agencies.models import AccountChange, Agency, Application, Designation, Invitation, Role, RoleAssignment
from agencies.services import accounts, applications
from agencies.views.acting import FORM, act_once, ask, platform_admins_only, sent
from agencies.views.people import invitation_rows

ROWS = "designations"
AT_MOST = 200
# How a proposal looks, by its state.
LOOK = {
    Application.State.PENDING: ("attention", "user-check"),
    Application.State.APPROVED: ("good", "check"),
    Application.State.DECLINED: ("bad", "ban"),
    Application.State.WITHDRAWN: ("end", "circle-x"),
}


def look(row: Any) -> dict[str, Any]:
    """Word, tone and icon of a proposal's state, for the badge."""
    tone, icon = LOOK[row.state]
    return {"label": row.get_state_display(), "tone": tone, "icon": icon}


@require_safe
@platform_admins_only
def index(request: HttpRequest) -> HttpResponse:
    """Applications, newest first; what waits for this person on top."""
    rows = Application.objects.select_related("home_state", "proposed_by", "decided_by")[:AT_MOST]
    found = [{"row": row, "look": look(row), "yours": _yours(row, request)} for row in rows]
    context = {"rows": sorted(found, key=lambda one: not one["yours"])}
    return render(request, "agencies/applications.html", context)


@require_http_methods(FORM)
@platform_admins_only
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a new agency."""
    return _application_form(request, None)


@require_http_methods(FORM)
@platform_admins_only
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what one entered, while nobody has decided."""
    row = _application(pk)
    back = reverse("onboarding:detail", args=[pk])
    if row.proposed_by_id != request.user.pk:
        words = _("Only the person who entered it changes it: whoever approves must be another.")
        return refuse(request, words, back=back)
    if not row.is_pending and request.method != "POST":
        return refuse(request, _("This application has been decided."), back=back)
    return _application_form(request, row)


@require_http_methods(FORM)
@platform_admins_only
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One application: what was entered, what comes next, and the decision of the second person."""
    row = _application(pk)
    form = ApprovalForm(sent(request), initial={"token": uuid.uuid4(), "version": row.version})

    def page(form: ApprovalForm, status: int = 200) -> HttpResponse:
        return render(
            request, "agencies/application.html", _of_application(request, _application(pk), form), status=status
        )

    mine = row.proposed_by_id == request.user.pk
    if request.method != "POST" or (not form.is_valid() and not mine and row.is_pending):
        return page(form)

    def act() -> str:
        good = form.is_valid()
        applications.decide_application(
            actor=request.user,
            pk=pk,
            version=form.cleaned_data.get("version") or 0,
            approve=good and form.approves,
            reason=form.cleaned_data.get("reason", ""),
        )
        return reverse("onboarding:detail", args=[pk])

    done = _("Approved: the agency is in the directory, its first admin is invited.")
    if form.cleaned_data.get("decision") == "decline":
        done = _("Declined.")
    return act_once(request, form, act, page, done, version_now=lambda: _application(pk).version)


@require_http_methods(FORM)
@platform_admins_only
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back what one entered."""
    row = _application(pk)
    back = reverse("onboarding:detail", args=[pk])
    if row.proposed_by_id != request.user.pk:
        return refuse(request, _("Only the person who proposed this can take it back."), back=back)

    def act() -> str:
        applications.withdraw_application(actor=request.user, pk=pk)
        return back

    return ask(request, "agencies/withdraw_application.html", {"row": row, "back": back}, act, _("Taken back."))


@require_safe
@platform_admins_only
def agencies(request: HttpRequest) -> HttpResponse:
    """All agencies with the number of their admins and people, and the invitations sent by platform admins."""
    now = request.standing.now
    roles = RoleAssignment.objects.current(now)
    admins = dict(_count(roles.admins()))
    people = dict(_count(roles))
    rows = [
        {"agency": agency, "admins": admins.get(agency.pk, 0), "people": people.get(agency.pk, 0)}
        for agency in Agency.objects.select_related("state").order_by("code")
    ]
    ours = Invitation.objects.filter(by_platform=True, used_at=None, revoked_at=None)
    invited = list(ours.select_related("agency__state", "invited_by")[:AT_MOST])
    context = {"rows": rows, "invited": invitation_rows(invited, request)}
    return render(request, "agencies/agencies.html", context)


@require_safe
@platform_admins_only
def find_account(request: HttpRequest) -> HttpResponse:
    """Look an account up by its whole address; changes that wait for a second person."""
    form = AddressForm(request.GET or None)
    if request.GET and form.is_valid():
        person = User.objects.filter(email__iexact=form.cleaned_data["email"]).first()
        if person is not None:
            return redirect("onboarding:account", person.pk)
        form.add_error("email", _("Nobody signs in with this address."))
    waiting = AccountChange.objects.filter(state=AccountChange.State.PENDING).select_related("person", "proposed_by")
    return render(request, "agencies/accounts.html", {"form": form, "waiting": list(waiting[:AT_MOST])})


@require_http_methods(FORM)
@platform_admins_only
def account(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One account: where it works, what was done to it, and the step that is open: propose, or decide."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    pending = _pending(person)
    if pending is not None and pending.proposed_by_id != request.user.pk:
        return _decide_change(request, person, pending)
    form = ChangeForm(sent(request), initial={"token": uuid.uuid4(), "wanted": _wanted(person)})

    def page(form: ChangeForm, status: int = 200) -> HttpResponse:
        return _account_page(request, person, form, status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        accounts.propose_change(actor=request.user, person_id=pk, wanted=form.cleaned_data["wanted"])
        return reverse("onboarding:account", args=[pk])

    return act_once(request, form, act, page, _("Proposed. It is done as soon as another platform admin confirms it."))


@require_http_methods(FORM)
@platform_admins_only
def withdraw_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back a change of an account that one proposed."""
    row = AccountChange.objects.select_related("person").filter(pk=pk).first()
    if row is None:
        raise Http404
    back = reverse("onboarding:account", args=[row.person_id])

    def act() -> str:
        accounts.withdraw_change(actor=request.user, pk=pk)
        return back

    return ask(request, "agencies/withdraw_change.html", {"row": row, "back": back}, act, _("Taken back."))


def _decide_change(request: HttpRequest, person: User, pending: AccountChange) -> HttpResponse:
    form = ReasonForm(sent(request), initial={"token": uuid.uuid4()})

    def page(form: ReasonForm, status: int = 200) -> HttpResponse:
        return _account_page(request, User.objects.get(pk=person.pk), form, status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        approve, reason = form.approves, form.cleaned_data["reason"]
        accounts.decide_change(actor=request.user, pk=pending.pk, approve=approve, reason=reason)
        return reverse("onboarding:account", args=[person.pk])

    return act_once(request, form, act, page, _("Confirmed.") if form.approves else _("Declined."))


def _account_page(request: HttpRequest, person: User, form: Any, status: int) -> HttpResponse:
    now = request.standing.now
    pending = _pending(person)
    context = {
        "account": person,
        "form": form,
        "pending": pending,
        "mine": pending is not None and pending.proposed_by_id == request.user.pk,
        "own": person.pk == request.user.pk,
        "wanted": AccountChange.Wanted(_wanted(person)).label,
        "memberships": [
            {"row": row, "current": row.is_current(now)}
            for row in person.memberships.select_related("agency").order_by("-starts")
        ],
        "history": list(
            AccountChange.objects.filter(person=person)
            .exclude(state=AccountChange.State.PENDING)
            .select_related("proposed_by", "decided_by")[:20]
        ),
    }
    return render(request, "agencies/account.html", context, status=status)


def _application_form(request: HttpRequest, row: Application | None) -> HttpResponse:
    """The form of an application: new, or one's own before it is decided."""

    def page(form: ApplicationForm, status: int = 200, rows: Any = None) -> HttpResponse:
        context = {"form": form, "designations": rows or designations, "row": row}
        return render(request, "agencies/application_form.html", context, status=status)

    if request.method != "POST":
        initial: dict[str, Any] = {"token": uuid.uuid4(), "admin_language": "ru"}
        if row is not None:
            initial |= {name: getattr(row, name) for name in applications.FIELDS} | {"version": row.version}
        designations = DesignationFormSet(prefix=ROWS, initial=row.designations if row else [])
        designations.extra = 1 if row is None else 0
        return page(ApplicationForm(initial=initial))
    if wants_row(request.POST, ROWS):
        more = one_row_more(DesignationFormSet, request.POST, ROWS)
        return page(ApplicationForm(initial=request.POST.dict()), rows=more)
    form = ApplicationForm(request.POST)
    designations = DesignationFormSet(request.POST, prefix=ROWS)
    if not (form.is_valid() & designations.is_valid()):
        return page(form)

    def act() -> str:
        if row is None:
            made = applications.enter_application(
                actor=request.user, content=form.content, designations=designations.content
            )
        else:
            made = applications.change_application(
                actor=request.user,
                pk=row.pk,
                version=form.cleaned_data["version"] or 0,
                content=form.content,
                designations=designations.content,
            )
        return reverse("onboarding:detail", args=[made.pk])

    done = _("Entered. Another platform admin approves it.") if row is None else _("Saved.")
    again = (lambda: _application(row.pk).version) if row is not None else None
    return act_once(request, form, act, page, done, version_now=again)


def _of_application(request: HttpRequest, row: Application, form: ApprovalForm) -> dict[str, Any]:
    words = designation_names()
    rows = [
        one
        | {
            "basis_label": words.get(one["basis"], one["basis"]),
            "function_label": Designation.Function(one["function"]).label,
            "stage_label": Designation.Stage(one["stage"]).label,
        }
        for one in applications.with_days(row.designations)
    ]
    first = row.agency.invitations.filter(confirmed_by__isnull=False)[:1] if row.agency else []
    others = RoleAssignment.objects.current(request.standing.now).of([Role.PLATFORM_ADMIN])
    return {
        "row": row,
        "form": form,
        "look": look(row),
        "mine": row.proposed_by_id == request.user.pk,
        "yours": _yours(row, request),
        "designations": rows,
        "first": invitation_rows(list(first), request),
        "others": sorted(
            others.exclude(membership__user=row.proposed_by_id)
            .values_list("membership__user__name", flat=True)
            .distinct()
        ),
    }


def _application(pk: uuid.UUID) -> Application:
    rows = Application.objects.select_related("home_state", "proposed_by", "decided_by", "agency")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _yours(row: Application, request: HttpRequest) -> bool:
    return row.is_pending and row.proposed_by_id != request.user.pk


def _pending(person: User) -> AccountChange | None:
    rows = AccountChange.objects.filter(person=person, state=AccountChange.State.PENDING)
    return rows.select_related("proposed_by").first()


def _wanted(person: User) -> str:
    return AccountChange.Wanted.DEACTIVATE if person.is_active else AccountChange.Wanted.REACTIVATE


def _count(rows: Any) -> Any:
    return rows.values_list("membership__agency").annotate(n=Count("membership__user", distinct=True))
