"""Bodies: JSON as the standard has it, and no more than a form may hold. Whatever is odd about one is said by 400."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

# Deeper than any body of ours by far.
DEEPEST = 20


class TooLarge(APIException):
    """A body larger than any form of ours."""

    status_code = 413
    default_code = "too_large"


class StrictJSON(BaseParser):
    """One JSON value in UTF-8: each key once, numbers that are numbers, text that can be written down, not too deep."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Read it. Raises ParseError with what is wrong, TooLarge before the rest is read."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(limit + 1)
        if len(data) > limit:
            raise TooLarge(_("The body is larger than the portal takes (%(limit)d bytes).") % {"limit": limit})
        try:
            value = json.loads(
                data.decode(), object_pairs_hook=_once_each, parse_constant=_no_number, parse_float=_finite
            )
        except UnicodeDecodeError:
            raise ParseError(_("The body is not UTF-8."), code="not_utf8") from None
        except RecursionError:
            raise _too_deep() from None
        except ValueError:
            raise ParseError(_("The body is not JSON."), code="not_json") from None
        _look_through(value)
        return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may take two different values for a key that stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError(_("A key stands twice in one object."), code="duplicate_key")
    return found


def _no_number(_name: str) -> Any:
    raise ValueError


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _look_through(value: Any) -> None:
    """Refuse what is too deep, and half letters that no file and no database can keep."""
    level = [value]
    for _depth in range(DEEPEST + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                inner += one
            elif isinstance(one, str) and not _can_be_written(one):
                raise ParseError(_("The body holds half of a letter (a lone surrogate)."), code="not_utf8")
        if not inner:
            return
        level = inner
    raise _too_deep()


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_deep() -> ParseError:
    words = _("The body is nested more than %(levels)d levels deep.") % {"levels": DEEPEST}
    return ParseError(words, code="too_deep")
