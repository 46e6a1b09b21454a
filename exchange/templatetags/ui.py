"""Small helpers for the components in templates/components/: form controls, links to errors, short values.

The words, tones and icons of states are fed by the apps that own the states; nothing here knows a state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

CHOICE_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
DASHES = "---------"
# A code or a reference: KG-GPO, KG-GPO-R-2026-000217.
CODE = re.compile(r"\b([A-Z]{2,3}(?:-[A-Z0-9]+)+)\b")
# Choices of a few short words stand side by side.
FEW, SHORT = 4, 32
HASH_PART = 4  # letters in each group of a shortened checksum


@dataclass(frozen=True)
class ErrorLink:
    """One line of the summary of errors; `target` is the id of the control, or empty for the whole form."""

    target: str
    label: str
    message: str


@register.filter
def is_group(field: BoundField) -> bool:
    """Tell whether a field is a group of choices, which takes a fieldset and a legend."""
    return isinstance(field.field.widget, CHOICE_WIDGETS)


@register.filter
def in_a_row(field: BoundField) -> bool:
    """Tell whether one of a few short choices is asked for, which need no line each."""
    labels = [str(label) for _value, label in getattr(field.field, "choices", [])]
    # Django makes ticks a kind of radio buttons.
    one_of_them = is_group(field) and not isinstance(field.field.widget, forms.CheckboxSelectMultiple)
    return one_of_them and len(labels) <= FEW and all(len(label) <= SHORT for label in labels)


@register.filter
def is_wide(field: BoundField) -> bool:
    """Tell whether a field wants the whole width of a form whose short fields stand two abreast."""
    return isinstance(field.field.widget, (forms.Textarea, forms.FileInput))


@register.filter(expects_localtime=True)
def moment(at: datetime) -> str:
    """A moment of today by its time alone, any other with its day."""
    if at.date() == timezone.localdate():
        return _("today %(time)s") % {"time": date_format(at, "TIME_FORMAT")}
    return date_format(at, "SHORT_DATETIME_FORMAT")


@register.filter
def unbroken(text: str) -> SafeString:
    """Plain text with its codes and references each kept on one line."""
    parts = CODE.split(str(text))
    kept = [format_html('<span class="nowrap">{}</span>', one) if at % 2 else one for at, one in enumerate(parts)]
    return format_html("{}" * len(kept), *kept)


@register.filter
def is_tick(field: BoundField) -> bool:
    """Tell whether a field is a single check box, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def hint_id(field: BoundField) -> str:
    """Return the id of the field's hint."""
    return f"{field.auto_id}_hint"


@register.filter
def error_id(field: BoundField) -> str:
    """Return the id of the field's errors."""
    return f"{field.auto_id}_errors"


def described_by(field: BoundField, hint: str) -> str:
    """Return the ids of the texts that describe a control, errors last."""
    ids = [hint_id(field)] if hint or field.help_text else []
    return " ".join([*ids, error_id(field)] if field.errors else ids)


def named_nothing(widget: forms.Select) -> None:
    """Say in words what Django writes as dashes: that nothing is chosen yet."""
    first, *others = list(widget.choices) or [("", "")]
    if str(first[1]) == DASHES:
        widget.choices = [(first[0], _("choose")), *others]


@register.simple_tag
def control(field: BoundField, hint: str = "", rows: str = "") -> SafeString:
    """Render a field's control with its class and the references to its hint and errors."""
    widget = field.field.widget
    attrs: dict[str, Any] = {"class": "form-control"}
    if isinstance(widget, forms.Select):
        attrs["class"] = "form-select"
        named_nothing(widget)
    elif is_tick(field):
        attrs["class"] = "form-check-input"
    if rows and isinstance(widget, forms.Textarea):
        attrs["rows"] = rows
    described = described_by(field, hint)
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def choice_control(choice: BoundWidget) -> SafeString:
    """Render one choice of a group with the class of its kind; Django gives subwidgets none."""
    choice.data["attrs"]["class"] = "form-check-input"
    return choice.tag()


@register.filter
def group_describedby(field: BoundField) -> str:
    """Return what describes a group of choices; empty when nothing does."""
    return described_by(field, "")


def first_control_id(field: BoundField) -> str:
    """Return the id a link can jump to; a group of choices has none of its own, its first choice has."""
    return f"{field.auto_id}_0" if is_group(field) else field.id_for_label


@register.filter
def error_links(form: forms.BaseForm | forms.BaseFormSet | list[Any] | str | None) -> list[ErrorLink]:
    """Return every error of a bound form or formset, or of several, in the order of the page; none for no form."""
    if isinstance(form, list):
        return [link for each in form for link in error_links(each)]
    if not form or not form.is_bound:
        return []
    if isinstance(form, forms.BaseFormSet):
        links = [ErrorLink("", "", str(message)) for message in form.non_form_errors()]
        return [*links, *(link for each in form.forms for link in error_links(each))]
    links = [ErrorLink("", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else first_control_id(field)
        links.extend(ErrorLink(target, str(field.label), str(message)) for message in field.errors)
    return links


@register.filter
def short_checksum(value: str | None) -> str:
    """Shorten a SHA-256 in hex to '7a3e 51bb … d2c8'; short values stay as they are."""
    text = str(value or "")
    if len(text) <= HASH_PART * 4:
        return text
    return f"{text[:HASH_PART]} {text[HASH_PART : HASH_PART * 2]} … {text[-HASH_PART:]}"


@register.filter
def alert_tone(level_tag: str) -> str:
    """Return the tone of a Django message by its level tag."""
    tones = {"success": "good", "warning": "attention", "error": "bad"}
    return tones.get(level_tag, "wire")


@register.filter
def tone_icon(tone: str) -> str:
    """Return the icon that repeats a tone."""
    icons = {"good": "check", "attention": "alert-triangle", "bad": "alert-circle"}
    return icons.get(tone, "info-circle")
