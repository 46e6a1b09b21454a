"""The list of requests: filtered, sorted and searched by the face that each turns to the reader's side."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from agencies.models import LegalBasis, State
from agencies.standing import Standing
from cases import browsing, finding
from cases.access import Cursor
from cases.browsing import Listing
from cases.facets import Facet, Option, Sort
from cases.finding import Group
from cases.searching import is_some
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
        Sort("newest", gettext_lazy("Newest first"), "sort_at", descending=True),
        Sort(
            "oldest",
            gettext_lazy("Oldest first"),
            "sort_at",
            back=gettext_lazy("Older"),
            on=gettext_lazy("Newer"),
        ),
        Sort(
            "due",
            gettext_lazy("Due first"),
            "deadline",
            may_be_empty=True,
            back=gettext_lazy("Due earlier"),
            on=gettext_lazy("Due later"),
        ),
    )
    model = RequestFace
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
            Facet("basis", _("Legal basis"), tuple(_basis(basis) for basis in LegalBasis)),
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

    def visible(self) -> QuerySet:
        """The faces turned to the reader's side, through the door of their requests."""
        seen = AssistanceRequest.objects.all().seen("request", self.standing.user, few=self.few, now=self.standing.now)
        return self.keys().filter(seen).defer("words", "names", "vector").select_related("request")

    def keys(self) -> QuerySet:
        """The faces turned to the reader's side."""
        return RequestFace.objects.filter(own_state=self.own_state)

    def newest(self, *, after: Cursor | None, before: Cursor | None, limit: int) -> list[Any]:
        """By the index of the grants."""
        requests = AssistanceRequest.objects.newest_visible(
            self.standing.user, after=after, before=before, limit=limit, now=self.standing.now
        )
        return [RequestFace(request=one, sort_at=one.created_at) for one in requests]

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


def request_rows(faces: list[RequestFace], listing: Listing) -> list[dict[str, Any]]:
    """Requests, each from the reader's side."""
    return rows_for([face.request for face in faces], listing.standing)


def open_requests(standing: Standing) -> Iterable[Facet]:
    """What the list of cases learns from this app: cases with requests that have not ended."""
    requests = AssistanceRequest.objects.listed_to(standing.user, few=False, now=standing.now)
    running = requests.filter(case=OuterRef("pk")).exclude(state__in=ENDED)
    options = (Option("open", gettext_lazy("with open requests"), Q(is_some(running))),)
    return [Facet("requests", _("Requests"), options)]


def _state(state: RequestState) -> Option:
    return Option(state.value, state.label, Q(state=state))


def _basis(basis: LegalBasis) -> Option:
    return Option(basis.value, basis.label, Q(basis=basis))


def _deadlines() -> tuple[Option, ...]:
    today = timezone.localdate()
    running = ~Q(state__in=ENDED)
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
