"""The verbs of a list of people: send it, correct it, invite everybody on it at once."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import policies, rosters
from agencies.models import Agency, Invitation, Roster
from agencies.services import invitations
from agencies.standing import Standing, standing_of
from audit.services import audited, record


def send_roster(*, actor: User, agency_id: uuid.UUID, content: bytes) -> Roster:
    """Keep a list of people to be looked at. Raises Agency.DoesNotExist; Incomplete when it cannot be read."""
    standing = standing_of(actor)
    with audited("roster.send", actor=actor, subject_type="agency", subject_id=agency_id):
        if not policies.manages(standing, agency_id):
            raise Agency.DoesNotExist
        sheet = rosters.read(content)
        row = Roster.objects.create(
            agency=standing.agencies[agency_id],
            sent_by=actor,
            encoding=sheet.encoding,
            separator=sheet.separator,
            rows=sheet.rows,
        )
        _say("roster.send", row, actor, len(sheet.rows))
    return row


def judged(roster: Roster, standing: Standing) -> list[rosters.Row]:
    """The rows of a list with what is wrong in each now."""
    emails = {rosters.email_of(row) for row in roster.rows}
    here = invitations.already_here(roster.agency, emails)
    return rosters.judge(roster.rows, policies.roles_to_invite(standing, roster.agency), here)


def correct_roster(*, actor: User, pk: uuid.UUID, version: int, changes: dict[int, dict[str, str] | None]) -> Roster:
    """Change rows, by their lines, or leave them out (None). Raises Roster.DoesNotExist, MovedOn, NotAllowed."""
    with audited("roster.correct", actor=actor, subject_type="roster", subject_id=pk):
        row, _standing = _locked(actor, pk, version)
        kept: list[dict[str, Any]] = []
        for one in row.rows:
            change = changes.get(one["line"], {})
            if change is not None:
                kept.append(one | {name: change[name] for name in rosters.COLUMNS if name in change})
        row.rows = kept
        row.version += 1
        row.save(update_fields=["rows", "version"])
        _say("roster.correct", row, actor, len(kept))
    return row


def confirm_roster(*, actor: User, pk: uuid.UUID, version: int) -> Roster:
    """Invite everybody on the list: all or nobody. Raises as `correct_roster`; Incomplete while a row is wrong."""
    with audited("roster.confirm", actor=actor, subject_type="roster", subject_id=pk):
        row, standing = _locked(actor, pk, version)
        agency = invitations.open_agency(standing, row.agency_id)
        people = judged(row, standing)
        if not people or any(one.errors for one in people):
            raise Incomplete(_("Nobody was invited: correct the rows that are marked, or leave them out."))
        invitations.write(
            standing,
            agency,
            [
                Invitation(
                    email=one.values["email"].lower(),
                    name=one.values["name"],
                    post=one.values["post"],
                    language=one.language,
                    roles=list(one.roles),
                )
                for one in people
            ],
            roster=row,
        )
        row.invited, row.rows, row.confirmed_at = len(people), [], standing.now
        row.version += 1
        row.save()
        _say("roster.confirm", row, actor, len(people))
    return row


def _locked(actor: User, pk: uuid.UUID, version: int) -> tuple[Roster, Standing]:
    standing = standing_of(actor)
    rows = Roster.objects.filter(agency__in=policies.managed(standing)).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("agency__state").get(pk=pk)
    if row.confirmed_at:
        raise NotAllowed(_("Everybody on this list has been invited."), code="confirmed")
    if row.version != version:
        raise MovedOn(_("This list was changed meanwhile. Look at it again."))
    return row, standing


def _say(name: str, row: Roster, actor: User, count: int) -> None:
    record(name, actor=actor, subject_type="roster", subject_id=row.pk, agency=row.agency.code, count=count)
