"""What an export holds, as plain data: what its asker reads now for the agency, and what the agency owns.

Everything is read through the door, portion by portion, as the pages read it: a right that ends while the file is
made ends what comes after. docs/export.md describes the fields.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from agencies.models import Agency, Treaty
from agencies.standing import Standing, standing_of
from cases.items import contents_of, headline
from cases.models import Case, CaseItem, Document, Share
from mla.models import Assignment, AssistanceRequest, FieldComment, PaperRequest, RequestVersion, Signature
from mla.reading import Reading, note_reading, read
from mla.workflow import Side

Data = dict[str, Any]
PORTION = 50


@dataclass(slots=True)
class Entry:
    """One JSON file of the export, and its line in the index."""

    path: str
    data: Data
    kind: str
    title: str
    # The case in which it stands, for the index.
    case: str = ""
    # A document's stored file, and where it goes.
    document: Document | None = None

    @property
    def row(self) -> list[str]:
        """Its line in the index."""
        reference, created_at = self.data["reference"] or "", self.data["created_at"] or ""
        return [self.kind, reference, self.case, self.title, created_at, self.path]


@dataclass(slots=True)
class Source:
    """What one person reads for one agency."""

    asker: User
    agency: Agency
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        self.look_again()

    def look_again(self) -> None:
        """The moment of reading is now."""
        self.standing = standing_of(self.asker)

    # --- which -------------------------------------------------------------------------------------------------------

    @property
    def cases(self) -> QuerySet:
        """The agency's cases that the asker sees: need-to-know ones only where they are named."""
        seen = Case.objects.visible_to(self.asker, now=self.standing.now)
        return seen.filter(owner=self.agency).order_by("created_at", "pk")

    @property
    def items(self) -> QuerySet:
        """The items of these cases."""
        seen = CaseItem.objects.visible_to(self.asker, now=self.standing.now)
        return seen.filter(owner=self.agency, case__in=self.cases.values("pk")).order_by("created_at", "pk")

    @property
    def requests(self) -> QuerySet:
        """Requests in which the agency has a part, as a side reads them; not those of its need-to-know cases that stay
        closed to the asker. By reference: the order in which drafts were begun is the other side's own."""
        part = Q(drafting_agency=self.agency) | Q(sending_authority=self.agency) | Q(receiving_authority=self.agency)
        executes = Q(pk__in=Assignment.objects.filter(agency=self.agency, ended_at=None).values("request"))
        closed = Q(case__owner=self.agency, case__need_to_know=True) & ~Q(case__in=self.cases.values("pk"))
        seen = AssistanceRequest.objects.visible_to(self.asker, now=self.standing.now)
        return seen.filter(part | executes).exclude(closed).order_by("reference")

    @property
    def papers(self) -> QuerySet:
        """Requests on paper in the agency's journal."""
        seen = PaperRequest.objects.visible_to(self.asker, self.standing.now)
        return seen.filter(owner=self.agency).order_by("created_at", "pk")

    def ids(self, records: QuerySet) -> list[uuid.UUID]:
        """The ids of all of them, in their order."""
        return list(records.values_list("pk", flat=True))

    # --- what --------------------------------------------------------------------------------------------------------

    def case_entries(self, ids: list[uuid.UUID]) -> Iterator[Entry]:
        """A portion of cases."""
        self.look_again()
        found = self.cases.filter(pk__in=ids).select_related("created_by").prefetch_related("members__person")
        items, requests = _by_case(self.items, ids), _by_case(self.requests, ids)
        shares: dict[uuid.UUID, list[Data]] = {}
        for share in self._shares(ids):
            shares.setdefault(share.case_id, []).append(_share(share))
        for case in found:
            data = {
                "reference": case.reference,
                "id": case.pk,
                "title": case.title,
                "proceedings_number": case.proceedings_number,
                "offences": case.offences,
                "need_to_know": case.need_to_know,
                "named_people": [
                    {"name": one.person.name, "named_at": _time(one.named_at)} for one in case.members.all()
                ],
                "created_at": _time(case.created_at),
                "created_by": case.created_by.name,
                "version": case.version,
                "items": items.get(case.pk, []),
                "requests": requests.get(case.pk, []),
                "shares": shares.get(case.pk, []),
            }
            yield Entry(f"cases/{case.reference}.json", data, "case", case.title)

    def item_entries(self, ids: list[uuid.UUID]) -> Iterator[Entry]:
        """A portion of items."""
        self.look_again()
        found = self.items.filter(pk__in=ids).select_related("case", "created_by").prefetch_related("versions")
        items = list(found)
        contents = contents_of(items)
        documents = Document.objects.filter(item__in=[item.pk for item in items]).select_related("file").in_bulk()
        for item in items:
            document = documents.get(item.pk)
            data = {
                "reference": item.reference,
                "id": item.pk,
                "case": item.case.reference,
                "kind": item.kind,
                "created_at": _time(item.created_at),
                "created_by": item.created_by.name,
                "version": item.version,
                "content": contents[item.pk],
                "file": file_path(item, document) if document else None,
                "versions": [
                    {
                        "number": version.number,
                        "frozen_at": _time(version.frozen_at),
                        "sha256": version.sha256,
                        "content": version.content,
                    }
                    for version in item.versions.all()
                ],
            }
            path = f"items/{item.reference}.json"
            yield Entry(path, data, "item", headline(contents[item.pk]), item.case.reference, document)

    def request_entries(self, ids: list[uuid.UUID]) -> Iterator[Entry]:
        """A portion of requests, each read as its page reads it."""
        self.look_again()
        own = dict(self.cases.filter(requests__in=ids).values_list("pk", "reference"))
        for pk in self.ids(self.requests.filter(pk__in=ids)):
            try:
                reading = read(self.asker, self.standing, pk)
            except AssistanceRequest.DoesNotExist:
                continue
            # Another agency's request goes into a file: the same event as when it is shown.
            note_reading(reading)
            case = own.get(reading.request.case_id, "")
            drafts = reading.request.drafting_agency_id == self.agency.pk
            data = _request(reading, case, drafts=drafts) | {"draft": self._draft(reading.request) if drafts else None}
            yield Entry(f"requests/{reading.request.reference}.json", data, "request", reading.content["title"], case)

    def paper_entries(self, ids: list[uuid.UUID]) -> Iterator[Entry]:
        """A portion of requests on paper, each with its line of the journal."""
        self.look_again()
        found = self.papers.filter(pk__in=ids).select_related("line", "created_by", "changed_by")
        for paper in found:
            yield Entry(f"papers/{paper.pk}.json", _paper(paper), "paper", paper.subject)

    def _draft(self, request: AssistanceRequest) -> Data:
        """How the draft came about: of the drafting agency alone, not even of its own side's central authority."""
        seen = AssistanceRequest.objects.visible_to(self.asker, now=self.standing.now)
        copied = seen.filter(pk=request.copied_from_id).values_list("reference", flat=True).first()
        return {
            "basis_reason": request.basis_reason,
            "copied_from": copied,
            "authors": [
                {"name": one.person.name, "since": _time(one.since)}
                for one in request.authors.select_related("person").order_by("since", "pk")
            ],
            "steps": [
                {
                    "step": one.name,
                    "version": one.version,
                    "saved_at": _time(one.saved_at),
                    "saved_by": one.saved_by.name,
                }
                for one in request.draft_steps.select_related("saved_by").order_by("saved_at", "pk")
            ],
            "gaps": [
                {"point": one.point, "reason": one.reason, "by": one.by.name, "at": _time(one.at)}
                for one in request.gap_reasons.select_related("by").order_by("point")
            ],
            "comments": [_comment(one) for one in request.comments.select_related("event__actor", "answered_by")],
        }

    def _shares(self, case_ids: list[uuid.UUID]) -> QuerySet:
        found = Share.objects.of_own_cases(self.asker, now=self.standing.now).filter(case__in=case_ids)
        return found.select_related("recipient", "asked_by", "decided_by").prefetch_related(
            "share_items__version", "share_items__item"
        )


def treaties(codes: Iterable[str]) -> list[Data]:
    """The treaties on which requests rest, as the portal's table has them."""
    return [
        {
            "code": one.code,
            "name_en": one.name_en,
            "name_ru": one.name_ru,
            "title_en": one.title_en,
            "title_ru": one.title_ru,
            "signed": one.signed,
            "in_force": one.in_force,
            "verified": one.verified,
            "source": one.source,
        }
        for one in Treaty.objects.filter(pk__in=codes).order_by("pk")
    ]


def file_path(item: CaseItem, document: Document) -> str:
    """Where a document's file goes: by its reference; its own name stands in the item's content."""
    return f"files/{item.reference}{PurePosixPath(document.name).suffix.lower()}"


def _by_case(records: QuerySet, case_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    rows = records.filter(case__in=case_ids).values_list("case_id", "reference")
    for case_id, reference in rows:
        found.setdefault(case_id, []).append(reference)
    return found


def _share(share: Share) -> Data:
    return {
        "reference": share.reference,
        "recipient": share.recipient.code,
        "purpose": share.purpose,
        "state": share.state,
        "until": share.until,
        "with_request": share.via_reference,
        "asked_at": _time(share.asked_at),
        "asked_by": share.asked_by.name,
        "decided_at": _time(share.decided_at),
        "decided_by": share.decided_by.name if share.decided_by else None,
        "note": share.note,
        "items": [
            {
                "item": row.item.reference,
                "version": row.version.number,
                "withheld": row.withheld,
                "approved": row.approved,
                "sha256": row.sha256,
            }
            for row in share.share_items.all()
        ],
    }


def _request(reading: Reading, case: str, *, drafts: bool) -> Data:
    request, requesting = reading.request, reading.side == Side.REQUESTING
    assignment = reading.bodies.assignment if not requesting else None
    return {
        "reference": request.reference,
        "id": request.pk,
        "side": reading.side,
        "state": reading.state,
        "case": case or None,
        # The other side does not learn when the draft was begun.
        "created_at": _time(request.created_at) if requesting else None,
        "letter": reading.content,
        "executing_agency": reading.executing_agency.code if reading.executing_agency else None,
        "target_date": assignment.target_date if assignment else None,
        "results": [
            {"number": number, "result": result, "text": text}
            for number, (result, text) in sorted(reading.results.items())
        ],
        "answer_items": [{name: row[name] for name in ("reference", "kind", "sha256")} for row in reading.answer_items],
        "outcome": request.outcome if requesting else None,
        "feedback": request.feedback if requesting else None,
        "numbers": [
            {"agency": one.agency.code, "direction": one.direction, "number": one.number, "date": one.date}
            for one in request.numbers.select_related("agency")
        ],
        "questions": [
            {
                "due": one["due"],
                "open": one["open"],
                "rows": [{name: row[name] for name in ("question", "answer")} for row in one["rows"]],
            }
            for one in reading.rounds
        ],
        "events": [
            {
                "at": _time(row["event"].at),
                "step": row["event"].name,
                "side": row["side"],
                "private": row["private"],
                "who": row["who"],
                "from": row["event"].from_state,
                "to": row["event"].to_state,
                "text": row["text"],
                "sha256": row["event"].content_sha256,
                "ticks": row["event"].ticks,
            }
            for row in reading.timeline
        ],
        "versions": [_version(version) for version in _versions(reading, drafts=drafts)],
    }


def _comment(comment: FieldComment) -> Data:
    return {
        "at": _time(comment.event.at),
        "by": comment.event.actor.name,
        "field": comment.field,
        "text": comment.text,
        "answer": comment.answer,
        "answered_by": comment.answered_by.name if comment.answered_by else None,
    }


def _paper(paper: PaperRequest) -> Data:
    return {
        # The portal's own number; a request on paper has none.
        "reference": None,
        "id": paper.pk,
        "direction": paper.line.direction,
        "number": paper.line.number,
        "date": paper.line.date,
        "their_number": paper.their_number,
        "their_date": paper.their_date,
        "other_state": paper.line.other_state,
        "authority": paper.authority,
        "subject": paper.subject,
        "crossed_on": paper.crossed_on,
        "answer_due": paper.answer_due,
        "answered_on": paper.answered_on,
        "closed_on": paper.closed_on,
        "remark": paper.remark,
        "voided_at": _time(paper.voided_at),
        "void_reason": paper.void_reason,
        "created_at": _time(paper.created_at),
        "created_by": paper.created_by.name,
        "changed_at": _time(paper.changed_at),
        "changed_by": paper.changed_by.name,
        "version": paper.version,
    }


def _versions(reading: Reading, *, drafts: bool) -> list[RequestVersion]:
    """The frozen versions that the agency reads: of those submitted for review all belong to its drafters alone.

    The central authority reads the newest one. What was returned before it came there is not its own to keep.
    """
    found = list(reading.request.versions.seen_by(reading.side).select_related("signature__signatory"))
    submitted = [one for one in found if one.series == RequestVersion.Series.SUBMITTED]
    return [one for one in found if drafts or one not in submitted[:-1]]


def _version(version: RequestVersion) -> Data:
    signature = _signature(version)
    return {
        "series": version.series,
        "number": version.number,
        "frozen_at": _time(version.frozen_at),
        "sha256": version.sha256,
        "content": version.content,
        # Only a version of one's own side is signed: see mla/effects.py.
        "signed_by": signature.signatory.name if signature else None,
        "signed_at": _time(signature.at) if signature else None,
    }


def _signature(version: RequestVersion) -> Signature | None:
    return getattr(version, "signature", None)


def _time(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
