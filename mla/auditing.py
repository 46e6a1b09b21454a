"""The words of this app's events in the audit log."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import registry
from mla.drafting import DRAFT_FIELDS
from mla.models import AssistanceRequest, PaperRequest, RegisterNumber
from mla.papers import LINE_FIELDS, OWN_FIELDS
from mla.reading import PARTS
from mla.workflow import TRANSITIONS


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_events(
        "request",
        _("Requests"),
        _("Request"),
        {
            "create": _("Draft begun"),
            "edit": _("Draft changed"),
            "copy": _("Draft begun as a copy"),
            "take_over": _("Draft taken over"),
            "read": _("Another agency's request read"),
            "print": _("Request laid out for paper"),
            "export": _("Another agency's request exported with the register"),
            **{transition.name: transition.done for transition in TRANSITIONS},
        },
    )
    registry.register_events(
        "paper",
        _("Requests on paper"),
        _("Request on paper"),
        {
            "create": _("Request on paper entered"),
            "edit": _("Request on paper changed"),
            "void": _("Request on paper marked void"),
        },
    )
    registry.register_events("register", _("Register"), _("Register"), {"export": _("Register exported")})
    registry.register_values("kind", {"requests": _("requests")})
    registry.register_values("fields", dict(words_of_fields()))


def words_of_fields() -> Iterator[tuple[str, str | Promise]]:
    """What a draft and an entry of a request on paper say, part by part."""
    for model, names in ((PaperRequest, OWN_FIELDS), (RegisterNumber, LINE_FIELDS.values())):
        yield from ((name, model._meta.get_field(name).verbose_name) for name in names)
    yield from ((name, AssistanceRequest._meta.get_field(name).verbose_name) for name in DRAFT_FIELDS)
    yield from PARTS.items()
    yield "gap_reasons", _("reasons for what is left out")
