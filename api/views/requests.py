"""Requests for legal assistance: drafted, read by side, taken along the line."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.refusals import NotAllowed
from api.describing import PAGED, page_of, reads, sends
from api.paging import enveloped, listed
from api.sending import sent
from api.serializers.requests import (
    Drafted,
    Gap,
    NewRequest,
    Reasons,
    RequestOut,
    RequestRow,
    detail_of,
    gap_of,
    list_row,
    reasons_for,
)
from api.serializers.steps import STEP_IN, for_service, step_in
from cases.readings import read_case
from mla.checks import findings
from mla.listing import read_rows
from mla.lists import RequestListing
from mla.policies import verdict, why_not_begin
from mla.reading import Reading, note_reading, read
from mla.services import create_request, give_reasons, perform, save_step
from mla.workflow import BY_NAME


def seen_request(request: Request, pk: uuid.UUID) -> Reading:
    """One request as the person's side reads it. Raises AssistanceRequest.DoesNotExist, which is answered by 404."""
    return read(request.user, request.standing, pk)


def request_out(request: Request, pk: uuid.UUID, status: int = 200) -> Response:
    """One request as it stands now; showing it is an event, as on its page."""
    reading = seen_request(request, pk)
    note_reading(reading)
    return Response(RequestOut(detail_of(reading)).data, status=status)


class RequestsView(APIView):
    """Requests of both directions."""

    @reads(
        page_of("Request", RequestRow),
        gettext_lazy("Requests that you see, newest first"),
        one=False,
        parameters=PAGED,
        operation_id="requests",
    )
    def get(self, request: Request) -> Response:
        """A page of them."""
        found = listed(request, RequestListing)
        rows = [list_row(row) for row in read_rows(found.rows, request.standing)]
        return Response(enveloped(request, found, RequestRow(rows, many=True).data))

    @sends(NewRequest, RequestOut, gettext_lazy("Begin a draft in a case"), status=201, operation_id="request_draft")
    def post(self, request: Request) -> Response:
        """Begin one. Only the drafting agency sees it."""
        given = NewRequest(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        case = read_case(request.standing, values["case"])
        items = list(case.items.visible_to(request.user, now=request.standing.now))
        draft = None if why_not_begin(case, request.standing) else Drafted(values, case, items)

        def act() -> str:
            made = create_request(
                actor=request.user,
                case_id=case.pk,
                requested_state=values["requested_state"],
                content=draft.content if draft else {},
                measures=draft.measures if draft else [],
                attachments=draft.chosen if draft else [],
            )
            if draft and draft.languages:
                rows = {"languages": draft.languages}
                save_step(actor=request.user, pk=made.pk, step="translation", version=0, values=rows)
            return reverse("api:request", args=[made.pk])

        return request_out(request, sent(request, act).kwargs["pk"], status=201)


class RequestView(APIView):
    """One request."""

    @reads(RequestOut, gettext_lazy("One request"), operation_id="request")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """As the reader's side may see it."""
        return request_out(request, pk)


class CheckView(APIView):
    """What a draft does not say yet."""

    @reads(
        Gap(many=True),
        gettext_lazy("What a draft still lacks, each point with the article of its basis"),
        more=(403,),
        operation_id="request_check",
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The points that are not met, those with a reason too."""
        reading = seen_request(request, pk)
        if not reading.may_edit:
            raise NotAllowed(_("The text can be changed only while the request is with its drafter."))
        return self._gaps(reading)

    @sends(
        Reasons,
        Gap(many=True),
        gettext_lazy("Say why points are left out of a draft"),
        operation_id="request_reasons",
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """A point that is no hard one may have a reason in its place."""
        reading = seen_request(request, pk)
        reasons: dict[str, str] = {}
        if reading.may_edit:
            given = Reasons(data=request.data)
            given.is_valid(raise_exception=True)
            reasons = reasons_for(given.validated_data["reasons"], reading)

        def act() -> str:
            give_reasons(actor=request.user, pk=pk, reasons=reasons)
            return reverse("api:check", args=[pk])

        return self._gaps(seen_request(request, sent(request, act).kwargs["pk"]))

    def _gaps(self, reading: Reading) -> Response:
        found = [gap_of(one) for one in findings(reading.request) if not one.met] if reading.may_edit else []
        return Response(Gap(found, many=True).data)


class RequestStepsView(APIView):
    """The steps of a request."""

    @sends(STEP_IN, RequestOut, gettext_lazy("Take a step of a request"), operation_id="request_step")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Take one, by the table in docs/transitions.md."""
        reading = seen_request(request, pk)
        given = step_in(request.data)
        transition = BY_NAME[request.data["transition"]]
        judged_now = verdict(transition, reading.bodies, reading.standing)
        allowed = judged_now.allowed and transition.acting_side == reading.side
        # Who may not, or comes too late, is told so by the service, which records it, whatever was sent.
        well = given.is_valid(raise_exception=allowed)
        version = given.validated_data["version"] if well else reading.clock

        def act() -> str:
            perform(
                actor=request.user,
                pk=pk,
                name=transition.name,
                version=version,
                data=for_service(given.validated_data) if well else {},
            )
            return reverse("api:request", args=[pk])

        return request_out(request, sent(request, act).kwargs["pk"])
