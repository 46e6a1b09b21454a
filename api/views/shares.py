"""Shares: asked for, seen by both sides, decided."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.describing import PAGED, page_of, reads, sends
from api.paging import enveloped, listed
from api.sending import sent
from api.serializers.shares import NewShare, ShareDetail, ShareOut, ShareStep, ask_form, detail_of, rows_of
from cases import policies
from cases.lists import ShareListing
from cases.readings import read_case, read_share
from cases.services import ask_share, decide_share, refuse_receiver


def share_out(request: Request, pk: uuid.UUID, status: int = 200) -> Response:
    """One share as its reader's side sees it now. Raises Share.DoesNotExist."""
    share, mine = read_share(request.standing, pk)
    return Response(ShareDetail(detail_of(share, request.standing, mine=mine)).data, status=status)


class SharesView(APIView):
    """Shares that the person's agencies asked for, gave or received."""

    @reads(
        page_of("Share", ShareOut),
        gettext_lazy("Shares that you see, newest first"),
        one=False,
        parameters=PAGED,
        operation_id="shares",
    )
    def get(self, request: Request) -> Response:
        """A page of them."""
        found = listed(request, ShareListing)
        rows = rows_of(found.rows, request.standing)
        return Response(enveloped(request, found, ShareOut(rows, many=True).data))

    @sends(
        NewShare,
        ShareDetail,
        gettext_lazy("Ask that items of a case go to another agency; a liaison officer decides"),
        status=201,
        operation_id="share_ask",
    )
    def post(self, request: Request) -> Response:
        """Ask for one. Nobody else sees anything until it is approved."""
        given = NewShare(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        case = read_case(request.standing, values["case"])
        items = list(case.items.visible_to(request.user, now=request.standing.now).order_by("created_at", "pk"))
        form = ask_form(values, case, items) if policies.may_ask_share(case, request.standing) else None

        def act() -> str:
            share = ask_share(
                actor=request.user,
                case_id=case.pk,
                chosen=form.chosen if form else [],
                recipient=values["recipient"],
                purpose=form.cleaned_data["purpose"] if form else "",
                until=values["until"],
            )
            return reverse("api:share", args=[share.pk])

        return share_out(request, sent(request, act).kwargs["pk"], status=201)


class ShareView(APIView):
    """One share."""

    @reads(ShareDetail, gettext_lazy("One share"), operation_id="share")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """As the reader's side sees it."""
        return share_out(request, pk)


class ShareStepsView(APIView):
    """The steps of a share."""

    @sends(
        ShareStep,
        ShareDetail,
        gettext_lazy("Approve a share, send it back, decline, cancel or revoke it"),
        operation_id="share_step",
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Take one."""
        _share, mine = read_share(request.standing, pk)
        given = ShareStep(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        name, items = values["transition"], values.get("items")
        if not mine:
            refuse_receiver(actor=request.user, pk=pk, name=name)

        def act() -> str:
            decide_share(
                actor=request.user,
                pk=pk,
                name=name,
                version=values["version"],
                reason=values.get("reason", ""),
                items=set(items) if items is not None else None,
                until=values.get("until"),
            )
            return reverse("api:share", args=[pk])

        return share_out(request, sent(request, act).kwargs["pk"])
