"""What one person proposes and another decides: a new agency, a role, an account's end, the hand-over of work."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.agency import Agency, Membership, Role, RoleAssignment, State
from agencies.querysets import RoleProposalQuerySet


class Proposal(models.Model):
    """Proposed by one person, decided by another: the database holds them apart too."""

    class State(models.TextChoices):
        """How far it is."""

        PENDING = "pending", pgettext_lazy("proposal", "Waits for the second person")
        APPROVED = "approved", pgettext_lazy("proposal", "Confirmed")
        DECLINED = "declined", pgettext_lazy("proposal", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    # By which name the bell knows it.
    subject_type: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("when"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_four_eyes", condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by"))
            )
        ]

    @property
    def is_pending(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == self.State.PENDING


class Application(Proposal):
    """A new agency, entered by one platform admin and approved by another. Approval makes the agency of it."""

    subject_type = "application"

    version = models.PositiveIntegerField(default=1, editable=False)
    code = models.CharField(_("code"), max_length=20)
    home_state = models.ForeignKey(State, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=30, choices=Agency.Kind.choices)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_state = models.CharField(_("name in the state language"), max_length=200, blank=True)
    source = models.CharField(_("source of these particulars"), max_length=300)
    # [{"basis", "function", "stage", "starts", "ends", "source"}], days as ISO 8601.
    designations = models.JSONField(_("designations"), default=list)
    admin_name = models.CharField(_("name of the first agency admin"), max_length=150)
    admin_email = models.EmailField(_("e-mail address of the first agency admin"))
    admin_post = models.CharField(_("post of the first agency admin"), max_length=150, blank=True)
    admin_language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="ru")
    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, null=True, related_name="application")

    class Meta(Proposal.Meta):
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-proposed_at"]
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(fields=["code"], condition=Q(state="pending"), name="application_once"),
        ]

    def __str__(self) -> str:
        return self.code


class RoleProposal(Proposal):
    """A role that one admin wants a member to hold, and another has to confirm."""

    subject_type = "role_proposal"

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="proposals")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    # Without a start: from the moment in which it is confirmed.
    starts = models.DateTimeField(_("from"), null=True)
    ends = models.DateTimeField(_("to"), null=True)
    acting_for = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("acting for")
    )
    # Whether the first person acted as a platform admin: then the second one is another platform admin.
    by_platform = models.BooleanField(default=False)
    assignment = models.OneToOneField(RoleAssignment, on_delete=models.PROTECT, null=True, related_name="proposal")

    objects = RoleProposalQuerySet.as_manager()

    class Meta(Proposal.Meta):
        verbose_name = _("proposed role")
        verbose_name_plural = _("proposed roles")
        ordering = ["proposed_at", "id"]
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["membership", "role"], condition=Q(state="pending"), name="role_proposal_once"
            ),
        ]
        indexes = [
            models.Index(fields=["proposed_at", "id"], condition=Q(state="pending"), name="role_proposal_pending")
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.role}"

    @property
    def last_moment(self) -> datetime | None:
        """As of a role that runs."""
        return self.ends and self.ends - timedelta(seconds=1)


class AccountChange(Proposal):
    """An account to be closed, or opened again: proposed by one platform admin, confirmed by another."""

    subject_type = "account_change"

    class Wanted(models.TextChoices):
        """What is to happen."""

        DEACTIVATE = "deactivate", _("Deactivate the account")
        REACTIVATE = "reactivate", _("Reactivate the account")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(_("what is to happen"), max_length=10, choices=Wanted.choices)

    class Meta(Proposal.Meta):
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")
        ordering = ["-proposed_at"]
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(fields=["person"], condition=Q(state="pending"), name="account_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.wanted} {self.person_id}"


class Handover(Proposal):
    """A member's work, given by an admin to another officer of the agency, who accepts it."""

    subject_type = "handover"

    giver = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="handovers", verbose_name=_("whose work")
    )
    receiver = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("to whom"))

    class Meta(Proposal.Meta):
        verbose_name = _("hand-over of work")
        verbose_name_plural = _("hand-overs of work")
        ordering = ["-proposed_at"]
        constraints = [
            *Proposal.Meta.constraints,
            models.CheckConstraint(name="handover_to_another", condition=~Q(giver=F("receiver"))),
            models.UniqueConstraint(fields=["giver"], condition=Q(state="pending"), name="handover_once"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} > {self.receiver_id}"
