"""States, agencies and their designations; people's memberships and the roles they hold there, with dates."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.querysets import DesignationQuerySet, MembershipQuerySet, RoleAssignmentQuerySet

if TYPE_CHECKING:
    from datetime import datetime


def in_language(english: str, russian: str) -> str:
    """Of two wordings that stand in a row, the one of the active language."""
    return russian if (get_language() or "").startswith("ru") else english


class Role(models.TextChoices):
    """What a person may do; never what they may see. Codes of the lifecycle."""

    OFFICER = "officer", _("officer")
    SUPERVISOR = "supervisor", _("supervisor")
    CA_OFFICER = "ca_officer", _("central-authority officer")
    CA_SIGNATORY = "ca_signatory", _("signatory (head or deputy)")
    LIAISON = "liaison", _("liaison officer")
    AGENCY_ADMIN = "agency_admin", _("agency admin")
    PLATFORM_ADMIN = "platform_admin", _("platform admin")
    AUDITOR = "auditor", _("auditor")
    OBSERVER = "observer", _("observer")


# Who works on cases. The others exclude every one of these: a person holds case roles or one of those, never both.
CASE_ROLES = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.CA_OFFICER, Role.CA_SIGNATORY, Role.LIAISON})


class State(models.Model):
    """A state, with the forms of its name that Russian sentences need."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name_en = models.CharField(max_length=60)
    name_ru = models.CharField(max_length=60)
    name_ru_genitive = models.CharField(max_length=60)
    name_ru_prepositional = models.CharField(max_length=60)
    official_en = models.CharField(max_length=100)
    official_ru = models.CharField(max_length=100)
    official_ru_genitive = models.CharField(max_length=100)
    official_ru_prepositional = models.CharField(max_length=100)
    language = models.CharField(_("state language"), max_length=5)
    zone = models.CharField(_("time zone"), max_length=40)

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The short name in the active language."""
        return in_language(self.name_en, self.name_ru)

    @property
    def official(self) -> str:
        """The official name in the active language, for letters."""
        return self.official_ru if (get_language() or "").startswith("ru") else self.official_en

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which the state's days begin and end."""
        return ZoneInfo(self.zone)


class Agency(models.Model):
    """A national service, or a regional or international organisation (without a state)."""

    class Kind(models.TextChoices):
        """Kinds, for filters and forms; the body's own name stands in the directory."""

        PROSECUTOR_GENERAL = "prosecutor_general", _("prosecutor general's office")
        MINISTRY_JUSTICE = "ministry_justice", _("ministry of justice")
        MINISTRY_INTERIOR = "ministry_interior", _("ministry of the interior")
        MINISTRY_FOREIGN_AFFAIRS = "ministry_foreign_affairs", _("ministry of foreign affairs")
        NATIONAL_SECURITY = "national_security", _("national security body")
        CUSTOMS = "customs", _("customs")
        BORDER_SERVICE = "border_service", _("border service")
        MIGRATION_SERVICE = "migration_service", _("migration service")
        SUPREME_COURT = "supreme_court", _("supreme court")
        ORGANISATION_REGIONAL = "organisation_regional", _("regional organisation")
        ORGANISATION_INTERNATIONAL = "organisation_international", _("international organisation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(
        _("code"), max_length=20, unique=True, validators=[RegexValidator(r"^[A-Z]{2,5}-[A-Z0-9]{2,12}\Z")]
    )
    state = models.ForeignKey(State, on_delete=models.PROTECT, null=True, blank=True, related_name="agencies")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_state = models.CharField(_("name in the state language"), max_length=200, blank=True)
    # guardian's handle on the agency's case workers; made with the agency, named like it.
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="agency", editable=False)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="agency_state_unless_organisation",
                condition=Q(state__isnull=False) | Q(kind__in=["organisation_regional", "organisation_international"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_language(self.name_en, self.name_ru)

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the agency's state; UTC for an organisation."""
        return self.state.tz if self.state else ZoneInfo("UTC")


class Designation(models.Model):
    """An agency's appointment as central authority: by which treaty or rule, for what, from when, said by whom."""

    class Function(models.TextChoices):
        """What the authority was appointed to do."""

        SENDS = "sends", _("sends requests")
        RECEIVES = "receives", _("receives requests")
        EXECUTES = "executes", _("executes requests")

    class Stage(models.TextChoices):
        """The stage of proceedings for which it is appointed."""

        PRE_TRIAL = "pre_trial", _("pre-trial investigation")
        TRIAL = "trial", _("trial")
        ANY = "any", _("any stage")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="designations")
    basis = models.CharField(
        _("treaty or domestic rule"), max_length=60, help_text=_("A treaty's code, or 'domestic'.")
    )
    function = models.CharField(_("function"), max_length=10, choices=Function.choices)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.ANY)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = _("designation")
        verbose_name_plural = _("designations")
        ordering = ["agency", "function", "starts"]

    def __str__(self) -> str:
        return f"{self.agency.code} {self.function} ({self.basis})"


class Membership(models.Model):
    """A person's work at an agency, from a moment to a moment. Outside them it gives nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    post = models.CharField(_("post"), max_length=150, blank=True)
    starts = models.DateTimeField(_("from"), default=timezone.now)
    ends = models.DateTimeField(_("to"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start", condition=Q(ends=None) | Q(ends__gte=F("starts"))
            )
        ]
        indexes = [models.Index(fields=["user", "starts"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency.code}"

    def is_current(self, now: "datetime") -> bool:
        """Whether the membership runs at `now`: from its start up to, not including, its end."""
        return self.starts <= now and (self.ends is None or self.ends > now)


class RoleAssignment(models.Model):
    """A role held in a membership, with dates; of a deputy, for whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    starts = models.DateTimeField(_("from"), default=timezone.now)
    ends = models.DateTimeField(_("to"), null=True, blank=True)
    acting_for = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("acting for"),
    )
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(name="role_ends_after_start", condition=Q(ends=None) | Q(ends__gte=F("starts")))
        ]
        indexes = [models.Index(fields=["membership", "role"], name="role_membership")]

    def __str__(self) -> str:
        return f"{self.membership}: {self.role}"

    @property
    def last_moment(self) -> "datetime | None":
        """Just before its end, to be shown as a day: a role until midnight runs until the day before."""
        return self.ends and self.ends - timedelta(seconds=1)


class Counter(models.Model):
    """The last number given in one series: an agency's references of one kind in one year."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "series", "year"], name="counter_series")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.series} {self.year}: {self.last}"
