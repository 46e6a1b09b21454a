"""What all proposals have in common: one person proposes, another decides, once, what they have looked at."""

from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Proposal
from notifications.services import settle

P = TypeVar("P", bound=Proposal)


def still_pending(proposal: Proposal) -> None:
    """Raise MovedOn when somebody has decided it meanwhile.

    The row must not have been read with a join to `decided_by`: a join beside a lock gives the person of before.
    """
    if proposal.is_pending:
        return
    if proposal.decided_by is None:
        raise MovedOn(_("This was taken back meanwhile."), code=proposal.state)
    raise MovedOn(_("Decided meanwhile: %(name)s.") % {"name": proposal.decided_by.name}, code=proposal.state)


def another_person(proposal: Proposal, actor: User) -> None:
    """Raise NotAllowed when the actor proposed it: four eyes."""
    if proposal.proposed_by_id == actor.pk:
        raise NotAllowed(_("You proposed this: another person must decide."), code="own")


def decide(proposal: P, actor: User, *, approve: bool, reason: str = "") -> P:
    """Write the decision. Declining says why. Saves everything of the row, and nobody is waited for any more."""
    if not approve and not reason.strip():
        raise Incomplete(_("A reason is needed."), {"reason": [_("Say why, in your own words.")]})
    proposal.state = proposal.State.APPROVED if approve else proposal.State.DECLINED
    proposal.decided_by, proposal.decided_at = actor, timezone.now()
    proposal.reason = reason.strip()
    proposal.save()
    settle(subject_type=proposal.subject_type, subject_id=proposal.pk, actor=actor, done=True)
    return proposal


def withdraw(proposal: P, actor: User) -> P:
    """Take back what one proposed oneself, while nobody has decided. Raises NotAllowed, MovedOn."""
    if proposal.proposed_by_id != actor.pk:
        raise NotAllowed(_("Only the person who proposed this can take it back."))
    still_pending(proposal)
    proposal.state = proposal.State.WITHDRAWN
    proposal.save(update_fields=["state"])
    settle(subject_type=proposal.subject_type, subject_id=proposal.pk, actor=actor, done=False)
    return proposal
