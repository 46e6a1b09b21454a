"""The verbs of an item: put one into a case, change it, freeze it."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import NotAllowed
from agencies.services import next_reference
from agencies.standing import Standing, standing_of
from audit.services import audited, record
from cases import policies
from cases.grants import give_to_agency, give_to_person
from cases.indexing import index_item
from cases.items import KINDS, Content, content_of, sha256
from cases.models import Case, CaseItem, Document, GrantSource, ItemVersion, StoredFile
from cases.readings import HOME
from cases.services.case import changed_meanwhile

Values = dict[str, Any]


def create_item(
    *, actor: User, case_id: uuid.UUID, kind: str, values: Values, rows: dict[str, list[Values]]
) -> CaseItem:
    """Put an item into a case. Who sees the case by ownership or by name sees the item by the same.

    Raises Case.DoesNotExist when the case is not visible, NotAllowed when the actor does not write in it.
    """
    standing = standing_of(actor)
    with audited("item.create", actor=actor, subject_type="case", subject_id=case_id, kind=kind):
        # Locked: people named at the same moment are given the item, one way or the other.
        case = (
            Case.objects.visible_to(actor, now=standing.now)
            .select_for_update(of=("self",), no_key=True)
            .select_related("owner__state")
            .get(pk=case_id)
        )
        if not policies.may_edit(case, standing):
            raise NotAllowed(_("Only an officer or a supervisor of the owner agency can add to this case."))
        # Of the agency's own series, not the case's: a receiver learns neither the case nor how much stands in it.
        reference = next_reference(agency=case.owner, series="I")
        item = CaseItem(case=case, owner=case.owner, kind=kind, reference=reference, created_by=actor)
        item.save(force_insert=True)
        _write(item, values, rows)
        _give_to_owner(item, case)
        record("item.create", actor=actor, subject_type="item", subject_id=item.pk, agency=case.owner.code, kind=kind)
    return item


def create_document(
    *, actor: User, case_id: uuid.UUID, file_id: uuid.UUID, values: Values, redacted_from: CaseItem | None = None
) -> CaseItem:
    """Put a file that has arrived into a case as a document. Raises as `create_item`.

    Raises StoredFile.DoesNotExist when the file is not the actor's own, or is a document already.
    """
    with audited("document.create", actor=actor, subject_type="case", subject_id=case_id):
        case = Case.objects.visible_to(actor).get(pk=case_id)
        if not policies.may_edit(case, standing_of(actor)):
            raise NotAllowed(_("Only an officer or a supervisor of the owner agency can add to this case."))
        # Locked first and asked then: another form may have made a document of it meanwhile.
        file = StoredFile.objects.select_for_update(no_key=True).get(pk=file_id, uploaded_by=actor)
        if Document.objects.filter(file=file).exists():
            raise StoredFile.DoesNotExist
        values = {
            **values,
            "name": file.name,
            "size": file.size,
            "media_type": file.media_type,
            "checksum": file.sha256,
            "file": file,
            "redacted_from": redacted_from,
        }
        return create_item(actor=actor, case_id=case_id, kind=CaseItem.Kind.DOCUMENT, values=values, rows={})


def save_item(*, actor: User, pk: uuid.UUID, version: int, values: Values, rows: dict[str, list[Values]]) -> CaseItem:
    """Change an item. What other agencies were given stays as it was frozen.

    Raises CaseItem.DoesNotExist, NotAllowed; MovedOn when somebody else changed it meanwhile.
    """
    with audited("item.edit", actor=actor, subject_type="item", subject_id=pk):
        item, standing = locked_item(actor, pk)
        at_home = CaseItem.objects.sources(actor, pk, now=standing.now) & HOME
        # An officer of the owner who sees the item through a share to another agency of theirs, or by name as its
        # central authority's, does not write in it.
        if not at_home or not policies.may_edit_item(item, standing):
            raise NotAllowed(_("Only an officer or a supervisor of the owner agency can change this."))
        changed_meanwhile(item, version)
        before = content_of(item)
        item.version += 1
        item.changed_by = actor
        item.save(update_fields=["version", "changed_by"])
        _write(item, values, rows)
        after = content_of(item)
        changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        record(
            "item.edit",
            actor=actor,
            subject_type="item",
            subject_id=item.pk,
            agency=item.owner.code,
            version=item.version,
            fields=changed,
        )
    return item


def freeze(item: CaseItem, actor: User) -> ItemVersion:
    """The frozen version of an item's present content: a new one only when it differs from the last.

    The caller holds the item's row lock.
    """
    content: Content = content_of(item)
    checksum = sha256(content)
    last = item.versions.order_by("-number").first()
    if last is not None and last.sha256 == checksum:
        return last
    return ItemVersion.objects.create(
        item=item, number=last.number + 1 if last else 1, content=content, sha256=checksum, frozen_by=actor
    )


def locked_item(actor: User, pk: uuid.UUID) -> tuple[CaseItem, Standing]:
    """Lock an item that the actor sees. Raises CaseItem.DoesNotExist."""
    standing = standing_of(actor)
    item = (
        CaseItem.objects.visible_to(actor, now=standing.now)
        .select_for_update(of=("self",), no_key=True)
        .select_related("owner__state", "changed_by")
        .get(pk=pk)
    )
    return item, standing


def _write(item: CaseItem, values: Values, rows: dict[str, list[Values]]) -> None:
    kind = KINDS[item.kind]
    kind.model._default_manager.update_or_create(item=item, defaults=values)
    for name, model in kind.rows:
        model._default_manager.filter(item=item).delete()
        model._default_manager.bulk_create(
            [model(item=item, number=number, **row) for number, row in enumerate(rows.get(name, []), start=1)]
        )
    index_item(item)


def _give_to_owner(item: CaseItem, case: Case) -> None:
    if not case.need_to_know:
        give_to_agency([item], case.owner, GrantSource.OWNERSHIP)
        return
    for member in case.members.select_related("person", "agency"):
        give_to_person([item], member.person, member.agency, GrantSource.NAMED)
