"""Who sees one case, item, request or share now, named by its reference."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from cases.access import Viewer
from cases.models import Case, CaseItem, GrantSource, Share
from cases.workflow import ShareState
from mla.models import AssistanceRequest

GUARDED = (Case, CaseItem, AssistanceRequest)
# Through what somebody sees a record, and the reference of it: the share's, the request's, the case's or the item's.
Row = tuple[Viewer, str]


class Command(BaseCommand):
    """Exit 0 with the list, also an empty one; 2 when nothing bears the reference. Prints nothing of the record."""

    help = "Who sees a case, an item, a request or a share now: agency, person, through what, until when."

    def add_arguments(self, parser: CommandParser) -> None:
        """The reference as it stands on the page; --json for a list on standard output."""
        parser.add_argument("reference")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each person, agency and source."""
        rows = as_data(seen_by(options["reference"], timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            until = f"until {row['until']}" if row["until"] else ""
            words = (row["agency"], row["name"], f"<{row['person']}>", row["source"], row["reference"], until)
            self.stdout.write("  ".join(filter(None, words)))


def seen_by(reference: str, now: datetime) -> list[Row]:
    """Everybody who sees what bears this reference, at a moment. Raises CommandError (2) when nothing does."""
    for model in GUARDED:
        found = model.objects.unscoped("an operator asks who sees a record").filter(reference=reference)
        for pk, own in found.values_list("pk", "reference"):
            return _rows(model.objects.viewers(pk, now=now), own)
    share = Share.objects.filter(reference=reference).first()
    if share is None:
        raise CommandError(f"Nothing bears the reference {reference}.", returncode=2)
    return _of_share(share, now)


def as_data(rows: Iterable[Row]) -> list[dict[str, str | None]]:
    """The rows as plain data, by agency, person and source."""
    rows = list(rows)
    people = User.objects.in_bulk({viewer.person_id for viewer, _ in rows})
    agencies = Agency.objects.in_bulk({viewer.agency_id for viewer, _ in rows})
    found = [
        {
            "agency": agencies[viewer.agency_id].code,
            "person": people[viewer.person_id].email,
            "name": people[viewer.person_id].name,
            "source": viewer.source,
            "reference": through,
            "until": viewer.until.isoformat() if viewer.until else None,
        }
        for viewer, through in rows
    ]
    return sorted(found, key=lambda row: [row[key] or "" for key in ("agency", "person", "source", "reference")])


def _rows(viewers: Iterable[Viewer], own: str) -> list[Row]:
    viewers = list(viewers)
    shares = Share.objects.in_bulk({viewer.share_id for viewer in viewers if viewer.share_id})
    return [(viewer, str(shares[viewer.share_id]) if viewer.share_id else own) for viewer in viewers]


def _of_share(share: Share, now: datetime) -> list[Row]:
    """The owner's side sees a share through its case; the receiver through the items that it opens, while it runs."""
    case = Case.objects.unscoped("an operator asks who sees a record").get(pk=share.case_id)
    found = _rows(Case.objects.viewers(case.pk, now=now), case.reference)
    if share.state_at(now) != ShareState.APPROVED:
        return found
    receivers: dict[tuple[Any, ...], Row] = {}
    for item_id in share.share_items.filter(approved=True).values_list("item_id", flat=True):
        for viewer in CaseItem.objects.viewers(item_id, now=now):
            if viewer.source == GrantSource.SHARE and viewer.share_id == share.pk:
                receivers[viewer.person_id, viewer.agency_id] = (viewer, str(share))
    return [*found, *receivers.values()]
