"""What the pages of a draft show: each step with what it says in a line, what is missing, and who commented on it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cases.items import contents_of, headline
from cases.models import CaseItem
from mla import drafting
from mla.checks import Finding, findings
from mla.compare import in_words
from mla.models import AssistanceRequest, DraftStep, FieldComment, RequestItem
from mla.reading import Reading, label_of
from mla.review import Review


@dataclass(slots=True)
class StepReading:
    """One step of one draft."""

    step: drafting.Step
    number: int
    summary: str
    saved: DraftStep | None
    findings: list[Finding] = field(default_factory=list)
    comments: list[FieldComment] = field(default_factory=list)

    @staticmethod
    def version_of(request: AssistanceRequest, name: str) -> int:
        """The number of the step's last saving; 0 when it was never saved by itself."""
        return request.draft_steps.filter(name=name).values_list("version", flat=True).first() or 0

    @property
    def hard(self) -> int:
        """How many points must still be met."""
        return sum(1 for one in self.findings if one.is_open and one.hard)

    @property
    def soft(self) -> int:
        """How many want an answer or a reason."""
        return sum(1 for one in self.findings if one.is_open and not one.hard)

    @property
    def waiting(self) -> int:
        """How many comments are neither met nor answered."""
        return sum(1 for one in self.comments if not one.dealt_with)

    @property
    def badge(self) -> dict[str, str]:
        """The step's state in a word: what is missing first."""
        if self.waiting:
            words = ngettext("%(n)d comment", "%(n)d comments", self.waiting) % {"n": self.waiting}
            return {"label": words, "tone": "attention", "icon": "message-circle"}
        if self.hard:
            words = ngettext("%(n)d gap to fill", "%(n)d gaps to fill", self.hard) % {"n": self.hard}
            return {"label": words, "tone": "bad", "icon": "alert-circle"}
        if self.soft:
            words = ngettext("%(n)d gap to explain", "%(n)d gaps to explain", self.soft) % {"n": self.soft}
            return {"label": words, "tone": "attention", "icon": "alert-circle"}
        if self.summary:
            return {"label": pgettext("a section of a draft", "Done"), "tone": "good", "icon": "check"}
        return {"label": _("Nothing yet"), "tone": "neutral", "icon": "circle-dashed"}


@dataclass(slots=True)
class DraftReading:
    """A draft in steps."""

    reading: Reading
    steps: list[StepReading]
    # Returns before the last one, with what was said and done then.
    earlier: list[Review] = field(default_factory=list)

    def step(self, name: str) -> StepReading:
        """One of them."""
        return next(one for one in self.steps if one.step.name == name)

    @property
    def findings(self) -> list[Finding]:
        """Every point of the check, in the order of the steps."""
        return [one for step in self.steps for one in step.findings]

    def present(self, kind: drafting.Step) -> list[tuple[str, str]]:
        """What a step says now, in words: beside what somebody typed who was slower."""
        content = self.reading.content
        names = [*kind.fields, *(["attachments"] if kind.kinds else []), *([kind.rows] if kind.rows else [])]
        return [(label_of(name), in_words(name, content.get(name))) for name in names]

    @property
    def met(self) -> int:
        """How many points are met, or explained."""
        return sum(1 for one in self.findings if not one.is_open)

    @property
    def hard(self) -> list[Finding]:
        """What must still be filled."""
        return [one for one in self.findings if one.is_open and one.hard]

    @property
    def soft(self) -> list[Finding]:
        """What wants an answer or a reason."""
        return [one for one in self.findings if one.is_open and not one.hard]

    @property
    def waiting(self) -> list[FieldComment]:
        """Comments that are neither met nor answered."""
        return [one for step in self.steps for one in step.comments if not one.dealt_with]

    @property
    def why_not(self) -> str:
        """What keeps the draft from review, in numbers; empty when nothing does."""
        hard, soft, waiting = len(self.hard), len(self.soft), len(self.waiting)
        found = [comments_wait(waiting)] if waiting else []
        if hard or soft:
            found.append(_("Gaps to fill: %(hard)d. To explain: %(soft)d.") % {"hard": hard, "soft": soft})
        return " ".join(found)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(1 for one in self.steps if one.badge["tone"] == "good")

    @property
    def saved_at(self) -> datetime | None:
        """When anything was last saved."""
        return max((one.saved.saved_at for one in self.steps if one.saved), default=None)

    def beside(self, kind: drafting.Step, form: forms.Form) -> list[dict[str, Any]]:
        """The visible fields of a step's form, each with the gaps and comments that belong to it."""
        mine = self.step(kind.name)
        rows = []
        for bound in form.visible_fields():
            names = {bound.name} | (set(kind.kinds) | {kind.name} if bound.name == "items" else set())
            rows.append(
                {
                    "field": bound,
                    "gaps": [one for one in mine.findings if one.is_open and one.field in names],
                    "comments": [one for one in mine.comments if one.field in names],
                }
            )
        return rows


def comments_wait(number: int) -> str:
    """So many comments wait, and what meets them."""
    return ngettext(
        "%(n)d comment waits: change what it is about, or answer it.",
        "%(n)d comments wait: change what they are about, or answer them.",
        number,
    ) % {"n": number}


def read_draft(reading: Reading) -> DraftReading:
    """Read the steps of a draft that the reader may write in."""
    request = reading.request
    saved = {one.name: one for one in request.draft_steps.select_related("saved_by")}
    points, reviews = findings(request), reading.reviews
    # The last return may have said nothing at a field.
    last = [one for one in reviews[:1] if one.event == reading.returned]
    comments = [comment for review in last for comment in review.comments]
    said = summaries(reading)
    return DraftReading(
        reading=reading,
        steps=[
            StepReading(
                step=step,
                number=number,
                summary=said[step.name],
                saved=saved.get(step.name),
                findings=[one for one in points if one.step == step.name],
                comments=[one for one in comments if drafting.step_of(one.field) == step.name],
            )
            for number, step in enumerate(drafting.STEPS, start=1)
        ],
        earlier=reviews[len(last) :],
    )


def summaries(reading: Reading) -> dict[str, str]:
    """What each step says, in a line."""
    request = reading.request
    by_kind = _attached(reading)
    words = len(request.facts.split())
    measures = [one.get_kind_display() for one in request.measures.all()]
    languages = [one.get_language_display() for one in request.language_versions.all()]
    day = date_format(request.deadline, "DATE_FORMAT") if request.deadline else ""

    def listed(step: str) -> str:
        return " · ".join(name for kind in drafting.BY_NAME[step].kinds for name in by_kind.get(kind, []))

    return {
        "basis": " · ".join(part for part in (request.requested_state.name, reading.basis) if part),
        "offence": Truncator(request.offence).chars(120),
        "facts": ngettext("%(n)d word", "%(n)d words", words) % {"n": words} if words else "",
        "persons": Truncator(listed("persons")).chars(200),
        "measures": " · ".join(measures),
        "firearms": Truncator(listed("firearms")).chars(200),
        "procedure": " · ".join(part for part in (day, Truncator(request.deadline_reason).chars(100)) if part),
        "confidentiality": _("To be kept confidential") if request.confidential else _("Not asked for"),
        "attachments": Truncator(listed("attachments")).chars(200),
        "translation": " · ".join(languages),
    }


def item_choices_of(reading: Reading, kinds: Iterable[str], *, attached: bool = False) -> list[tuple[str, str]]:
    """The items of the case, of these kinds, for a form to choose from; only those of the request when `attached`."""
    request, standing = reading.request, reading.standing
    items = CaseItem.objects.visible_to(standing.user, now=standing.now).filter(case=request.case_id, kind__in=kinds)
    if attached:
        items = items.filter(pk__in=_rows(request).values("item"))
    found = list(items.order_by("created_at", "pk"))
    contents = contents_of(found)
    return [(str(one.pk), f"{headline(contents[one.pk])} ({one.get_kind_display()}, {one.reference})") for one in found]


def _rows(request: AssistanceRequest) -> Any:
    return request.request_items.filter(role=RequestItem.Role.ATTACHMENT)


def _attached(reading: Reading) -> dict[str, list[str]]:
    """The headlines of the items of the request, by kind, as far as the reader sees them."""
    request, standing = reading.request, reading.standing
    ids: list[uuid.UUID] = list(_rows(request).values_list("item_id", flat=True))
    items = list(CaseItem.objects.visible_to(standing.user, now=standing.now).filter(pk__in=ids).order_by("created_at"))
    contents = contents_of(items)
    found: dict[str, list[str]] = {}
    for item in items:
        found.setdefault(item.kind, []).append(headline(contents[item.pk]))
    return found
