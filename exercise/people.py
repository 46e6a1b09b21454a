"""The thirteen invented people of the exercise. No real person is meant; `.example` reaches nobody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Player:
    """A person, the agency they serve, and the one role they play there."""

    email: str
    name: str
    agency: str
    role: str
    post: str
    language: str


PLAYERS = (
    Player("aigul.satybaldieva@kg-gpo.example", "Сатыбалдиева Айгүл", "KG-GPO", "officer", "Прокурор", "ru"),
    Player(
        "bakyt.ismanaliev@kg-gpo.example",
        "Исманалиев Бакыт",
        "KG-GPO",
        "supervisor",
        "Начальник отдела надзора за следствием",
        "ru",
    ),
    Player(
        "nurlan.toktobaev@kg-gpo.example",
        "Токтобаев Нурлан",
        "KG-GPO",
        "ca_officer",
        "Прокурор отдела международного сотрудничества",
        "ru",
    ),
    Player(
        "cholpon.abdykerimova@kg-gpo.example",
        "Абдыкеримова Чолпон",
        "KG-GPO",
        "ca_signatory",
        "Заместитель начальника управления международного сотрудничества",
        "ru",
    ),
    Player(
        "elmira.dzhunushova@kg-gpo.example",
        "Джунушова Эльмира",
        "KG-GPO",
        "liaison",
        "Прокурор по связи",
        "ru",
    ),
    Player(
        "azamat.osmonov@kg-gpo.example",
        "Осмонов Азамат",
        "KG-GPO",
        "agency_admin",
        "Главный специалист отдела информационных систем",
        "ru",
    ),
    Player(
        "zhyldyz.mamatova@kg-gpo.example",
        "Маматова Жылдыз",
        "KG-GPO",
        "agency_admin",
        "Начальник отдела кадров",
        "ru",
    ),
    Player(
        "dilnoza.yoldosheva@uz-gpo.example",
        "Yoʻldosheva Dilnoza",
        "UZ-GPO",
        "ca_officer",
        "Xalqaro-huquqiy boshqarma katta prokurori",
        "ru",
    ),
    Player(
        "otabek.gulomov@uz-mia.example",
        "Gʻulomov Otabek",
        "UZ-MIA",
        "officer",
        "Katta tergovchi",
        "ru",
    ),
    Player(
        "sevara.rizayeva@org-sec.example",
        "Rizayeva Sevara",
        "ORG-SEC",
        "platform_admin",
        "Administrator",
        "en",
    ),
    Player(
        "daniyar.seitov@org-sec.example",
        "Seitov Daniyar",
        "ORG-SEC",
        "platform_admin",
        "Administrator",
        "en",
    ),
    Player(
        "temir.alybaev@org-sec.example",
        "Alybaev Temir",
        "ORG-SEC",
        "auditor",
        "Auditor",
        "en",
    ),
    Player(
        "madina.sharofova@org-sec.example",
        "Sharofova Madina",
        "ORG-SEC",
        "observer",
        "Exercise observer",
        "en",
    ),
)
