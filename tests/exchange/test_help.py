"""Help: each role's steps, the reader's own first; links that lead somewhere; who to ask. And the menus by role."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.html import escape

from agencies.models import Role, Treaty
from mla.checks import SHORT
from mla.drafting import STEPS
from mla.presentation import TREATY_WORDS
from tests.factories import agency, person
from tests.security.people import browser, secretariat

pytestmark = pytest.mark.django_db


def text_of(client: Client, name: str = "help") -> str:
    """A page."""
    response = client.get(reverse(name))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_ones_own_role_first(role: str) -> None:
    """Marked as one's own, and open while the others are folded; every role once, each with steps."""
    client = browser(person(agency("KG-MIA"), role))
    text = text_of(client)
    order = re.findall(r'<details class="card card-fold" id="(\w+)"', text)
    assert order[0] == role and sorted(order) == sorted(Role.values)
    assert text.count(">your role<") == 1
    assert re.findall(r'<details class="card card-fold" id="(\w+)" open>', text) == [role]
    for section in text.split('<details class="card card-fold" id="')[1:]:
        assert section.count("<li>") >= 3, section[:20]


def test_two_roles_first() -> None:
    """Both of them, in the order of the roles."""
    text = text_of(browser(person(agency("KG-MIA"), Role.LIAISON, Role.SUPERVISOR)))
    order = re.findall(r'<details class="card card-fold" id="(\w+)"', text)
    assert order[:2] == ["supervisor", "liaison"] and text.count(">your role<") == 2


def test_everybody_reads_it() -> None:
    """Also before signing in; it then names nobody."""
    person(agency("KG-MIA"), Role.AGENCY_ADMIN)
    text = text_of(Client())
    assert "Sign in to see who looks after" in text and ">your role<" not in text


def test_who_to_ask() -> None:
    """The admins of one's own agency by name, and of no other; an agency without one is told so."""
    officer = browser(person(agency("KG-MIA"), Role.OFFICER))
    assert "has no admin now" in text_of(officer)
    ours, theirs = person(agency("KG-MIA"), Role.AGENCY_ADMIN), person(agency("KG-GPO"), Role.AGENCY_ADMIN)
    text = text_of(officer)
    assert ours.name in text and theirs.name not in text and "has no admin now" not in text


def test_who_to_ask_where_the_portal_is_run_from() -> None:
    """Its people are looked after by the platform admins, who are named there."""
    first, second = (person(secretariat(), Role.PLATFORM_ADMIN) for _ in range(2))
    text = text_of(browser(first))
    assert first.name in text and second.name in text and "has no admin now" not in text


def test_the_steps_of_a_draft_stand_there() -> None:
    """All of them, as the task list of a draft names them; and the register for those who have one."""
    officer = text_of(browser(person(agency("KG-MIA"), Role.OFFICER)))
    for step in STEPS:
        assert escape(str(step.label)) in officer
    assert f'href="{reverse("register:list")}"' in officer.partition("<main")[2]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_short_names_of_treaties_stand_there(language: str) -> None:
    """Each treaty of the table by the word that rules and gaps call it, beside its full title; also before sign-in."""
    text = text_of(Client(headers={"accept-language": language}))
    terms = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text, re.DOTALL))
    with translation.override(language):
        wanted = {escape(str(SHORT.get(one.code, one.name))): escape(one.title) for one in Treaty.objects.all()}
        assert wanted.items() <= terms.items()
        assert {escape(str(word)) for word in TREATY_WORDS.values()} <= terms.keys(), "what the pages say"


def test_short_names_explain_ones_own_code() -> None:
    """The reader's agency as the example, and where the others stand; nobody's before sign-in."""
    home = agency("KG-MIA")
    text = text_of(browser(person(home, Role.OFFICER)))
    words = escape(f"KG-MIA is {home.name}.")
    assert words in text and "The directory has every agency." in text
    assert words not in text_of(Client()) and "The directory has every agency." not in text_of(Client())


@pytest.mark.parametrize("name", ["help", "limits"])
def test_links_lead_somewhere(name: str) -> None:
    """Each address on the page is one of the portal's."""
    for address in re.findall(r'href="(/[^"#]*)"', text_of(browser(person(agency("KG-MIA"), Role.OFFICER)), name)):
        if not address.startswith("/static/"):
            assert resolve(address)


@pytest.mark.parametrize("name", ["help", "limits"])
def test_in_both_languages(name: str) -> None:
    """No sentence of the one stands in the other."""
    pages = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            pages[language] = text_of(browser(person(agency("KG-MIA"), Role.OFFICER, language=language)), name)
    sentences = {
        language: {line.strip() for line in re.findall(r">([^<>]{40,})<", page)} for language, page in pages.items()
    }
    assert sentences["en"] and sentences["ru"] and not sentences["en"] & sentences["ru"]


def test_the_footer_leads_here() -> None:
    """From every page, the one for signing in too."""
    for client in (browser(person(agency("KG-MIA"), Role.OFFICER)), Client()):
        foot = text_of(client, "account_login" if client.cookies == {} else "desk").partition("<footer")[2]
        assert f'href="{reverse("help")}"' in foot and f'href="{reverse("limits")}"' in foot


# The register stands there once the agency has a number in it.
WORKING = {"Cases", "Requests", "Shares"}
# Role: what stands in the bar beside what everybody has, and what in the person's own menu.
MENUS = {
    Role.OFFICER: (WORKING, {"Figures"}),
    Role.SUPERVISOR: (WORKING, {"Figures", "Export of data"}),
    Role.CA_OFFICER: (WORKING, {"Figures"}),
    Role.CA_SIGNATORY: (WORKING, {"Figures", "Export of data"}),
    Role.LIAISON: (WORKING, {"Figures", "Export of data"}),
    Role.AGENCY_ADMIN: ({"People"}, set()),
    Role.PLATFORM_ADMIN: ({"Agencies", "People"}, set()),
    Role.AUDITOR: ({"Audit log"}, set()),
    Role.OBSERVER: ({"Figures"}, set()),
}


@pytest.mark.parametrize("role", list(Role))
def test_menus_by_role(role: str) -> None:
    """Each leads where that role may go, and nowhere else."""
    at = secretariat() if role in (Role.PLATFORM_ADMIN, Role.AUDITOR, Role.OBSERVER) else agency("KG-MIA")
    client = browser(person(at, role))
    context = client.get(reverse("desk")).context
    bar, more = ({one["label"] for one in context[name]} for name in ("navigation", "menu"))
    assert bar == {"My desk", "Directory"} | MENUS[Role(role)][0]
    assert more == {"Help"} | MENUS[Role(role)][1]
    for one in [*context["navigation"], *context["menu"]]:
        assert client.get(one["url"]).status_code == 200, one
