"""Items that cross with a request: chosen, frozen, and shared by the step itself; no second way out.

Called by the effects of steps, inside their transaction.
"""

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete
from agencies.models import Agency
from cases.grants import give_to_person, take_share_from_person, take_source
from cases.models import Case, CaseItem, GrantSource, ItemVersion, Share, ShareItem
from cases.services.case import hold_names
from cases.services.items import freeze
from cases.services.shares import share_by_step, take_back_shares
from cases.workflow import ShareState
from mla.models import AssistanceRequest, RequestItem, RequestPersonGrant, RequestVersion
from mla.versions import latest
from mla.workflow import RequestState

Role = RequestItem.Role
# Where a request is with its drafters alone, or at its end without having been passed on.
BEFORE_AUTHORITY = (
    RequestState.DRAFT,
    RequestState.RETURNED,
    RequestState.DOMESTIC_REVIEW,
    RequestState.DISCARDED,
)


def choose(
    request: AssistanceRequest,
    role: str,
    case_id: uuid.UUID,
    ids: Iterable[uuid.UUID],
    actor: User,
    *,
    kinds: Iterable[str] = tuple(CaseItem.Kind),
) -> None:
    """Set which items of a case, of these kinds, cross with a request in one role.

    Items of other kinds stay as they were, and what the actor does not see. Raises Incomplete for one that is not to
    be seen, or of another kind.
    """
    wanted = list(dict.fromkeys(ids))
    seen = CaseItem.objects.visible_to(actor).filter(case_id=case_id, kind__in=kinds)
    if set(seen.filter(pk__in=wanted).values_list("pk", flat=True)) != set(wanted):
        field = "attachments" if role == Role.ATTACHMENT else "answer_items"
        raise Incomplete(_("An item is not in this case."), {field: [_("Choose items of this case only.")]})
    request.request_items.filter(role=role, item__in=seen).exclude(item__in=wanted).delete()
    have = set(request.request_items.filter(role=role).values_list("item_id", flat=True))
    RequestItem.objects.bulk_create(
        [RequestItem(request=request, item_id=pk, role=role) for pk in wanted if pk not in have]
    )


def freeze_items(request: AssistanceRequest, role: str, actor: User) -> None:
    """Freeze the present version of each chosen item: this is what crosses, whatever is edited later.

    Raises Incomplete when the actor no longer sees one of them.
    """
    rows = {row.item_id: row for row in request.request_items.filter(role=role)}
    items = list(
        CaseItem.objects.visible_to(actor)
        .filter(pk__in=list(rows))
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    if len(items) != len(rows):
        raise Incomplete(
            _("An attachment is no longer open to you."), {"attachments": [_("Choose the attachments anew.")]}
        )
    for item in items:
        row = rows[item.pk]
        row.version = freeze(item, actor)
        row.save(update_fields=["version"])


def share_items(
    request: AssistanceRequest,
    role: str,
    recipient: Agency,
    *,
    step: str,
    actor: User,
    asked_by: User,
    decided_by: User | None = None,
    behind: Agency | None = None,
) -> None:
    """Open the frozen items of one role to an agency, by the step that is being taken."""
    rows = request.request_items.filter(role=role, version__isnull=False).select_related("version__item__owner")
    versions: list[ItemVersion] = [row.version for row in rows]
    share_by_step(
        versions=versions,
        owner=versions[0].item.owner if versions else recipient,
        recipient=recipient,
        purpose=request.purpose,
        actor=actor,
        behind=behind,
        asked_by=asked_by,
        decided_by=decided_by if decided_by != asked_by else None,
        step=step,
        request_id=request.pk,
        request_reference=request.reference,
        people=named_people(request) if kept_close(request, recipient) else None,
    )


def take_back(request: AssistanceRequest, step: str, actor: User) -> None:
    """Close what a step had opened, when the step is undone before anything crossed the border.

    What went into an answer that was sent has crossed: it stays open when a second answer is returned.
    """
    sent = latest(request, RequestVersion.Series.RESPONSE)
    take_back_shares(request_id=request.pk, step=step, actor=actor, since=sent.frozen_at if sent else None)


def kept_close(request: AssistanceRequest, agency: Agency) -> bool:
    """Whether an agency has the request by name only: the one that keeps its case need-to-know."""
    return request.case.need_to_know and agency.pk == request.case.owner_id


def give_to_own_authority(request: AssistanceRequest, people: Iterable[User]) -> None:
    """Open request and attachments to people of a central authority in the agency that keeps the case need-to-know."""
    hold_names(request.case_id)
    items = [row.item for row in request.request_items.filter(role=Role.ATTACHMENT).select_related("item")]
    for person in people:
        give_to_person([request, *items], person, request.case.owner, GrantSource.CENTRAL_AUTHORITY)


def take_from_own_authority(request: AssistanceRequest) -> None:
    """Close the attachments when the request goes back, but for those that another request has brought there too."""
    if request.sending_authority is None or not kept_close(request, request.sending_authority):
        return
    hold_names(request.case_id)
    attached = request.request_items.filter(role=Role.ATTACHMENT)
    elsewhere = RequestItem.objects.filter(
        role=Role.ATTACHMENT,
        item__in=attached.values("item"),
        request__sending_authority=request.case.owner_id,
    ).exclude(request=request)
    still_there = elsewhere.exclude(request__state__in=BEFORE_AUTHORITY).values("item")
    rows = attached.exclude(item__in=still_there).select_related("item")
    take_source([row.item for row in rows], GrantSource.CENTRAL_AUTHORITY)


def named_people(request: AssistanceRequest) -> list[User]:
    """Who sees a request by name: of a need-to-know case, the people named in it and the authority's.

    So it stays until the step is done: who is named or taken out meanwhile waits, and then finds what the step gave.
    """
    hold_names(request.case_id)
    return list(
        User.objects.filter(pk__in=RequestPersonGrant.objects.filter(content_object=request.pk).values("user_id"))
    )


def open_answers_to(case: Case, person: User) -> None:
    """A person was named in a need-to-know case: the answers that came to it open to them too."""
    for share in _answers(case):
        items = [row.item for row in ShareItem.objects.filter(share=share).select_related("item")]
        give_to_person(items, person, case.owner, GrantSource.SHARE, share_id=share.pk)


def close_answers_to(case: Case, person: User) -> None:
    """A name was taken out: the answers close too, unless the person sees the request for its central authority."""
    for share in _answers(case):
        if not RequestPersonGrant.objects.filter(content_object=share.via_request, user=person).exists():
            take_share_from_person(share.pk, person)


def _answers(case: Case) -> Iterable[Share]:
    requests = AssistanceRequest.objects.unscoped("answers to a need-to-know case follow its named people")
    ids = list(requests.filter(case=case).values_list("pk", flat=True))
    return Share.objects.filter(via_request__in=ids, recipient=case.owner_id, state=ShareState.APPROVED)
