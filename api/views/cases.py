"""Cases and what stands in them."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.refusals import Incomplete, NotAllowed
from agencies.models import Agency
from agencies.standing import Standing
from api.describing import PAGED, page_of, reads, sends
from api.paging import after_in, enveloped, listed, page
from api.sending import sent
from api.serializers.cases import CaseOut, NewCase, chosen, rows_of
from api.serializers.items import ITEM_IN, ItemOut, new_item, own
from cases import policies, services
from cases.items import contents_of
from cases.lists import CaseListing
from cases.models import CaseItem
from cases.readings import read_case, read_item


def case_out(request: Request, pk: uuid.UUID, status: int = 200) -> Response:
    """One case as it stands now."""
    (row,) = rows_of([read_case(request.standing, pk)])
    return Response(CaseOut(row).data, status=status)


class CasesView(APIView):
    """Cases of the person's agencies."""

    @reads(
        page_of("Case", CaseOut),
        gettext_lazy("Cases that you see, newest first"),
        one=False,
        parameters=PAGED,
        operation_id="cases",
    )
    def get(self, request: Request) -> Response:
        """A page of them."""
        found = listed(request, CaseListing)
        return Response(enveloped(request, found, CaseOut(rows_of(found.rows), many=True).data))

    @sends(NewCase, CaseOut, gettext_lazy("Open a case"), status=201, operation_id="case_open")
    def post(self, request: Request) -> Response:
        """Open one. It is seen by its agency, or by the people named in it."""
        if not policies.may_open_cases(request.standing):
            raise NotAllowed(_("Only an officer or a supervisor can open a case."))
        given = NewCase(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        agency = _owner(request.standing, values.get("agency"))
        # Of an agency whose cases are not theirs nobody learns who works there: the service says that, and records it.
        mine = request.standing.any_of(policies.WRITERS, agency.pk)
        members = chosen(values.get("members", []), services.case_workers(agency)) if mine else []
        if members and not values["need_to_know"]:
            words = _("Tick need-to-know, or name nobody: without it the whole agency sees the case.")
            raise Incomplete(words, {"need_to_know": [words]})

        def act() -> str:
            case = services.create_case(
                actor=request.user,
                agency=agency,
                content=values,
                need_to_know=values["need_to_know"],
                members=members,
            )
            return reverse("api:case", args=[case.pk])

        return case_out(request, sent(request, act).kwargs["pk"], status=201)


def _owner(standing: Standing, named: Agency | None) -> Agency:
    """The agency for which a case is opened: the one named, or the only one in whose cases the person writes."""
    if named is not None:
        return named
    mine = {agency.pk: agency for role in policies.WRITERS for agency in standing.agencies_where(role)}
    if len(mine) != 1:
        raise Incomplete(_("Say for which agency."), {"agency": [_("You write in the cases of several agencies.")]})
    return next(iter(mine.values()))


class CaseView(APIView):
    """One case."""

    @reads(CaseOut, gettext_lazy("One case"), operation_id="case")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """As it stands now."""
        return case_out(request, pk)


class ItemsView(APIView):
    """The items of a case."""

    @reads(
        page_of("Item", ItemOut),
        gettext_lazy("Items of a case, newest first"),
        parameters=PAGED,
        operation_id="case_items",
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """A page of them, with what they say: whoever sees the case is at home in it."""
        case = read_case(request.standing, pk)
        items = CaseItem.objects.visible_to(request.user, now=request.standing.now).filter(case=case)
        found = page(request, lambda after, limit: list(after_in(items, after, "created_at")[:limit]))
        contents = contents_of(found.rows)
        for item in found.rows:
            item.owner = case.owner
        rows = [own(item, contents[item.pk]) for item in found.rows]
        return Response(enveloped(request, found, ItemOut(rows, many=True).data))

    @sends(ITEM_IN, ItemOut, gettext_lazy("Put an item into a case"), status=201, operation_id="case_item_add")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Put one into it; documents come in by their page."""
        case = read_case(request.standing, pk)
        # Who may not is told so by the service, which records it, whatever was sent.
        forms = new_item(request.data) if policies.may_edit(case, request.standing) else None

        def act() -> str:
            item = services.create_item(
                actor=request.user,
                case_id=case.pk,
                kind=forms.kind if forms else CaseItem.Kind.NOTE,
                values=forms.values if forms else {},
                rows=forms.row_values if forms else {},
            )
            return reverse("api:item", args=[item.pk])

        made = sent(request, act).kwargs["pk"]
        reading = read_item(request.user, request.standing, case.pk, made)
        return Response(ItemOut(own(reading.item, reading.content)).data, status=201)
