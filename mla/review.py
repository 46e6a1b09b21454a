"""Review: what a supervisor ticks off, and the comments at fields that a returned draft carries.

Domestic steps of the requesting side; the other side sees none of this.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.standing import Standing
from mla.models import AssistanceRequest, FieldComment, Measure, RequestEvent, RequestVersion
from mla.versions import canonical, letter_content

Kind = Measure.Kind
# Measures that may touch rights and need a sanction of prosecutor or court (Minsk and Chisinau 80; domestic law).
COERCIVE = frozenset({Kind.SEARCH, Kind.DETAINED_TRANSFER})
# The parts of the letter at which a comment can stand.
COMMENTED = (
    "title",
    "basis",
    "conducted_by",
    "offence",
    "statute",
    "damage",
    "facts",
    "measures",
    "purpose",
    "procedure",
    "deadline",
    "confidential",
    "attachments",
    "languages",
)
# An answer that says nothing is none: the form and the service say so alike.
NO_ANSWER = _("Write the answer, or change the field.")


@dataclass(frozen=True, slots=True)
class Tick:
    """One point of the reviewer's list, and the rule that it comes from."""

    code: str
    words: str | Promise
    source: str
    coercive_only: bool = False


TICKS = (
    Tick("lawful", _("The measures asked for would be lawful at home in such a case"), "domestic"),
    Tick("proportionate", _("They are proportionate to the offence"), "domestic"),
    Tick("grounds", _("The facts show why what is sought is to be found there"), "UNTOC 18(15)(c)"),
    Tick("persons", _("Nobody is named who does not matter to the case"), "house"),
    Tick("authorised", _("The sanction of prosecutor or court is there and attached"), "domestic", coercive_only=True),
)


def ticks_for(request: AssistanceRequest) -> tuple[Tick, ...]:
    """The points of the list for this request: a sanction only where a measure needs one."""
    coercive = request.measures.filter(kind__in=COERCIVE).exists()
    return tuple(tick for tick in TICKS if coercive or not tick.coercive_only)


def write_comments(request: AssistanceRequest, event: RequestEvent, comments: list[dict[str, str]]) -> None:
    """Keep the comments of a reviewer who returned the draft."""
    FieldComment.objects.bulk_create(
        [FieldComment(request=request, event=event, field=one["field"], text=one["text"]) for one in comments]
    )


@dataclass(frozen=True, slots=True)
class Review:
    """A return of the draft that said something at fields: the step, and its comments in the order of the letter."""

    event: RequestEvent
    comments: list[FieldComment]


def reviews_of(request: AssistanceRequest) -> list[Review]:
    """Every return with comments, newest first; each comment knows whether its field was `changed` since.

    What was returned is compared with what was submitted next, and with the draft itself while there is no such.
    """
    said: dict[RequestEvent, list[FieldComment]] = {}
    rows = request.comments.select_related("event__actor", "answered_by")
    for comment in sorted(rows, key=lambda one: COMMENTED.index(one.field)):
        said.setdefault(comment.event, []).append(comment)
    if not said:
        return []
    versions = list(request.versions.filter(series=RequestVersion.Series.SUBMITTED).order_by("number"))
    for event, comments in said.items():
        before, after = _around(request, versions, event)
        for comment in comments:
            comment.changed = _differs(before, after, comment.field)
    newest_first = sorted(said, key=lambda event: event.at, reverse=True)
    return [Review(event, said[event]) for event in newest_first]


def reviews_for(request: AssistanceRequest, standing: Standing) -> list[Review]:
    """What a reader of the requesting side sees of them: who drafts, all; who sends, what their own agency returned."""
    own = {agency.pk for agency in standing.case_agencies}
    found = reviews_of(request)
    return found if request.drafting_agency_id in own else [one for one in found if one.event.actor_agency_id in own]


def open_comments(request: AssistanceRequest) -> list[FieldComment]:
    """Comments of the last return that are neither answered nor met by a change."""
    return [comment for review in reviews_of(request)[:1] for comment in review.comments if not comment.dealt_with]


def _around(
    request: AssistanceRequest, versions: list[RequestVersion], event: RequestEvent
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the letter said when it was returned, and what it said after that."""
    before = [one for one in versions if one.frozen_at <= event.at]
    after = versions[len(before) :]
    return (
        before[-1].content if before else {},
        after[0].content if after else letter_content(request),
    )


def _differs(before: dict[str, Any], after: dict[str, Any], field: str) -> bool:
    return canonical({"": before.get(field)}) != canonical({"": after.get(field)})
