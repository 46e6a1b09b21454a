"""What a request must contain: one readable table, each point with the article of every treaty that asks for it.

The table holds the union of what the treaties of the region and the United Nations ask. Which points bind a request
follows from the basis chosen: what that treaty asks is named with its own article; what only another one asks is
recommended, with that one's article, because a request that satisfies all is safe under each of them.
"""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHISINAU, MINSK, UNTOC, UNCAC = "chisinau-2002", "minsk-1993", "untoc", "uncac"
PROTOCOL_1997, FIREARMS = "minsk-1993-protocol-1997", "firearms-protocol"

# The treaties that say what a request contains.
CIS = frozenset({CHISINAU, MINSK})
UN = frozenset({UNTOC, UNCAC})
EVERY = CIS | UN
# The article asks for it, but its number was not seen.
UNSEEN = ""

# A protocol has the list of its convention. Any other basis (bilateral treaties, of which the articles were not seen;
# conventions that say nothing of contents; reciprocity) has none of its own: by a house rule it follows UNTOC 18(15).
LIST_OF = {code: code for code in EVERY} | {PROTOCOL_1997: MINSK, FIREARMS: UNTOC}
HOUSE_LIST = UNTOC

# What the criminal procedure code of a state asks of its own authorities.
CPC_OF_KZ: dict[str, str | Promise] = {"KZ": _("the Criminal Procedure Code of Kazakhstan")}


@dataclass(frozen=True, slots=True)
class ContentPoint:
    """One thing that a request says.

    `hard`: the treaties under whose list a request without it is none; elsewhere a gap may stand with a reason. Without
    an article of the basis a hard point is a house rule. `laws`: what else asks for it than a treaty, in words, by the
    state whose authorities that law binds.
    `unless_only_service`: not asked when all that is sought is service of documents.
    """

    code: str
    label: str | Promise
    message: str | Promise
    articles: dict[str, str] = field(default_factory=dict)
    hard: frozenset[str] = frozenset()
    laws: dict[str, str | Promise] = field(default_factory=dict)
    unless_only_service: bool = False


def cis(article: str) -> dict[str, str]:
    """The same article of both conventions of the CIS."""
    return {CHISINAU: article, MINSK: article}


def un(paragraph: str) -> dict[str, str]:
    """The same paragraph of UNTOC 18 and UNCAC 46."""
    return {UNTOC: f"18{paragraph}", UNCAC: f"46{paragraph}"}


POINTS = (
    ContentPoint(
        "requesting_authority",
        _("Requesting authority"),
        _("Name the authority that makes the request."),
        cis("7") | un("(15)(a)"),
        hard=EVERY,
    ),
    ContentPoint(
        "conducting_authority",
        _("Authority conducting the proceedings, and its functions"),
        _("Name the authority that conducts the proceedings, and its functions."),
        un("(15)(b)"),
        hard=UN,
    ),
    ContentPoint(
        "requested_authority",
        _("Requested authority"),
        _("Name the authority to which the request goes."),
        cis("7"),
        hard=CIS,
    ),
    ContentPoint(
        "treaty",
        _("Legal basis"),
        _("Choose the treaty, or reciprocity."),
        hard=EVERY,
        laws=CPC_OF_KZ,
    ),
    ContentPoint(
        "subject",
        _("Subject"),
        _("Say in a few words what the request is about, and in which kind of proceedings."),
        cis("7") | un("(15)(b)"),
        hard=EVERY,
    ),
    ContentPoint("case_name", _("Name of the case"), _("Give the name of the case."), cis("7"), hard=CIS),
    ContentPoint(
        "case_number",
        _("No. of the criminal case"),
        _("Give the number of the criminal case."),
        {CHISINAU: "7"},
        hard=frozenset({CHISINAU}),
    ),
    ContentPoint(
        "offence",
        _("Offence and its legal qualification"),
        _("Describe the offence and its legal qualification."),
        cis("7"),
        hard=CIS,
    ),
    ContentPoint(
        "statute",
        _("Text of the articles of the criminal code"),
        _("Attach the full text of the articles of the criminal code."),
        laws=CPC_OF_KZ,
    ),
    ContentPoint(
        "damage",
        _("Damage"),
        _("Give the amount of the damage, or say that there is none."),
        cis("7"),
    ),
    # UNTOC 18(15)(c) and UNCAC 46(15)(c) leave it out for service; under other lists that is a house rule.
    ContentPoint(
        "facts",
        _("Summary of the facts"),
        _("Summarise the facts."),
        cis("7") | un("(15)(c)"),
        hard=EVERY,
        unless_only_service=True,
    ),
    ContentPoint(
        "persons",
        _("Persons concerned"),
        _("Name the persons concerned, with their procedural status."),
        cis("7") | un("(15)(e)"),
    ),
    ContentPoint(
        "person_identity",
        _("Identity of the persons"),
        _("Give of each person the date and place of birth, citizenship, residence and occupation."),
        cis("7") | un("(15)(e)"),
    ),
    ContentPoint(
        "entity_details",
        _("Details of legal entities"),
        _("Give of each legal entity its name, address, and bank and tax details."),
        cis("7"),
    ),
    ContentPoint(
        "representatives",
        _("Representatives"),
        _("Give the names and addresses of representatives, if there are any."),
        cis("7"),
    ),
    ContentPoint(
        "measures",
        _("Assistance sought"),
        _("Name at least one measure and describe what is sought."),
        cis("7") | un("(15)(d)"),
        hard=EVERY,
    ),
    ContentPoint(
        "questions",
        _("Questions to be put"),
        _("Write the questions to be put to each person who is to be heard."),
        cis("7") | un("(15)(d)"),
    ),
    ContentPoint(
        "procedure",
        _("Particular procedure to be followed"),
        _("Say whether a particular procedure is to be followed."),
        cis("8") | un("(15)(d)"),
    ),
    ContentPoint(
        "attendance",
        _("Attendance wanted"),
        _("Say whether somebody of your side wants to attend."),
        {CHISINAU: "8", MINSK: "8(3)"},
    ),
    ContentPoint(
        "purpose",
        _("Purpose for which the assistance is sought"),
        _("Say for what purpose the assistance is sought."),
        un("(15)(f)"),
        hard=UN,
    ),
    ContentPoint(
        "confidentiality",
        _("Need for confidentiality"),
        _("Say whether the request is to be kept confidential."),
        {CHISINAU: "7"} | un("(20)"),
    ),
    ContentPoint(
        "deadline_reason",
        _("Reason for the deadline"),
        _("Give the reason for the deadline: without one it does not bind."),
        un("(24)"),
        hard=EVERY,
    ),
    ContentPoint(
        "language",
        _("Language"),
        _("Write in a language that the other side accepts."),
        {CHISINAU: UNSEEN, MINSK: "17"} | un("(14)"),
        hard=EVERY,
    ),
    ContentPoint(
        "translation",
        _("Translation"),
        _("Attach a certified translation."),
        {PROTOCOL_1997: UNSEEN} | un("(14)"),
    ),
    ContentPoint(
        "signature",
        _("Signature and official seal"),
        _("The request must be signed and, under the conventions of the CIS, sealed."),
        cis("7") | un("(14)"),
        hard=EVERY,
    ),
    ContentPoint(
        "attachments",
        _("List of attachments"),
        _("List the attachments, each with its checksum."),
    ),
)
BY_CODE = {point.code: point for point in POINTS}


def list_of(basis: str) -> str:
    """The treaty whose list of contents a request on this basis follows."""
    return LIST_OF.get(basis, HOUSE_LIST)


def article_of(point: ContentPoint, basis: str) -> str:
    """The article of the basis itself that asks for it; empty when it asks for no such thing, or no number is known."""
    own = LIST_OF.get(basis, "")
    return point.articles.get(basis) or point.articles.get(own, "")


def is_asked(point: ContentPoint, basis: str) -> bool:
    """Whether the basis itself asks for it, be it that the number of the article is not known."""
    return bool({basis, LIST_OF.get(basis, "")} & point.articles.keys())


def is_required(point: ContentPoint, basis: str) -> bool:
    """Whether a request on this basis is none without it: by the basis, or else by a house rule."""
    return list_of(basis) in point.hard


def recommended_by(point: ContentPoint, basis: str) -> tuple[str, str] | None:
    """The treaty and its article that ask for what this basis does not; None when the basis asks, or none does.

    Of several the one whose list the basis follows goes first, then the order of the table.
    """
    if is_asked(point, basis):
        return None
    order = sorted(point.articles, key=lambda code: code != list_of(basis))
    return next(((code, point.articles[code]) for code in order), None)
