"""What other apps teach this one: the words of an event, and how a subject looks to a reader now."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Subject:
    """How the subject of a notification is named to its reader, and where it is."""

    label: str
    url: str


Resolver = Callable[[User, Iterable[uuid.UUID]], dict[uuid.UUID, Subject]]

_words: dict[str, str | Promise] = {}
_resolvers: dict[str, Resolver] = {}


def register_event(event: str, text: str | Promise) -> None:
    """Teach the words of an event. No content: they stand in mails too."""
    _words[event] = text


def register_subject(subject_type: str, resolve: Resolver) -> None:
    """Teach how to look up subjects of a type. The resolver returns only what the reader may see."""
    _resolvers[subject_type] = resolve


def words(event: str) -> str:
    """The words of an event in the active language."""
    return str(_words.get(event, _("Something changed")))


def subjects(user: User, wanted: dict[str, set[uuid.UUID]]) -> dict[tuple[str, uuid.UUID], Subject]:
    """Look up subjects by type and id: one call a type. What the reader may not see is not in the answer."""
    found = {}
    for subject_type, ids in wanted.items():
        for pk, subject in _resolvers[subject_type](user, ids).items():
            found[subject_type, pk] = subject
    return found
