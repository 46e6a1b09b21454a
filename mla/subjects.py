"""What the bell needs to know of requests, on paper too: each step in words, and how one looks to its reader now."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mla.models import AssistanceRequest, PaperRequest
from mla.presentation import STEP_ICON
from mla.reminders import remind_of_deadlines, remind_of_papers
from mla.workflow import ENDED, TRANSITIONS
from notifications.models import ByMail, Urgency
from notifications.registry import Subject, register_event, register_kind, register_reminders, register_subject


def resolve(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The requests among `ids` that the reader sees: reference and address, no title."""
    rows = AssistanceRequest.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "reference", "state")
    return {
        pk: Subject(label=reference, url=reverse("mla:detail", args=[pk]), ended=state in ENDED)
        for pk, reference, state in rows
    }


def resolve_papers(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    """The requests on paper among `ids` that the reader sees: the number in their own journal, and address."""
    rows = PaperRequest.objects.visible_to(user, timezone.now()).filter(pk__in=list(ids)).select_related("line")
    return {
        paper.pk: Subject(
            label=paper.line.number, url=reverse("register:paper", args=[paper.pk]), ended=paper.has_ended
        )
        for paper in rows
    }


def register() -> None:
    """Called once, when the app is ready."""
    register_subject("request", resolve)
    register_subject("paper", resolve_papers)
    register_kind("request", Urgency.ACTION, _("A request waits for you"))
    register_kind("request", Urgency.NEWS, _("A request has moved on"))
    register_event("request.left", _("A draft has lost its drafter: an officer can take it over"), icon="user")
    for transition in TRANSITIONS:
        icon, ends = STEP_ICON[transition.name], transition.to in ENDED
        register_event(f"request.{transition.name}", transition.done, icon=icon, ends=ends)
    register_kind("deadline", Urgency.ACTION, _("A request that waits for you is due"), usual=ByMail.DIGEST)
    register_event("deadline.near", _("A deadline is near"), icon="clock")
    register_event("deadline.reached", _("A deadline is reached"), icon="calendar-event")
    register_event("deadline.passed", _("A deadline has passed"), icon="alert-triangle")
    register_reminders(remind_of_deadlines)
    register_reminders(remind_of_papers)
