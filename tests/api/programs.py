"""A program as the tests use one: JSON in and out, as a person who signed in."""

import json
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.factories import Line
from tests.security.people import browser

ROOT = "/api/v1/"


class Program:
    """What one person's program sends and gets."""

    def __init__(self, user: User | None = None, **more: Any) -> None:
        self.client = browser(user, **more) if user else Client(**more)

    def get(self, path: str, wanted: int = 200, **query: Any) -> Any:
        """Read something."""
        return judged(self.client.get(ROOT + path, query), wanted)

    def follow(self, address: str) -> Any:
        """Read what an answer names by its whole address."""
        return judged(self.client.get(address), 200)

    def post(self, path: str, body: Any, wanted: int, key: str = "") -> Any:
        """Send something."""
        return judged(self.send(path, json.dumps(body), key=key), wanted)

    def send(self, path: str, text: str | bytes, *, key: str = "", kind: str = "application/json") -> HttpResponse:
        """Send whatever it is."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(ROOT + path, text, content_type=kind, headers=headers)


def judged(response: HttpResponse, wanted: int) -> Any:
    """The body of an answer with the wanted status. A refusal is a problem, whatever it says."""
    body = json.loads(response.content)
    assert response.status_code == wanted, (response.status_code, body)
    if wanted >= 400:
        assert response["Content-Type"] == "application/problem+json"
        assert set(body) == {"type", "title", "status", "detail", "code", "errors"} and body["status"] == wanted
        assert all(set(one) == {"field", "code", "message", "article"} for one in body["errors"])
    else:
        assert response["Content-Type"] == "application/json"
    return body


def fields(problem: dict[str, Any]) -> set[str]:
    """The fields that a refusal names."""
    return {one["field"] for one in problem["errors"]}


def sendable(line: Line, name: str) -> dict[str, Any]:
    """A step filled in whole, as JSON has it."""
    data: dict[str, Any] = {}
    for key, value in line.data(name).items():
        if key == "results":
            data[key] = [{"number": number, **row} for number, row in value.items()]
        elif key in ("addressee", "executor"):
            data[key] = value.code
        else:
            data[key] = str(value) if isinstance(value, date) else value
    body: dict[str, Any] = {"transition": name, "version": line.clock(name)}
    return body | ({"data": data} if data else {})


WITNESS = {
    "kind": "person",
    "names": [{"name": "Invented", "surname": "Witness", "script": "latin"}],
    "born": "1988-03-14",
}
NOTE = {"kind": "note", "title": "An invented note", "text": "Seen at the border."}
DRAFT = {
    "requested_state": "UZ",
    "title": "Hearing of an invented witness",
    "basis": "chisinau-2002",
    "conducted_by": "Investigation department, pre-trial investigation",
    "offence": "Smuggling, art. 204",
    "facts": "Wares were carried past customs.",
    "purpose": "Evidence for the trial.",
    "measures": [{"kind": "a", "description": "Hear the witness.", "questions": "Who?"}],
}
