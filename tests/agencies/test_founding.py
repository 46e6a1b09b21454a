"""The first platform admins: made by the operator, two at least, once; their passwords are their own."""

from io import StringIO

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import PasswordLink, User
from agencies.models import Agency, Role
from notifications.models import Letter
from notifications.tasks import send_letters
from tests.agencies.offices import LINK, PASSWORD, roles_of

pytestmark = pytest.mark.django_db
TWO = ("Admin One <one@org.example>", "Admin Two <two@org.example>")


def found(*admins: str) -> str:
    """Run the command."""
    said = StringIO()
    call_command("found_secretariat", *admins, name_en="Secretariat", name_ru="Секретариат", stdout=said)
    return said.getvalue()


def test_founded(settings: object) -> None:
    """Two accounts that nobody can sign in to until their owners have set a password by the mailed link."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "2 platform admins" in found(*TWO)
    users = list(User.objects.order_by("email"))
    assert [roles_of(user) for user in users] == [{Role.PLATFORM_ADMIN}] * 2
    assert not any(user.has_usable_password() for user in users)
    send_letters([str(pk) for pk in Letter.objects.values_list("pk", flat=True)])
    (url,) = LINK.findall(next(one.body for one in outbox.outbox if one.to == ["one@org.example"]))
    client = Client()
    path = url.partition("//")[2].partition("/")[2]
    assert client.post(f"/{path}", {"password": PASSWORD, "password_again": PASSWORD}).status_code == 302
    signed = client.post("/accounts/login/", {"login": "one@org.example", "password": PASSWORD}, follow=True)
    assert "Admin One" in signed.content.decode()


@pytest.mark.parametrize(
    ("admins", "code"),
    [
        (TWO[:1], 2),
        ((TWO[0], TWO[0].upper()), 2),
        ((TWO[0], "two@org.example"), 2),
        ((TWO[0], "Admin Two"), 2),
        ((TWO[0], "Admin Two <nonsense>"), 2),
    ],
)
def test_misuse(admins: tuple[str, ...], code: int) -> None:
    """Said, and nothing is made."""
    with pytest.raises(CommandError) as problem:
        found(*admins)
    assert problem.value.returncode == code and not User.objects.exists() and not Agency.objects.exists()


def test_only_once() -> None:
    """From then on people come by invitation."""
    found(*TWO)
    with pytest.raises(CommandError, match="invite") as problem:
        found(*TWO)
    assert problem.value.returncode == 1 and User.objects.count() == PasswordLink.objects.count() == 2
