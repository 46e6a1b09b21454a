"""What stands in the case of the exercise: people, weapons, a firm, a note and a file. All of it is invented."""

from typing import Any

from cases.models import CaseItem

Kind = CaseItem.Kind
NAME = dict[str, str]

# Kind, fields, rows; the key is what shares below name.
ITEMS: dict[str, tuple[str, dict[str, Any], dict[str, list[dict[str, Any]]]]] = {
    "driver": (
        Kind.PERSON,
        {
            "born": "1988-03-14",
            "place_of_birth": "г. Ош",
            "citizenships": "Кыргызстан",
            "procedural_status": "suspect",
            "residence": "г. Ош, ул. Вымышленная, 14, кв. 3",
            "telephone": "номер в материалах дела",
            "occupation": "водитель грузового автомобиля",
        },
        {
            "names": [
                {
                    "surname": "Касымов",
                    "name": "Руслан",
                    "patronymic": "Адылович",
                    "script": "cyrillic",
                    "source": "паспорт",
                },
                {"surname": "Kasymov", "name": "Ruslan", "script": "latin", "source": "паспорт, латинская строка"},
            ],
            "documents": [{"kind": "passport", "value": "AN 0000000", "issued_by": "МКК 50-00, 2019 г."}],
        },
    ),
    "declarant": (
        Kind.PERSON,
        {"born": "1991-11-21", "citizenships": "Кыргызстан", "procedural_status": "witness", "occupation": "декларант"},
        {"names": [{"surname": "Жумабаева", "name": "Нургүл", "patronymic": "Талантбековна", "script": "cyrillic"}]},
    ),
    "consignor": (
        Kind.PERSON,
        {"born": "1979", "citizenships": "Узбекистан", "procedural_status": "other", "occupation": "отправитель груза"},
        {
            "names": [
                {
                    "surname": "Hamidov",
                    "name": "Sherzod",
                    "patronymic": "Botir oʻgʻli",
                    "script": "latin",
                    "source": "накладная",
                },
                {
                    "surname": "Хамидов",
                    "name": "Шерзод",
                    "patronymic": "Ботирович",
                    "script": "cyrillic",
                    "source": "перевод",
                },
            ]
        },
    ),
    "rifle": (
        Kind.FIREARM,
        {
            "serial": "АЕ 4471",
            "serial_state": "read",
            "read_from": "weapon",
            "weapon_type": "assault_rifle",
            "model": "типа АКМ",
            "calibre": "7,62×39",
            "country": "СССР",
            "year": 1974,
            "recovered_on": "2026-09-12",
            "recovered_at": "пункт пропуска «Кызыл-Өрүк» (вымышленный)",
            "storage": "комната вещественных доказательств, ячейка 12",
        },
        {
            "marks": [
                {"kind": "factory", "location": "ствольная коробка слева", "text": "клеймо завода, описание по фото 3"}
            ]
        },
    ),
    "worn_rifle": (
        Kind.FIREARM,
        {
            "serial_state": "obliterated",
            "read_from": "weapon",
            "weapon_type": "assault_rifle",
            "model": "типа АКМ",
            "calibre": "7,62×39",
            "recovered_on": "2026-09-12",
        },
        {"marks": [{"kind": "part_number", "location": "затворная рама", "text": "0971"}]},
    ),
    "firm": (
        Kind.ORGANISATION,
        {"name": "ООО «Сары-Өзөн Транзит»", "country": "Кыргызстан", "address": "г. Бишкек, ул. Вымышленная, 1"},
        {},
    ),
    "note": (
        Kind.NOTE,
        {
            "title": "Справка таможенного поста о маршруте",
            "text": "Грузовой автомобиль прошёл три пункта за двое суток; стоянка в 40 км от границы не объяснена.",
            "author": "дежурная смена поста",
        },
        {},
    ),
}

DOCUMENT_NAME = "Протокол осмотра (выписка).txt"
DOCUMENT_TEXT = (
    "УЧЕНИЯ. Все данные вымышлены.\n\n"
    "Выписка из протокола осмотра места происшествия: в грузе сухофруктов обнаружены пять автоматов типа АКМ.\n"
)
DOCUMENT_WORDS = {"marking": "unmarked", "description": "выписка, 1 л."}

# Keys of items, the parts that stay out, what for, days until the end, and whether the liaison officer has approved.
SHARES: tuple[dict[str, Any], ...] = (
    {
        "items": {"rifle": ("storage",)},
        "purpose": "Сверка серийного номера с делом о хищении со склада. Иное использование только с согласия.",
        "days": 90,
        "approved": True,
    },
    {
        "items": {"driver": ("residence", "telephone"), "rifle": ("storage",), "note": ("author",)},
        "purpose": "Установление маршрута и связей водителя. Иное использование только с согласия.",
        "days": 60,
        "approved": False,
    },
)
