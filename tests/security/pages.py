"""Forms of a page as a browser reads them: fields with what stands in them, and where they go."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TYPED = {"text", "search", "date", "email", "number", "textarea"}


@dataclass(slots=True)
class Form:
    """One form: its address, what it would send untouched, and the fields in which a person types."""

    action: str
    data: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Collects the forms of the main part of a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.inside = False
        self.open: Form | None = None
        self.area = ""
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and what can be filled in."""
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.inside = True
        elif tag == "form" and self.inside and given.get("method") == "post":
            self.open = Form(action=given.get("action", ""))
            self.forms.append(self.open)
        elif self.open is not None:
            self.control(tag, given, {name for name, _ in attrs})

    def control(self, tag: str, given: dict[str, str], present: set[str]) -> None:
        """One field of the form."""
        assert self.open is not None
        name, kind = given.get("name", ""), given.get("type", "text" if tag == "input" else tag)
        if tag == "option" and self.select and ("selected" in present):
            self.open.data[self.select] = given.get("value", "")
        if tag not in ("input", "select", "textarea") or not name:
            return
        self.open.names.append(name)
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
            self.open.data[name] = ""
            self.open.typed.append(name)
        elif kind in ("checkbox", "radio"):
            if "checked" in present:
                self.open.data.setdefault(name, []).append(given.get("value", "on"))
        elif kind != "file":
            self.open.data[name] = given.get("value", "")
            if kind in TYPED:
                self.open.typed.append(name)

    def handle_data(self, data: str) -> None:
        """What stands in a text area."""
        if self.open is not None and self.area:
            self.open.data[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened; a first line break of a text area is no part of it."""
        if tag == "textarea" and self.open is not None:
            self.open.data[self.area] = self.open.data[self.area].removeprefix("\n")
            self.area = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.open = None
        elif tag == "main":
            self.inside = False


def forms_of(page: str) -> list[Form]:
    """The forms of a page that are sent by POST."""
    reader = Reader()
    reader.feed(page)
    return reader.forms


def form_of(page: str, action: str = "") -> Form:
    """The page's form that goes to this address, or its only one."""
    found = [form for form in forms_of(page) if not action or form.action in ("", action)]
    assert found, "the page has no such form"
    return found[0]
