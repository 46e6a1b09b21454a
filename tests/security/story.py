"""A request and a case in which every word is marked, taken along the whole line with all its detours."""

import hashlib
import re
from typing import Any

from agencies.models import Agency
from cases.models import Case, CaseItem, Share
from cases.services import create_case, decide_share
from mla.services import create_request, save_draft
from mla.workflow import Body
from tests.factories import CONTENT, Line, World, agency, later, state
from tests.security.people import Paper, ask, give, put, put_paper

FOUND = re.compile(r"Zq--([A-Za-z0-9_.-]+?)--qZ")


def mark(key: str) -> str:
    """A text that stands nowhere but where it was put: with its key, to be read, and a word of its own, to be found."""
    return f"Zq--{key}--qZ {word(key)}"


def word(key: str) -> str:
    """A word that no other key has, in letters that every spelling writes alike."""
    digest = hashlib.sha256(key.encode()).digest()
    return "".join("bdfgklmnprstvz"[byte % 14] + "aou"[byte % 3] for byte in digest[:6])


def marks_in(text: str) -> set[str]:
    """The marks in a text."""
    return set(FOUND.findall(text))


TEXTS = ("title", "conducted_by", "offence", "facts", "purpose", "deadline_reason")

# The story: each chapter is a list of steps; a word after a colon says which marks the step plants.
CHAPTERS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "review": ("submit",),
    "returned": ("return_to_drafter", "edit:second"),
    "passed": ("submit", "pass_on"),
    "returned again": ("return_from_authority", "edit:final", "submit"),
    "signed": ("pass_on", "sign"),
    "transmitted": ("transmit",),
    "under review": ("acknowledge", "start_review"),
    "asked": ("ask_information",),
    "answer begun": ("write_answer:begun",),
    "answer written": ("write_answer:sent",),
    "answered": ("answer_information",),
    "assigned": ("accept_and_assign",),
    "reported": ("start_execution", "report_results:first"),
    "results returned": ("return_results",),
    "reported again": ("report_results:second",),
    "responded": ("send_response:first",),
    "sent back": ("receive_response", "send_back"),
    "reported at last": ("report_results:third",),
    "closed": ("send_response:last", "receive_response", "close"),
}


class Story(Line):
    """A line whose every text is a mark, in a marked case with items, papers and shares."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = "first"
        self.name_everybody()
        drafter = world.drafter
        self.case = create_case(
            actor=drafter,
            agency=world.bodies[Body.DRAFTING],
            content={
                "title": mark("case.title"),
                "proceedings_number": mark("case.number"),
                "offences": mark("case.offences"),
            },
        )
        self.pk = create_request(
            actor=drafter,
            case_id=self.case.pk,
            requested_state=state("UZ"),
            content=self.content("first"),
            measures=self.measures("first"),
        ).pk

    def name_everybody(self) -> None:
        """Names of agencies are marks too: those of people are marked by whoever makes them."""
        for code in ("KG-MIA", "KG-GPO", "UZ-GPO", "UZ-MIA"):
            name = mark(f"agency.{code}")
            Agency.objects.filter(pk=agency(code).pk).update(name_en=name, name_ru=name)
        for body in self.world.bodies.values():
            body.refresh_from_db()

    def content(self, draft: str) -> dict[str, Any]:
        """The fields of a draft, each marked."""
        words = {name: mark(f"{draft}.{name}") for name in TEXTS}
        return CONTENT | words | {"deadline": later(40)}

    def measures(self, draft: str) -> list[dict[str, str]]:
        """The measures of a draft, each marked."""
        return [
            {"kind": "a", "description": mark(f"{draft}.measure"), "procedure": mark(f"{draft}.procedure")},
            {"kind": "f", "description": mark(f"{draft}.measure"), "procedure": ""},
        ]

    def data(self, name: str) -> dict[str, Any]:
        """What is filled in, with marks."""
        found = super().data(name)
        for key in ("reason", "missing"):
            if key in found:
                found[key] = mark(f"{key}.{name}")
        if "number" in found:
            found["number"] = mark(f"number.{name}")
        if "covering_note" in found:
            found["covering_note"] = mark(f"covering.{self.now}")
        if "questions" in found:
            found["questions"] = [{"field": "facts", "question": mark("question")}]
        if "answers" in found:
            found["answers"] = [mark(f"answer.{self.now}")]
        if "results" in found:
            found["results"] = {number: {"result": "partly", "text": mark(f"result.{self.now}")} for number in (1, 2)}
        return found

    def chapter(self, name: str) -> None:
        """Take the steps of a chapter."""
        for word in CHAPTERS[name]:
            step, _, self.now = word.partition(":")
            if step == "edit":
                self.edit(self.now)
            else:
                self.take(step)

    def edit(self, draft: str) -> None:
        """Write the draft anew."""
        save_draft(
            actor=self.world.drafter,
            pk=self.pk,
            version=self.request.requesting_clock,
            requested_state=state("UZ"),
            content=self.content(draft),
            measures=self.measures(draft),
        )


def furnish(case: Case, officer: Any, liaison: Any, recipient: Agency) -> tuple[dict[str, CaseItem], dict[str, Share]]:
    """Put marked items into the case: one shared in part, one asked for and sent back, a paper."""
    shared = put(case, officer, "organisation", name=mark("org.name"), address=mark("org.withheld"))
    hidden = put(case, officer, title=mark("note.title"), text=mark("note.text"))
    paper = Paper(f"{mark('paper.name')}.txt", mark("paper.content").encode())
    document = put_paper(case, officer, paper, description=mark("paper.description"))
    given = ask(shared, recipient, by=officer, purpose=mark("share.purpose"), withheld=("address",))
    give(given, liaison)
    asked = ask(hidden, recipient, by=officer, purpose=mark("asked.purpose"))
    decide_share(actor=liaison, pk=asked.pk, name="send_back", version=asked.version, reason=mark("asked.note"))
    items = {"shared": shared, "hidden": hidden, "document": document}
    return items, {"marked": given, "marked-asked": asked}
