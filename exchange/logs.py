"""Log lines: when (UTC), how bad, from where, for which click or task, by whom, what. One line each, and no content.

What a line may hold is a closed list: ids and codes of `IDS`, numbers of `SAID`, and the words of our own programs.
An exception's own words may hold what a person typed ("Key (title)=(...) already exists"), and so may an address: a
line names an exception by its class, its code in the database and the places in our code, and a page by its view.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from http import HTTPStatus
from traceback import StackSummary, extract_tb, format_list
from types import TracebackType
from typing import Any

# What a line says of where it was written: the click's number (also in the header X-Request-ID, and on the pages that
# tell of a failure), the person's id, the agency's code, the view; of a task its name and id, and the first three of
# the click that it came from.
IDS = ("request_id", "person", "agency", "view", "task", "task_id")
# What our own lines add, by `extra`.
SAID = ("method", "status", "ms")

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default={})  # noqa: B039 - never written into

# What would begin a new line, or move a terminal's cursor, if somebody put it into an address.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# The names under which Celery's own lines carry what a task was given, gave back or raised, written out.
WRITTEN_OUT = {"exc", "traceback", "args", "kwargs", "return_value"}
# What gunicorn could not read, it quotes.
UNREADABLE = re.compile(r"(Invalid request from ip=[0-9a-fA-F.:]*).*", re.S)

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Every line within is about this click or task, and no other."""
    token = _about.set(_closed(ids))
    try:
        yield
    finally:
        _about.reset(token)


def bind(**ids: object) -> None:
    """From here to the end of the click or task every line says this too."""
    _about.set({**_about.get(), **_closed(ids)})


def bound(*names: str) -> dict[str, str]:
    """What lines say of now: of these names those that are known."""
    known = _about.get()
    return {name: known[name] for name in names if name in known}


def request_id() -> str:
    """The number of the click that is being answered; a dash outside of one."""
    return _about.get().get("request_id", "-")


def _closed(ids: Mapping[str, object]) -> dict[str, str]:
    if unknown := ids.keys() - set(IDS):
        raise ValueError(f"no line says {', '.join(sorted(unknown))}")
    return {name: str(value) for name, value in ids.items() if value}


class Line(logging.Formatter):
    """For a terminal: one event on one line; after a failure the places where it happened, each on one of its own."""

    def __init__(self, *, words: bool = False) -> None:
        """`words`: developers also read what an exception, or an address, says."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s%(rest)s")
        self.words = words

    def format(self, record: logging.LogRecord) -> str:
        """Of a copy: elsewhere the words of an exception may be wanted, or were written into the record before."""
        return super().format(record if self.words else _told(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """UTC, and saying so."""
        return _moment(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with what is not for a line written out."""
        facts = _facts(record)
        record.request_id = facts.pop("request_id", "-")
        record.rest = "".join(f" {name}={value}" for name, value in facts.items())
        record.message = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Raised) -> str:
        """Classes and places, from the first cause to what was raised last."""
        return super().formatException(ei) if self.words else "\n".join(_places(ei[1]))


class JSON(logging.Formatter):
    """For a program that collects them: one event, one line, one object; a failure with its places. Never words."""

    def format(self, record: logging.LogRecord) -> str:
        """The names stand in one order, those of which nothing is known not at all."""
        record = _told(record)
        said: dict[str, Any] = {
            "at": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            **_facts(record),
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            said["raised"] = list(_places(record.exc_info[1]))
        return json.dumps(said, ensure_ascii=False, default=str).translate({0x2028: "\\u2028", 0x2029: "\\u2029"})


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    """What is known of where a line was written, and what it adds."""
    facts: dict[str, Any] = bound(*IDS)
    # Celery hands a task's name, id and seconds along with its own lines.
    task = getattr(record, "data", None)
    if isinstance(task, Mapping) and {"id", "name"} <= task.keys():
        facts |= {"task": task["name"], "task_id": task["id"]}
        facts |= {"ms": round(task["runtime"] * 1000)} if "runtime" in task else {}
    return facts | {name: getattr(record, name) for name in SAID if hasattr(record, name)}


def _told(record: logging.LogRecord) -> logging.LogRecord:
    """A copy that holds nothing of what a person sent."""
    told = copy(record)
    told.exc_text = told.stack_info = None
    if hasattr(told, "request"):
        # Django's lines about a click fill in its address, or an exception's words; the click has a view and a number.
        told.msg, told.args = _phrase(getattr(told, "status_code", 0)), None
    elif told.name.startswith("gunicorn") and told.levelno >= logging.WARNING:
        told.msg, told.args = UNREADABLE.sub(r"\1", str(told.msg)), _numbers(told.args)
    else:
        told.args = _wordless(told.args)
    return told


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "a click failed"


def _numbers(args: Any) -> Any:
    """Gunicorn fills its lines with addresses when something is wrong; numbers of processes and signals stay."""
    return tuple(one if isinstance(one, int) else "..." for one in args) if isinstance(args, tuple) else args


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


def _places(raised: BaseException | None) -> Iterator[str]:
    if raised is None:
        return
    yield from _places(raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__))
    places: StackSummary = extract_tb(raised.__traceback__)
    yield from "".join(format_list(places)).rstrip("\n").split("\n") if places else ()
    yield _named(raised)
