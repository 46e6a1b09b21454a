"""One event: ids, codes and field names, never content."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.querysets import AuditEventQuerySet


class Outcome(models.TextChoices):
    """Whether what was tried was done."""

    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class AuditEvent(models.Model):
    """What a person did to a subject, or was refused. Rows are added and never changed: triggers refuse it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    name = models.CharField(_("event"), max_length=60)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    # No constraint in the database: an event outlives its actor, and an insert must not lock the person's row.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    agency = models.CharField(_("for agency"), max_length=20, blank=True)
    subject_type = models.CharField(_("subject"), max_length=30)
    subject_id = models.UUIDField(_("subject id"), null=True)
    facts = models.JSONField(_("facts"), default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        # One for each question of an auditor, newest first.
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["subject_id", "-at", "-id"], name="audit_subject"),
            models.Index(fields=["actor", "-at", "-id"], name="audit_actor"),
            models.Index(fields=["agency", "-at", "-id"], name="audit_agency"),
            models.Index(fields=["name", "-at", "-id"], name="audit_event"),
            models.Index(fields=["-at", "-id"], condition=models.Q(outcome="refused"), name="audit_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.name}"
