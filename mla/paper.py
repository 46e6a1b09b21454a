"""A request on paper: the letter as its reader's side may read it, with what the attached records say."""

from dataclasses import dataclass
from typing import Any

from audit.services import record
from cases.items import Part, contents_of, headline, parts_of
from cases.models import CaseItem, Share, ShareItem
from mla.models import LanguageVersion, RequestItem
from mla.reading import Reading
from mla.workflow import Side


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One attached record: how it is listed, and what this reader may read of it. Without parts: by reference only."""

    row: dict[str, Any]
    heading: str
    parts: list[Part]
    language: str


def items_on_paper(reading: Reading) -> list[PaperItem]:
    """The attachments in the letter's order, each with what it says to this reader."""
    contents = _frozen(reading) if reading.side == Side.REQUESTING else _received(reading)
    languages = {
        row["item"]: f"{LanguageVersion.Language(row['language']).label}, {row['translator']}, {row['certification']}"
        for row in reading.content.get("languages", [])
    }
    found = []
    for row in reading.attachments:
        content = contents.get(row["item"])
        found.append(
            PaperItem(
                row=row,
                heading=headline(content) if content else "",
                parts=parts_of(content) if content else [],
                language=languages.get(row["item"], "").strip(", "),
            )
        )
    return found


def note_print(reading: Reading) -> None:
    """A request was laid out for paper: an event, of one's own side's too, because paper leaves the portal."""
    agency = reading.standing.home
    code = agency.code if agency else ""
    actor, request = reading.standing.user, reading.request
    record("request.print", actor=actor, subject_type="request", subject_id=request.pk, agency=code)
    if reading.side == Side.REQUESTED:
        for row in reading.attachments:
            record("item.read", actor=actor, subject_type="item", subject_id=row["item"], agency=code)


def _frozen(reading: Reading) -> dict[str, Any]:
    """On the requesting side: the version that is frozen with the request, or, of a draft, the present text."""
    rows = reading.request.request_items.filter(role=RequestItem.Role.ATTACHMENT).select_related("version")
    versions = {row.item_id: row.version for row in rows}
    visible = CaseItem.objects.visible_to(reading.standing.user, now=reading.standing.now).filter(pk__in=versions)
    items = list(visible)
    present = contents_of([item for item in items if versions[item.pk] is None])
    return {str(item.pk): version.content if (version := versions[item.pk]) else present[item.pk] for item in items}


def _received(reading: Reading) -> dict[str, Any]:
    """On the requested side: what the shares of this request show, while they are open."""
    shares = Share.objects.open_to(reading.standing.user, now=reading.standing.now)
    rows = ShareItem.objects.filter(
        approved=True, share__in=shares, share__via_request=reading.request.pk, item__in=_ids(reading)
    )
    return {str(row.item_id): row.content for row in rows}


def _ids(reading: Reading) -> list[str]:
    return [row["item"] for row in reading.attachments]
