"""What the glossary never wants to read in the Russian catalogue."""

import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog

from exchange.catalogues import key_of, messages_of, strings_of, words

# Whole words in any case ending; each pattern is a stem and what may follow it.
ENDING = r"(?:а|у|ы|е|и|ой|ою|ом|ем|ов|ев|ей|ам|ям|ами|ями|ах|ях|о|я|ю|ь|ью|ия|ий|ию|ии|ией|иями|иям|иях)?"
ADJECTIVE = r"(?:ый|ий|ая|ое|ые|ого|ому|ым|ом|ой|ую|ых|ыми|о)"
NEVER = {
    "офицер": rf"офицер{ENDING}(?! связи)",
    "доля": r"дол(?:я|и|е|ю|ей|ям|ями|ях)",
    "кейс": rf"кейс{ENDING}",
    "дедлайн": rf"дедлайн{ENDING}",
    "дашборд": rf"дашборд{ENDING}",
    "хит": rf"хит{ENDING}",
    "логин": rf"логин{ENDING}",
    "аттачмент": rf"аттачмент{ENDING}",
    "вложение": rf"вложени{ENDING}",
    "вещдок": rf"вещдок{ENDING}",
    "экспонат": rf"экспонат{ENDING}",
    "черновик": rf"черновик{ENDING}",
    "шаринг": rf"(?:рас)?шаринг{ENDING}",
    "онбординг": rf"онбординг{ENDING}",
    "воркфлоу": r"воркфлоу",
    "апрув": rf"апрув{ENDING}",
    "трейсинг": rf"трейсинг{ENDING}",
    "юзер": rf"юзер{ENDING}",
    "ревью": r"ревью",
    "супервизор": rf"супервизор{ENDING}",
    "подписант": rf"подписант{ENDING}",
    "спонтанный": rf"спонтанн{ADJECTIVE}",
    "конвертированный": rf"конвертированн{ADJECTIVE}",
    "Киргизия": r"киргизи(?:я|и|ю|ей)",
    "Туркмения": r"туркмени(?:я|и|ю|ей)",
    "служебная проверка": r"служебн\w+ проверк\w+",
    "гриф": rf"гриф{ENDING}",
    "загрузить": r"загрузить",
    "отправлено": r"отправлено",
    "суперпользователь": rf"суперпользовател{ENDING}",
    "агентство": rf"агентств{ENDING}",
    "направил(а)": r"(?:направил|подписал|передал|возвратил|завершил)(?:а|\(а\))?",
}
REFUSED = {name: re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE) for name, pattern in NEVER.items()}
# A Cyrillic Н: the codes of handling are Latin in every language.
CYRILLIC_CODE = re.compile(r"(?<!\w)Н[0-3](?!\w)")
STRAIGHT_QUOTES = re.compile(r'"[^"<>=]*[А-Яа-яЁё][^"<>=]*"')
NUMBER_SIGN = re.compile(r"№(?=\w)")


def refused_words(catalog: Catalog) -> list[str]:
    """What a Russian catalogue says against the glossary, a line each."""
    lines = []
    for message in messages_of(catalog).values():
        for string in strings_of(message):
            lines += [f"ru: {fault}: {words(key_of(message))}" for fault in refused_in(string)]
    return sorted(lines)


def refused_in(text: str) -> Iterator[str]:
    """What one Russian text says against the glossary."""
    for name, pattern in REFUSED.items():
        if pattern.search(text):
            yield f"the glossary never says «{name}»"
    if CYRILLIC_CODE.search(text):
        yield "codes H0 to H3 are Latin letters"
    if STRAIGHT_QUOTES.search(text):
        yield "quotation marks are «»"
    if NUMBER_SIGN.search(text):
        yield "№ stands with a space"
