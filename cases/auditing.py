"""The words of this app's events in the audit log."""

from django.utils.translation import gettext_lazy as _

from audit import registry
from cases.models import CaseItem
from cases.workflow import SHARE_TRANSITIONS


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_events(
        "case",
        _("Cases"),
        _("Case"),
        {
            "create": _("Case opened"),
            "edit": _("Case changed"),
            "name": _("Person named in a case"),
            "unname": _("Name taken out of a case"),
        },
    )
    registry.register_events(
        "item",
        _("Items"),
        _("Item"),
        {
            "create": _("Item added"),
            "edit": _("Item changed"),
            "read": _("Another agency's item read"),
            "download": _("File downloaded"),
            "damaged": _("Damaged file not given out"),
        },
    )
    registry.register_events("document", _("Documents"), _("Document"), {"create": _("File attached")})
    registry.register_events(
        "share",
        _("Shares"),
        _("Share"),
        {
            "ask": _("Share asked for"),
            "cross": _("Items crossed with a request"),
            "take_back": _("Items that had crossed were taken back"),
            **{transition.name: transition.done for transition in SHARE_TRANSITIONS},
        },
    )
    registry.register_events("search", _("Searches"), _("Search"), {"run": _("Search made")})
    registry.register_values("kind", dict(CaseItem.Kind.choices))
