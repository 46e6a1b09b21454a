"""Rows that a person adds one by one, with or without JavaScript: a button of the form asks for one more."""

from typing import Any

from django import forms
from django.http import QueryDict

ADD = "add_row"


def wants_row(data: QueryDict, prefix: str) -> bool:
    """Whether the button that was pressed asks for one more row of these."""
    return data.get(ADD) == prefix


def one_row_more(kind: type[forms.BaseFormSet], data: QueryDict, prefix: str, **kwargs: Any) -> forms.BaseFormSet:
    """The rows as typed, not judged yet, and one empty one more."""
    try:
        shown = int(data.get(f"{prefix}-TOTAL_FORMS", "0"))
    except ValueError:
        shown = 0
    names = list(kind.form.base_fields)
    rows = [
        {name: data.get(f"{prefix}-{number}-{name}", "") for name in names} for number in range(min(shown, kind.max_num))
    ]
    made = kind(prefix=prefix, initial=rows, **kwargs)
    made.extra = 1
    return made
