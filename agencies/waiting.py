"""What waits on a desk for a second person: proposals of admins, and what other apps teach when Django starts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import policies
from agencies.models import AccountChange, Application, Proposal, RoleProposal
from agencies.standing import Standing

# So many of each kind stand on the desk; their own pages have all.
AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Decision:
    """One proposal that waits: what to do, about whom or what, who proposed it, when, and where it is decided."""

    todo: str
    about: str
    by: str
    since: datetime
    url: str


Source = Callable[[Standing], Iterable[Decision]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Called once by an app when it is ready: what of it waits for a person; none for who may decide none."""
    _sources.append(source)


def decisions(standing: Standing) -> list[Decision]:
    """The proposals that wait for this person, oldest first; a constant number of queries."""
    found = [*_decisions(standing), *(one for source in _sources for one in source(standing))]
    return sorted(found, key=lambda one: one.since)


def _decisions(standing: Standing) -> Iterator[Decision]:
    if not policies.managed(standing):
        return
    user = standing.user
    roles = RoleProposal.objects.waiting_for(user, standing.now).select_related("membership__user", "proposed_by")
    for role in roles.order_by("proposed_at")[:AT_MOST]:
        about = f"{role.membership.user.name}, {role.get_role_display()}"
        yield _decision(_("Confirm a role"), about, role, reverse("people:proposals"))
    if not policies.is_platform_admin(standing):
        return
    pending = {"state": Proposal.State.PENDING}
    applications = Application.objects.filter(**pending).exclude(proposed_by=user).select_related("proposed_by")
    for row in applications.order_by("proposed_at")[:AT_MOST]:
        yield _decision(_("Approve a new agency"), row.code, row, reverse("onboarding:detail", args=[row.pk]))
    changes = AccountChange.objects.filter(**pending).exclude(proposed_by=user).exclude(person=user)
    for change in changes.select_related("proposed_by", "person").order_by("proposed_at")[:AT_MOST]:
        url = reverse("onboarding:account", args=[change.person_id])
        yield _decision(_("Confirm a change of an account"), change.person.name, change, url)


def _decision(todo: str, about: str, row: Proposal, url: str) -> Decision:
    return Decision(todo=todo, about=about, by=row.proposed_by.name, since=row.proposed_at, url=url)
