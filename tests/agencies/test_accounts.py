"""Accounts: closed and opened by two platform admins; a password changed by its person, or renewed by a mailed link."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import PasswordLink, Session, User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import AccountChange, Role
from agencies.services import accounts
from agencies.tasks import forget
from audit.models import AuditEvent
from notifications.models import Letter, Outbox
from notifications.tasks import send_letters
from tests.agencies.offices import PASSWORD, Office, roles_of
from tests.factories import person
from tests.racing import race, winner
from tests.security.people import browser

NEW = "eight other invented words for a test"
DEACTIVATE, REACTIVATE = AccountChange.Wanted.DEACTIVATE, AccountChange.Wanted.REACTIVATE


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


@pytest.fixture
def user(office: Office) -> User:
    """An officer with a password."""
    office.officer.set_password(PASSWORD)
    office.officer.save()
    return office.officer


def propose(office: Office, user: User, wanted: str = DEACTIVATE, *, by: User | None = None) -> AccountChange:
    """Propose a change of an account."""
    return accounts.propose_change(actor=by or office.platform, person_id=user.pk, wanted=wanted)


def test_closed_and_opened_by_two(office: Office) -> None:
    """Nothing happens before the second has said yes; then the person is out, and back again by the same way."""
    client = browser(office.officer)
    row = propose(office, office.officer)
    assert client.get("/").status_code == 200
    told = set(Outbox.objects.filter(event="account.propose").values_list("person", flat=True))
    assert told == {office.second.pk, office.third.pk}
    accounts.decide_change(actor=office.second, pk=row.pk, approve=True)
    assert client.get("/").status_code == 302 and not Session.objects.filter(person=office.officer).exists()
    assert roles_of(office.officer) == set()
    row = propose(office, office.officer, REACTIVATE, by=office.second)
    accounts.decide_change(actor=office.third, pk=row.pk, approve=True)
    assert roles_of(office.officer) == {Role.OFFICER}


def test_four_eyes_and_ones_own(office: Office) -> None:
    """Not the proposer, not the person, not an agency's admin."""
    row = propose(office, office.officer)
    with pytest.raises(NotAllowed, match="another person"):
        accounts.decide_change(actor=office.platform, pk=row.pk, approve=True)
    with pytest.raises(AccountChange.DoesNotExist):
        accounts.decide_change(actor=office.admin, pk=row.pk, approve=True)
    with pytest.raises(NotAllowed, match="own account"):
        propose(office, office.platform)
    with pytest.raises(User.DoesNotExist):
        propose(office, office.officer, by=office.admin)
    row = propose(office, office.second)
    for approve in (True, False):
        with pytest.raises(NotAllowed, match="own account"):
            accounts.decide_change(actor=office.second, pk=row.pk, approve=approve, reason="No.")


def test_what_is_so_already(office: Office) -> None:
    """An open account cannot be opened; one change of an account at a time."""
    for wanted in (REACTIVATE, "delete"):
        with pytest.raises(NotAllowed):
            propose(office, office.officer, wanted)
    row = propose(office, office.officer)
    with pytest.raises(MovedOn):
        propose(office, office.officer, by=office.second)
    with pytest.raises(Incomplete):
        accounts.decide_change(actor=office.second, pk=row.pk, approve=False)
    accounts.decide_change(actor=office.second, pk=row.pk, approve=False, reason="She is on leave.")
    row = propose(office, office.officer)
    with pytest.raises(NotAllowed):
        accounts.withdraw_change(actor=office.second, pk=row.pk)
    accounts.withdraw_change(actor=office.platform, pk=row.pk)
    with pytest.raises(MovedOn):
        accounts.decide_change(actor=office.second, pk=row.pk, approve=True)


def test_an_office_is_not_emptied_by_closing(office: Office) -> None:
    """The last agency admin, the last two platform admins: refused when it would happen."""
    row = propose(office, office.admin)
    accounts.decide_change(actor=office.second, pk=row.pk, approve=True)
    row = propose(office, office.other_admin)
    with pytest.raises(NotAllowed, match="last admin"):
        accounts.decide_change(actor=office.second, pk=row.pk, approve=True)
    row = propose(office, office.third)
    accounts.decide_change(actor=office.second, pk=row.pk, approve=True)
    row = propose(office, office.second)
    fourth = person(office.membership(office.platform).agency, Role.PLATFORM_ADMIN)
    User.objects.filter(pk=fourth.pk).update(is_active=True)
    accounts.decide_change(actor=fourth, pk=row.pk, approve=True)
    row = propose(office, fourth)
    with pytest.raises(NotAllowed):
        accounts.decide_change(actor=fourth, pk=row.pk, approve=True)


@pytest.mark.django_db(transaction=True)
def test_two_decide_at_the_same_moment() -> None:
    """The first counts."""
    office = Office()
    row = propose(office, office.officer)
    acts = race(
        ("select 1 from agencies_accountchange where id = %s for update", str(row.pk)),
        lambda: accounts.decide_change(actor=office.second, pk=row.pk, approve=False, reason="No."),
        lambda: accounts.decide_change(actor=office.third, pk=row.pk, approve=True),
    )
    winner(*acts)
    assert User.objects.get(pk=office.officer.pk).is_active


def test_a_password_is_changed(user: User) -> None:
    """With the present one; the other sessions end, this one stays; the person is told."""
    here, there = browser(user), browser(user)
    form = {"present_password": PASSWORD, "password": NEW, "password_again": NEW}
    response = here.post(reverse("password_change"), form)
    assert response.status_code == 302 and response["Location"] == reverse("sign_ins")
    assert here.get("/").status_code == 200 and there.get("/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert Outbox.objects.get(event="account.password").person == user
    assert AuditEvent.objects.filter(name="account.password", actor=user).exists()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"present_password": "wrong"}, "present_password"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password_again": "another"}, "password_again"),
        ({"password": "", "password_again": ""}, "password"),
        ({"present_password": ""}, "present_password"),
    ],
)
def test_a_password_is_not_changed(user: User, form: dict[str, str], field: str) -> None:
    """What is wrong stands at its field; no password is shown again; all sessions live on."""
    here, there = browser(user), browser(user)
    whole = {"present_password": PASSWORD, "password": NEW, "password_again": NEW} | form
    response = here.post(reverse("password_change"), whole)
    assert response.status_code == 200 and field in response.context["form"].errors
    page = response.content.decode()
    assert PASSWORD not in page and NEW not in page
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and there.get("/").status_code == 200


def test_guessing_the_present_password_is_limited(user: User) -> None:
    """Somebody at an open browser does not try for long."""
    client = browser(user)
    form = {"present_password": "wrong", "password": NEW, "password_again": NEW}
    answers = [client.post(reverse("password_change"), form).status_code for _ in range(7)]
    assert answers[0] == 200 and answers[-1] == 429


def link_for(user: User) -> PasswordLink:
    """A link that somebody asked for."""
    accounts.ask_password_link(email=user.email.upper())
    return PasswordLink.objects.get(person=user, used_at=None)


def test_renewed_by_a_link(user: User) -> None:
    """Once, then all sessions end; the person signs in anew, and is told."""
    client = browser(user)
    link = link_for(user)
    url = f"{reverse('password_new')}?token={link.token()}"
    stranger = Client()
    assert stranger.get(url).status_code == 200
    response = stranger.post(url, {"password": NEW, "password_again": NEW})
    assert response["Location"] == reverse("account_login")
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get("/").status_code == 302 and "_auth_user_id" not in stranger.session
    assert Outbox.objects.get(event="account.password").person == user
    assert stranger.post(url, {"password": PASSWORD, "password_again": PASSWORD}).status_code == 410
    assert stranger.get(url).status_code == 410


def test_one_of_several_links_ends_the_others(user: User) -> None:
    """Also a change in the portal does."""
    first = link_for(user)
    accounts.ask_password_link(email=user.email)
    second = PasswordLink.objects.exclude(pk=first.pk).get()
    accounts.renew_password(token=second.token(), new=NEW)
    with pytest.raises(NotAllowed):
        accounts.renew_password(token=first.token(), new=PASSWORD)
    third = link_for(user)
    accounts.change_password(actor=user, present=NEW, new=PASSWORD, session_key=None)
    with pytest.raises(NotAllowed):
        accounts.renew_password(token=third.token(), new=NEW)


def test_a_weak_password_does_not_use_the_link_up(user: User) -> None:
    """It can be tried again."""
    link = link_for(user)
    with pytest.raises(Incomplete):
        accounts.renew_password(token=link.token(), new="short")
    assert accounts.renew_password(token=link.token(), new=NEW) == user


def test_expired_forged_closed(user: User, settings: object) -> None:
    """Each leads nowhere, and says as much as its holder may know."""
    settings.PASSWORD_LINK_HOURS = 1
    link = link_for(user)
    assert link.expires_at - timezone.now() <= timedelta(hours=1)
    url = f"{reverse('password_new')}?token="
    client = Client()
    assert client.get(f"{url}{link.token()[:-1]}").status_code == 404
    assert client.get(url).status_code == client.get(reverse("password_new")).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(f"{url}{link.token()}").status_code == 410
    with pytest.raises(NotAllowed):
        accounts.renew_password(token=link.token(), new=NEW)
    User.objects.filter(pk=user.pk).update(is_active=True)
    PasswordLink.objects.update(expires_at=timezone.now())
    assert client.get(f"{url}{link.token()}").status_code == 410
    assert user.check_password(PASSWORD)


def test_asking_says_nothing_about_who_has_an_account(user: User, settings: object) -> None:
    """The same page, the same rows and letters; a mail goes to the account alone, and to no closed one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    closed = person()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    pages = []
    for email in (user.email, "nobody@nowhere.example", closed.email):
        client = Client()
        response = client.post(reverse("password_forgotten"), {"email": email})
        pages.append(response.content.decode().replace(str(response.context["csrf_token"]), ""))
    assert len(set(pages)) == 1
    assert PasswordLink.objects.count() == Letter.objects.count() == 3
    assert AuditEvent.objects.filter(name="account.ask_link", actor=None).count() == 3
    send_letters([str(pk) for pk in Letter.objects.values_list("pk", flat=True)])
    assert [message.to for message in outbox.outbox] == [[user.email]]
    assert PasswordLink.objects.get(person=user).token() in outbox.outbox[0].body
    assert Letter.objects.filter(done_at=None).count() == 0


def test_asking_is_limited(user: User) -> None:
    """For one address from anywhere, and from one place for any address; the same for known and unknown ones."""
    for email in (user.email, "nobody@nowhere.example"):
        answers = [Client().post(reverse("password_forgotten"), {"email": email}).status_code for _ in range(5)]
        assert answers == [200, 200, 200, 429, 429]
    answers = [
        Client().post(reverse("password_forgotten"), {"email": f"a{n}@b.example"}).status_code for n in range(20)
    ]
    assert answers[0] == 200 and answers[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_the_same_moment() -> None:
    """One password is set."""
    office = Office()
    link = link_for(office.officer)
    acts = race(
        ("select 1 from accounts_passwordlink where id = %s for update", str(link.pk)),
        lambda: accounts.renew_password(token=link.token(), new=NEW),
        lambda: accounts.renew_password(token=link.token(), new=PASSWORD),
    )
    winner(*acts)
    assert User.objects.get(pk=office.officer.pk).check_password(NEW)


def test_old_links_and_sessions_are_forgotten(user: User) -> None:
    """What works still stays."""
    link, client = link_for(user), browser(user)
    accounts.ask_password_link(email="nobody@nowhere.example")
    PasswordLink.objects.filter(person=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    gone = browser(user)
    Session.objects.filter(pk=gone.cookies["sid"].value).update(expire_date=timezone.now())
    forget()
    assert list(PasswordLink.objects.all()) == [link]
    assert Session.objects.count() == 1 and client.get("/").status_code == 200
