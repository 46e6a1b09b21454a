"""Dates of which a part is known: what can be typed, what cannot, how it is shown."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.dates import PartialDateField, parse, shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1988", "1988"),
        ("03.1988", "1988-03"),
        ("3.1988", "1988-03"),
        ("3/1988", "1988-03"),
        ("1988-03", "1988-03"),
        ("14.03.1988", "1988-03-14"),
        ("14/3/1988", "1988-03-14"),
        ("1988-03-14", "1988-03-14"),
        (" 14.3.1988 ", "1988-03-14"),
        ("29.02.1988", "1988-02-29"),
        ("1850", "1850"),
    ],
)
def test_typed(typed: str, kept: str) -> None:
    """As people write it here, and as ISO 8601."""
    assert parse(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "31.02.1988",
        "29.02.1989",
        "13.1988",
        "0.1988",
        "00.03.1988",
        "1500",
        "1849",
        "0000",
        "88",
        "14.03.88",
        "٣",
        "no",
        "1988-3-14-1",
        "14.03",
        "03-1988",
        "1988 or 1989",
        "ca. 1988",
        "9999",
        "1.1.2100",
        "1988\n1989",
    ],
)
def test_refused(typed: str) -> None:
    """What is no date of the past, with words that say what to type."""
    with pytest.raises(ValidationError, match="1988"):
        parse(typed)


def test_today_is_the_persons_own() -> None:
    """Past midnight in Bishkek, still the day before by UTC: that day has come there, and the next has not."""
    with (
        time_machine.travel(datetime(2026, 11, 23, 19, tzinfo=UTC), tick=False),
        timezone.override(ZoneInfo("Asia/Bishkek")),
    ):
        assert parse("24.11.2026") == "2026-11-24"
        with pytest.raises(ValidationError):
            parse("25.11.2026")
        with pytest.raises(ValidationError):
            parse("12.2026")
        assert parse("11.2026") == "2026-11"


@pytest.mark.parametrize(
    ("language", "iso", "words"),
    [
        ("en", "1988", "1988"),
        ("en", "1988-03", "March 1988"),
        ("en", "1988-03-14", "14 Mar"),
        ("ru", "1988-03", "март 1988"),
        ("en", "", ""),
        ("en", "unknown", "unknown"),
    ],
)
def test_shown(language: str, iso: str, words: str) -> None:
    """In the reader's language, with no more precision than is known."""
    with translation.override(language):
        assert shown(iso).lower().startswith(words.lower())


def test_shown_as_typed_in_a_form() -> None:
    """A form shows what is kept as people write it; what it could not read as it was typed."""
    field = PartialDateField(required=False)
    assert field.prepare_value("1988-03-14") == "14.03.1988"
    assert field.prepare_value("1988-03") == "03.1988"
    assert field.prepare_value("1988") == "1988"
    assert field.prepare_value("31.02.1988") == "31.02.1988"
    assert field.prepare_value(None) == ""
    assert field.clean("") == ""


@given(st.dates(min_value=datetime(1850, 1, 1).date(), max_value=datetime(2026, 1, 1).date()))
def test_round_trip(day: object) -> None:
    """What is kept, shown in a form and sent again is the same."""
    field = PartialDateField()
    for iso in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}", f"{day:%Y}"):
        assert field.clean(field.prepare_value(iso)) == iso


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    """Nothing else comes out, and nothing breaks."""
    try:
        kept = parse(text)
    except ValidationError:
        return
    assert kept.isascii()
    assert parse(kept) == kept
