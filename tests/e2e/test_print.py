"""The letter on paper: each sheet bears reference, marking, who printed it, when, and its number."""

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from mla.services import save_step
from tests.e2e.visitor import Visitor
from tests.factories import Line, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_sheet(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """A letter of several sheets, printed by a real browser and read sheet by sheet."""
    facts = "\n".join(f"Sentence {number} of what happened." for number in range(200))
    save_step(actor=world.drafter, pk=line.pk, step="facts", version=0, values={"facts": facts})
    visitor = visit().enter(world.drafter).go(f"/requests/{line.pk}/print/")
    sheets = PdfReader(io.BytesIO(visitor.page.pdf(prefer_css_page_size=True))).pages
    assert len(sheets) > 2
    for number, sheet in enumerate(sheets, start=1):
        words = " ".join(sheet.extract_text().split())
        for wanted in (
            line.request.reference,
            "For official use",
            f"Printed by {world.drafter.name}",
            f"{number} / {len(sheets)}",
        ):
            assert wanted in words, f"sheet {number}: {wanted}"
