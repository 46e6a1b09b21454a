"""The legal basis of a draft: what its form offers for the two states, what a service takes, what stays readable."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Incomplete
from agencies.models import Treaty, TreatyParty
from audit.models import AuditEvent
from mla.models import AssistanceRequest
from mla.services import create_request, save_draft, save_step
from tests.cases.sharing import browser, text_of
from tests.factories import CONTENT, MEASURES, Line, World, case, state

pytestmark = pytest.mark.django_db

OPTION = re.compile(r'<input type="radio" name="basis" value="([^"]+)"([^>]*)>\s*<label[^>]*>(.*?)</label>', re.DOTALL)
SHOW = {"show": "bases"}
FOR_UZ = ["chisinau-2002", "bilateral-KG-UZ-1996", "untoc", "uncac", "financing-1999", "bombing-1997", "reciprocity"]


def options(response: HttpResponse) -> dict[str, str]:
    """The bases offered, in order, each with its words."""
    return {code: re.sub(r"<[^>]+>", "", words) for code, _more, words in OPTION.findall(text_of(response))}


def chosen(response: HttpResponse) -> list[str]:
    """The one that is ticked."""
    return [code for code, more, _words in OPTION.findall(text_of(response)) if "checked" in more]


class Desk:
    """A drafter at the form of a new draft."""

    def __init__(self, world: World) -> None:
        self.client = browser(world.drafter)
        self.url = f"{reverse('mla:create')}?case={case(world.drafter, world.bodies['drafting']).pk}"

    def look(self) -> HttpResponse:
        """The empty form."""
        return self.client.get(self.url)

    def send(self, **typed: Any) -> HttpResponse:
        """Send it."""
        return self.client.post(self.url, {"token": uuid.uuid4(), "title": "Kept as typed"} | typed)


@pytest.fixture
def desk(world: World) -> Desk:
    """The form, and nothing typed in it."""
    for code in ("KZ", "UZ"):
        state(code)
    return Desk(world)


def edit(line: Line) -> str:
    """The address of the step that chooses it."""
    return reverse("mla:draft_step", args=[line.pk, "basis"])


def test_nothing_is_offered_before_the_state_is_chosen(desk: Desk) -> None:
    """The form says what to do instead."""
    response = desk.look()
    assert options(response) == {}
    assert "Choose the requested state: then the treaties that bind the two states are offered." in text_of(response)


def test_the_button_shows_what_binds_the_pair(desk: Desk) -> None:
    """Proposed one first, each with article, mark and reason; nothing is saved, what was typed is kept."""
    response = desk.send(**SHOW, requested_state="UZ")
    assert response.status_code == 200
    found = options(response)
    assert list(found) == FOR_UZ and chosen(response) == []
    assert found["chisinau-2002"].startswith(
        "Chisinau Convention (2002), Article 7 · verified · proposed It binds both states"
    )
    assert found["untoc"].startswith("UNTOC (2000), Article 18 · not verified ")
    assert "Where the laws of both states allow it." in found["reciprocity"]
    page = text_of(response)
    assert 'value="Kept as typed"' in page and 'class="error-summary"' not in page
    assert not AssistanceRequest.objects.unscoped("a test counts").exists()


@pytest.mark.parametrize("typed", ["", "KG", "XX", "\x00", "K" * 3000])
def test_an_odd_state_offers_nothing(desk: Desk, typed: str) -> None:
    """None, one's own, one that is not there, one that is no text: the form comes back."""
    response = desk.send(**SHOW, requested_state=typed)
    assert response.status_code == 200 and options(response) == {}


def test_a_basis_is_saved(desk: Desk) -> None:
    """Its code in the row, its name on the page."""
    response = desk.send(requested_state="UZ", basis="chisinau-2002")
    assert response.status_code == 302
    row = AssistanceRequest.objects.unscoped("a test looks at the row").get()
    assert row.basis == "chisinau-2002"
    assert "Chisinau Convention (2002)" in text_of(desk.client.get(response["Location"]))


def test_a_draft_may_be_saved_without_one(desk: Desk) -> None:
    """It is needed later."""
    assert desk.send(requested_state="UZ").status_code == 302
    assert AssistanceRequest.objects.unscoped("a test looks at the row").get().basis == ""


@pytest.mark.parametrize(
    "basis", ["minsk-1993", "minsk-1993-protocol-1997", "bilateral-KZ-UZ-1997", "domestic", "\x00"]
)
def test_what_does_not_bind_the_pair_is_not_taken(desk: Desk, basis: str) -> None:
    """A sentence at the field, the bases of the pair below it, and the text kept."""
    response = desk.send(requested_state="UZ", basis=basis)
    assert response.status_code == 200
    assert "This is not offered for these two states today." in text_of(response)
    assert list(options(response)) == FOR_UZ and 'value="Kept as typed"' in text_of(response)


def test_the_pair_decides(desk: Desk) -> None:
    """Another state, another bilateral treaty."""
    found = options(desk.send(**SHOW, requested_state="KZ"))
    assert list(found)[:2] == ["chisinau-2002", "bilateral-KG-KZ-1996"]


def test_denounced_meanwhile(world: World, line: Line) -> None:
    """The draft's own choice stays, with what became of it; it may be saved, and the next treaty is offered first."""
    yesterday = timezone.localdate() - timedelta(days=1)
    TreatyParty.objects.filter(treaty="chisinau-2002", state="UZ").update(ends=yesterday)
    client = browser(world.drafter)
    response = client.get(edit(line))
    found = options(response)
    assert list(found)[0] == "minsk-1993" and list(found)[-1] == "chisinau-2002"
    assert chosen(response) == ["chisinau-2002"]
    assert "not verified Chosen before. It is not among what binds the two states today." in found["chisinau-2002"]
    typed = {"title": "Still this one", "requested_state": "UZ", "basis": "chisinau-2002", "version": 0, "go": "on"}
    assert client.post(edit(line), typed | {"token": uuid.uuid4()}).status_code == 302
    assert (line.request.title, line.request.basis) == ("Still this one", "chisinau-2002")


def test_a_draft_keeps_its_choice_while_bases_are_shown(world: World, line: Line) -> None:
    """Showing the bases saves nothing, also on a page that saves itself."""
    client = browser(world.drafter)
    typed = {"title": "Typed", "requested_state": "UZ", "basis": "untoc", "by_itself": "on"}
    response = client.post(edit(line), typed | SHOW)
    assert chosen(response) == ["untoc"] and list(options(response)) == FOR_UZ
    assert line.request.basis == "chisinau-2002"


def test_a_text_that_moved_on_shows_the_present_choice(world: World, line: Line) -> None:
    """What a colleague chose meanwhile is offered, what was typed stays ticked."""
    client = browser(world.drafter)
    Treaty.objects.filter(pk="minsk-1993").update(name_en="Chosen by the colleague")
    theirs = {"title": "Theirs", "requested_state": state("UZ"), "basis": "minsk-1993", "basis_reason": ""}
    save_step(actor=world.drafter, pk=line.pk, step="basis", version=0, values=theirs)
    typed = {"title": "Typed", "requested_state": "UZ", "basis": "untoc", "version": 0, "go": "on"}
    response = client.post(edit(line), typed | {"token": uuid.uuid4()})
    assert response.status_code == 409
    assert list(options(response)) == [*FOR_UZ, "minsk-1993"] and chosen(response) == ["untoc"]


def test_the_other_side_learns_no_choice(world: World, line: Line) -> None:
    """Whoever only reads a request is told that the text is not theirs to change, and nothing of the working row."""
    line.walk_to("transmitted")
    AssistanceRequest.objects.unscoped("a test changes the row").filter(pk=line.pk).update(basis="minsk-1993")
    response = browser(world.receiver).post(edit(line), {"requested_state": "UZ"} | SHOW)
    assert response.status_code == 403
    assert "minsk-1993" not in text_of(response) and options(response) == {}


def test_a_drafter_reads_russian(world: World, desk: Desk) -> None:
    """Treaties, marks and reasons."""
    world.drafter.language = "ru"
    world.drafter.save(update_fields=["language"])
    found = options(desk.send(**SHOW, requested_state="UZ"))
    assert found["chisinau-2002"].startswith("Кишинёвская конвенция 2002 г., статья 7 · проверено")
    assert "· не проверено" in found["untoc"]


def save(actor: User, line: Line, basis: str) -> None:
    """Save the draft with another basis."""
    save_draft(
        actor=actor,
        pk=line.pk,
        version=line.request.requesting_clock,
        requested_state=state("UZ"),
        content=CONTENT | {"basis": basis},
        measures=MEASURES,
    )


@pytest.mark.parametrize("basis", ["minsk-1994", "domestic", "bilateral-KG-XX-1990"])
def test_services_take_only_what_is_there(world: World, line: Line, basis: str) -> None:
    """Neither a new draft nor an old one takes a code that no row knows; the refusal is on record."""
    with pytest.raises(Incomplete) as refused:
        create_request(
            actor=world.drafter,
            case_id=line.case.pk,
            requested_state=state("UZ"),
            content=CONTENT | {"basis": basis},
            measures=[],
        )
    assert refused.value.errors == {"basis": ["There is no such legal basis. Choose one of those offered."]}
    with pytest.raises(Incomplete):
        save(world.drafter, line, basis)
    assert line.request.basis == "chisinau-2002"
    assert AssistanceRequest.objects.unscoped("a test counts").count() == 1
    assert AuditEvent.objects.filter(name__in=("request.create", "request.edit"), outcome="refused").count() == 2


@pytest.mark.parametrize("basis", ["minsk-1993", "reciprocity", "bilateral-KG-UZ-1996", ""])
def test_services_take_any_treaty_of_the_table(world: World, line: Line, basis: str) -> None:
    """Whether it binds the two is asked when the request is checked; a bilateral treaty and reciprocity are as good."""
    save(world.drafter, line, basis)
    assert line.request.basis == basis


def test_a_treaty_that_vanishes_between_page_and_click(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form offered it, the service does not find it: the form comes back with the words."""
    monkeypatch.setattr("mla.services.draft.is_basis", lambda code: False)
    response = desk.send(requested_state="UZ", basis="chisinau-2002")
    assert response.status_code == 200
    assert "There is no such legal basis. Choose one of those offered." in text_of(response)


def test_codes_without_a_row_keep_showing(world: World, line: Line) -> None:
    """What crossed says its code on both sides; a draft that says it may be saved with it."""
    Treaty.objects.create(code="old-1990", kind="bilateral", name_en="Old treaty", name_ru="Старый", noun="assignment")
    save(world.drafter, line, "old-1990")
    draft = Line(world, basis="old-1990")
    line.walk_to("transmitted")
    url = reverse("mla:detail", args=[line.pk])
    assert "Old treaty" in text_of(browser(world.receiver).get(url))
    Treaty.objects.filter(pk="old-1990").delete()
    for person in (world.receiver, world.drafter):
        page = text_of(browser(person).get(url))
        assert "old-1990" in page and "Old treaty" not in page
    save(world.drafter, draft, "old-1990")
    assert chosen(browser(world.drafter).get(edit(draft))) == ["old-1990"]
