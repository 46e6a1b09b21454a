"""A request from draft to closed by the programming interface, and a share given and taken back.

Needs nothing but Python and the accounts of a portal:

    python3 docs/api_example.py http://localhost:8000 .demo/accounts.json

At each step everybody who should not take it tries to, and must be refused. Ends with 1 at the first surprise.
"""

import html.parser
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import date, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

Answer = tuple[int, Any]


class Token(html.parser.HTMLParser):
    """Finds the hidden field of the form to sign in."""

    value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the one that is looked for."""
        given = dict(attrs)
        if given.get("name") == "csrfmiddlewaretoken":
            self.value = given.get("value") or ""


class Account:
    """One person signed in: a cookie jar, and JSON in and out."""

    def __init__(self, portal: str, given: dict[str, Any]) -> None:
        self.portal, self.email, self.given = portal, given["email"], given
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        page = Token()
        page.feed(self.ask("GET", "/accounts/login/")[1])
        form = {"login": self.email, "password": given["password"], "csrfmiddlewaretoken": page.value}
        self.ask("POST", "/accounts/login/", urllib.parse.urlencode(form).encode())
        self.me = self.get("me/")
        assert self.me["email"] == self.email, self.me

    def ask(self, method: str, path: str, data: bytes | None = None, **headers: str) -> Answer:
        """One request: the status, and what came back. Refusals are answers too."""
        asked = urllib.request.Request(self.portal + path, data, headers | {"Referer": self.portal}, method=method)
        try:
            with self.opener.open(asked, timeout=60) as answer:
                status, kind, text = answer.status, answer.headers.get_content_type(), answer.read().decode()
        except urllib.error.HTTPError as refused:
            status, kind, text = refused.code, refused.headers.get_content_type(), refused.read().decode()
        return status, json.loads(text) if kind.endswith("json") else text

    def get(self, path: str, *, wanted: int = 200) -> Any:
        """Read something."""
        return self.check(f"GET {path}", self.ask("GET", f"/api/v1/{path}"), wanted)

    def post(self, path: str, body: Any, *, wanted: int, key: str = "") -> Any:
        """Send something: what fails half way is sent again under the same key."""
        token = next(cookie.value for cookie in self.jar if cookie.name.endswith("csrf"))
        headers = {"Content-Type": "application/json", "X-CSRFToken": token or ""}
        headers["Idempotency-Key"] = key or str(uuid.uuid4())
        answer = self.ask("POST", f"/api/v1/{path}", json.dumps(body).encode(), **headers)
        return self.check(f"POST {path}", answer, wanted)

    def check(self, what: str, answer: Answer, wanted: int) -> Any:
        """The body, when the status is the one that was wanted."""
        status, body = answer
        if status != wanted:
            raise SystemExit(f"{what} by {self.email}: {status}, wanted {wanted}: {body}")
        if status >= 400:
            assert set(body) == {"type", "title", "status", "detail", "code", "errors"}, body
        return body

    def sees(self, path: str) -> bool:
        """Whether it is there for this person; nothing else may be the reason that it is not."""
        status, body = self.ask("GET", f"/api/v1/{path}")
        assert status in (200, 404), body
        return status == 200


def choose(portal: str, accounts: list[dict[str, Any]]) -> dict[str, Account]:
    """Six people for a request from one state to another, and the liaison officer who decides on shares."""
    asking = ("officer", "supervisor", "ca_officer", "ca_signatory", "liaison")

    def one(role: str, state: str) -> dict[str, Any] | None:
        found = [each for each in accounts if each["state"] == state and role in each["roles"]]
        return found[0] if found else None

    states = sorted({each["state"] for each in accounts if each["state"]})
    ours = next(state for state in states if all(one(role, state) for role in asking))
    theirs = next(state for state in states if state != ours and one("officer", state) and one("ca_officer", state))
    wanted = {
        "drafter": one("officer", ours),
        "supervisor": one("supervisor", ours),
        "sender": one("ca_officer", ours),
        "signatory": one("ca_signatory", ours),
        "liaison": one("liaison", ours),
        "receiver": one("ca_officer", theirs),
        "executor": one("officer", theirs),
    }
    return {name: Account(portal, given) for name, given in wanted.items() if given}


def draft(people: dict[str, Account]) -> tuple[str, str]:
    """A case with a person in it, and the draft of a request to hear them."""
    drafter = people["drafter"]
    key = str(uuid.uuid4())
    said = {"title": "Case of the invented wares", "proceedings_number": "1-2026", "offences": "Smuggling, art. 204"}
    case = drafter.post("cases/", said, wanted=201, key=key)
    again = drafter.post("cases/", said, wanted=201, key=key)
    assert case["id"] == again["id"], "the same key made a second case"
    drafter.post("cases/", {"title": "Something else"}, wanted=400, key=key)
    witness = {
        "kind": "person",
        "names": [{"name": "Invented", "surname": "Witness", "script": "latin"}],
        "born": "1988-03-14",
        "place_of_birth": "Invented town",
        "citizenships": "invented",
        "residence": "Invented street 1",
        "occupation": "driver",
        "procedural_status": "witness",
    }
    item = drafter.post(f"cases/{case['id']}/items/", witness, wanted=201)
    request = drafter.post(
        "requests/",
        {
            "case": case["id"],
            "requested_state": people["receiver"].me["state"],
            "title": "Hearing of an invented witness",
            "basis": "chisinau-2002",
            "conducted_by": "Investigation department, pre-trial investigation",
            "offence": "Smuggling, art. 204",
            "facts": "Wares were carried past customs. The witness drove the lorry.",
            "purpose": "Evidence for the trial.",
            "items": [item["id"]],
            "measures": [
                {"kind": "a", "description": "Hear the witness.", "about": item["id"], "questions": "Who loaded it?"}
            ],
        },
        wanted=201,
    )
    check = f"requests/{request['id']}/check/"
    gaps = drafter.get(check)
    assert not [gap for gap in gaps if gap["hard"]], gaps
    drafter.post(check, {"reasons": {gap["point"]: "Not needed here." for gap in gaps}}, wanted=200)
    return request["id"], item["id"]


def steps(people: dict[str, Account]) -> list[tuple[str, str, dict[str, Any]]]:
    """Each step of the line with who takes it, and what it asks for."""
    today, later = date.today(), date.today() + timedelta(days=60)
    yesterday = str(today - timedelta(days=1))
    own = uuid.uuid4().hex[:8]
    ticks = ["lawful", "proportionate", "grounds", "persons"]
    return [
        ("drafter", "submit", {}),
        ("supervisor", "pass_on", {"legality": ticks}),
        ("signatory", "sign", {"signature": True}),
        (
            "sender",
            "transmit",
            {"addressee": people["receiver"].me["agency"], "number": f"out-{own}", "number_date": yesterday},
        ),
        ("receiver", "acknowledge", {"number": f"in-{own}", "number_date": yesterday}),
        ("receiver", "start_review", {}),
        (
            "receiver",
            "ask_information",
            {"questions": [{"field": "facts", "question": "Which lorry?"}], "due": str(later)},
        ),
        ("drafter", "write_answer", {"answers": ["The invented one."]}),
        ("sender", "answer_information", {}),
        (
            "receiver",
            "accept_and_assign",
            {"executor": people["executor"].me["agency"], "target_date": str(later), "disclose_executor": False},
        ),
        ("executor", "start_execution", {}),
        (
            "executor",
            "report_results",
            {"results": [{"number": 1, "result": "done", "text": "The witness was heard."}]},
        ),
        ("receiver", "send_response", {"covering_note": "Done as asked."}),
        ("sender", "receive_response", {"integrity": True}),
        ("drafter", "close", {"outcome": "court", "feedback": 5}),
    ]


def walk(people: dict[str, Account], pk: str) -> None:
    """Take the request along the line; before each step everybody else tries it."""
    path, transitions = f"requests/{pk}/", f"requests/{pk}/transitions/"
    for who, name, data in steps(people):
        for other, account in people.items():
            if other == who:
                continue
            seen = account.sees(path)
            body = {"transition": name, "version": account.get(path)["version"] if seen else 1, "data": data}
            account.post(transitions, body, wanted=403 if seen else 404)
        account = people[who]
        now = account.get(path)
        assert name in [one["name"] for one in now["actions"] if one["allowed"]], (name, now["actions"])
        stale = {"transition": name, "version": now["version"] + 7, "data": data}
        account.post(transitions, stale, wanted=409)
        after = account.post(transitions, stale | {"version": now["version"]}, wanted=200)
        assert after["timeline"][-1]["name"] == name, after["timeline"]
        print(f"{name}: {after['state']}")
    assert people["drafter"].get(path)["state"] == "closed"


def share(people: dict[str, Account], item: str) -> None:
    """Share an item, let it be read, see who read it, take it back: then it is not there any more."""
    drafter, liaison, receiver = people["drafter"], people["liaison"], people["executor"]
    case = drafter.get(f"items/{item}/")["case"]
    until = str(date.today() + timedelta(days=30))
    note = {"kind": "note", "title": "An invented note", "text": "Seen at the border."}
    new = drafter.post(f"cases/{case}/items/", note, wanted=201)["id"]
    asked = {"case": case, "items": [new], "recipient": receiver.me["agency"], "purpose": "Evidence.", "until": until}
    receiver.post("shares/", asked, wanted=404)
    made = drafter.post("shares/", asked, wanted=201)
    receiver.get(f"items/{new}/", wanted=404)
    approve = {"transition": "approve", "version": made["version"]}
    drafter.post(f"shares/{made['id']}/transitions/", approve, wanted=403)
    opened = liaison.post(f"shares/{made['id']}/transitions/", approve, wanted=200)
    assert receiver.get(f"items/{new}/")["text"] == note["text"]
    receiver.get(f"items/{new}/access/", wanted=403)
    access = drafter.get(f"items/{new}/access/")
    assert made["id"] in [row["share"] for row in access["access"]], access
    assert receiver.me["name"] in [line["name"] for line in access["readers"]], access
    revoke = {"transition": "revoke", "version": opened["version"], "reason": "No longer needed."}
    receiver.post(f"shares/{made['id']}/transitions/", revoke, wanted=403)
    liaison.post(f"shares/{made['id']}/transitions/", revoke, wanted=200)
    receiver.get(f"items/{new}/", wanted=404)
    receiver.get(f"shares/{made['id']}/", wanted=404)
    print("shared, read, revoked, gone")


def main() -> int:
    """Everything once."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    portal = sys.argv[1].rstrip("/")
    people = choose(portal, json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    pk, item = draft(people)
    walk(people, pk)
    share(people, item)
    return 0


if __name__ == "__main__":
    sys.exit(main())
