"""That a portal is an exercise is said on whatever leaves it: mails, files. Pages and prints say it in their frame."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _


def said() -> str:
    """Which exercise it is, in the active language; nothing where it is none."""
    if not settings.EXERCISE:
        return ""
    return " ".join(
        [
            _("Exercise: %(name)s.") % {"name": settings.EXERCISE},
            _("Every person, case and document here is invented."),
        ]
    )


def subject(words: str) -> str:
    """A mail's subject."""
    if not settings.EXERCISE:
        return words
    marked = _("EXERCISE")
    return f"{marked} · {words}"


def headed(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of a table that leaves; in an exercise the first one says so."""
    if words := said():
        yield [words]
    yield from rows
