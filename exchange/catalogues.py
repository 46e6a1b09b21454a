"""Message catalogues without GNU gettext: extract, compile and check them with Babel.

`locale/<language>/LC_MESSAGES/django.po` is written the same way each time: sorted by file, no dates, no line
numbers, no guessed ("fuzzy") translations. The English catalogue says its own msgids.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

DOMAIN = "django"
SOURCE_LANGUAGE = "en"
PLURALS = {
    "en": (2, "nplurals=2; plural=(n != 1);"),
    "ru": (
        3,
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    ),
}
CONTEXT_FIRST = ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT_FIRST),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (*CONTEXT_FIRST, 3)),
}
# Spoken to operators at a terminal, in English.
NOT_FOR_PEOPLE = ("migrations", "management", "metrics.py", "gauges.py")
PLACEHOLDER = re.compile(r"%\((\w+)\)")

Id = str | tuple[str, str]
Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A message and the file it stands in, relative to the project's folder."""

    file: str
    id: Id
    context: str | None


def product_packages(root: Path) -> list[Path]:
    """The folders of the Django project's own Python packages, by name."""
    apps = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    return sorted(root / name for name in apps if (root / name / "__init__.py").is_file())


def product_python(root: Path) -> list[Path]:
    """The Python files whose words people may read."""
    files = (path for package in product_packages(root) for path in package.rglob("*.py"))
    return sorted(path for path in files if not set(path.relative_to(root).parts) & set(NOT_FOR_PEOPLE))


def product_templates(root: Path) -> list[Path]:
    """The pages, components and texts of mail."""
    folder = root / "templates"
    return sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")])


def found_in(path: Path, root: Path) -> Iterator[Found]:
    """The messages of one Python file or template."""
    file = path.relative_to(root).as_posix()
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # templatize() leaves calls among X's; how the page was indented is a syntax error to the tokenizer.
        lines = templatize(code, origin=file).splitlines()
        code = "\n".join(line.strip() for line in lines)
    source = BytesIO(code.encode())
    for _line, message, _comments, context in extract("python", source, keywords=KEYWORDS):
        yield Found(file, message if isinstance(message, str) else (message[0], message[1]), context)


def extracted(root: Path) -> Catalog:
    """Every message of the project, in a catalogue without translations.

    In the order of the words, and without lines: moving a function or a paragraph changes no catalogue.
    """
    catalog = Catalog(domain=DOMAIN, charset="utf-8")
    paths = [*product_python(root), *product_templates(root)]
    everything = {found for path in paths for found in found_in(path, root)}
    for found in sorted(everything, key=lambda one: (str(one.id), one.context or "", one.file)):
        catalog.add(found.id, locations=[(found.file, 1)], context=found.context)
    return catalog


def po_path(root: Path, language: str) -> Path:
    """Where a language's catalogue lies."""
    return root / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def languages() -> list[str]:
    """The languages that the product speaks."""
    return [code for code, _name in settings.LANGUAGES]


def load(path: Path, language: str) -> Catalog:
    """Read a catalogue; an absent one is empty."""
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with path.open("rb") as handle:
        return read_po(handle, locale=language, domain=DOMAIN)


def key_of(message: Message) -> Key:
    """What tells messages apart: the context and the singular."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def messages_of(catalog: Catalog) -> dict[Key, Message]:
    """The messages of a catalogue without its header."""
    return {key_of(message): message for message in catalog if message.id}


def updated(old: Catalog, sources: Catalog, language: str) -> Catalog:
    """What the sources say now, with the translations that `old` has for exactly these messages."""
    known = messages_of(old)
    new = Catalog(locale=language, domain=DOMAIN, charset="utf-8")
    for key, message in messages_of(sources).items():
        kept = known.get(key)
        string: str | tuple[str, ...] = "" if isinstance(message.id, str) else ("",) * PLURALS[language][0]
        if language == SOURCE_LANGUAGE:
            string = message.id
        elif kept and not kept.fuzzy and kept.pluralizable == message.pluralizable:
            string = kept.string
        new.add(message.id, string, locations=message.locations, context=message.context)
    return new


def as_po(catalog: Catalog, language: str) -> bytes:
    """The file's bytes: a header without dates, then the messages by file."""
    header = (
        "# Comity. `manage.py catalogues extract` keeps this file; only the msgstr are written by hand.\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {language}\\n"\n'
        f'"Plural-Forms: {PLURALS[language][1]}\\n"\n\n'
    )
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def write_catalogue(root: Path, language: str, sources: Catalog) -> bool:
    """Bring a language's file up to date. Returns whether it changed."""
    path = po_path(root, language)
    data = as_po(updated(load(path, language), sources, language), language)
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, data)
    return True


def compile_catalogue(root: Path, language: str) -> Path:
    """Write the .mo beside the .po, and return where it is."""
    path = po_path(root, language)
    buffer = BytesIO()
    write_mo(buffer, load(path, language))
    target = path.with_suffix(".mo")
    replace(target, buffer.getvalue())
    return target


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a server may be reading the old one."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    beside.replace(path)


def strings_of(message: Message) -> tuple[str, ...]:
    """The translations of a message: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def findings(root: Path, language: str, sources: Catalog) -> list[str]:
    """What is wrong with a language's catalogue, a line each."""
    path = po_path(root, language)
    if not path.exists():
        return [f"{language}: there is no catalogue; run manage.py catalogues extract"]
    catalog = load(path, language)
    wanted, there = messages_of(sources), messages_of(catalog)
    lines = [f"{language}: not extracted: {words(key)}" for key in wanted.keys() - there.keys()]
    lines += [f"{language}: no longer in the sources: {words(key)}" for key in there.keys() - wanted.keys()]
    lines += [f"{language}: obsolete: {words(key_of(message))}" for message in catalog.obsolete.values()]
    if catalog.num_plurals != PLURALS[language][0]:
        lines.append(f"{language}: {catalog.num_plurals} plural forms instead of {PLURALS[language][0]}")
    for key in wanted.keys() & there.keys():
        lines += [f"{language}: {fault}: {words(key)}" for fault in faults(there[key], wanted[key], language)]
    return sorted(lines)


def faults(message: Message, source: Message, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    strings = strings_of(message)
    if message.fuzzy:
        yield "fuzzy"
    if message.pluralizable != source.pluralizable:
        yield "plural in one place, not in the other"
    elif message.pluralizable and len(strings) != PLURALS[language][0]:
        yield f"{len(strings)} plural forms"
    if not all(strings):
        yield "not translated"
        return
    if language == SOURCE_LANGUAGE and message.string != message.id:
        yield "English differs from its msgid"
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    placeholders = {name for one in ids for name in PLACEHOLDER.findall(one)}
    if any(set(PLACEHOLDER.findall(string)) != placeholders for string in strings):
        yield "other placeholders than the msgid"
    for edge in ("startswith", "endswith"):
        if any(getattr(string, edge)("\n") != getattr(ids[0], edge)("\n") for string in strings):
            yield "a line break at one end only"


def words(key: Key) -> str:
    """A message's key as a person reads it."""
    context, text = key
    return f"[{context}] {text!r}" if context else repr(text)
