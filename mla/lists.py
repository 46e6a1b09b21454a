"""The list of requests: filtered, sorted and searched by the face that each turns to the reader's side."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from agencies.legal_basis import RECIPROCITY, basis_names
from agencies.models import State, Treaty
from agencies.standing import Standing
from cases import browsing, finding
from cases.access import Cursor
from cases.browsing import Listing
from cases.facets import Facet, Option, Sort, newest, oldest
from cases.finding import Group
from cases.searching import is_some
from mla.due import ANSWERED
from mla.listing import rows_for
from mla.models import Assignment, AssistanceRequest, RequestFace
from mla.workflow import ENDED, RequestState, Side

# As presentation.due() marks it.
NEAR = timedelta(days=7)


class RequestListing(Listing):
    """Requests. What the other side sees of the same request, its own readers filter and search by another face."""

    code = "requests"
    title = gettext_lazy("Requests")
    url_name = "mla:list"
    sorts = (
        newest("sort_at"),
        oldest("sort_at"),
        Sort("due", gettext_lazy("Due first"), "deadline", may_be_empty=True, on=gettext_lazy("Due later")),
    )
    key = "request_id"
    record = "pk"

    @property
    def own_state(self) -> str | None:
        """The reader's state: nobody works for agencies of two (agencies.services.add_member)."""
        return next((agency.state_id for agency in self.standing.case_agencies), None)

    def facets(self) -> Sequence[Facet]:
        """What a face says, and what the reader's agency has to do with the request."""
        return [
            Facet("state", _("State"), tuple(_state(state) for state in RequestState)),
            Facet("turn", _("Whose turn"), self._turns()),
            Facet("deadline", _("Answer asked by"), _deadlines()),
            Facet("direction", _("Direction"), DIRECTIONS),
            Facet("other", _("Other state"), self._others()),
            Facet("role", _("Your agency"), self._roles()),
            Facet("basis", _("Legal basis"), self._bases()),
        ]

    def _turns(self) -> tuple[Option, ...]:
        ours = Q(holder__in=list(self.standing.roles))
        return (
            Option("ours", gettext_lazy("ours"), ours),
            Option("others", gettext_lazy("others'"), Q(holder__isnull=False) & ~ours),
            Option("nobody", gettext_lazy("nobody's"), Q(holder__isnull=True)),
        )

    def _others(self) -> tuple[Option, ...]:
        states = State.objects.exclude(pk=self.own_state)
        return tuple(Option(one.code, one.name, Q(other_state=one.code), state=one.code) for one in states)

    def _roles(self) -> tuple[Option, ...]:
        own = [agency.pk for agency in self.standing.case_agencies]
        executes = Assignment.objects.filter(request=OuterRef("request"), ended_at=None, agency__in=own)
        return (
            Option("drafting", gettext_lazy("drafts"), Q(request__drafting_agency__in=own)),
            Option("sending", gettext_lazy("sends"), Q(request__sending_authority__in=own)),
            Option("receiving", gettext_lazy("receives"), Q(request__receiving_authority__in=own)),
            Option("executing", gettext_lazy("executes"), Q(is_some(executes))),
        )

    def _bases(self) -> tuple[Option, ...]:
        """On what a request of the reader's state can rest: what binds it or once did."""
        names = basis_names()
        codes = Treaty.objects.filter(parties__state=self.own_state).values_list("pk", flat=True).distinct()
        return tuple(Option(code, names[code], Q(basis=code)) for code in [*codes, RECIPROCITY])

    def visible(self) -> QuerySet:
        """The faces turned to the reader's side, through the door of their requests."""
        seen = AssistanceRequest.objects.all().is_visible(
            self.standing.user, F("request_id"), few=self.few, now=self.standing.now
        )
        return self.keys().filter(seen).defer("words", "names", "vector").select_related("request")

    def keys(self) -> QuerySet:
        """The faces turned to the reader's side."""
        return RequestFace.objects.filter(own_state=self.own_state)

    def newest(self, after: Cursor | None, limit: int) -> list[Any]:
        """By the index of the grants."""
        return AssistanceRequest.objects.newest_visible(
            self.standing.user, after=after, limit=limit, now=self.standing.now
        )

    def in_order(self, after: Cursor | None, limit: int) -> list[Any]:
        """By the faces; what is shown is the request."""
        return [face.request for face in super().in_order(after, limit)]

    def reach(self) -> int:
        """By the same index."""
        return AssistanceRequest.objects.count_visible(self.standing.user, now=self.standing.now)

    def counted(self, number: int, text: str) -> str:
        """So many requests."""
        return ngettext("%(n)s request", "%(n)s requests", number) % {"n": text}


DIRECTIONS = (
    Option("outgoing", pgettext_lazy("direction", "outgoing"), Q(side=Side.REQUESTING)),
    Option("incoming", pgettext_lazy("direction", "incoming"), Q(side=Side.REQUESTED)),
)


def request_rows(requests: list[AssistanceRequest], listing: Listing) -> list[dict[str, Any]]:
    """Requests, each from the reader's side."""
    return rows_for(requests, listing.standing)


def open_requests(standing: Standing) -> Iterable[Facet]:
    """What the list of cases learns from this app: cases with requests that have not ended."""
    requests = AssistanceRequest.objects.visible_among(standing.user, now=standing.now)
    running = requests.filter(case=OuterRef("pk")).exclude(state__in=ENDED)
    options = (Option("open", gettext_lazy("with open requests"), Q(is_some(running))),)
    return [Facet("requests", _("Requests"), options)]


def _state(state: RequestState) -> Option:
    return Option(state.value, state.label, Q(state=state))


def _deadlines() -> tuple[Option, ...]:
    today = timezone.localdate()
    running = ~Q(state__in=ANSWERED)
    return (
        Option("overdue", gettext_lazy("overdue"), Q(deadline__lt=today) & running),
        Option("week", gettext_lazy("within a week"), Q(deadline__range=(today, today + NEAR)) & running),
        Option("none", gettext_lazy("no deadline"), Q(deadline__isnull=True)),
    )


def _request_at(standing: Standing, reference: str) -> str:
    requests = AssistanceRequest.objects.visible_to(standing.user, now=standing.now)
    pk = requests.filter(reference=reference).values_list("pk").first()
    return reverse("mla:detail", args=pk) if pk else ""


def register() -> None:
    """Called once, when the app is ready."""
    browsing.register(RequestListing)
    browsing.register_facets("cases", open_requests)
    finding.register(Group(2, RequestListing, request_rows, "mla/rows.html", _request_at))
