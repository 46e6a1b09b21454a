"""Light or dark: the person's choice, written on each page by the server; without a choice their device decides."""

import pytest
from django.urls import reverse

from accounts.models import Theme, User
from tests.factories import Line, World
from tests.security.people import browser

pytestmark = pytest.mark.django_db


def test_the_theme_is_kept(world: World) -> None:
    """Chosen once it holds in every browser, and the choice leads back to where it was made."""
    client, page = browser(world.drafter), reverse("cases:list")
    assert "data-bs-theme" not in client.get(page).content.decode()
    for chosen in ("dark", "light"):
        response = client.post(reverse("theme"), {"theme": chosen, "next": page})
        assert response.status_code == 302 and response["Location"] == page
        for one in (client, browser(world.drafter)):
            assert f'data-bs-theme="{chosen}"' in one.get(page).content.decode()
    client.post(reverse("theme"), {"theme": "device"})
    assert "data-bs-theme" not in client.get(page).content.decode()


def test_what_is_no_theme(world: World) -> None:
    """Nothing is kept of it, and nobody is sent away from the portal."""
    client = browser(world.drafter)
    for odd in ("", "darker", "\x00", "d" * 5000):
        response = client.post(reverse("theme"), {"theme": odd, "next": "https://elsewhere.example/"})
        assert response.status_code == 302 and response["Location"] == "/"
    assert User.objects.get(pk=world.drafter.pk).theme == Theme.DEVICE


def test_nobody_elses(world: World, line: Line) -> None:
    """Another person's pages stay as they were, and what is made for paper is light for all."""
    client = browser(world.drafter)
    client.post(reverse("theme"), {"theme": "dark"})
    assert "data-bs-theme" not in browser(world.supervisor).get(reverse("desk")).content.decode()
    assert 'data-bs-theme="light"' in client.get(reverse("mla:print", args=[line.pk])).content.decode()
