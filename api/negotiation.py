"""What an answer is written in."""

from collections.abc import Sequence
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AlwaysJSON(BaseContentNegotiation):
    """JSON, whatever a client says it would like: there is nothing else."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:
        """The one parser, for a body that says that it is JSON."""
        said = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == said), None)

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: Any = None
    ) -> tuple[BaseRenderer, str]:
        """The one renderer."""
        return renderers[0], renderers[0].media_type
