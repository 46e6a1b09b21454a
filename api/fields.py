"""Fields of bodies: of the type that the schema says, and made from the forms of the pages where there is one.

A field of a form brings its words, its longest text and its rules; so a text that is too long for the page is too
long here.
"""

import re
import unicodedata
import uuid
from datetime import UTC, date
from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.text import no_hidden_marks
from agencies.models import Agency, State

Words = str | Promise
CANONICAL = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
at_first_large = lazy(lambda words: capfirst(str(words)), str)


class Text(serializers.CharField):
    """A text in Unicode's composed form, without hidden marks: as typed on a page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(no_hidden_marks)

    def to_internal_value(self, data: Any) -> str:
        """Of a text only."""
        if not isinstance(data, str):
            self.fail("invalid")
        return unicodedata.normalize("NFC", super().to_internal_value(data))


class Yes(serializers.BooleanField):
    """True or false, not words for them."""

    default_error_messages = {"invalid": _("Say true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """Of a truth value only."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number."""

    def to_internal_value(self, data: Any) -> int:
        """Of a number only, not of digits in a text."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class Day(serializers.DateField):
    """A day as YYYY-MM-DD."""

    def to_internal_value(self, data: Any) -> date:
        """Of its whole form only."""
        if not isinstance(data, str) or not DAY.fullmatch(data):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A moment in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class Key(serializers.UUIDField):
    """The id of a record, as it stands in addresses."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        """Of its one form."""
        if not isinstance(data, str) or not CANONICAL.fullmatch(data):
            self.fail("invalid", value=data)
        return uuid.UUID(data)


class Choice(serializers.ChoiceField):
    """One of a closed list of codes."""

    def to_internal_value(self, data: Any) -> Any:
        """Of a code only."""
        wanted = int if self.choices and all(isinstance(one, int) for one in self.choices) else str
        if type(data) is not wanted:
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Coded(serializers.Field):
    """A row that is named by its code."""

    default_error_messages = {"invalid": _("Give a code."), "unknown": _("There is none with this code.")}
    model: Any = None
    by = "code"

    def to_internal_value(self, data: Any) -> Any:
        """The row."""
        if not isinstance(data, str):
            self.fail("invalid")
        found = self.model._default_manager.filter(**{self.by: data}).first()
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> str:
        """Its code."""
        return str(getattr(value, self.by))

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """NUL is in no code, and no question for the database."""
        if isinstance(data, str) and ("\x00" in data or len(data) > 40):
            self.fail("unknown")
        return super().run_validation(data)


@extend_schema_field({"type": "string", "pattern": r"^[A-Z]{2,5}-[A-Z0-9]{2,12}$"})
class AgencyCode(Coded):
    """An agency by its code in the directory, such as KG-GPO."""

    model = Agency


@extend_schema_field({"type": "string", "pattern": r"^[A-Z]{2}$"})
class StateCode(Coded):
    """A state by its code, such as KG."""

    model = State


class Body(serializers.Serializer):
    """An object of which every key is known: one that is not is refused, because a slip would leave something out."""

    default_error_messages = {
        "invalid": _("Give an object."),
        "unknown": _("There is no such field here."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The known keys; an error for each other."""
        strange = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if strange:
            words = self.error_messages["unknown"]
            raise serializers.ValidationError({one: [serializers.ErrorDetail(words, "unknown")] for one in strange})
        return super().to_internal_value(data)


class Several(serializers.ListField):
    """A list, and nothing that merely could be walked through."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Of a list only."""
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        return super().to_internal_value(data)


def body(name: str, fields: dict[str, serializers.Field], words: str = "") -> type[Body]:
    """A kind of body made from a table of fields."""
    return type(name, (Body,), {**fields, "__doc__": words, "__module__": __name__})


def described(label: Words, help_text: Words = "") -> Words:
    """The words of a field: what it is, and what to mind."""
    label = at_first_large(label)
    return format_lazy("{}. {}", label, help_text) if help_text else label


def from_form(
    field: forms.Field, *, label: Words = "", help_text: Words = "", required: bool | None = None
) -> serializers.Field:
    """The field of a body that takes what a field of a form takes; in other words where they are given."""
    required = field.required if required is None else required
    said: dict[str, Any] = {
        "required": required,
        "help_text": described(label or field.label, help_text or field.help_text),
    }
    rules = [one for one in field.validators if one not in type(field).default_validators]
    if isinstance(field, forms.BooleanField):
        return Yes(**said)
    if isinstance(field, forms.DateField):
        return Day(allow_null=not required, validators=rules, **said)
    if isinstance(field, forms.IntegerField):
        return Whole(allow_null=not required, min_value=field.min_value, max_value=field.max_value, **said)
    if isinstance(field, forms.ChoiceField):
        choices = [(value, words) for value, words in field.choices if value != ""]
        return Choice(choices=choices, allow_blank=not required, **said)
    return Text(allow_blank=not required, max_length=field.max_length, min_length=field.min_length, **said)
