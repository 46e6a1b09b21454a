"""The steps in which a draft is written: one table, read by the task list, the forms, the services and the check.

Each step is short, saved by itself, and may be taken in any order.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import CaseItem

Kind = CaseItem.Kind


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the fields of the request that it writes, the kinds of items that it chooses, its rows."""

    name: str
    label: str | Promise
    fields: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rows: str = ""


STEPS = (
    Step("basis", _("Requested state and legal basis"), ("title", "requested_state", "basis", "basis_reason")),
    Step("offence", _("Case and offence"), ("conducted_by", "offence", "statute", "damage")),
    Step("facts", _("Facts"), ("facts",)),
    Step("persons", _("Persons and organisations"), kinds=(Kind.PERSON, Kind.ORGANISATION)),
    Step("measures", _("Assistance sought"), ("purpose",), rows="measures"),
    Step("firearms", _("Firearms"), kinds=(Kind.FIREARM,)),
    Step("procedure", _("Procedure and deadline"), ("procedure", "deadline", "deadline_reason")),
    Step("confidentiality", _("Confidentiality"), ("confidential", "confidentiality_reason")),
    Step("attachments", _("Attachments"), kinds=(Kind.DOCUMENT, Kind.NOTE)),
    Step("translation", _("Translation"), rows="languages"),
)
BY_NAME = {step.name: step for step in STEPS}

# The fields of the request itself that a draft writes.
DRAFT_FIELDS = tuple(name for step in STEPS for name in step.fields if name != "requested_state")
# What a row of the measures says.
MEASURE_FIELDS = ("kind", "description", "about", "questions", "procedure", "attendance")


def step_of(field: str) -> str:
    """The step in which a field, or a kind of row, is written."""
    for step in STEPS:
        if field in step.fields or field == step.rows or field in step.kinds:
            return step.name
    return {"attachments": "attachments", "case_name": "offence", "case_number": "offence"}.get(field, "check")
