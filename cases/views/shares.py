"""Pages of shares: the list, the form that asks, one share, its decision and its other steps."""

import uuid
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import carried_on
from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed, refuse
from accounts.submissions import once, sent_from
from agencies.models import CASE_ROLES, RoleAssignment
from cases import policies
from cases.forms.shares import AskForm, DecisionForm, ReasonForm
from cases.items import contents_of
from cases.lists import ShareListing
from cases.lists import share_rows as listed_shares
from cases.models import Case, CaseItem, Share
from cases.readings import SeenAlready, already_seen, read_case, read_share, revocation_of, share_look, share_rows
from cases.services.shares import ask_again, ask_share, changed_items, decide_share, refuse_receiver
from cases.views.lists import list_page
from cases.waiting import WAITED_FOR
from cases.workflow import OPENED, SHARE_BY_NAME, ShareState

DECISIONS = frozenset({"approve", "send_back", "decline"})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The shares asked or given by one's agency, and received: the newest, or as the address says."""
    return list_page(request, ShareListing, "cases/shares.html", listed_shares)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask that items of a case go to another agency."""
    case = read_case(request.standing, pk)
    allowed = policies.may_ask_share(case, request.standing)
    if request.method != "POST":
        if not allowed:
            return refuse(request, _("Only an officer of the owner agency can ask to share."))
        return _ask_page(request, _ask_form(request, case, initial={"token": uuid.uuid4()}), case)
    form = _ask_form(request, case, request.POST)
    if not form.is_valid() and allowed:
        return _ask_page(request, form, case)

    def act() -> str:
        share = ask_share(
            actor=request.user,
            case_id=case.pk,
            chosen=form.chosen,
            recipient=form.cleaned_data.get("recipient") or case.owner,
            purpose=form.cleaned_data.get("purpose", ""),
            until=form.cleaned_data.get("until"),
        )
        return reverse("shares:detail", args=[share.pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except Incomplete as gap:
        form.take(gap.errors)
        return _ask_page(request, form, case)
    messages.success(
        request, _("Asked. A liaison officer of your agency decides; until then nobody else sees anything.")
    )
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask again: after a question, or because an item changed."""
    share = _own_share(request, pk, "ask_again")
    case = read_case(request.standing, share.case_id)
    judged = policies.share_verdict(SHARE_BY_NAME["ask_again"], share, request.standing)
    if request.method != "POST":
        if not judged.allowed:
            return refuse(request, judged.reason)
        form = _ask_form(request, case, initial=_asked(share), recipient=share)
        return _ask_page(request, form, case, share=share)
    form = _ask_form(request, case, request.POST, recipient=share)
    if not form.is_valid() and judged.allowed:
        return _ask_page(request, form, case, share=share)

    def act() -> str:
        ask_again(
            actor=request.user,
            pk=pk,
            version=form.cleaned_data.get("version") or 0,
            chosen=form.chosen,
            purpose=form.cleaned_data.get("purpose", ""),
            until=form.cleaned_data.get("until"),
        )
        return reverse("shares:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except Incomplete as gap:
        form.take(gap.errors)
        return _ask_page(request, form, case, share=share)
    except MovedOn as moved:
        now = _own_share(request, pk, "ask_again")
        form = _ask_form(request, case, carried_on(request.POST, now.version), recipient=now)
        form.add_error(None, str(moved.reason))
        return _ask_page(request, form, case, share=now, status=409)
    messages.success(request, _("Asked again."))
    return redirect(url)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One share: its owner's side decides or follows it; its receiver sees what is open to them."""
    share, mine = read_share(request.standing, pk)
    if mine:
        form = DecisionForm(
            share=share, item_ids=_item_ids(share), initial={"token": uuid.uuid4(), "version": share.version}
        )
        return _share_page(request, share, form)
    opened = share.share_items.filter(approved=True).values("item_id")
    # Reference and kind only: what an item says is shown, and noted, on its own page.
    items = CaseItem.objects.visible_to(request.user, now=request.standing.now).filter(pk__in=opened)
    context = {
        "share": share,
        "items": list(items.order_by("reference")),
        "look": share_look(share, request.standing.now),
    }
    return render(request, "cases/share_received.html", context)


@sent_from("shares:detail")
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve all or some, send back with a question, or decline."""
    wanted = request.POST.get("decision", "")
    name = wanted if wanted in DECISIONS else "approve"
    share = _own_share(request, pk, name)
    form = DecisionForm(request.POST, share=share, item_ids=_item_ids(share))
    judged = policies.share_verdict(SHARE_BY_NAME[name], share, request.standing)
    if not form.is_valid() and judged.allowed:
        return _share_page(request, share, form)

    def act() -> str:
        decide_share(
            actor=request.user,
            pk=pk,
            name=name,
            version=form.cleaned_data.get("version") or 0,
            reason=form.cleaned_data.get("reason", ""),
            items={uuid.UUID(one) for one in form.cleaned_data.get("items", [])},
            until=form.cleaned_data.get("until"),
        )
        return reverse("shares:detail", args=[pk])

    return _decided(request, pk, form, act, name)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Cancel or revoke, with its reason."""
    transition = SHARE_BY_NAME.get(name)
    if transition is None or name in DECISIONS or name == "ask_again":
        raise Http404
    share = _own_share(request, pk, name)
    judged = policies.share_verdict(transition, share, request.standing)
    page = "cases/share_step.html"
    context = {"share": share, "transition": transition, "look": share_look(share, request.standing.now)}
    if name == "revoke":
        # Asked by the page alone: whoever has pressed the button has read it.
        context["already"] = cache(partial(_goes_on, request, share))
    if request.method != "POST":
        if not judged.allowed:
            return refuse(request, judged.reason)
        initial = {"token": uuid.uuid4(), "version": share.version}
        return render(request, page, context | {"form": ReasonForm(initial=initial, needed=transition.wants_reason)})
    form = ReasonForm(request.POST, needed=transition.wants_reason)
    if not form.is_valid() and judged.allowed:
        return render(request, page, context | {"form": form})

    def act() -> str:
        decide_share(
            actor=request.user,
            pk=pk,
            name=name,
            version=form.cleaned_data.get("version") or 0,
            reason=form.cleaned_data.get("reason", ""),
        )
        return reverse("shares:detail", args=[pk])

    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except MovedOn as moved:
        now = _own_share(request, pk, name)
        form = ReasonForm(carried_on(request.POST, now.version), needed=transition.wants_reason)
        form.add_error(None, str(moved.reason))
        return render(request, page, context | {"form": form, "share": now}, status=409)
    messages.success(request, f"{transition.done}.")
    return redirect(url)


def _decided(
    request: HttpRequest, pk: uuid.UUID, form: DecisionForm, act: Callable[[], str], name: str
) -> HttpResponse:
    share = _own_share(request, pk, name)
    try:
        url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    except NotAllowed as refused:
        if refused.code == "role":
            return refuse(request, str(refused.reason))
        form.add_error(None, str(refused.reason))
        return _share_page(request, share, form, status=403)
    except Incomplete as gap:
        form.take(gap.errors)
        return _share_page(request, share, form)
    except MovedOn as moved:
        now = _own_share(request, pk, name)
        form = DecisionForm(carried_on(request.POST, now.version), share=now, item_ids=_item_ids(now))
        form.add_error(None, str(moved.reason))
        return _share_page(request, now, form, status=409)
    messages.success(request, f"{SHARE_BY_NAME[name].done}.")
    return redirect(url)


def _own_share(request: HttpRequest, pk: uuid.UUID, name: str) -> Share:
    """A share of a case that the person sees, of which they may take a step.

    Raises Share.DoesNotExist, which is answered by 404; PermissionDenied for its receiver, who sees it: 403.
    """
    share, mine = read_share(request.standing, pk)
    if mine:
        return share
    try:
        refuse_receiver(actor=request.user, pk=pk, name=name)
    except NotAllowed as refused:
        raise PermissionDenied(str(refused.reason)) from refused


def _goes_on(request: HttpRequest, share: Share) -> list[SeenAlready]:
    """What revoking a share does not take away, for whoever believes that it does."""
    of_share = set(_item_ids(share))
    return [one for one in already_seen(share, request.user, request.standing) if one.item.pk in of_share]


def _item_ids(share: Share) -> list[uuid.UUID]:
    return list(share.share_items.values_list("item_id", flat=True))


def _items(request: HttpRequest, case: Case) -> list[CaseItem]:
    return list(case.items.visible_to(request.user, now=request.standing.now).order_by("created_at", "pk"))


def _ask_form(
    request: HttpRequest,
    case: Case,
    data: QueryDict | None = None,
    *,
    initial: dict[str, Any] | None = None,
    recipient: Share | None = None,
) -> AskForm:
    items = _items(request, case)
    form = AskForm(data, initial=initial, owner=case.owner, items=items, contents=contents_of(items))
    if recipient is not None:
        # Asked again, a share keeps its recipient: another recipient is another share.
        form.fields["recipient"].disabled = True
        form.fields["recipient"].initial = recipient.recipient
        form.initial["recipient"] = recipient.recipient
    return form


def _asked(share: Share) -> dict[str, Any]:
    """The form as it was asked last time."""
    initial: dict[str, Any] = {
        "token": uuid.uuid4(),
        "version": share.version,
        "purpose": share.purpose,
        "until": share.until,
    }
    for row in share.share_items.all():
        initial[f"item_{row.item_id}"] = True
        initial[f"out_{row.item_id}"] = row.withheld
    return initial


def _ask_page(
    request: HttpRequest, form: AskForm, case: Case, *, share: Share | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "cases/share_ask.html", {"form": form, "case": case, "share": share}, status=status)


def _share_page(request: HttpRequest, share: Share, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    standing = request.standing
    verdicts = {one.transition.name: one for one in policies.share_verdicts(share, standing)}
    rows = share_rows(share, request.user, standing)
    opened = share.state in OPENED
    refused = [row for row in rows if opened and not row["row"].approved]
    rows = [row for row in rows if not opened or row["row"].approved]
    ticked = set(form["items"].value() or []) if form.is_bound else {str(row["row"].item_id) for row in rows}
    for row in rows:
        row["ticked"] = str(row["row"].item_id) in ticked
    decides = any(verdicts[name].allowed for name in DECISIONS if name in verdicts)
    people = (
        RoleAssignment.objects.current(standing.now)
        .of(CASE_ROLES)
        .filter(membership__agency=share.recipient_id)
        .values("membership__user_id")
        .distinct()
        .count()
    )
    context = {
        "share": share,
        "form": form,
        "rows": rows,
        "refused": refused,
        "decides": decides,
        # The share moved on while it was typed, and there is no form any more to keep it.
        "typed": form["reason"].value() if form.is_bound and not decides else "",
        "turn": _turn(share, decides, request.user),
        "steps": [one for name, one in verdicts.items() if name not in DECISIONS and one.allowed],
        "closed": [one for name, one in verdicts.items() if name not in DECISIONS and one.code == "person"],
        "why_not": next((verdicts[name].reason for name in sorted(DECISIONS) if name in verdicts), ""),
        "changed": changed_items(share) if "approve" in verdicts else [],
        "already": (already := already_seen(share, request.user, standing)),
        "already_items": {one.item.pk for one in already},
        "people": ngettext("%(n)d person", "%(n)d people", people) % {"n": people},
        "look": share_look(share, standing.now),
        "revoked": revocation_of(share),
        "rest": len(_items(request, share.case)) - len(rows),
    }
    return render(request, "cases/share.html", context, status=status)


def _turn(share: Share, decides: bool, person: User) -> dict[str, str]:
    """Whom a share waits for, on the owner's side; nothing when it waits for nobody."""
    step = WAITED_FOR.get(ShareState(share.state))
    if step is None:
        return {}
    yours = share.asked_by_id == person.pk if step.asker else decides
    who = share.asked_by.name if step.asker else str(step.role.label)
    return {"yours": "left" if yours else "", "words": _("yours") if yours else who}
