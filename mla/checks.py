"""Is a draft whole? Each point of `mla/contents.py` held against the draft, with the article of the basis chosen.

A hard gap blocks submission. A soft one wants an answer or a reason. What only another treaty asks is recommended.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.items import contents_of, headline
from cases.models import CaseItem
from mla.contents import BY_CODE, POINTS, ContentPoint, article_of, is_required, recommended_by
from mla.directory import receiving_authorities
from mla.drafting import step_of
from mla.models import AssistanceRequest, Measure, RequestItem

Kind = CaseItem.Kind
# How an article's treaty is called in a line.
SHORT = {
    "chisinau-2002": gettext_lazy("Chisinau"),
    "minsk-1993": gettext_lazy("Minsk"),
    "untoc": gettext_lazy("UNTOC"),
    "uncac": gettext_lazy("UNCAC"),
}
# What a person's record should say (Minsk and Chisinau 7, UNTOC 18(15)(e)), by the words of its gap.
IDENTITY: dict[str, str | Promise] = {
    "born": gettext_lazy("date of birth"),
    "place_of_birth": gettext_lazy("place of birth"),
    "citizenships": gettext_lazy("citizenships"),
    "residence": gettext_lazy("residence"),
    "occupation": gettext_lazy("occupation"),
    "procedural_status": gettext_lazy("procedural status"),
}
ENTITY: dict[str, str | Promise] = {
    "address": gettext_lazy("legal address"),
    "bank_details": gettext_lazy("bank details"),
    "tax_number": gettext_lazy("tax number"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One point held against one draft, or against one person, organisation or measure of it."""

    # The point's code; behind a colon the item or measure that it is about. Reasons are kept under it.
    point: str
    code: str
    field: str
    label: str
    message: str
    article: str
    basis: str
    hard: bool
    recommended: bool
    met: bool
    # What else asks for it than a treaty: the law of the requesting state.
    law: str = ""
    reason: str = ""

    @property
    def rule(self) -> str:
        """Where it comes from: the treaty by its short name with the article, a law, or the house."""
        if self.article:
            return f"{SHORT.get(self.basis, self.basis)} {self.article}"
        return self.law or _("house rule")

    @property
    def step(self) -> str:
        """The step in which it is mended."""
        return step_of(self.field)

    @property
    def wants_reason(self) -> bool:
        """Whether a reason can stand in its place."""
        return not self.met and not self.hard

    @property
    def is_open(self) -> bool:
        """Whether it still keeps the draft from review. A recommendation never does."""
        return not self.met and not (self.wants_reason and (self.reason or self.recommended))


@dataclass(slots=True)
class Draft:
    """What the points ask about, read once."""

    request: AssistanceRequest
    measures: list[Measure]
    items: list[CaseItem]
    contents: dict[uuid.UUID, dict[str, Any]]
    languages: int

    def of(self, *kinds: str) -> list[tuple[CaseItem, dict[str, Any]]]:
        """The attached items of these kinds with what they say."""
        return [(one, self.contents[one.pk]) for one in self.items if one.kind in kinds]


# Points whose own words name the record and what it lacks.
NAMED = frozenset({"person_identity", "entity_details"})
# What a point finds: behind the colon of its code, in which field, whether it is met, and words of its own.
Found = Iterator[tuple[str, str, bool, str]]
TEXTS = {
    "subject": "title",
    "treaty": "basis",
    "conducting_authority": "conducted_by",
    "offence": "offence",
    "statute": "statute",
    "damage": "damage",
    "facts": "facts",
    "purpose": "purpose",
}


def read(request: AssistanceRequest) -> Draft:
    """Read a draft for its check: as many queries as there are kinds of items in it."""
    rows = request.request_items.filter(role=RequestItem.Role.ATTACHMENT).select_related("item").order_by("pk")
    items = [row.item for row in rows]
    return Draft(
        request=request,
        measures=list(request.measures.order_by("number")),
        items=items,
        contents=contents_of(items),
        languages=request.language_versions.count(),
    )


def text(field: str) -> Callable[[Draft], Found]:
    """A field that says something."""

    def found(draft: Draft) -> Found:
        yield "", field, bool(str(getattr(draft.request, field)).strip()), ""

    return found


def facts(draft: Draft) -> Found:
    """Not needed where only service of documents is asked: UNTOC 18(15)(c)."""
    only_service = bool(draft.measures) and all(one.kind == Measure.Kind.SERVICE for one in draft.measures)
    yield "", "facts", bool(draft.request.facts.strip()) or only_service, ""


def requested_authority(draft: Draft) -> Found:
    """The directory names an authority that receives requests there."""
    yield "", "requested_state", bool(receiving_authorities(draft.request.requested_state_id)), ""


def case_field(name: str, field: str) -> Callable[[Draft], Found]:
    """Something that the case says."""

    def found(draft: Draft) -> Found:
        yield "", field, bool(getattr(draft.request.case, name).strip()), ""

    return found


def persons(draft: Draft) -> Found:
    """Somebody, or some organisation, whom it concerns."""
    yield "", Kind.PERSON, bool(draft.of(Kind.PERSON, Kind.ORGANISATION)), ""


def lacking(kind: str, wanted: dict[str, str | Promise]) -> Callable[[Draft], Found]:
    """Of each item of a kind: what its record does not say yet."""

    def found(draft: Draft) -> Found:
        for item, content in draft.of(kind):
            missing = [str(words) for name, words in wanted.items() if not content.get(name)]
            words = _("%(name)s: %(missing)s") % {"name": headline(content), "missing": ", ".join(missing)}
            yield item.reference, kind, not missing, words

    return found


def representatives(draft: Draft) -> Found:
    """Of each organisation: who represents it."""
    for item, content in draft.of(Kind.ORGANISATION):
        yield item.reference, Kind.ORGANISATION, bool(content.get("representatives")), headline(content)


def measures(draft: Draft) -> Found:
    """At least one measure."""
    yield "", "measures", bool(draft.measures), ""


def questions(draft: Draft) -> Found:
    """Of each statement or hearing: what is to be asked."""
    for one in draft.measures:
        if one.kind in {Measure.Kind.EVIDENCE, Measure.Kind.VIDEO_HEARING}:
            yield str(one.number), "measures", bool(one.questions.strip()), str(one)


def deadline_reason(draft: Draft) -> Found:
    """A date without a reason does not bind."""
    if draft.request.deadline:
        yield "", "deadline_reason", bool(draft.request.deadline_reason.strip()), ""


def translation(draft: Draft) -> Found:
    """A language version goes with it."""
    yield "", "languages", bool(draft.languages), ""


# The points that a draft can meet or miss. The others are met by the form itself (a box left open is an answer, the
# list of attachments makes itself) or by a later step: signature, requesting authority.
RULES: dict[str, Callable[[Draft], Found]] = {
    **{code: text(field) for code, field in TEXTS.items()},
    "facts": facts,
    "requested_authority": requested_authority,
    "case_name": case_field("title", "case_name"),
    "case_number": case_field("proceedings_number", "case_number"),
    "persons": persons,
    "person_identity": lacking(Kind.PERSON, IDENTITY),
    "entity_details": lacking(Kind.ORGANISATION, ENTITY),
    "representatives": representatives,
    "measures": measures,
    "questions": questions,
    "deadline_reason": deadline_reason,
    "translation": translation,
}


def needed_on(basis: str) -> set[str]:
    """The fields without which a request on this basis does not go to review; none of them is needed to save it."""
    return {field for code, field in TEXTS.items() if is_required(BY_CODE[code], basis)}


def findings(request: AssistanceRequest) -> list[Finding]:
    """Every point held against a draft, met or not, in the order of the table."""
    draft = read(request)
    reasons = dict(request.gap_reasons.values_list("point", "reason"))
    found = []
    for point in POINTS:
        rule = RULES.get(point.code)
        for suffix, field, met, words in rule(draft) if rule else ():
            found.append(_finding(point, request, suffix, field, met, words, reasons))
    return found


def gaps(request: AssistanceRequest) -> list[Finding]:
    """What keeps a draft from review: hard gaps, and soft ones without a reason."""
    return [one for one in findings(request) if one.is_open]


def _finding(
    point: ContentPoint,
    request: AssistanceRequest,
    suffix: str,
    field: str,
    met: bool,
    words: str,
    reasons: dict[str, str],
) -> Finding:
    basis = request.basis
    name = f"{point.code}:{suffix}" if suffix else point.code
    recommended = recommended_by(point, basis)
    treaty, article = recommended or (basis, article_of(point, basis))
    hard = is_required(point, basis)
    return Finding(
        point=name,
        code=point.code,
        field=field,
        label=f"{point.label}: {words}" if words else str(point.label),
        message=words if point.code in NAMED else f"{point.message} {words}".strip(),
        article=article,
        basis=treaty,
        hard=hard,
        recommended=bool(recommended) and not hard,
        met=met,
        law=str(point.laws.get(request.requesting_state_id, "")),
        reason=reasons.get(name, ""),
    )
