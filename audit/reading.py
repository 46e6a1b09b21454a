"""How events read: words, people and agencies. Never the reference or name of a record, and no way to one."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.sheets import Cell
from audit import registry
from audit.models import AuditEvent, Outcome
from audit.querysets import AuditEventQuerySet, Place

PAGE = 50
COUNTED = 1000
# An export holds at most so many events.
CAP = 20_000
BATCH = 1000

# The facts that are shown, in order. Not among them: references, ids of other records, states of a request (the
# event says the step; where it came from may be the other side's own), checksums.
SHOWN = {
    "code": gettext_lazy("why refused"),
    "role": gettext_lazy("role"),
    "person": gettext_lazy("person"),
    "agencies": pgettext_lazy("fact", "for"),
    "until": pgettext_lazy("fact", "until"),
    "kind": gettext_lazy("kind"),
    "items": gettext_lazy("items"),
    "fields": gettext_lazy("fields"),
    "count": pgettext_lazy("how many", "number"),
    "size": gettext_lazy("size, bytes"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as an auditor reads it."""

    event: AuditEvent
    words: str
    agency: str
    facts: list[tuple[str, str]]

    @property
    def subject(self) -> str:
        """What kind of record it was about."""
        return registry.subject_words(self.event.subject_type)

    @property
    def refused(self) -> bool:
        """Whether it was tried and not done."""
        return self.event.outcome == Outcome.REFUSED


def lines(events: Iterable[AuditEvent], names: dict[str, str]) -> list[Line]:
    """Events in words, with the names of agencies by code; one question more for the people whom facts name."""
    events = list(events)
    people = _people(events)
    return [
        Line(event, registry.event_words(event.name), names.get(event.agency, event.agency), _facts(event, people))
        for event in events
    ]


def sheet(found: AuditEventQuerySet, names: dict[str, str]) -> Iterator[list[Cell]]:
    """The rows of an export: a heading, then each event, newest first, read in portions."""
    heading = [_("When"), _("When (UTC)"), _("Event"), _("Event code"), _("Outcome"), _("Person"), _("Person id")]
    yield [*heading, _("Agency code"), _("Agency"), _("Kind of record"), _("Id of the record"), _("Facts")]
    after: Place | None = None
    while portion := list(found.newest(after).select_related("actor")[:BATCH]):
        for line in lines(portion, names):
            yield _row(line)
        after = Place.behind([event.at for event in portion], after)


def _row(line: Line) -> list[Cell]:
    event = line.event
    return [
        timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
        event.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        line.words,
        event.name,
        str(event.get_outcome_display()),
        event.actor.name if event.actor else "",
        str(event.actor_id or ""),
        event.agency,
        line.agency,
        line.subject,
        str(event.subject_id or ""),
        "; ".join(f"{label}: {text}" for label, text in line.facts),
    ]


def _people(events: list[AuditEvent]) -> dict[str, str]:
    ids = {event.facts["person"] for event in events if "person" in event.facts}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=filter(_is_id, ids)).values_list("pk", "name")}


def _is_id(value: Any) -> bool:
    try:
        uuid.UUID(value)
    except (AttributeError, ValueError):
        return False
    return True


def _facts(event: AuditEvent, people: dict[str, str]) -> list[tuple[str, str]]:
    facts = {key: value for key, value in event.facts.items() if value not in ("", [], None)}
    return [(str(label), _said(key, facts[key], people)) for key, label in SHOWN.items() if key in facts]


def _said(key: str, value: Any, people: dict[str, str]) -> str:
    """A fact's value: names and words for codes, how many for ids."""
    if key == "person":
        return people.get(value, value)
    if key == "items":
        return str(len(value))
    if key == "until":
        return _day(value)
    values = value if isinstance(value, list) else [value]
    return ", ".join(registry.value_words(key, str(one)) for one in values)


def _day(value: Any) -> str:
    """A day as people write it; what is none, as it stands."""
    try:
        return date_format(date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(value)
