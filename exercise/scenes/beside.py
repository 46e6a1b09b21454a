"""What goes on beside the two main stories: accounts of a cell after scenario 2, a watch at a border, paper."""

from typing import Any

from exercise.scenes.line import given_out, received, to_the_border
from exercise.stage import Stage, Story

LEDGER_CASE: dict[str, Any] = {
    "title": "Pamir Ledger: деньги на пистолеты",
    "proceedings_number": "26-1-0093",
    "offences": "Статья УК «Финансирование терроризма»; статья УК «Незаконное приобретение оружия».",
}
LEDGER: dict[str, Any] = {
    "basis": "chisinau-2002",
    "title": "Выписки по трём счетам и записи банкоматов",
    "conducted_by": "Генеральная прокуратура Республики Таджикистан, прокурор Рахимов Ф.: надзор за следствием",
    "offence": "Финансирование терроризма; незаконное приобретение оружия.",
    "statute": "УЧЕНИЯ. Вместо текста статей: финансирование терроризма; приобретение оружия.",
    "damage": "не причинён",
    "facts": (
        "Группа купила два пистолета за деньги, которые поступали через посредников. Трижды деньги сняты в банкоматах "
        "Алматы с карт, номера которых названы в приложении к запросу."
    ),
    "purpose": "Доказывание по названному уголовному делу.",
    "due": 20,
    "deadline_reason": "Срок содержания под стражей истекает в этот день.",
    "confidential": True,
    "measures": (
        {"kind": "f", "description": "Выписки по трём счетам за шесть месяцев и записи банкоматов о снятии."},
        {"kind": "g", "description": "Установить, кому ещё переводили деньги с этих счетов."},
    ),
}
COURIER: dict[str, Any] = LEDGER | {
    "title": "Установить владельца телефонного номера",
    "facts": "Посредник звонил с номера оператора Казахстана; владелец не установлен.",
    "due": None,
    "deadline_reason": "",
    "measures": ({"kind": "e", "description": "Сообщить владельца номера, названного в приложении."},),
}
WATCH_CASE: dict[str, Any] = {
    "title": "Газовые пистолеты, переделанные под боевой патрон",
    "proceedings_number": "26-7511-00-0502",
    "offences": "Статья УК «Незаконное изготовление оружия».",
}
WATCH: dict[str, Any] = {
    "basis": "chisinau-2002",
    "title": "Показания торговца, продавшего газовые пистолеты",
    "conducted_by": "Генеральная прокуратура Республики Казахстан, прокурор Абдикалыков Е.",
    "offence": "Незаконное изготовление и сбыт оружия.",
    "statute": "УЧЕНИЯ. Вместо текста статьи: незаконное изготовление оружия.",
    "damage": "не причинён",
    "facts": "В Шымкенте изъяты четыре переделанных пистолета; коробки куплены в Бишкеке, чек сохранился.",
    "purpose": "Доказывание по названному уголовному делу.",
    "confidential": False,
    "measures": (
        {"kind": "a", "description": "Допросить торговца.", "questions": "Кто купил сорок коробок?"},
        {"kind": "f", "description": "Копии журнала продаж за месяц."},
    ),
}

# In the journal beside those of the portal: what came and went on paper. `days` before today, or after it.
ON_PAPER: tuple[dict[str, Any], ...] = (
    {
        "direction": "incoming",
        "number": "вх-14/3-201",
        "other_state": "MN",
        "authority": "Министерство юстиции (вымышленное), отдел международной помощи",
        "their_number": "5/2210",
        "subject": "Вручение повестки свидетелю",
        "remark": "Поступило почтой, с переводом. Исполнение поручено районной прокуратуре.",
        "days": {"number_date": 20, "their_date": 41, "crossed_on": 20, "answer_due": -12},
    },
    {
        "direction": "outgoing",
        "number": "14/3-148",
        "other_state": "GE",
        "authority": "Генеральная прокуратура (вымышленный адресат)",
        "their_number": "",
        "subject": "Копии таможенных деклараций на партию сухофруктов",
        "remark": "Ответ получен на бумаге, передан следователю.",
        "days": {"number_date": 75, "crossed_on": 75, "answered_on": 9, "closed_on": 8},
    },
)


def ledger(stage: Stage) -> Story:
    """Dushanbe asks Almaty twice: one closed, one accepted and not yet begun, while the detention runs out."""
    officer = stage.who("officer", "TJ-GPO")
    yield stage.ago(152, "09:30")
    case = stage.open_case("ledger", officer, "TJ-GPO", LEDGER_CASE)
    number = stage.draft(case, officer, "KZ", COURIER)
    yield from to_the_border(number, (151, 150, 149, 148), number="7-26/019", addressee="KZ-GPO")
    yield from received(number, (145, 144), number="кіріс-310")
    yield from given_out(number, (141, 139), executor="KZ-MIA", target=110)
    yield stage.ago(118, "16:20")
    number.take(
        "report_results",
        results={1: {"result": "done", "text": "Номер оформлен на утерянный документ; владелец опрошен."}},
        answer_items=[],
    )
    yield stage.ago(116, "10:10")
    number.take("send_response", covering_note="Направляем сведения о владельце номера.")
    yield stage.ago(115, "12:00")
    number.take("receive_response")
    yield stage.ago(101, "17:00")
    number.take("close", outcome="intelligence", feedback=5)
    yield stage.ago(24, "11:00")
    accounts = stage.draft(case, officer, "KZ", LEDGER)
    yield from to_the_border(accounts, (23, 22, 21, 20), number="7-26/044", addressee="KZ-GPO")
    yield from received(accounts, (18, 17), number="кіріс-402")
    yield from given_out(accounts, (4,), executor="KZ-MIA", target=-12)


def watch(stage: Stage) -> Story:
    """Astana asks Bishkek, where it has been under review for a week."""
    officer = stage.who("officer", "KZ-GPO")
    yield stage.ago(19, "10:20")
    case = stage.open_case("watch", officer, "KZ-GPO", WATCH_CASE)
    course = stage.draft(case, officer, "KG", WATCH)
    yield from to_the_border(course, (18, 17, 16, 15), number="2-04-26/160", addressee="KG-GPO")
    yield from received(course, (11, 6), number="вх-14/3-207")


def paper(stage: Stage) -> Story:
    """What the journal of Bishkek holds that never was in the portal."""
    clerk = stage.who("ca_officer")
    for number, entry in enumerate(ON_PAPER):
        yield stage.ago(7 - number, "16:50")
        stage.on_paper(clerk, "KG-GPO", entry)


SCENES = (ledger, watch, paper)
