"""The catalogues are complete, deterministic and in the glossary's words; and what is wrong is found."""

from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from exchange import catalogues
from exchange.glossary import refused_in, refused_words

ROOT = settings.BASE_DIR
RUSSIAN_HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    f'"Plural-Forms: {catalogues.PLURALS["ru"][1]}\\n"\n\n'
)


@pytest.fixture(scope="module")
def sources() -> Catalog:
    """Every message of the product."""
    return catalogues.extracted(ROOT)


@pytest.mark.parametrize("language", catalogues.languages())
def test_catalogue_is_complete(language: str, sources: Catalog) -> None:
    """Nothing is missing, fuzzy, obsolete or with other plural forms; English says its msgids."""
    assert catalogues.findings(ROOT, language, sources) == []


@pytest.mark.parametrize("language", catalogues.languages())
def test_extracting_again_changes_nothing(language: str, sources: Catalog) -> None:
    """The file is what `catalogues extract` writes, to the byte."""
    path = catalogues.po_path(ROOT, language)
    again = catalogues.as_po(catalogues.updated(catalogues.load(path, language), sources, language), language)
    assert again == path.read_bytes()


def test_russian_keeps_to_the_glossary() -> None:
    """No word that the glossary refuses stands in the Russian catalogue."""
    assert refused_words(catalogues.load(catalogues.po_path(ROOT, "ru"), "ru")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Офицер ведёт дело", "нет кейсов", "Введите логин", "Во вложении", "Сохранить черновик", "Отправлено",
        "служебную проверку", "Киргизии", "Загрузить", "Иванова направил", "код Н1", 'слово "дело" здесь',
        "№12", "Подписанта нет", "долю", "ревью",
    ],
)  # fmt: skip
def test_refused_words_are_found(text: str) -> None:
    """In any case ending, and whatever the capitals."""
    assert list(refused_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "офицер связи", "код H1", "№ 12", "Направлено", "Передано", "«дело»", "хитрость", "долина",
        "Подписать", "отправление", "приложение",
    ],
)  # fmt: skip
def test_words_alike_are_left_alone(text: str) -> None:
    """Only whole words are refused."""
    assert list(refused_in(text)) == []


def project(tmp_path: Path, russian: str) -> tuple[Path, Catalog]:
    """A project of one template and a Russian catalogue with these entries; and what the template says."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}<c-x label=\"{% translate 'Save %(name)s' %}\" />\n"
        "   {% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}\n"
        " {% translate 'Draft' context 'request-n' %}\n",
        encoding="utf-8",
    )
    path = catalogues.po_path(tmp_path, "ru")
    path.parent.mkdir(parents=True)
    path.write_text(RUSSIAN_HEADER + russian, encoding="utf-8")
    return tmp_path, catalogues.extracted(tmp_path)


GOOD = {
    "save": 'msgid "Save %%(name)s"\nmsgstr "Сохранить %%(name)s"\n\n',
    "days": 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\n'
    'msgstr[0] "%(n)s день"\nmsgstr[1] "%(n)s дня"\nmsgstr[2] "%(n)s дней"\n\n',
    "draft": 'msgctxt "request-n"\nmsgid "Draft"\nmsgstr "Проект"\n\n',
}


def test_components_plurals_and_contexts_are_extracted(tmp_path: Path) -> None:
    """Attributes of components, plural forms and contexts, however the page is indented."""
    root, found = project(tmp_path, "".join(GOOD.values()))
    assert set(catalogues.messages_of(found)) == {
        (None, "Save %%(name)s"),
        (None, "%(n)s day"),
        ("request-n", "Draft"),
    }
    assert catalogues.findings(root, "ru", found) == []


@pytest.mark.parametrize(
    ("entry", "instead", "finding"),
    [
        ("draft", "", "not extracted"),
        ("draft", 'msgctxt "request-n"\nmsgid "Draft"\nmsgstr ""\n\n', "not translated"),
        ("draft", "#, fuzzy\n" + GOOD["draft"], "fuzzy"),
        ("draft", GOOD["draft"] + 'msgid "Gone"\nmsgstr "Нет"\n\n', "no longer in the sources"),
        ("draft", GOOD["draft"] + '#~ msgid "Gone"\n#~ msgstr "Нет"\n\n', "obsolete"),
        ("days", GOOD["days"].replace('msgstr[1] "%(n)s дня"\n', 'msgstr[1] ""\n'), "not translated"),
        ("days", GOOD["days"].replace("%(n)s дня", "%(k)s дня"), "other placeholders"),
        ("days", GOOD["days"].replace('msgid_plural "%(n)s days"\n', "").replace("[0]", "", 1), "plural"),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, entry: str, instead: str, finding: str) -> None:
    """Each fault alone is reported."""
    if finding == "plural":
        instead = 'msgid "%(n)s day"\nmsgstr "%(n)s день"\n\n'
    root, found = project(tmp_path, "".join({**GOOD, entry: instead}.values()))
    lines = catalogues.findings(root, "ru", found)
    assert any(finding in line for line in lines), lines


def test_update_keeps_translations_and_guesses_nothing(tmp_path: Path) -> None:
    """A changed msgid loses its translation instead of keeping a likely one."""
    root, found = project(tmp_path, GOOD["draft"] + 'msgid "Save %%(names)s"\nmsgstr "Сохранить"\n\n')
    assert catalogues.write_catalogue(root, "ru", found)
    assert not catalogues.write_catalogue(root, "ru", found)
    messages = catalogues.messages_of(catalogues.load(catalogues.po_path(root, "ru"), "ru"))
    assert messages["request-n", "Draft"].string == "Проект"
    assert messages[None, "Save %%(name)s"].string == ""


def test_command_exits_with_one_on_a_finding(tmp_path: Path, settings: object) -> None:
    """`catalogues check` names the finding and fails."""
    root, _found = project(tmp_path, GOOD["draft"])
    settings.BASE_DIR = root
    said = StringIO()
    with pytest.raises(CommandError, match="findings"):
        call_command("catalogues", "check", stdout=said)
    assert "ru: not extracted: 'Save %%(name)s'" in said.getvalue()
    call_command("catalogues", "extract", stdout=said)
    call_command("catalogues", "compile", stdout=said)
    assert catalogues.po_path(root, "ru").with_suffix(".mo").stat().st_size
    assert [path.name for path in (root / "locale").rglob(".*")] == []


def test_compiled_catalogue_speaks_russian() -> None:
    """Django reads what we compile: words, contexts, and three plural forms."""
    with translation.override("ru"):
        assert gettext("Sign out") == "Выйти"
        assert pgettext("request-n", "Transmitted") == "Направлено"
        days = [ngettext("%(days)d day left", "%(days)d days left", n) % {"days": n} for n in (1, 3, 5, 11, 21)]
    assert days == [
        "остался 1 день",
        "осталось 3 дня",
        "осталось 5 дней",
        "осталось 11 дней",
        "остался 21 день",
    ]
