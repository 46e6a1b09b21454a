"""Sessions know whose they are: shown to their person, ended for their person, and nobody else's."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from accounts.sessions import end_sessions, end_sign_in, name_of, sign_ins
from agencies.models import Role
from tests.factories import agency, person
from tests.security.people import browser

pytestmark = pytest.mark.django_db
PASSWORD = "seven invented words for one test"


def key_of(client: Client) -> str:
    """A browser's session."""
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def user() -> User:
    """Somebody who works."""
    return person(agency("KG-MIA"), Role.OFFICER)


def test_a_row_knows_its_person(user: User) -> None:
    """From signing in on, also after it was saved again; a session of nobody knows nobody."""
    client = browser(user)
    row = Session.objects.get(pk=key_of(client))
    assert row.person == user
    session = client.session
    session["something"] = 1
    session.save()
    assert Session.objects.get(pk=key_of(client)).person == user
    stranger = Client()
    other = stranger.session
    other["x"] = 1
    other.save()
    assert Session.objects.get(pk=other.session_key).person is None


def test_ending_all_ends_only_theirs(user: User) -> None:
    """Everywhere, or everywhere but here."""
    here, there, theirs = browser(user), browser(user), browser(person(agency("KG-MIA"), Role.OFFICER))
    assert end_sessions(user, but=key_of(here)) == 1
    assert here.get("/").status_code == theirs.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert end_sessions(user) == 1 and here.get("/").status_code == 302


def test_sign_ins_give_no_key_away(user: User) -> None:
    """Which browser and since when; the key, which opens the session, is on no page."""
    user.set_password(PASSWORD)
    user.save()
    client = Client(headers={"user-agent": "Invented Browser 7"})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    other = browser(user)
    (mine, elsewhere) = sorted(sign_ins(user, key_of(client)), key=lambda one: not one["present"])
    assert (mine["present"], elsewhere["present"], mine["browser"]) == (True, False, "Invented Browser 7")
    assert mine["began"] and elsewhere["began"] is None
    page = client.get(reverse("sign_ins")).content.decode()
    assert "Invented Browser 7" in page and name_of(key_of(other)) in page
    assert key_of(client) not in page and key_of(other) not in page


def test_one_ends_by_its_name(user: User) -> None:
    """One's own; another person's cannot be named."""
    here, there = browser(user), browser(user)
    theirs = browser(person(agency("KG-MIA"), Role.OFFICER))
    answer = here.post(reverse("sign_ins"), {"name": name_of(key_of(there))}, follow=True)
    assert answer.status_code == 200 and "That sign-in has ended." in answer.content.decode()
    assert there.get("/").status_code == 302 and here.get("/").status_code == 200
    with pytest.raises(Session.DoesNotExist):
        end_sign_in(user, name_of(key_of(theirs)))
    assert here.post(reverse("sign_ins"), {"name": name_of(key_of(theirs))}).status_code == 404
    assert theirs.get("/").status_code == 200
