"""The verbs of a share: ask, ask again, and each decision of the table.

Asking freezes a version of each item, and what the receiver will see of it; approving is bound to both.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NoReturn

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Agency, Role
from agencies.services import next_reference
from agencies.standing import Standing, people_with, standing_of
from audit.services import audited, record
from cases import policies
from cases.grants import give_to_agency, give_to_person, take_share
from cases.indexing import index_share
from cases.items import contents_of, sha256, without
from cases.models import Case, CaseItem, GrantSource, ItemVersion, Share, ShareItem
from cases.services.items import freeze
from cases.workflow import OPENED, SHARE_BY_NAME, ShareState
from notifications.services import notify, settle

# A share runs at most this long; then it is asked for again.
AT_MOST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item chosen for a share, and the names of the parts that stay out."""

    item_id: uuid.UUID
    withheld: tuple[str, ...] = ()


def end_of(day: date, agency: Agency) -> datetime:
    """The moment at which a day ends in the zone of the agency's state, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=agency.tz).astimezone(UTC)


def ask_share(
    *, actor: User, case_id: uuid.UUID, chosen: list[Chosen], recipient: Agency, purpose: str, until: date
) -> Share:
    """Ask that items of a case go to an agency, for a purpose, until the end of a day.

    Raises Case.DoesNotExist when the case is not visible; NotAllowed when the actor is no officer of its agency;
    Incomplete when nothing is chosen, the recipient is the owner or of no state, or the day is past or too far.
    """
    standing = standing_of(actor)
    with audited("share.ask", actor=actor, subject_type="case", subject_id=case_id):
        case = (
            Case.objects.visible_to(actor, now=standing.now)
            .select_for_update(of=("self",), no_key=True)
            .select_related("owner__state")
            .get(pk=case_id)
        )
        if not policies.may_ask_share(case, standing):
            raise NotAllowed(_("Only an officer of the owner agency can ask to share."))
        if recipient.pk == case.owner_id:
            raise Incomplete(
                _("The recipient is your own agency."),
                {"recipient": [_("Choose another agency: yours sees the case.")]},
            )
        if recipient.state_id is None:
            raise Incomplete(_("An organisation sees no items."), {"recipient": [_("Choose an agency of a state.")]})
        # Before the number, for which everybody of the agency waits: whoever holds a number waits for no item.
        items = _locked_items(case, chosen, actor, standing)
        share = Share.objects.create(
            reference=next_reference(agency=case.owner, series="S"),
            case=case,
            owner=case.owner,
            recipient=recipient,
            purpose=purpose,
            until=until,
            ends_at=_ends(until, case.owner, standing.now),
            asked_by=actor,
        )
        _freeze_for(share, items, chosen, actor)
        index_share(share)
        _say(share, "share.ask", actor)
        _tell_deciders(share)
    return share


def ask_again(*, actor: User, pk: uuid.UUID, version: int, chosen: list[Chosen], purpose: str, until: date) -> Share:
    """Ask again after a question, or after an item changed: freezes anew. Raises as `ask_share`, and MovedOn."""
    with audited("share.ask_again", actor=actor, subject_type="share", subject_id=pk):
        share, standing = _locked(actor, pk)
        _open(share, "ask_again", version, standing)
        share.purpose = purpose
        share.until = until
        share.ends_at = _ends(until, share.owner, standing.now)
        share.state = ShareState.PENDING
        share.decided_by = share.decided_at = None
        _save(share)
        share.share_items.all().delete()
        _freeze_for(share, _locked_items(share.case, chosen, actor, standing), chosen, actor)
        index_share(share)
        _say(share, "share.ask_again", actor)
        settle(subject_type="share", subject_id=share.pk, actor=actor, done=False)
        _tell_deciders(share)
    return share


def decide_share(
    *,
    actor: User,
    pk: uuid.UUID,
    name: str,
    version: int,
    reason: str = "",
    items: set[uuid.UUID] | None = None,
    until: date | None = None,
) -> Share:
    """Take one step of a share's table: approve, send_back, decline, cancel, revoke.

    Approving takes all items or those in `items`, and may shorten `until`; it opens them in the same transaction.
    Raises Share.DoesNotExist when it is not visible to the owner's side; NotAllowed with the reason; MovedOn when it,
    or one of its items, changed since; Incomplete.
    """
    with audited(f"share.{name}", actor=actor, subject_type="share", subject_id=pk, transition=name):
        share, standing = _locked(actor, pk)
        _open(share, name, version, standing)
        transition = SHARE_BY_NAME[name]
        if transition.wants_reason and not reason.strip():
            raise Incomplete(_("A reason is needed."), {"reason": [_("Say why, in your own words.")]})
        if name == "approve":
            _approve(share, items, until, actor, standing)
        elif name == "revoke":
            take_share(share.pk)
        share.state = transition.to
        # A revocation leaves standing who approved; who revoked is in the audit log, and may be the asker.
        if transition.role == Role.LIAISON and name != "revoke":
            share.decided_by = actor
            share.decided_at = standing.now
        share.note = reason
        _save(share)
        index_share(share)
        _say(share, f"share.{name}", actor)
        _tell_outcome(share, name, actor)
    return share


def refuse_receiver(*, actor: User, pk: uuid.UUID, name: str) -> NoReturn:
    """A step of a share that its receiver tried, who sees it and decides nothing: recorded. Raises NotAllowed."""
    with audited(f"share.{name}", actor=actor, subject_type="share", subject_id=pk, transition=name):
        raise NotAllowed(_("Only the owner's side decides on a share."), code="other_side")


def share_by_step(
    *,
    versions: list[ItemVersion],
    owner: Agency,
    recipient: Agency,
    purpose: str,
    actor: User,
    asked_by: User,
    decided_by: User | None,
    step: str,
    request_id: uuid.UUID,
    request_reference: str,
    behind: Agency | None = None,
    people: list[User] | None = None,
) -> Share | None:
    """Let frozen items of one case cross with a step of a request: the same share and grants as any other.

    Runs in the step's transaction; the step itself is the approval. What goes whole stays as long as the request.
    `asked_by` and `decided_by` are people of the owner's side. With `behind`, the owner is not told of the recipient:
    see `disclose_recipients`. With `people`, only they see it at the recipient: the request stands in a need-to-know
    case there. Gives nothing, and returns None, when there is nothing to give or the recipient owns it.
    """
    if not versions or owner.pk == recipient.pk:
        return None
    now = timezone.now()
    share = Share.objects.create(
        case_id=versions[0].item.case_id,
        owner=owner,
        recipient=recipient,
        behind=behind,
        purpose=purpose,
        state=ShareState.APPROVED,
        asked_by=asked_by,
        asked_at=now,
        decided_by=decided_by,
        decided_at=now,
        via_step=step,
        via_request=request_id,
        via_reference=request_reference,
    )
    ShareItem.objects.bulk_create(
        [
            ShareItem(
                share=share,
                item=version.item,
                version=version,
                content=version.content,
                sha256=version.sha256,
                approved=True,
            )
            for version in versions
        ]
    )
    items = [version.item for version in versions]
    if people is None:
        give_to_agency(items, recipient, GrantSource.SHARE, share_id=share.pk)
    for person in people or []:
        give_to_person(items, person, recipient, GrantSource.SHARE, share_id=share.pk)
    index_share(share)
    _say(share, "share.cross", actor)
    return share


def disclose_recipients(request_id: uuid.UUID) -> None:
    """From now on the owner may know to whom a request's items went on."""
    Share.objects.filter(via_request=request_id).update(behind=None)


def take_back_shares(*, request_id: uuid.UUID, step: str, actor: User, since: datetime | None = None) -> None:
    """End what a step of a request gave, when that step is undone: results returned, a draft returned.

    With `since`, what the same step gave before that moment stays: it has gone on its way.
    """
    shares = Share.objects.select_for_update(no_key=True).filter(
        via_request=request_id, via_step=step, state=ShareState.APPROVED
    )
    for share in shares if since is None else shares.filter(asked_at__gt=since):
        take_share(share.pk)
        share.state = ShareState.REVOKED
        _save(share)
        _say(share, "share.take_back", actor)


def changed_items(share: Share) -> list[CaseItem]:
    """The items whose present content is not what was frozen: to be looked at again before approving."""
    rows = list(share.share_items.select_related("item", "version"))
    present = contents_of(row.item for row in rows)
    return [row.item for row in rows if sha256(present[row.item_id]) != row.version.sha256]


def _locked(actor: User, pk: uuid.UUID) -> tuple[Share, Standing]:
    standing = standing_of(actor)
    share = (
        Share.objects.of_own_cases(actor, now=standing.now)
        .select_for_update(of=("self",), no_key=True)
        .select_related("owner__state", "recipient", "asked_by", "case")
        .get(pk=pk)
    )
    return share, standing


def _open(share: Share, name: str, version: int, standing: Standing) -> None:
    judged = policies.share_verdict(SHARE_BY_NAME[name], share, standing)
    if judged.code == "role":
        raise NotAllowed(judged.reason, code="role")
    if share.version != version:
        raise MovedOn(
            _("This share has moved on: %(state)s. What you typed is kept; look at it again before you decide.")
            % {"state": share.state_at(standing.now).label}
        )
    if judged.code == "state":
        raise MovedOn(judged.reason, code="state")
    if not judged.allowed:
        raise NotAllowed(judged.reason, code=judged.code)


def _ends(until: date, owner: Agency, now: datetime) -> datetime:
    """The end of the day. Raises Incomplete when it has passed, or lies too far: the calendar has a last day too."""
    today = now.astimezone(owner.tz).date()
    if until < today:
        raise Incomplete(_("That day has passed."), {"until": [_("This day has passed. Choose one that has not.")]})
    if until >= today + AT_MOST:
        raise Incomplete(_("That day is too far."), {"until": [_("Choose a day within two years; ask again then.")]})
    return end_of(until, owner)


def _locked_items(case: Case, chosen: list[Chosen], actor: User, standing: Standing) -> list[CaseItem]:
    """Lock the chosen items. Raises Incomplete when there is none, or one is not of the case."""
    if not chosen:
        raise Incomplete(_("Nothing is chosen."), {"items": [_("Tick at least one item.")]})
    wanted = {one.item_id for one in chosen}
    items = list(
        CaseItem.objects.visible_to(actor, now=standing.now)
        .filter(case=case, pk__in=wanted)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    if len(items) != len(wanted):
        raise Incomplete(_("An item is not in this case."), {"items": [_("Choose items of this case only.")]})
    return items


def _freeze_for(share: Share, items: list[CaseItem], chosen: list[Chosen], actor: User) -> None:
    """Freeze each item, and what the receiver will see of it."""
    withheld = {one.item_id: one.withheld for one in chosen}
    for item in items:
        version = freeze(item, actor)
        content = without(version.content, withheld[item.pk])
        ShareItem.objects.create(
            share=share,
            item=item,
            version=version,
            withheld=sorted(set(version.content) - set(content)),
            content=content,
            sha256=sha256(content),
        )


def _approve(share: Share, items: set[uuid.UUID] | None, until: date | None, actor: User, standing: Standing) -> None:
    rows = list(share.share_items.select_related("version").order_by("id"))
    taken = [row for row in rows if items is None or row.item_id in items]
    if not taken:
        raise Incomplete(_("Nothing is ticked."), {"items": [_("Tick at least one item, or decline the share.")]})
    if until is not None:
        if until > share.until:
            raise Incomplete(
                _("That is later than asked."), {"until": [_("You can shorten the time, not lengthen it.")]}
            )
        share.until = until
    # Also when the time stays: the day may have passed while the share waited.
    share.ends_at = _ends(share.until, share.owner, standing.now)
    # Locked, so that an edit waits until the share is open, and then changes nothing of what crossed.
    locked = {
        item.pk: item
        for item in CaseItem.objects.visible_to(actor, now=standing.now)
        .filter(pk__in=[row.item_id for row in taken])
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    }
    present = contents_of(locked.values())
    for row in taken:
        if row.item_id not in locked or sha256(present[row.item_id]) != row.version.sha256:
            raise MovedOn(
                _("An item changed since the share was asked for. Send it back, so that it is asked for again.")
            )
        row.approved = True
        row.save(update_fields=["approved"])
    give_to_agency(
        list(locked.values()), share.recipient, GrantSource.SHARE, expires_at=share.ends_at, share_id=share.pk
    )


def _save(share: Share) -> None:
    share.version += 1
    share.save()


def _say(share: Share, event: str, actor: User) -> None:
    rows = list(share.share_items.all())
    record(
        event,
        actor=actor,
        subject_type="share",
        subject_id=share.pk,
        # By whom it was done: a step that gives to somebody whom the owner may not know is no event of the owner's.
        agency=(share.behind or share.owner).code,
        case=share.case_id,
        agencies=[share.recipient.code],
        items=[row.item_id for row in rows if row.approved or share.state not in OPENED],
        until=share.until.isoformat() if share.until else "",
        version=share.version,
    )


def _tell_deciders(share: Share) -> None:
    """The liaison officers of the owner who see the case are called; whoever asked for it cannot decide."""
    liaisons = [person for person in people_with(Role.LIAISON, share.owner_id) if person.pk != share.asked_by_id]
    people = _in_the_case(share, liaisons)
    notify(event="share.ask", people=people, called=people, subject_type="share", subject_id=share.pk)


def _tell_outcome(share: Share, name: str, actor: User) -> None:
    """The asker hears of every decision, and is called when it asks them something; no other liaison officer is then.

    Of an approval also the receiver's officers hear, of a revocation nobody there.
    """
    settle(subject_type="share", subject_id=share.pk, actor=actor, done=name != "cancel")
    if share.asked_by_id != actor.pk:
        asker = _in_the_case(share, [share.asked_by])
        called = asker if name == "send_back" else ()
        notify(event=f"share.{name}", people=asker, called=called, subject_type="share", subject_id=share.pk)
    if name == "approve":
        receivers = people_with(Role.OFFICER, share.recipient_id)
        notify(event="share.received", people=receivers, subject_type="share", subject_id=share.pk)


def _in_the_case(share: Share, people: list[User]) -> list[User]:
    """Those of them who see the share's case now: whoever was taken out or left hears of nothing in it."""
    return [person for person in people if Case.objects.visible_to(person).filter(pk=share.case_id).exists()]
