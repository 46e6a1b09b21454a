"""Writes the two faces of a request (mla.models.RequestFace), in the transaction of each change.

Each is made of what its side reads (mla/reading.py): the requesting one of its letter, its answers and the response
that came; the requested one of the letter that crossed and its own results. Neither holds a domestic step or word of
the other.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases.indexing import Texts
from cases.models import Case
from mla.due import day_due
from mla.models import AssistanceRequest, RequestFace, RequestVersion
from mla.policies import Bodies, bodies_of, holder
from mla.versions import WITH_DRAFTERS, latest, letter_of
from mla.workflow import Side, shown_state

Letter = dict[str, Any]
Series = RequestVersion.Series
BATCH = 100
# Of a letter: what is a name, one whole number, and text.
NAMES = ("title", "case_name")
NUMBERS = ("reference", "case_number")
TEXTS = (
    *("conducted_by", "offence", "statute", "damage", "facts", "purpose", "procedure"),
    *("deadline_reason", "confidentiality_reason"),
)
ROWS = {
    "measures": ("description", "questions", "procedure"),
    "attachments": ("reference",),
    "languages": ("translator", "certification"),
    "supplied": ("question", "answer"),
}
WRITTEN = ("own_state", "other_state", "state", "holder", "basis", "deadline", "sort_at", "words", "names")


def index_request(request: AssistanceRequest, bodies: Bodies | None = None) -> None:
    """Write anew what each side can filter and search. The caller holds the request's lock, or has just made it."""
    write(_faces(request, bodies or bodies_of(request)))


def index_requests_of(case: Case) -> None:
    """The case's name and number stand in the letters of its drafts: write their faces anew."""
    drafts = AssistanceRequest.objects.unscoped("a case's name stands in the letters of its drafts")
    # The case is locked, so that none may be waited for; whoever holds one writes its face.
    locked = drafts.filter(case=case, state__in=WITH_DRAFTERS).select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )
    for request in _whole(locked):
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
    locked = _whole(requests.order_by("pk").select_for_update(of=("self",), no_key=True))
    due = [face for one in locked for face in _faces(one, bodies_of(one))]
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
    crossed, response = latest(request, Series.TRANSMITTED), latest(request, Series.RESPONSE)
    letter, rounds = letter_of(request, crossed), list(request.rounds.all())
    numbers = list(request.numbers.values_list("number", flat=True))
    known = [question["question"] for one in rounds for question in one.questions]
    if response:
        known.append(response.content["covering_note"])

    answers = [answer for one in rounds for answer in one.answers]
    results = [row["text"] for row in response.content["results"]] if response else []
    texts = _texts(letter, numbers, [*known, *answers, *results])
    yield _face(request, bodies, Side.REQUESTING, letter, texts, request.created_at)
    if crossed:
        # Answers that were sent stand in the letter. When it came, and not when it was begun.
        results = list(request.measures.values_list("result_text", flat=True))
        first = crossed if crossed.number == 1 else request.versions.get(series=Series.TRANSMITTED, number=1)
        texts = _texts(letter, numbers, [*known, *results])
        yield _face(request, bodies, Side.REQUESTED, letter, texts, first.frozen_at)


def _face(
    request: AssistanceRequest, bodies: Bodies, side: Side, letter: Letter, texts: Texts, sort_at: datetime
) -> RequestFace:
    states = (request.requesting_state_id, request.requested_state_id)
    own, other = states if side == Side.REQUESTING else states[::-1]
    held_by = holder(bodies, side)
    day, asked = letter["deadline"], next((one.due for one in request.rounds.all() if one.sent_at is None), None)
    deadline = date.fromisoformat(day) if isinstance(day, str) and day else day or None
    return RequestFace(
        request=request,
        side=side,
        own_state_id=own,
        other_state_id=other,
        state=shown_state(request.state, side),
        holder_id=held_by.pk if held_by else None,
        basis=letter["basis"],
        deadline=day_due(request.state, deadline, asked),
        sort_at=sort_at,
        **texts.keys(),
    )


def _texts(letter: Letter, numbers: list[str], more: list[str]) -> Texts:
    """What is searched of a letter, and more. One that was frozen long ago may lack what letters say today."""
    return Texts(
        names=[letter[name] for name in NAMES],
        numbers=[*(letter[name] for name in NUMBERS), *numbers],
        texts=[
            *(letter.get(name, "") for name in TEXTS),
            *(row.get(name, "") for part, names in ROWS.items() for row in letter.get(part, ()) for name in names),
            *more,
        ],
    )
