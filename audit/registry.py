"""What the apps above teach this one: the words of events and facts, and who may read whose events.

The log lies below the agencies and knows them by their codes only.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise

from accounts.models import User

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose events an auditor reads: everybody's, or what these people did for these agencies."""

    agencies: tuple[str, ...] = ()
    # A query of people's ids; None: everybody.
    people: models.QuerySet | None = None
    everything: bool = False


class Agencies(Protocol):
    """What this app asks about agencies."""

    def home_of(self, actor: User) -> str:
        """The code of the agency that stands beside the person's name now; empty when there is none."""

    def reach_of(self, standing: Any) -> Reach | None:
        """Whose events the person reads as an auditor; None: they are none."""

    def choices(self, reach: Reach) -> list[tuple[str, str]]:
        """The agencies of a reach, by code: code and name."""

    def people_of(self, code: str) -> list[tuple[str, str]]:
        """Everybody who works or has worked there, by name: id and name."""


_agencies: list[Agencies] = []
_counting: list[Callable[[str], None]] = []
_events: dict[str, Words] = {}
_groups: dict[str, Words] = {}
_subjects: dict[str, Words] = {}
_values: dict[str, dict[str, Words]] = {}


def register_agencies(agencies: Agencies) -> None:
    """Called once, by the app that knows them."""
    _agencies[:] = [agencies]


def register_events(group: str, title: Words, one: Words, words: Mapping[str, Words]) -> None:
    """Teach the events of one kind of subject: the part of their names before the point, many of it, one of it."""
    _groups[group], _subjects[group] = title, one
    _events.update({f"{group}.{name}": text for name, text in words.items()})


def register_subject(kind: str, one: Words) -> None:
    """Teach the words of a kind of subject that is named apart from the group of its events."""
    _subjects[kind] = one


def register_values(fact: str, words: Mapping[str, Words]) -> None:
    """Teach the words of a fact's codes."""
    _values.setdefault(fact, {}).update(words)


def on_refusal(count: Callable[[str], None]) -> None:
    """Called once, by whoever counts refusals: `count` is given the event's name and nothing else."""
    _counting[:] = [count]


def refused(name: str) -> None:
    """An attempt at this was refused, and is written down."""
    for count in _counting:
        count(name)


def agencies() -> Agencies:
    """The one who knows the agencies."""
    return _agencies[0]


def event_words(name: str) -> str:
    """An event in words; one that nobody taught says its name."""
    return str(_events.get(name, name))


def subject_words(kind: str) -> str:
    """A kind of subject in words."""
    return str(_subjects.get(kind, kind))


def value_words(fact: str, value: str) -> str:
    """A fact's code in words, where they were taught."""
    return str(_values.get(fact, {}).get(value, value))


def events() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every event that was taught, by kind of subject: for a form to choose from."""
    found: dict[str, list[tuple[str, str]]] = {group: [] for group in _groups}
    for name, text in _events.items():
        found[name.partition(".")[0]].append((name, str(text)))
    return [(str(_groups[group]), sorted(rows, key=lambda row: row[1])) for group, rows in found.items()]


def taught(names: Iterable[str]) -> set[str]:
    """Those of these names that have words."""
    return set(names) & set(_events)
