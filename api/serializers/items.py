"""Items: their kinds are the tables of `cases/items.py`, and what comes in is judged by the form of the kind's page."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.forms import BaseFormSet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from accounts.refusals import Incomplete
from api.fields import Choice, Day, Moment, Several, body, described, from_form
from cases.forms.items import ROWS_AT_MOST, ItemForms, detail_form, rows_formset
from cases.items import KINDS, Content, fields_of
from cases.models import CaseItem
from cases.models.items import Row
from cases.readings import AccessRow, Received

# What is said of a number beside its name.
UNITS = {"size": _("Bytes."), "checksum": _("Of the whole file."), "year": _("Four digits.")}
# A file comes in by its page: there it is counted and looked into while it arrives.
WRITTEN = tuple(kind for kind in KINDS if kind != CaseItem.Kind.DOCUMENT)


def _title(kind: str) -> str:
    return str(kind).title()


# --- out -------------------------------------------------------------------------------------------------------------


def _said(field: models.Field) -> serializers.Field:
    """A field of an item as it goes out; left out when it says nothing, or was withheld."""
    said: dict[str, Any] = {
        "required": False,
        "help_text": described(field.verbose_name, UNITS.get(field.name, field.help_text)),
    }
    if field.choices:
        return serializers.ChoiceField(choices=field.choices, **said)
    if isinstance(field, models.IntegerField):
        return serializers.IntegerField(**said)
    return serializers.CharField(**said)


def _rows(kind: str) -> Iterator[tuple[str, serializers.Field]]:
    for name, model in KINDS[kind].rows:
        row = body(f"{model.__name__}Out", {field.name: _said(field) for field in fields_of(model)})
        yield name, row(many=True, required=False, help_text=described(model._meta.verbose_name_plural))


def _out(kind: str) -> type[serializers.Serializer]:
    head = {
        "id": serializers.UUIDField(help_text=_("Its id, as it stands in addresses.")),
        "kind": serializers.ChoiceField(choices=[(kind, CaseItem.Kind(kind).label)], help_text=_("What it is about.")),
        "reference": serializers.CharField(help_text=_("Its registration number, given by the portal.")),
        "owner": serializers.CharField(help_text=_("The code of the agency to which it belongs.")),
        "case": serializers.UUIDField(
            allow_null=True, help_text=_("The id of its case, for who sees the case; null for a receiver.")
        ),
        "version": serializers.IntegerField(
            allow_null=True, help_text=_("Goes up by one with each change of the item; null for a receiver.")
        ),
        "shares": serializers.ListField(
            child=serializers.UUIDField(),
            help_text=_("To a receiver, ids of the shares that open it, newest first. Empty for its owner's side."),
        ),
    }
    detail = {field.name: _said(field) for field in fields_of(KINDS[kind].model)}
    return body(f"{_title(kind)}Out", {**head, **detail, **dict(_rows(kind))}, str(KINDS[kind].model.__doc__))


OUT = {str(kind): _out(kind) for kind in KINDS}


class ItemOut(serializers.Serializer):
    """An item, as its kind has it."""

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        """By the serializer of its kind."""
        return dict(OUT[instance["kind"]](instance).data)


def own(item: CaseItem, content: Content, *, with_case: bool = True) -> dict[str, Any]:
    """An item as its owner's side reads it: the present text."""
    return content | _head(item) | {"case": item.case_id if with_case else None, "version": item.version, "shares": []}


def received(one: Received, item: CaseItem, through: list[uuid.UUID]) -> dict[str, Any]:
    """An item as one share shows it to its receiver, who reads it through these."""
    return one.content | _head(item) | {"case": None, "version": None, "shares": through}


def _head(item: CaseItem) -> dict[str, Any]:
    return {"id": item.pk, "reference": item.reference, "owner": item.owner.code}


# --- in --------------------------------------------------------------------------------------------------------------


def _row_in(model: type[Row]) -> serializers.Field:
    fields = {
        name: from_form(field, label=model._meta.get_field(name).verbose_name)
        for name, field in rows_formset(model, at_least=0).form.base_fields.items()
    }
    return body(f"New{model.__name__}", fields, str(model.__doc__))()


def _in(kind: str) -> type[serializers.Serializer]:
    model = KINDS[kind].model
    fields: dict[str, serializers.Field] = {
        "kind": Choice(choices=[(str(kind), CaseItem.Kind(kind).label)], help_text=_("What it is about."))
    }
    for name, field in detail_form(kind).base_fields.items():
        given = model._meta.get_field(name)
        # What has a value to begin with need not be said.
        required = field.required and not given.has_default()
        fields[name] = from_form(field, label=given.verbose_name, required=required)
    for name, rows in KINDS[kind].rows:
        needed = name in KINDS[kind].fixed
        fields[name] = Several(
            child=_row_in(rows),
            required=needed,
            min_length=1 if needed else 0,
            max_length=ROWS_AT_MOST,
            help_text=described(rows._meta.verbose_name_plural),
        )
    return body(f"New{_title(kind)}", fields, str(model.__doc__))


IN = {str(kind): _in(kind) for kind in WRITTEN}
ITEM_IN = PolymorphicProxySerializer(
    component_name="NewItem", serializers=list(IN.values()), resource_type_field_name=None
)


def new_item(data: Any) -> ItemForms:
    """The page's form of a new item, filled from a body. Raises ValidationError, Incomplete."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in IN:
        words = _("Say which kind of item it is: %(kinds)s. Documents come in by their page.") % {
            "kinds": ", ".join(IN)
        }
        raise serializers.ValidationError({"kind": [serializers.ErrorDetail(words, "invalid_choice")]})
    shape = IN[kind](data=data)
    shape.is_valid(raise_exception=True)
    forms = ItemForms(kind, _typed(kind, shape.validated_data))
    if not forms.is_valid():
        raise Incomplete(_("Something is missing or wrong."), dict(_errors(forms)))
    return forms


def _typed(kind: str, given: dict[str, Any]) -> QueryDict:
    """A body as the page would send it."""
    data = QueryDict(mutable=True)
    model = KINDS[kind].model
    for name in detail_form(kind).base_fields:
        field = model._meta.get_field(name)
        value = given.get(name, field.get_default() if field.has_default() else None)
        data[name] = _as_typed(value)
    for name, _model in KINDS[kind].rows:
        rows = given.get(name, [])
        data.update(fill_rows(name, rows))
    return data


def fill_rows(name: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Rows as a page would send them."""
    data = {f"{name}-TOTAL_FORMS": str(len(rows)), f"{name}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"{name}-{number}-{key}": _as_typed(value) for key, value in row.items() if value is not False}
    return data


def _as_typed(value: Any) -> str:
    return "" if value is None else str(value)


def _errors(forms: ItemForms) -> Iterator[tuple[str, list[str]]]:
    for name, messages in forms.detail.errors.items():
        yield ("" if name == "__all__" else name), list(messages)
    for name, _label, rows in forms.rows:
        yield from rows_errors(name, rows)


def rows_errors(name: str, rows: BaseFormSet) -> Iterator[tuple[str, list[str]]]:
    """The errors of rows, by their path in the body."""
    if rows.non_form_errors():
        yield name, list(rows.non_form_errors())
    for number, errors in enumerate(rows.errors):
        for field, messages in errors.items():
            yield f"{name}.{number}" + ("" if field == "__all__" else f".{field}"), list(messages)


# --- who sees it -----------------------------------------------------------------------------------------------------


class Access(serializers.Serializer):
    """One way by which people of an agency see an item."""

    agency = serializers.CharField(help_text=_("The agency's code."))
    source = serializers.CharField(help_text=_("Through what, as a code: ownership, named, share, central_authority."))
    share = serializers.UUIDField(allow_null=True, help_text=_("The id of the share; null when no share gives it."))
    reference = serializers.CharField(
        allow_null=True, help_text=_("The reference of that share, or of the request with which it crossed.")
    )
    until = Moment(allow_null=True, help_text=_("Until when (UTC, not included); null: until it is taken back."))
    people = serializers.IntegerField(help_text=_("How many people see it by this way."))


class Looked(serializers.Serializer):
    """What one person looked at on one day, in one line."""

    day = Day(help_text=_("The day, in your agency's time zone."))
    agency = serializers.CharField(help_text=_("The code of the agency for which it was read."))
    name = serializers.CharField(help_text=_("Who: a person, or of the other side of a request its agency."))
    event = serializers.CharField(help_text=_("What: item.read, item.download or item.damaged."))
    outcome = serializers.CharField(help_text=_("done, or refused."))
    count = serializers.IntegerField(help_text=_("How often that day."))
    first = Moment(help_text=_("The first time (UTC)."))
    last = Moment(help_text=_("The last time (UTC)."))


class AccessOut(serializers.Serializer):
    """Who can see an item, and who has read it: its owner's to know."""

    access = Access(many=True, help_text=_("Who can see it now, through what and until when."))
    readers = Looked(many=True, help_text=_("Who read it, newest day first; of its owner's side only who took a file."))


def access_out(rows: list[AccessRow], readers: list[dict[str, Any]]) -> dict[str, Any]:
    """The owner's question, answered."""
    return {
        "access": [
            {
                "agency": row.agency.code,
                "source": row.source,
                "share": row.share.pk if row.share else None,
                "reference": str(row.share) if row.share else None,
                "until": row.until,
                "people": row.people,
            }
            for row in rows
        ],
        "readers": [line | {"event": line["event"].name, "outcome": line["event"].outcome} for line in readers],
    }
