"""The verbs of an export: ask, confirm, decline, cancel; and what beat and the worker do with it."""

import logging
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Agency
from agencies.standing import Standing, people_with, standing_of
from audit.services import audited, record
from cases.models import Case
from exports import store
from exports.models import ASKS, ATTEMPTS, CONFIRM, KEPT, OPEN, WAITS, AgencyExport, ExportState
from notifications.services import notify, settle

logger = logging.getLogger(__name__)

# Each step: from where, to where.
STEPS: dict[str, tuple[tuple[ExportState, ...], ExportState]] = {
    "confirm": ((ExportState.ASKED,), ExportState.CONFIRMED),
    "decline": ((ExportState.ASKED,), ExportState.DECLINED),
    "cancel": (OPEN, ExportState.CANCELLED),
}


def ask(*, actor: User, agency: Agency, reason: str) -> AgencyExport:
    """Ask for an export of an agency's data. Raises NotAllowed; Incomplete while an earlier one is open."""
    with audited("export.ask", actor=actor, subject_type="agency", subject_id=agency.pk, agency=agency.code):
        if not standing_of(actor).holds(ASKS, agency.pk):
            raise NotAllowed(_("Only a supervisor of the agency can ask for an export of its data."))
        try:
            with transaction.atomic():
                export = AgencyExport.objects.create(agency=agency, reason=reason, asked_by=actor)
        except IntegrityError:
            raise Incomplete(_("You have asked for one already: it is in the list.")) from None
        _say(export, "ask", actor)
        notify(event="export.ask", people=(), called=deciders(export), subject_type="export", subject_id=export.pk)
    return export


def take(*, actor: User, pk: uuid.UUID, step: str) -> AgencyExport:
    """Confirm, decline or cancel. Raises AgencyExport.DoesNotExist, NotAllowed with the reason, MovedOn."""
    with audited(f"export.{step}", actor=actor, subject_type="export", subject_id=pk):
        standing = standing_of(actor)
        export = (
            AgencyExport.objects.visible_to(standing)
            .select_for_update(of=("self",), no_key=True)
            .select_related("agency")
            .get(pk=pk)
        )
        if reason := why_not(export, step, standing):
            raise NotAllowed(reason)
        from_, to = STEPS[step]
        if export.state not in from_:
            raise MovedOn(_("This export has moved on: %(state)s.") % {"state": export.get_state_display()})
        file, export.state = export.file, to
        if step != "cancel":
            export.decided_by, export.decided_at = actor, standing.now
        export.claim = export.file = None
        export.save()
        _say(export, step, actor)
        settle(subject_type="export", subject_id=pk, actor=actor, done=step != "cancel")
        if step != "cancel":
            notify(event=f"export.{step}", people=[export.asked_by], subject_type="export", subject_id=pk)
        if step == "confirm":
            transaction.on_commit(lambda: _publish(pk), robust=True)
        transaction.on_commit(lambda: store.remove(file))
    return export


def why_not(export: AgencyExport, step: str, standing: Standing) -> str:
    """Why this person may not take a step, in words; empty when they may."""
    mine = export.asked_by_id == standing.user.pk
    if step == "cancel":
        return "" if mine else _("Only the person who asked for the export can cancel it.")
    if not standing.any_of(CONFIRM, export.agency_id):
        return _("A liaison officer or signatory of the agency decides on an export.")
    return _("You asked for this export: another person must decide.") if mine else ""


def deciders(export: AgencyExport) -> list[User]:
    """Who can confirm it: not its asker."""
    found = {person.pk: person for role in CONFIRM for person in people_with(role, export.agency_id)}
    found.pop(export.asked_by_id, None)
    return list(found.values())


def fetch(*, actor: User, pk: uuid.UUID, now: datetime | None = None) -> AgencyExport:
    """Let the asker have the file. Raises AgencyExport.DoesNotExist; NotAllowed with the reason."""
    now = now or timezone.now()
    with audited("export.download", actor=actor, subject_type="export", subject_id=pk):
        export = AgencyExport.objects.visible_to(standing_of(actor, now)).select_related("agency").get(pk=pk)
        if export.asked_by_id != actor.pk:
            raise NotAllowed(_("Only the person who asked for the export can fetch it."))
        if export.state != ExportState.READY or export.expires_at is None or export.expires_at <= now:
            raise NotAllowed(_("There is no file: it is not made yet, or its day is over."))
        open_to_them = Case.objects.visible_to(actor, now=now).filter(pk__in=export.named_cases).count()
        if open_to_them != len(export.named_cases):
            raise NotAllowed(
                _("A need-to-know case in it is no longer open to you. Cancel this export and ask for a new one.")
            )
        _say(export, "download", actor)
    return export


def claim(pk: uuid.UUID, now: datetime | None = None) -> AgencyExport | None:
    """Take an export to be made. None when there is nothing to do, or another worker does it."""
    now = now or timezone.now()
    with transaction.atomic():
        export = (
            AgencyExport.objects.to_be_made(now)
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .filter(pk=pk)
            .first()
        )
        if export is None:
            return None
        if export.attempts >= ATTEMPTS:
            _fail(export)
            return None
        # What a worker that is gone has written stays a part that nobody names, and is swept.
        export.state, export.claim, export.file = ExportState.BUILDING, uuid.uuid4(), uuid.uuid4()
        export.beat_at, export.attempts = now, export.attempts + 1
        export.step = export.done = export.total = 0
        export.save()
    return export


def still_ours(export: AgencyExport, *, step: int, done: int, total: int) -> bool:
    """Say how far it is. False when it was cancelled meanwhile, or another worker has it: then stop."""
    return bool(
        AgencyExport.objects.filter(pk=export.pk, claim=export.claim, state=ExportState.BUILDING).update(
            step=step, done=done, total=total, beat_at=timezone.now()
        )
    )


def finish(export: AgencyExport, *, size: int, sha256: str, named_cases: list[uuid.UUID]) -> bool:
    """The file lies in the store, whole: show it. False when nobody wants it any more."""
    now = timezone.now()
    with transaction.atomic():
        mine = AgencyExport.objects.select_for_update(no_key=True).filter(
            pk=export.pk, claim=export.claim, state=ExportState.BUILDING
        )
        if not mine.update(
            state=ExportState.READY,
            claim=None,
            size=size,
            sha256=sha256,
            named_cases=named_cases,
            ready_at=now,
            expires_at=now + KEPT,
        ):
            return False
        _say(export, "ready", export.asked_by)
        notify(event="export.ready", people=[export.asked_by], subject_type="export", subject_id=export.pk)
    return True


def give_up(export: AgencyExport, *, for_good: bool) -> None:
    """It could not be made this time: it waits for its next turn, or, `for_good` or the last time, has failed."""
    with transaction.atomic():
        row = AgencyExport.objects.select_for_update(no_key=True).filter(pk=export.pk, claim=export.claim).first()
        if row is None or row.state != ExportState.BUILDING:
            return
        if for_good or row.attempts >= ATTEMPTS:
            _fail(row)
            return
        row.state, row.claim, row.file = ExportState.CONFIRMED, None, None
        row.save()


def tend(now: datetime | None = None) -> list[uuid.UUID]:
    """What beat does: end what is over, remove what is left; returns the exports that wait for a worker."""
    now = now or timezone.now()
    for pk in AgencyExport.objects.filter(state=ExportState.READY, expires_at__lte=now).values_list("pk", flat=True):
        _expire(pk)
    waiting = AgencyExport.objects.filter(state=ExportState.ASKED, asked_at__lte=now - WAITS)
    for pk in waiting.values_list("pk", flat=True):
        _expire(pk)
    named = AgencyExport.objects.filter(state__in=OPEN, file__isnull=False).values_list("file", flat=True)
    if gone := store.sweep({file.hex for file in named}):
        logger.info("swept %d files of exports", gone)
    return list(AgencyExport.objects.to_be_made(now).order_by("decided_at").values_list("pk", flat=True))


def _expire(pk: uuid.UUID) -> None:
    with transaction.atomic():
        export = (
            AgencyExport.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("agency")
            .filter(pk=pk, state__in=(ExportState.ASKED, ExportState.READY))
            .first()
        )
        if export is None:
            return
        file, export.state, export.file = export.file, ExportState.EXPIRED, None
        export.save()
        _say(export, "expire", None)
        transaction.on_commit(lambda: store.remove(file))


def _fail(export: AgencyExport) -> None:
    export.state, export.claim, export.file = ExportState.FAILED, None, None
    export.save()
    _say(export, "fail", None)
    notify(event="export.fail", people=[export.asked_by], subject_type="export", subject_id=export.pk)


def _say(export: AgencyExport, event: str, actor: User | None) -> None:
    record(
        f"export.{event}",
        actor=actor,
        subject_type="export",
        subject_id=export.pk,
        agency=export.agency.code,
        kind=export.reason,
    )


def _publish(pk: uuid.UUID) -> None:
    """Tell a worker. When the broker is away, beat tells one a minute later."""
    from exports.tasks import build

    try:
        build.delay(str(pk))
    except Exception:  # the broker's client raises many kinds; the click must not fail for any of them
        logger.warning("broker away: an export waits for beat")
