"""The invented people of the exercise. No real person is meant; `.example` reaches nobody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Player:
    """A person, the agency they serve, and the one role they play there. The name as their state writes it."""

    email: str
    name: str
    agency: str
    role: str
    post: str
    language: str


def _players(agency: str, *rows: tuple[str, str, str, str], language: str = "ru") -> tuple[Player, ...]:
    """The people of one agency: address before the @, name, role, post."""
    domain = f"{agency.lower()}.example"
    return tuple(Player(f"{local}@{domain}", name, agency, role, post, language) for local, name, role, post in rows)


PLAYERS: tuple[Player, ...] = (
    *_players(
        "KG-GPO",
        ("aigul.satybaldieva", "Сатыбалдиева Айгүл", "officer", "Прокурор"),
        ("azim.bekmuratov", "Бекмуратов Азим", "officer", "Прокурор отдела"),
        ("bakyt.ismanaliev", "Исманалиев Бакыт", "supervisor", "Начальник отдела надзора за следствием"),
        ("nurlan.toktobaev", "Токтобаев Нурлан", "ca_officer", "Прокурор отдела международного сотрудничества"),
        (
            "cholpon.abdykerimova",
            "Абдыкеримова Чолпон",
            "ca_signatory",
            "Заместитель начальника управления международного сотрудничества",
        ),
        ("elmira.dzhunushova", "Джунушова Эльмира", "liaison", "Прокурор по связи"),
        (
            "azamat.osmonov",
            "Осмонов Азамат",
            "agency_admin",
            "Главный специалист отдела информационных систем",
        ),
        ("zhyldyz.mamatova", "Маматова Жылдыз", "agency_admin", "Начальник отдела кадров"),
    ),
    *_players("KG-MIA", ("tilek.kozhoshev", "Кожошев Тилек", "officer", "Старший следователь")),
    *_players(
        "KG-CUS",
        ("gulzat.asanova", "Асанова Гүлзат", "officer", "Главный инспектор"),
        ("ulan.kadyrov", "Кадыров Улан", "liaison", "Начальник отдела взаимодействия"),
    ),
    *_players(
        "KZ-GPO",
        ("yerlan.abdikalykov", "Әбдіқалықов Ерлан", "officer", "Аға прокурор"),
        ("galym.seitkali", "Сейітқали Ғалым", "supervisor", "Бөлім басшысы"),
        ("asel.tolegenova", "Төлегенова Әсел", "ca_officer", "Халықаралық ынтымақтастық прокуроры"),
        ("bauyrzhan.kuanyshev", "Қуанышев Бауыржан", "ca_signatory", "Департамент басшысының орынбасары"),
        ("gulnar.zhaksylykova", "Жақсылықова Гүлнәр", "liaison", "Байланыс прокуроры"),
        ("madi.ospanov", "Оспанов Мәди", "agency_admin", "Ақпараттық жүйелер бас маманы"),
    ),
    *_players("KZ-MIA", ("dauren.yskakov", "Ысқақов Дәурен", "officer", "Аға тергеуші")),
    *_players(
        "TJ-GPO",
        ("farrukh.rahimov", "Раҳимов Фаррух", "officer", "Прокурори шуъба"),
        ("sitora.nazarova", "Назарова Ситора", "supervisor", "Сардори шуъба"),
        ("jamshed.sharifzoda", "Шарифзода Ҷамшед", "ca_officer", "Прокурори калон"),
        ("anvar.qodiri", "Қодирӣ Анвар", "ca_signatory", "Муовини сардори раёсат"),
    ),
    *_players("TJ-MIA", ("bahrom.juraev", "Ҷӯраев Баҳром", "officer", "Муфаттиши калон")),
    *_players(
        "TM-GPO",
        ("maral.annagulyyewa", "Annagulyýewa Maral", "ca_officer", "Halkara hyzmatdaşlyk bölüminiň prokurory"),
    ),
    *_players("TM-MNS", ("begenc.caryyew", "Çaryýew Begenç", "officer", "Uly sülçi")),
    *_players(
        "UZ-GPO",
        ("jasur.rahmatullayev", "Rahmatullayev Jasur", "officer", "Boʻlim prokurori"),
        ("nargiza.qodirova", "Qodirova Nargiza", "supervisor", "Boʻlim boshligʻi"),
        ("dilnoza.yoldosheva", "Yoʻldosheva Dilnoza", "ca_officer", "Xalqaro-huquqiy boshqarma katta prokurori"),
        ("ulugbek.ergashev", "Ergashev Ulugʻbek", "ca_signatory", "Boshqarma boshligʻi oʻrinbosari"),
        ("feruza.tursunova", "Tursunova Feruza", "liaison", "Aloqa prokurori"),
        ("sherzod.nazarov", "Nazarov Sherzod", "agency_admin", "Axborot tizimlari bosh mutaxassisi"),
    ),
    *_players("UZ-MIA", ("otabek.gulomov", "Gʻulomov Otabek", "officer", "Katta tergovchi")),
    *_players(
        "ORG-SEC",
        ("sevara.rizayeva", "Rizayeva Sevara", "platform_admin", "Administrator"),
        ("daniyar.seitov", "Seitov Daniyar", "platform_admin", "Administrator"),
        ("temir.alybaev", "Alybaev Temir", "auditor", "Auditor"),
        language="en",
    ),
    *_players(
        "ORG-OBS",
        ("madina.sharofova", "Sharofova Madina", "observer", "Exercise observer"),
        language="en",
    ),
)
