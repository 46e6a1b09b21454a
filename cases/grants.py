"""The only writer of grant rows. One row per holder, record and source; access ends when the last live row ends."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import User
from agencies.models import Agency
from cases.access import view_permission_id
from cases.models import ItemGroupGrant, ItemPersonGrant

Record = Any  # a Case, a CaseItem or an AssistanceRequest: what has group_grants and person_grants


def grant_model(model: type[models.Model], holder: str) -> type[models.Model]:
    """The grant model of a guarded model; holder is 'group' or 'person'."""
    return model._meta.get_field(f"{holder}_grants").related_model


def give_to_agency(
    records: Iterable[Record],
    agency: Agency,
    source: str,
    *,
    expires_at: datetime | None = None,
    came_at: datetime | None = None,
    **via: Any,
) -> None:
    """Let an agency's case workers see the records by `source`. Giving twice changes nothing.

    `came_at`: when the records came to the agency's side, for lists; when they were begun, unless said otherwise.
    """
    _give(records, "group", {"group_id": agency.group_id}, source, expires_at, via, came_at)


def give_to_person(
    records: Iterable[Record],
    person: User,
    agency: Agency,
    source: str,
    *,
    expires_at: datetime | None = None,
    **via: Any,
) -> None:
    """Let one person see the records by name, while they work on cases for `agency`."""
    _give(records, "person", {"user_id": person.pk, "agency_id": agency.pk}, source, expires_at, via, None)


def take_from_agency(records: Iterable[Record], agency: Agency, source: str) -> None:
    """End what `source` gave to an agency. What another source gave stays."""
    for model, rows in _by_model(records).items():
        grant_model(model, "group")._default_manager.filter(
            content_object__in=[row.pk for row in rows], group_id=agency.group_id, source=source
        ).delete()


def take_from_person(records: Iterable[Record], person: User, source: str) -> None:
    """End what `source` gave to a person."""
    for model, rows in _by_model(records).items():
        grant_model(model, "person")._default_manager.filter(
            content_object__in=[row.pk for row in rows], user=person, source=source
        ).delete()


def take_source(records: Iterable[Record], source: str) -> None:
    """End what `source` gave, to whomever. What another source gave stays."""
    for model, rows in _by_model(records).items():
        for holder in ("group", "person"):
            grant_model(model, holder)._default_manager.filter(
                content_object__in=[row.pk for row in rows], source=source
            ).delete()


def take_share(share_id: uuid.UUID) -> None:
    """End all that one share gave. What ownership, a name or another share gave stays."""
    ItemGroupGrant.objects.filter(share_id=share_id).delete()
    ItemPersonGrant.objects.filter(share_id=share_id).delete()


def take_share_from_person(share_id: uuid.UUID, person: User) -> None:
    """End what one share gave to one person by name."""
    ItemPersonGrant.objects.filter(share_id=share_id, user=person).delete()


def _give(
    records: Iterable[Record],
    kind: str,
    holder: dict[str, Any],
    source: str,
    expires_at: datetime | None,
    via: dict[str, Any],
    came_at: datetime | None,
) -> None:
    for model, rows in _by_model(records).items():
        grants = grant_model(model, kind)
        permission = view_permission_id(model)
        grants._default_manager.bulk_create(
            [
                grants(
                    permission_id=permission,
                    content_object_id=row.pk,
                    sort_at=came_at or row.created_at,
                    source=source,
                    expires_at=expires_at,
                    **holder,
                    **via,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )


def _by_model(records: Iterable[Record]) -> dict[type[models.Model], list[Record]]:
    found: dict[type[models.Model], list[Record]] = {}
    for record in records:
        found.setdefault(type(record), []).append(record)
    return found
