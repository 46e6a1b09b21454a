"""The agencies that take part, of every kind, and who is designated for what.

Agencies of such a kind exist in each state; what they do here is invented, and so are the designations: they stand in
no official list in this form.
"""

from typing import Any

from agencies.models import Agency

Kind = Agency.Kind

# Code, kind, names in English, Russian and the state language.
AGENCIES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "KG-GPO",
        Kind.PROSECUTOR_GENERAL,
        "Prosecutor General's Office of the Kyrgyz Republic",
        "Генеральная прокуратура Кыргызской Республики",
        "Кыргыз Республикасынын Башкы прокуратурасы",
    ),
    (
        "KG-MIA",
        Kind.MINISTRY_INTERIOR,
        "Ministry of Internal Affairs of the Kyrgyz Republic",
        "Министерство внутренних дел Кыргызской Республики",
        "Кыргыз Республикасынын Ички иштер министрлиги",
    ),
    (
        "KG-SCNS",
        Kind.NATIONAL_SECURITY,
        "State Committee for National Security of the Kyrgyz Republic",
        "Государственный комитет национальной безопасности Кыргызской Республики",
        "Кыргыз Республикасынын Улуттук коопсуздук мамлекеттик комитети",
    ),
    (
        "KG-CUS",
        Kind.CUSTOMS,
        "State Customs Service of the Kyrgyz Republic",
        "Государственная таможенная служба Кыргызской Республики",
        "Кыргыз Республикасынын Мамлекеттик бажы кызматы",
    ),
    (
        "KG-BOR",
        Kind.BORDER_SERVICE,
        "Border Service of the Kyrgyz Republic",
        "Пограничная служба Кыргызской Республики",
        "Кыргыз Республикасынын Чек ара кызматы",
    ),
    (
        "KZ-GPO",
        Kind.PROSECUTOR_GENERAL,
        "Prosecutor General's Office of the Republic of Kazakhstan",
        "Генеральная прокуратура Республики Казахстан",
        "Қазақстан Республикасының Бас прокуратурасы",
    ),
    (
        "KZ-MIA",
        Kind.MINISTRY_INTERIOR,
        "Ministry of Internal Affairs of the Republic of Kazakhstan",
        "Министерство внутренних дел Республики Казахстан",
        "Қазақстан Республикасының Ішкі істер министрлігі",
    ),
    (
        "KZ-NSC",
        Kind.NATIONAL_SECURITY,
        "National Security Committee of the Republic of Kazakhstan",
        "Комитет национальной безопасности Республики Казахстан",
        "Қазақстан Республикасының Ұлттық қауіпсіздік комитеті",
    ),
    (
        "TJ-GPO",
        Kind.PROSECUTOR_GENERAL,
        "Prosecutor General's Office of the Republic of Tajikistan",
        "Генеральная прокуратура Республики Таджикистан",
        "Прокуратураи генералии Ҷумҳурии Тоҷикистон",
    ),
    (
        "TJ-MIA",
        Kind.MINISTRY_INTERIOR,
        "Ministry of Internal Affairs of the Republic of Tajikistan",
        "Министерство внутренних дел Республики Таджикистан",
        "Вазорати корҳои дохилии Ҷумҳурии Тоҷикистон",
    ),
    (
        "TJ-CUS",
        Kind.CUSTOMS,
        "Customs Service under the Government of the Republic of Tajikistan",
        "Таможенная служба при Правительстве Республики Таджикистан",
        "Хадамоти гумруки назди Ҳукумати Ҷумҳурии Тоҷикистон",
    ),
    (
        "TM-GPO",
        Kind.PROSECUTOR_GENERAL,
        "Prosecutor General's Office of Turkmenistan",
        "Генеральная прокуратура Туркменистана",
        "Türkmenistanyň Baş prokuraturasy",
    ),
    (
        "TM-MNS",
        Kind.NATIONAL_SECURITY,
        "Ministry of National Security of Turkmenistan",
        "Министерство национальной безопасности Туркменистана",
        "Türkmenistanyň Milli howpsuzlyk ministrligi",
    ),
    (
        "TM-MIG",
        Kind.MIGRATION_SERVICE,
        "State Migration Service of Turkmenistan",
        "Государственная миграционная служба Туркменистана",
        "Türkmenistanyň Döwlet migrasiýa gullugy",
    ),
    (
        "TM-MFA",
        Kind.MINISTRY_FOREIGN_AFFAIRS,
        "Ministry of Foreign Affairs of Turkmenistan",
        "Министерство иностранных дел Туркменистана",
        "Türkmenistanyň Daşary işler ministrligi",
    ),
    (
        "UZ-GPO",
        Kind.PROSECUTOR_GENERAL,
        "Prosecutor General's Office of the Republic of Uzbekistan",
        "Генеральная прокуратура Республики Узбекистан",
        "Oʻzbekiston Respublikasi Bosh prokuraturasi",
    ),
    (
        "UZ-MIA",
        Kind.MINISTRY_INTERIOR,
        "Ministry of Internal Affairs of the Republic of Uzbekistan",
        "Министерство внутренних дел Республики Узбекистан",
        "Oʻzbekiston Respublikasi Ichki ishlar vazirligi",
    ),
    (
        "UZ-JUS",
        Kind.MINISTRY_JUSTICE,
        "Ministry of Justice of the Republic of Uzbekistan",
        "Министерство юстиции Республики Узбекистан",
        "Oʻzbekiston Respublikasi Adliya vazirligi",
    ),
    (
        "UZ-SUP",
        Kind.SUPREME_COURT,
        "Supreme Court of the Republic of Uzbekistan",
        "Верховный суд Республики Узбекистан",
        "Oʻzbekiston Respublikasi Oliy sudi",
    ),
    (
        "ORG-SEC",
        Kind.ORGANISATION_REGIONAL,
        "Secretariat of the exercise",
        "Секретариат учений",
        "",
    ),
    (
        "ORG-OBS",
        Kind.ORGANISATION_INTERNATIONAL,
        "Observers of the exercise",
        "Наблюдатели учений",
        "",
    ),
)

# Each for each treaty to which the portal knows its state to be a party, from the first day of the exercise.
DESIGNATED = ("KG-GPO", "KZ-GPO", "TJ-GPO", "TM-GPO", "UZ-GPO")
FUNCTIONS = ("sends", "receives", "executes")
# By treaty, the rule that asks for a designation.
BASES = {
    "minsk-1993": "Minsk Convention 1993, Articles 5 and 80; exercise data, no official list",
    "chisinau-2002": "Chisinau Convention 2002, Article 5; exercise data, no official list",
    "untoc": "UNTOC, Article 18(13); exercise data, no official list",
}


def fields_of(code: str, kind: str, english: str, russian: str, own: str) -> dict[str, Any]:
    """An agency's row. An organisation belongs to no state."""
    state = code.partition("-")[0]
    return {
        "code": code,
        "state_id": None if state == "ORG" else state,
        "kind": kind,
        "name_en": english,
        "name_ru": russian,
        "name_state": own,
    }
