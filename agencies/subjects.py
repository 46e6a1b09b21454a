"""What the bell needs to know of people and agencies: words of events, and how a subject looks to its reader now."""

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies import policies
from agencies.models import AccountChange, Application, Handover, Membership, RoleProposal
from agencies.standing import standing_of
from notifications.models import ByMail, Urgency
from notifications.registry import Subject, register_event, register_kind, register_subject

Found = dict[uuid.UUID, Subject]


def resolve_role_proposals(user: User, ids: Iterable[uuid.UUID]) -> Found:
    """Proposed roles that the reader may decide, or proposed, or looks after, or that are their own."""
    standing = standing_of(user)
    rows = RoleProposal.objects.filter(pk__in=list(ids)).select_related("membership__user")
    decides = set(rows.waiting_for(user, timezone.now()).values_list("pk", flat=True))
    mine = rows.filter(
        Q(pk__in=decides)
        | Q(proposed_by=user)
        | Q(membership__user=user)
        | Q(membership__agency__in=policies.managed(standing))
    )
    found = {}
    for row in mine:
        url = reverse("people:proposals")
        if row.pk not in decides:
            manages = policies.manages(standing, row.membership.agency_id)
            url = reverse("people:member", args=[row.membership_id]) if manages else reverse("desk")
        found[row.pk] = Subject(label=f"{row.membership.user.name}, {row.get_role_display()}", url=url)
    return found


def resolve_members(user: User, ids: Iterable[uuid.UUID]) -> Found:
    """Members of the agencies that the reader looks after."""
    rows = Membership.objects.filter(pk__in=list(ids), agency__in=policies.managed(standing_of(user)))
    return {
        row.pk: Subject(label=row.user.name, url=reverse("people:member", args=[row.pk]))
        for row in rows.select_related("user")
    }


def resolve_applications(user: User, ids: Iterable[uuid.UUID]) -> Found:
    """Applications, for platform admins."""
    if not policies.is_platform_admin(standing_of(user)):
        return {}
    rows = Application.objects.filter(pk__in=list(ids))
    return {row.pk: Subject(label=row.code, url=reverse("onboarding:detail", args=[row.pk])) for row in rows}


def resolve_account_changes(user: User, ids: Iterable[uuid.UUID]) -> Found:
    """Changes of accounts, for platform admins."""
    if not policies.is_platform_admin(standing_of(user)):
        return {}
    rows = AccountChange.objects.filter(pk__in=list(ids)).select_related("person")
    return {
        row.pk: Subject(label=row.person.name, url=reverse("onboarding:account", args=[row.person_id])) for row in rows
    }


def resolve_handovers(user: User, ids: Iterable[uuid.UUID]) -> Found:
    """Hand-overs to the reader, and those of people whom the reader looks after."""
    managed = policies.managed(standing_of(user))
    rows = Handover.objects.filter(pk__in=list(ids)).filter(
        Q(receiver__user=user) | Q(proposed_by=user) | Q(giver__agency__in=managed)
    )
    return {
        row.pk: Subject(label=row.giver.user.name, url=reverse("people:handover", args=[row.pk]))
        for row in rows.select_related("giver__user")
    }


def resolve_accounts(user: User, ids: Iterable[uuid.UUID]) -> Found:
    """One's own account."""
    return {pk: Subject(label=user.email, url=reverse("sign_ins")) for pk in ids if pk == user.pk}


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("role_proposal", resolve_role_proposals)
    register_subject("membership", resolve_members)
    register_subject("application", resolve_applications)
    register_subject("account_change", resolve_account_changes)
    register_subject("handover", resolve_handovers)
    register_subject("account", resolve_accounts)
    for topic, urgency, label, usual in KINDS:
        register_kind(topic, urgency, label, usual=usual, case_work=False)
    for event, (words, icon) in EVENTS.items():
        register_event(event, words, icon=icon)


# What stands on the page of settings. An application or a change of an account always calls its second person.
KINDS = (
    ("role", Urgency.ACTION, _("A role waits for your confirmation"), None),
    ("role", Urgency.NEWS, _("A role that you proposed, or your own, was decided"), None),
    ("work", Urgency.ACTION, _("Work is handed over to you"), None),
    ("work", Urgency.NEWS, _("Work that you handed over was accepted or declined"), None),
    ("account", Urgency.NEWS, _("Your password was changed, or a change of an account was decided"), ByMail.AT_ONCE),
)
EVENTS = {
    "role.propose": (_("A role waits for your confirmation"), "user-check"),
    "role.confirm": (_("A role was confirmed"), "circle-check"),
    "role.decline": (_("A proposed role was declined"), "circle-x"),
    "invitation.accept": (_("An invitation was accepted"), "mail-opened"),
    "application.enter": (_("A new agency waits for approval"), "building"),
    "application.approve": (_("A new agency was approved"), "circle-check"),
    "application.decline": (_("A new agency was declined"), "circle-x"),
    "account.propose": (_("A change of an account waits for your confirmation"), "user"),
    "account.confirm": (_("A change of an account was confirmed"), "circle-check"),
    "account.decline": (_("A change of an account was declined"), "circle-x"),
    "account.password": (_("Your password was changed"), "lock"),
    "work.hand_over": (_("Work is handed over to you"), "user-share"),
    "work.accept": (_("Work that you handed over was accepted"), "circle-check"),
    "work.decline": (_("Work that you handed over was declined"), "circle-x"),
}
