"""Lists without totals: a page, and the addresses of the next and the previous one.

A cursor is the id of the last row before it, as in the lists of the pages. The way back is in the address too: the
cursors of the pages before, so many as a browser would hold.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from rest_framework.request import Request

from cases.access import Cursor, Page, page_of
from cases.browsing import Listing

AFTER, TRAIL = "after", "trail"
LONGEST_TRAIL = 40


def page(request: Request, rows_after: Callable[[Cursor | None, int], list[Any]]) -> Page:
    """The page that the address asks for; the first one for an address that says nothing sensible."""
    return page_of(request.query_params.get(AFTER, ""), rows_after)


def listed(request: Request, kind: type[Listing]) -> Page:
    """The page of one of the portal's lists, as it opens: no filter, the usual order."""
    return page(request, kind(request.standing, QueryDict()).newest)


def enveloped(request: Request, found: Page, results: list[Any]) -> dict[str, Any]:
    """A page as a program gets it."""
    here = str(Cursor.parse(request.query_params.get(AFTER, "")) or "") if found.newer else ""
    trail = [one for one in request.query_params.get(TRAIL, "").split(",") if Cursor.parse(one)] if here else []
    onward = [*trail, here][-LONGEST_TRAIL:] if here else []
    return {
        "results": results,
        "next": _address(request, str(found.older), onward) if found.older else None,
        "previous": _address(request, trail[-1] if trail else "", trail[:-1]) if here else None,
    }


def after_in(rows: QuerySet, after: Cursor | None, field: str) -> QuerySet:
    """The rows that come after one of them, newest first by a field. Nothing when that one is not among them."""
    rows = rows.order_by(f"-{field}", "-pk")
    if after is None:
        return rows
    last = rows.filter(pk=after.id).values_list(field, flat=True).first()
    if last is None:
        return rows.none()
    return rows.filter(Q(**{f"{field}__lt": last}) | Q(**{field: last, "pk__lt": after.id}))


def _address(request: Request, after: str, trail: list[str]) -> str:
    query = {AFTER: after} if after else {}
    if trail:
        query[TRAIL] = ",".join(trail)
    return request.build_absolute_uri(request.path) + (f"?{urlencode(query, safe=',')}" if query else "")
