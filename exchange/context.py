"""What the frame of every page needs: exercise, navigation, person, bell."""

import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import UUIDField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.kept import Kept
from accounts.models import Theme
from agencies import policies
from agencies.models import Role
from mla.register import has_register
from notifications.models import Notification

THEMES = [{"value": value, "label": label} for value, label in Theme.choices]
# The bell counts no further than a hundred.
UNREAD = Kept(lambda person: Notification.objects.of(person).unread().values_list("pk")[:100], person=UUIDField())


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's variables, made once for a page however many templates it is rendered from."""
    if not hasattr(request, "frame"):
        request.frame = _frame(request)
    return request.frame


def _frame(request: HttpRequest) -> dict[str, Any]:
    """Lists of content stand in the navigation of people who work on cases only.

    `navigation` is the bar; `menu` stands in the person's own menu, for what is not of every day.
    """
    context: dict[str, Any] = {"exercise": settings.EXERCISE}
    standing = getattr(request, "standing", None)
    if standing is None or not request.user.is_authenticated or standing.home is None:
        return context
    places = [(_("My desk"), reverse("desk"))]
    if standing.works_on_cases:
        # Of the forms that search, which stand on every page: each counts once.
        context["search_token"] = uuid.uuid4()
        places += [
            (_("Cases"), reverse("cases:list")),
            (_("Requests"), reverse("mla:list")),
            (_("Shares"), reverse("shares:list")),
        ]
    if has_register(standing):
        places.append((_("Register"), reverse("register:list")))
    if policies.is_platform_admin(standing):
        places.append((_("Agencies"), reverse("onboarding:index")))
    if policies.managed(standing):
        places.append((_("People"), reverse("people:index")))
    if Role.AUDITOR in standing.all_roles:
        places.append((_("Audit log"), reverse("audit:list")))
    if Role.OBSERVER in standing.all_roles:
        places.append((_("Figures"), reverse("figures:index")))
    places.append((_("Directory"), reverse("agencies:directory")))
    more = [(_("Figures"), reverse("figures:index"))] if standing.works_on_cases else []
    if not standing.all_roles.isdisjoint({Role.SUPERVISOR, Role.LIAISON, Role.CA_SIGNATORY}):
        more.append((_("Export of data"), reverse("exports:index")))
    more.append((_("Help"), reverse("help")))
    context["navigation"], context["menu"] = _links(request, places), _links(request, more)
    context["person"] = {
        "name": request.user.name,
        # The post as the agency writes it says more than the role's name, which stands where none is written.
        "post": standing.post or ", ".join(standing.role_labels),
        "role_label": ", ".join(standing.role_labels),
        "agency_name": standing.home.name,
        "agency_code": standing.home.code,
    }
    context["unread"] = len(UNREAD(person=request.user.pk))
    context["theme"], context["themes"] = request.user.theme, THEMES
    context["zone"] = zone_words(standing.home.tz)
    return context


def _links(request: HttpRequest, places: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Links of a menu, the one marked where the reader is."""
    # A view whose page belongs elsewhere than its address says so.
    place = getattr(request, "place", request.path)
    return [
        {"label": label, "url": url, "current": place == url if url == "/" else place.startswith(url)}
        for label, url in places
    ]


def zone_words(zone: ZoneInfo) -> str:
    """A time zone as people name it: Bishkek (UTC+6)."""
    cities = {
        "Asia/Almaty": _("Almaty"),
        "Asia/Ashgabat": _("Ashgabat"),
        "Asia/Bishkek": _("Bishkek"),
        "Asia/Dushanbe": _("Dushanbe"),
        "Asia/Tashkent": _("Tashkent"),
    }
    if zone.key not in cities:
        return zone.key
    ahead = timezone.now().astimezone(zone).utcoffset() or timedelta()
    return f"{cities[zone.key]} (UTC{ahead / timedelta(hours=1):+g})"
