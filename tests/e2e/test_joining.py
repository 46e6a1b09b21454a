"""A new agency joins and files its first request: four people at four browsers, with mails and links as they come."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from agencies.models import Role
from notifications.models import Letter
from tests.agencies.offices import LINK
from tests.e2e.conftest import with_password, write_draft
from tests.e2e.visitor import PASSWORD, Visitor
from tests.factories import World, person
from tests.security.people import secretariat
from tests.servers import MailServer, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def link_for(address: str, mail: MailServer) -> str:
    """The link in the newest letter to an address; it is nowhere else."""
    wait_for(lambda: not Letter.objects.filter(done_at=None).exists())
    letters = [one for one in mail.messages if str(one["To"]) == address and LINK.search(str(one.get_content()))]
    address = urlsplit(LINK.findall(str(letters[-1].get_content()))[0])
    return f"{address.path}?{address.query}"


def test_a_new_agency_files_its_first_request(world: World, visit: Callable[..., Visitor], mail: MailServer) -> None:
    """Entered, approved, its admin invited; who invites an officer; a platform admin confirms; the officer drafts."""
    first, second = (with_password(person(secretariat(), Role.PLATFORM_ADMIN)) for _ in range(2))
    one, two = visit().sign_in(first.email), visit().sign_in(second.email)
    enter(one)
    application = one.path
    assert "You entered it" in one.words and "Approve" in one.words
    two.go("/onboarding/").press("Border Service", "link")
    two.fill(decision="confirm", looked=True).press("Record the decision")
    assert "its first admin is invited" in two.words
    one.go(application)
    assert "Confirmed" in one.words

    admin = visit()
    admin.go(link_for("first.admin@kg-bor.example", mail))
    assert "Border Service" in admin.words and first.name in admin.words
    admin.fill(name="Admin Aijan", password=PASSWORD, password_again=PASSWORD).press("Join")
    admin.sign_in("first.admin@kg-bor.example").go("/people/").press("Invite a person", "link")
    admin.fill(email="officer@kg-bor.example", name="Officer Timur", language="en")
    admin.page.get_by_label("officer", exact=True).check()
    admin.press("Invite")
    assert "Officer Timur" in admin.words

    officer = visit()
    path = link_for("officer@kg-bor.example", mail)
    officer.go(path).fill(password="short", password_again="short").press("Join")
    assert "too short" in officer.words
    officer.fill(password=PASSWORD, password_again=PASSWORD).press("Join")
    officer.go(path, 410)
    assert "works once" in officer.words

    two.go("/people/proposals/")
    assert "Officer Timur" in two.words and "Admin Aijan" in two.words
    two.page.get_by_label("Officer Timur").check()
    two.fill(decision="confirm").press("Record the decision")
    admin.go("/people/")
    assert "waits for the second person" not in admin.words

    officer.sign_in("officer@kg-bor.example")
    path = write_draft(officer)
    officer.press("Submit for review", "link").press("Submit for review")
    officer.page.wait_for_url(f"**{path}")
    assert "Domestic review" in officer.words
    for visitor in (one, two, admin):
        visitor.go(officer.path, 404)


def enter(visitor: Visitor) -> None:
    """Enter the agency as its note says it."""
    visitor.go("/onboarding/").press("Enter an agency", "link")
    visitor.fill(
        code="KG-BOR",
        home_state="KG",
        kind="border_service",
        name_en="Border Service",
        name_ru="Пограничная служба",
        name_state="Чек ара кызматы",
        source="Note 12 of 16 Nov 2026",
        admin_name="First Admin",
        admin_email="first.admin@kg-bor.example",
        admin_language="en",
    )
    row = {"basis": "untoc", "function": "executes", "stage": "any", "starts": "2004-01-01", "source": "Note 4"}
    visitor.fill(**{f"designations-0-{name}": value for name, value in row.items()})
    visitor.press("Enter")
    assert "Entered. Another platform admin approves it." in visitor.words


def test_a_forgotten_password(world: World, visit: Callable[..., Visitor], mail: MailServer) -> None:
    """Asked for, renewed by the link in the mail, signed in with; the open session elsewhere has ended."""
    user = with_password(world.drafter)
    elsewhere = visit().sign_in(user.email)
    visitor = visit().go("/accounts/login/").press("Forgotten your password?", "link")
    visitor.fill(email=user.email).press("Send the link")
    assert "a link is on its way" in visitor.words
    new = "eight other invented words for a test"
    visitor.go(link_for(user.email, mail)).fill(password=new, password_again=new).press("Set the password")
    assert "The new password is set" in visitor.words
    visitor.sign_in(user.email, new)
    elsewhere.go("/cases/")
    assert elsewhere.path == "/accounts/login/"
    visitor.go("/accounts/sign-ins/")
    assert "This browser" in visitor.words
