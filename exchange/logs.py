"""Log lines: when (UTC), how bad, from where, for which click, what. One line each, and no content.

An exception's own words may hold what a person typed ("Key (title)=(...) already exists"): a line names its class,
its code in the database and the places in our code, never its message.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from traceback import StackSummary, extract_tb, format_list
from types import TracebackType
from typing import Any

# The click that is being answered: also in the header X-Request-ID, and on the pages that tell of a failure.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

# What would begin a new line, or move a terminal's cursor, if somebody put it into an address.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# The names under which Celery's own lines carry what a task raised, written out.
WRITTEN_OUT = {"exc", "traceback"}

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Line(logging.Formatter):
    """One event on one line; after a failure the places where it happened, each on a line of its own."""

    def __init__(self, *, words: bool = False) -> None:
        """`words`: developers also read an exception's message."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s")
        self.words = words

    def format(self, record: logging.LogRecord) -> str:
        """Of a copy: elsewhere the words of an exception may be wanted, or were written into the record before."""
        if not self.words:
            record = copy(record)
            record.exc_text, record.args = None, _wordless(record.args)
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """UTC, and saying so."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with what is not for a line written out."""
        record.request_id = request_id.get()
        record.message = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Raised) -> str:
        """Classes and places, from the first cause to what was raised last."""
        return super().formatException(ei) if self.words else "\n".join(_told(ei[1]))


def _wordless(value: Any) -> Any:
    """What a line is filled with; of an exception only its class."""
    if isinstance(value, Mapping):
        return {name: "..." if name in WRITTEN_OUT else _wordless(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_wordless, value))
    return _named(value) if isinstance(value, BaseException) else value


def _named(raised: BaseException) -> str:
    """Class, and the database's code for what happened."""
    code = getattr(raised, "pgcode", None)
    return f"{type(raised).__module__}.{type(raised).__qualname__}{f' {code}' if code else ''}"


def _told(raised: BaseException | None) -> Iterator[str]:
    if raised is None:
        return
    yield from _told(raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__))
    places: StackSummary = extract_tb(raised.__traceback__)
    yield from "".join(format_list(places)).rstrip("\n").split("\n") if places else ()
    yield _named(raised)
