"""Freezing what crosses: content as plain data, hashed, numbered within its series."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import CharField, UUIDField

from accounts.kept import Kept
from accounts.models import User
from agencies.models import Agency
from mla.models import AssistanceRequest, InformationRound, RequestItem, RequestVersion
from mla.workflow import EDITABLE, RequestState, Side

Series = RequestVersion.Series
# Where the row speaks, not what was frozen of it: it can be changed, or was thrown away before it left.
WITH_DRAFTERS = EDITABLE | {RequestState.DISCARDED}
SIDE_OF_SERIES = {Series.SUBMITTED: Side.REQUESTING, Series.TRANSMITTED: Side.WIRE, Series.RESPONSE: Side.WIRE}


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that are hashed: sorted keys, UTF-8, no spaces, dates as ISO 8601."""
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder
    ).encode()


def freeze(request: AssistanceRequest, *, series: str, actor: User, content: dict[str, Any]) -> RequestVersion:
    """Save the next version of a series. The caller holds the request's row lock, so numbers do not collide."""
    data = canonical(content)
    return RequestVersion.objects.create(
        request=request,
        series=series,
        number=request.versions.filter(series=series).count() + 1,
        side=SIDE_OF_SERIES[Series(series)],
        content=json.loads(data),
        sha256=hashlib.sha256(data).hexdigest(),
        frozen_by=actor,
    )


LATEST = Kept(
    lambda request, series: RequestVersion.objects.filter(request=request, series=series).order_by("-number")[:1],
    request=UUIDField(),
    series=CharField(),
)


def latest(request: AssistanceRequest, series: str) -> RequestVersion | None:
    """The newest version of a series."""
    return LATEST.first(request=request.pk, series=series)


def letter_content(request: AssistanceRequest) -> dict[str, Any]:
    """What the draft's letter says (UNTOC 18(15), Minsk and Chisinau 7): frozen when it is submitted, and signed."""
    return {
        "reference": request.reference,
        "title": request.title,
        "basis": request.basis,
        "requesting_state": request.requesting_state_id,
        "requested_state": request.requested_state_id,
        "requesting_authority": _named(request.sending_authority),
        "requested_authority": _named(request.receiving_authority),
        "conducted_by": request.conducted_by,
        "case_name": request.case.title,
        "case_number": request.case.proceedings_number,
        "offence": request.offence,
        "statute": request.statute,
        "damage": request.damage,
        "facts": request.facts,
        "purpose": request.purpose,
        "procedure": request.procedure,
        "deadline": request.deadline,
        "deadline_reason": request.deadline_reason,
        "confidential": request.confidential,
        "confidentiality_reason": request.confidentiality_reason,
        "original_required": request.original_required,
        "measures": [
            {
                "number": measure.number,
                "kind": measure.kind,
                "description": measure.description,
                "about": str(measure.about_id) if measure.about_id else None,
                "questions": measure.questions,
                "procedure": measure.procedure,
                "attendance": measure.attendance,
            }
            for measure in request.measures.all()
        ],
        "attachments": crossing_items(request, RequestItem.Role.ATTACHMENT),
        "languages": [
            {
                "item": str(row.item_id),
                "language": row.language,
                "translator": row.translator,
                "certification": row.certification,
            }
            for row in request.language_versions.all()
        ],
        "supplied": [],
    }


def letter_of(request: AssistanceRequest, crossed: RequestVersion | None) -> dict[str, Any]:
    """The letter as it is read: what crossed, before that what was submitted; with its drafters the row itself."""
    frozen = None if request.state in WITH_DRAFTERS else crossed or latest(request, Series.SUBMITTED)
    return frozen.content if frozen else letter_content(request)


def transmitted_content(request: AssistanceRequest, signed: RequestVersion) -> dict[str, Any]:
    """What crosses: the words that were signed, and what is settled only when they leave."""
    return signed.content | {
        "requesting_authority": _named(request.sending_authority),
        "requested_authority": _named(request.receiving_authority),
        "original_required": request.original_required,
    }


def answered_content(sent: RequestVersion, answered: InformationRound) -> dict[str, Any]:
    """What crosses with an answer: the letter as it was last sent, and what was asked and answered now."""
    supplied = [
        {"field": question["field"], "question": question["question"], "answer": answer}
        for question, answer in zip(answered.questions, answered.answers, strict=True)
    ]
    return sent.content | {"supplied": [*sent.content["supplied"], *supplied]}


def response_content(request: AssistanceRequest, covering_note: str) -> dict[str, Any]:
    """What the response says: the covering note and each measure's result."""
    return {
        "reference": request.reference,
        "covering_note": covering_note,
        "results": [
            {"number": measure.number, "result": measure.result, "text": measure.result_text}
            for measure in request.measures.all()
        ],
        "items": crossing_items(request, RequestItem.Role.ANSWER),
    }


def crossing_items(request: AssistanceRequest, role: str) -> list[dict[str, Any]]:
    """The items of one role: reference and kind, and the checksum of the version that crosses.

    Not its number, which tells how often the item was frozen at home.
    """
    rows = request.request_items.filter(role=role).select_related("item", "version")
    return [
        {
            "item": str(row.item_id),
            "case": str(row.item.case_id),
            "reference": row.item.reference,
            "kind": row.item.kind,
            "sha256": row.version.sha256 if row.version else "",
        }
        for row in rows
    ]


def _named(agency: Agency | None) -> dict[str, str] | None:
    return {"code": agency.code, "name_en": agency.name_en, "name_ru": agency.name_ru} if agency else None
