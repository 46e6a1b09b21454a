"""The words of this app's events in the audit log."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import registry
from cases.items import KINDS, fields_of
from cases.models import CaseItem
from cases.services.search import EVERYWHERE
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
    registry.register_events("search", _("Searches"), pgettext_lazy("noun", "Search"), {"run": _("Search made")})
    registry.register_values("kind", dict(CaseItem.Kind.choices))
    # Where somebody searched is told beside the search, as the kind of thing that was looked for.
    registry.register_values(
        "kind", {EVERYWHERE: pgettext_lazy("searched", "everything"), "cases": _("cases"), "shares": _("shares")}
    )
    registry.register_values("fields", dict(words_of_fields()))


def words_of_fields() -> Iterator[tuple[str, str | Promise]]:
    """What an item says, part by part: what was changed is told by these names."""
    for kind in KINDS.values():
        yield from ((field.name, field.verbose_name) for field in fields_of(kind.model))
        yield from ((name, model._meta.verbose_name_plural) for name, model in kind.rows)
