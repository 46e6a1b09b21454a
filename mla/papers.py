"""The verbs of a request on paper: enter, change, mark void. Never deleted, and no step of the line.

Roles are capabilities: a central-authority officer of the agency writes, whoever works on its cases reads.
"""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Agency, Role
from agencies.standing import Standing, standing_of
from audit.services import audited, record
from mla.countries import other_states
from mla.journal import enter
from mla.models import PaperRequest, RegisterNumber
from mla.numbers import searchable
from mla.requirements import needed, not_offered
from notifications.services import settle

OWN_FIELDS = (
    *("authority", "their_number", "their_date", "subject", "crossed_on"),
    *("answer_due", "answered_on", "closed_on", "remark"),
)
# What stands in the line of the journal, by its name there.
LINE_FIELDS = {"direction": "direction", "other_state": "other_state", "number": "number", "number_date": "date"}
# What a reminder of its day says no more once one of these is different.
DUE_FIELDS = frozenset({"direction", "answer_due", "answered_on", "closed_on"})
NEEDED = (*LINE_FIELDS, "authority", "subject", "crossed_on")


def may_enter(standing: Standing) -> list[Agency]:
    """The agencies into whose journal the person enters requests on paper, by code."""
    return standing.agencies_where(Role.CA_OFFICER)


def enter_paper(*, actor: User, agency: Agency, content: dict[str, Any]) -> PaperRequest:
    """Enter a request on paper into an agency's journal, under the number that the agency gave it.

    Raises NotAllowed for others than its central-authority officers, Incomplete when something is missing or the
    number is given already.
    """
    standing = standing_of(actor)
    with audited("paper.create", actor=actor, subject_type="agency", subject_id=agency.pk, agency=agency.code):
        _may_write(standing, agency)
        _whole(content, agency)
        paper = PaperRequest(owner=agency, created_by=actor, changed_by=actor, created_at=standing.now)
        _write(paper, RegisterNumber(paper=paper, agency=agency), content, standing)
        record("paper.create", actor=actor, subject_type="paper", subject_id=paper.pk, agency=agency.code)
    return paper


def change_paper(*, actor: User, pk: uuid.UUID, version: int, content: dict[str, Any]) -> PaperRequest:
    """Change what stands in the journal of a request on paper.

    Raises PaperRequest.DoesNotExist when it is not visible; MovedOn when somebody changed it meanwhile.
    """
    with audited("paper.edit", actor=actor, subject_type="paper", subject_id=pk):
        paper, standing = _locked(actor, pk, version)
        _whole(content, paper.owner)
        changed = _write(paper, paper.line, content, standing)
        if DUE_FIELDS.intersection(changed):
            settle(subject_type="paper", subject_id=pk, actor=actor, done=True)
        record(
            "paper.edit",
            actor=actor,
            subject_type="paper",
            subject_id=pk,
            agency=paper.owner.code,
            fields=changed,
            version=paper.version,
        )
    return paper


def void_paper(*, actor: User, pk: uuid.UUID, version: int, reason: str) -> PaperRequest:
    """Mark a request on paper void. It stays in the journal, and its number stays given."""
    with audited("paper.void", actor=actor, subject_type="paper", subject_id=pk):
        paper, standing = _locked(actor, pk, version)
        if not reason.strip():
            raise Incomplete(needed(), {"reason": [needed()]})
        paper.voided_at, paper.void_reason = standing.now, reason
        _sign(paper, standing)
        settle(subject_type="paper", subject_id=pk, actor=actor, done=True)
        record(
            "paper.void",
            actor=actor,
            subject_type="paper",
            subject_id=pk,
            agency=paper.owner.code,
            version=paper.version,
        )
    return paper


def _locked(actor: User, pk: uuid.UUID, version: int) -> tuple[PaperRequest, Standing]:
    """Lock the row, and see that the person may change it as they saw it."""
    standing = standing_of(actor)
    papers = PaperRequest.objects.visible_to(actor, standing.now).select_for_update(of=("self",), no_key=True)
    paper = papers.select_related("owner__state", "line").get(pk=pk)
    _may_write(standing, paper.owner)
    if paper.version != version:
        raise MovedOn(
            _(
                "This entry was changed meanwhile. "
                "What you typed is kept; compare it with the present entry and save again."
            )
        )
    if paper.voided_at:
        raise NotAllowed(_("This entry is void: it stays as it is."), code="state")
    return paper, standing


def _may_write(standing: Standing, agency: Agency) -> None:
    if not standing.holds(Role.CA_OFFICER, agency.pk):
        role = Role.CA_OFFICER.label
        raise NotAllowed(_("Who can: %(role)s, %(agency)s.") % {"role": role, "agency": agency.name}, code="role")


def _whole(content: dict[str, Any], agency: Agency) -> None:
    """Forms ask for most of it first; this decides."""
    errors = {name: [needed()] for name in NEEDED if not content.get(name)} or _contradictions(content, agency)
    if errors:
        raise Incomplete(next(iter(errors.values()))[0], errors)


def _contradictions(content: dict[str, Any], agency: Agency) -> dict[str, list[str]]:
    errors = {}
    if content["direction"] not in RegisterNumber.Direction.values:
        errors["direction"] = [not_offered()]
    if content["other_state"] not in other_states():
        errors["other_state"] = [not_offered()]
    if content["other_state"] == agency.state_id:
        errors["other_state"] = [_("A request goes to another state.")]
    for name in ("answered_on", "closed_on"):
        if content.get(name) and content[name] < content["crossed_on"]:
            errors[name] = [_("This is before the day on which it was received or sent.")]
    return errors


def _write(paper: PaperRequest, line: RegisterNumber, content: dict[str, Any], standing: Standing) -> list[str]:
    """Save both rows; the names of what is different now."""
    changed = []
    for row, names in ((line, LINE_FIELDS), (paper, dict(zip(OWN_FIELDS, OWN_FIELDS, strict=True)))):
        for given, name in names.items():
            if given in content and getattr(row, name) != content[given]:
                setattr(row, name, content[given])
                changed.append(given)
    _sign(paper, standing)
    line.search = searchable([line.number, paper.their_number])
    enter(line, again=bool(content.get("number_again")))
    return changed


def _sign(paper: PaperRequest, standing: Standing) -> None:
    paper.version = 1 if paper._state.adding else paper.version + 1
    paper.changed_by, paper.changed_at = standing.user, standing.now
    paper.save()
