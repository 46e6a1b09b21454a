"""How a refusal reads, for the schema."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class ProblemError(serializers.Serializer):
    """One thing that is missing or wrong."""

    field = serializers.CharField(
        allow_blank=True,
        help_text=_("The field, by its path in the body, such as measures.0.kind; empty for the whole."),
    )
    code = serializers.CharField(help_text=_("Why, as a code that does not change with the language."))
    message = serializers.CharField(help_text=_("Why, in the language of the person signed in."))
    article = serializers.CharField(
        allow_blank=True, help_text=_("The article of the treaty, or the rule, that asks for it; empty when none does.")
    )


class Problem(serializers.Serializer):
    """A refusal (RFC 9457). Nothing of what was asked has been done."""

    type = serializers.CharField(help_text=_("Always about:blank: the status says what kind it is."))
    title = serializers.CharField(help_text=_("The status in words."))
    status = serializers.IntegerField(help_text=_("The HTTP status."))
    detail = serializers.CharField(
        help_text=_("What is wrong and what to do, in the language of the person signed in.")
    )
    code = serializers.CharField(help_text=_("Why, as a code that does not change with the language."))
    errors = ProblemError(many=True, help_text=_("What is missing or wrong, field by field; often empty."))
