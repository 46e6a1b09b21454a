"""What other apps hang on a case: a card on its page, and records that a named person sees with it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from cases.models import Case

Panel = Callable[[HttpRequest, Case], str]
Belongings = Callable[[Case], Iterable[Any]]

_panels: list[Panel] = []
_belongings: list[Belongings] = []


def register(panel: Panel, belongings: Belongings) -> None:
    """Called once by an app when it is ready."""
    _panels.append(panel)
    _belongings.append(belongings)


def panels(request: HttpRequest, case: Case) -> list[str]:
    """The cards of the other apps, as this reader may see them."""
    return [panel(request, case) for panel in _panels]


def belongings(case: Case) -> list[Any]:
    """The guarded records of the other apps that stand in a case."""
    return [record for found in _belongings for record in found(case)]
