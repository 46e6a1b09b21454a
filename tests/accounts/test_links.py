"""Mailed links: known again by what is computed, not by what is stored; one row, one link, until it is replaced."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import PasswordLink
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> PasswordLink:
    """A link that works for an hour."""
    return PasswordLink.objects.create(person=person(), expires_at=timezone.now() + timedelta(hours=1))


def test_its_token_finds_it(link: PasswordLink) -> None:
    """And no other row; the token has 256 bits that nobody can guess."""
    other = PasswordLink.objects.create(person=person(), expires_at=link.expires_at)
    assert PasswordLink.objects.by_token(link.token()) == link
    assert link.token() != other.token() and len(link.code()) == 43


def test_a_forged_token_finds_nothing(link: PasswordLink) -> None:
    """A letter more, less or another, another row's code, nonsense in any form."""
    key, _, code = link.token().partition(".")
    other = PasswordLink.objects.create(person=person(), expires_at=link.expires_at)
    swapped = code[:-1] + ("A" if code[-1] != "A" else "B")
    forged = ["", ".", key, f"{key}.", f"{key}.{swapped}", f"{key}.{code}x", f"{key}.{other.code()}", f"x{key}.{code}"]
    forged += [f"{key}.{code}".upper(), "a" * 5000, "\x00.\x00", "é.é", f"{uuid.uuid4()}.{code}", f"{key}.é", "====.="]
    for token in forged:
        with pytest.raises(PasswordLink.DoesNotExist):
            PasswordLink.objects.by_token(token)


def test_a_renewed_link_ends_the_former(link: PasswordLink) -> None:
    """The salt is another one, and so is the token."""
    former = link.token()
    link.renew(timezone.now() + timedelta(hours=2)).save()
    with pytest.raises(PasswordLink.DoesNotExist):
        PasswordLink.objects.by_token(former)
    assert PasswordLink.objects.by_token(link.token()) == link


def test_the_database_alone_does_not_tell_it(link: PasswordLink, settings: object) -> None:
    """No column holds the token or a part of it; with another key the same row has another token."""
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(t)::text from accounts_passwordlink t")
        (stored,) = cursor.fetchone()
    key, _, code = link.token().partition(".")
    assert code not in stored and key not in stored
    settings.SECRET_KEY = "test-another key of the portal"
    assert link.code() != code
    with pytest.raises(PasswordLink.DoesNotExist):
        PasswordLink.objects.by_token(f"{key}.{code}")


def test_a_new_key_of_the_portal_ends_no_link(link: PasswordLink, settings: object) -> None:
    """While the former key stands beside it; new links are of the new one."""
    former, token = settings.SECRET_KEY, link.token()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "test-another key of the portal", [former]
    assert PasswordLink.objects.by_token(token) == PasswordLink.objects.by_token(link.token()) == link
    assert link.token() != token
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(PasswordLink.DoesNotExist):
        PasswordLink.objects.by_token(token)


def test_until_when(link: PasswordLink) -> None:
    """Up to its end, not including it; not when it was used."""
    assert link.runs(link.expires_at - timedelta(seconds=1)) and not link.runs(link.expires_at)
    link.used_at = timezone.now()
    assert not link.runs(timezone.now())
