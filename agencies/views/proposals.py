"""Pages of the second person: roles that wait to be confirmed, work that waits to be taken over."""

import uuid

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies import policies, work
from agencies.forms.people import ProposalsForm, ReasonForm
from agencies.models import Handover, RoleProposal
from agencies.services import handovers, roles
from agencies.views.acting import FORM, act_once, admins_only, ask, sent

PAGE = 50


@require_http_methods(FORM)
@admins_only
def index(request: HttpRequest) -> HttpResponse:
    """The roles that this person may confirm, oldest first; ticked and decided together. Below, their own that wait."""
    rows = _waiting(request)[:PAGE]
    form = ProposalsForm(sent(request), rows=rows, initial={"token": uuid.uuid4()})

    def page(form: ProposalsForm, status: int = 200) -> HttpResponse:
        mine = RoleProposal.objects.pending().filter(proposed_by=request.user)
        shown = _waiting(request)
        context = {
            "form": form,
            "rows": shown[:PAGE],
            "more": len(shown) > PAGE,
            "ticked": set(form["proposals"].value() or []),
            "mine": list(mine.select_related("membership__user", "membership__agency")[:PAGE]),
        }
        return render(request, "agencies/proposals.html", context, status=status)

    if not form.is_valid():
        return page(form)

    def act() -> str:
        roles.decide_roles(
            actor=request.user, pks=form.chosen, approve=form.approves, reason=form.cleaned_data["reason"]
        )
        return reverse("people:proposals")

    done = _("Confirmed.") if form.approves else _("Declined.")
    return act_once(request, form, act, page, done)


@require_http_methods(FORM)
@admins_only
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back a role that one proposed."""
    rows = RoleProposal.objects.select_related("membership__user", "membership__agency")
    row = rows.filter(
        Q(proposed_by=request.user) | Q(membership__agency__in=policies.managed(request.standing)), pk=pk
    ).first()
    if row is None:
        raise Http404

    def act() -> str:
        roles.withdraw_role(actor=request.user, pk=pk)
        return reverse("people:proposals")

    context = {"row": row, "member": row.membership, "back": reverse("people:proposals")}
    return ask(request, "agencies/withdraw_role.html", context, act, _("Taken back."))


@require_http_methods(FORM)
def handover(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A hand-over of work: its receiver accepts or declines; whoever proposed it takes it back."""
    rows = Handover.objects.select_related("giver__user", "giver__agency", "receiver__user", "proposed_by")
    seen = Q(receiver__user=request.user) | Q(giver__agency__in=policies.managed(request.standing))
    row = rows.filter(seen, pk=pk).first()
    if row is None:
        raise Http404
    receives = row.receiver.user_id == request.user.pk
    form = ReasonForm(sent(request), initial={"token": uuid.uuid4()})
    form.fields["decision"].choices = [("confirm", gettext_lazy("Take it over")), ("decline", gettext_lazy("Decline"))]

    def page(form: ReasonForm, status: int = 200) -> HttpResponse:
        now = rows.get(pk=pk)
        context = {
            "form": form,
            "row": now,
            "receives": receives,
            "proposed": now.proposed_by_id == request.user.pk,
            "work": work.waiting(now.giver.user, now.giver.agency) if now.is_pending else None,
        }
        return render(request, "agencies/handover.html", context, status=status)

    if request.method != "POST":
        return page(form)
    if not receives:

        def withdraw() -> str:
            handovers.withdraw_handover(actor=request.user, pk=pk)
            return reverse("people:member", args=[row.giver_id])

        form.is_valid()
        return act_once(request, form, withdraw, page, _("Taken back."))
    if not form.is_valid():
        return page(form)

    def act() -> str:
        approve, reason = form.approves, form.cleaned_data["reason"]
        handovers.decide_handover(actor=request.user, pk=pk, approve=approve, reason=reason)
        return reverse("people:handover", args=[pk])

    done = _("The work is yours now.") if form.approves else _("Declined.")
    return act_once(request, form, act, page, done)


def _waiting(request: HttpRequest) -> list[RoleProposal]:
    rows = RoleProposal.objects.waiting_for(request.user, request.standing.now)
    return list(
        rows.select_related("membership__user", "membership__agency", "proposed_by", "acting_for__user")[: PAGE + 1]
    )
