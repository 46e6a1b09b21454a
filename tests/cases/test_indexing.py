"""What can be searched is written with each change: of whom, and of what; and what a share withholds is in no row."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from agencies.models import Role
from cases import indexing
from cases.folding import keys_of, word_keys
from cases.models import SearchText
from cases.services import save_case
from exchange.management.commands.migrate import fill_search
from mla.models import RequestFace
from tests.cases.sharing import FIREARM, NAMES, NOTE, PASSPORT, PERSON, Sharing, browser
from tests.factories import Line, World, agency, case, person
from tests.security.people import put_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def it() -> Sharing:
    """A case with a person, a firearm and a note."""
    return Sharing()


def words(**of: Any) -> set[str]:
    """The keys that stand in one row."""
    whose = {"item": None, "share": None} | of
    return set(SearchText.objects.get(**whose).words.split())


def has(row: set[str], *texts: str) -> bool:
    """Whether all words of these texts are among the keys."""
    return set(keys_of(texts).split()) <= row


def test_a_case_says_its_title_number_and_offences(it: Sharing) -> None:
    """From its first moment, and after each change."""
    assert has(words(case=it.case), it.case.title, it.case.proceedings_number, it.case.offences, it.case.reference)
    content = {"title": "Contraband of saffron", "proceedings_number": "7-2026", "offences": "Art. 205"}
    save_case(actor=it.officer, pk=it.case.pk, version=1, content=content)
    row = words(case=it.case)
    assert has(row, *content.values()) and not has(row, "invented wares")


@pytest.mark.parametrize("kind", ["person", "firearm", "note"])
def test_an_item_says_all_that_somebody_wrote(it: Sharing, kind: str) -> None:
    """Each text of each kind, each row of its rows; not the codes of choices."""
    row = words(case=it.case, item=getattr(it, kind))
    written = {
        "person": [PERSON["remarks"], PASSPORT["value"], *(f"{one['surname']} {one['name']}" for one in NAMES)],
        "firearm": [FIREARM["serial"], FIREARM["make"], FIREARM["recovered_at"], "Crown over N"],
        "note": list(NOTE.values()),
    }[kind]
    assert has(row, *written)
    assert not row & set(keys_of(["suspect", "cyrillic", "proof", "read_from", "weapon"]).split())


def test_a_document_says_its_name_and_description(it: Sharing) -> None:
    """Not its checksum, and not what is in the file."""
    row = words(case=it.case, item=put_paper(it.case, it.officer, description="Протокол допроса"))
    assert has(row, "paper.txt", "протокол допроса") and not has(row, "invented")


def test_an_edited_item_is_found_by_its_new_words_alone(it: Sharing) -> None:
    """The old ones go."""
    it.edit({"title": "Another title", "text": "Three barges."})
    row = words(case=it.case, item=it.note)
    assert has(row, "another title", "three barges") and not has(row, "lorries")


def test_names_are_apart_for_near_spellings(it: Sharing) -> None:
    """Names, titles and numbers; not running text, in which everything is near to something."""
    names = SearchText.objects.get(case=it.case, item=it.person, share=None).names.split()
    assert set(word_keys("Ойлонов")) <= set(names) and not set(word_keys("stick")) & set(names)


def test_a_share_says_its_purpose_and_what_it_has_frozen(it: Sharing) -> None:
    """Without the parts that stay out, whatever the owner edits later."""
    share = it.shared(it.note, withheld=("text",))
    assert has(words(case=it.case, share=share), "Evidence for the trial", share.reference)
    it.edit({"title": "Renamed"})
    row = words(case=it.case, item=it.note, share=share)
    assert has(row, NOTE["title"], it.note.reference)
    assert not has(row, "lorries") and not has(row, "renamed")


def test_a_serial_that_is_withheld_is_in_no_row_of_the_share(it: Sharing) -> None:
    """Neither as a number nor as a word."""
    share = it.shared(it.firearm, withheld=("serial",))
    row = words(case=it.case, item=it.firearm, share=share)
    assert not row & set(keys_of([FIREARM["serial"]], [FIREARM["serial"]]).split())
    assert has(row, FIREARM["make"])


def test_items_that_were_not_approved_leave_the_share(it: Sharing) -> None:
    """Asked for, they stand in its rows, which only its owner's side reads; approved in part, only that part does."""
    share = it.ask(it.note, it.firearm)
    assert SearchText.objects.filter(share=share, item__isnull=False).count() == 2
    it.decide(share, "approve", items={it.note.pk})
    assert [row.item_id for row in SearchText.objects.filter(share=share, item__isnull=False)] == [it.note.pk]


def test_asked_again_a_share_says_what_it_asks_now(it: Sharing) -> None:
    """Other items, other parts."""
    share = it.ask(it.note)
    it.again(share, it.firearm)
    assert [row.item_id for row in SearchText.objects.filter(share=share, item__isnull=False)] == [it.firearm.pk]
    assert has(words(case=it.case, share=share), "again")


def test_a_refused_change_leaves_the_old_words(it: Sharing) -> None:
    """The rows are written in the transaction of the change."""
    client = browser(person(agency("KG-MIA"), Role.LIAISON))
    client.post(f"/cases/{it.case.pk}/edit/", {"title": "Forbidden", "offences": "x", "version": 1})
    assert not has(words(case=it.case), "forbidden")


def test_after_everything_there_is_nothing_to_mend(it: Sharing) -> None:
    """Whatever the services did, the index is what would be made anew."""
    share = it.shared(it.note, it.person, withheld=("text",))
    it.edit({"title": "Changed since"})
    it.decide(share, "revoke")
    it.decide(it.ask(it.firearm), "decline")
    assert indexing.reindex(write_them=False) == 0


def test_what_is_wrong_is_found_and_mended(it: Sharing) -> None:
    """A row that is missing, one that says something else, one too many."""
    share = it.ask(it.firearm)
    SearchText.objects.get(case=it.case, item=it.note, share=None).delete()
    SearchText.objects.filter(case=it.case, item=it.person, share=None).update(words="spoiled")
    SearchText.objects.create(case=it.case, item=it.note, share=share, words="extra", names="")
    assert indexing.reindex(write_them=False) == 3
    assert indexing.reindex() == 3
    assert indexing.reindex() == 0
    assert has(words(case=it.case, item=it.note), "lorries")


def command(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("search_index", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_command_says_numbers_only(world: World) -> None:
    """--check exits with 1 and changes nothing; without it the rows are written."""
    line = Line(world).walk_to("transmitted")
    SearchText.objects.all().delete()
    RequestFace.objects.filter(side="requested").update(words="spoiled")
    with pytest.raises(SystemExit) as ended:
        command("--check", "--json")
    assert ended.value.code == 1
    assert command("--json") == '{"texts": 1, "faces": 1}'
    assert command("--check") == "0 texts, 0 faces of requests differ"
    assert line.request.title not in command()


def test_migrating_fills_an_empty_index_once(world: World) -> None:
    """Records from before there was a search are found by it; later migrations leave the index alone."""
    Line(world).walk_to("transmitted")
    fill_search("default")
    SearchText.objects.all().delete()
    RequestFace.objects.all().delete()
    fill_search("default")
    assert SearchText.objects.count() == 1 and RequestFace.objects.count() == 2
    case(world.drafter, agency("KG-MIA"))
    RequestFace.objects.update(words="kept")
    fill_search("default")
    assert set(RequestFace.objects.values_list("words", flat=True)) == {"kept"}


def test_both_indexes_serve(it: Sharing) -> None:
    """Full-text search and trigrams are asked of their indexes, not of every row."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        for condition, index in {"vector @@ 'x:*'::tsquery": "vector", "'abcd' <% names": "names"}.items():
            cursor.execute(f"explain select 1 from cases_searchtext where {condition}")
            assert f"searchtext_{index}" in "\n".join(row for (row,) in cursor.fetchall())
