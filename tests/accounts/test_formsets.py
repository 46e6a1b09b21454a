"""Rows that a person adds one by one, empties, and sends."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from accounts.formsets import RowsFormSet, one_row_more, wants_row


class RowForm(forms.Form):
    """A row with something needed in it."""

    text = forms.CharField()
    more = forms.CharField(required=False)


def kind(at_least: int = 0, at_most: int = 3) -> type[RowsFormSet]:
    """Rows of that form."""
    return forms.formset_factory(
        RowForm,
        formset=RowsFormSet,
        extra=1,
        min_num=at_least,
        validate_min=bool(at_least),
        max_num=at_most,
        validate_max=True,
        absolute_max=at_most + 1,
    )


def sent(*rows: tuple[str, str], before: int = 0, total: Any = None) -> QueryDict:
    """What a browser sends for these rows, of which so many were on the page already."""
    data = QueryDict(mutable=True)
    data["rows-TOTAL_FORMS"] = str(len(rows) if total is None else total)
    data["rows-INITIAL_FORMS"] = str(before)
    for number, (text, more) in enumerate(rows):
        data[f"rows-{number}-text"], data[f"rows-{number}-more"] = text, more
    return data


@pytest.mark.parametrize("before", [0, 3])
def test_empty_rows_are_none(before: int) -> None:
    """Also those that were filled before: emptying a row takes it out."""
    made = kind()(sent(("a", ""), ("", ""), ("b", ""), before=before), prefix="rows")
    assert made.is_valid()
    assert [form.cleaned_data["text"] for form in made if form.has_changed()] == ["a", "b"]


def test_half_a_row_is_judged() -> None:
    """Something in it, but not what is needed."""
    made = kind()(sent(("", "half")), prefix="rows")
    assert not made.is_valid()
    assert "text" in made.forms[0].errors


def test_rows_that_are_needed() -> None:
    """All empty, the first says what is missing; one filled, wherever it stands, is enough."""
    made = kind(1)(sent(("", ""), ("", "")), prefix="rows")
    assert not made.is_valid()
    assert "text" in made.forms[0].errors
    assert kind(1)(sent(("", ""), ("b", "")), prefix="rows").is_valid()


def test_too_many_rows() -> None:
    """One above the limit is refused with everything typed still there."""
    made = kind()(sent(*[(f"row {number}", "") for number in range(4)]), prefix="rows")
    assert not made.is_valid()
    assert made.non_form_errors()
    assert made.forms[3]["text"].value() == "row 3"


@pytest.mark.parametrize("total", ["", "x", "-1"])
def test_a_page_that_was_tampered_with(total: str) -> None:
    """Is refused, not an error of the server."""
    made = kind(1)(sent(total=total), prefix="rows")
    assert not made.is_valid()
    assert len(one_row_more(kind(), sent(total=total), "rows").forms) >= 1


def test_one_row_more() -> None:
    """What was typed stays as typed, unjudged, and an empty row follows."""
    made = one_row_more(kind(), sent(("a", ""), ("", "half")), "rows")
    assert not made.is_bound
    assert [(form["text"].value(), form["more"].value()) for form in made] == [
        ("a", ""),
        ("", "half"),
        (None, None),
    ]


def test_no_row_above_the_limit() -> None:
    """Asking for more than may be gives none, and loses nothing."""
    made = one_row_more(kind(), sent(*[(f"row {number}", "") for number in range(3)]), "rows")
    assert [form["text"].value() for form in made] == ["row 0", "row 1", "row 2"]


def test_which_button() -> None:
    """The button names its rows."""
    assert wants_row(QueryDict("add_row=rows"), "rows")
    assert not wants_row(QueryDict("add_row=others"), "rows")
    assert not wants_row(QueryDict(""), "rows")
