"""schemathesis over the whole schema as one person: examples, coverage, fuzzing, stateful; in this process."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from accounts.models import User
from api.views.reference import schema as described
from mla.workflow import Body
from tests.factories import Line, World
from tests.security.people import ask, give, put, signed_in

TOKEN = "x" * 32
# All checks are on but two. What a signed-out program gets is asked of every operation in tests/api/test_refusals.py:
# schemathesis sends that probe by a way that a portal in the same process does not have.
CHECKS = {"ignored_auth": {"enabled": False}}
# To a body of the right shape a rule may still say no: an id is not there, a day has passed. Reading has no such rule.
SENDING = {"include-method": "POST", "checks": {"positive_data_acceptance": {"enabled": False}}}


@dataclass(slots=True)
class Shaken:
    """What came of it."""

    sent: dict[str, int] = field(default_factory=dict)
    statuses: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Shaken") -> "Shaken":
        for label, sent in other.sent.items():
            self.sent[label] = self.sent.get(label, 0) + sent
        self.statuses |= other.statuses
        self.problems += other.problems
        return self

    def told(self) -> str:
        """What is wrong, each once."""
        return "\n\n".join(sorted(set(self.problems))[:40])


class Ground:
    """Something of each kind to be found, so that the shaking reaches further than 404."""

    def __init__(self) -> None:
        self.world = World()
        self.line = Line(self.world)
        self.sent = Line(self.world).walk_to("in_execution")
        drafter, liaison = self.world.drafter, self.world.new(Body.DRAFTING, "liaison")
        item, other = put(self.line.case, drafter), put(self.line.case, drafter)
        body = self.world.bodies[Body.EXECUTING]
        shares = [give(ask(item, body, by=drafter), liaison), ask(other, body, by=drafter)]
        self.ids = {
            "cases": [self.line.case.pk],
            "items": [item.pk, other.pk],
            "shares": [share.pk for share in shares],
            "requests": [self.line.pk, self.sent.pk],
        }
        self.people = {"drafter": drafter, "liaison": liaison, "executor": self.world.executor}

    def known(self, kind: str, said: str) -> str:
        """Of two ids one that is there, of the others what was made up."""
        try:
            number = uuid.UUID(said).int
        except ValueError:
            return said
        ids = self.ids[kind]
        return said if number % 2 else str(ids[number // 2 % len(ids)])


def shake(ground: Ground, user: User, *, cases: int, seed: int, edges: set[str] | None = None) -> Shaken:
    """Send so many cases an operation, and hear what is wrong about the answers.

    `edges`: the operations of which every edge of the schema is sent too, which takes as long as all the rest; all of
    them, when none are named.

    They are sent from threads: what is to be found must be committed.
    """
    left = [] if edges is None else sorted(operations() - edges)
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"X-CSRFToken": TOKEN},
            "auth": {"openapi": {"session": {"api_key": signed_in(user)}}},
            "workers": 1,
            "continue-on-failure": True,
            "cache": {"enabled": False},
            "checks": CHECKS,
            "generation": {"max-examples": cases, "no-shrink": True, "database": "none"},
            "suppress-health-check": ["all"],
            "phases": {"stateful": {"generation": {"max-examples": max(cases // 5, 1)}}},
            "operations": [
                SENDING,
                *({"include-name": label, "phases": {"coverage": {"enabled": False}}} for label in left),
            ],
        }
    )
    loaded = schemathesis.openapi.from_dict(described("en"), config=config)
    loaded.app = with_csrf_cookie(WSGIHandler())

    @loaded.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        """Ids that are there."""
        if path_parameters and isinstance(path_parameters.get("id"), str):
            kind = context.operation.path.split("/")[3]
            return path_parameters | {"id": ground.known(kind, path_parameters["id"])}
        return path_parameters

    @loaded.hook
    def map_body(context: Any, body: Any) -> Any:
        """A case that is there, and a version that may be the present one."""
        if isinstance(body, dict) and isinstance(body.get("case"), str):
            return body | {"case": ground.known("cases", body["case"])}
        if isinstance(body, dict) and type(body.get("version")) is int and 0 <= body["version"] < 2**31:
            return body | {"version": body["version"] % 10}
        return body

    found = Shaken()
    for event in from_schema(loaded).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(event, found)
        elif isinstance(event, events.NonFatalError):
            found.problems.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def operations() -> set[str]:
    """All that the schema has, as they are called here."""
    paths = described("en")["paths"].items()
    return {f"{method.upper()} {path}" for path, methods in paths for method in methods}


def with_csrf_cookie(portal: Callable[..., Any]) -> Callable[..., Any]:
    """The portal, to which whatever comes bears that cookie; the session's cookie only who is signed in."""
    more = f"{settings.CSRF_COOKIE_NAME}={TOKEN}"

    def answer(environ: dict[str, Any], start: Any) -> Any:
        sent = environ.get("HTTP_COOKIE")
        return portal(environ | {"HTTP_COOKIE": f"{sent}; {more}" if sent else more}, start)

    return answer


def _count(event: events.ScenarioFinished, found: Shaken) -> None:
    recorder = event.recorder
    for key, node in recorder.cases.items():
        label = node.value.operation.label
        found.sent[label] = found.sent.get(label, 0) + 1
        if key in recorder.interactions and recorder.interactions[key].response is not None:
            found.statuses.add(recorder.interactions[key].response.status_code)
    found.problems += _failures(recorder)


def _failures(recorder: Any) -> Iterator[str]:
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                yield f"{recorder.label}: {failure.title}: {failure.message}\n{check.failure_info.code_sample}"
