"""The proposal for each pair of the region, and what becomes of it when days, offences, penalties or parties change."""

from datetime import date
from itertools import permutations

import pytest
from django.utils import translation

from agencies.legal_basis import RECIPROCITY, Basis, Proposal, choices, propose
from agencies.models import State, Treaty, TreatyParty
from exercise.states import STATES

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)
REGION = ("KG", "KZ", "TJ", "TM", "UZ")
BILATERAL = {
    frozenset({"KG", "KZ"}): "bilateral-KG-KZ-1996",
    frozenset({"KG", "UZ"}): "bilateral-KG-UZ-1996",
    frozenset({"KZ", "UZ"}): "bilateral-KZ-UZ-1997",
}


@pytest.fixture(autouse=True)
def states() -> None:
    """The five states in the portal, with their names and languages."""
    State.objects.bulk_create([State(**state) for state in STATES])


def ask(pair: str, on: date = TODAY, **more: object) -> Proposal:
    """The proposal for a pair written as KG-UZ."""
    requesting, requested = pair.split("-")
    return propose(requesting=requesting, requested=requested, on=on, **more)


def codes(bases: tuple[Basis, ...]) -> list[str]:
    """Which treaties these are."""
    return [one.treaty for one in bases]


def party(treaty: str, state: str, **fields: object) -> None:
    """Write down something else about a party."""
    TreatyParty.objects.update_or_create(treaty_id=treaty, state=state, defaults=fields)


def said(found: Proposal, words: str) -> str:
    """The one reason that holds these words."""
    (reason,) = [reason for reason in found.reasons if words in reason]
    return reason


@pytest.mark.parametrize("pair", ["-".join(pair) for pair in permutations(REGION, 2)])
def test_the_region(pair: str) -> None:
    """Chisinau where both are parties, in doubt with Tajikistan; Minsk alone with Turkmenistan; UNTOC beside."""
    states = frozenset(pair.split("-"))
    found = ask(pair, offence="other")
    bilateral = [BILATERAL[states]] if states in BILATERAL else []
    assert codes(found.supplementary) == [*bilateral, "untoc"]
    if "TM" in states:
        assert found.principal.treaty == "minsk-1993" and not found.principal.verified
        assert codes(found.alternatives) == []
        assert "not a party: Turkmenistan" in said(found, "Protocol of 1997")
        assert "not a party: Turkmenistan" in said(found, "Chisinau")
        assert found.channel == "central_authorities"
    else:
        assert found.principal.treaty == "chisinau-2002"
        assert found.principal.verified is ("TJ" not in states)
        # If Tajikistan's deposit is not confirmed after all.
        fallback = ["minsk-1993", "minsk-1993-protocol-1997"] if "TJ" in states else []
        assert codes(found.alternatives) == fallback
        assert (found.channel, found.languages) == ("direct", ("ru",))
    assert found.principal.article == "7"
    assert found.seal is True
    assert not any(one.verified for one in found.supplementary if one.treaty == "untoc")


def test_doubts_are_named() -> None:
    """Who is doubtful stands in the reason, and since when it is not known."""
    reason = ask("KG-TJ").principal.reason
    assert "Not verified, check before relying on it: who is a party (Tajikistan)." in reason
    assert "is not known here for: Kyrgyzstan (not before 2 Sep 2004), Tajikistan." in reason
    reason = ask("KG-UZ").principal.reason
    assert "Not verified" not in reason
    assert "it takes the place of: Minsk Convention (1993), Protocol of 1997" in reason
    assert "(Article 120(3)-(4))" in reason


def test_a_known_day_is_said() -> None:
    """Since the later of the two."""
    party("chisinau-2002", "UZ", starts=date(2020, 6, 1))
    party("chisinau-2002", "KZ", starts=date(2004, 4, 27))
    assert "In force between the two states since 1 Jun 2020." in ask("KZ-UZ").principal.reason


def test_languages_follow_treaty_and_pair() -> None:
    """Minsk: of both, or Russian; UNTOC: one that the requested state accepts; of a stranger none is known."""
    assert ask("KZ-TM").languages == ("kk", "tk", "ru")
    assert ask("TM-KZ").languages == ("tk", "kk", "ru")
    TreatyParty.objects.filter(treaty__in=("minsk-1993", "chisinau-2002")).update(is_party=False)
    assert ask("TJ-KZ").languages == ("kk",)
    State.objects.filter(pk="KZ").delete()
    assert ask("TJ-KZ").languages == ()


@pytest.mark.parametrize(
    ("on", "principal", "why"),
    [
        (date(2019, 8, 25), "minsk-1993", "Chisinau Convention (2002) does not apply: not bound before 26 Aug 2019"),
        (date(2019, 8, 26), "chisinau-2002", ""),
        (date(2004, 4, 26), "minsk-1993", "Chisinau Convention (2002) does not apply: in force only from 27 Apr 2004"),
        (date(1994, 5, 18), RECIPROCITY, "Minsk Convention (1993) does not apply: in force only from 19 May 1994"),
        (date(2100, 1, 1), "chisinau-2002", ""),
    ],
)
def test_the_day_decides(on: date, principal: str, why: str) -> None:
    """What came into force later falls out, and the reason says since when it is there."""
    found = ask("KG-UZ", on)
    assert found.principal.treaty == principal
    assert not why or said(found, why)


def test_the_protocol_of_1997_goes_with_minsk() -> None:
    """Where both are parties it opens the direct channel; it is nothing that a drafter chooses alone."""
    found = ask("KZ-KG", date(2004, 4, 1))
    assert found.principal.treaty == "minsk-1993" and found.channel == "central_authorities"
    assert "not bound before 2 Mar 2005: Kyrgyzstan" in said(found, "Protocol of 1997")
    party("chisinau-2002", "KG", is_party=False, verified=True)
    found = ask("KZ-KG")
    assert codes(found.supplementary)[:2] == ["minsk-1993-protocol-1997", "bilateral-KG-KZ-1996"]
    assert found.channel == "direct"
    offered = [one.treaty for one in choices(requesting="KZ", requested="KG", on=TODAY)]
    assert offered[:2] == ["minsk-1993", "bilateral-KG-KZ-1996"] and "minsk-1993-protocol-1997" not in offered


def test_denounced_meanwhile() -> None:
    """It binds up to its last day, which is announced; then the next treaty comes, and the reason names the day."""
    party("chisinau-2002", "UZ", ends=date(2026, 11, 26))
    found = ask("KG-UZ")
    assert found.principal.treaty == "chisinau-2002"
    assert "Denounced by Uzbekistan, in force until 26 Nov 2026." in found.principal.reason
    found = ask("KG-UZ", date(2026, 11, 27))
    assert found.principal.treaty == "minsk-1993"
    assert said(found, "does not apply: denounced by Uzbekistan, in force until 26 Nov 2026.")


def test_party_again() -> None:
    """Who denounced a treaty and joined again is bound again."""
    party("chisinau-2002", "UZ", ends=date(2022, 1, 1))
    TreatyParty.objects.create(treaty_id="chisinau-2002", state="UZ", starts=date(2025, 1, 1), verified=True)
    assert ask("KG-UZ", date(2023, 1, 1)).principal.treaty == "minsk-1993"
    assert ask("KG-UZ").principal.treaty == "chisinau-2002"


def test_only_a_treaty_of_the_two_is_left() -> None:
    """Then it comes first, its article unknown."""
    TreatyParty.objects.filter(treaty__kind="convention", treaty__in=("minsk-1993", "chisinau-2002")).delete()
    found = ask("KG-UZ", offence="other")
    assert found.principal.treaty == "bilateral-KG-UZ-1996" and found.principal.article == ""
    assert codes(found.supplementary) == ["untoc"]
    assert (found.channel, found.seal) == (None, None)
    assert "No convention on legal assistance binds both states" in found.principal.reason
    assert "not found whether this state is a party: Kyrgyzstan" in said(found, "Minsk Convention (1993) does not")


def without_general_treaties() -> None:
    """A world in which no treaty on legal assistance in general binds Kazakhstan and Tajikistan."""
    TreatyParty.objects.filter(treaty__in=("minsk-1993", "chisinau-2002")).update(is_party=False)


def test_untoc_alone() -> None:
    """Where nothing else binds the pair it stands alone, by 18(7), for serious crime; the measure gives the article."""
    without_general_treaties()
    found = ask("KZ-TJ", offence="organised_crime", max_penalty_years=10, measures=("f",))
    assert said(found, "Which languages the requested state accepts is not known here")
    assert (found.principal.treaty, found.principal.article) == ("untoc", "18(3)(f)")
    assert "(Article 18(7))" in found.principal.reason and "Here it is 10." in found.principal.reason
    assert (found.channel, found.seal) == ("central_authorities", False)


@pytest.mark.parametrize(("years", "covered"), [(3, False), (4, True), (25, True), (0, False), (None, True)])
def test_serious_crime(years: int | None, covered: bool) -> None:
    """UNTOC from a highest penalty of four years on, or while it is not known; else the reason says why not."""
    found = ask("KG-UZ", offence="organised_crime", max_penalty_years=years)
    assert ("untoc" in codes(found.supplementary)) is covered
    assert found.principal.treaty == "chisinau-2002"
    if not covered:
        reason = said(
            found, "UNTOC (2000) does not apply: The highest penalty must be at least 4 years (Article 2(b))."
        )
        assert f"Here it is {years}." in reason
        assert reason.endswith("For the offences that it defines itself the penalty does not matter (Article 3(1)(a)).")


def test_a_minor_offence_without_a_treaty() -> None:
    """Nothing but reciprocity is left, through diplomats, and the reasons say what fell out."""
    without_general_treaties()
    found = ask("KZ-TJ", offence="other", max_penalty_years=3)
    assert found.principal.treaty == RECIPROCITY and not found.principal.verified
    assert found.principal.article == "" and found.supplementary == ()
    assert (found.channel, found.languages, found.seal) == ("diplomatic", ("tg",), None)
    assert said(found, "No treaty that covers this binds both states.")
    assert said(found, "UNTOC (2000) does not apply")


@pytest.mark.parametrize(
    ("offence", "special"),
    [
        ("corruption", "uncac"),
        ("terrorism_financing", "financing-1999"),
        ("terrorist_bombing", "bombing-1997"),
    ],
)
def test_special_offences(offence: str, special: str) -> None:
    """The convention on the offence stands beside the general one, before UNTOC; alone where there is none."""
    found = ask("KG-UZ", offence=offence, max_penalty_years=8)
    assert codes(found.supplementary) == ["bilateral-KG-UZ-1996", special, "untoc"]
    assert "It covers the offence: " in said(found, f"{found.supplementary[1].cited}: ")
    assert ask("KG-UZ", offence=offence, max_penalty_years=1).supplementary[-1].treaty == special
    without_general_treaties()
    found = ask("KZ-TJ", offence=offence, max_penalty_years=8)
    assert found.principal.treaty == special and codes(found.supplementary) == ["untoc"]


def test_firearms() -> None:
    """The Protocol between those known as parties, whatever the penalty, by the articles of UNTOC; not known: said."""
    found = ask("KZ-TM", offence="firearms_trafficking", max_penalty_years=3)
    assert codes(found.supplementary) == ["firearms-protocol"]
    assert "mutatis mutandis" in found.supplementary[0].reason and not found.supplementary[0].verified
    found = ask("KZ-TM", offence="firearms_trafficking", max_penalty_years=7)
    assert codes(found.supplementary) == ["untoc", "firearms-protocol"]
    found = ask("KG-UZ", offence="firearms_trafficking")
    assert "firearms-protocol" not in codes(found.supplementary)
    assert said(found, "Firearms Protocol (2001) does not apply: not found whether this state is a party: Kyrgyzstan.")
    party("untoc", "KZ", is_party=False)
    found = ask("KZ-TM", offence="firearms_trafficking")
    assert said(found, "Firearms Protocol (2001) does not apply: its convention does not bind both states.")


def test_a_protocol_alone() -> None:
    """Of a minor firearms offence without any other treaty it is what is left, and as doubtful as its convention."""
    without_general_treaties()
    TreatyParty.objects.filter(treaty="firearms-protocol").update(verified=True)
    Treaty.objects.filter(pk="firearms-protocol").update(verified=True)
    found = ask("KZ-TM", offence="firearms_trafficking", max_penalty_years=2)
    assert found.principal.treaty == "firearms-protocol" and not found.principal.verified


def test_an_offence_not_yet_known() -> None:
    """What would cover it if it is of that kind is an alternative; of those no reason says that they do not apply."""
    found = ask("KG-UZ")
    assert codes(found.alternatives) == ["uncac", "financing-1999", "bombing-1997"]
    assert "Only if the offence is this: corruption." in found.alternatives[0].reason
    assert not [reason for reason in found.reasons if "Firearms Protocol" in reason]
    without_general_treaties()
    TreatyParty.objects.filter(treaty="untoc").update(is_party=False)
    found = ask("KZ-TJ")
    assert found.principal.treaty == RECIPROCITY
    assert codes(found.alternatives) == ["uncac", "financing-1999", "bombing-1997"]


@pytest.mark.parametrize("pair", ["KG-FR", "FR-KG", "FR-DE"])
def test_a_state_that_no_row_knows(pair: str) -> None:
    """Reciprocity, and the reason names the state by its code."""
    found = ask(pair, offence="corruption", max_penalty_years=9)
    assert found.principal.treaty == RECIPROCITY
    strangers = ", ".join(code for code in pair.split("-") if code != "KG")
    assert found.reasons[-1] == f"The table of treaties knows nothing of: {strangers}."


def test_a_party_outside_the_portal() -> None:
    """Treaties bind states that have no agency here; such a one stands by its code."""
    party("minsk-1993", "AM", verified=True)
    found = ask("KG-AM")
    assert found.principal.treaty == "minsk-1993"
    assert found.languages == ("ky", "ru")
    assert "Chisinau Convention (2002) does not apply: not found whether this state is a party: AM." in found.reasons


def test_a_state_asks_another_one() -> None:
    """Never itself."""
    with pytest.raises(ValueError, match="another state"):
        ask("KG-KG")


def test_a_new_row_is_enough() -> None:
    """A treaty that nobody thought of is proposed without a line of code."""
    Treaty.objects.create(
        code="bilateral-TJ-TM-2027",
        kind="bilateral",
        name_en="New treaty",
        name_ru="Новый договор",
        title_en="New treaty",
        title_ru="Новый договор",
        noun="assignment",
        articles={"request": "4"},
        in_force=date(2027, 1, 1),
    )
    for state in ("TJ", "TM"):
        party("bilateral-TJ-TM-2027", state)
    assert "bilateral-TJ-TM-2027" not in codes(ask("TJ-TM").supplementary)
    assert said(ask("TJ-TM"), "New treaty does not apply: in force only from 1 Jan 2027.")
    assert ask("TJ-TM", date(2027, 1, 1)).supplementary[0].cited == "New treaty, Article 4"
    assert "bilateral-TJ-TM-2027" not in codes(ask("KG-TM", date(2027, 1, 1)).bases)


def test_two_general_conventions() -> None:
    """When neither takes the other's place, the newer comes first and the other stands beside it."""
    Treaty.objects.filter(pk__startswith="minsk").update(replaced_by=None)
    found = ask("KG-UZ", offence="other")
    assert found.principal.treaty == "chisinau-2002"
    assert codes(found.supplementary)[0] == "minsk-1993"
    assert "It binds both states too." in found.supplementary[0].reason


def test_choices_of_a_drafter() -> None:
    """The proposed one first, reciprocity last; what was chosen before stays, and the reason says what became of it."""
    found = choices(requesting="KG", requested="UZ", on=TODAY)
    assert [one.treaty for one in found] == [
        "chisinau-2002",
        "bilateral-KG-UZ-1996",
        "untoc",
        "uncac",
        "financing-1999",
        "bombing-1997",
        RECIPROCITY,
    ]
    assert found == choices(requesting="KG", requested="UZ", on=TODAY, chosen="untoc")
    kept = choices(requesting="KG", requested="UZ", on=TODAY, chosen="minsk-1993")[-1]
    assert kept.treaty == "minsk-1993" and not kept.verified
    assert kept.why == kept.reason == "Chosen before. It is not among what binds the two states today."
    (only,) = choices(requesting="KG", requested="FR", on=TODAY, chosen=RECIPROCITY)
    assert only.treaty == RECIPROCITY


def test_reasons_in_russian() -> None:
    """Every word of them, with the names of the states; no full stop stands twice."""
    with translation.override("ru"):
        for found in (ask("KG-UZ", max_penalty_years=3), ask("TJ-TM", offence="corruption"), ask("KG-FR")):
            for reason in found.reasons:
                assert ".." not in reason
                latin = reason
                for word in ("UNTOC", "mutatis mutandis", "FR"):
                    latin = latin.replace(word, "")
                assert not any("a" <= letter <= "z" for letter in latin.replace("(a)", "").replace("(b)", "")), reason
        assert "Узбекистан (не ранее 26 августа 2019\u00a0г.)" in ask("KG-UZ").principal.reason


def test_it_asks_the_database_three_times(django_assert_num_queries: object) -> None:
    """Treaties, their rows for the two, the two states: however many treaties there are."""
    with django_assert_num_queries(3):
        ask("KG-UZ", offence="corruption", max_penalty_years=8, measures=("a", "f"))
