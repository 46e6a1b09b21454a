"""Small helpers of the parts: moments, codes that keep to one line, choices that stand side by side."""

from datetime import date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from exchange.templatetags.ui import in_a_row, unbroken

MONTHS = ["янв.", "февр.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек."]


def shown(at: datetime) -> str:
    """A moment as a page writes it."""
    return Template("{% load ui %}{{ at|moment }}").render(Context({"at": at}))


def test_moment() -> None:
    """Today by its time alone; the day before with its day, in the reader's zone."""
    with timezone.override("Asia/Bishkek"):
        noon = timezone.localtime().replace(hour=12, minute=5)
        assert shown(noon) == "today 12:05"
        before = noon - timedelta(days=1)
        assert shown(before) == date_format(before, "SHORT_DATETIME_FORMAT") and "12:05" in shown(before)
        with translation.override("ru"):
            assert shown(noon) == "сегодня, 12:05"


@pytest.mark.parametrize("month", range(1, 13))
def test_russian_months(month: int) -> None:
    """Short in rows, with a small letter; written out in sentences and letters."""
    day = date(2026, month, 4)
    with translation.override("ru"):
        assert date_format(day, "SHORT_DATE_FORMAT") == f"4 {MONTHS[month - 1]} 2026\u00a0г."
        assert date_format(day, "MONTH_DAY_FORMAT") == f"4 {MONTHS[month - 1]}"
        assert "." not in date_format(day, "DATE_FORMAT").removesuffix("г.")


def test_codes_keep_to_one_line() -> None:
    """Codes and references, and nothing else; what else stands there is escaped."""
    assert unbroken("Person <b>, KG-GPO") == 'Person &lt;b&gt;, <span class="nowrap">KG-GPO</span>'
    assert unbroken("KG-GPO-R-2026-000217 x") == '<span class="nowrap">KG-GPO-R-2026-000217</span> x'
    assert unbroken(gettext_lazy("Done")) == "Done"
    for plain in ("Кызыл-Өрүк", "well-known", "A-1", "7-8"):
        assert unbroken(plain) == plain


class Choices(forms.Form):
    """Radio buttons of different lengths, and ticks."""

    few = forms.ChoiceField(choices=[("a", "Done"), ("b", "Partly done")], widget=forms.RadioSelect)
    long = forms.ChoiceField(choices=[("a", "An answer that takes a line of its own")], widget=forms.RadioSelect)
    many = forms.ChoiceField(choices=[(str(one), "x") for one in range(6)], widget=forms.RadioSelect)
    ticks = forms.MultipleChoiceField(choices=[("a", "One")], widget=forms.CheckboxSelectMultiple)


def test_choices_in_a_row() -> None:
    """A few short ones of which one is taken; anything else has a line each."""
    form = Choices()
    assert [name for name in form.fields if in_a_row(form[name])] == ["few"]
