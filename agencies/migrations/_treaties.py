"""The treaties and their parties as they were known in 2026: what the migration puts into an empty table.

Later knowledge is a change of the rows, never of this file. A row is `verified` when it was found in a public source,
which it names; a row without that mark is known, but must be checked with the depositary before anybody relies on it.
A day that was not found is left out. A state that stands in no row of a treaty: it was not found whether it is a party.
"""

from datetime import date
from typing import Any

UN_MEASURES = ("a", "b", "c", "d", "e", "f", "g", "h", "i")


def as_in_untoc(article: str) -> dict[str, str]:
    """UNTOC 18 and UNCAC 46 carry the same paragraphs under the same numbers."""
    measures = {code: f"{article}(3)({code})" for code in UN_MEASURES}
    return {
        "request": article,
        **measures,
        "video_hearing": f"{article}(18)",
        "detained_transfer": f"{article}(10)",
        "alone": f"{article}(7)",
    }


TREATIES: tuple[dict[str, Any], ...] = (
    {
        "code": "chisinau-2002",
        "kind": "convention",
        "name_en": "Chisinau Convention (2002)",
        "name_ru": "Кишинёвская конвенция 2002 г.",
        "title_en": (
            "Convention on Legal Assistance and Legal Relations in Civil, Family and Criminal Matters"
            " (Chisinau, 7 October 2002)"
        ),
        "title_ru": (
            "Конвенция о правовой помощи и правовых отношениях по гражданским, семейным и уголовным делам"
            " (г. Кишинёв, 7 октября 2002 года)"
        ),
        "noun": "assignment",
        "articles": {"request": "7", "measure": "6", "replaces": "120(3)-(4)"},
        "channels": ["direct", "central_authorities"],
        "languages": ["ru"],
        "seal": True,
        "signed": date(2002, 10, 7),
        "in_force": date(2004, 4, 27),
        "verified": True,
        "source": "worldlaws.narod.ru/konvenc/00413; pavlodar.com/zakon dok=02003 (Article 7(1))",
        "note_en": "Not seen in the text, check: the articles on channels, language, refusal and the seal.",
        "note_ru": "В тексте не найдены и подлежат проверке статьи о порядке сношений, языке, отказе и печати.",
    },
    {
        "code": "minsk-1993",
        "kind": "convention",
        "name_en": "Minsk Convention (1993)",
        "name_ru": "Минская конвенция 1993 г.",
        "title_en": (
            "Convention on Legal Assistance and Legal Relations in Civil, Family and Criminal Matters"
            " (Minsk, 22 January 1993)"
        ),
        "title_ru": (
            "Конвенция о правовой помощи и правовых отношениях по гражданским, семейным и уголовным делам"
            " (г. Минск, 22 января 1993 года)"
        ),
        "replaced_by_id": "chisinau-2002",
        "noun": "assignment",
        "articles": {"request": "7", "measure": "6"},
        "channels": ["central_authorities"],
        "languages": ["both", "ru"],
        "seal": True,
        "signed": date(1993, 1, 22),
        "in_force": date(1994, 5, 19),
        "verified": True,
        "source": "edis74.ru; helpiks.su/5-66517 (Articles 5, 6); library201097.narod.ru (Article 7)",
        "note_en": (
            "What needs a prosecutor's sanction goes from Prosecutor General to Prosecutor General (Article 80)."
            " Article 84 is interpreted in decision 01-1/1-24 of the CIS Economic Court, 15 May 2024."
        ),
        "note_ru": (
            "То, что требует санкции прокурора, направляется между Генеральными прокурорами (статья 80)."
            " Статью 84 толкует решение Экономического Суда СНГ № 01-1/1-24 от 15 мая 2024 г."
        ),
    },
    {
        "code": "minsk-1993-protocol-1997",
        "kind": "amendment",
        "name_en": "Protocol of 1997 to the Minsk Convention",
        "name_ru": "Протокол от 28 марта 1997 г. к Минской конвенции",
        "title_en": (
            "Protocol of 28 March 1997 to the Convention on Legal Assistance and Legal Relations in Civil, Family and"
            " Criminal Matters of 22 January 1993"
        ),
        "title_ru": (
            "Протокол от 28 марта 1997 года к Конвенции о правовой помощи и правовых отношениях по гражданским,"
            " семейным и уголовным делам от 22 января 1993 года"
        ),
        "parent_id": "minsk-1993",
        "replaced_by_id": "chisinau-2002",
        "noun": "assignment",
        "channels": ["direct", "central_authorities"],
        "signed": date(1997, 3, 28),
        "in_force": date(1999, 9, 17),
        "verified": True,
        "source": "zakonpravo.kz; helpiks.su/5-66517 (Article 5 as amended)",
        "note_en": (
            "Central, territorial and other authorities named to the depositary may write to each other (Article 5 of"
            " the Convention as amended). What is in a state language comes with a certified Russian translation."
        ),
        "note_ru": (
            "Сноситься могут центральные, территориальные и другие органы, перечень которых передан депозитарию"
            " (статья 5 Конвенции в новой редакции). К документам на государственном языке прилагается заверенный"
            " перевод на русский язык."
        ),
    },
    {
        "code": "untoc",
        "kind": "convention",
        "name_en": "UNTOC (2000)",
        "name_ru": "Конвенция ООН против транснациональной организованной преступности",
        "title_en": "United Nations Convention against Transnational Organized Crime (New York, 15 November 2000)",
        "title_ru": (
            "Конвенция Организации Объединённых Наций против транснациональной организованной преступности"
            " (г. Нью-Йорк, 15 ноября 2000 года)"
        ),
        "noun": "request",
        "articles": {**as_in_untoc("18"), "penalty": "2(b)", "any_penalty": "3(1)(a)"},
        "least_penalty": 4,
        "channels": ["central_authorities", "diplomatic", "interpol_urgent"],
        "languages": ["requested"],
        "seal": False,
        "signed": date(2000, 11, 15),
        "in_force": date(2003, 9, 29),
        "source": "droit-bilingue.ch 0.311.54-18; regjeringen.no (2(b)); unis.unvienna.org uniscp510 (in force)",
        "note_en": (
            "Only for offences that are transnational and involve an organised criminal group (Article 3(1)). A treaty"
            " on legal assistance goes before it, unless the two states agree otherwise (Article 18(6)-(7))."
        ),
        "note_ru": (
            "Только для преступлений транснационального характера с участием организованной преступной группы (пункт 1"
            " статьи 3). Договор о правовой помощи имеет преимущество, если государства не договорились об ином (пункты"
            " 6 и 7 статьи 18)."
        ),
    },
    {
        "code": "uncac",
        "kind": "convention",
        "name_en": "UNCAC (2003)",
        "name_ru": "Конвенция ООН против коррупции",
        "title_en": "United Nations Convention against Corruption (New York, 31 October 2003)",
        "title_ru": ("Конвенция Организации Объединённых Наций против коррупции (г. Нью-Йорк, 31 октября 2003 года)"),
        "noun": "request",
        "articles": as_in_untoc("46"),
        "offences": ["corruption"],
        "channels": ["central_authorities", "diplomatic", "interpol_urgent"],
        "languages": ["requested"],
        "seal": False,
        "signed": date(2003, 10, 31),
        "in_force": date(2005, 12, 14),
        "source": "scribd.com 467691822 (Article 46(15)-(18)); treaties.un.org XVIII-14 (in force)",
        "note_en": (
            "A treaty on legal assistance goes before it, unless the two states agree otherwise (Article 46(6)-(7))."
        ),
        "note_ru": (
            "Договор о правовой помощи имеет преимущество, если государства не договорились об ином (пункты 6 и 7"
            " статьи 46)."
        ),
    },
    {
        "code": "firearms-protocol",
        "kind": "convention",
        "name_en": "Firearms Protocol (2001)",
        "name_ru": "Протокол об огнестрельном оружии",
        "title_en": (
            "Protocol against the Illicit Manufacturing of and Trafficking in Firearms, Their Parts and Components and"
            " Ammunition, supplementing UNTOC (New York, 31 May 2001)"
        ),
        "title_ru": (
            "Протокол против незаконного изготовления и оборота огнестрельного оружия, его составных частей и"
            " компонентов, а также боеприпасов к нему, дополняющий Конвенцию Организации Объединённых Наций против"
            " транснациональной организованной преступности (г. Нью-Йорк, 31 мая 2001 года)"
        ),
        "parent_id": "untoc",
        "noun": "request",
        "articles": {"request": "1(2)"},
        "offences": ["firearms_trafficking"],
        "channels": ["central_authorities", "diplomatic", "interpol_urgent"],
        "languages": ["requested"],
        "seal": False,
        "signed": date(2001, 5, 31),
        "in_force": date(2005, 7, 3),
        "source": "inview.nl; vilp.de; treaties.un.org XVIII-12-c (in force)",
        "note_en": "UNTOC applies mutatis mutandis (Article 1(2)-(3)): the request follows Article 18 of UNTOC.",
        "note_ru": (
            "Конвенция ООН против транснациональной организованной преступности применяется mutatis mutandis (пункты 2"
            " и 3 статьи 1): запрос следует её статье 18."
        ),
    },
    {
        "code": "financing-1999",
        "kind": "convention",
        "name_en": "Terrorist Financing Convention (1999)",
        "name_ru": "Конвенция о борьбе с финансированием терроризма 1999 г.",
        "title_en": (
            "International Convention for the Suppression of the Financing of Terrorism (New York, 9 December 1999)"
        ),
        "title_ru": (
            "Международная конвенция о борьбе с финансированием терроризма (г. Нью-Йорк, 9 декабря 1999 года)"
        ),
        "noun": "request",
        "articles": {"request": "12"},
        "offences": ["terrorism_financing"],
        "channels": ["diplomatic"],
        "languages": ["requested"],
        "seal": False,
        "signed": date(1999, 12, 9),
        "in_force": date(2002, 4, 10),
        "source": "123dok.com q2nrrmjq, a copy of treaties.un.org XVIII-11 (in force)",
        "note_en": "It says little of how to ask: a treaty on legal assistance does.",
        "note_ru": "О порядке направления запроса говорит мало: его определяет договор о правовой помощи.",
    },
    {
        "code": "bombing-1997",
        "kind": "convention",
        "name_en": "Terrorist Bombings Convention (1997)",
        "name_ru": "Конвенция о борьбе с бомбовым терроризмом 1997 г.",
        "title_en": ("International Convention for the Suppression of Terrorist Bombings (New York, 15 December 1997)"),
        "title_ru": "Международная конвенция о борьбе с бомбовым терроризмом (г. Нью-Йорк, 15 декабря 1997 года)",
        "noun": "request",
        "articles": {"request": "10"},
        "offences": ["terrorist_bombing"],
        "channels": ["diplomatic"],
        "languages": ["requested"],
        "seal": False,
        "signed": date(1997, 12, 15),
        "in_force": date(2001, 5, 23),
        "source": "oecd-nea.org pl_29141 (in force)",
        "note_en": "It says little of how to ask: a treaty on legal assistance does.",
        "note_ru": "О порядке направления запроса говорит мало: его определяет договор о правовой помощи.",
    },
    {
        "code": "bilateral-KG-KZ-1996",
        "kind": "bilateral",
        "name_en": "Treaty of Kazakhstan and Kyrgyzstan (1996)",
        "name_ru": "Двусторонний договор о правовой помощи 1996 г. (Казахстан, Кыргызстан)",
        "title_en": "Treaty on legal assistance between Kazakhstan and Kyrgyzstan (Almaty, 26 August 1996)",
        "title_ru": "Договор о правовой помощи: Казахстан и Кыргызстан (г. Алматы, 26 августа 1996 года)",
        "noun": "assignment",
        "signed": date(1996, 8, 26),
        "verified": True,
        "source": "zakonpravo.kz; azizovpartners.kz 2023-04-13",
        "note_en": (
            "A protocol of 2023 moves criminal matters from the ministries of the interior to the Prosecutors General."
            " The articles were not seen."
        ),
        "note_ru": (
            "Протокол 2023 г. передаёт уголовные дела от министерств внутренних дел Генеральным прокурорам. Текст"
            " статей не найден."
        ),
    },
    {
        "code": "bilateral-KG-UZ-1996",
        "kind": "bilateral",
        "name_en": "Treaty of Kyrgyzstan and Uzbekistan (1996)",
        "name_ru": "Двусторонний договор о правовой помощи 1996 г. (Кыргызстан, Узбекистан)",
        "title_en": "Treaty on legal assistance between Kyrgyzstan and Uzbekistan (24 December 1996)",
        "title_ru": "Договор о правовой помощи: Кыргызстан и Узбекистан (24 декабря 1996 года)",
        "noun": "assignment",
        "signed": date(1996, 12, 24),
        "verified": True,
        "source": "base.spinform.ru rgn=5014",
        "note_en": "The articles were not seen.",
        "note_ru": "Текст статей не найден.",
    },
    {
        "code": "bilateral-KZ-UZ-1997",
        "kind": "bilateral",
        "name_en": "Treaty of Kazakhstan and Uzbekistan (1997)",
        "name_ru": "Двусторонний договор о правовой помощи 1997 г. (Казахстан, Узбекистан)",
        "title_en": "Treaty on legal assistance between Kazakhstan and Uzbekistan (Almaty, 2 June 1997)",
        "title_ru": "Договор о правовой помощи: Казахстан и Узбекистан (г. Алматы, 2 июня 1997 года)",
        "noun": "assignment",
        "signed": date(1997, 6, 2),
        "verified": True,
        "source": "zakonpravo.kz; azizovpartners.kz 2023-04-13",
        "note_en": "The articles were not seen.",
        "note_ru": "Текст статей не найден.",
    },
)

REGION = ("KG", "KZ", "TJ", "TM", "UZ")


def known(treaty: str, *states: str) -> tuple[dict[str, Any], ...]:
    """Parties that are known as such, without a source and without a day."""
    return tuple({"treaty_id": treaty, "state": state} for state in states)


def found(treaty: str, source: str, *states: str) -> tuple[dict[str, Any], ...]:
    """Parties that a source names, without a day."""
    return tuple({"treaty_id": treaty, "state": state, "verified": True, "source": source} for state in states)


PARTIES: tuple[dict[str, Any], ...] = (
    {
        "treaty_id": "chisinau-2002",
        "state": "KZ",
        "consented": date(2004, 3, 29),
        "verified": True,
        "source": "zakonpravo.kz; adilet.zan.kz Z040000531_",
        "note_en": "Law of 10 March 2004, deposit of 29 March 2004.",
        "note_ru": "Закон от 10 марта 2004 г., депонирование 29 марта 2004 г.",
    },
    {
        "treaty_id": "chisinau-2002",
        "state": "KG",
        "consented": date(2004, 9, 2),
        "verified": True,
        "source": "zakonpravo.kz; adilet.zan.kz Z040000531_",
        "note_en": "Deposit of 2 September 2004.",
        "note_ru": "Депонирование 2 сентября 2004 г.",
    },
    {
        "treaty_id": "chisinau-2002",
        "state": "TJ",
        "source": "zakonpravo.kz; adilet.zan.kz Z040000531_ (signature only)",
        "note_en": "Signed in 2002; the deposit was not found: check with the depositary.",
        "note_ru": "Подписание в 2002 г.; сведения о депонировании не найдены: проверить у депозитария.",
    },
    {
        "treaty_id": "chisinau-2002",
        "state": "TM",
        "is_party": False,
        "verified": True,
        "source": "zakonpravo.kz; adilet.zan.kz Z040000531_",
        "note_en": "Not a signatory.",
        "note_ru": "Конвенция не подписана.",
    },
    {
        "treaty_id": "chisinau-2002",
        "state": "UZ",
        "consented": date(2019, 8, 26),
        "verified": True,
        "source": "gazeta.uz 2019-09-04; old.adolat.uz; cis-legislation.com rgn=128629",
        "note_en": (
            "Law ZRU-554 of 26 August 2019. PP-4895 of 17 November 2020 lists the bodies that may write directly,"
            " through their territorial bodies too."
        ),
        "note_ru": (
            "Закон ЗРУ-554 от 26 августа 2019 г. ПП-4895 от 17 ноября 2020 г. перечисляет органы, которые могут"
            " сноситься напрямую, в том числе через территориальные подразделения."
        ),
    },
    *known("minsk-1993", "KZ", "KG", "TJ"),
    {
        "treaty_id": "minsk-1993",
        "state": "TM",
        "note_en": "About February 1998; the day and any reservations were not found.",
        "note_ru": "Около февраля 1998 г.; дата и оговорки не найдены.",
    },
    *found("minsk-1993", "gazeta.uz 2019-09-04; old.adolat.uz", "UZ"),
    {
        "treaty_id": "minsk-1993-protocol-1997",
        "state": "KZ",
        "consented": date(1999, 8, 18),
        "verified": True,
        "source": "zakonpravo.kz",
        "note_en": "Deposit of 18 August 1999.",
        "note_ru": "Депонирование 18 августа 1999 г.",
    },
    {
        "treaty_id": "minsk-1993-protocol-1997",
        "state": "KG",
        "consented": date(2005, 3, 2),
        "verified": True,
        "source": "zakonpravo.kz",
        "note_en": "Notification of 2 March 2005.",
        "note_ru": "Уведомление от 2 марта 2005 г.",
    },
    {
        "treaty_id": "minsk-1993-protocol-1997",
        "state": "TJ",
        "consented": date(2000, 1, 18),
        "verified": True,
        "source": "zakonpravo.kz",
        "note_en": "Deposit of 18 January 2000.",
        "note_ru": "Депонирование 18 января 2000 г.",
    },
    {
        "treaty_id": "minsk-1993-protocol-1997",
        "state": "TM",
        "is_party": False,
        "verified": True,
        "source": "zakonpravo.kz",
        "note_en": "Not a signatory.",
        "note_ru": "Протокол не подписан.",
    },
    {
        "treaty_id": "minsk-1993-protocol-1997",
        "state": "UZ",
        "consented": date(2019, 12, 13),
        "verified": True,
        "source": "cis-legislation.com rgn=128629",
        "note_en": "Law ZRU-593 of 13 December 2019.",
        "note_ru": "Закон ЗРУ-593 от 13 декабря 2019 г.",
    },
    *known("untoc", *REGION),
    # Who else of the region is a party to the Firearms Protocol was not found: see treaties.un.org XVIII-12-c.
    *known("firearms-protocol", "KZ", "TM"),
    # Of these three nobody has looked up the parties.
    *known("uncac", *REGION),
    *known("financing-1999", *REGION),
    *known("bombing-1997", *REGION),
    *found("bilateral-KG-KZ-1996", "zakonpravo.kz; azizovpartners.kz 2023-04-13", "KG", "KZ"),
    *found("bilateral-KG-UZ-1996", "base.spinform.ru rgn=5014", "KG", "UZ"),
    *found("bilateral-KZ-UZ-1997", "zakonpravo.kz; azizovpartners.kz 2023-04-13", "KZ", "UZ"),
)
