"""Reads of bell entries. A person's entries are theirs; what they are about is asked of the registry."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the bell ends; the next one begins after it. What waits comes first, then the newest."""

    waits: bool
    at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{int(self.waits)}_{self.at.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read a place from an address; None when it is none."""
        try:
            waits, at, pk = text.split("_")
            place = cls(waits={"0": False, "1": True}[waits], at=datetime.fromisoformat(at), id=uuid.UUID(pk))
        except (ValueError, KeyError):
            return None
        return place if place.at.tzinfo else None


class NotificationQuerySet(models.QuerySet):
    """Bell entries."""

    def of(self, person: "User") -> Self:
        """A person's own."""
        return self.filter(person_id=person.pk)

    def unread(self) -> Self:
        """Those that count: neither read nor settled by somebody else."""
        return self.filter(read_at=None, settled_at=None)

    def for_summary(self) -> Self:
        """Those that the next daily summary takes up."""
        return self.unread().filter(by_mail="digest", mail=None)

    def in_order(self, after: Place | None = None) -> Self:
        """First what waits for the person, then the rest, each newest first; after a place."""
        rows = self.order_by("-waits", "-created_at", "-id")
        if after is None:
            return rows
        later = Q(waits=after.waits) & (Q(created_at__lt=after.at) | Q(created_at=after.at, id__lt=after.id))
        return rows.filter(later | Q(waits=False) if after.waits else later)


def subjects_of(entries: Iterable[Any]) -> dict[str, set[uuid.UUID]]:
    """What entries are about, by type: as the registry looks it up."""
    wanted: dict[str, set[uuid.UUID]] = defaultdict(set)
    for entry in entries:
        wanted[entry.subject_type].add(entry.subject_id)
    return wanted
