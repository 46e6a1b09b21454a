"""The verbs of handing work over: an admin proposes, the receiver accepts. What the work is, nobody here learns."""

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import work
from agencies.models import Handover, Membership, Role, RoleAssignment
from agencies.services import four_eyes
from agencies.services.memberships import not_own
from agencies.services.roles import member
from agencies.standing import standing_of
from audit.services import audited, record
from notifications.services import notify


def receivers(giver: Membership) -> list[Membership]:
    """To whom a member's work can go: the other officers of the agency, by name."""
    officers = RoleAssignment.objects.current(timezone.now()).of([Role.OFFICER])
    rows = Membership.objects.filter(pk__in=officers.filter(membership__agency=giver.agency_id).values("membership"))
    return list(rows.exclude(user=giver.user_id).select_related("user").order_by("user__name", "pk"))


def hand_over(*, actor: User, giver_id: uuid.UUID, receiver_id: uuid.UUID) -> Handover:
    """Propose that one officer take over another's work; also of somebody who has left.

    Raises Membership.DoesNotExist, NotAllowed; Incomplete when the receiver is no other officer of the agency.
    """
    standing = standing_of(actor)
    with audited("work.hand_over", actor=actor, subject_type="membership", subject_id=giver_id):
        giver = member(standing, giver_id)
        not_own(actor, giver)
        receiver = next((one for one in receivers(giver) if one.pk == receiver_id), None)
        if receiver is None:
            raise Incomplete(_("Not handed over."), {"receiver": [_("Choose another officer of this agency.")]})
        if giver.handovers.filter(state=Handover.State.PENDING).exists():
            raise MovedOn(_("A hand-over of this person's work waits already: take it back first."))
        row = Handover.objects.create(proposed_by=actor, giver=giver, receiver=receiver)
        _say("work.hand_over", row, actor)
        notify(event="work.hand_over", people=(), called=[receiver.user], subject_type="handover", subject_id=row.pk)
    return row


def decide_handover(*, actor: User, pk: uuid.UUID, approve: bool, reason: str = "") -> Handover:
    """Accept the work that one is to take over, or decline it. Raises DoesNotExist, NotAllowed, MovedOn, Incomplete."""
    name = "work.accept" if approve else "work.decline"
    with audited(name, actor=actor, subject_type="handover", subject_id=pk):
        row = _locked(pk)
        if row.receiver.user_id != actor.pk:
            raise Handover.DoesNotExist
        four_eyes.still_pending(row)
        if approve:
            if not standing_of(actor).holds(Role.OFFICER, row.receiver.agency_id):
                raise NotAllowed(_("Only an officer takes work over."))
            work.hand_over(row.giver.user, actor, row.giver.agency)
        four_eyes.decide(row, actor, approve=approve, reason=reason)
        _say(name, row, actor)
        notify(event=name, people=[row.proposed_by], subject_type="handover", subject_id=row.pk)
    return row


def withdraw_handover(*, actor: User, pk: uuid.UUID) -> Handover:
    """Take back what one proposed oneself, while it waits."""
    with audited("work.withdraw", actor=actor, subject_type="handover", subject_id=pk):
        row = _locked(pk)
        if row.proposed_by_id != actor.pk:
            raise Handover.DoesNotExist
        four_eyes.withdraw(row, actor)
        _say("work.withdraw", row, actor)
    return row


def was_handed(giver: User, receiver: User, agency_id: uuid.UUID, *, begun: datetime) -> bool:
    """Whether a person's work at an agency, begun by then, has been handed to another, who accepted."""
    accepted = Handover.objects.filter(state=Handover.State.APPROVED, decided_at__gte=begun)
    return accepted.filter(giver__user=giver, receiver__user=receiver, giver__agency=agency_id).exists()


def _locked(pk: uuid.UUID) -> Handover:
    rows = Handover.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("giver__agency__state", "giver__user", "receiver__user", "proposed_by").get(pk=pk)


def _say(name: str, row: Handover, actor: User) -> None:
    record(
        name,
        actor=actor,
        subject_type="handover",
        subject_id=row.pk,
        agency=row.giver.agency.code,
        person=row.giver.user_id,
    )
