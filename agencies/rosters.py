"""A list of people as a spreadsheet saves it: its encoding, its separator, its columns, and what is wrong in it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.refusals import Incomplete
from accounts.text import no_hidden_marks
from agencies.models import Role

ROWS = 5000
SIZE = 4 * 1024 * 1024
SEPARATORS = ";,\t"
# The longest text of each column, as the invitation stores it.
COLUMNS = {"email": 254, "name": 150, "post": 150, "language": 40, "roles": 300}
NEEDED = ("email", "name")
# How columns are headed, folded as `_folded` does.
HEADS = {
    "email": {"email", "e-mail", "e-mail address", "email address", "mail", "address", "почта", "электронная почта"}
    | {"адрес", "адрес электронной почты", "эл. почта", "эл.почта", "эл. адрес"},
    "name": {"name", "full name", "фио", "ф.и.о.", "ф. и. о.", "имя", "фамилия, имя", "фамилия и имя"}
    | {"фамилия, имя, отчество", "фамилия имя отчество"},
    "post": {"post", "position", "job", "должность"},
    "language": {"language", "язык"},
    "roles": {"role", "roles", "роль", "роли"},
}
LANGUAGES = {"en": {"en", "english", "английский"}, "ru": {"ru", "russian", "русский"}}
BETWEEN_ROLES = re.compile(r"[,;/+|]")


@dataclass(slots=True)
class Row:
    """One row as typed, the line of the file in which it began, and what is wrong with it by column."""

    line: int
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    language: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was found in a file."""

    encoding: str
    separator: str
    rows: list[dict[str, str | int]]


def read(content: bytes) -> Sheet:
    """The rows of a file, not judged yet. Raises Incomplete, saying what to do, when it is no list of people."""
    encoding, text = _decoded(content)
    separator = _separator(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[dict[str, str | int]] = []
    places: dict[str, int] | None = None
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if places is None:
                places = _places(cells)
                continue
            if len(rows) == ROWS:
                raise _no_list(_("The list has more than %(n)d people: split it.") % {"n": ROWS})
            values = {name: _clean(cells[at]) if at < len(cells) else "" for name, at in places.items()}
            rows.append({"line": lines.line_num, **{name: values.get(name, "") for name in COLUMNS}})
    except csv.Error:
        raise _no_list(
            _("Line %(n)d cannot be read: a quotation mark is perhaps missing.") % {"n": lines.line_num}
        ) from None
    if not rows:
        raise _no_list(
            _("The list has no people in it: the first row names the columns, each further row is a person.")
        )
    return Sheet(encoding, separator, rows)


def judge(rows: Iterable[dict[str, str | int]], offered: Iterable[Role], here: dict[str, str]) -> list[Row]:
    """Each row with its errors. `offered` are the roles that can be given, `here` says which addresses cannot come."""
    names = _names_of(offered)
    seen: dict[str, int] = {}
    found = []
    for typed in rows:
        row = Row(line=int(typed["line"]), values={name: str(typed.get(name, "")) for name in COLUMNS})
        _judge_texts(row)
        _judge_email(row, seen, here)
        row.language = _language(row)
        row.roles = _roles(row, names)
        found.append(row)
    return found


def email_of(row: dict[str, str | int]) -> str:
    """A row's address as it is compared."""
    return str(row.get("email", "")).strip().lower()


def _no_list(reason: str) -> Incomplete:
    return Incomplete(reason, {"file": [reason]})


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by its mark, else by what can be read."""
    if len(content) > SIZE:
        raise _no_list(_("The file is larger than a list of %(n)d people can be.") % {"n": ROWS})
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = [("UTF-16", "utf-16")]
    elif content[:400].count(0) > len(content[:400]) // 4:
        # Latin letters in UTF-16 without a mark: each has a zero beside it, before or after.
        big = sum(1 for byte in content[:400:2] if byte == 0) > sum(1 for byte in content[1:400:2] if byte == 0)
        tries = [("UTF-16", "utf-16-be" if big else "utf-16-le")]
    else:
        tries = [("UTF-8", "utf-8-sig"), ("CP1251", "cp1251")]
    for name, codec in tries:
        try:
            text = content.decode(codec)
        except UnicodeError:
            continue
        if "\0" not in text:
            return name, text
    raise _no_list(_("This is no text that can be read. Save the list as CSV, in UTF-8 if there is a choice."))


def _separator(text: str) -> str:
    """What stands between the cells: whatever the first row has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _places(cells: list[str]) -> dict[str, int]:
    """Where each column stands, by its head."""
    heads = [_folded(cell) for cell in cells]
    found = {
        name: next(at for at, head in enumerate(heads) if head in words)
        for name, words in HEADS.items()
        if not words.isdisjoint(heads)
    }
    if missing := [name for name in NEEDED if name not in found]:
        words = {"email": _("e-mail address"), "name": _("name")}
        raise _no_list(
            _("The first row names the columns; this one is missing: %(columns)s.")
            % {"columns": ", ".join(words[name] for name in missing)}
        )
    return found


def _folded(text: str) -> str:
    return " ".join(_clean(text).lower().replace("ё", "е").replace("_", " ").split())


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\xa0", " ").strip()


def _judge_texts(row: Row) -> None:
    for name, longest in COLUMNS.items():
        text = row.values[name]
        if name in NEEDED and not text:
            row.errors[name] = _("Missing.")
        elif len(text) > longest:
            row.errors[name] = _("Too long: %(n)d letters at most.") % {"n": longest}
        else:
            try:
                no_hidden_marks(text)
            except ValidationError as hidden:
                row.errors[name] = hidden.messages[0]


def _judge_email(row: Row, seen: dict[str, int], here: dict[str, str]) -> None:
    email = row.values["email"].lower()
    if "email" in row.errors:
        return
    try:
        validate_email(email)
    except ValidationError:
        row.errors["email"] = _("This is no e-mail address.")
        return
    if email in seen:
        row.errors["email"] = _("The same address stands in line %(n)d.") % {"n": seen[email]}
    elif email in here:
        row.errors["email"] = here[email]
    seen.setdefault(email, row.line)


def _language(row: Row) -> str:
    word = _folded(row.values["language"])
    if not word:
        return "ru"
    found = next((code for code, words in LANGUAGES.items() if word in words), "")
    if not found:
        row.errors.setdefault("language", _("Write en or ru."))
    return found


def _roles(row: Row, names: dict[str, str]) -> tuple[str, ...]:
    words = [_folded(word) for word in BETWEEN_ROLES.split(row.values["roles"]) if word.strip()]
    if unknown := [word for word in words if word not in names]:
        row.errors.setdefault(
            "roles", _("Not a role that an invitation can bring here: %(words)s.") % {"words": ", ".join(unknown)}
        )
    return tuple(dict.fromkeys(names[word] for word in words if word in names))


def _names_of(offered: Iterable[Role]) -> dict[str, str]:
    """How a role can be written: its code, or its name in one of the portal's languages, with or without brackets."""
    names: dict[str, str] = {}
    for role in offered:
        names[_folded(role.value)] = role.value
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                label = _folded(str(role.label))
            names[label] = names[label.partition(" (")[0]] = role.value
    return names
