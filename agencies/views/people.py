"""Pages of an agency's admin: its people, one of them, invitations, roles, leaving, handing work over."""

import uuid
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import refuse
from agencies import policies, work
from agencies.forms.people import HandoverForm, InviteForm, RoleForm
from agencies.models import CASE_ROLES, Agency, Invitation, Membership, Role, RoleAssignment, RoleProposal
from agencies.services import handovers, invitations, roles
from agencies.views.acting import FORM, act_once, admins_only, ask, chosen_agency, sent
from notifications.models import Letter

PAGE = 50
# How an invitation looks, by its state.
LOOK = {
    Invitation.State.OPEN: ("attention", "mail"),
    Invitation.State.ACCEPTED: ("good", "check"),
    Invitation.State.REVOKED: ("end", "circle-x"),
    Invitation.State.EXPIRED: ("neutral", "clock-x"),
}


@require_safe
@admins_only
def index(request: HttpRequest) -> HttpResponse:
    """The people of an agency by name, now or ended; those who were invited and have not come yet."""
    agency = chosen_agency(request)
    now = request.standing.now
    ended = request.GET.get("show") == "ended"
    words = request.GET.get("q", "").strip().replace("\0", "")[:150]
    rows = Membership.objects.filter(agency=agency)
    rows = rows.ended(now) if ended else rows.current(now)
    if words:
        rows = rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
    rows = rows.select_related("user").prefetch_related(
        Prefetch("roles", RoleAssignment.objects.order_by("starts"), "all_roles"),
        Prefetch("proposals", RoleProposal.objects.filter(state=RoleProposal.State.PENDING), "waiting"),
    )
    page = _number(request)
    found = list(rows.order_by("user__name", "pk")[page * PAGE : (page + 1) * PAGE + 1])
    context = {
        "agency": agency,
        "agencies": policies.managed(request.standing),
        "rows": [_row(row, request) for row in found[:PAGE]],
        "ended": ended,
        "words": words,
        "before": _address(agency, ended, words, page - 1) if page else "",
        "after": _address(agency, ended, words, page + 1) if len(found) > PAGE else "",
        "invited": [] if ended or page else open_invitations(request, agency, words),
        "decides": RoleProposal.objects.waiting_for(request.user, now).exists(),
    }
    return render(request, "agencies/people.html", context)


@require_safe
@admins_only
def member(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One member: roles with their dates, what waits, how much work would pass on, and what can be done."""
    row = _member(request, pk)
    now = request.standing.now
    own = row.user_id == request.user.pk
    held = list(row.roles.select_related("acting_for__user", "given_by").order_by("-starts", "pk"))
    context = {
        "member": row,
        "agency": row.agency,
        "own": own,
        "current": row.is_current(now),
        "running": [one for one in held if one.ends is None or one.ends > now],
        "past": [one for one in held if one.ends is not None and one.ends <= now],
        "waiting": list(
            row.proposals.filter(state=RoleProposal.State.PENDING).select_related("proposed_by", "acting_for__user")
        ),
        "handovers": list(row.handovers.select_related("receiver__user", "proposed_by")[:10]),
        "work": work.waiting(row.user, row.agency),
    }
    return render(request, "agencies/member.html", context)


@require_http_methods(FORM)
@admins_only
def invite(request: HttpRequest) -> HttpResponse:
    """Invite one person: into one's own agency, or, as a platform admin, an admin for any."""
    agency = _agency_to_invite_into(request)
    offered = policies.roles_to_invite(request.standing, agency) if agency else ()
    if agency is None or not offered:
        raise Http404
    only_admin = not policies.manages(request.standing, agency.pk)
    form = InviteForm(
        sent(request), offered=offered, only=only_admin, initial={"token": uuid.uuid4(), "language": "ru"}
    )

    def page(form: InviteForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "agency": agency, "back": back, "days": settings.INVITATION_DAYS}
        return render(request, "agencies/invite.html", context, status=status)

    back = reverse("onboarding:agencies") if only_admin else _address(agency)
    if not form.is_valid():
        return page(form)

    def act() -> str:
        data = form.cleaned_data
        invitations.invite(
            actor=request.user,
            agency_id=agency.pk,
            email=data["email"],
            name=data["name"],
            post_held=data["post"],
            language=data["language"],
            roles=data["roles"],
        )
        return back

    return act_once(request, form, act, page, _("Invited. The link goes to that address alone: nobody else sees it."))


@require_http_methods(FORM)
@admins_only
def invitation_step(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Send an invitation anew, or take it back."""
    row = Invitation.objects.select_related("agency").filter(pk=pk).first()
    if row is None or name not in INVITATION_STEPS or not invitations.may_act_on(request.standing, row):
        raise Http404
    verb, label, done = INVITATION_STEPS[name]
    back = reverse("onboarding:agencies") if row.by_platform else _address(row.agency)
    if row.state_at(request.standing.now) not in (Invitation.State.OPEN, Invitation.State.EXPIRED):
        return refuse(request, _("This invitation is closed: nothing more can be done with it."), back=back)
    context = {"row": row, "label": label, "back": back, "danger": name == "revoke", "days": settings.INVITATION_DAYS}

    def act() -> str:
        verb(actor=request.user, pk=pk)
        return back

    return ask(request, "agencies/invitation_step.html", context, act, done)


@require_http_methods(FORM)
@admins_only
def role(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Propose a role for a member, for a second person to confirm."""
    row = _member(request, pk)
    if row.user_id == request.user.pk:
        return refuse(request, _("Nobody changes their own roles: another admin must do this."), back=_of(row))
    holders = RoleAssignment.objects.current(request.standing.now).of(CASE_ROLES).filter(membership__agency=row.agency)
    others = Membership.objects.filter(pk__in=holders.values("membership")).exclude(user=row.user_id)
    form = RoleForm(
        sent(request),
        offered=policies.roles_to_give(request.standing, row.agency),
        others=others.select_related("user").order_by("user__name", "pk"),
        initial={"token": uuid.uuid4()},
    )

    def page(form: RoleForm, status: int = 200) -> HttpResponse:
        return render(request, "agencies/role_form.html", {"form": form, "member": row}, status=status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        data = form.cleaned_data
        roles.propose_role(
            actor=request.user,
            membership_id=pk,
            role=data["role"],
            first=data["first"],
            last=data["last"],
            acting_for=data["acting_for"].pk if data["acting_for"] else None,
        )
        return _of(row)

    return act_once(request, form, act, page, _("Proposed. It runs as soon as a second person has confirmed it."))


@require_http_methods(FORM)
@admins_only
def end_role(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a role away, at once."""
    managed = policies.managed(request.standing)
    rows = RoleAssignment.objects.select_related("membership__user", "membership__agency__state")
    assignment = rows.filter(pk=pk, membership__agency__in=managed).first()
    if assignment is None:
        raise Http404
    row = assignment.membership

    def act() -> str:
        roles.take_role_away(actor=request.user, pk=pk)
        return _of(row)

    context = {"member": row, "role": assignment, "back": _of(row)}
    return ask(request, "agencies/end_role.html", context, act, _("The role has ended."))


@require_http_methods(FORM)
@admins_only
def dismiss(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End a membership, its roles and sessions, at once."""
    row = _member(request, pk)

    def act() -> str:
        roles.dismiss(actor=request.user, pk=pk)
        return _of(row)

    context = {"member": row, "back": _of(row), "work": work.waiting(row.user, row.agency)}
    return ask(request, "agencies/dismiss.html", context, act, _("The membership has ended, and its sessions with it."))


@require_http_methods(FORM)
@admins_only
def hand_over(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Propose that another officer take over a member's work."""
    row = _member(request, pk)
    if row.user_id == request.user.pk:
        return refuse(request, _("Nobody changes their own roles: another admin must do this."), back=_of(row))
    form = HandoverForm(sent(request), receivers=handovers.receivers(row), initial={"token": uuid.uuid4()})

    def page(form: HandoverForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "member": row, "work": work.waiting(row.user, row.agency)}
        return render(request, "agencies/hand_over.html", context, status=status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        handovers.hand_over(actor=request.user, giver_id=pk, receiver_id=form.cleaned_data["receiver"].pk)
        return _of(row)

    return act_once(request, form, act, page, _("The hand-over waits for the receiver to accept it."))


def open_invitations(request: HttpRequest, agency: Agency, words: str = "") -> list[dict[str, Any]]:
    """The newest invitations that nobody has accepted yet; with words, of those whose name or address holds them."""
    found = agency.invitations.filter(used_at=None, revoked_at=None).select_related("invited_by")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    return invitation_rows(list(found.order_by("-invited_at")[: 2 * PAGE]), request)


def invitation_rows(rows: list[Invitation], request: HttpRequest) -> list[dict[str, Any]]:
    """Invitations as their admin may see them: who, until when, whether the mail has gone. Never the link."""
    letters = Letter.objects.filter(subject_id__in=[row.pk for row in rows], sent_at__isnull=False)
    gone = set(letters.values_list("subject_id", flat=True))
    return [_invitation_row(row, request, sent=row.pk in gone) for row in rows]


def _invitation_row(row: Invitation, request: HttpRequest, *, sent: bool) -> dict[str, Any]:
    state = Invitation.State(row.state_at(request.standing.now))
    tone, icon = LOOK[state]
    return {
        "invitation": row,
        "sent": sent,
        "look": {"label": state.label, "tone": tone, "icon": icon},
        "roles": [Role(code).label for code in row.roles if code in Role.values],
        "open": state in (Invitation.State.OPEN, Invitation.State.EXPIRED)
        and invitations.may_act_on(request.standing, row),
    }


INVITATION_STEPS = {
    "again": (invitations.send_anew, gettext_lazy("Send anew"), gettext_lazy("Sent anew. The former link is void.")),
    "revoke": (invitations.revoke, gettext_lazy("Take back"), gettext_lazy("Taken back. The link is void.")),
}


def _row(row: Membership, request: HttpRequest) -> dict[str, Any]:
    now = request.standing.now
    shown = [one for one in row.all_roles if one.ends is None or one.ends > now] or row.all_roles
    later = {one.pk for one in shown if one.starts > now}
    own = row.user_id == request.user.pk
    return {"member": row, "roles": shown, "later": later, "waiting": row.waiting, "own": own}


def _member(request: HttpRequest, pk: uuid.UUID) -> Membership:
    """A member of an agency whose people the person looks after. Raises Http404."""
    rows = Membership.objects.filter(agency__in=policies.managed(request.standing))
    row = rows.select_related("agency__state", "user").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _agency_to_invite_into(request: HttpRequest) -> Agency | None:
    """The agency that the address names; without one the person's own."""
    code = request.GET.get("agency", "")
    if code:
        return Agency.objects.select_related("state").filter(code=code.replace("\0", "")).first()
    return next(iter(policies.managed(request.standing)), None)


def _number(request: HttpRequest) -> int:
    """The page that the address names; anything that is no number is the first."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _address(agency: Agency, ended: bool = False, words: str = "", page: int = 0) -> str:
    more = {"show": "ended" if ended else "", "q": words, "page": str(page) if page else ""}
    query = urlencode({"agency": agency.code} | {name: value for name, value in more.items() if value})
    return f"{reverse('people:index')}?{query}"


def _of(row: Membership) -> str:
    return reverse("people:member", args=[row.pk])
