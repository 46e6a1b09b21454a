"""What other apps teach this one when Django starts, so that it need not know them.

The words of an event, the kinds that a person can choose a way for, how a subject looks to a reader now, where people
work, and who is to be reminded. An event's name begins with its topic: `request.sign` is of the topic `request`.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.models import ByMail, Urgency

# Where nothing else is chosen. Whoever must act can put the mail off until the daily summary, and never do without.
USUAL = {Urgency.ACTION: ByMail.AT_ONCE, Urgency.NEWS: ByMail.DIGEST}
OFFERED = {
    Urgency.ACTION: (ByMail.AT_ONCE, ByMail.DIGEST),
    Urgency.NEWS: (ByMail.AT_ONCE, ByMail.DIGEST, ByMail.BELL),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """How the subject of a notification is named to its reader, where it is, and whether it is over."""

    label: str
    url: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An event in words without content: they stand in mails too. `ends`: it is the end of its subject."""

    words: str | Promise
    icon: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """Events of one topic and urgency, for which a person chooses one way."""

    topic: str
    urgency: Urgency
    label: str | Promise
    usual: ByMail
    # Whether only people who work on cases ever hear of it.
    case_work: bool = True

    @property
    def code(self) -> str:
        """As it is stored."""
        return f"{self.topic}.{self.urgency}"

    @property
    def offered(self) -> tuple[ByMail, ...]:
        """The ways that a person may choose."""
        return OFFERED[self.urgency]


Resolver = Callable[[User, Iterable[uuid.UUID]], dict[uuid.UUID, Subject]]
Workplaces = Callable[[Iterable[uuid.UUID], datetime], dict[uuid.UUID, ZoneInfo]]
Reminders = Callable[[datetime], int]

_events: dict[str, Event] = {}
_kinds: dict[tuple[str, str], Kind] = {}
_resolvers: dict[str, Resolver] = {}
_workplaces: list[Workplaces] = []
_reminders: list[Reminders] = []


def register_event(event: str, text: str | Promise, *, icon: str = "bell", ends: bool = False) -> None:
    """Teach the words of an event, its icon, and whether it ends its subject."""
    _events[event] = Event(text, icon, ends)


def register_kind(
    topic: str, urgency: Urgency, label: str | Promise, *, usual: ByMail | None = None, case_work: bool = True
) -> None:
    """Teach a kind that stands on the page of settings."""
    _kinds[topic, urgency] = Kind(topic, urgency, label, usual or USUAL[urgency], case_work)


def register_subject(subject_type: str, resolve: Resolver) -> None:
    """Teach how to look up subjects of a type. The resolver returns only what the reader may see."""
    _resolvers[subject_type] = resolve


def register_workplaces(workplaces: Workplaces) -> None:
    """Teach where people work at a moment, by the zone of their day. Who works nowhere is not in the answer."""
    _workplaces.append(workplaces)


def register_reminders(remind: Reminders) -> None:
    """Teach what calls `services.remind` for all that is due at a moment, and returns how many it told."""
    _reminders.append(remind)


def event(name: str) -> Event:
    """What was taught about an event; of one that nobody taught, that something changed."""
    return _events.get(name) or Event(_("Something changed"), "bell", ends=False)


def words(name: str) -> str:
    """The words of an event in the active language."""
    return str(event(name).words)


def kinds() -> list[Kind]:
    """All kinds: first those for which somebody must act."""
    return sorted(_kinds.values(), key=lambda kind: kind.urgency != Urgency.ACTION)


def kind_of(event: str, urgency: str) -> Kind:
    """The kind of an event for one person; of a topic that nobody taught, one that stands on no page."""
    topic, urgency = event.partition(".")[0], Urgency(urgency)
    return _kinds.get((topic, urgency)) or Kind(topic, urgency, "", USUAL[urgency])


def subjects(user: User, wanted: dict[str, set[uuid.UUID]]) -> dict[tuple[str, uuid.UUID], Subject]:
    """Look up subjects by type and id: one call a type. What the reader may not see is not in the answer."""
    found = {}
    for subject_type, ids in wanted.items():
        for pk, subject in _resolvers[subject_type](user, ids).items():
            found[subject_type, pk] = subject
    return found


def workplaces(people: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, ZoneInfo]:
    """The zone in which each person's day begins. Who works nowhere at `now`, or is inactive, is left out."""
    return {pk: zone for find in _workplaces for pk, zone in find(list(people), now).items()}


def reminders() -> list[Reminders]:
    """What to run when reminders are due."""
    return list(_reminders)
