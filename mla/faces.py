"""Writes the two faces of a request (mla.models.RequestFace), in the transaction of each change.

The requesting side's face is made of the working row and of the response that came; the requested side's of what was
transmitted and of its own results. Neither holds a domestic step or word of the other.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import transaction

from cases.indexing import Texts
from cases.models import Case
from mla.models import AssistanceRequest, RequestFace, RequestVersion
from mla.policies import Bodies, bodies_of, holder
from mla.versions import latest, letter_content
from mla.workflow import Side, shown_state

Series = RequestVersion.Series
BATCH = 100
# Of a letter: what is a name, one whole number, and text.
NAMES = ("title", "case_name")
NUMBERS = ("reference", "case_number")
TEXTS = ("conducted_by", "offence", "facts", "purpose", "deadline_reason")
WRITTEN = ("own_state", "other_state", "state", "holder", "basis", "deadline", "words", "names")


def index_request(request: AssistanceRequest, bodies: Bodies | None = None) -> None:
    """Write anew what each side can filter and search. The caller holds the request's lock, or has just made it."""
    write(_faces(request, bodies or bodies_of(request)))


def index_requests_of(case: Case) -> None:
    """The case's name and number stand in its requests' letters: write their faces anew."""
    requests = AssistanceRequest.objects.unscoped("a case's name stands in the letters of its requests")
    for request in _whole(requests.filter(case=case)):
        index_request(request)


def write(faces: Iterable[RequestFace]) -> None:
    """Put these faces in the place of those before."""
    RequestFace.objects.bulk_create(
        faces, update_conflicts=True, unique_fields=["request", "side"], update_fields=WRITTEN
    )


def reindex(*, write_them: bool = True) -> int:
    """Compare all faces with what they are made of, and write those that differ; return how many did."""
    requests = AssistanceRequest.objects.unscoped("the search index is made of every request")
    ids = list(requests.values_list("pk", flat=True))
    differ = 0
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            differ += _reindex(ids[start : start + BATCH], write_them=write_them)
    return differ


def _reindex(ids: list[Any], *, write_them: bool) -> int:
    requests = AssistanceRequest.objects.unscoped("the search index is made of every request").filter(pk__in=ids)
    due = [face for one in _whole(requests.select_for_update(of=("self",))) for face in _faces(one, bodies_of(one))]
    held = {(face.request_id, face.side): face for face in RequestFace.objects.filter(request__in=ids).defer("vector")}
    names = [RequestFace._meta.get_field(name).attname for name in WRITTEN]
    wrong = []
    for face in due:
        other = held.get((face.request_id, face.side))
        if other is None or any(getattr(face, name) != getattr(other, name) for name in names):
            wrong.append(face)
    if write_them:
        write(wrong)
    return len(wrong)


def _whole(requests: Any) -> Any:
    return requests.select_related("case", "drafting_agency", "sending_authority", "receiving_authority")


def _faces(request: AssistanceRequest, bodies: Bodies) -> Iterator[RequestFace]:
    response = latest(request, Series.RESPONSE)
    words = _letter(letter_content(request))
    for one in request.rounds.all():
        words.texts += [*(question["question"] for question in one.questions), *one.answers]
    results = response.content["results"] if response else []
    words.texts += [row["text"] for row in results]
    yield _face(request, bodies, Side.REQUESTING, words, response, request.basis, request.deadline)

    crossed = latest(request, Series.TRANSMITTED)
    if crossed is None:
        return
    words = _letter(crossed.content)
    for one in request.rounds.all():
        words.texts += [question["question"] for question in one.questions]
    words.texts += [measure.result_text for measure in request.measures.all()]
    day = crossed.content["deadline"]
    deadline = date.fromisoformat(day) if day else None
    yield _face(request, bodies, Side.REQUESTED, words, response, crossed.content["basis"], deadline)


def _face(
    request: AssistanceRequest,
    bodies: Bodies,
    side: Side,
    words: Texts,
    response: RequestVersion | None,
    basis: str,
    deadline: date | None,
) -> RequestFace:
    words.numbers += [row.number for row in request.numbers.all()]
    if response:
        words.texts.append(response.content["covering_note"])
    states = (request.requesting_state_id, request.requested_state_id)
    own, other = states if side == Side.REQUESTING else states[::-1]
    held_by = holder(bodies, side)
    return RequestFace(
        request=request,
        side=side,
        own_state_id=own,
        other_state_id=other,
        state=shown_state(request.state, side),
        holder_id=held_by[1].pk if held_by else None,
        basis=basis,
        deadline=deadline,
        sort_at=request.created_at,
        **words.keys(),
    )


def _letter(content: dict[str, Any]) -> Texts:
    """What is searched of a letter, drafted or transmitted."""
    return Texts(
        names=[content[name] for name in NAMES],
        numbers=[content[name] for name in NUMBERS],
        texts=[
            *(content[name] for name in TEXTS),
            *(measure[name] for measure in content["measures"] for name in ("description", "procedure")),
            *(row[name] for row in content["supplied"] for name in ("question", "answer")),
            *(row["reference"] for row in content["attachments"]),
        ],
    )
