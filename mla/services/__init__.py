"""The verbs of a request, one file a concern: the draft, how it gets another drafter, and the steps of the table."""

from mla.services.draft import (
    answer_comment,
    copy_request,
    create_request,
    give_reasons,
    save_draft,
    save_step,
    visit,
)
from mla.services.handing_over import take_over
from mla.services.steps import perform

__all__ = [
    "answer_comment",
    "copy_request",
    "create_request",
    "give_reasons",
    "perform",
    "save_draft",
    "save_step",
    "take_over",
    "visit",
]
