"""The lists of cases and shares, and of the items that a search finds: what each can be filtered, sorted, searched by.

Of another agency's item or share a list shows reference and kind; what a share has frozen is searched, not shown.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from agencies.standing import Standing
from cases import browsing, finding
from cases.access import FEW, Cursor
from cases.browsing import Listing
from cases.facets import Facet, Option, Sort, newest, oldest
from cases.finding import Group
from cases.items import contents_of, headline, second_line
from cases.models import Case, CaseItem, GrantSource, SearchText, Share
from cases.readings import OWN, kinds_in, share_look
from cases.workflow import ShareState

SOON = timedelta(days=14)


class CaseListing(Listing):
    """Cases, by their own words and by those of their items.

    Who sees a case by ownership or by name sees each of its items by the same (cases/expected.py): so the case's door
    is that of its items' words too.
    """

    code = "cases"
    title = gettext_lazy("Cases")
    url_name = "cases:list"
    sorts = (newest("created_at"), oldest("created_at"))
    record = "case"

    def facets(self) -> Sequence[Facet]:
        """Who in the agency sees it; of which agency, for a person who works for several."""
        access = (
            Option("agency", gettext_lazy("open to the agency"), Q(need_to_know=False)),
            Option("named", gettext_lazy("need-to-know"), Q(need_to_know=True)),
        )
        own = self.standing.case_agencies
        owners = tuple(Option(one.code, one.name, Q(owner=one.pk)) for one in own) if len(own) > 1 else ()
        return [Facet("access", _("Access"), access), Facet("owner", _("Owner agency"), owners)]

    def visible(self) -> QuerySet:
        """Through the door."""
        return Case.objects.visible_among(self.standing.user, few=self.few, now=self.standing.now)

    def keys(self) -> QuerySet:
        """The case's words and those of its items; not those of a share, which say nothing that the items do not."""
        return SearchText.objects.filter(share=None)

    def newest(self, after: Cursor | None, limit: int) -> list[Any]:
        """By the index of the grants."""
        return Case.objects.newest_visible(self.standing.user, after=after, limit=limit, now=self.standing.now)

    def reach(self) -> int:
        """By the same index."""
        return Case.objects.count_visible(self.standing.user, now=self.standing.now)

    def counted(self, number: int, text: str) -> str:
        """So many cases."""
        return ngettext("%(n)s case", "%(n)s cases", number) % {"n": text}


class ShareListing(Listing):
    """Shares: those of one's own cases, and those that are open to one's agency."""

    code = "shares"
    title = gettext_lazy("Shares")
    url_name = "shares:list"
    sorts = (
        newest("came_at"),
        oldest("came_at"),
        Sort("ending", gettext_lazy("Ending first"), "ends_at", may_be_empty=True, on=gettext_lazy("Ending later")),
    )
    record = "share"

    def facets(self) -> Sequence[Facet]:
        """Which way it goes, in what state it is, whether it ends soon."""
        now = self.standing.now
        ours = Q(owner__in=[agency.pk for agency in self.standing.case_agencies])
        over = Q(ends_at__isnull=False, ends_at__lte=now)
        direction = (
            Option("given", gettext_lazy("from your agency"), ours),
            Option("received", gettext_lazy("received"), ~ours),
        )
        states = tuple(Option(state.value, state.label, _in_state(state, over)) for state in ShareState)
        soon = Q(state=ShareState.APPROVED, ends_at__gt=now, ends_at__lte=now + SOON)
        ends = (Option("soon", gettext_lazy("within two weeks"), soon),)
        return [
            Facet("direction", _("Direction"), direction),
            Facet("state", _("State"), states),
            Facet("ends", _("Access ends"), ends),
        ]

    def visible(self) -> QuerySet:
        """Through the door of their cases, or opened by themselves."""
        shares = Share.objects.visible_to(self.standing.user, now=self.standing.now)
        return shares.with_arrival().select_related("owner__state", "recipient__state")

    def keys(self) -> QuerySet:
        """A share's purpose and what it has frozen: what its receiver reads, and so may its owner's side."""
        return SearchText.objects.filter(share__isnull=False)

    def reach(self) -> int:
        """No index is walked: shares are fewer than records."""
        return self.visible().order_by().values("pk")[: FEW + 1].count()

    def counted(self, number: int, text: str) -> str:
        """So many shares."""
        return ngettext("%(n)s share", "%(n)s shares", number) % {"n": text}


class ItemListing(Listing):
    """The items of the reader's own side, as a search finds them."""

    code = "items"
    title = gettext_lazy("Items of your agency")
    url_name = "search:begin"
    sorts = (newest("created_at"),)
    record = "item"
    through: frozenset[str] = OWN

    def visible(self) -> QuerySet:
        """Through the door, by what gives the present text."""
        return CaseItem.objects.visible_among(
            self.standing.user, few=self.few, through=self.through, now=self.standing.now
        ).select_related("owner__state")

    def keys(self) -> QuerySet:
        """What the items say now."""
        return SearchText.objects.filter(share=None, item__isnull=False)

    def reach(self) -> int:
        """By the index of the grants."""
        return CaseItem.objects.count_visible(self.standing.user, now=self.standing.now)

    def counted(self, number: int, text: str) -> str:
        """So many items."""
        return ngettext("%(n)s item", "%(n)s items", number) % {"n": text}


class ReceivedListing(ItemListing):
    """The items that others share with the reader: found by what was frozen for them, and by nothing else."""

    code = "received"
    title = gettext_lazy("Items shared with your agency")
    # When an item was begun is its owner's own.
    sorts = (Sort("reference", gettext_lazy("By reference"), "reference"),)
    through = frozenset({GrantSource.SHARE})

    def keys(self) -> QuerySet:
        """What the shares that are open to the reader have frozen."""
        opened = Share.objects.open_to(self.standing.user, now=self.standing.now)
        return SearchText.objects.filter(item__isnull=False, share__in=opened.order_by().values("pk"))


def case_rows(cases: list[Case], listing: Listing) -> list[dict[str, Any]]:
    """Each case with what it holds, counted by kind."""
    standing = listing.standing
    items = CaseItem.objects.visible_among(standing.user, now=standing.now).filter(case__in=cases)
    held: dict[Any, list[str]] = {}
    kinds = {kind: number for number, kind in enumerate(HOLDS)}
    counted = items.order_by().values_list("case", "kind").annotate(n=Count("pk"))
    for case, kind, number in sorted(counted, key=lambda one: kinds[one[1]]):
        held.setdefault(case, []).append(HOLDS[kind](number) % {"n": number})
    return [{"case": case, "holds": ", ".join(held.get(case.pk, []))} for case in cases]


def item_rows(items: list[CaseItem], listing: Listing) -> list[dict[str, Any]]:
    """Items of the reader's own side: by what they are listed."""
    contents = contents_of(items)
    return [
        {"item": item, "heading": headline(contents[item.pk]), "second": second_line(contents[item.pk])}
        for item in items
    ]


def received_rows(items: list[CaseItem], listing: Listing) -> list[CaseItem]:
    """Items of others: reference and kind."""
    return items


def share_rows(shares: list[Share], listing: Listing) -> list[dict[str, Any]]:
    """Shares: which way each goes, and its state."""
    own = {agency.pk for agency in listing.standing.case_agencies}
    kinds = kinds_in(shares)
    return [
        {
            "share": share,
            "received": share.owner_id not in own,
            "look": share_look(share, listing.standing.now),
            "kinds": kinds.get(share.pk, ""),
        }
        for share in shares
    ]


HOLDS = {
    CaseItem.Kind.PERSON: lambda n: npgettext("in a case", "%(n)s person", "%(n)s persons", n),
    CaseItem.Kind.ORGANISATION: lambda n: ngettext("%(n)s organisation", "%(n)s organisations", n),
    CaseItem.Kind.FIREARM: lambda n: ngettext("%(n)s firearm", "%(n)s firearms", n),
    CaseItem.Kind.DOCUMENT: lambda n: ngettext("%(n)s document", "%(n)s documents", n),
    CaseItem.Kind.NOTE: lambda n: ngettext("%(n)s note", "%(n)s notes", n),
}


def _in_state(state: ShareState, over: Q) -> Q:
    """The shares that are in a state now: an approved one whose last day is over has ended."""
    if state == ShareState.EXPIRED:
        return Q(state=ShareState.APPROVED) & over
    return Q(state=state) & ~over if state == ShareState.APPROVED else Q(state=state)


def _case_at(standing: Standing, reference: str) -> str:
    pk = Case.objects.visible_to(standing.user, now=standing.now).filter(reference=reference).values_list("pk").first()
    return reverse("cases:detail", args=pk) if pk else ""


def _item_at(standing: Standing, reference: str) -> str:
    items = CaseItem.objects.visible_to(standing.user, now=standing.now).filter(reference=reference)
    keys = items.values_list("case", "pk").first()
    return reverse("cases:item", args=keys) if keys else ""


def _share_at(standing: Standing, reference: str) -> str:
    shares = Share.objects.visible_to(standing.user, now=standing.now)
    pk = shares.filter(reference=reference).values_list("pk").first()
    return reverse("shares:detail", args=pk) if pk else ""


def _nowhere(standing: Standing, reference: str) -> str:
    return ""


def register() -> None:
    """Called once, when the app is ready."""
    browsing.register(CaseListing)
    browsing.register(ShareListing)
    finding.register(
        Group(1, CaseListing, case_rows, "cases/case_rows.html", _case_at),
        Group(3, ItemListing, item_rows, "cases/item_rows.html", _item_at),
        Group(4, ReceivedListing, received_rows, "cases/received_rows.html", _nowhere),
        Group(5, ShareListing, share_rows, "cases/share_rows.html", _share_at),
    )
