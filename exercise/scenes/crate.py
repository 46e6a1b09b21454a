"""Scenario 1, "Saffron Crate": five rifles under dried fruit; Bishkek asks Tashkent, and is asked in its turn."""

from typing import Any

from exercise.scenes.crate_items import ITEMS, MEDIATOR, PAPERS, STOLEN
from exercise.scenes.line import given_out, received, to_the_border, to_the_signature
from exercise.stage import Stage, Story

CASE: dict[str, Any] = {
    "title": "Saffron Crate: пять автоматов в сухофруктах, пункт пропуска «Кызыл-Өрүк»",
    "proceedings_number": "03-112-2026-000457",
    "offences": (
        "Статья УК «Контрабанда огнестрельного оружия»: перемещение через границу пяти автоматов типа АКМ с сокрытием "
        "от таможенного контроля.\n"
        "Статья УК «Незаконные приобретение, хранение и перевозка оружия»: группа лиц."
    ),
}
NAMED_CASE: dict[str, Any] = {
    "title": "Saffron Crate: источник партии и возможный посредник",
    "proceedings_number": "03-112-2026-000461",
    "offences": (
        "Организация незаконного перемещения оружия через границу. Выделено в отдельное производство: сведения о "
        "посреднике известны только названным лицам."
    ),
}
THEFT_CASE: dict[str, Any] = {
    "title": "Saffron Crate: qurol omboridan oʻgʻirlik (хищение со склада)",
    "proceedings_number": "26/0417",
    "offences": "Статья УК «Хищение огнестрельного оружия»: недостача пяти автоматов при сверке склада.",
}

# What every letter in the case says in the same words.
COMMON: dict[str, Any] = {
    "basis": "chisinau-2002",
    "conducted_by": (
        "Генеральная прокуратура Кыргызской Республики, прокурор Сатыбалдиева А.: процессуальное руководство "
        "следствием по уголовному делу"
    ),
    "offence": (
        "Контрабанда огнестрельного оружия группой лиц по предварительному сговору; незаконные приобретение, "
        "хранение и перевозка оружия."
    ),
    "statute": "УЧЕНИЯ. Вместо текста статей: контрабанда оружия; незаконное обращение с оружием.",
    "damage": "не причинён",
    "confidential": True,
    "confidentiality_reason": "Сам факт запроса: отправитель груза может скрыться.",
    "purpose": (
        "Полученное будет использовано только как доказательства по названному уголовному делу, в том числе в суде."
    ),
}
FOUND = (
    "[214] на пункте пропуска «Кызыл-Өрүк» при досмотре грузового автомобиля под коробками с сушёным абрикосом "
    "обнаружены пять автоматов типа АКМ калибра 7,62×39 без боеприпасов.\n\n"
    "На ствольной коробке одного автомата читается номер «АЕ 4471» (буквы, по мнению эксперта, кириллические). Номера "
    "четырёх других спилены."
)

TRANSMITTED: dict[str, Any] = COMMON | {
    "title": "Записи об одном автомате и показания отправителя груза",
    "facts": (
        f"{FOUND}\n\n"
        "По накладной груз отправлен из Ташкента. Водитель показал, что коробки загружены на складе отправителя и по "
        "пути не вскрывались. По сведениям, полученным в порядке сотрудничества таможенных органов, автомат с номером "
        "«AE4471» значится в деле о хищении со склада в Узбекистане; одно ли это оружие, не подтверждено."
    ),
    "purpose": (
        "Установить происхождение оружия и причастность отправителя груза. Полученное будет использовано только как "
        "доказательства по названному уголовному делу, в том числе в суде."
    ),
    "due": 45,
    "deadline_reason": "Срок содержания подозреваемого под стражей истекает через 10 дней после этой даты.",
    "attachments": ("driver", "consignor", "rifle", "inspection", "marking"),
    "measures": (
        {
            "kind": "f",
            "description": (
                "Заверенные копии записей склада о поступлении, выдаче и списании автомата с номером «АЕ 4471» "
                "(возможно, «AE4471») за всё время учёта."
            ),
            "procedure": "Копии заверить гербовой печатью; указать, какими буквами номер записан в книге учёта.",
        },
        {
            "kind": "e",
            "description": (
                "Выписка из дела о хищении автомата «AE4471» и заключение о том, может ли он быть автоматом, изъятым в "
                "Кыргызстане. Фотографии маркировочных обозначений прилагаются."
            ),
        },
        {
            "kind": "a",
            "about": "consignor",
            "description": (
                "Допросить в качестве свидетеля отправителя груза Хамидова Шерзода: кто заказал перевозку, кто "
                "загружал коробки, кто имел доступ к складу в дни погрузки."
            ),
            "questions": (
                "Кто заказал перевозку и как с вами связались?\n"
                "Кто загружал коробки?\n"
                "Кто имел доступ к складу в эти дни?"
            ),
            "attendance": True,
        },
    ),
}
DRAFT: dict[str, Any] = {
    "basis": "chisinau-2002",
    "title": "Происхождение четырёх автоматов со спиленными номерами",
    "conducted_by": "Генеральная прокуратура Кыргызской Республики, прокурор Сатыбалдиева А.",
    "offence": "Контрабанда огнестрельного оружия группой лиц по предварительному сговору.",
    "facts": (
        "Вместе с автоматом «АЕ 4471» изъяты ещё четыре автомата типа АКМ, номера которых спилены. Эксперт "
        "восстановил часть знаков на двух ствольных коробках: «…17» и «КМ 0…»."
    ),
    "purpose": "",
    "confidential": True,
    "reasoned": False,
    "measures": (
        {
            "kind": "g",
            "description": (
                "Проверить по учётам утраченного и похищенного оружия автоматы типа АКМ, номера которых содержат "
                "восстановленные знаки."
            ),
        },
    ),
}
CROSSINGS: dict[str, Any] = COMMON | {
    "title": "Пересечения границы и показания сменного водителя",
    "facts": (
        f"{FOUND}\n\nЗа рулём до границы был сменный водитель, гражданин Узбекистана; после досмотра он не вернулся."
    ),
    "attachments": ("waybill",),
    "measures": (
        {
            "kind": "f",
            "description": "Заверенные сведения о пересечении границы автомобилем и водителями за шесть месяцев.",
        },
        {
            "kind": "a",
            "description": "Установить и допросить сменного водителя о маршруте и местах стоянки.",
            "questions": "Где и кем загружен автомобиль?\nПочему стоянка длилась шесть часов?",
        },
    ),
}
EXPERTS: dict[str, Any] = COMMON | {
    "title": "Пули и гильзы из прежних дел для сравнения",
    "facts": f"{FOUND}\n\nИз трёх автоматов недавно стреляли: так говорит заключение баллистической экспертизы.",
    "attachments": ("worn_rifle", "expert"),
    "measures": (
        {
            "kind": "e",
            "description": "Сравнить экспериментальные пули и гильзы с пулегильзотекой и сообщить о совпадениях.",
        },
    ),
}
BANK: dict[str, Any] = COMMON | {
    "title": "Выписки по счетам отправителя груза",
    "facts": f"{FOUND}\n\nПеревозка оплачена дважды: фирмой-получателем и наличными, которые внёс неизвестный.",
    "attachments": ("consignor", "firm", "waybill"),
    "measures": (
        {
            "kind": "f",
            "description": "Выписки по счетам отправителя груза за 90 дней до перевозки, с указанием плательщиков.",
        },
    ),
}
CALLS: dict[str, Any] = COMMON | {
    "title": "Соединения абонентского номера, найденного у водителя",
    "facts": f"{FOUND}\n\nВ телефоне водителя найден номер оператора Узбекистана, по которому он звонил до границы.",
    "measures": (
        {
            "kind": "f",
            "description": "Сведения о соединениях и месте абонента за трое суток до досмотра; номер в приложении.",
            "procedure": "Просим получить санкцию суда, если она нужна по вашему закону.",
        },
    ),
}
WAREHOUSE: dict[str, Any] = COMMON | {
    "title": "Осмотр склада отправителя и опись упаковки",
    "facts": f"{FOUND}\n\nУ всех коробок одинаковая лента с клеймом склада, на котором груз стоял ночь.",
    "attachments": ("inspection",),
    "measures": (
        {"kind": "d", "description": "Осмотреть склад отправителя, описать и сфотографировать упаковку и ленту."},
    ),
}
ARCHIVE: dict[str, Any] = COMMON | {
    "title": "Копии приговора по делу о хищении со склада",
    "facts": f"{FOUND}\n\nПо делу о хищении, возможно, есть приговор: он назовёт тех, кто имел доступ к складу.",
    "attachments": ("rifle",),
    "measures": ({"kind": "f", "description": "Заверенная копия приговора, если он вступил в силу."},),
}
SUMMONS: dict[str, Any] = COMMON | {
    "title": "Вручение повестки свидетелю",
    "facts": f"{FOUND}\n\nСвидетель видел погрузку; он живёт в Ташкенте, адрес известен.",
    "attachments": ("declarant",),
    "measures": ({"kind": "b", "description": "Вручить повестку и подтвердить вручение с датой и подписью."},),
}
SEALS: dict[str, Any] = COMMON | {
    "title": "Журнал пломб на складе временного хранения",
    "facts": f"{FOUND}\n\nПломба на кузове не та, что записана в накладной.",
    "attachments": ("waybill", "camera"),
    "measures": ({"kind": "f", "description": "Копия журнала выдачи пломб за неделю погрузки."},),
}
TWICE: dict[str, Any] = COMMON | {
    "title": "Сведения о пересечении границы автомобилем",
    "facts": FOUND,
    "measures": ({"kind": "f", "description": "Сведения о пересечении границы автомобилем за шесть месяцев."},),
}


def opening(stage: Stage) -> Story:
    """The case with what stands in it, one of its two shares decided, one request sent and one begun."""
    officer, liaison = stage.who("officer"), stage.who("liaison")
    yield stage.ago(213, "11:05")
    case = stage.open_case("crate", officer, "KG-GPO", CASE)
    for key, item in ITEMS.items():
        stage.put(key, case, officer, item)
    yield stage.ago(212, "15:40")
    for key, paper in PAPERS.items():
        stage.put_paper(key, case, officer, *paper)
    yield stage.ago(209, "10:00")
    named = stage.open_case(
        "consignor", officer, "KG-GPO", NAMED_CASE, named=(stage.who("supervisor"), stage.who("liaison"))
    )
    stage.put("mediator", named, officer, MEDIATOR)
    yield stage.ago(8, "16:10")
    serial = stage.share(
        case,
        officer,
        {"rifle": ("storage",)},
        "UZ-MIA",
        "Сверка серийного номера с делом о хищении со склада. Иное использование только с согласия.",
        stage.ahead(90),
    )
    yield stage.ago(7, "09:30")
    stage.decide(serial, liaison, "approve")
    course = stage.draft(case, officer, "UZ", TRANSMITTED)
    yield from to_the_border(course, (6, 5, 4, 3), number="14/3-231", addressee="UZ-GPO")
    yield stage.ago(2, "10:20")
    stage.draft(case, officer, "UZ", DRAFT)
    yield stage.ago(1, "17:35")
    stage.share(
        case,
        officer,
        {"driver": ("residence", "telephone"), "rifle": ("storage",), "note": ("author",)},
        "UZ-MIA",
        "Установление маршрута и связей водителя. Иное использование только с согласия.",
        stage.ahead(60),
    )


def whole_way(stage: Stage) -> Story:
    """A request that took ten months: returned, asked about, executed in part, executed again, closed."""
    yield stage.ago(206, "10:10")
    course = stage.draft(stage.cases["crate"], stage.who("officer"), "UZ", CROSSINGS)
    yield stage.ago(205, "17:20")
    course.take("submit")
    yield stage.ago(203, "11:00")
    course.take(
        "return_to_drafter",
        comments=[{"field": "measures", "text": "За какие шесть месяцев? Назовите первый и последний день."}],
        reason="Период не назван: исполнитель вернёт запрос с вопросом.",
    )
    yield stage.ago(202, "09:15")
    course.answer("Шесть месяцев до дня досмотра: так в постановлении; день назван в изложении фактов.")
    yield from to_the_border(course, (201, 199, 197, 196), number="14/3-012", addressee="UZ-GPO")
    yield from received(course, (184, 181), number="27/2-88")
    yield stage.ago(171, "12:30")
    course.take(
        "ask_information",
        questions=[
            {"field": "facts", "question": "Просим сообщить государственный номер автомобиля и прицепа."},
            {"field": "offence", "question": "Просим направить полный текст статей УК."},
        ],
        due=stage.day(160),
    )
    yield stage.ago(163, "16:00")
    course.take(
        "write_answer",
        answers=["Номера указаны в накладной, приложение 2; тягач и прицеп.", "Тексты статей переданы с ответом."],
    )
    yield stage.ago(161, "10:40")
    course.take("answer_information")
    yield from given_out(course, (154, 149), executor="UZ-MIA", target=110)
    yield stage.ago(97, "18:10")
    results = {
        1: {"result": "done", "text": "Сведения за шесть месяцев: 14 пересечений, 3 листа."},
        2: {"result": "not_done", "text": "По известному адресу не проживает."},
    }
    course.take("report_results", results=results, answer_items=[])
    yield stage.ago(94, "11:20")
    course.take("return_results", reason="По пункту 2 не сказано, что сделано для розыска. Дополните.")
    yield stage.ago(81, "15:00")
    record = course.find_paper("questioning", "Протокол допроса.pdf", "questioning.pdf", "протокол допроса, 1 л.")
    results[2] = {"result": "done", "text": "Сменный водитель установлен и допрошен, протокол приложен."}
    course.take("report_results", results=results, answer_items=[record])
    yield stage.ago(77, "10:30")
    course.take(
        "send_response",
        covering_note="Направляем исполненное. Допрос проведён без участия следователя: он не прибыл в срок.",
    )
    yield stage.ago(75, "09:50")
    course.take("receive_response")
    yield stage.ago(61, "16:45")
    course.take("close", outcome="court", feedback=4)


def answered(stage: Stage) -> Story:
    """Bishkek has its answer since the day before yesterday, and the drafter has to say what it was good for."""
    yield stage.ago(118, "10:30")
    course = stage.draft(stage.cases["crate"], stage.who("officer"), "UZ", EXPERTS)
    yield from to_the_border(course, (117, 115, 113, 112), number="14/3-104", addressee="UZ-GPO")
    yield from received(course, (104, 101), number="27/2-143")
    yield from given_out(course, (95, 92), executor="UZ-MIA", target=45)
    yield stage.ago(9, "17:40")
    match = course.find("stolen", STOLEN)
    course.take(
        "report_results",
        results={1: {"result": "done", "text": "Совпадение по одному делу; выписка о похищенном автомате приложена."}},
        answer_items=[match],
    )
    yield stage.ago(5, "11:10")
    course.take("send_response", covering_note="Направляем результаты сравнения и выписку об автомате «AE4471».")
    yield stage.ago(2, "14:20")
    course.take("receive_response")


def asked(stage: Stage) -> Story:
    """Tashkent asks for more, and Bishkek has to answer within the week."""
    yield stage.ago(62, "09:40")
    course = stage.draft(stage.cases["crate"], stage.who("officer"), "UZ", BANK)
    yield from to_the_border(course, (61, 59, 57, 56), number="14/3-177", addressee="UZ-GPO")
    yield from received(course, (45, 41), number="27/2-201")
    yield stage.ago(4, "15:30")
    course.take(
        "ask_information",
        questions=[
            {"field": "measures", "question": "Какие банки? Без названия банка суд не даст санкции."},
            {"field": "facts", "question": "Чем подтверждена связь платежа наличными с преступлением?"},
        ],
        due=stage.ahead(7),
    )


def executing(stage: Stage) -> Story:
    """With the ministry in Tashkent, and later than it was to be."""
    yield stage.ago(93, "11:15")
    course = stage.draft(stage.cases["crate"], stage.who("officer"), "UZ", CALLS)
    yield from to_the_border(course, (92, 90, 89, 88), number="14/3-131", addressee="UZ-GPO")
    yield from received(course, (80, 78), number="27/2-167")
    yield from given_out(course, (70, 66), executor="UZ-MIA", target=6)


def at_home(stage: Stage) -> Story:
    """The other drafter: a request given up, one signed and not sent yet, one to be reviewed."""
    yield stage.ago(150, "10:00")
    case, colleague = stage.cases["crate"], stage.who("officer", number=1)
    twice = stage.draft(case, colleague, "UZ", TWICE)
    yield stage.ago(149, "09:00")
    twice.take("discard", reason="Такой запрос уже отправлен.")
    yield stage.ago(11, "12:00")
    summons = stage.draft(case, colleague, "UZ", SUMMONS)
    yield from to_the_signature(summons, (10, 5, 2))
    yield stage.ago(1, "09:05")
    archive = stage.draft(case, colleague, "UZ", ARCHIVE)
    yield stage.ago(1, "09:35")
    archive.take("submit")


def to_be_signed(stage: Stage) -> Story:
    """Passed on the day before yesterday; the deputy head has not signed yet."""
    yield stage.ago(6, "14:30")
    course = stage.draft(stage.cases["crate"], stage.who("officer"), "UZ", WAREHOUSE)
    yield from to_the_signature(course, (5, 2))


def sent_home(stage: Stage) -> Story:
    """Returned with two comments: the drafter's turn."""
    yield stage.ago(8, "10:50")
    course = stage.draft(stage.cases["crate"], stage.who("officer"), "UZ", SEALS)
    yield from to_the_signature(course, (7,))
    yield stage.ago(3, "16:15")
    course.take(
        "return_to_drafter",
        comments=[
            {"field": "facts", "text": "Назовите оба номера пломбы: тот, что в накладной, и тот, что на кузове."},
            {"field": "measures", "text": "Журнал за неделю погрузки: назовите дни."},
        ],
        reason="Без номеров пломб журнал не с чем сверить.",
    )


def shares(stage: Stage) -> Story:
    """Shares in every state, and one from customs to the prosecutors of the same state."""
    officer, liaison, case = stage.who("officer"), stage.who("liaison"), stage.cases
    inspector, head = stage.who("officer", "KG-CUS"), stage.who("liaison", "KG-CUS")
    yield stage.ago(214, "19:10")
    post = stage.open_case(
        "post",
        inspector,
        "KG-CUS",
        {
            "title": "Досмотр автомобиля с сухофруктами, «Кызыл-Өрүк»",
            "proceedings_number": "КО-26/0912",
            "offences": "Недостоверное декларирование; оружие передано следствию.",
        },
    )
    stage.put_paper("post_camera", post, inspector, "Камера 2.png", "camera.png", "кадр записи камеры 2")
    stage.put("post_note", post, inspector, ITEMS["note"])
    yield stage.ago(213, "08:40")
    own = stage.share(
        post, inspector, {"post_camera": (), "post_note": ("author",)}, "KG-GPO", "Следствие по делу.", stage.ahead(300)
    )
    yield stage.ago(213, "09:55")
    stage.decide(own, head, "approve")
    purpose = "Проверка по учётам. Иное использование только с согласия."
    yield stage.ago(190, "10:00")
    ended = stage.share(case["crate"], officer, {"worn_rifle": ()}, "KZ-GPO", purpose, stage.day(100))
    yield stage.ago(189, "12:00")
    stage.decide(ended, liaison, "approve")
    yield stage.ago(120, "10:00")
    revoked = stage.share(case["crate"], officer, {"declarant": ()}, "TJ-GPO", purpose, stage.ahead(30))
    yield stage.ago(119, "12:00")
    stage.decide(revoked, liaison, "approve")
    yield stage.ago(60, "12:00")
    revoked.refresh_from_db()
    stage.decide(revoked, liaison, "revoke", "Свидетель исключён из числа проверяемых.")
    yield stage.ago(52, "10:00")
    declined = stage.share(case["consignor"], officer, {"mediator": ()}, "UZ-MIA", purpose, stage.ahead(30))
    yield stage.ago(51, "12:00")
    stage.decide(declined, liaison, "decline", "Раскрывает источник. Запросите иначе.")
    yield stage.ago(30, "10:00")
    cancelled = stage.share(case["crate"], officer, {"firm": ()}, "UZ-MIA", purpose, stage.ahead(30))
    yield stage.ago(29, "12:00")
    stage.decide(cancelled, officer, "cancel")
    yield stage.ago(4, "10:05")
    unclear = stage.share(case["crate"], officer, {"firm": (), "waybill": ()}, "KZ-GPO", "Проверка.", stage.ahead(30))
    yield stage.ago(3, "12:10")
    stage.decide(unclear, liaison, "send_back", "Цель слишком общая: что именно проверят в Казахстане?")


def readers(stage: Stage) -> Story:
    """Who looked at what had been opened to them, in Bishkek, Tashkent and elsewhere."""
    own, tashkent, ministry = stage.who("officer"), stage.who("ca_officer", "UZ-GPO"), stage.who("officer", "UZ-MIA")
    yield stage.ago(212, "11:30")
    stage.look(own, "post_camera", "post_note")
    yield stage.ago(183, "15:20")
    stage.look(tashkent, "waybill")
    yield stage.ago(180, "10:10")
    stage.look(stage.who("officer", "KZ-GPO"), "worn_rifle")
    yield stage.ago(148, "09:30")
    stage.look(ministry, "waybill")
    stage.look(ministry, "waybill", event="item.download")
    yield stage.ago(100, "16:40")
    stage.look(stage.who("officer", "TJ-GPO"), "declarant")
    yield stage.ago(74, "09:20")
    stage.look(own, "questioning")
    yield stage.ago(6, "14:40")
    stage.look(ministry, "rifle")
    yield stage.ago(2, "15:05")
    stage.look(own, "stolen")
    stage.look(ministry, "rifle")
    yield stage.ago(1, "10:15")
    stage.look(tashkent, "rifle", "inspection", "marking")
    stage.look(tashkent, "inspection", event="item.download")


def from_tashkent(stage: Stage) -> Story:
    """The other direction: a lorry stopped in the night, and withdrawn when it turned out to be the wrong one."""
    officer = stage.who("officer", "UZ-GPO")
    yield stage.ago(211, "09:10")
    case = stage.open_case("theft", officer, "UZ-GPO", THEFT_CASE)
    stage.put("depot_rifle", case, officer, STOLEN)
    stage.put_paper(
        "depot_book", case, officer, "Kitob 3, 17-bet.pdf", "depot_book.pdf", "выписка из книги учёта склада, 1 л."
    )
    yield stage.ago(41, "08:05")
    lorry = stage.draft(case, officer, "KG", LORRY)
    for name, clock in (("submit", "08:30"), ("pass_on", "09:05"), ("sign", "09:40")):
        yield stage.ago(41, clock)
        lorry.take(name)
    yield stage.ago(41, "10:00")
    lorry.take("transmit", number="27/1-390", addressee="KG-GPO")
    yield stage.ago(41, "10:50")
    lorry.take("acknowledge", number="вх-14/3-188")
    yield stage.ago(41, "11:00")
    lorry.take("start_review")
    yield stage.ago(41, "11:20")
    lorry.take("accept_and_assign", executor="KG-MIA", target_date=stage.day(40), disclose_executor=True)
    yield stage.ago(41, "11:45")
    lorry.take("start_execution")
    yield stage.ago(39, "13:30")
    lorry.take("withdraw", reason="Автомобиль установлен в другом государстве. Благодарим за быстрый досмотр.")


def to_bishkek(stage: Stage) -> Story:
    """Three more from Tashkent: executed and to be answered, acknowledged, just sent."""
    officer = stage.who("officer", "UZ-GPO")
    yield stage.ago(72, "10:10")
    case = stage.cases["theft"]
    seller = stage.draft(case, officer, "KG", SELLER)
    yield from to_the_border(seller, (71, 70, 69, 68), number="27/1-344", addressee="KG-GPO")
    yield from received(seller, (62, 60), number="вх-14/3-151")
    yield from given_out(seller, (55, 53), executor="KG-MIA", target=-3, disclosed=False)
    yield stage.ago(12, "11:00")
    depot = stage.draft(case, officer, "KG", COMPARISON)
    yield from to_the_border(depot, (11, 10, 9, 8), number="27/1-431", addressee="KG-GPO")
    yield from received(depot, (5,), number="вх-14/3-214")
    yield stage.ago(3, "09:00")
    latest = stage.draft(case, officer, "KG", DRIVER)
    for name, clock in (("submit", "09:30"), ("pass_on", "12:00"), ("sign", "15:00")):
        yield stage.ago(3, clock)
        latest.take(name)
    yield stage.ago(2, "17:05")
    latest.take("transmit", number="27/1-446", addressee="KG-GPO")
    yield stage.ago(2, "17:45")
    seller.take(
        "report_results",
        results={
            1: {
                "result": "done",
                "text": "Продавец допрошен; на снимке 2 назвал похожего человека, уверенно не опознал.",
            },
            2: {"result": "partly", "text": "Касса за один день из трёх: остальные ленты не сохранились."},
        },
        answer_items=[
            seller.find_paper("seller_record", "Протокол допроса продавца.pdf", "questioning.pdf", "протокол, 1 л.")
        ],
    )


FROM_TASHKENT: dict[str, Any] = {
    "basis": "chisinau-2002",
    "conducted_by": "Генеральная прокуратура Республики Узбекистан, прокурор Рахматуллаев Ж.: надзор за следствием",
    "offence": "Хищение огнестрельного оружия со склада группой лиц.",
    "statute": "УЧЕНИЯ. Вместо текста статьи: хищение огнестрельного оружия.",
    "damage": "пять единиц оружия, оценка прилагается",
    "purpose": "Полученное будет использовано только как доказательства по названному уголовному делу.",
    "confidential": False,
}
SHORTAGE = (
    "При сверке склада [216] обнаружена недостача пяти автоматов типа АКМ; у одного по книге учёта номер «AE4471». По "
    "сведениям следствия, оружие вывезено в соседнее государство в партии продуктов."
)
LORRY: dict[str, Any] = FROM_TASHKENT | {
    "title": "Остановить и досмотреть грузовой автомобиль",
    "facts": f"{SHORTAGE}\n\nПо сообщению, в эту ночь границу пересёк ещё один автомобиль с такой же партией.",
    "attachments": ("depot_rifle",),
    "measures": (
        {"kind": "c", "description": "Остановить автомобиль, досмотреть кузов, изъять оружие, если оно есть."},
        {"kind": "a", "description": "Допросить водителя о маршруте.", "questions": "Кто и где загрузил автомобиль?"},
    ),
}
SELLER: dict[str, Any] = FROM_TASHKENT | {
    "title": "Показания продавца упаковочной ленты",
    "facts": f"{SHORTAGE}\n\nЛента, которой оклеены ящики склада, продана в Оше; чек найден при обыске.",
    "attachments": ("depot_book",),
    "measures": (
        {"kind": "a", "description": "Допросить продавца.", "questions": "Кому проданы двадцать рулонов ленты?"},
        {"kind": "f", "description": "Копии кассовых лент за три дня."},
    ),
}
COMPARISON: dict[str, Any] = FROM_TASHKENT | {
    "title": "Сравнить изъятый автомат с похищенным",
    "facts": f"{SHORTAGE}\n\nВ Кыргызстане изъят автомат «АЕ 4471»: буквы номера могут быть и кириллическими.",
    "attachments": ("depot_rifle", "depot_book"),
    "due": 40,
    "deadline_reason": "Срок следствия истекает в этот день.",
    "measures": ({"kind": "e", "description": "Сообщить, какими буквами выбит номер, и где стоит клеймо склада."},),
}
DRIVER: dict[str, Any] = FROM_TASHKENT | {
    "title": "Показания водителя Касымова о складе",
    "facts": f"{SHORTAGE}\n\nВодитель, задержанный с оружием, мог видеть, кто выдал груз.",
    "measures": (
        {
            "kind": "a",
            "description": "Допросить водителя Касымова Р. о том, кто выдал ему груз.",
            "questions": "Кто открыл склад?\nКто подписал накладную?",
        },
    ),
}

SCENES = (
    opening,
    whole_way,
    answered,
    asked,
    executing,
    at_home,
    to_be_signed,
    sent_home,
    shares,
    readers,
    from_tashkent,
    to_bishkek,
)
