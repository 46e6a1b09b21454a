"""Words of the letter for templates."""

from django import template
from django.forms.boundfield import BoundField

from mla.forms import ReasonsForm
from mla.reading import label_of

register = template.Library()


@register.filter
def reason_of(form: ReasonsForm, point: str) -> BoundField | None:
    """The line of a form of reasons that is for one point."""
    return form.of(point)


@register.filter
def letter_label(name: str) -> str:
    """The words of a part of the letter, by its name."""
    return label_of(name)
