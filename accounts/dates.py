"""Dates of which only a part is known: 1988, March 1988, 14 March 1988. Kept as ISO 8601 of that precision."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
TYPED = (
    re.compile(r"(?P<year>\d{4})\Z"),
    re.compile(r"(?P<month>\d{1,2})[./](?P<year>\d{4})\Z"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})\Z"),
    re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})\Z"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\Z"),
)
EARLIEST = 1850


def parse(text: str) -> str:
    """Turn what was typed into ISO 8601 of its precision. Raises ValidationError with what to type.

    Nothing later than today in the active time zone: these dates say what has happened.
    """
    for pattern in TYPED:
        match = pattern.match(text.strip())
        if match:
            found = match.groupdict()
            year, month, day = int(found["year"]), int(found.get("month") or 1), int(found.get("day") or 1)
            try:
                whole = date(year, month, day)
            except ValueError:
                break
            if not year >= EARLIEST or whole > timezone.localdate():
                break
            parts = [f"{year:04d}"]
            parts += [f"{month:02d}"] if found.get("month") else []
            parts += [f"{day:02d}"] if found.get("day") else []
            return "-".join(parts)
    raise ValidationError(_("Type what is known: 1988, 03.1988 or 14.03.1988."), code="partial_date")


def shown(iso: str) -> str:
    """A partial date in the active language; what is no partial date as it is."""
    match = ISO.match(iso or "")
    if not match:
        return iso or ""
    year, month, day = match.groups()
    if day:
        return formats.date_format(date(int(year), int(month), int(day)), "DATE_FORMAT")
    if month:
        return formats.date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT")
    return year


class PartialDateField(forms.CharField):
    """A date of which perhaps only the year, or year and month, are known."""

    def clean(self, value: str | None) -> str:
        """ISO 8601 of the precision typed."""
        text = super().clean(value)
        return parse(text) if text else ""

    def prepare_value(self, value: str | None) -> str:
        """Show 1988-03-14 as people write it here: 14.03.1988."""
        match = ISO.match(value or "")
        return ".".join(part for part in reversed(match.groups()) if part) if match else value or ""
