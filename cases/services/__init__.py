"""The verbs of the cases app, one file a concern."""

from cases.services.case import (
    case_workers,
    changed_meanwhile,
    create_case,
    name_person,
    save_case,
    settle_named,
    unname_person,
)
from cases.services.items import create_document, create_item, save_item
from cases.services.shares import (
    ask_again,
    ask_share,
    decide_share,
    disclose_recipients,
    refuse_receiver,
    share_by_step,
)

__all__ = [
    "ask_again",
    "ask_share",
    "case_workers",
    "changed_meanwhile",
    "create_case",
    "create_document",
    "create_item",
    "decide_share",
    "disclose_recipients",
    "name_person",
    "refuse_receiver",
    "save_case",
    "save_item",
    "settle_named",
    "share_by_step",
    "unname_person",
]
