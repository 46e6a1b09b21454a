"""Signing in is limited: strictly for an account, generously for an address of the network behind which many sit."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exchange.limits import sign_in_limits
from tests.factories import agency, person

pytestmark = pytest.mark.django_db
PASSWORD = "seven invented words for one test"
MINISTRY, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def people() -> list[User]:
    """Two officers of a ministry."""
    found = [person(agency("KG-MIA"), "officer") for _ in range(2)]
    for one in found:
        one.set_password(PASSWORD)
        one.save()
    return found


def sign_in(email: str, password: str = PASSWORD, *, at: str = MINISTRY) -> int:
    """A sign-in from an address: 302 when it led in, 200 when the form said why not, 429."""
    form = {"login": email, "password": password}
    return Client(REMOTE_ADDR=at).post(reverse("account_login"), form).status_code


def test_a_ministry_signs_in_at_nine(people: list[User]) -> None:
    """More than thirty within a minute, some of whom mistype: all of them come in. With the portal's own limits."""
    assert django_settings.ACCOUNT_RATE_LIMITS["login"] == "300/m/ip"
    answers = {sign_in(people[0].email) for _ in range(35)}
    assert [sign_in(f"person{number}@mistyped.example") for number in range(12)] == [200] * 12
    assert answers | {sign_in(people[1].email)} == {302}


def test_an_account_is_guessed_at_five_times(people: list[User]) -> None:
    """From wherever, and whatever an address may do; others go on signing in from the same address."""
    guessed, other = people
    for number in range(5):
        assert sign_in(guessed.email, "a wrong password", at=f"203.0.113.{number}") == 200
    for address in (MINISTRY, ELSEWHERE):
        assert sign_in(guessed.email, at=address) == 200, "locked, with the right password too"
    assert sign_in(other.email) == 302


def test_many_accounts_are_tried_from_one_address(people: list[User], settings: Any) -> None:
    """A tenth of what it may sign in; then nobody comes in from there, and everybody from elsewhere."""
    settings.ACCOUNT_RATE_LIMITS = sign_in_limits(40)
    for number in range(4):
        assert sign_in(f"nobody{number}@comity.example") == 200
    assert sign_in(people[0].email) == 200
    assert sign_in(people[0].email, at=ELSEWHERE) == 302


def test_a_locked_account_uses_up_nothing_of_its_address(people: list[User], settings: Any) -> None:
    """A program with an old password hammers one account; the colleagues behind the same address sign in."""
    settings.ACCOUNT_RATE_LIMITS = sign_in_limits(60)
    for _ in range(12):
        assert sign_in(people[0].email, "an old password") == 200
    assert sign_in(people[1].email) == 302


def test_an_address_signs_in_so_often(people: list[User], settings: Any) -> None:
    """Also who gets every password right: each costs a hash."""
    settings.ACCOUNT_RATE_LIMITS = sign_in_limits(10)
    assert [sign_in(people[0].email) for _ in range(11)] == [302] * 10 + [429]
    assert sign_in(people[0].email, at=ELSEWHERE) == 302


def test_failures_follow_the_one_number() -> None:
    """In a minute a tenth, in an hour as many as sign-ins in a minute; of an account always the same."""
    assert sign_in_limits(1500)["login_failed"] == "5/5m/key,150/m/ip,1500/h/ip"
    assert sign_in_limits(5)["login_failed"] == "5/5m/key,1/m/ip,5/h/ip"
