"""A draft with 500 persons and 200,000 letters of facts is written, checked, submitted, compared and printed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import CaseItem
from mla.services import save_step
from tests.factories import Line, World, explain
from tests.security.people import browser, put

pytestmark = pytest.mark.django_db

MANY = 500


def test_long_draft(line: Line, world: World) -> None:
    """Every page of it answers, asks no query for each person, and the whole of it is frozen."""
    pages = {name: reverse(f"mla:{name}", args=[line.pk]) for name in ("detail", "draft", "draft_check", "print")} | {
        "persons": reverse("mla:draft_step", args=[line.pk, "persons"])
    }
    client = browser(world.drafter)
    people = [
        put(
            line.case,
            world.drafter,
            CaseItem.Kind.PERSON,
            rows={"names": [{"name": f"Invented {n}", "script": "latin"}]},
        )
        for n in range(MANY)
    ]

    def choose(count: int, version: int) -> dict[str, int]:
        ids = [item.pk for item in people[:count]]
        save_step(actor=world.drafter, pk=line.pk, step="persons", version=version, values={"items": ids})
        found = {}
        for name, url in pages.items():
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found[name] = len(asked)
        return found

    few = choose(2, 0)
    facts = client.post(
        reverse("mla:draft_step", args=[line.pk, "facts"]), {"facts": "щ" * 200_000, "version": 0, "go": "on"}
    )
    assert facts.status_code == 302
    over = client.post(
        reverse("mla:draft_step", args=[line.pk, "facts"]), {"facts": "щ" * 200_001, "version": 1, "go": "on"}
    )
    assert over.status_code == 200 and "щ" * 200_001 in over.content.decode(), "too long: said, and kept"
    assert choose(MANY, 1) == few
    explain(world.drafter, line.pk)
    line.walk("submit", "return_to_drafter")
    content = line.request.versions.get().content
    assert len(content["facts"]) == 200_000 and len(content["attachments"]) == MANY
    save_step(actor=world.drafter, pk=line.pk, step="facts", version=1, values={"facts": "щ" * 199_999})
    assert client.get(reverse("mla:changes", args=[line.pk])).status_code == 200
