"""What stands in the cases of "Saffron Crate": people, weapons, a firm, notes, papers. All of it is invented."""

from typing import Any

from cases.models import CaseItem

Kind = CaseItem.Kind
Item = tuple[str, dict[str, Any], dict[str, list[dict[str, Any]]]]

ITEMS: dict[str, Item] = {
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
        {
            "born": "1991-11-21",
            "place_of_birth": "г. Бишкек",
            "citizenships": "Кыргызстан",
            "procedural_status": "witness",
            "occupation": "декларант",
        },
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
            "recovered_on": "[214:iso]",
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
            "recovered_on": "[214:iso]",
            "recovered_at": "пункт пропуска «Кызыл-Өрүк» (вымышленный)",
        },
        {"marks": [{"kind": "part_number", "location": "затворная рама", "text": "0971"}]},
    ),
    "firm": (
        Kind.ORGANISATION,
        {
            "name": "ООО «Сары-Өзөн Транзит»",
            "country": "Кыргызстан",
            "address": "г. Бишкек, ул. Вымышленная, 1",
            "registration_number": "000000-3301-ООО (вымышленный)",
            "representatives": "директор, фамилия в материалах дела",
        },
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

# By the key of an item: the name that its official gave the file, the file, what it is.
PAPERS: dict[str, tuple[str, str, str]] = {
    "inspection": ("Протокол осмотра.pdf", "inspection.pdf", "протокол осмотра места происшествия, 2 л."),
    "marking": ("Фото 3, ствольная коробка.png", "marking.png", "фототаблица, снимок 3: знаки на ствольной коробке"),
    "expert": ("Заключение эксперта.pdf", "expert.pdf", "заключение баллистической экспертизы, 2 л."),
    "waybill": ("Накладная.pdf", "waybill.pdf", "международная накладная, копия"),
    "camera": ("Камера 4, полоса въезда.png", "camera.png", "кадр записи камеры 4"),
}

MEDIATOR: Item = (
    Kind.PERSON,
    {"born": "1983", "procedural_status": "other", "remarks": "Сведения от источника; третьим лицам не раскрывать."},
    {"names": [{"name": "«Мастер»", "script": "cyrillic", "source": "показания водителя, со слов"}]},
)

STOLEN: Item = (
    Kind.FIREARM,
    {
        "serial": "AE4471",
        "serial_state": "read",
        "read_from": "document",
        "weapon_type": "assault_rifle",
        "model": "AKM rusumli",
        "calibre": "7,62×39",
        "year": 1974,
        "remarks": "Номер выписан из книги учёта склада; латинскими буквами, без пробела.",
    },
    {"marks": [{"kind": "depot", "location": "приклад", "text": "клеймо склада, треугольник"}]},
)
