"""Words of the letter for templates."""

from django import template
from django.forms.boundfield import BoundField

from mla import drafting, presentation
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


@register.filter
def step_icon(name: str) -> str:
    """The icon of a step: the same on its button as on its line of the timeline."""
    return presentation.STEP_ICON[name]


@register.filter
def step_of(name: str) -> str:
    """The step of a draft in which a part of the letter is written."""
    return drafting.step_of(name)


@register.filter
def rule_words(rule: str) -> str:
    """A rule with its treaties called as the reader calls them."""
    return presentation.rule_words(rule)
