"""The pages of a draft: what saves itself, the button that goes on, a reason in place of a gap, the paper."""

import re
import uuid

import pytest
from django.urls import reverse

from accounts.models import User
from agencies.standing import standing_of
from mla.draft_reading import read_draft
from mla.models import DraftStep
from mla.reading import read
from tests.factories import Line, World
from tests.security.people import browser

pytestmark = pytest.mark.django_db
BY_ITSELF = {"by_itself": "on"}


def test_what_saves_itself_says_when_and_which_version(line: Line, world: World) -> None:
    """The answer is a piece of the page: the status, the number to send next, what is still missing."""
    client, url = browser(world.drafter), reverse("mla:draft_step", args=[line.pk, "facts"])
    page = str(uuid.uuid4())
    said = client.post(url, {"facts": "One.", "version": 0, "token": page} | BY_ITSELF).content.decode()
    assert "Saved" in said and 'value="1"' in said and "<html" not in said
    again = client.post(url, {"facts": "One two.", "version": 0, "token": page} | BY_ITSELF).content.decode()
    assert 'value="2"' in again and line.request.facts == "One two."


def test_what_cannot_be_saved_says_so(line: Line, world: World) -> None:
    """A page that saves itself never shows errors over what somebody is typing; it says that it waits."""
    client, url = browser(world.drafter), reverse("mla:draft_step", args=[line.pk, "procedure"])
    said = client.post(url, {"deadline": "31.02.2026", "version": 0} | BY_ITSELF).content.decode()
    assert "Not saved yet" in said and not DraftStep.objects.filter(name="procedure").exists()


def test_the_button_goes_on_or_back(line: Line, world: World) -> None:
    """To the next step, or to the list; the last step leads to the check."""
    client = browser(world.drafter)
    for name, go, to in (
        ("facts", "on", reverse("mla:draft_step", args=[line.pk, "persons"])),
        ("facts", "list", reverse("mla:draft", args=[line.pk])),
    ):
        data = {"facts": line.request.facts, "version": DraftStep.objects.filter(name=name).count(), "go": go}
        assert client.post(reverse("mla:draft_step", args=[line.pk, name]), data).url == to
    rows = {"languages-TOTAL_FORMS": 0, "languages-INITIAL_FORMS": 0, "version": 0, "go": "on"}
    last = client.post(reverse("mla:draft_step", args=[line.pk, "translation"]), rows)
    assert last.url == reverse("mla:draft_check", args=[line.pk])


def test_a_reason_is_given_and_taken_back(line: Line, world: World) -> None:
    """On the page of the check, beside its gap."""
    client, url = browser(world.drafter), reverse("mla:draft_check", args=[line.pk])
    names = re.findall(r'name="(reason_[^"]+)"', client.get(url).content.decode())
    assert "reason_damage" in names
    assert client.post(url, {"reason_damage": "  Being  counted. "}).status_code == 302
    reasons = dict(line.request.gap_reasons.values_list("point", "reason"))
    assert reasons.pop("damage") == "Being counted." and set(reasons.values()) == {"Not needed here."}
    assert client.post(url, {"reason_damage": ""}).status_code == 302
    assert set(line.request.gap_reasons.values_list("point", flat=True)) == set(reasons)


@pytest.mark.parametrize(
    ("language", "steps", "points"),
    [
        ("en", r"(\d+) of (\d+) steps done", r"(\d+) of (\d+) points of the check met or explained"),
        ("ru", r"готово разделов: (\d+) из (\d+)", r"Выполнено или пояснено пунктов проверки: (\d+) из (\d+)"),
    ],
)
def test_both_counts_say_what_they_count(line: Line, world: World, language: str, steps: str, points: str) -> None:
    """Steps that are done and points of the check are two things, and neither is a bare '2 of 10'."""
    User.objects.filter(pk=world.drafter.pk).update(language=language)
    draft = read_draft(read(world.drafter, standing_of(world.drafter), line.pk))
    client = browser(world.drafter)
    page = client.get(reverse("mla:draft", args=[line.pk])).content.decode()
    check = client.get(reverse("mla:draft_check", args=[line.pk])).content.decode()
    wanted = [(str(draft.met), str(len(draft.findings)))]
    assert re.findall(steps, page) == [(str(draft.done), str(len(draft.steps)))] != wanted
    assert set(re.findall(points, page)) == set(wanted) and re.findall(points, check) == wanted


def test_the_letter_as_paper(line: Line, world: World) -> None:
    """Reference, marking, who printed it and when stand on it; the other side prints what crossed."""
    line.walk_to("transmitted")
    for who in (world.drafter, world.receiver):
        words = browser(who).get(reverse("mla:print", args=[line.pk])).content.decode()
        for wanted in (line.request.reference, "For official use", f"Printed by {who.name}", "Hear the witness."):
            assert wanted in words
