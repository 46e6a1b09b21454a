"""One release of figures: what may be shown, and nothing else."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """The figures of one day. Small counts are taken out before it is saved: see figures/disclosure.py."""

    day = models.DateField(_("day"), unique=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    content = models.JSONField()

    class Meta:
        verbose_name = _("release of figures")
        verbose_name_plural = _("releases of figures")
        get_latest_by = "day"

    def __str__(self) -> str:
        return self.day.isoformat()
