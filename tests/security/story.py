"""A request and a case in which every word is marked, taken along the whole line with all its detours."""

import hashlib
import re
from typing import Any

from django.urls import reverse

from accounts.models import User
from agencies.models import Agency
from cases.models import Case, CaseItem, Share
from cases.services import create_case, decide_share, save_case, save_item
from mla.models import PaperRequest
from mla.papers import void_paper
from mla.review import open_comments
from mla.services import answer_comment, create_request, save_draft, save_step
from mla.workflow import Body
from tests.factories import CONTENT, Line, World, agency, explain, later, paper, state
from tests.security.people import Paper, ask, browser, give, put, put_paper

FOUND = re.compile(r"Zq--([A-Za-z0-9_.-]+?)--qZ")
# What the filter `unbroken` puts round codes, which the marks of people hold.
ON_A_LINE = re.compile(r'<span class="nowrap">([^<]*)</span>')


def mark(key: str) -> str:
    """A text that stands nowhere but where it was put: with its key, to be read, and a word of its own, to be found."""
    return f"Zq--{key}--qZ {word(key)}"


def word(key: str) -> str:
    """A word that no other key has, in letters that every spelling writes alike."""
    digest = hashlib.sha256(key.encode()).digest()
    return "".join("bdfgklmnprstvz"[byte % 14] + "aou"[byte % 3] for byte in digest[:6])


def marks_in(text: str) -> set[str]:
    """The marks in a text, also where a page keeps a part of one on a line."""
    return set(FOUND.findall(ON_A_LINE.sub(r"\1", text)))


TEXTS = (
    "title",
    "basis_reason",
    "conducted_by",
    "offence",
    "statute",
    "damage",
    "facts",
    "purpose",
    "procedure",
    "deadline_reason",
    "confidentiality_reason",
)

# The story: each chapter is a list of steps; a word after a colon says which marks the step plants. No steps of the
# line: `edit` writes the draft anew, `rewrite` the case and an attachment, `find` puts an item into the executing
# agency's file for the answer, `look` lets everybody open what they see, so that who looked stands on a page.
CHAPTERS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "review": ("submit",),
    "returned": ("return_to_drafter", "edit:second"),
    "passed": ("submit", "pass_on"),
    "returned again": ("return_from_authority", "edit:final"),
    "submitted again": ("submit",),
    "signed": ("pass_on", "sign", "rewrite:later"),
    "transmitted": ("transmit",),
    "under review": ("acknowledge", "start_review"),
    "asked": ("ask_information",),
    "answer begun": ("write_answer:begun",),
    "answer written": ("write_answer:sent",),
    "answered": ("answer_information",),
    "assigned": ("accept_and_assign", "look"),
    "reported": ("start_execution", "find:first", "report_results:first"),
    "results returned": ("return_results",),
    "reported again": ("find:second", "report_results:second", "look"),
    "responded": ("send_response:first", "look"),
    "sent back": ("receive_response", "send_back"),
    "reported at last": ("report_results:third",),
    "closed": ("send_response:last", "receive_response", "close"),
}


class Story(Line):
    """A line whose every text is a mark, in a marked case with attachments, and an answer with items.

    `words` stands before each mark: of a second story, whose words are not the first one's.
    """

    def __init__(self, world: World, words: str = "", **case: Any) -> None:
        self.world = world
        self.words = words
        self.now = "first"
        self.name_everybody()
        drafter = world.drafter
        names = {name: self.mark(f"case.{name}") for name in ("title", "proceedings_number", "offences")}
        self.case = create_case(actor=drafter, agency=world.bodies[Body.DRAFTING], content=names, **case)
        paper = Paper(f"{self.mark('attached.name')}.txt", self.mark("attached.content").encode())
        self.items: dict[str, CaseItem] = {
            f"{words}attached": self.put("attached"),
            f"{words}attached-file": put_paper(self.case, drafter, paper, description=self.mark("attached.words")),
        }
        self.attached = list(self.items.values())
        self.answers: list[CaseItem] = []
        self.pk = create_request(
            actor=drafter,
            case_id=self.case.pk,
            requested_state=state("UZ"),
            content=self.content("first"),
            measures=self.measures("first"),
            attachments=[item.pk for item in self.attached],
        ).pk
        self.translate()
        explain(drafter, self.pk, self.mark("gap.reason"))

    def translate(self) -> None:
        """Say of the attached file that it is a language version, by whom, and who certified it."""
        words = {name: self.mark(f"language.{name}") for name in ("translator", "certification")}
        row = {"item": self.attached[1].pk, "language": "ru", **words}
        save_step(actor=self.world.drafter, pk=self.pk, step="translation", version=0, values={"languages": [row]})

    def mark(self, key: str) -> str:
        """A word of this story."""
        return mark(f"{self.words}{key}")

    def name_everybody(self) -> None:
        """Names of agencies are marks too: those of people are marked by whoever makes them."""
        for code in ("KG-MIA", "KG-GPO", "UZ-GPO", "UZ-MIA"):
            name = mark(f"agency.{code}")
            Agency.objects.filter(pk=agency(code).pk).update(name_en=name, name_ru=name)
        for body in self.world.bodies.values():
            body.refresh_from_db()

    def put(self, family: str, case: Case | None = None, by: User | None = None) -> CaseItem:
        """A marked note: in the case of the request, by its drafter, unless said otherwise."""
        words = {name: self.mark(f"{family}.{name}") for name in ("title", "text")}
        return put(case or self.case, by or self.world.drafter, **words)

    def content(self, draft: str) -> dict[str, Any]:
        """The fields of a draft, each marked."""
        words = {name: self.mark(f"{draft}.{name}") for name in TEXTS}
        return CONTENT | words | {"deadline": later(40)}

    def measures(self, draft: str) -> list[dict[str, str]]:
        """The measures of a draft, each marked."""
        words = {"description": self.mark(f"{draft}.measure"), "procedure": self.mark(f"{draft}.procedure")}
        questions = self.mark(f"{draft}.questions")
        return [{"kind": "a", **words, "questions": questions}, {"kind": "f", **words, "procedure": ""}]

    def data(self, name: str) -> dict[str, Any]:
        """What is filled in, with marks."""
        found = super().data(name)
        for key in ("reason", "missing"):
            if key in found:
                found[key] = self.mark(f"{key}.{name}")
        if "comments" in found:
            found["comments"] = [{"field": "facts", "text": self.mark(f"comment.{name}")}]
        if "number" in found:
            found["number"] = self.mark(f"number.{name}")
        if "covering_note" in found:
            found["covering_note"] = self.mark(f"covering.{self.now}")
        if "questions" in found:
            found["questions"] = [{"field": "facts", "question": self.mark("question")}]
        if "answers" in found:
            found["answers"] = [self.mark(f"answer.{self.now}")]
        if "results" in found:
            text = self.mark(f"result.{self.now}")
            found["results"] = {number: {"result": "partly", "text": text} for number in (1, 2)}
        if "answer_items" in found:
            found["answer_items"] = [item.pk for item in self.answers]
        return found

    def chapter(self, name: str) -> None:
        """Take the steps of a chapter."""
        beside = {"edit": self.edit, "rewrite": self.rewrite, "find": self.find, "look": self.look}
        for word in CHAPTERS[name]:
            step, _, self.now = word.partition(":")
            if step in beside:
                beside[step]()
            else:
                self.take(step)

    def edit(self) -> None:
        """Answer what was said of the draft, and write it anew."""
        for comment in open_comments(self.request):
            text = self.mark(f"answered.{self.now}")
            answer_comment(actor=self.world.drafter, pk=self.pk, comment_id=comment.pk, text=text)
        save_draft(
            actor=self.world.drafter,
            pk=self.pk,
            version=self.request.requesting_clock,
            requested_state=state("UZ"),
            content=self.content(self.now),
            measures=self.measures(self.now),
            attachments=[item.pk for item in self.attached],
        )

    def rewrite(self) -> None:
        """Write the case and an attachment anew: what was signed goes on saying what it said."""
        drafter, item = self.world.drafter, self.attached[0]
        names = {name: self.mark(f"{self.now}.case.{name}") for name in ("title", "proceedings_number", "offences")}
        save_case(actor=drafter, pk=self.case.pk, version=1, content=names)
        values = {name: self.mark(f"{self.now}.note.{name}") for name in ("title", "text")}
        save_item(actor=drafter, pk=item.pk, version=1, values=values, rows={})

    def find(self) -> None:
        """The executing agency finds something for the answer, and something that it keeps."""
        executor = self.world.executor
        file = Case.objects.visible_to(executor).get(pk=self.request.execution_case_id)
        self.answers.append(self.put(f"found.{self.now}", file, executor))
        self.items[f"{self.words}found-{self.now}"] = self.answers[-1]
        self.items[f"{self.words}kept-{self.now}"] = self.put("kept", file, executor)

    def look(self) -> None:
        """Everybody opens every item and takes every file that they see."""
        world = self.world
        for user in (world.drafter, world.supervisor, world.sender, world.signatory, world.receiver, world.executor):
            client = browser(user)
            for item in self.items.values():
                for name in ("cases:item", "cases:file"):
                    response = client.get(reverse(name, args=[item.case_id, item.pk]))
                    # A file is read to its end, so that it is closed.
                    b"".join(response.streaming_content) if response.streaming else response.content


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


def enter_on_paper(world: World) -> dict[str, PaperRequest]:
    """Put marked requests on paper into the sending authority's journal: one that stands, one that is void."""
    at = world.bodies[Body.SENDING]

    def entry(number: str) -> PaperRequest:
        words = {name: mark(f"journal.{name}") for name in ("authority", "their_number", "subject", "remark")}
        return paper(world.sender, at, number=mark(f"journal.{number}"), **words)

    found = {"marked": entry("number"), "marked-void": entry("void")}
    gone = found["marked-void"]
    void_paper(actor=world.sender, pk=gone.pk, version=gone.version, reason=mark("journal.reason"))
    return found
