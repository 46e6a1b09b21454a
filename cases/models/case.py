"""A case, its items, and the people named in a case that not all of its agency may see."""

import uuid

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cases.access import GuardedManager


class Case(models.Model):
    """A file in the portal on one set of proceedings, owned by one agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("registration No."), max_length=40, unique=True, editable=False)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner agency"))
    title = models.CharField(_("title"), max_length=200, validators=[MinLengthValidator(3)])
    proceedings_number = models.CharField(_("No. of the criminal case"), max_length=60, blank=True)
    offences = models.TextField(_("offences"), max_length=4000)
    need_to_know = models.BooleanField(_("need-to-know"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Immutable: grant rows carry a copy of it, by which lists are ordered.
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Goes up by one with each change; a form that carries an older one is told who changed it.
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = GuardedManager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        default_permissions = ["view"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="case_newest")]

    def __str__(self) -> str:
        return self.reference


class CaseMember(models.Model):
    """A person named in a need-to-know case, with the agency for which they act. Read through the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    # Nobody: a rule named them, see cases.services.case.settle_named.
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("named person")
        verbose_name_plural = _("named people")
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person}"


class CaseItem(models.Model):
    """One thing in a case that can be granted and shared on its own. What it says hangs on it, by kind."""

    class Kind(models.TextChoices):
        """What the item is about."""

        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")
        FIREARM = "firearm", _("firearm")
        NOTE = "note", _("note")
        DOCUMENT = "document", _("document")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner agency"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    reference = models.CharField(_("registration No."), max_length=40, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = GuardedManager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="item_newest"),
            models.Index(fields=["case", "created_at"], name="item_case"),
        ]

    def __str__(self) -> str:
        return self.reference
