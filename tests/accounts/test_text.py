"""Typed text: one normal form, and no marks that nobody sees."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.forms import OnceForm
from accounts.text import DayField, TextField

HIDDEN = {
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "pop isolate": "\u2069",
    "right-to-left mark": "\u200f",
    "arabic letter mark": "\u061c",
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "bell": "\u0007",
    "escape": "\u001b",
    "delete": "\u007f",
    "next line": "\u0085",
    "null": "\0",
}


@pytest.mark.parametrize("mark", HIDDEN)
def test_hidden_marks_are_refused(mark: str) -> None:
    """Two names that look alike are alike."""
    with pytest.raises(ValidationError):
        TextField().clean(f"Oyl{HIDDEN[mark]}onov")


@pytest.mark.parametrize(
    "text",
    [
        "Ойлонов Үмөт",
        "O‘ylonov Qahramon oʻgʻli",
        "أحمد بن يوسف",
        "می\u200cخواهم",
        "Öz-Gür d'Été",
        "👮🏽\u200d♀️",
        "one line\nanother\twith a tab",
        "№ ЖЖ-0000/«x»",
    ],
)
def test_every_script_is_taken(text: str) -> None:
    """Letters of every script, and the joiners that some need."""
    assert TextField().clean(text) == unicodedata.normalize("NFC", text)


def test_composed() -> None:
    """Й typed as one letter or as a letter and its mark is the same name; its length counts composed."""
    assert TextField(max_length=4).clean("И\u0306ода") == "Йода"
    assert TextField().clean("  Umot ") == "Umot"
    assert TextField(required=False).clean(None) == ""


def test_too_long() -> None:
    """The limit is the field's."""
    with pytest.raises(ValidationError):
        TextField(max_length=3).clean("Umot")


@given(st.text(max_size=50))
def test_any_text_is_composed_or_refused(text: str) -> None:
    """Cleaning what was cleaned changes nothing."""
    try:
        kept = TextField(required=False).clean(text)
    except ValidationError:
        return
    assert TextField(required=False).clean(kept) == kept == unicodedata.normalize("NFC", kept)


def test_several_lines_and_days() -> None:
    """Their widgets, which browsers know."""
    assert "<textarea" in TextField(lines=3).widget.render("x", "")
    assert 'type="date"' in DayField().widget.render("x", None)


@pytest.mark.parametrize("version", ["-1", "2147483648", "x"])
def test_a_version_is_a_number_of_the_database(version: str) -> None:
    """What no page of ours has sent is an error of the form, never of the server."""
    assert "version" in OnceForm({"version": version}).errors
    assert "token" in OnceForm({"token": "no uuid"}).errors
    assert OnceForm({}).is_valid()
