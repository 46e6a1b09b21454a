"""What other apps hang on a case: a card on its page, and records that a named person sees with it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from cases.models import Case

Panel = Callable[[HttpRequest, Case], str]
Belongings = Callable[[Case], Iterable[Any]]
Changed = Callable[[Case], None]
Named = Callable[[Case, User], None]

_panels: list[Panel] = []
_belongings: list[Belongings] = []
_changed: list[Changed] = []
_named: list[Named] = []
_unnamed: list[Named] = []


def register(*, panel: Panel, belongings: Belongings, changed: Changed, named: Named, unnamed: Named) -> None:
    """Called once by an app when it is ready. `changed`, `named` and `unnamed` run in the transaction of the act."""
    _panels.append(panel)
    _belongings.append(belongings)
    _changed.append(changed)
    _named.append(named)
    _unnamed.append(unnamed)


def panels(request: HttpRequest, case: Case) -> list[str]:
    """The cards of the other apps, as this reader may see them."""
    return [panel(request, case) for panel in _panels]


def belongings(case: Case) -> list[Any]:
    """The guarded records of the other apps that stand in a case."""
    return [record for found in _belongings for record in found(case)]


def case_changed(case: Case) -> None:
    """A case says something else now: what the other apps copied of it follows."""
    for act in _changed:
        act(case)


def person_named(case: Case, person: User) -> None:
    """A person was named in a need-to-know case: what the other apps keep to its named people opens to them."""
    for act in _named:
        act(case, person)


def person_unnamed(case: Case, person: User) -> None:
    """A name was taken out: the same, closed."""
    for act in _unnamed:
        act(case, person)
