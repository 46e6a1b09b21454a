"""A case of KG-MIA with a person, a firearm and a note, and everybody who has to do with sharing it."""

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agencies.models import Agency, Role
from cases.models import Case, CaseItem, Share
from cases.services import ask_again, ask_share, create_item, decide_share, save_item
from cases.services.shares import Chosen
from tests.factories import agency, case, later, person
from tests.memory import remembered

PERSON = {
    "born": "1988-03",
    "place_of_birth": "Invented-on-Chu",
    "citizenships": "",
    "procedural_status": "suspect",
    "residence": "",
    "telephone": "+996 000 00 00 00",
    "occupation": "",
    "parents": "",
    "personal_number": "00000000000000",
    "remarks": "Walks with a stick.",
}
NAMES = [
    {"name": "Үмөт", "surname": "Ойлонов", "patronymic": "Ойлонович", "script": "cyrillic", "source": "passport"},
    {"name": "Umot", "surname": "Oylonov", "patronymic": "", "script": "latin", "source": ""},
]
PASSPORT = {"kind": "passport", "value": "AN0000000", "issued_by": ""}
FIREARM = {
    "serial": "ЖЖ 0000",
    "serial_state": "read",
    "read_from": "weapon",
    "weapon_type": "pistol",
    "make": "Invented works",
    "calibre": "9x18",
    "recovered_on": "2026-09",
    "recovered_at": "A field near the border",
}
MARK = {"kind": "proof", "location": "barrel", "text": "Crown over N", "country": "", "year": 1975}
NOTE = {"title": "Invented note", "text": "Two lorries were seen.", "author": "Post 3"}


class Sharing:
    """The case, its items, its people; the verbs as the right person takes them unless said otherwise."""

    @remembered
    def __init__(self, *, need_to_know: bool = False) -> None:
        self.owner, self.recipient = agency("KG-MIA"), agency("UZ-MIA")
        self.officer = person(self.owner, Role.OFFICER)
        self.colleague = person(self.owner, Role.OFFICER)
        self.supervisor = person(self.owner, Role.SUPERVISOR)
        self.liaison = person(self.owner, Role.LIAISON)
        self.reader = person(self.recipient, Role.OFFICER)
        self.their_liaison = person(self.recipient, Role.LIAISON)
        members = [self.liaison] if need_to_know else None
        self.case: Case = case(self.officer, self.owner, need_to_know=need_to_know, members=members)
        self.person = self.add("person", PERSON, names=NAMES, documents=[PASSPORT])
        self.firearm = self.add("firearm", FIREARM, marks=[MARK])
        self.note = self.add("note", NOTE)

    def add(self, kind: str, values: dict[str, Any], by: User | None = None, **rows: Any) -> CaseItem:
        """Put an item into the case."""
        return create_item(actor=by or self.officer, case_id=self.case.pk, kind=kind, values=values, rows=rows)

    def edit(self, values: dict[str, Any], *, by: User | None = None, version: int | None = None) -> CaseItem:
        """Change the note; all that is not named stays."""
        return save_item(
            actor=by or self.officer,
            pk=self.note.pk,
            version=row(self.note).version if version is None else version,
            values=NOTE | values,
            rows={},
        )

    def ask(
        self,
        *items: CaseItem,
        by: User | None = None,
        to: Agency | None = None,
        withheld: tuple[str, ...] = (),
        until: date | None = None,
    ) -> Share:
        """Ask that items go, each without the parts withheld; without items: the note."""
        return ask_share(
            actor=by or self.officer,
            case_id=self.case.pk,
            chosen=[Chosen(item.pk, withheld) for item in items or (self.note,)],
            recipient=to or self.recipient,
            purpose="Evidence for the trial.",
            until=until or later(30),
        )

    def again(self, share: Share, *items: CaseItem, by: User | None = None, **more: Any) -> Share:
        """Ask again, for these items or the note."""
        withheld = more.pop("withheld", ())
        given = {"version": fresh(share).version, "purpose": "Evidence, again.", "until": later(20)} | more
        chosen = [Chosen(item.pk, withheld) for item in items or (self.note,)]
        return ask_again(actor=by or self.officer, pk=share.pk, chosen=chosen, **given)

    def decide(self, share: Share, name: str, *, by: User | None = None, **more: Any) -> Share:
        """One step of a share, with a reason where it wants one."""
        asker = name == "cancel"
        given = {"version": fresh(share).version, "reason": "" if name == "approve" else "For a reason."} | more
        return decide_share(actor=by or (self.officer if asker else self.liaison), pk=share.pk, name=name, **given)

    def shared(self, *items: CaseItem, **more: Any) -> Share:
        """Items asked for and approved."""
        return self.decide(self.ask(*items, **more), "approve")

    def page(self, item: CaseItem) -> str:
        """The item's address."""
        return reverse("cases:item", args=[item.case_id, item.pk])


def row(item: CaseItem) -> CaseItem:
    """The item as it stands now."""
    return CaseItem.objects.unscoped("a test looks at the row").get(pk=item.pk)


def fresh(share: Share) -> Share:
    """The share as it stands now."""
    return Share.objects.get(pk=share.pk)


def sees(user: User, item: CaseItem, **more: Any) -> bool:
    """Whether the person sees the item, by both handles of the door."""
    one = CaseItem.objects.visible_to(user, **more).filter(pk=item.pk).exists()
    assert one == (item in CaseItem.objects.newest_visible(user, limit=1000, **more))
    return one


def browser(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def text_of(response: HttpResponse) -> str:
    """The page's text."""
    return response.content.decode()


def frozen(share: Share, item: CaseItem) -> dict[str, Any]:
    """What a share holds of an item for its receiver."""
    return share.share_items.get(item_id=item.pk).content


def token() -> str:
    """The once-only mark of a form."""
    return str(uuid.uuid4())
