"""What belongs to a draft while it is one: steps saved, hands that wrote, who is at it now, reasons, comments.

All of it is the requesting side's own and never crosses. Read through the request.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import CaseItem
from mla.models.history import RequestEvent
from mla.models.request import AssistanceRequest


class DraftStep(models.Model):
    """When one step of a draft was last saved, and by whom.

    Its number goes up with each change of this step alone, so that two people at two steps do not disturb each other.
    """

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="draft_steps")
    name = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The page that saved it last: what one page saves as its writer goes on is no conflict with itself.
    page = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="draft_step_once")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.name} {self.version}"


class DraftAuthor(models.Model):
    """Somebody who wrote in a request's text. They count as its drafters: they neither approve nor sign it."""

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="authors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="draft_author_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.person_id}"


class DraftVisit(models.Model):
    """Who has a step of a draft open: renewed while the page is open, worth nothing a minute later."""

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=20)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="draft_visit_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.person_id} {self.step}"


class GapReason(models.Model):
    """Why a point that a request should contain, but need not, is left out."""

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="gap_reasons")
    point = models.CharField(max_length=80)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reason for a gap")
        verbose_name_plural = _("reasons for gaps")
        constraints = [models.UniqueConstraint(fields=["request", "point"], name="gap_reason_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.point}"


class FieldComment(models.Model):
    """What a reviewer says of one field when the draft goes back; the drafter mends the field or answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="comments")
    # The step that sent the draft back.
    event = models.ForeignKey(RequestEvent, on_delete=models.PROTECT, related_name="comments")
    field = models.CharField(max_length=40)
    text = models.TextField(_("comment"), max_length=5000)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Whether its field was changed after the return: no column, mla/review.py compares the versions and says so.
    changed: bool = False

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["event__at", "field"]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.field}"

    @property
    def dealt_with(self) -> bool:
        """Whether its field was changed since, or it was answered."""
        return self.changed or bool(self.answer)


class LanguageVersion(models.Model):
    """An attachment that is a language version of the letter or of another attachment: who translated, who certified.

    Minsk 17: state languages of the parties, or Russian; UNTOC 18(14): a language acceptable to the requested state.
    """

    class Language(models.TextChoices):
        """Languages in which the region writes to each other."""

        RUSSIAN = "ru", _("Russian")
        KAZAKH = "kk", _("Kazakh")
        KYRGYZ = "ky", _("Kyrgyz")
        TAJIK = "tg", _("Tajik")
        TURKMEN = "tk", _("Turkmen")
        UZBEK = "uz", _("Uzbek")
        ENGLISH = "en", _("English")

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="language_versions")
    number = models.PositiveSmallIntegerField(default=1, editable=False)
    item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="+", verbose_name=_("document"))
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    translator = models.CharField(_("translator"), max_length=150)
    certification = models.CharField(_("certified by, and how"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("language version")
        verbose_name_plural = _("language versions")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["request", "item"], name="language_version_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.language}"
