"""The states with which an agency exchanges requests: those of the portal, and on paper any other of the world."""

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import State

# An organisation, where a state's code would stand; the codes of such agencies begin with the same letters.
ORGANISATION = "ORG"
# Codes that ISO 3166-1 gives to no country: kept for other uses, and those that Unicode makes up.
NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])


def other_states() -> dict[str, str]:
    """Code and name in the active language: the portal's states first, organisations, the rest of ISO 3166-1."""
    ours = {state.pk: state.name for state in State.objects.all()}
    rest = _countries((get_language() or "en").partition("-")[0])
    return {**ours, ORGANISATION: _("international organisation"), **{k: v for k, v in rest.items() if k not in ours}}


@lru_cache
def _countries(language: str) -> dict[str, str]:
    """The countries of ISO 3166-1 by name, as Unicode's CLDR names them."""
    names = Locale.parse(language).territories
    found = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY}
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))
