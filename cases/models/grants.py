"""Grant rows: guardian's store of per-object permissions, one row per source.

guardian's own `unique_together` would let only one of two shares of an item live; these models declare their own
`Meta`. Rows are written by cases/grants.py alone.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agencies.models import Agency
from cases.models.case import Case, CaseItem


class GrantSource(models.TextChoices):
    """What gave a grant."""

    OWNERSHIP = "ownership", _("owner agency")
    NAMED = "named", _("named person")
    SHARE = "share", _("share")
    DRAFTER = "drafter", _("drafter's agency")
    CENTRAL_AUTHORITY = "central_authority", _("central authority")
    REQUESTED = "requested", _("requested authority")
    ASSIGNMENT = "assignment", _("assignment")


class GroupGrant(GroupObjectPermissionBase):
    """A record given to an agency's case workers by one source, until a moment or until the source ends."""

    source = models.CharField(max_length=20, choices=GrantSource.choices)
    expires_at = models.DateTimeField(null=True)
    # When the record came to the holder's side: a copy of its immutable created_at, or when it crossed to them. So one
    # index walk gives the newest. The same in all rows by which one person can see one record.
    sort_at = models.DateTimeField()

    class Meta:
        abstract = True


class PersonGrant(UserObjectPermissionBase):
    """A record given to one person by name, for the agency they act for."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=20, choices=GrantSource.choices)
    expires_at = models.DateTimeField(null=True)
    sort_at = models.DateTimeField()

    class Meta:
        abstract = True


def once(holder: str, *sources: str) -> models.UniqueConstraint:
    """One row per holder, permission, record and source."""
    return models.UniqueConstraint(
        fields=[holder, "permission", "content_object", "source", *sources],
        nulls_distinct=False,
        name="%(class)s_once",
    )


def newest(*leading: str) -> models.Index:
    """The index that `newest_visible` walks."""
    return models.Index(
        *[models.F(field) for field in leading],
        models.F("permission"),
        models.F("sort_at").desc(),
        models.F("content_object").desc(),
        name="%(class)s_newest",
    )


class CaseGroupGrant(GroupGrant):
    """A case given to an agency."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="group_grants")

    class Meta:
        constraints = [once("group")]
        indexes = [newest("group")]


class CasePersonGrant(PersonGrant):
    """A need-to-know case given to a named person."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="person_grants")

    class Meta:
        constraints = [once("user")]
        indexes = [newest("user")]


class ItemGroupGrant(GroupGrant):
    """An item given to an agency: its owner's, or a receiver's by a share."""

    content_object = models.ForeignKey(CaseItem, on_delete=models.CASCADE, related_name="group_grants")
    # The share that gave it: the grant goes with it. Two shares of one item are two rows, and end independently.
    share = models.ForeignKey("cases.Share", on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [once("group", "share")]
        indexes = [newest("group")]


class ItemPersonGrant(PersonGrant):
    """An item given to a named person."""

    content_object = models.ForeignKey(CaseItem, on_delete=models.CASCADE, related_name="person_grants")
    # The share that gave it, where a need-to-know case keeps the answer to its named people.
    share = models.ForeignKey("cases.Share", on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [once("user", "share")]
        indexes = [newest("user")]


def columns_of(row: models.Model) -> dict[str, Any]:
    """A grant row as plain values, without its id: what `check_grants` compares."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
