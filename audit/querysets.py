"""Reads of the log: whose events somebody may read, newest first, page by page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from audit.registry import Reach


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: at the moment of its last event, and how many of that moment were shown by then.

    Not by an event's number: how far two of them are apart tells how much others did meanwhile.
    """

    at: datetime
    shown: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.shown}"

    @classmethod
    def behind(cls, moments: Sequence[datetime], after: "Place | None") -> "Place":
        """Behind the events of these moments, which came after another place."""
        last = moments[-1]
        before = after.shown if after and after.at == last else 0
        return cls(last, moments.count(last) + before)

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read a place from an address; None when it is none."""
        at, _, shown = text.partition("_")
        if not (shown.isascii() and shown.isdigit() and len(shown) < 6):
            return None
        try:
            place = cls(at=datetime.fromisoformat(at), shown=int(shown))
        except ValueError:
            return None
        return place if place.at.tzinfo else None


class AuditEventQuerySet(models.QuerySet):
    """Reads of audit events."""

    def within(self, reach: Reach) -> Self:
        """Everything, or what was done for an agency by people of no other state, or by the portal itself.

        A step of the other side can be written down under the agency whose items it moved: who did it, and for whom,
        is that side's own.
        """
        if reach.everything:
            return self
        return self.filter(Q(actor=None) | Q(actor__in=reach.people), agency__in=reach.agencies)

    def matching(
        self,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        agency: str = "",
        event: str = "",
        person: uuid.UUID | None = None,
        subject: uuid.UUID | None = None,
        refused: bool = False,
    ) -> Self:
        """Those that fit everything that is given; each of these has an index of its own."""
        given = {
            "at__gte": since,
            "at__lt": before,
            "agency": agency,
            "name": event,
            "actor": person,
            "subject_id": subject,
            "outcome": "refused" if refused else "",
        }
        return self.filter(**{name: value for name, value in given.items() if value})

    def newest(self, after: Place | None = None) -> Self:
        """Newest first, from a place on."""
        found = self.order_by("-at", "-id")
        return found.filter(at__lte=after.at)[after.shown :] if after else found
