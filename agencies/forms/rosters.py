"""The forms of a list of people: the file, and its rows that are to be corrected."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnceForm
from agencies.rosters import COLUMNS, NEEDED, SIZE, Row

LABELS = {
    "email": _("E-mail address"),
    "name": _("Name"),
    "post": _("Post"),
    "language": _("Language"),
    "roles": _("Roles"),
}


class FileForm(OnceForm):
    """The file as a spreadsheet saves it."""

    file = forms.FileField(
        label=_("List of people, as CSV"),
        help_text=_(
            "Columns: e-mail address, name, post, language, roles; the first row names them. At most 5,000 people."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    @property
    def content(self) -> bytes:
        """The file's bytes, one more than a list may have at most."""
        data: bytes = self.cleaned_data["file"].read(SIZE + 1)
        return data


class RowsForm(OnceForm):
    """The rows that are wrong, each column to be corrected in its place, or the row to be left out."""

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            for name in COLUMNS:
                # Whatever is typed is kept, and judged with the list: an error of a row is no error of this form.
                field = forms.CharField(label=LABELS[name], required=False, max_length=1000)
                field.optional_note = "" if name in NEEDED else None
                self.fields[f"{name}_{row.line}"] = field
            self.fields[f"out_{row.line}"] = forms.BooleanField(label=_("Leave this row out"), required=False)

    @property
    def changes(self) -> dict[int, dict[str, str] | None]:
        """What was typed, by the line of the file; None for a row that is left out."""
        data = self.cleaned_data
        return {
            row.line: None
            if data[f"out_{row.line}"]
            else {name: data[f"{name}_{row.line}"] for name in COLUMNS if f"{name}_{row.line}" in self.data}
            for row in self.rows
        }

    @classmethod
    def marked(cls, rows: Sequence[Row], *, version: int, typed: Mapping[str, str] | None = None) -> "RowsForm":
        """The rows as they stand, each mistake at its field; and what was typed over them, with what they say now."""
        present = {f"{name}_{row.line}": row.values[name] for row in rows for name in COLUMNS}
        data = present | dict(typed or {})
        form = cls(data | {"token": str(uuid.uuid4()), "version": str(version)}, rows=rows)
        for field, words in present.items():
            if data[field] != words:
                form.add_error(field, _("The list says now: %(words)s") % {"words": words or "–"})
        for row in rows:
            for name, words in row.errors.items():
                form.add_error(f"{name}_{row.line}", _("Line %(n)d: %(words)s") % {"n": row.line, "words": words})
        return form

    @property
    def rows_of_fields(self) -> list[dict[str, Any]]:
        """Each row with its fields, for the page."""
        return [
            {
                "line": row.line,
                "fields": [self[f"{name}_{row.line}"] for name in COLUMNS],
                "out": self[f"out_{row.line}"],
            }
            for row in self.rows
        ]
