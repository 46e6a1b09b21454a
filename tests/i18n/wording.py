"""Finds words for people outside gettext: in templates by their tokens, in Python by the syntax tree."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

# Attributes of HTML, and of our own components, whose value a person reads.
READ = {"title", "alt", "aria-label", "placeholder", "label", "aria-description", "data-label"}
READ_OF_COMPONENTS = READ | {
    "action", "add", "empty", "gap", "hidden", "hint", "overdue", "reason", "role-label", "second", "seen",
    "term", "text", "time", "when", "words",
}  # fmt: skip
# The same in every language: the product's name, codes of states, treaties and handling, references.
SAME_EVERYWHERE = re.compile(
    r"\b(?:Comity|SHA-256|UNTOC|UNCAC|AKM|[A-Z]{2,5}-[A-Z]{2,5}-(?:[A-Z]-)?\d{4}-\d+|[HA]\d|[A-Z]{2})\b"
)
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Stands for a variable or a translated text.
HOLE = "\x00"


def untranslated(text: str) -> str:
    """What of a text is words outside gettext; empty when nothing is."""
    rest = SAME_EVERYWHERE.sub("", text.replace(HOLE, " "))
    return text.replace(HOLE, "…").strip() if LETTERS.search(rest) else ""


def skeleton(source: str) -> str:
    """A template's own text: holes for variables and translations, nothing for other tags and comments."""
    parts: list[str] = []
    inside = ""
    for token in Lexer(source).tokenize():
        if inside:
            inside = "" if _name(token) == f"end{inside}" else inside
            continue
        name = _name(token)
        if name in ("blocktranslate", "blocktrans", "comment"):
            inside = name
            parts.append(HOLE if name != "comment" else "")
        elif token.token_type == TokenType.TEXT:
            parts.append(token.contents)
        elif token.token_type == TokenType.VAR or name in ("translate", "trans", "url", "static", "include"):
            parts.append(HOLE)
    return "".join(parts)


def _name(token: Token) -> str:
    words = token.contents.split(None, 1)
    return words[0] if token.token_type == TokenType.BLOCK and words else ""


class Page(HTMLParser):
    """Collects a page's visible words and read attributes that are outside gettext."""

    def __init__(self, allowed: re.Pattern[str] | None = None) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.allowed = allowed
        # Elements that name their own language hold a sample of it.
        self.samples: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes; remember scripts and samples."""
        names = dict(attrs)
        if tag in ("script", "style"):
            self.silent = tag
        if "lang" in names and tag != "html":
            self.samples.append(tag)
        read = READ_OF_COMPONENTS if tag.startswith("c-") else READ
        for name, value in attrs:
            if name in read and value:
                self.judge(value, f"{tag} {name}=")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element holds no sample."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Forget the script or sample that ends."""
        if tag == self.silent:
            self.silent = ""
        if self.samples and self.samples[-1] == tag:
            self.samples.pop()

    def handle_data(self, data: str) -> None:
        """Look at visible text."""
        if not self.silent and not self.samples:
            self.judge(data, "text ")

    def judge(self, text: str, where: str) -> None:
        """Remember words outside gettext."""
        words = untranslated(self.allowed.sub("", text) if self.allowed else text)
        if words:
            self.found.append(f"{where}{words!r}")


# A filter's literal argument that reaches the page, such as default:"nothing".
FILTER_WORDS = re.compile(r"""\|\s*(?:default|default_if_none|yesno|pluralize|add)\s*:\s*(["'])(.*?)\1""")
TAG_WORDS = re.compile(r"""(?:\w+=|^firstof\s.*|^cycle\s.*)(["'])([^"'|]*)\1""")


def in_template(source: str, allowed: re.Pattern[str] | None = None) -> list[str]:
    """The words of a template that are outside gettext."""
    page = Page(allowed)
    page.feed(skeleton(source))
    page.close()
    return page.found + list(_literals(source))


def _literals(source: str) -> Iterator[str]:
    for token in Lexer(source).tokenize():
        found: list[tuple[str, str]] = []
        if token.token_type in (TokenType.VAR, TokenType.BLOCK):
            found = FILTER_WORDS.findall(token.contents)
        if _name(token) in ("include", "with", "firstof", "cycle"):
            found += TAG_WORDS.findall(token.contents)
        for _quote, literal in found:
            if " " in literal.strip() and untranslated(literal):
                yield f"literal {literal!r} in {token.contents!r}"


TRANSLATING = {
    "_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext",
    "npgettext_lazy", "gettext_noop",
}  # fmt: skip
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
# What these say is read by a person, at whatever place the argument stands.
SAYING = {
    "NotAllowed",
    "MovedOn",
    "Incomplete",
    "Refused",
    "ValidationError",
    "RoleConflict",
    "WorkflowError",
}
ARGUMENTS = {
    "label", "help_text", "verbose_name", "verbose_name_plural", "message", "reason", "hint", "done",
    "placeholder", "empty_label", "title", "words", "description", "singular", "plural",
}  # fmt: skip
NAMES = {
    "verbose_name",
    "verbose_name_plural",
    "help_text",
    "label",
    "error_messages",
    "labels",
    "help_texts",
}
# Read by developers and operators: their own errors, logs, checks.
NOT_FOR_PEOPLE = {
    "ValueError", "RuntimeError", "TypeError", "AssertionError", "KeyError", "LookupError",
    "ImproperlyConfigured", "CommandError", "ImproperUse", "Unscoped", "RunnerError", "Error", "Warning",
    "unscoped", "PermissionError", "debug", "info", "warning", "error", "exception", "critical", "compile",
}  # fmt: skip
# A sentence: begins with a capital, has two words, ends as sentences do.
SENTENCE = re.compile(r"\A[A-ZА-ЯЁ][^\n]*\s\S[^\n]*[.!?]\Z")


def called(node: ast.AST) -> str:
    """The name of what a call calls; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


class Code(ast.NodeVisitor):
    """Collects the words of one Python file that are outside gettext."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.checked: set[int] = set()

    def say(self, node: ast.AST, why: str) -> None:
        """Remember one place."""
        self.found.append(f"line {getattr(node, 'lineno', 0)}: {why}")

    def words(self, node: ast.AST | None, why: str) -> None:
        """Remember a literal, or each literal of a list, tuple or dict, that holds words."""
        if node is None:
            return
        if isinstance(node, ast.Dict):
            for value in node.values:
                self.words(value, why)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            for value in node.elts:
                self.words(value, why)
        elif isinstance(node, ast.IfExp):
            self.words(node.body, why)
            self.words(node.orelse, why)
        elif isinstance(node, ast.JoinedStr):
            for value in node.values:
                self.words(value, why)
        elif isinstance(node, ast.BinOp):
            self.words(node.left, why)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.checked.add(id(node))
            if untranslated(node.value):
                self.say(node, f"{why}: {node.value!r}")

    def visit_Call(self, node: ast.Call) -> None:
        """Translating calls hold plain strings; saying calls hold translated ones."""
        name = called(node)
        if name in TRANSLATING:
            self.translating(node, name)
            return
        if name in NOT_FOR_PEOPLE:
            return
        if name in SAYING and node.args:
            self.words(node.args[0], name)
            for more in node.args[1:]:
                self.words(more, name)
        if name == "add_error" and len(node.args) > 1:
            self.words(node.args[1], name)
        if name in ("success", "add_message"):
            self.words(node.args[-1] if node.args else None, "message")
        if name.endswith("Field") and node.args:
            self.words(node.args[0], name)
        for keyword in node.keywords:
            if keyword.arg in ARGUMENTS:
                self.words(keyword.value, f"{keyword.arg}=")
            if keyword.arg == "choices" and isinstance(keyword.value, ast.List | ast.Tuple):
                self.choices(keyword.value)
        self.generic_visit(node)

    def translating(self, node: ast.Call, name: str) -> None:
        """Only plain strings are extracted: an f-string or a variable would never be translated."""
        wanted = {"ngettext": 2, "ngettext_lazy": 2, "npgettext": 3, "npgettext_lazy": 3}.get(name)
        for argument in node.args[: wanted or (2 if name in WITH_CONTEXT else 1)]:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                self.say(argument, f"{name}() of something that cannot be extracted")

    def choices(self, node: ast.List | ast.Tuple) -> None:
        """The second of each pair is read."""
        for pair in node.elts:
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
                self.words(pair.elts[1], "choices")

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Each choice of an enumeration has a translated label; Meta's names are translated."""
        choices = any(getattr(base, "attr", getattr(base, "id", "")) == "TextChoices" for base in node.bases)
        for statement in node.body:
            if not isinstance(statement, ast.Assign):
                continue
            if choices and isinstance(statement.value, ast.Tuple):
                self.words(statement.value.elts[-1], "choice")
                self.checked.add(id(statement.value.elts[0]))
            elif choices and isinstance(statement.value, ast.Constant):
                self.say(statement, "a choice without a label of its own")
            names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            if names & NAMES:
                self.words(statement.value, "/".join(sorted(names)))
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Docstrings speak to developers."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        """So do assertions."""

    def visit_Constant(self, node: ast.Constant) -> None:
        """Anything else that looks like a sentence."""
        if id(node) in self.checked or not isinstance(node.value, str):
            return
        if SENTENCE.match(node.value) and untranslated(node.value):
            self.say(node, f"a sentence: {node.value!r}")


def in_python(path: Path) -> list[str]:
    """The words of a Python file that are outside gettext."""
    return in_code(path.read_text(encoding="utf-8"))


def in_code(source: str) -> list[str]:
    """The words of Python source that are outside gettext."""
    code = Code()
    code.visit(ast.parse(source))
    return code.found
