"""What a request must contain before it may be submitted: one readable table, each point with its article."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mla.models import AssistanceRequest, Measure


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a request must say: the field that says it, the article that asks for it, the words of the gap."""

    field: str
    article: str
    message: str | Promise


POINTS = (
    Point("title", "UNTOC 18(15)(b)", _("Say in a few words what the request is about.")),
    Point("basis", "Minsk 7; Chisinau 7", _("Choose the treaty, or reciprocity.")),
    Point("conducted_by", "UNTOC 18(15)(b)", _("Name the authority that conducts the proceedings, and its functions.")),
    Point("offence", "Minsk 7; Chisinau 7", _("Describe the offence and its legal qualification.")),
    Point("facts", "UNTOC 18(15)(c)", _("Summarise the facts.")),
    Point("purpose", "UNTOC 18(15)(f)", _("Say for what purpose the assistance is sought.")),
    Point("measures", "UNTOC 18(15)(d)", _("Name at least one measure and describe what is sought.")),
    Point("deadline_reason", "UNTOC 18(24)", _("Give the reason for the deadline: without one it does not bind.")),
)


def gaps(request: AssistanceRequest) -> list[Point]:
    """The points that the draft does not meet. Facts may be missing when all that is asked is service: 18(15)(c)."""
    measures = list(request.measures.all())
    only_service = bool(measures) and all(measure.kind == Measure.Kind.SERVICE for measure in measures)
    met = {
        "measures": bool(measures),
        "facts": bool(request.facts.strip()) or only_service,
        "deadline_reason": request.deadline is None or bool(request.deadline_reason.strip()),
    }
    return [point for point in POINTS if not met.get(point.field, bool(str(getattr(request, point.field, "")).strip()))]
