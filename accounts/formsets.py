"""Rows that a person adds one by one, with or without JavaScript: a button of the form asks for one more."""

from typing import Any

from django import forms
from django.http import QueryDict

ADD = "add_row"


class RowsFormSet(forms.BaseFormSet):
    """Rows of which each may be left empty, or emptied to take it out; one with words in it is judged.

    Django trusts the page on how many rows were there before, and wants those filled: here no row comes from a
    record of its own, so none does. When rows are needed and all are empty, the first ones say what is missing.
    """

    def initial_form_count(self) -> int:
        """None, once the form has been sent."""
        return 0 if self.is_bound else super().initial_form_count()

    def full_clean(self) -> None:
        """Judge the rows that say something."""
        if self.is_bound and self.management_form.is_valid():
            empty = [form for form in self.forms if not form.has_changed()]
            if len(self.forms) - len(empty) >= self.min_num:
                for form in empty:
                    form.empty_permitted = True
        super().full_clean()


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
        {name: data.get(f"{prefix}-{number}-{name}", "") for name in names}
        for number in range(min(shown, kind.max_num))
    ]
    made = kind(prefix=prefix, initial=rows, **kwargs)
    made.extra = 1
    return made
