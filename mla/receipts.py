"""Acknowledging several requests at once: each by its own step of the line, in a transaction of its own."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms import carried_on
from accounts.refusals import Incomplete, MovedOn, NotAllowed, Refused
from accounts.submissions import once
from agencies.standing import Standing
from mla.journal import suggested
from mla.listing import rows_for
from mla.models import AssistanceRequest, RegisterNumber
from mla.policies import Bodies, Verdict, verdict
from mla.register import their_numbers
from mla.register_forms import NumberForm
from mla.services import perform
from mla.workflow import BY_NAME, RequestState

ACKNOWLEDGE = BY_NAME["acknowledge"]
# So many requests are acknowledged on one page.
AT_MOST = 50


@dataclass(slots=True)
class Receipt:
    """One request to be acknowledged, as the receiving side sees it, with its form; and what came of that."""

    row: dict[str, Any]
    theirs: RegisterNumber | None
    verdict: Verdict
    form: NumberForm | None = None
    done: bool = False
    refused: Refused | None = None

    @property
    def request(self) -> AssistanceRequest:
        """The request."""
        return self.row["request"]

    @property
    def can_be_sent(self) -> bool:
        """Whether its form is shown."""
        return self.verdict.allowed and not self.done


def waiting(standing: Standing) -> Any:
    """The requests that the person can acknowledge, the one that has waited longest first."""
    arrived = AssistanceRequest.objects.visible_among(standing.user, now=standing.now)
    mine = [agency.pk for agency in standing.agencies_where(ACKNOWLEDGE.role)]
    here = arrived.filter(receiving_authority__in=mine, state=RequestState.TRANSMITTED)
    # By the day on which it came: when it was begun is the other side's affair.
    return here.order_by("requested_moved_at", "pk")


def receipts(requests: Iterable[AssistanceRequest], standing: Standing) -> list[Receipt]:
    """What the page says of each request; a constant number of queries."""
    found = list(requests)
    rows = rows_for(found, standing)
    theirs = their_numbers([request.pk for request in found], standing)
    return [
        Receipt(
            row=row,
            theirs=theirs.get(row["request"].pk),
            verdict=verdict(ACKNOWLEDGE, Bodies(request=row["request"], assignment=None), standing),
        )
        for row in rows
    ]


def receipts_of(pks: Iterable[uuid.UUID], standing: Standing) -> list[Receipt]:
    """The same of the requests among `pks` that the person sees, in that order."""
    wanted = list(pks)[:AT_MOST]
    found = AssistanceRequest.objects.visible_among(standing.user, now=standing.now).in_bulk(wanted)
    return receipts([found[pk] for pk in dict.fromkeys(wanted) if pk in found], standing)


def offer(found: list[Receipt], standing: Standing) -> None:
    """Give each that is open its form, with the next numbers of its agency's journal as a help."""
    open_ones = [one for one in found if one.verdict.allowed]
    numbers: dict[uuid.UUID, Iterator[str]] = {}
    for agency in {one.request.receiving_authority for one in open_ones}:
        year = timezone.localdate().year
        numbers[agency.pk] = iter(
            suggested(standing, agency, RegisterNumber.Direction.INCOMING, year, count=len(open_ones))
        )
    for one in open_ones:
        number = next(numbers[one.request.receiving_authority_id])
        initial = {"token": uuid.uuid4(), "version": one.request.requested_clock, "number": number}
        one.form = NumberForm(prefix=str(one.request.pk), initial=initial)


def send(found: list[Receipt], typed: QueryDict, standing: Standing) -> list[Receipt]:
    """Acknowledge each as typed; what is refused undoes no other. Returns the receipts anew, with what came of each."""
    outcomes = {one.request.pk: _send_one(one, typed, standing) for one in found}
    fresh = receipts_of(outcomes, standing)
    for one in fresh:
        one.form, one.done, one.refused = outcomes[one.request.pk]
        if isinstance(one.refused, MovedOn) and one.can_be_sent:
            prefix = str(one.request.pk)
            one.form = NumberForm(carried_on(typed, one.request.requested_clock, prefix), prefix=prefix)
            one.form.add_error(None, str(one.refused.reason))
    return fresh


def _send_one(one: Receipt, typed: QueryDict, standing: Standing) -> tuple[NumberForm, bool, Refused | None]:
    form = NumberForm(typed, prefix=str(one.request.pk))
    # Who may not, or comes too late, is told so by the service, which records it, whatever was typed.
    if not form.is_valid() and one.verdict.allowed:
        return form, False, None

    def act() -> str:
        perform(
            actor=standing.user,
            pk=one.request.pk,
            name=ACKNOWLEDGE.name,
            version=form.cleaned_data.get("version") or 0,
            data=form.content if form.is_valid() else {},
        )
        return reverse("mla:detail", args=[one.request.pk])

    try:
        once(person=standing.user, token=form.cleaned_data.get("token"), act=act)
    except Incomplete as gap:
        form.take(gap.errors)
        return form, False, gap
    except (MovedOn, NotAllowed) as refused:
        return form, False, refused
    except AssistanceRequest.DoesNotExist:
        # Taken away between the two looks.
        return form, False, MovedOn(_("You no longer see this request."))
    return form, True, None
