"""Taking somebody's part: the sign-in page offers the exercise's people, and the guided paths say what to do."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from agencies.models import Role
from exercise import guide
from exercise.loading import load
from exercise.people import PLAYERS
from exercise.stage import Stage
from tests.factories import agency, person
from tests.memory import memory
from tests.security.people import browser

pytestmark = pytest.mark.django_db
SIGN_IN, GUIDE = "/accounts/login/", "/exercise/"


@pytest.fixture
def stage(settings: Any) -> Stage:
    """Its people; what they have done does not matter here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EXERCISE = "Saffron Crate"
    return memory.recall("an exercise without a story", lambda: load([]))


def text_of(client: Client, address: str) -> str:
    """A page."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def typed(text: str) -> str:
    """What stands in the address field of the sign-in page."""
    (field,) = re.findall(r'<input[^>]*name="login"[^>]*>', text)
    return (re.findall(r'value="([^"]*)"', field) or [""])[0]


def test_the_page_offers_everybody_by_role(stage: Stage) -> None:
    """Each once, under the role, with the agency."""
    text = text_of(Client(), SIGN_IN)
    assert len(re.findall(r"\?person=[0-9a-f-]{36}", text)) == len(PLAYERS)
    assert all(player.name.replace("'", "&#x27;") in text for player in PLAYERS)
    # Folded, so that the form stays within reach; the role of whoever was chosen is open.
    roles = re.findall(r"<details><summary[^>]*>.*?<span>([^<]+?) <span class=\"count\">", text)
    assert roles == [str(Role(role).label).capitalize() for role in Role]


def test_a_choice_fills_in_the_address_and_nothing_else(stage: Stage) -> None:
    """By the account's key: no address stands in a link, and the password is still asked for."""
    supervisor = stage.who("supervisor")
    text = text_of(Client(), SIGN_IN)
    assert "@kg-gpo.example" not in text
    text = text_of(Client(), f"{SIGN_IN}?person={supervisor.pk}")
    assert typed(text) == supervisor.email and 'aria-current="true"' in text
    opened = re.findall(r"<details open><summary[^>]*>.*?<span>([^<]+?) <span", text)
    assert opened == [str(Role.SUPERVISOR.label).capitalize()]
    assert stage.password not in text
    client = Client()
    client.post(SIGN_IN, {"login": supervisor.email, "password": "no such password at all"})
    assert "_auth_user_id" not in client.session
    client.post(SIGN_IN, {"login": supervisor.email, "password": stage.password})
    assert client.session["_auth_user_id"] == str(supervisor.pk)


def test_the_language_of_the_door_is_kept(stage: Stage, settings: Any) -> None:
    """Chosen before signing in it is the part's; outside an exercise a person's own choice is what counts."""
    officer = stage.who("officer")
    for exercise, language in (("", "ru"), ("Saffron Crate", "en")):
        settings.EXERCISE = exercise
        client = Client()
        client.post(reverse("language"), {"language": "en"})
        client.post(SIGN_IN, {"login": officer.email, "password": stage.password})
        officer.refresh_from_db()
        assert officer.language == language


@pytest.mark.parametrize("chosen", ["", "x", "%00", "00000000-0000-4000-8000-000000000000", "1' or 1=1"])
def test_a_choice_that_is_none(stage: Stage, chosen: str) -> None:
    """The field stays empty."""
    assert typed(text_of(Client(), f"{SIGN_IN}?person={chosen}")) == ""


def test_only_the_exercises_own_people_are_offered(stage: Stage) -> None:
    """Nobody who came while it was played, and nobody whose account is locked."""
    newcomer = person(stage.agencies["KG-GPO"], Role.OFFICER)
    User.objects.filter(pk=stage.who("liaison").pk).update(is_active=False)
    text = text_of(Client(), SIGN_IN)
    assert str(newcomer.pk) not in text and str(stage.who("liaison").pk) not in text
    assert typed(text_of(Client(), f"{SIGN_IN}?person={newcomer.pk}")) == ""
    assert typed(text_of(Client(), f"{SIGN_IN}?person={stage.who('liaison').pk}")) == ""


def test_a_portal_that_is_no_exercise_offers_nobody(stage: Stage, settings: Any) -> None:
    """Not even where such accounts are in the database; and there is no guide, for nobody."""
    settings.EXERCISE = ""
    chosen = stage.who("supervisor")
    text = text_of(Client(), f"{SIGN_IN}?person={chosen.pk}")
    assert "cast" not in text and typed(text) == "" and GUIDE not in text
    assert Client().get(GUIDE).status_code == 404
    assert browser(chosen).get(GUIDE).status_code == 404


def test_the_guide_is_linked_from_every_page(stage: Stage) -> None:
    """In the banner, signed in or not."""
    for client in (Client(), browser(stage.who("officer")), browser(stage.who("platform_admin", "ORG-SEC"))):
        assert f'href="{GUIDE}"' in text_of(client, reverse("help"))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_path_for_each_role(stage: Stage, language: str) -> None:
    """Each with three steps or more, and the person who plays it."""
    with translation.override(language):
        text = text_of(Client(headers={"accept-language": language}), GUIDE)
        assert [str(role.label) for role in guide.PATHS if str(role.label).capitalize() not in text] == []
    sections = text.split('<details class="card card-fold" id="')[1:]
    assert [section.partition('"')[0] for section in sections] == [*guide.PATHS]
    for section in sections:
        assert section.count("<li>") >= 3
        assert len(re.findall(r"\?person=[0-9a-f-]{36}", section)) == 1


def test_ones_own_path_first(stage: Stage) -> None:
    """And from there to another part by signing out, without typing an address."""
    client = browser(stage.who("liaison"))
    text = text_of(client, GUIDE)
    assert re.findall(r'<details class="card card-fold" id="(\w+)"', text)[0] == "liaison"
    assert text.count(">ваша роль<") == 1
    supervisor = stage.who("supervisor")
    following = f"{SIGN_IN}?person={supervisor.pk}"
    assert f'name="next" value="{following}"' in text
    response = client.post(reverse("account_logout"), {"next": following}, follow=True)
    assert typed(response.content.decode()) == supervisor.email


def test_without_the_exercises_people(settings: Any) -> None:
    """An exercise that was not loaded: the paths stand there, and nobody is offered."""
    settings.EXERCISE = "Another"
    client = browser(person(agency("KG-MIA"), Role.OFFICER))
    assert "?person=" not in text_of(client, GUIDE) and "?person=" not in text_of(Client(), SIGN_IN)
