"""Who is signed in."""

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.describing import reads
from api.serializers.me import Me, me_of


class MeView(APIView):
    """The person signed in."""

    @reads(Me, _("The person signed in"), one=False, operation_id="me")
    def get(self, request: Request) -> Response:
        """Name, agency, roles."""
        return Response(Me(me_of(request.standing)).data)
