"""The page behind an invitation's link: for whom, how often, and what it gives away."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import Invitation, Role
from agencies.services import invitations
from tests.agencies.offices import PASSWORD, Office, roles_of
from tests.factories import agency, person
from tests.security.pages import form_of
from tests.security.people import ORIGIN, browser

FORM = {"name": "Жаңы Адам", "language": "ru", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def office(db: None) -> Iterator[Office]:
    """Two agency admins, an officer, three platform admins; nobody has tried any link yet."""
    cache.clear()
    yield Office()
    cache.clear()


def url_of(row: Invitation) -> str:
    """The link."""
    return f"{reverse('join')}?token={row.token()}"


def test_who_invites_and_to_what(office: Office) -> None:
    """The page says so and asks for name, language and password; the token is in it once, to come back in Russian."""
    row = office.invite()
    response = Client(headers={"accept-language": "en"}).get(url_of(row))
    page = response.content.decode()
    assert response.status_code == 200
    for words in (office.admin.name, office.agency.name, "KG-MIA", "Inspector", "New Person"):
        assert words in page
    assert form_of(page).action == "" and page.count(row.code()) == 1


def test_joined_and_not_signed_in(office: Office) -> None:
    """The account is made; the person signs in themselves, and can when the role has been confirmed."""
    client, row = Client(), office.invite()
    response = client.post(url_of(row), FORM, follow=True)
    assert response.redirect_chain[-1][0] == reverse("account_login")
    assert "second person" in response.content.decode() and "_auth_user_id" not in client.session
    user = User.objects.get(email=row.email)
    assert user.name == "Жаңы Адам" and user.check_password(PASSWORD)
    signed = client.post(reverse("account_login"), {"login": row.email, "password": PASSWORD}, follow=True)
    # In the language that the person has chosen.
    assert "ни одна ваша роль не действует" in signed.content.decode()
    proposal = user.memberships.get().proposals.get()
    browser(office.other_admin).post(
        reverse("people:proposals"), {"proposals": [str(proposal.pk)], "decision": "confirm"}
    )
    signed = client.post(reverse("account_login"), {"login": row.email, "password": PASSWORD}, follow=True)
    assert signed.status_code == 200 and user.name in signed.content.decode()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_end_of_a_link(office: Office, language: str) -> None:
    """Used twice, expired, taken back, forged: a page of its own, in both languages, and nothing is done."""
    rows = {name: office.invite(f"{name}@kg-mia.example") for name in ("used", "expired", "revoked", "forged", "anew")}
    Client().post(url_of(rows["used"]), FORM)
    Invitation.objects.filter(pk=rows["expired"].pk).update(expires_at=timezone.now())
    invitations.revoke(actor=office.admin, pk=rows["revoked"].pk)
    urls = {name: url_of(row) for name, row in rows.items()}
    urls["forged"] = urls["forged"][:-3] + "abc"
    invitations.send_anew(actor=office.admin, pk=rows["anew"].pk)
    before = User.objects.count()
    said = set()
    for name, url in urls.items():
        client = Client(headers={"accept-language": language})
        for response in (client.get(url), client.post(url, FORM)):
            assert response.status_code == (404 if name in ("forged", "anew") else 410), name
            assert response["Content-Language"] == language
            said.add((name, response.context["reason"]))
    assert User.objects.count() == before
    assert len({reason for _, reason in said}) == 4 and len(said) == 5


def test_kept_by_nobody(office: Office) -> None:
    """Not stored, not told to the next page; also the pages of links that do not work."""
    row = office.invite()
    for url in (url_of(row), reverse("join"), f"{reverse('password_new')}?token=x"):
        response = Client().get(url)
        assert response["Referrer-Policy"] == "strict-origin" and "no-store" in response["Cache-Control"]


def test_the_form_is_checked_like_any(office: Office) -> None:
    """From our own page with its token; a foreign page cannot join for somebody, and no password is ever kept."""
    client, url = Client(enforce_csrf_checks=True), url_of(office.invite())
    form = form_of(client.get(url).content.decode())
    typed = form.data | FORM
    for origin in ("http://evil.example", "null", ORIGIN):
        data = {name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"}
        response = client.post(url, data, headers={"origin": origin})
        assert response.status_code == 403 and PASSWORD not in response.content.decode()
    assert client.post(url, typed, headers={"origin": ORIGIN}).status_code == 302


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u202eabc"}, "name"),
        ({"language": "de"}, "language"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password_again": "another one of many words"}, "password_again"),
    ],
)
def test_what_is_wrong_is_said(office: Office, more: dict[str, str], field: str) -> None:
    """At its field; what was typed is kept, but for passwords; the link still works."""
    url = url_of(office.invite())
    response = Client().post(url, FORM | more)
    page = response.content.decode()
    assert response.status_code == 200 and field in response.context["form"].errors
    assert PASSWORD not in page and ("name" in more or "Жаңы Адам" in page)
    assert Client().post(url, FORM).status_code == 302


def test_an_account_is_proved_by_its_password(office: Office) -> None:
    """Whoever holds the link learns that there is one; a wrong password changes nothing; the right one adds it."""
    other = person(agency("KG-GPO"), Role.OFFICER)
    other.set_password(PASSWORD)
    other.save()
    url = url_of(office.invite(other.email))
    client = Client()
    assert "password_again" not in client.get(url).content.decode()
    wrong = client.post(url, {"password": "wrong"})
    assert wrong.status_code == 200 and "password" in wrong.context["form"].errors
    assert other.memberships.count() == 1
    assert client.post(url, {"password": PASSWORD})["Location"] == reverse("account_login")
    assert other.memberships.count() == 2 and "_auth_user_id" not in client.session


def test_guessing_that_password_is_limited(office: Office) -> None:
    """By the limits of sign-in: the sixth try in five minutes is refused, also with the right password."""
    other = person(agency("KG-GPO"), Role.OFFICER)
    other.set_password(PASSWORD)
    other.save()
    url = url_of(office.invite(other.email))
    for _ in range(5):
        Client().post(url, {"password": "wrong"})
    answer = Client().post(url, {"password": PASSWORD})
    assert answer.status_code == 200 and other.memberships.count() == 1


def test_who_is_signed_in_agrees(office: Office) -> None:
    """As themselves with one press; as somebody else they are told to sign out, and nothing is done."""
    other, stranger = person(agency("KG-GPO"), Role.OFFICER), office.officer
    url = url_of(office.invite(other.email))
    for response in (browser(stranger).get(url), browser(stranger).post(url, FORM)):
        assert response.status_code == 403 and other.email not in response.content.decode()
    client = browser(other)
    shown = client.get(url)
    assert shown.status_code == 200 and "password" not in form_of(shown.content.decode()).names
    assert other.memberships.count() == 1
    assert client.post(url, {})["Location"] == "/"
    assert other.memberships.count() == 2 and roles_of(other) == {Role.OFFICER}


def test_a_closed_account_does_not_join(office: Office) -> None:
    """Its password is as good as a wrong one."""
    closed = person(agency("KG-GPO"), Role.OFFICER)
    closed.set_password(PASSWORD)
    closed.is_active = False
    closed.save()
    response = Client().post(url_of(office.invite(closed.email)), {"password": PASSWORD})
    assert response.status_code == 200 and closed.memberships.count() == 1


def test_of_another_state(office: Office) -> None:
    """Said to the person, after they have proved who they are."""
    theirs = person(agency("UZ-MIA"), Role.OFFICER)
    url = url_of(office.invite(theirs.email))
    assert browser(theirs).get(url).status_code == 200
    response = browser(theirs).post(url, {})
    assert response.status_code == 403 and "one state only" in response.content.decode()


def test_trying_links_is_limited(office: Office) -> None:
    """Twenty unknown ones from one place close these pages to it for a while, also for one that works."""
    url = url_of(office.invite())
    answers = [Client().get(f"{reverse('join')}?token=a{n}").status_code for n in range(21)]
    assert answers[:20] == [404] * 20 and answers[20] == 429
    assert Client().get(url).status_code == Client().get(f"{reverse('password_new')}?token=x").status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.7").get(url).status_code == 200


def test_pages_of_admins_show_no_link(office: Office) -> None:
    """Who was invited, until when, whether the mail has gone; never the link, nor whether there is an account."""
    row, known = office.invite(), office.invite(person(agency("KG-GPO"), Role.OFFICER).email)
    admin = browser(office.admin)
    places = [reverse("people:index"), reverse("people:proposals"), reverse("notifications:index")]
    for one in (row, known):
        places += [reverse("people:invitation", args=[one.pk, name]) for name in ("again", "revoke")]
    for place in places:
        page = admin.get(place).content.decode()
        for one in (row, known):
            assert one.code() not in page and one.token() not in page and one.salt not in page
