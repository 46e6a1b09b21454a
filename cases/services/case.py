"""The verbs of a case: open it, change it, name a person in it, take the name out, and what names leave behind."""

import uuid
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import CASE_ROLES, Agency, Membership, Role, RoleAssignment
from agencies.services import next_reference
from agencies.standing import Standing, people_with, standing_of
from audit.services import audited, record
from cases import policies
from cases.grants import give_to_agency, give_to_person, take_from_person
from cases.indexing import index_case
from cases.models import Case, CaseItem, CaseMember, GrantSource
from cases.panels import belongings, case_changed, person_named, person_unnamed
from notifications.services import notify

CASE_FIELDS = ("title", "proceedings_number", "offences")


def create_case(
    *,
    actor: User,
    agency: Agency,
    content: dict[str, Any],
    need_to_know: bool = False,
    members: list[User] | None = None,
) -> Case:
    """Open a case for an agency whose officer or supervisor the actor is.

    A need-to-know case is seen by the actor and the named `members` alone, from its first moment. Raises NotAllowed.
    """
    standing = standing_of(actor)
    with audited("case.create", actor=actor, subject_type="agency", subject_id=agency.pk, agency=agency.code):
        if not standing.any_of(policies.WRITERS, agency.pk):
            raise NotAllowed(_("Only an officer or a supervisor can open a case."))
        case = Case(
            reference=next_reference(agency=agency, series="C"),
            owner=agency,
            need_to_know=need_to_know,
            created_by=actor,
            **{name: content[name] for name in CASE_FIELDS if name in content},
        )
        case.save()
        index_case(case)
        if need_to_know:
            for person in {one.pk: one for one in [actor, *(members or [])]}.values():
                _name(case, person, actor)
        else:
            give_to_agency([case], agency, GrantSource.OWNERSHIP)
        record(
            "case.create",
            actor=actor,
            subject_type="case",
            subject_id=case.pk,
            agency=agency.code,
            reference=case.reference,
        )
    return case


def save_case(*, actor: User, pk: uuid.UUID, version: int, content: dict[str, Any]) -> Case:
    """Change a case. Raises Case.DoesNotExist when it is not visible, NotAllowed, MovedOn when it changed meanwhile."""
    with audited("case.edit", actor=actor, subject_type="case", subject_id=pk):
        case, standing = _locked(actor, pk)
        if not policies.may_edit(case, standing):
            raise NotAllowed(_("Only an officer or a supervisor of the owner agency can change this."))
        changed_meanwhile(case, version)
        for name in CASE_FIELDS:
            if name in content:
                setattr(case, name, content[name])
        case.version += 1
        case.changed_by = actor
        case.save()
        index_case(case)
        case_changed(case)
        record(
            "case.edit",
            actor=actor,
            subject_type="case",
            subject_id=case.pk,
            agency=case.owner.code,
            version=case.version,
        )
    return case


def name_person(*, actor: User, pk: uuid.UUID, person: User) -> Case:
    """Name a case worker of the owner agency in a need-to-know case: they see it and all that hangs on it.

    Raises Case.DoesNotExist, NotAllowed; Incomplete when the person does not work on cases there.
    """
    with audited("case.name", actor=actor, subject_type="case", subject_id=pk, person=person.pk):
        case, standing = _locked(actor, pk)
        _may_name(case, standing)
        _name(case, person, actor)
        notify(event="case.name", people=[person], subject_type="case", subject_id=case.pk)
    return case


def unname_person(*, actor: User, pk: uuid.UUID, person: User) -> Case:
    """Take a name out: what it gave ends at the next click. Raises NotAllowed for the last one."""
    with audited("case.unname", actor=actor, subject_type="case", subject_id=pk, person=person.pk):
        case, standing = _locked(actor, pk)
        _may_name(case, standing)
        if case.members.exclude(person=person).count() == 0:
            raise NotAllowed(_("The last named person cannot be taken out: nobody would see the case."))
        _unname(case, person, actor)
    return case


def settle_named(agency: Agency | None = None, person: User | None = None) -> int:
    """Look after need-to-know cases whose named people have left; return how many were touched.

    House rule, for nobody may choose people for a case that they do not see: who has left an agency for good is taken
    out, and the others are told. Where nobody is left who works on cases, the agency's supervisors are named. Runs
    when an agency's people change (whoever it is), and every hour, because roles also run out by themselves.
    """
    now = timezone.now()
    workers = RoleAssignment.objects.current(now).of(CASE_ROLES)
    works = workers.filter(membership__user=OuterRef("person"), membership__agency=OuterRef("agency"))
    belongs = Membership.objects.current(now).filter(user=OuterRef("person"), agency=OuterRef("agency"))
    named = CaseMember.objects.annotate(works=Exists(works), belongs=Exists(belongs)).filter(works=False)
    if agency is not None:
        named = named.filter(agency=agency)
    cases = Case.objects.unscoped("a case may be left to nobody when its named people leave")
    touched = 0
    with transaction.atomic():
        held = cases.filter(pk__in=named.values("case")).select_for_update(of=("self",), no_key=True)
        for case in held.order_by("pk"):
            touched += _settle(case, named.filter(case=case))
    return touched


def _settle(case: Case, rows: models.QuerySet) -> bool:
    """One case, and the rows of its named people who do not work on cases now. Whether anything was done."""
    idle = list(rows.select_related("person"))
    others = case.members.exclude(pk__in=[row.pk for row in idle]).select_related("person")
    remaining = [row.person for row in others]
    heirs = [] if remaining else people_with(Role.SUPERVISOR, case.owner_id)
    for person in heirs:
        _name(case, person, None)
    gone = [row.person for row in idle if not row.belongs] if remaining or heirs else []
    for person in gone:
        _unname(case, person, None)
    notify(event="case.name", people=heirs, subject_type="case", subject_id=case.pk)
    notify(event="case.named_left", people=remaining if gone else [], subject_type="case", subject_id=case.pk)
    return bool(heirs or gone)


def hold_names(pk: uuid.UUID) -> None:
    """Let nobody be named in a case or taken out until the transaction ends.

    For a step that gives something to the people named, whoever takes it. Lock order: request, case, items, counter.
    """
    cases = Case.objects.unscoped("a step gives to the named people of a case that its actor need not see")
    cases.select_for_update(of=("self",), no_key=True).get(pk=pk)


def case_workers(agency: Agency) -> list[User]:
    """The people who now work on cases for an agency, by name: who can be named in its cases."""
    rows = RoleAssignment.objects.current(timezone.now()).of(CASE_ROLES).filter(membership__agency=agency)
    return list(User.objects.filter(pk__in=rows.values("membership__user_id")).order_by("name"))


def changed_meanwhile(row: Case | CaseItem, version: int) -> None:
    """Raise MovedOn, naming who changed the row, when a form carries another version than the row has."""
    if row.version != version:
        # Read anew: a join under the row's lock gives the person of before, when the change was made meanwhile.
        who = User.objects.filter(pk=row.changed_by_id).values_list("name", flat=True).first() or ""
        raise MovedOn(
            _("Changed meanwhile: %(name)s. What you typed is kept; compare it with the present text and save again.")
            % {"name": who}
        )


def _locked(actor: User, pk: uuid.UUID) -> tuple[Case, Standing]:
    standing = standing_of(actor)
    case = (
        Case.objects.visible_to(actor, now=standing.now)
        .select_for_update(of=("self",), no_key=True)
        .select_related("owner__state", "changed_by")
        .get(pk=pk)
    )
    return case, standing


def _may_name(case: Case, standing: Standing) -> None:
    if not case.need_to_know:
        raise NotAllowed(_("People are named in need-to-know cases only: this one is open to the whole agency."))
    if not policies.may_edit(case, standing):
        raise NotAllowed(_("Only an officer or a supervisor of the owner agency can name people."))


def _unname(case: Case, person: User, actor: User | None) -> None:
    """Take a name out. Without an actor: the rule of `settle_named` did it."""
    case.members.filter(person=person).delete()
    take_from_person([case, *_belongings(case)], person, GrantSource.NAMED)
    person_unnamed(case, person)
    record(
        "case.unname",
        actor=actor,
        subject_type="case",
        subject_id=case.pk,
        agency=case.owner.code,
        person=person.pk,
    )


def _name(case: Case, person: User, actor: User | None) -> None:
    if person not in case_workers(case.owner):
        raise Incomplete(
            _("That person cannot be named."), {"person": [_("Choose a person who works on cases for this agency.")]}
        )
    CaseMember.objects.get_or_create(case=case, person=person, defaults={"agency": case.owner, "named_by": actor})
    give_to_person([case, *_belongings(case)], person, case.owner, GrantSource.NAMED)
    person_named(case, person)
    record(
        "case.name",
        actor=actor,
        subject_type="case",
        subject_id=case.pk,
        agency=case.owner.code,
        person=person.pk,
    )


def _belongings(case: Case) -> list[Any]:
    """What a named person sees with the case: its items, and what other apps hang on it."""
    return [*case.items.unscoped("naming a person gives all that hangs on the case"), *belongings(case)]
