"""The bell: a person's own notifications, worded when they are read; and their choice of what goes by mail."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submissions import once
from notifications import registry, services
from notifications.forms import SettingsForm
from notifications.models import Notification, Urgency
from notifications.querysets import Place, subjects_of

PAGE = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """First what needs the reader, then the rest, each newest first.

    An entry whose subject is out of sight keeps its words, loses its name and its link, and needs nobody.
    """
    after = Place.parse(request.GET.get("after", ""))
    found = list(Notification.objects.of(request.user).in_order(after)[: PAGE + 1])
    page = found[:PAGE]
    subjects = registry.subjects(request.user, subjects_of(page))
    entries = [_entry(row, subjects.get((row.subject_type, row.subject_id))) for row in page]
    last = page[-1] if len(found) > PAGE else None
    context = {
        "groups": [
            (head, group)
            for head, group in (
                (Urgency.ACTION.label, [one for one in entries if one["needed"]]),
                (Urgency.NEWS.label, [one for one in entries if not one["needed"]]),
            )
            if group
        ],
        "newest": max((row.created_at for row in page), default=None) if after is None else None,
        "older": Place(last.waits, last.created_at, last.pk) if last else None,
        "newer": after is not None,
    }
    return render(request, "notifications/index.html", context)


@require_POST
def open_one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mark an entry as read and go where it leads: a button, because a link that is only looked at changes nothing."""
    entry = _read(request, pk)
    subjects = registry.subjects(request.user, subjects_of([entry]))
    subject = subjects.get((entry.subject_type, entry.subject_id))
    if subject is None:
        messages.warning(request, _("What it was about is no longer open to you."))
    return redirect(subject.url if subject else "notifications:index")


@require_POST
def read_one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mark an entry as read."""
    _read(request, pk)
    return redirect("notifications:index")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what stood on the person's page, and what is older; what came after it stays unread."""
    now = timezone.now()
    try:
        up_to = datetime.fromisoformat(request.POST.get("up_to", ""))
    except ValueError:
        up_to = now
    services.read_all(person=request.user, up_to=up_to if up_to.tzinfo else now, now=now)
    return redirect("notifications:index")


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What reaches the person by mail, and when."""
    known: dict[str, Any] = {
        "chosen": services.settings_of([request.user.pk])[request.user.pk],
        "kinds": [kind for kind in registry.kinds() if request.standing.works_on_cases or not kind.case_work],
    }
    if request.method != "POST":
        return _settings_page(request, SettingsForm(initial={"token": uuid.uuid4()}, **known))
    form = SettingsForm(request.POST, **known)
    if not form.is_valid():
        return _settings_page(request, form)

    def act() -> str:
        services.save_settings(
            person=request.user,
            ways=form.ways,
            digest_hour=form.cleaned_data["digest_hour"],
            paused_until=form.cleaned_data["paused_until"],
        )
        return reverse("notifications:index")

    url = once(person=request.user, token=form.cleaned_data.get("token"), act=act)
    messages.success(request, _("Kept. It holds for what comes from now on."))
    return redirect(url)


def _entry(row: Notification, subject: registry.Subject | None) -> dict[str, Any]:
    return {
        "row": row,
        "words": registry.words(row.event),
        "icon": registry.event(row.event).icon,
        "subject": subject,
        "needed": row.waits and subject is not None,
        "unread": row.read_at is None and row.settled_at is None,
    }


def _read(request: HttpRequest, pk: uuid.UUID) -> Notification:
    try:
        return services.read_one(person=request.user, pk=pk, now=timezone.now())
    except Notification.DoesNotExist:
        raise Http404 from None


def _settings_page(request: HttpRequest, form: SettingsForm) -> HttpResponse:
    return render(request, "notifications/settings.html", {"form": form})
