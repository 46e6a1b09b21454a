"""The fields of a form on a page, as a browser without scripts would send them."""

from html.parser import HTMLParser

Fields = dict[str, str]


class Forms(HTMLParser):
    """The fields of the first form of a page that has the wanted one, as a browser would send them."""

    def __init__(self, page: str, wanted: str) -> None:
        super().__init__()
        self.wanted, self.found = wanted, Fields()
        self.fields: Fields = {}
        self.inside = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what has a name."""
        has = {name: value or "" for name, value in attrs}
        name = has.get("name", "")
        if tag == "form":
            self.fields = {}
        elif tag == "input" and name and (has.get("type") not in ("checkbox", "radio") or "checked" in has):
            self.fields[name] = has.get("value", "on" if has.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self.inside = name
            self.fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in has or self.select not in self.fields):
            self.fields[self.select] = has.get("value", "")

    def handle_data(self, data: str) -> None:
        """The text of a large field."""
        if self.inside:
            self.fields[self.inside] += data

    def handle_endtag(self, tag: str) -> None:
        """The end of a field, or of a form."""
        if tag == "textarea":
            # The line break after the tag is no part of it.
            self.fields[self.inside] = self.fields[self.inside].removeprefix("\n")
            self.inside = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form" and self.wanted in self.fields and not self.found:
            self.found = self.fields
