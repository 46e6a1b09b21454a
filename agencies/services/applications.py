"""The verbs of onboarding: a platform admin enters a new agency, another one approves it.

Approval makes the agency, its designations and the invitation of its first admin, in one transaction.
"""

import uuid
from collections.abc import Container
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies import policies
from agencies.legal_basis import designation_names
from agencies.models import Agency, Application, Designation, Invitation, Role
from agencies.services import four_eyes, invitations
from agencies.services.memberships import create_agency
from agencies.standing import Standing, people_holding, standing_of
from audit.services import audited, record
from notifications.services import notify

FIELDS = (
    "code",
    "home_state",
    "kind",
    "name_en",
    "name_ru",
    "name_state",
    "source",
    "admin_name",
    "admin_email",
    "admin_post",
    "admin_language",
)
ORGANISATIONS = frozenset({Agency.Kind.ORGANISATION_REGIONAL, Agency.Kind.ORGANISATION_INTERNATIONAL})


def enter_application(*, actor: User, content: dict[str, Any], designations: list[dict[str, Any]]) -> Application:
    """Enter a new agency, for another platform admin to approve. Raises NotAllowed, Incomplete."""
    standing = standing_of(actor)
    with audited("application.enter", actor=actor, subject_type="application", subject_id=None):
        _platform(standing)
        row = Application(proposed_by=actor)
        _fill(row, content, designations)
        _save(row)
        _say("application.enter", row, actor)
        _tell_others(row, "application.enter")
    return row


def change_application(
    *, actor: User, pk: uuid.UUID, version: int, content: dict[str, Any], designations: list[dict[str, Any]]
) -> Application:
    """Change what one entered, while nobody has decided. Raises DoesNotExist, NotAllowed, MovedOn, Incomplete."""
    standing = standing_of(actor)
    with audited("application.change", actor=actor, subject_type="application", subject_id=pk):
        row = _locked(standing, pk)
        if row.proposed_by_id != actor.pk:
            raise NotAllowed(_("Only the person who entered it changes it: whoever approves must be another."))
        _same(row, version)
        _fill(row, content, designations)
        row.version += 1
        _save(row)
        _say("application.change", row, actor)
    return row


def decide_application(*, actor: User, pk: uuid.UUID, version: int, approve: bool, reason: str = "") -> Application:
    """Approve what one has looked at: the agency is there, its first admin is invited. Or decline, with a reason.

    Raises Application.DoesNotExist, NotAllowed (four eyes), MovedOn when it was changed or decided meanwhile,
    Incomplete.
    """
    standing = standing_of(actor)
    name = "application.approve" if approve else "application.decline"
    with audited(name, actor=actor, subject_type="application", subject_id=pk):
        row = _locked(standing, pk)
        four_eyes.another_person(row, actor)
        _same(row, version)
        if approve:
            row.agency = _found(row, actor, standing)
        four_eyes.decide(row, actor, approve=approve, reason=reason)
        _say(name, row, actor)
        notify(event=name, people=[row.proposed_by], subject_type="application", subject_id=row.pk)
    return row


def withdraw_application(*, actor: User, pk: uuid.UUID) -> Application:
    """Take back what one entered oneself."""
    with audited("application.withdraw", actor=actor, subject_type="application", subject_id=pk):
        row = _locked(standing_of(actor), pk)
        four_eyes.withdraw(row, actor)
        _say("application.withdraw", row, actor)
    return row


def with_days(designations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Designations as they are stored in an application, with days instead of texts."""
    return [
        one | {name: date.fromisoformat(one[name]) if one[name] else None for name in ("starts", "ends")}
        for one in designations
    ]


def _found(row: Application, actor: User, standing: Standing) -> Agency:
    """Make the agency and all that begins with it."""
    if Agency.objects.filter(code=row.code).exists():
        raise NotAllowed(_("There is an agency with this code by now: decline this one."))
    agency = create_agency(
        code=row.code,
        actor=actor,
        state=row.home_state,
        kind=row.kind,
        name_en=row.name_en,
        name_ru=row.name_ru,
        name_state=row.name_state,
    )
    Designation.objects.bulk_create([Designation(agency=agency, **one) for one in with_days(row.designations)])
    first = Invitation(
        email=row.admin_email,
        name=row.admin_name,
        post=row.admin_post,
        language=row.admin_language,
        roles=[Role.AGENCY_ADMIN.value],
    )
    invitations.write(standing, agency, [first], invited_by=row.proposed_by, confirmed_by=actor)
    return agency


def _fill(row: Application, content: dict[str, Any], designations: list[dict[str, Any]]) -> None:
    """Write what was entered into the row. Raises Incomplete with what is wrong, by field."""
    for name in FIELDS:
        if name in content:
            setattr(row, name, content[name])
    row.admin_email = row.admin_email.lower()
    errors = _wrong_texts(row)
    if problem := _wrong_code(row):
        errors.setdefault("code", []).append(problem)
    if problem := _wrong_state(row):
        errors["home_state"] = [problem]
    bases = designation_names()
    if not all(_is_designation(one, bases) for one in designations):
        errors["designations"] = [_("A designation names its rule, its function, its first day and its source.")]
    if errors:
        raise Incomplete(_("Not saved."), errors)
    row.designations = [
        one | {name: one[name].isoformat() if one[name] else None for name in ("starts", "ends")}
        for one in designations
    ]


def _wrong_texts(row: Application) -> dict[str, list[str]]:
    """What the model itself does not take."""
    entered = set(FIELDS) - {"home_state"}
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields if field.name not in entered})
    except ValidationError as wrong:
        return dict(wrong.message_dict)
    return {}


def _wrong_code(row: Application) -> str:
    try:
        Agency._meta.get_field("code").run_validators(row.code)
    except ValidationError:
        return _("Two to five capital letters, a hyphen, and two to twelve capital letters or digits: KG-GPO.")
    if row.home_state and not row.code.startswith(f"{row.home_state.pk}-"):
        words = _("The code of a state's agency begins with the state's: %(code)s-.")
        return words % {"code": row.home_state.pk}
    return _("There is an agency with this code.") if Agency.objects.filter(code=row.code).exists() else ""


def _wrong_state(row: Application) -> str:
    organisation = row.kind in ORGANISATIONS
    if organisation == (row.home_state is None):
        return ""
    return _("An organisation belongs to no state: leave this empty.") if organisation else _("Choose the state.")


def _is_designation(one: dict[str, Any], bases: Container[str]) -> bool:
    """Whether it says all that the directory wants to know, in its words."""
    try:
        Designation(**one).clean_fields(exclude=["agency"])
    except (TypeError, ValidationError):
        return False
    return one["basis"] in bases and (one["ends"] is None or one["ends"] >= one["starts"])


def _save(row: Application) -> None:
    """Save; of two applications with one code at the same moment the second is told."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Incomplete(
            _("Not saved."), {"code": [_("An agency with this code waits for approval already.")]}
        ) from None


def _locked(standing: Standing, pk: uuid.UUID) -> Application:
    if not policies.is_platform_admin(standing):
        raise Application.DoesNotExist
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("proposed_by").get(pk=pk)


def _same(row: Application, version: int) -> None:
    four_eyes.still_pending(row)
    if row.version != version:
        raise MovedOn(_("This application was changed meanwhile. Look at it again before you decide."))


def _platform(standing: Standing) -> None:
    if not policies.is_platform_admin(standing):
        raise NotAllowed(_("Only a platform admin enters agencies."))


def _tell_others(row: Application, event: str) -> None:
    others = [person for person in people_holding(Role.PLATFORM_ADMIN) if person.pk != row.proposed_by_id]
    notify(event=event, people=(), called=others, subject_type="application", subject_id=row.pk)


def _say(name: str, row: Application, actor: User) -> None:
    record(name, actor=actor, subject_type="application", subject_id=row.pk, agencies=[row.code], version=row.version)
