"""The five states, the agencies that take part, and who is designated for what.

The names of states are real, and so are the treaties. The designations are what the exercise assumes: they
stand in no official list in this form.
"""

from datetime import date

STATES: tuple[dict[str, str], ...] = (
    {
        "code": "KG",
        "name_en": "Kyrgyzstan",
        "name_ru": "Кыргызстан",
        "name_ru_genitive": "Кыргызстана",
        "name_ru_prepositional": "Кыргызстане",
        "official_en": "Kyrgyz Republic",
        "official_ru": "Кыргызская Республика",
        "official_ru_genitive": "Кыргызской Республики",
        "official_ru_prepositional": "Кыргызской Республике",
        "language": "ky",
        "zone": "Asia/Bishkek",
    },
    {
        "code": "KZ",
        "name_en": "Kazakhstan",
        "name_ru": "Казахстан",
        "name_ru_genitive": "Казахстана",
        "name_ru_prepositional": "Казахстане",
        "official_en": "Republic of Kazakhstan",
        "official_ru": "Республика Казахстан",
        "official_ru_genitive": "Республики Казахстан",
        "official_ru_prepositional": "Республике Казахстан",
        "language": "kk",
        "zone": "Asia/Almaty",
    },
    {
        "code": "TJ",
        "name_en": "Tajikistan",
        "name_ru": "Таджикистан",
        "name_ru_genitive": "Таджикистана",
        "name_ru_prepositional": "Таджикистане",
        "official_en": "Republic of Tajikistan",
        "official_ru": "Республика Таджикистан",
        "official_ru_genitive": "Республики Таджикистан",
        "official_ru_prepositional": "Республике Таджикистан",
        "language": "tg",
        "zone": "Asia/Dushanbe",
    },
    {
        "code": "TM",
        "name_en": "Turkmenistan",
        "name_ru": "Туркменистан",
        "name_ru_genitive": "Туркменистана",
        "name_ru_prepositional": "Туркменистане",
        "official_en": "Turkmenistan",
        "official_ru": "Туркменистан",
        "official_ru_genitive": "Туркменистана",
        "official_ru_prepositional": "Туркменистане",
        "language": "tk",
        "zone": "Asia/Ashgabat",
    },
    {
        "code": "UZ",
        "name_en": "Uzbekistan",
        "name_ru": "Узбекистан",
        "name_ru_genitive": "Узбекистана",
        "name_ru_prepositional": "Узбекистане",
        "official_en": "Republic of Uzbekistan",
        "official_ru": "Республика Узбекистан",
        "official_ru_genitive": "Республики Узбекистан",
        "official_ru_prepositional": "Республике Узбекистан",
        "language": "uz",
        "zone": "Asia/Tashkent",
    },
)

AGENCIES: tuple[dict[str, str | None], ...] = (
    {
        "code": "KG-GPO",
        "state_id": "KG",
        "kind": "prosecutor_general",
        "name_en": "Prosecutor General's Office of the Kyrgyz Republic",
        "name_ru": "Генеральная прокуратура Кыргызской Республики",
        "name_state": "Кыргыз Республикасынын Башкы прокуратурасы",
    },
    {
        "code": "KG-CUS",
        "state_id": "KG",
        "kind": "customs",
        "name_en": "State Customs Service of the Kyrgyz Republic",
        "name_ru": "Государственная таможенная служба Кыргызской Республики",
        "name_state": "Кыргыз Республикасынын Мамлекеттик бажы кызматы",
    },
    {
        "code": "UZ-GPO",
        "state_id": "UZ",
        "kind": "prosecutor_general",
        "name_en": "Prosecutor General's Office of the Republic of Uzbekistan",
        "name_ru": "Генеральная прокуратура Республики Узбекистан",
        "name_state": "Oʻzbekiston Respublikasi Bosh prokuraturasi",
    },
    {
        "code": "UZ-MIA",
        "state_id": "UZ",
        "kind": "ministry_interior",
        "name_en": "Ministry of Internal Affairs of the Republic of Uzbekistan",
        "name_ru": "Министерство внутренних дел Республики Узбекистан",
        "name_state": "Oʻzbekiston Respublikasi Ichki ishlar vazirligi",
    },
    {
        "code": "ORG-SEC",
        "state_id": None,
        "kind": "organisation_regional",
        "name_en": "Secretariat of the exercise",
        "name_ru": "Секретариат учений",
        "name_state": "",
    },
)

# By treaty: from which day the exercise assumes the designation, and the rule that asks for one.
BASES: dict[str, tuple[dict[str, date], str]] = {
    "minsk-1993": (
        {"KG": date(1994, 5, 19), "UZ": date(1994, 5, 19)},
        "Minsk Convention 1993, Articles 5 and 80; exercise data, no official list",
    ),
    "chisinau-2002": (
        {"KG": date(2004, 10, 2), "UZ": date(2020, 11, 17)},
        "Chisinau Convention 2002, Article 5; exercise data, no official list",
    ),
    "untoc": (
        {"KG": date(2004, 1, 1), "UZ": date(2004, 1, 1)},
        "UNTOC, Article 18(13); exercise data, no official list",
    ),
}
FUNCTIONS = ("sends", "receives", "executes")
DESIGNATED = ("KG-GPO", "UZ-GPO")
