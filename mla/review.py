"""Review: what a supervisor ticks off, and the comments at fields that a returned draft carries.

Domestic steps of the requesting side; the other side sees none of this.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mla.models import AssistanceRequest, FieldComment, Measure, RequestEvent, RequestVersion
from mla.versions import canonical, latest, letter_content

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


def comments_of(request: AssistanceRequest) -> list[FieldComment]:
    """The comments of the last return, each with `dealt_with`: its field was changed since, or it was answered."""
    last = request.comments.order_by("-event__at").values_list("event", flat=True)[:1]
    found = list(request.comments.filter(event__in=last).select_related("event__actor"))
    if not found:
        return []
    version = latest(request, RequestVersion.Series.SUBMITTED)
    before, now = (version.content if version else {}), letter_content(request)
    for comment in found:
        changed = canonical({"": before.get(comment.field)}) != canonical({"": now.get(comment.field)})
        comment.dealt_with = changed or bool(comment.answer)
    return found


def open_comments(request: AssistanceRequest) -> list[FieldComment]:
    """Comments that are neither answered nor met by a change."""
    return [comment for comment in comments_of(request) if not comment.dealt_with]
