"""The bell: a person's own notifications, worded when they are read."""

import uuid
from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from notifications import registry
from notifications.models import Notification

PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest notifications. One whose subject is out of sight keeps its words and loses its name and link."""
    rows = list(Notification.objects.filter(person=request.user).order_by("-created_at", "-id")[:PAGE])
    wanted: dict[str, set[uuid.UUID]] = defaultdict(set)
    for row in rows:
        wanted[row.subject_type].add(row.subject_id)
    found = registry.subjects(request.user, wanted)
    entries = [
        {
            "row": row,
            "words": registry.words(row.event),
            "subject": found.get((row.subject_type, row.subject_id)),
        }
        for row in rows
    ]
    return render(request, "notifications/index.html", {"entries": entries})


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's notifications as read."""
    Notification.objects.filter(person=request.user, read_at=None).update(read_at=timezone.now())
    return redirect("notifications:index")
