"""Reads of journals and of requests on paper: by the agencies for which a person works on cases now."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from agencies.models import CASE_ROLES, RoleAssignment
from mla.models.request import AssistanceRequest


def desks(user: User, now: datetime) -> models.QuerySet:
    """The agencies for which a person works on cases at `now`, by id: for a condition."""
    rows = RoleAssignment.objects.held_by(user).current(now).of(CASE_ROLES)
    return rows.values("membership__agency_id")


class PaperQuerySet(models.QuerySet):
    """Requests on paper."""

    def visible_to(self, user: User, now: datetime) -> Self:
        """Those of the agencies for which `user` works on cases at `now`: see docs/adr/0029-paper-requests.md."""
        return self.filter(owner__in=desks(user, now))

    def open(self) -> Self:
        """Those that wait for an answer: as `PaperRequest.state` says of one."""
        return self.filter(voided_at=None, closed_on=None, answered_on=None)


class JournalQuerySet(models.QuerySet):
    """Lines of journals."""

    def visible_to(self, user: User, now: datetime) -> Self:
        """Lines of the journals of `user`'s agencies, each as far as they see what it is the number of."""
        seen = AssistanceRequest.objects.is_visible(user, F("request_id"), now=now)
        return self.filter(Q(paper__isnull=False) | Q(seen), agency__in=desks(user, now))

    def newest(self) -> Self:
        """By the date of the number, newest first; of one day, the last entered first."""
        return self.order_by("-date", "-pk")
