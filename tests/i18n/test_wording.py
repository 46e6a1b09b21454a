"""Every word that a person reads goes through gettext; and the finder of words finds them."""

import re

import pytest
from django.conf import settings

from exchange.catalogues import product_python, product_templates
from tests.i18n.wording import in_code, in_python, in_template

ROOT = settings.BASE_DIR
# The page of parts shows invented names, and dates as the design wrote them.
SPECIMENS = {
    "templates/parts.html": re.compile(
        r"Сатыбалдиева Айгүл|Абдыкеримова Чолпон|Исманалиев Бакыт|Касымов Руслан Адылович|Yoʻldosheva Dilnoza"
        r"|\d+ (?:Sep|Oct|Nov)\b"
    )
}


def names(paths: list) -> list[str]:
    """Paths as the test's report names them."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("name", names(product_templates(ROOT)))
def test_a_template_has_no_words_outside_gettext(name: str) -> None:
    """Visible text and read attributes stand in translate, blocktranslate or a variable."""
    source = (ROOT / name).read_text(encoding="utf-8")
    assert in_template(source, SPECIMENS.get(name)) == []


@pytest.mark.parametrize("name", names(product_python(ROOT)))
def test_python_has_no_words_outside_gettext(name: str) -> None:
    """Labels, help texts, choices, refusals and sentences are translated."""
    assert in_python(ROOT / name) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Plain words</p>",
        "<p>{{ count }} items</p>",
        '<img alt="A seal" src="x">',
        '<a title="Go back" href="/">{{ x }}</a>',
        '<nav aria-label="Main">{{ x }}</nav>',
        '<input placeholder="Name, serial">',
        '<c-button label="Save" />',
        "<c-empty title=\"{% translate 'x' %}\">Nothing yet</c-empty>",
        '<c-td label="{{ x }} days">{{ y }}</c-td>',
        "{% if x %}Yes{% else %}{% translate 'No' %}{% endif %}",
        "<title>{% block title %}Cases{% endblock %}</title>",
        '{{ x|default:"no deadline" }}',
        '{% include "x.html" with title="Two words" %}',
        "<p>Слово</p>",
    ],
)
def test_words_in_a_template_are_found(source: str) -> None:
    """Each of these would be read in English by a Russian reader."""
    assert in_template("{% load i18n %}" + source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% translate 'Plain words' %}</p>",
        "<p>{% blocktranslate trimmed with n=count %}{{ n }} items{% endblocktranslate %}</p>",
        '<c-button label="{% translate \'Save\' %}" kind="main" />',
        "<p>Comity · KG {{ x }} 12, SHA-256 №</p>",
        '<p lang="ky">Тергөөчү</p>',
        "{% comment %}Not shown{% endcomment %}{# nor this #}",
        "<script>let word = 'code'</script>",
        '{% if state == "in execution" %}{{ x }}{% endif %}',
    ],
)
def test_translated_words_in_a_template_are_left_alone(source: str) -> None:
    """What is translated, the same everywhere or not shown is no finding."""
    assert in_template("{% load i18n %}" + source) == []


@pytest.mark.parametrize(
    "source",
    [
        'field = forms.CharField(label="Subject")',
        'field = forms.CharField(help_text="In one line")',
        'field = models.CharField("subject", max_length=3)',
        'field = forms.ChoiceField(choices=[("a", "First")])',
        'raise NotAllowed("You may not")',
        'raise NotAllowed(f"{name} may not")',
        'raise Incomplete(_("Not yet"), {"title": ["Say it"]})',
        'raise forms.ValidationError("Too late")',
        'form.add_error("title", "Too long")',
        'messages.success(request, "Saved")',
        'class Meta:\n    verbose_name = "case"',
        'class Kind(models.TextChoices):\n    A = "a", "First"',
        'class Kind(models.TextChoices):\n    A = "a"',
        'x = _(f"Hello {name}")',
        "x = _(words)",
        'x = ngettext("one", many, n)',
        'text = "This is said to somebody."',
    ],
)
def test_words_in_python_are_found(source: str) -> None:
    """Each of these would reach a person untranslated."""
    assert in_code(source)


@pytest.mark.parametrize(
    "source",
    [
        'field = forms.CharField(label=_("Subject"))',
        'raise NotAllowed(_("You may not"), code="role")',
        'x = pgettext("request-n", "Draft")',
        'x = ngettext("one", "many", n)',
        'logger.warning("The broker is away.")',
        'raise ValueError("This is for developers.")',
        '"""This docstring is a sentence."""',
        'class Kind(models.TextChoices):\n    A = "a", _("First")',
    ],
)
def test_translated_words_in_python_are_left_alone(source: str) -> None:
    """What is translated, or said to developers, is no finding."""
    assert in_code(source) == []
