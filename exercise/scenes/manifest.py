"""Scenario 4, "Caspian Manifest": machine-gun parts declared as pump spares; Almaty's side asks a Caspian port.

Turkmenistan is party to Minsk 1993 and not to Chisinau 2002; the original goes by post, and the portal says where it
stands. Every fact is invented.
"""

from typing import Any

from cases.models import CaseItem
from exercise.scenes.crate_items import Item
from exercise.scenes.line import given_out, received, to_the_border, to_the_signature
from exercise.stage import Stage, Story

Kind = CaseItem.Kind

CASE: dict[str, Any] = {
    "title": "Caspian Manifest: части пулемётов под видом запасных частей насосов",
    "proceedings_number": "26-7511-00-0418",
    "offences": (
        "Статья УК «Незаконное перемещение оружия и его составных частей через границу».\n"
        "Статья УК «Подделка документов»: коносамент и упаковочный лист."
    ),
}
ITEMS: dict[str, Item] = {
    "container": (
        Kind.NOTE,
        {
            "title": "Контейнер CMTU 000417-0 (вымышленный)",
            "text": (
                "Сорок футов, пломба перевозчика цела. На снимке сканера два ящика, которых нет в упаковочном листе; "
                "очертания не похожи на части насоса."
            ),
            "author": "оператор досмотрового комплекса",
        },
        {},
    ),
    "receiver_part": (
        Kind.FIREARM,
        {
            "serial": "П-1108",
            "serial_state": "restored",
            "read_from": "weapon",
            "weapon_type": "machine_gun",
            "model": "части, тип устанавливается",
            "calibre": "12,7×108",
            "recovered_on": "[140:iso]",
            "recovered_at": "склад временного хранения, Актау (вымышленный)",
            "storage": "сейф 4",
        },
        {"marks": [{"kind": "depot", "location": "ствольная коробка", "text": "ромб с буквой, снимок 2"}]},
    ),
    "shipper": (
        Kind.ORGANISATION,
        {
            "name": "HJ «Hazar Nasos Üpjünçilik»",
            "other_names": "ХО «Хазар Насос Упджунчилик»",
            "country": "Туркменистан",
            "address": "Туркменбаши, Портовая зона, склад 9 (вымышленный)",
            "representatives": "в упаковочном листе подпись неразборчива",
        },
        {},
    ),
    "agent": (
        Kind.PERSON,
        {
            "born": "1976-02",
            "citizenships": "Туркменистан",
            "procedural_status": "witness",
            "occupation": "судовой агент",
        },
        {
            "names": [
                {"surname": "Gurbanow", "name": "Döwlet", "script": "latin", "source": "коносамент"},
                {"surname": "Гурбанов", "name": "Довлет", "script": "cyrillic", "source": "перевод"},
            ]
        },
    ),
}
PAPERS: dict[str, tuple[str, str, str]] = {
    "lading": ("Коносамент.pdf", "lading.pdf", "коносамент и упаковочный лист, копия, 1 л."),
    "scan": ("Снимок сканера.png", "scan.png", "снимок досмотрового комплекса"),
}

COMMON: dict[str, Any] = {
    "basis": "minsk-1993",
    "conducted_by": "Генеральная прокуратура Республики Казахстан, прокурор Абдикалыков Е.: надзор за расследованием",
    "offence": "Незаконное перемещение составных частей оружия через границу группой лиц.",
    "statute": "УЧЕНИЯ. Вместо текста статей: незаконное перемещение оружия; подделка документов.",
    "damage": "не причинён",
    "purpose": "Доказывание по названному уголовному делу; иное использование только с вашего согласия.",
    "confidential": True,
    "confidentiality_reason": "Груз ещё может быть перемещён: о запросе не должны знать работники склада.",
}
FOUND = (
    "[141] в порту Актау в контейнере, прибывшем морем из Туркменбаши, под запасными частями насосов обнаружены два "
    "ящика с частями пулемётов. В коносаменте их нет, вес в нём больше на 84 кг, чем по упаковочному листу."
)
SEARCH: dict[str, Any] = COMMON | {
    "title": "Обыск склада и изъятие документов на контейнер",
    "facts": f"{FOUND}\n\nКонтейнер загружен на складе отправителя в портовой зоне; второй такой же ещё стоит там.",
    "attachments": ("shipper", "container", "receiver_part", "lading", "scan"),
    "due": 25,
    "deadline_reason": "После этой даты контейнер могут выдать получателю: хранение оплачено до неё.",
    "measures": (
        {
            "kind": "c",
            "description": "Обыскать склад 9, изъять второй контейнер с документами на него.",
            "procedure": "Пломбы не вскрывать до фотографирования; опись составить в двух экземплярах.",
        },
        {"kind": "f", "description": "Заверенные копии журнала погрузки и пропусков на склад за две недели."},
    ),
}
CUSTOMS: dict[str, Any] = COMMON | {
    "title": "Таможенные декларации отправителя за год",
    "facts": f"{FOUND}\n\nТот же отправитель за год оформил ещё шесть контейнеров с запасными частями.",
    "attachments": ("shipper", "lading"),
    "measures": ({"kind": "f", "description": "Заверенные копии шести деклараций с упаковочными листами."},),
}
AGENT: dict[str, Any] = COMMON | {
    "title": "Показания судового агента",
    "facts": f"{FOUND}\n\nКоносамент подписан агентом; подпись на копии иная, чем в порту.",
    "attachments": ("agent", "lading"),
    "measures": (
        {
            "kind": "a",
            "about": "agent",
            "description": "Допросить агента о том, кто принёс ему коносамент на подпись.",
            "questions": "Ваша ли это подпись?\nКто принёс документы?\nКто оплатил хранение?",
        },
    ),
}
SEAL: dict[str, Any] = COMMON | {
    "title": "Образцы подписей и оттиск пломбы",
    "facts": f"{FOUND}\n\nЭксперту нужны образцы: на копии подпись и оттиск не видны.",
    "attachments": ("agent",),
    "measures": ({"kind": "e", "description": "Образцы подписи агента и оттиск пломбы порта, в подлиннике."},),
}


def container(stage: Stage) -> Story:
    """The case, and the search that it needs: begun in the port, while the original is on its way."""
    officer = stage.who("officer", "KZ-GPO")
    yield stage.ago(140, "12:00")
    case = stage.open_case("manifest", officer, "KZ-GPO", CASE)
    for key, item in ITEMS.items():
        stage.put(key, case, officer, item)
    for key, paper in PAPERS.items():
        stage.put_paper(key, case, officer, *paper)
    yield stage.ago(64, "10:00")
    search = stage.draft(case, officer, "TM", SEARCH)
    yield from to_the_border(search, (63, 62, 61, 60), number="2-04-26/117", addressee="TM-GPO")
    yield from received(search, (48, 46), number="HY-26/41")
    yield from given_out(search, (38, 30), executor="TM-MNS", target=-10)


def agent(stage: Stage) -> Story:
    """The ship's agent was heard: the answer came the other day, and has to be confirmed."""
    yield stage.ago(132, "15:00")
    course = stage.draft(stage.cases["manifest"], stage.who("officer", "KZ-GPO"), "TM", AGENT)
    yield from to_the_border(course, (131, 130, 129, 128), number="2-04-26/064", addressee="TM-GPO")
    yield from received(course, (110, 105), number="HY-26/22")
    yield from given_out(course, (98, 90), executor="TM-MNS", target=50)
    yield stage.ago(12, "16:00")
    record = course.find_paper("agent_record", "Sorag teswirnamasy.pdf", "questioning.pdf", "протокол допроса, 1 л.")
    course.take(
        "report_results",
        results={1: {"result": "done", "text": "Агент допрошен; подпись своей не признал."}},
        answer_items=[record],
    )
    yield stage.ago(3, "12:00")
    course.take("send_response", covering_note="Направляем протокол допроса. Подлинник отправлен почтой.")


def declarations(stage: Stage) -> Story:
    """Under review in Ashgabat for nine working days; and one more that waits in Astana for its reviewer."""
    officer = stage.who("officer", "KZ-GPO")
    yield stage.ago(30, "11:00")
    course = stage.draft(stage.cases["manifest"], officer, "TM", CUSTOMS)
    yield from to_the_border(course, (29, 28, 27, 25), number="2-04-26/151", addressee="TM-GPO")
    yield from received(course, (12, 9), number="HY-26/57")
    yield stage.ago(3, "17:30")
    samples = stage.draft(stage.cases["manifest"], officer, "TM", SEAL)
    yield from to_the_signature(samples, (2,))


def shares(stage: Stage) -> Story:
    """Items of the container: the scan is with the national security committee, more is asked for by the ministry."""
    officer, liaison, case = stage.who("officer", "KZ-GPO"), stage.who("liaison", "KZ-GPO"), stage.cases
    yield stage.ago(135, "10:45")
    scan = stage.share(
        case["manifest"], officer, {"scan": (), "container": ("author",)}, "KZ-NSC", "Оценка угрозы.", stage.ahead(120)
    )
    yield stage.ago(135, "14:30")
    stage.decide(scan, liaison, "approve")
    yield stage.ago(2, "09:40")
    stage.share(
        case["manifest"],
        officer,
        {"receiver_part": ("storage",), "lading": ()},
        "UZ-GPO",
        "Сверка клейма склада с вашим делом. Не приобщать к делу без согласия.",
        stage.ahead(45),
    )


SCENES = (container, agent, declarations, shares)
