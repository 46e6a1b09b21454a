"""Shares: as each side sees them, asked for by the page's own form, decided by the steps of their table."""

import uuid
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.refusals import Incomplete
from agencies.models import Agency
from agencies.standing import Standing
from api.fields import AgencyCode, Body, Choice, Day, Key, Moment, Several, Text, Whole, from_form
from cases.forms.shares import AskForm
from cases.items import contents_of
from cases.models import Case, CaseItem, Share, ShareItem
from cases.policies import ShareVerdict, share_verdicts
from cases.workflow import OPENED, SHARE_TRANSITIONS, ShareState

# Asking again is the page's: there each part is looked at before it is frozen anew.
DECIDED = tuple(row for row in SHARE_TRANSITIONS if row.name != "ask_again")
FIELDS = AskForm.base_fields


class Action(serializers.Serializer):
    """A step, whether it is open to the person signed in, and if not, why not."""

    name = serializers.CharField(help_text=_("The step, by the name under which it is taken."))
    label = serializers.CharField(help_text=_("The step in words."))
    allowed = serializers.BooleanField(help_text=_("Whether it is open to you now."))
    reason = serializers.CharField(allow_blank=True, help_text=_("Why it is not, and who can; empty when it is open."))


class ShareOut(serializers.Serializer):
    """Chosen items of one case for one agency, as the side of the reader sees them."""

    id = serializers.UUIDField(help_text=_("Its id, as it stands in addresses."))
    reference = serializers.CharField(
        help_text=_("Its registration number, or the reference of the request with which it crossed.")
    )
    case = serializers.UUIDField(allow_null=True, help_text=_("The id of the case; null for the receiver."))
    items = serializers.ListField(
        child=serializers.UUIDField(), help_text=_("Ids of the items: asked for, and once approved those approved.")
    )
    owner = serializers.CharField(help_text=_("The code of the agency to which the items belong."))
    recipient = serializers.CharField(help_text=_("The code of the agency that receives them."))
    purpose = serializers.CharField(help_text=_("The only purpose for which they may be used."))
    until = Day(
        allow_null=True,
        help_text=_("The last day, to its end in the owner's time zone; null: as long as the request runs."),
    )
    state = serializers.ChoiceField(choices=ShareState.choices, help_text=_("Where it stands now."))
    version = serializers.IntegerField(
        allow_null=True, help_text=_("Goes up with each step; sent along with the next one. Null for the receiver.")
    )
    note = serializers.CharField(
        allow_null=True, allow_blank=True, help_text=_("The words of the last decision; null for the receiver.")
    )
    decided_at = Moment(allow_null=True, help_text=_("When it was approved, declined or sent back (UTC)."))


class ShareDetail(ShareOut):
    """One share, with the steps that its state knows."""

    actions = Action(many=True, help_text=_("Steps of its owner's side; empty for the receiver."))


def rows_of(shares: list[Share], standing: Standing) -> list[dict[str, Any]]:
    """Shares as they go out; a constant number of queries."""
    visible = Share.objects.of_own_cases(standing.user, now=standing.now)
    own = set(visible.filter(pk__in=[share.pk for share in shares]).values_list("pk", flat=True))
    items: dict[uuid.UUID, list[uuid.UUID]] = {}
    asked = ShareItem.objects.filter(share__in=shares).order_by("pk").values_list("share", "item", "approved")
    states = {share.pk: share.state for share in shares}
    for share, item, approved in asked:
        if approved or states[share] not in OPENED:
            items.setdefault(share, []).append(item)
    return [_row(share, items.get(share.pk, []), standing, mine=share.pk in own) for share in shares]


def _row(share: Share, items: list[uuid.UUID], standing: Standing, *, mine: bool) -> dict[str, Any]:
    return {
        "id": share.pk,
        "reference": str(share),
        "case": share.case_id if mine else None,
        "items": items,
        "owner": share.owner.code,
        "recipient": share.recipient.code,
        "purpose": share.purpose,
        "until": share.until,
        "state": share.state_at(standing.now),
        "version": share.version if mine else None,
        "note": share.note if mine else None,
        "decided_at": share.decided_at,
    }


def detail_of(share: Share, standing: Standing, *, mine: bool) -> dict[str, Any]:
    """One share as it goes out."""
    (row,) = rows_of([share], standing)
    judged = share_verdicts(share, standing) if mine else []
    return row | {"actions": [_action(one) for one in judged if one.transition in DECIDED]}


def _action(judged: ShareVerdict) -> dict[str, Any]:
    step = judged.transition
    return {"name": step.name, "label": str(step.label), "allowed": judged.allowed, "reason": judged.reason}


class NewShare(Body):
    """Items of a case to be shared."""

    case = Key(help_text=_("The id of the case."))
    items = Several(child=Key(), min_length=1, max_length=500, help_text=_("Ids of the items that go."))
    recipient = AgencyCode(help_text=_("The code of the agency that is to receive them."))
    purpose = from_form(FIELDS["purpose"])
    until = from_form(FIELDS["until"])
    withheld = serializers.DictField(
        child=Several(child=serializers.CharField(max_length=40)),
        required=False,
        help_text=_("What stays out: by the id of an item the names of its fields. Everything else goes."),
    )


def ask_form(given: dict[str, Any], case: Case, items: list[CaseItem]) -> AskForm:
    """The page's form, filled from a body. Raises Incomplete."""
    recipient: Agency = given["recipient"]
    data = QueryDict(mutable=True)
    data["recipient"], data["purpose"], data["until"] = str(recipient.pk), given["purpose"], str(given["until"])
    ids = {str(one.pk) for one in items}
    wanted = {str(pk) for pk in given["items"]}
    withheld = {str(name).lower(): parts for name, parts in given.get("withheld", {}).items()}
    if wanted - ids:
        raise _wrong({"items": [str(_("Choose items of this case only."))]})
    if set(withheld) - wanted:
        raise _wrong({"withheld": [str(_("Parts can be withheld of items that go, named by their ids."))]})
    for pk in wanted:
        data[f"item_{pk}"] = "on"
        data.setlist(f"out_{pk}", withheld.get(pk, []))
    form = AskForm(data, owner=case.owner, items=items, contents=contents_of(items))
    if not form.is_valid():
        raise _wrong({_path(name): list(messages) for name, messages in form.errors.items()})
    return form


def _path(name: str) -> str:
    """A field of the form as a path in the body."""
    if name.startswith("out_"):
        return f"withheld.{name.removeprefix('out_')}"
    return "" if name == "__all__" else name


def _wrong(errors: dict[str, list[str]]) -> Incomplete:
    return Incomplete(_("Something is missing or wrong."), errors)


class ShareStep(Body):
    """A step of a share."""

    transition = Choice(choices=[(row.name, row.label) for row in DECIDED], help_text=_("The step, by its name."))
    version = Whole(min_value=0, max_value=2**31 - 1, help_text=_("The version of the share that you have read."))
    reason = Text(
        required=False,
        allow_blank=True,
        max_length=5000,
        help_text=_("A question or a reason: needed to send back, decline and revoke. Only the owner agency reads it."),
    )
    items = Several(
        child=Key(),
        required=False,
        min_length=1,
        max_length=500,
        help_text=_("To approve only some: ids of those items. Left out: all."),
    )
    until = Day(
        required=False, allow_null=True, help_text=_("To approve for a shorter time: the last day. Left out: as asked.")
    )
