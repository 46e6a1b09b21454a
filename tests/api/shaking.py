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
CHECKS = {
    # Of a body that has the right shape a rule may still say no: an id that is not there, a day that has passed.
    "positive_data_acceptance": {"enabled": False},
    # Not needed: without one a sending is a sending of its own.
    "missing_required_header": {"enabled": False},
    # What was given can be taken back, and one's own may be changed by others: 404 and 409 are answers.
    "ensure_resource_availability": {"enabled": False},
    "use_after_free": {"enabled": False},
    # Who is signed out is asked in tests/api/test_refusals.py: here everybody bears a session.
    "ignored_auth": {"enabled": False},
}


@dataclass(slots=True)
class Shaken:
    """What came of it."""

    sent: dict[str, int] = field(default_factory=dict)
    statuses: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


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


def shake(ground: Ground, user: User, *, cases: int, seed: int, coverage: bool) -> Shaken:
    """Send so many cases an operation, and hear what is wrong about the answers.

    `coverage`: also every edge of the schema once, which is the same for everybody and takes the longest.

    They are sent from threads: what is to be found must be committed.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"X-CSRFToken": TOKEN},
            "workers": 1,
            "continue-on-failure": True,
            "generation": {
                "max-examples": cases,
                "no-shrink": True,
                "database": "none",
                "with-security-parameters": False,
            },
            "checks": CHECKS,
            "suppress-health-check": ["all"],
            "phases": {
                "coverage": {"enabled": coverage},
                "stateful": {"generation": {"max-examples": max(cases // 2, 1)}},
            },
        }
    )
    loaded = schemathesis.openapi.from_dict(described("en"), config=config)
    loaded.app = as_person(user)

    @loaded.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        """Ids that are there."""
        if path_parameters and isinstance(path_parameters.get("id"), str):
            kind = context.operation.path.split("/")[3]
            return path_parameters | {"id": ground.known(kind, path_parameters["id"])}
        return path_parameters

    @loaded.hook
    def map_body(context: Any, body: Any) -> Any:
        """A case that is there."""
        if isinstance(body, dict) and isinstance(body.get("case"), str):
            return body | {"case": ground.known("cases", body["case"])}
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


def as_person(user: User) -> Callable[..., Any]:
    """The portal, to which whatever comes bears the cookies of one person."""
    portal = WSGIHandler()
    cookies = f"{settings.SESSION_COOKIE_NAME}={signed_in(user)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return lambda environ, start: portal(environ | {"HTTP_COOKIE": cookies}, start)


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
