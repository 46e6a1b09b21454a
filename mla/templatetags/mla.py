"""Words of the letter for templates."""

from django import template

from mla.reading import label_of

register = template.Library()


@register.filter
def letter_label(name: str) -> str:
    """The words of a part of the letter, by its name."""
    return label_of(name)
