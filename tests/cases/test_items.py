"""Items: who puts them into a case and changes them, who sees them, what is frozen of them."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.refusals import MovedOn, NotAllowed
from agencies.models import Membership, Role
from agencies.services import give_role
from audit.models import AuditEvent, Outcome
from cases.items import content_of, headline, parts_of, second_line, sha256, without
from cases.models import Case, CaseItem, ItemGroupGrant, ItemPersonGrant
from cases.services import create_item, name_person, save_item, unname_person
from cases.services.items import freeze
from tests.cases.sharing import NOTE, Sharing, browser, row, sees, text_of
from tests.factories import agency, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def it() -> Sharing:
    """The case and its people."""
    return Sharing()


@pytest.fixture
def closed() -> Sharing:
    """The same, in a need-to-know case: its officer and its liaison officer are named."""
    return Sharing(need_to_know=True)


def test_content_is_what_was_put_in(it: Sharing) -> None:
    """Every field and row, in order; what was left empty is left out."""
    content = content_of(it.person)
    assert [name["script"] for name in content["names"]] == ["cyrillic", "latin"]
    assert content["names"][1] == {"name": "Umot", "surname": "Oylonov", "script": "latin"}
    assert content["documents"] == [{"kind": "passport", "value": "AN0000000"}]
    assert content["born"] == "1988-03"
    assert "citizenships" not in content
    assert content_of(it.firearm)["marks"][0]["year"] == 1975


def test_references_say_nothing_of_the_case(it: Sharing) -> None:
    """Numbered in the agency's own series, whatever the case and the kind: a receiver cannot count a case."""
    references = [row(one).reference for one in (it.person, it.firearm, it.note)]
    assert len(set(references)) == 3
    assert all(reference.startswith(f"{it.case.owner.code}-I-") for reference in references)
    assert not any(it.case.reference in reference for reference in references)


@pytest.mark.parametrize("who", ["officer", "colleague", "supervisor"])
def test_writers_of_the_owner_add_and_change(it: Sharing, who: str) -> None:
    """An officer or a supervisor of the owner agency, also one who did not put the item in."""
    user = getattr(it, who)
    assert it.add("note", NOTE, by=user).created_by == user
    changed = it.edit({"title": "Another title"}, by=user)
    assert (changed.version, changed.changed_by) == (2, user)
    assert content_of(it.note)["title"] == "Another title"


def test_a_liaison_officer_writes_nothing(it: Sharing) -> None:
    """They see the case; the refusals are recorded, without a word of content."""
    for act in (lambda: it.add("note", NOTE, by=it.liaison), lambda: it.edit({}, by=it.liaison)):
        with pytest.raises(NotAllowed):
            act()
    names = AuditEvent.objects.filter(actor=it.liaison, outcome=Outcome.REFUSED).values_list("name", flat=True)
    # Within the test's transaction a refusal waits for the outermost one: see accounts.refusals.
    assert set(names) <= {"item.create", "item.edit"}
    assert content_of(it.note) == {"kind": "note", **NOTE}


@pytest.mark.parametrize("code", ["UZ-MIA", "KG-GPO"])
def test_other_agencies_find_no_case(it: Sharing, code: str) -> None:
    """Nobody outside the owner agency adds or changes: for them there is nothing there."""
    stranger = person(agency(code), Role.OFFICER, Role.SUPERVISOR)
    with pytest.raises(Case.DoesNotExist):
        it.add("note", NOTE, by=stranger)
    with pytest.raises(CaseItem.DoesNotExist):
        it.edit({}, by=stranger)


def test_a_receiver_does_not_write(it: Sharing) -> None:
    """Seeing an item through a share is reading."""
    it.shared(it.note)
    with pytest.raises(NotAllowed):
        it.edit({"title": "Theirs"}, by=it.reader)
    assert browser(it.reader).get(f"{it.page(it.note)}edit/").status_code == 403
    sent = browser(it.reader).post(f"{it.page(it.note)}edit/", {"title": "Theirs", "text": "Theirs", "version": 1})
    assert sent.status_code == 403
    assert content_of(it.note)["title"] == NOTE["title"]


def test_new_items_go_to_the_owner_and_nobody_else(it: Sharing) -> None:
    """By ownership, to those who work on cases there."""
    assert all(sees(user, it.note) for user in (it.officer, it.colleague, it.supervisor, it.liaison))
    assert not any(sees(user, it.note) for user in (it.reader, it.their_liaison))
    assert not sees(person(it.owner, Role.AGENCY_ADMIN), it.note)


def test_need_to_know_items_go_to_the_named(closed: Sharing) -> None:
    """An officer of the same agency who is not named finds neither the item nor its case."""
    assert sees(closed.officer, closed.note)
    assert sees(closed.liaison, closed.note)
    assert not sees(closed.colleague, closed.note)
    assert not ItemGroupGrant.objects.filter(content_object=closed.note.pk).exists()
    with pytest.raises(Case.DoesNotExist):
        closed.add("note", NOTE, by=closed.colleague)
    with pytest.raises(CaseItem.DoesNotExist):
        closed.edit({}, by=closed.colleague)
    assert browser(closed.colleague).get(closed.page(closed.note)).status_code == 404


def test_naming_opens_items_before_and_after(closed: Sharing) -> None:
    """A person named sees the items that are there, and each one that follows; taken out, none of them."""
    name_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)
    later = closed.add("note", NOTE, by=closed.colleague)
    assert sees(closed.colleague, closed.note)
    assert sees(closed.colleague, later)
    unname_person(actor=closed.officer, pk=closed.case.pk, person=closed.colleague)
    assert not sees(closed.colleague, closed.note)
    assert not sees(closed.colleague, later)
    assert not ItemPersonGrant.objects.filter(user=closed.colleague).exists()
    assert sees(closed.officer, later)


def test_changed_meanwhile_names_who(it: Sharing) -> None:
    """The second of two who started from the same text is told who was first; the first's text stands."""
    it.edit({"title": "The first's"}, by=it.colleague)
    with pytest.raises(MovedOn, match=it.colleague.name):
        it.edit({"title": "The second's"}, version=1)
    assert content_of(it.note)["title"] == "The first's"
    assert row(it.note).version == 2


def test_changed_meanwhile_keeps_what_was_typed(it: Sharing) -> None:
    """The page shows both texts, and sending it again saves."""
    it.edit({"title": "The first's"}, by=it.colleague)
    client, url = browser(it.officer), f"{it.page(it.note)}edit/"
    response = client.post(url, NOTE | {"title": "The second's", "version": 1, "token": str(uuid.uuid4())})
    page = text_of(response)
    assert response.status_code == 409
    assert it.colleague.name in page
    assert "The first&#x27;s" in page
    assert 'value="The second&#x27;s"' in page
    assert 'name="version" value="2"' in page
    assert client.post(url, NOTE | {"title": "The second's", "version": 2}).status_code == 302
    assert content_of(it.note)["title"] == "The second's"


def test_edit_records_the_names_of_fields_only(it: Sharing) -> None:
    """The audit log says which fields changed, never what they say."""
    it.edit({"title": "Another title", "author": ""})
    event = AuditEvent.objects.get(name="item.edit")
    assert event.facts["fields"] == ["author", "title"]
    assert "Another" not in str(event.facts)


def test_rows_are_replaced(it: Sharing) -> None:
    """What the form says now is what there is: no row is left of before."""
    save_item(
        actor=it.officer,
        pk=it.person.pk,
        version=1,
        values={},
        rows={"names": [{"name": "Саида", "script": "cyrillic"}]},
    )
    content = content_of(it.person)
    assert content["names"] == [{"name": "Саида", "script": "cyrillic"}]
    assert "documents" not in content


def test_frozen_only_when_changed(it: Sharing) -> None:
    """The same content is the same version; back to an earlier text is a version of its own."""
    first = freeze(it.note, it.officer)
    assert freeze(it.note, it.colleague) == first
    it.edit({"title": "Another title"})
    second = freeze(it.note, it.officer)
    it.edit({})
    third = freeze(it.note, it.officer)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert first.sha256 == third.sha256 != second.sha256
    assert first.sha256 == sha256(first.content)


@pytest.mark.parametrize("statement", ["update cases_itemversion set sha256 = ''", "delete from cases_itemversion"])
def test_versions_cannot_be_changed(it: Sharing, statement: str) -> None:
    """What was frozen stays: the database refuses to rewrite it."""
    freeze(it.note, it.officer)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_officer_of_the_owner_with_another_agencys_share_does_not_write() -> None:
    """In a need-to-know case that does not name them, they see what the share gives, and write nothing."""
    closed = Sharing(need_to_know=True)
    at_both = person(closed.owner, Role.OFFICER)
    member(at_both, agency("KG-GPO"), Role.OFFICER)
    closed.shared(closed.note, to=agency("KG-GPO"))
    assert sees(at_both, closed.note)
    with pytest.raises(NotAllowed):
        closed.edit({"title": "Forged"}, by=at_both)
    assert content_of(closed.note)["title"] == NOTE["title"]


def test_supervisor_without_officer_role_may_not_ask(it: Sharing) -> None:
    """Writing and asking to share are two rights."""
    with pytest.raises(NotAllowed):
        it.ask(by=it.supervisor)
    give_role(membership=Membership.objects.get(user=it.supervisor), role=Role.OFFICER)
    assert it.ask(by=it.supervisor).asked_by == it.supervisor


def test_unknown_case(it: Sharing) -> None:
    """An id that is nobody's."""
    with pytest.raises(Case.DoesNotExist):
        create_item(actor=it.officer, case_id=uuid.uuid4(), kind="note", values=NOTE, rows={})


def test_words_of_each_kind(it: Sharing) -> None:
    """Headline, second line and parts, as the owner's lists show them."""
    who, weapon = content_of(it.person), content_of(it.firearm)
    assert headline(who) == "Ойлонов Үмөт Ойлонович"
    assert second_line(who) == "Oylonov Umot · March 1988"
    assert [part.name for part in parts_of(who)][0] == "names"
    assert headline(weapon) == "ЖЖ 0000"
    assert headline(without(weapon, ["serial"])) == "Pistol"
    assert headline(content_of(it.note)) == NOTE["title"]


def test_fixed_parts_cannot_be_taken_out(it: Sharing) -> None:
    """A person without a name, a firearm without a type, a note without a title would say nothing."""
    assert "names" in without(content_of(it.person), ["names", "born"])
    assert "born" not in without(content_of(it.person), ["names", "born"])
    left = without(content_of(it.firearm), ["weapon_type", "serial_state", "kind"])
    assert {"weapon_type", "serial_state", "serial", "kind"} <= set(left)
    assert without(content_of(it.note), ["title", "text", "nothing"]).keys() == {"kind", "title", "author"}


def test_a_withheld_number_leaves_no_trace(it: Sharing) -> None:
    """Without its number a firearm does not say either that one was read."""
    left = without(content_of(it.firearm), ["serial"])
    assert not {"serial", "serial_state"} & set(left)
    assert not {"serial", "serial_state"} & {part.name for part in parts_of(left)}
