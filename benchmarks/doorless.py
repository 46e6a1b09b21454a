"""The product without permission checks: what a page would cost if everybody saw everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db.models import BooleanField, Value

from accounts.kept import Kept, Statement
from cases.access import FEW, PAGE, GuardedQuerySet
from cases.querysets import ShareQuerySet

NEWEST = ("-created_at", "-id")


def _newest(self: Any, user: Any, *, limit: int = PAGE, **more: Any) -> list[Any]:
    return list(self.unscoped("benchmark").order_by(*NEWEST)[:limit])


OPEN = {
    "visible_to": lambda self, user, **more: self.unscoped("benchmark"),
    "visible_among": lambda self, user, **more: self.unscoped("benchmark"),
    "newest_visible": _newest,
    "is_visible": lambda self, user, key, **more: Value(True, output_field=BooleanField()),
    # Everybody sees more than a few.
    "count_visible": lambda self, user, **more: FEW + 1,
}
# A share is no record with grants of its own: it has handles by the same names.
SHARES = {name: lambda self, user, **more: self.all() for name in ("visible_among", "of_own_cases_among")}

# What is kept without a door, apart from what is kept with it.
KEPT: dict[tuple[Kept, str], Statement] = {}


def _made(kept: Kept, database: str) -> Statement:
    if (kept, database) not in KEPT:
        KEPT[kept, database] = kept._make()
    return KEPT[kept, database]


@contextmanager
def no_door() -> Iterator[None]:
    """Every handle of the door gives everything, and asks nothing."""
    with (
        mock.patch.multiple(GuardedQuerySet, **OPEN),
        mock.patch.multiple(ShareQuerySet, **SHARES),
        mock.patch.object(Kept, "_made", _made),
    ):
        yield
