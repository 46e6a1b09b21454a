"""What the frame of every page needs: exercise, navigation, person, bell."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.models import Notification


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's variables. Lists of content stand in the navigation of people who work on cases only."""
    context: dict[str, Any] = {"exercise": settings.EXERCISE, "theme": ""}
    standing = getattr(request, "standing", None)
    if standing is None or not request.user.is_authenticated or standing.home is None:
        return context
    places = [(_("My desk"), reverse("desk"))]
    if standing.works_on_cases:
        places += [
            (_("Cases"), reverse("cases:list")),
            (_("Requests"), reverse("mla:list")),
            (_("Shares"), reverse("shares:list")),
        ]
    places.append((_("Directory"), reverse("agencies:directory")))
    context["navigation"] = [
        {
            "label": label,
            "url": url,
            "current": request.path == url if url == "/" else request.path.startswith(url),
        }
        for label, url in places
    ]
    context["person"] = {
        "name": request.user.name,
        "role_label": ", ".join(standing.role_labels),
        "agency_name": standing.home.name,
    }
    context["unread"] = Notification.objects.filter(person=request.user, read_at=None)[:100].count()
    context["zone"] = standing.home.tz.key
    return context
