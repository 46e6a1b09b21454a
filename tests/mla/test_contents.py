"""What a request must contain: the one table, by the basis that was chosen."""

import pytest
from django.utils import translation

from agencies.models import Treaty
from mla.contents import BY_CODE, EVERY, LIST_OF, POINTS, article_of, is_asked, is_required, list_of, recommended_by
from mla.models import Measure

# Each point by the basis chosen: its own article, ! where hard; + whose article recommends it.
TABLE = """
point                 chisinau-2002              minsk-1993                 untoc
requesting_authority  !7                         !7                         !18(15)(a)
conducting_authority  +untoc:18(15)(b)           +untoc:18(15)(b)           !18(15)(b)
requested_authority   !7                         !7                         +chisinau-2002:7
treaty                !                          !                          !
subject               !7                         !7                         !18(15)(b)
case_name             !7                         !7                         +chisinau-2002:7
case_number           !7                         +chisinau-2002:7           +chisinau-2002:7
offence               !7                         !7                         +chisinau-2002:7
statute               -                          -                          -
damage                7                          7                          +chisinau-2002:7
facts                 !7                         !7                         !18(15)(c)
persons               7                          7                          18(15)(e)
person_identity       7                          7                          18(15)(e)
entity_details        7                          7                          +chisinau-2002:7
representatives       7                          7                          +chisinau-2002:7
measures              !7                         !7                         !18(15)(d)
questions             7                          7                          18(15)(d)
procedure             8                          8                          18(15)(d)
attendance            8                          8(3)                       +chisinau-2002:8
purpose               +untoc:18(15)(f)           +untoc:18(15)(f)           !18(15)(f)
confidentiality       7                          +chisinau-2002:7           18(20)
deadline_reason       !+untoc:18(24)             !+untoc:18(24)             !18(24)
language              !                          !17                        !18(14)
translation           +minsk-1993-protocol-1997  +minsk-1993-protocol-1997  18(14)
signature             !7                         !7                         !18(14)
attachments           -                          -                          -
"""
HEAD, *LINES = (line.split() for line in TABLE.strip().splitlines())


def of(basis: str) -> dict[str, str]:
    """How each point stands under a basis, written as in the table."""
    found = {}
    for point in POINTS:
        mark = "!" if is_required(point, basis) else ""
        other = recommended_by(point, basis)
        said = f"+{other[0]}:{other[1]}".rstrip(":") if other else article_of(point, basis)
        found[point.code] = f"{mark}{said}" or "-"
    return found


def test_the_table_is_the_union() -> None:
    """Every point of what the treaties ask, once, in the order of the letter."""
    assert [point.code for point in POINTS] == [line[0] for line in LINES] == list(BY_CODE)


@pytest.mark.parametrize("basis", HEAD[1:])
def test_articles_of_the_basis_chosen(basis: str) -> None:
    """Its own articles; what only another treaty asks is recommended by that one."""
    column = HEAD.index(basis)
    assert of(basis) == {line[0]: line[column] for line in LINES}


def test_uncac_is_untoc_in_other_numbers() -> None:
    """The same paragraphs of Article 46, as hard as there."""
    expected = {code: said.replace("18(", "46(") for code, said in of("untoc").items()}
    assert of("uncac") == expected


def test_a_protocol_has_the_list_of_its_convention() -> None:
    """The Protocol of 1997 that of Minsk, with the translation that it asks itself; the Firearms Protocol UNTOC's."""
    assert of("firearms-protocol") == of("untoc")
    of_protocol, of_minsk = of("minsk-1993-protocol-1997"), of("minsk-1993")
    assert {code for code in of_minsk if of_protocol[code] != of_minsk[code]} == {"translation"}
    assert is_asked(BY_CODE["translation"], "minsk-1993-protocol-1997")
    assert not is_asked(BY_CODE["translation"], "minsk-1993")


@pytest.mark.parametrize("basis", ["reciprocity", "bilateral-KG-UZ-1996", "financing-1999", "bombing-1997", ""])
def test_without_a_list_of_its_own_a_basis_follows_untoc(basis: str) -> None:
    """By a house rule: as hard as there, no article of its own, and UNTOC named as where it comes from."""
    assert list_of(basis) == "untoc"
    for point in POINTS:
        assert is_required(point, basis) == is_required(point, "untoc")
        assert article_of(point, basis) == "" and not is_asked(point, basis)
    assert recommended_by(BY_CODE["facts"], basis) == ("untoc", "18(15)(c)")
    assert recommended_by(BY_CODE["damage"], basis) == ("chisinau-2002", "7")


def test_an_article_that_was_not_seen() -> None:
    """Chisinau asks for a language; the number of its article is not known, and nothing else is named instead."""
    point = BY_CODE["language"]
    assert is_asked(point, "chisinau-2002") and is_required(point, "chisinau-2002")
    assert article_of(point, "chisinau-2002") == "" and recommended_by(point, "chisinau-2002") is None


def test_facts_may_be_missing_for_service_alone() -> None:
    """UNTOC 18(15)(c): the row says so, and no other does."""
    assert [point.code for point in POINTS if point.unless_only_service] == ["facts"]
    assert Measure.Kind.SERVICE == "b"


def test_every_rule_names_its_source() -> None:
    """A treaty's article; else domestic law; else it is a house rule, which only these are."""
    house = {point.code for point in POINTS if not point.articles and not point.laws}
    assert house == {"attachments"}
    assert {point.code for point in POINTS if point.laws} == {"treaty", "statute"}
    for point in POINTS:
        assert point.hard <= EVERY


@pytest.mark.django_db
def test_the_table_knows_only_treaties_that_are_rows() -> None:
    """Codes of articles and lists are codes of treaties."""
    named = {code for point in POINTS for code in (*point.articles, *point.hard)} | set(LIST_OF)
    assert named <= set(Treaty.objects.values_list("code", flat=True))


def test_words_in_both_languages() -> None:
    """Each point has a name and says what to do, in Russian too."""
    for point in POINTS:
        english = (str(point.label), str(point.message))
        with translation.override("ru"):
            russian = (str(point.label), str(point.message))
        assert english[1].endswith(".") and russian[1].endswith(".")
        assert english[0] != russian[0] and english[1] != russian[1]
