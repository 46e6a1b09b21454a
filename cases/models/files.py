"""Files: written first under a random name outside the web root; the row that names one is committed after."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import CaseItem
from cases.models.items import Detail


class StoredFile(models.Model):
    """A file in the store. Without a document it waits for its form, its uploader's alone, and is swept after a day."""

    # Also its name in the store: random, and nothing of the file's own name.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)
    media_type = models.CharField(_("kind of file"), max_length=100)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return str(self.id)


class Document(Detail):
    """A document: a file that never changes, with what its uploader says of it. It is shared whole or not at all."""

    class Marking(models.TextChoices):
        """The marking that the paper bears. Only the first two may be held here."""

        UNMARKED = "unmarked", _("no marking")
        OFFICIAL_USE = "official_use", _("for official use")
        SECRET = "secret", _("secret or higher")

    name = models.CharField(_("file name"), max_length=255, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    media_type = models.CharField(_("kind of file"), max_length=100, editable=False)
    checksum = models.CharField(_("checksum (SHA-256)"), max_length=64, editable=False)
    marking = models.CharField(_("marking"), max_length=15, choices=Marking.choices)
    description = models.CharField(_("description"), max_length=300, blank=True)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="document", editable=False)
    redacted_from = models.ForeignKey(
        CaseItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("redacted copy of"),
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                name="document_not_above_official_use", condition=models.Q(marking__in=["unmarked", "official_use"])
            )
        ]

    def __str__(self) -> str:
        return self.name
