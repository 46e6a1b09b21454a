"""What one reader reads of an item or a share: the owner's present text, or what a share has frozen for them."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, QuerySet, UUIDField
from django.utils import timezone

from accounts.kept import Kept
from accounts.models import User
from agencies.models import Agency
from agencies.standing import Standing
from audit.models import AuditEvent, Outcome
from audit.services import record
from cases.access import Viewer
from cases.items import KINDS, Content, Part, content_of, contents_of, headline, parts_of, second_line
from cases.models import Case, CaseItem, GrantSource, Share, ShareItem
from cases.workflow import LOOK, OPENED, PHASE, ShareState

# Through these a reader is at home in an item's case: sees it, writes in it by role, and reads who sees and reads what.
HOME = frozenset({GrantSource.OWNERSHIP, GrantSource.NAMED})
# Through these they read the present text. The last gives no more than that: of a need-to-know case, to the people of
# the same agency who hold its central authority's roles.
OWN = HOME | {GrantSource.CENTRAL_AUTHORITY}
# The events of a share that was taken back: by a liaison officer, or by a step of its request.
ENDED_BY = ("share.revoke", "share.take_back")
READ_EVENTS = ("item.read", "item.download", "item.damaged")


@dataclass(frozen=True, slots=True)
class Received:
    """What one share shows of an item."""

    share: Share
    content: Content
    parts: list[Part]
    heading: str


@dataclass(slots=True)
class ItemReading:
    """An item as its reader may see it: its `content` in `parts` (the owner's side), or `received`, one for each share.

    `at_home`: the reader sees its case too.
    """

    item: CaseItem
    own: bool
    at_home: bool
    heading: str = ""
    content: Content = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)


def _one(make: Callable[..., QuerySet]) -> Kept:
    """A kept question for one record, as one person sees it at a moment."""
    return Kept(make, person=UUIDField(), now=DateTimeField(), pk=UUIDField())


CASE = _one(
    lambda person, now, pk: (
        Case.objects.visible_to(person, now=now).filter(pk=pk).select_related("owner__state", "created_by")
    )
)
ITEM = _one(
    lambda person, now, pk: (
        CaseItem.objects.visible_to(person, now=now)
        .filter(pk=pk)
        .select_related("owner__state", "created_by", "changed_by")
    )
)
OWN_SHARE = _one(
    lambda person, now, pk: (
        Share.objects.of_own_cases(person, now=now)
        .filter(pk=pk)
        .select_related("owner__state", "recipient__state", "asked_by", "decided_by", "case")
    )
)
OPEN_SHARE = _one(
    lambda person, now, pk: (
        Share.objects.open_to(person, now=now).filter(pk=pk).select_related("owner__state", "recipient__state")
    )
)


def read_case(standing: Standing, pk: uuid.UUID) -> Case:
    """One case that the person sees. Raises Case.DoesNotExist, which pages and programs are told as 404."""
    found: Case = CASE.get(person=standing.user.pk, now=standing.now, pk=pk)
    return found


def read_share(standing: Standing, pk: uuid.UUID) -> tuple[Share, bool]:
    """One share that the person sees, and whether from its owner's side. Raises Share.DoesNotExist."""
    asked = {"person": standing.user.pk, "now": standing.now, "pk": pk}
    own = OWN_SHARE.first(**asked)
    return (own, True) if own else (OPEN_SHARE.get(**asked), False)


def read_item(user: User, standing: Standing, case_pk: uuid.UUID | None, pk: uuid.UUID) -> ItemReading:
    """Fetch one item for its reader. Raises CaseItem.DoesNotExist when it is not visible, or not in the case named."""
    item = ITEM.get(person=user.pk, now=standing.now, pk=pk)
    if case_pk and item.case_id != case_pk:
        raise CaseItem.DoesNotExist
    sources = CaseItem.objects.sources(user, pk, now=standing.now)
    if sources & OWN:
        content = content_of(item)
        at_home = not sources.isdisjoint(HOME)
        said = {"heading": headline(content), "content": content, "parts": parts_of(content)}
        return ItemReading(item=item, own=True, at_home=at_home, **said)
    rows = (
        ShareItem.objects.filter(item=item, approved=True, share__in=Share.objects.open_to(user, now=standing.now))
        .select_related("share__owner__state", "share__recipient")
        .order_by("-share__decided_at")
    )
    received = [Received(row.share, row.content, parts_of(row.content), headline(row.content)) for row in rows]
    if not received:
        # Revoked between the two looks.
        raise CaseItem.DoesNotExist
    return ItemReading(item=item, own=False, at_home=False, received=received, heading=received[0].heading)


def note_reading(reading: ItemReading, standing: Standing, event: str = "item.read", *, always: bool = False) -> None:
    """Another agency's item was shown beyond reference and kind: an event, which its owner can read.

    `always`: also of one's own agency's item, as every download is.
    """
    if always or not reading.own:
        through: dict[str, list[uuid.UUID]] = {} if reading.received else {reading.item.owner.code: []}
        for one in reading.received:
            through.setdefault(one.share.recipient.code, []).append(one.share.pk)
        for code, shares in sorted(through.items()):
            record(
                event,
                actor=standing.user,
                subject_type="item",
                subject_id=reading.item.pk,
                agency=code,
                shares=shares,
            )


@dataclass(slots=True)
class AccessRow:
    """One agency or person that sees an item: through what, until when, how many people."""

    item_id: uuid.UUID
    agency: Agency
    source: str
    share: Share | None
    until: datetime | None
    people: int


def access_of(item: CaseItem, now: datetime) -> list[AccessRow]:
    """Who sees an item now, by agency and source: the owner's to read."""
    rows = _access(CaseItem.objects.viewers(item.pk, now=now))
    return sorted(rows, key=lambda row: (row.agency.pk != item.owner_id, row.agency.code))


def _access(viewers: list[Viewer]) -> list[AccessRow]:
    """What the owner of items may know of those who see them, one row for each way to an item.

    A recipient whom the owner may not know is left out: the agency that stands before it has a row by the same request.
    """
    agencies = Agency.objects.select_related("state").in_bulk({viewer.agency_id for viewer in viewers})
    shares = _shares({viewer.share_id for viewer in viewers if viewer.share_id})
    ways: dict[tuple[Any, ...], set[uuid.UUID]] = defaultdict(set)
    for one in viewers:
        if one.share_id is None or shares[one.share_id].behind is None:
            ways[one.record_id, one.agency_id, one.source, one.share_id, one.until].add(one.person_id)
    return [
        AccessRow(item_id, agencies[agency_id], source, shares.get(share_id), until, len(people))
        for (item_id, agency_id, source, share_id, until), people in ways.items()
    ]


def readers_of(item: CaseItem, limit: int = 50) -> list[dict[str, Any]]:
    """Who was shown an item: a day's readings of one person are one line, newest first.

    What the other side of a request read, its agency read: no person is named, and no agency that is not disclosed.
    """
    found = AuditEvent.objects.filter(subject_type="item", subject_id=item.pk, name__in=READ_EVENTS)
    events = list(found.select_related("actor").order_by("-at")[: limit * 20])
    shares = _shares({pk for event in events for pk in event.facts.get("shares", ())})
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for event in events:
        day = timezone.localtime(event.at).date()
        through = [shares[uuid.UUID(pk)] for pk in event.facts.get("shares", ())]
        person, agency, name = event.actor, event.agency, event.actor.name
        if through and all(share.crossed for share in through):
            known = through[0].behind or through[0].recipient
            person, agency, name = None, known.code, known.name
        line = lines.setdefault(
            (day, person, agency, event.name, event.outcome),
            {
                "day": day,
                "person": person,
                "name": name,
                "agency": agency,
                "event": event,
                "count": 0,
                "last": event.at,
            },
        )
        line["count"] += 1
        line["first"] = event.at
    return list(lines.values())[:limit]


def _shares(ids: set[Any]) -> dict[uuid.UUID, Share]:
    return Share.objects.select_related("owner", "recipient", "behind").in_bulk(ids)


def share_rows(share: Share, user: User, standing: Standing) -> list[dict[str, Any]]:
    """The items of a share as its owner's side decides on them: what will be seen, what stays hidden."""
    rows = list(share.share_items.select_related("version"))
    items = CaseItem.objects.visible_to(user, now=standing.now).in_bulk([row.item_id for row in rows])
    found = []
    for row in rows:
        whole = parts_of(row.version.content)
        found.append(
            {
                "row": row,
                "item": items.get(row.item_id),
                "heading": headline(row.version.content),
                "second": second_line(row.version.content),
                "seen": parts_of(row.content),
                "hidden": [part for part in whole if part.name in row.withheld],
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class SeenAlready:
    """An item of the owner's that an agency sees by another way than the share in question."""

    item: CaseItem
    heading: str
    way: AccessRow


def already_seen(share: Share, user: User, standing: Standing) -> list[SeenAlready]:
    """The items of the case that people of the recipient see already, each with every other way by which they do."""
    items = CaseItem.objects.visible_to(user, now=standing.now).filter(case=share.case).in_bulk()
    rows = _access(CaseItem.objects.viewers(*items, at=share.recipient_id, now=standing.now))
    rows = [row for row in rows if row.share != share]
    contents = contents_of(items[pk] for pk in {row.item_id for row in rows})
    found = [SeenAlready(items[row.item_id], headline(contents[row.item_id]), row) for row in rows]
    return sorted(found, key=lambda one: (one.item.reference, str(one.way.share)))


def share_look(share: Share, now: datetime) -> dict[str, str]:
    """Word, tone and icon of a share's state; its code, and the phase to which it belongs."""
    state = share.state_at(now)
    tone, icon = LOOK[state]
    return {"label": str(state.label), "tone": tone, "icon": icon, "code": state.value, "phase": PHASE[state]}


def revocation_of(share: Share) -> AuditEvent | None:
    """Who revoked a share and when, for its owner's side, to whom alone it is open then: the audit log has kept it.

    None of what the other side of a request took back: who did so there, and when, is that side's own.
    """
    return revocations_of([share]).get(share.pk)


def revocations_of(shares: list[Share]) -> dict[uuid.UUID, AuditEvent]:
    """The same of several by their ids; one query, or none."""
    revoked = [share.pk for share in shares if share.state == ShareState.REVOKED and not share.crossed]
    if not revoked:
        return {}
    done = AuditEvent.objects.filter(subject_type="share", subject_id__in=revoked, outcome=Outcome.DONE)
    found = done.filter(name__in=ENDED_BY).select_related("actor").order_by("at", "pk")
    return {event.subject_id: event for event in found}


def kinds_in(shares: list[Share]) -> dict[uuid.UUID, str]:
    """What shares are about, in words that a list may show: how many items of each kind. One query."""
    found: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    rows = ShareItem.objects.filter(share__in=shares).values_list("share", "share__state", "approved", "item__kind")
    for share, state, approved, kind in rows:
        found[share][kind] += approved or state not in OPENED
    return {
        share: ", ".join(f"{CaseItem.Kind(kind).label}: {numbers[kind]}" for kind in KINDS if numbers[kind])
        for share, numbers in found.items()
    }
