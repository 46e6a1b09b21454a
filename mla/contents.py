"""Stand-in until the table of the treaties branch is merged."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ContentPoint:
    code: str
    label: str
    message: str
    articles: dict = field(default_factory=dict)
    hard: frozenset = frozenset()


ALL = frozenset({"chisinau-2002", "minsk-1993", "untoc", "uncac", "", "reciprocity", "firearms-protocol"})


def P(code, label, message, article, hard=True):
    return ContentPoint(code, label, message, {"untoc": article}, ALL if hard else frozenset())


POINTS = (
    P("subject", _("Subject"), _("Say in a few words what the request is about."), "UNTOC 18(15)(b)"),
    P("treaty", _("Legal basis"), _("Choose the treaty, or reciprocity."), "Minsk 7; Chisinau 7"),
    P(
        "conducting_authority",
        _("Authority"),
        _("Name the authority that conducts the proceedings, and its functions."),
        "UNTOC 18(15)(b)",
    ),
    P("offence", _("Offence"), _("Describe the offence and its legal qualification."), "Minsk 7; Chisinau 7"),
    P("statute", _("Text of the articles"), _("Add the text of the articles."), "Chisinau 7", False),
    P("facts", _("Facts"), _("Summarise the facts."), "UNTOC 18(15)(c)"),
    P("purpose", _("Purpose"), _("Say for what purpose the assistance is sought."), "UNTOC 18(15)(f)"),
    P("measures", _("Measures"), _("Name at least one measure and describe what is sought."), "UNTOC 18(15)(d)"),
    P(
        "deadline_reason",
        _("Reason for the deadline"),
        _("Give the reason for the deadline: without one it does not bind."),
        "UNTOC 18(24)",
    ),
)


def article_of(point, basis):
    return next(iter(point.articles.values()))


def is_required(point, basis):
    return bool(point.hard)


def recommended_by(point, basis):
    return ""
